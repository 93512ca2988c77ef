// Goal: whatever somebody on the way, or a server of another zone, changes in a response of a
// signed zone is found out, whether it stands in the answer or beside it (RFC 4035 5).
#include <catch2/catch.hpp>

#include "scripted_host.h"
#include "zonefall/dnssec/signature.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::Name;
using dns::Rcode;
using dns::RRType;
using dnssec::Reason;

namespace {

ResolverProfile profile_without_minimisation() {
  ResolverProfile profile;
  profile.qname_minimisation = QnameMinimisation::off;
  return profile;
}

void script(ScriptedHost& host, const std::vector<std::string>& servers, const Tamper& tamper) {
  for (const std::string& server : servers) host.script(server).tamper = tamper;
}

const std::vector<std::string> servers_of_tld{"192.0.2.11", "192.0.2.12"};
const std::vector<std::string> servers_of_signed{"192.0.2.31", "192.0.2.32"};

dns::RRsetPtr make_rrset(const std::string& owner, RRType type, const dns::Octets& rdata) {
  return dns::RRset::make({.owner = Name::literal(owner), .type = type, .ttl_s = 60}, {rdata});
}

// As the servers of signed.tld. sign.
dns::SignedRRset signed_there(ScriptedHost& host, const dns::RRsetPtr& rrset) {
  const auto now_s = static_cast<std::uint32_t>(start_time.to_unix_s());
  const ZonePlan& plan = host.internet().zone("signed.tld.");
  return {rrset,
          {dnssec::sign(rrset, plan.zsk, Name::literal(plan.apex), {now_s - 3600, now_s + 3600})}};
}

// Puts a RRset that names another server beside answers for addresses, with or without signature.
Tamper name_server_beside_answers(const dns::SignedRRset& ns) {
  return [ns](const dns::Question& asked, dns::Message& message) {
    if (asked.qtype != RRType::a || message.answer.empty()) return;
    message.authority.push_back(ns);
    message.additional.push_back(
        {make_rrset("evil.signed.tld.", RRType::a, dns::encode_a({203, 0, 113, 66})), {}});
  };
}

}  // namespace

TEST_CASE("AD is not set with CD, whatever the resolver validates (RFC 4035 3.2.2)") {
  ResolverProfile profile;
  profile.validates_cd_queries = true;
  ScriptedHost host{profile};
  for (const bool from_cache : {false, true}) {
    const ClientReply reply =
        host.ask({.name = "www.signed.tld.", .type = RRType::a, .checking_disabled = true});
    CHECK(reply.rcode == Rcode::noerror);
    CHECK(reply.from_cache == from_cache);
    CHECK_FALSE(reply.authentic_data);
  }
}

TEST_CASE("an insecure answer from the cache has no AD (RFC 4035 3.2.3)") {
  ScriptedHost host{ResolverProfile()};
  for (const bool from_cache : {false, true}) {
    const ClientReply reply =
        host.ask({.name = "www.plain.tld.", .type = RRType::a, .authentic_data = true});
    CHECK(reply.served == Served::insecure);
    CHECK(reply.from_cache == from_cache);
    CHECK_FALSE(reply.authentic_data);
  }
}

TEST_CASE("a CNAME that does not follow from the DNAME beside it is bogus (RFC 6672 5.3.1)") {
  SmallInternet net;
  net.zone("signed.tld.").text += "moved 60 IN DNAME other.\n";
  ScriptedHost host(profile_without_minimisation(), net);
  script(host, servers_of_signed, [](const dns::Question&, dns::Message& message) {
    for (dns::SignedRRset& entry : message.answer) {
      if (entry.rrset->type() != RRType::cname) continue;
      entry.rrset = make_rrset(entry.rrset->owner().to_text(), RRType::cname,
                               dns::encode_name(Name::literal("www.plain.tld.")));
    }
  });
  const ClientReply reply = host.ask("www.moved.signed.tld.");
  CHECK(reply.served == Served::failed_bogus);
  CHECK(reply.verdict->reason == Reason::signature_missing);
  CHECK(host.asked("www.plain.tld.", RRType::a) == 0);
}

TEST_CASE("a DNAME of a wildcard redirects nothing (RFC 4592 4.4)") {
  SmallInternet net;
  net.zone("signed.tld.").text += "*.w 60 IN TXT wild\n";
  ScriptedHost host(profile_without_minimisation(), net);
  const dns::SignedRRset wildcard = signed_there(
      host,
      make_rrset("*.w.signed.tld.", RRType::dname, dns::encode_name(Name::literal("other."))));
  // The denial beside it is an honest one: x.y.w.signed.tld. does not exist.
  script(host, servers_of_signed, [&](const dns::Question& asked, dns::Message& message) {
    if (!(asked.qname == Name::literal("www.y.w.signed.tld."))) return;
    message.answer = {
        {wildcard.rrset->with_owner(Name::literal("y.w.signed.tld.")), wildcard.rrsigs}};
  });
  const ClientReply reply = host.ask("www.y.w.signed.tld.");
  CHECK(reply.served == Served::failed_bogus);
  CHECK(reply.verdict->reason == Reason::wildcard_unproved);
}

TEST_CASE("a denial whose SOA does not verify is bogus (RFC 2308 5)") {
  ScriptedHost host{ResolverProfile()};
  script(host, servers_of_signed, [](const dns::Question&, dns::Message& message) {
    for (dns::SignedRRset& entry : message.authority) {
      if (entry.rrset->type() == RRType::soa) entry.rrsigs.clear();
    }
  });
  const ClientReply reply = host.ask("absent.signed.tld.");
  CHECK(reply.served == Served::failed_bogus);
  CHECK(reply.verdict->reason == Reason::signature_missing);
}

TEST_CASE("a zone with a DS whose keys are withheld is bogus (RFC 4035 5.2)") {
  ScriptedHost host{ResolverProfile()};
  script(host, servers_of_signed, [](const dns::Question& asked, dns::Message& message) {
    if (asked.qtype == RRType::dnskey) message.answer.clear();
  });
  const ClientReply reply = host.ask("www.signed.tld.");
  CHECK(reply.served == Served::failed_bogus);
  CHECK(reply.verdict->reason == Reason::dnskey_rrset_missing);
  CHECK(reply.ede == dns::EdeCode::dnskey_missing);
}

TEST_CASE("beside secure data stands only what is secure (RFC 4035 3.2.3)") {
  const bool is_signed = GENERATE(false, true);
  ResolverProfile profile;
  profile.answers.more = MoreInAnswers::always;
  profile.answers.drops_ns_in_positive = false;
  ScriptedHost host{profile};
  const dns::RRsetPtr ns =
      make_rrset("signed.tld.", RRType::ns, dns::encode_name(Name::literal("evil.signed.tld.")));
  script(host, servers_of_signed,
         name_server_beside_answers(is_signed ? signed_there(host, ns) : dns::SignedRRset{ns, {}}));
  const ClientReply reply = host.ask("www.signed.tld.");
  CHECK(reply.authentic_data);
  CHECK(reply.data->authority().size() == (is_signed ? 1 : 0));
  CHECK(reply.data->additional().empty());  // the address has no signature
}

TEST_CASE("NS records that do not verify replace no delegation (RFC 2181 5.4.1)") {
  const bool is_signed = GENERATE(false, true);
  ResolverProfile profile;
  profile.answers.drops_ns_in_positive = false;
  ScriptedHost host{profile};
  const dns::RRsetPtr ns =
      make_rrset("signed.tld.", RRType::ns, dns::encode_name(Name::literal("evil.signed.tld.")));
  script(host, servers_of_signed,
         name_server_beside_answers(is_signed ? signed_there(host, ns) : dns::SignedRRset{ns, {}}));
  CHECK(host.ask("www.signed.tld.").served == Served::secure);
  host.ask("long.signed.tld.");
  CHECK((host.sent_to("203.0.113.66") > 0) == is_signed);
}

TEST_CASE("no DS at a name that is no delegation proves nothing insecure (RFC 6840 4.4)") {
  const auto signing = GENERATE(Signing::nsec, Signing::nsec3);
  SmallInternet net;
  net.zone("signed.tld.").signing = signing;
  ScriptedHost host(ResolverProfile(), net);
  script(host, servers_of_signed, [](const dns::Question& asked, dns::Message& message) {
    if (asked.qtype != RRType::a) return;
    for (dns::SignedRRset& entry : message.answer) entry.rrsigs.clear();
  });
  const ClientReply reply = host.ask("www.signed.tld.");
  CHECK(host.asked("www.signed.tld.", RRType::ds) > 0);
  CHECK(reply.served == Served::failed_bogus);
}

TEST_CASE("only spans with opt-out prove \"no DS\" for other delegations (RFC 8198 5.2)") {
  SmallInternet net;
  net.zone("tld.").signing = Signing::nsec3;
  ResolverProfile profile = profile_without_minimisation();
  profile.synthesises_no_ds = true;
  ScriptedHost host(profile, net);
  CHECK(host.ask("absent.tld.").authentic_data);
  // Now somebody forges a delegation of the name that was proved not to exist.
  script(host, servers_of_tld, [](const dns::Question& asked, dns::Message& message) {
    if (asked.qtype != RRType::a || !asked.qname.is_below(Name::literal("absent.tld."))) return;
    message = {};
    message.flags.qr = true;
    message.question = asked;
    message.authority.push_back(
        {make_rrset("absent.tld.", RRType::ns, dns::encode_name(Name::literal("ns.absent.tld."))),
         {}});
    message.additional.push_back(
        {make_rrset("ns.absent.tld.", RRType::a, dns::encode_a({192, 0, 2, 41})), {}});
  });
  host.script("192.0.2.41").tamper = [](const dns::Question& asked, dns::Message& message) {
    message = {};
    message.flags.qr = true;
    message.flags.aa = true;
    message.question = asked;
    if (asked.qtype != RRType::a) return;
    message.answer.push_back(
        {make_rrset(asked.qname.to_text(), RRType::a, dns::encode_a({203, 0, 113, 66})), {}});
  };
  const ClientReply reply = host.ask("www.absent.tld.");
  CHECK(host.sent_to("192.0.2.41") > 0);
  CHECK(reply.rcode == Rcode::servfail);
}

// RFC 6672 2.3: what is below a DNAME is hidden, zone cuts too, so no DS is looked for there.
TEST_CASE("unsigned data below a DNAME are bogus without a search for a zone cut") {
  SmallInternet net;
  net.zone("signed.tld.").text += "moved 60 IN DNAME in.moved\n";
  ScriptedHost host(profile_without_minimisation(), net);
  script(host, servers_of_signed, [](const dns::Question& asked, dns::Message& message) {
    if (asked.qtype != RRType::a || !(asked.qname == Name::literal("www.in.moved.signed.tld."))) {
      return;
    }
    message.answer = {
        {make_rrset(asked.qname.to_text(), RRType::a, dns::encode_a({203, 0, 113, 66})), {}}};
  });
  CHECK(host.ask("www.moved.signed.tld.").served == Served::failed_bogus);
  CHECK(host.asked("in.moved.signed.tld.", RRType::ds) == 0);
  CHECK(host.asked("www.in.moved.signed.tld.", RRType::ds) == 0);
}

TEST_CASE("a signature over records that were malformed and left out fails for that reason") {
  ResolverProfile profile;
  profile.ede_style = EdeStyle::bogus_6;
  ScriptedHost host{profile};
  // Of that RRset, and not of another one in the message (as dns::decode() tells them apart).
  const dns::IncompleteRRset incomplete = GENERATE(
      dns::IncompleteRRset{dns::Section::answer, Name::literal("www.signed.tld.")},
      dns::IncompleteRRset{dns::Section::additional, Name::literal("www.signed.tld.")},
      dns::IncompleteRRset{dns::Section::answer, Name::literal("ns.signed.tld.")},
      dns::IncompleteRRset{dns::Section::answer, Name::literal("www.signed.tld."), RRType::aaaa});
  const bool is_malformed =
      incomplete == dns::IncompleteRRset{dns::Section::answer, Name::literal("www.signed.tld.")};
  script(host, servers_of_signed, [&](const dns::Question& asked, dns::Message& message) {
    if (asked != question_of("www.signed.tld.")) return;
    message.incomplete_rrsets = {incomplete};
    message.answer.front().rrset =
        make_rrset("www.signed.tld.", RRType::a, dns::encode_a({203, 0, 113, 66}));
  });
  const ClientReply reply = host.ask("www.signed.tld.");
  CHECK(reply.rcode == dns::Rcode::servfail);
  CHECK(reply.verdict->reason ==
        (is_malformed ? Reason::rrset_malformed : Reason::signature_crypto_failed));
  CHECK(reply.ede == (is_malformed ? dns::EdeCode::other : dns::EdeCode::dnssec_bogus));
}
