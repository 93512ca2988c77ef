// Goal: servers that the operator names are asked as he says, the root's are asked who they are
// first, and responses lose what a profile or an operator does not want.
#include <catch2/catch.hpp>

#include "resolver/scrub.h"
#include "scripted_host.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::Rcode;
using dns::RRType;

namespace {

ResolverProfile plain_profile() {
  ResolverProfile profile;
  profile.validates = false;
  profile.qname_minimisation = QnameMinimisation::off;
  return profile;
}

dns::MessagePtr message_with(std::vector<dns::SignedRRset> answer,
                             std::vector<dns::SignedRRset> authority = {}) {
  dns::Message message;
  message.answer = std::move(answer);
  message.authority = std::move(authority);
  return std::make_shared<const dns::Message>(std::move(message));
}

dns::SignedRRset addresses(const char* owner, std::uint32_t ttl_s,
                           std::vector<dns::Octets> rdatas) {
  return {dns::RRset::make({.owner = dns::Name::literal(owner), .type = RRType::a, .ttl_s = ttl_s},
                           std::move(rdatas)),
          {}};
}

}  // namespace

TEST_CASE("the root's servers are asked who they are, once for the life of the answer (RFC 8109)") {
  ResolverProfile profile = plain_profile();
  profile.primes_root = true;
  ScriptedHost host(profile);
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::noerror);
  CHECK(host.asked(".", RRType::ns) == 1);
  CHECK(host.sent().front().question == question_of(".", RRType::ns));
  CHECK(host.ask("www.other.").rcode == Rcode::noerror);
  CHECK(host.asked(".", RRType::ns) == 1);
  profile.primes_root = false;
  ScriptedHost other(profile);
  other.ask("www.plain.tld.");
  CHECK(other.asked(".", RRType::ns) == 0);
}

TEST_CASE("a validating resolver primes before it has the root's keys") {
  ResolverProfile profile;
  profile.primes_root = true;
  ScriptedHost host(profile);
  CHECK(host.ask("www.signed.tld.").served == Served::secure);
  CHECK(host.asked(".", RRType::ns) == 1);
}

TEST_CASE("where priming fails nothing else is asked") {
  ResolverProfile profile = plain_profile();
  profile.primes_root = true;
  profile.upstream.sends_per_server_max = 3;
  ScriptedHost host(profile);
  host.script_all({"192.0.2.1", "192.0.2.2"}, Manner::refused);
  CHECK(host.ask("www.plain.tld.").served == Served::failed_unreachable);
  CHECK(host.sent().size() == 6);
  CHECK(host.asked(".", RRType::ns) == 6);
}

TEST_CASE("one server gets a question so often and no more") {
  ResolverProfile profile = plain_profile();
  profile.upstream.sends_per_server_max = 4;
  ScriptedHost host(profile);
  host.script("192.0.2.41").manner = Manner::servfail;
  CHECK(host.ask("www.plain.tld.").served == Served::failed_unreachable);
  CHECK(host.sent_to("192.0.2.41") == 4);
}

TEST_CASE("without TCP a truncated response is no response") {
  ResolverProfile profile = plain_profile();
  profile.upstream.sends_per_server_max = 2;
  ScriptedHost with_tcp(profile);
  with_tcp.script("192.0.2.41").manner = Manner::truncates;
  CHECK(with_tcp.ask("www.plain.tld.").rcode == Rcode::noerror);
  profile.upstream.has_tcp = false;
  ScriptedHost host(profile);
  host.script("192.0.2.41").manner = Manner::truncates;
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::servfail);
}

TEST_CASE("aliases are followed so far and no further") {
  SmallInternet net;
  net.zone("plain.tld.").text += "c1 60 IN CNAME c2\nc2 60 IN CNAME c3\nc3 60 IN CNAME www\n";
  ResolverProfile profile = plain_profile();
  profile.aliases_max = 2;
  ScriptedHost host(profile, net);
  CHECK(host.ask("c2.plain.tld.").rcode == Rcode::noerror);
  CHECK(ScriptedHost(profile, net).ask("c1.plain.tld.").rcode == Rcode::servfail);
}

TEST_CASE("queries of type ANY get an empty answer where the profile says so (RFC 8482)") {
  ResolverProfile profile = plain_profile();
  profile.denies_any = true;
  ScriptedHost host(profile);
  const ClientReply reply = host.ask(Ask{.name = "www.plain.tld.", .type = RRType::any});
  CHECK(reply.rcode == Rcode::noerror);
  CHECK(reply.data == nullptr);
  CHECK(host.sent().empty());
}

TEST_CASE("TTLs from the cache may be those that came") {
  ResolverProfile profile = plain_profile();
  ScriptedHost counting(profile);
  profile.cache.serves_original_ttl = true;
  ScriptedHost constant(profile);
  for (ScriptedHost* host : {&counting, &constant}) {
    host->ask("www.plain.tld.");
    host->run_for(Duration::seconds(10));
  }
  CHECK(constant.ask("www.plain.tld.").ttl_s == counting.ask("www.plain.tld.").ttl_s + 10);
}

TEST_CASE("negative answers have a shortest lifetime of their own") {
  ResolverProfile profile = plain_profile();
  profile.cache.negative_ttl_min = Duration::seconds(500);
  ScriptedHost host(profile);
  CHECK(host.ask("absent.plain.tld.").ttl_s == 500);
  CHECK(host.ask("www.plain.tld.").ttl_s < 500);
}

TEST_CASE("an answer of the cache can be expired and forgotten") {
  ResolverProfile profile = plain_profile();
  profile.serve_stale.enabled = true;
  profile.serve_stale.client_timeout = Duration();
  ScriptedHost host(profile);
  host.ask("www.plain.tld.");
  host.operate(ExpireAnswer{question_of("www.plain.tld."), Duration::seconds(3)});
  CHECK(host.ask("www.plain.tld.").served == Served::stale);
  host.run_for(Duration::seconds(1));
  host.operate(ExpireAnswer{question_of("www.plain.tld.")});
  CHECK_FALSE(host.ask("www.plain.tld.").from_cache);
}

TEST_CASE("names that ask for keys of the root are answered by trust (RFC 8509)") {
  SmallInternet net;
  const TrustAnchor anchor = net.anchor(".");  // owns what rdata points into
  const auto rdata = anchor->rdatas().front();
  const int tag = rdata[0] * 256 + rdata[1];
  const auto name = [](const char* what, int key_tag) {
    std::string digits = std::to_string(key_tag);
    digits.insert(0, 5 - digits.size(), '0');
    return "root-key-sentinel-" + std::string(what) + "-ta-" + digits;
  };
  const int other = (tag + 1) % 65'536;
  for (const char* what : {"is", "not"}) {
    for (const int key_tag : {tag, other}) {
      net.zone("signed.tld.").text += name(what, key_tag) + " 60 IN A 198.51.100.1\n";
      net.zone("plain.tld.").text += name(what, key_tag) + " 60 IN A 198.51.100.1\n";
    }
  }
  ResolverProfile profile;
  profile.has_root_key_sentinel = true;
  ScriptedHost host(profile, net);
  const auto rcode = [&](const std::string& label, const char* zone, bool cd) {
    return host.ask(Ask{.name = label + "." + zone, .checking_disabled = cd}).rcode;
  };
  for (int round = 0; round < 2; ++round) {  // fetched, and from the cache
    CHECK(rcode(name("is", tag), "signed.tld.", false) == Rcode::noerror);
    CHECK(rcode(name("not", tag), "signed.tld.", false) == Rcode::servfail);
    CHECK(rcode(name("is", other), "signed.tld.", false) == Rcode::servfail);
    CHECK(rcode(name("not", other), "signed.tld.", false) == Rcode::noerror);
    CHECK(rcode(name("is", other), "signed.tld.", true) == Rcode::noerror);
    CHECK(rcode(name("is", other), "plain.tld.", false) == Rcode::noerror);  // not validated
  }
  profile.has_root_key_sentinel = false;
  CHECK(ScriptedHost(profile, net).ask(name("is", other) + ".signed.tld.").rcode == Rcode::noerror);
}

TEST_CASE("signatures may be good for longer by a tenth of their period, within bounds") {
  SmallInternet net;
  ResolverProfile profile;
  profile.validation.skew_max = Duration::days(1);
  const auto served = [&](Duration valid_for) {
    SmallInternet late = net;
    late.zone("signed.tld.").valid_for = valid_for;
    late.zone("signed.tld.").signed_before = Duration::hours(100);
    return ScriptedHost(profile, late).ask("www.signed.tld.").rcode;
  };
  CHECK(served(Duration::hours(95)) == Rcode::noerror);   // 5 h ago, 9.5 h is a tenth
  CHECK(served(Duration::hours(88)) == Rcode::servfail);  // 12 h ago, over 8.8 h
  profile.validation.skew_max = Duration::hours(1);
  CHECK(served(Duration::hours(95)) == Rcode::servfail);
  profile.validation.skew_min = Duration::hours(20);  // the upper bound wins
  CHECK(served(Duration::hours(88)) == Rcode::servfail);
  profile.validation.skew_max = Duration::hours(20);
  CHECK(served(Duration::hours(88)) == Rcode::noerror);
  profile.validation = {};
  CHECK(served(Duration::hours(99)) == Rcode::servfail);
}

TEST_CASE("a trust anchor whose keys fail may count as none") {
  SmallInternet net;
  ResolverProfile profile;
  profile.failure_caching.delegation_ttl = GENERATE(Duration::seconds(60), Duration());
  const auto strip = [](ScriptedHost& host) {
    for (const char* address : {"192.0.2.1", "192.0.2.2"}) {
      host.script(address).tamper = [](const dns::Question& asked, dns::Message& message) {
        if (asked.qtype == RRType::dnskey) message.answer.clear();
      };
    }
  };
  ScriptedHost strict(profile, net);
  strip(strict);
  CHECK(strict.ask("www.signed.tld.").rcode == Rcode::servfail);
  profile.validation.drops_failed_anchors = true;
  ScriptedHost lax(profile, net);
  strip(lax);
  CHECK(lax.ask("www.signed.tld.").served == Served::insecure);
  // And so may one whose keys nobody gives.
  profile.missing_keys_are_bogus = true;
  ScriptedHost silent(profile, net);
  for (const char* address : {"192.0.2.1", "192.0.2.2"}) {
    silent.script(address).tamper = [](const dns::Question& asked, dns::Message& message) {
      if (asked.qtype == RRType::dnskey) message.rcode = Rcode::servfail;
    };
  }
  CHECK(silent.ask("www.signed.tld.").served == Served::insecure);
}

TEST_CASE("more NSEC3 iterations than the profile bears make a zone insecure (RFC 9276 3.2)") {
  SmallInternet net;
  net.zone("signed.tld.").signing = Signing::nsec3;
  ResolverProfile profile;
  const std::uint32_t bound = GENERATE(0U, 10U);
  profile.validation.nsec3_iterations_max = bound;
  for (const std::uint32_t more : {0U, 1U}) {
    net.zone("signed.tld.").nsec3_iterations = static_cast<std::uint16_t>(bound + more);
    const ClientReply reply = ScriptedHost(profile, net).ask("absent.signed.tld.");
    CHECK(reply.served == (more == 0 ? Served::secure : Served::insecure));
  }
}

TEST_CASE("of a chain of aliases what uncached servers say is asked for again, and no more") {
  SmallInternet net;
  net.zone("other.").text += "to-plain 60 IN CNAME www.plain.tld.\n";
  net.zone("plain.tld.").text += "to-other 60 IN CNAME www.other.\n";
  ResolverProfile profile = plain_profile();
  ScriptedHost host(profile, net, {}, nullptr, [](ResolverConfig& config) {
    FixedServers plain{dns::Name::literal("plain.tld."),
                       {dns::Address::parse("192.0.2.41").value()}};
    plain.is_uncached = true;
    config.fixed_servers.push_back(plain);
  });
  for (const char* name : {"to-plain.other.", "to-other.plain.tld.", "www.plain.tld."}) {
    INFO(name);
    host.forget_sent();
    const auto kept = host.sent_to("192.0.2.21");
    CHECK(host.ask(name).rcode == Rcode::noerror);
    CHECK(host.sent_to("192.0.2.41") == 1);
    host.forget_sent();
    CHECK(host.ask(name).rcode == Rcode::noerror);
    CHECK(host.sent_to("192.0.2.41") == 1);
    CHECK(host.sent().size() == 1 + kept);
  }
  // What others said on the way has been kept by itself.
  host.forget_sent();
  CHECK(host.ask("www.other.").from_cache);
  CHECK(host.ask({.name = "to-plain.other.", .type = RRType::cname}).rcode == Rcode::noerror);
  CHECK(host.sent().empty());
}

TEST_CASE("a DS RRset of a zone with uncached servers is its parent's, and kept") {
  SmallInternet net;
  ResolverProfile profile = plain_profile();
  ScriptedHost host(profile, net, {}, nullptr, [](ResolverConfig& config) {
    FixedServers signed_zone{dns::Name::literal("signed.tld."),
                             {dns::Address::parse("192.0.2.31").value()}};
    signed_zone.is_uncached = true;
    config.fixed_servers.push_back(signed_zone);
  });
  const Ask ds{.name = "signed.tld.", .type = RRType::ds};
  CHECK_FALSE(host.ask(ds).from_cache);
  CHECK(host.ask(ds).from_cache);
  CHECK(host.sent_to("192.0.2.31") == 0);
}

TEST_CASE("the operator may bound NSEC3 iterations by key size (RFC 5155 10.3)") {
  SmallInternet net;
  net.zone("signed.tld.").signing = Signing::nsec3;
  net.zone("signed.tld.").nsec3_iterations = 10;
  for (const std::uint16_t bound : {std::uint16_t{9}, std::uint16_t{10}}) {
    ScriptedHost host({}, net, {}, nullptr, [&](ResolverConfig& config) {
      config.nsec3_iterations_by_key_size = {{128, 150}, {256, bound}};  // keys are of P-256
    });
    CHECK(host.ask("absent.signed.tld.").served ==
          (bound == 10 ? Served::secure : Served::insecure));
  }
}

TEST_CASE("who lets zones have more NSEC3 iterations has them done") {
  SmallInternet net;
  net.zone("signed.tld.").signing = Signing::nsec3;
  net.zone("signed.tld.").nsec3_iterations = 500;
  ResolverProfile profile;
  profile.qname_minimisation = QnameMinimisation::off;
  ScriptedHost host(profile, net, {}, nullptr, [&](ResolverConfig& config) {
    config.nsec3_iterations_by_key_size = {{256, 500}};
  });
  std::string name = "signed.tld.";
  for (int label = 0; label < 20; ++label) name = "a." + name;
  CHECK(host.ask(name).served == Served::secure);
}

TEST_CASE("a response loses private addresses, but for those of private domains") {
  const dns::Octets inside = {10, 0, 0, 1};
  const dns::Octets outside = {192, 0, 2, 1};
  const dns::AddressBlock block = dns::AddressBlock::parse("10.0.0.0/8").value();
  const dns::Name domain = dns::Name::literal("home.");
  ScrubRules rules;
  CHECK_FALSE(rules.change_anything());
  rules.private_addresses = {&block, 1};
  rules.private_domains = {&domain, 1};
  CHECK(rules.change_anything());
  const auto message =
      message_with({addresses("a.", 60, {inside, outside}), addresses("b.", 60, {inside}),
                    addresses("c.home.", 60, {inside})});
  const auto clean = scrubbed(message, rules);
  REQUIRE(clean->answer.size() == 2);
  CHECK(clean->answer[0].rrset->rdatas().size() == 1);
  CHECK(clean->answer[1].rrset->owner() == dns::Name::literal("c.home."));
  const auto fine = message_with({addresses("a.", 60, {outside})});
  CHECK(scrubbed(fine, rules) == fine);
}

TEST_CASE("short TTLs are raised, and NS records beyond a number dropped") {
  ScrubRules rules;
  rules.ttl_min_s = 100;
  rules.ns_per_rrset_max = 2;
  std::vector<dns::Octets> targets;
  for (const char* name : {"a.", "b.", "c."}) {
    targets.push_back(dns::encode_name(dns::Name::literal(name)));
  }
  const dns::SignedRRset ns{
      dns::RRset::make({.owner = dns::Name::literal("z."), .type = RRType::ns, .ttl_s = 200},
                       std::move(targets)),
      {}};
  const auto clean = scrubbed(message_with({addresses("a.", 5, {{192, 0, 2, 1}})}, {ns}), rules);
  CHECK(clean->answer[0].rrset->ttl_s() == 100);
  CHECK(clean->authority[0].rrset->ttl_s() == 200);
  CHECK(clean->authority[0].rrset->rdatas().size() == 2);
}

TEST_CASE("signatures of an RRset beyond a number are dropped") {
  ScrubRules rules;
  rules.signatures_per_rrset_max = 2;
  CHECK(rules.change_anything());
  dns::SignedRRset entry = addresses("a.", 60, {{192, 0, 2, 1}});
  for (std::uint16_t key_tag = 11; key_tag <= 13; ++key_tag) {
    dns::RrsigFields fields;
    fields.key_tag = key_tag;
    entry.rrsigs.push_back(dns::make_octet_rrsig(std::move(fields), {}));
  }
  const auto clean = scrubbed(message_with({entry}), rules);
  REQUIRE(clean->answer[0].rrsigs.size() == 2);
  CHECK(clean->answer[0].rrsigs[1]->fields().key_tag == 12);
  CHECK(clean->answer[0].rrset == entry.rrset);
}

TEST_CASE("signatures that came elsewhere in the response count among those of an RRset") {
  ResolverProfile profile;
  profile.upstream.signatures_per_rrset_max = 2;
  ScriptedHost host{profile};
  for (const char* server : {"192.0.2.31", "192.0.2.32"}) {
    host.script(server).tamper = [](const dns::Question& asked, dns::Message& message) {
      if (asked.qtype != RRType::a || message.answer.empty()) return;
      const dns::RrsigPtr rrsig = message.answer.front().rrsigs.front();
      for (int i = 0; i < 3; ++i) {
        message.bare_rrsigs.push_back(
            {dns::Section::additional, asked.qname, dns::RRClass::in, 60, rrsig});
      }
    };
  }
  const ClientReply reply = host.ask("www.signed.tld.");
  CHECK(reply.served == Served::secure);
  REQUIRE(reply.data);
  CHECK(reply.data->answer().front().rrsigs.size() == 2);
}
