// Goal: data of a zone that is not signed say nothing about one that is, and a DS RRset that nobody
// can follow makes a zone insecure, not bogus (RFC 4035 5.2); what fetches that fail may cost.
#include <catch2/catch.hpp>

#include "scripted_host.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::Name;
using dns::Rcode;
using dns::RRType;
using dnssec::Reason;

namespace {

const std::vector<std::string> servers_of_tld{"192.0.2.11", "192.0.2.12"};
const std::vector<std::string> servers_of_signed{"192.0.2.31", "192.0.2.32"};

ResolverProfile without_minimisation() {
  ResolverProfile profile;
  profile.qname_minimisation = QnameMinimisation::off;
  return profile;
}

void tamper(ScriptedHost& host, const std::vector<std::string>& servers, const Tamper& change) {
  for (const std::string& server : servers) host.script(server).tamper = change;
}

dns::SignedRRset bare(const std::string& owner, RRType type, const dns::Octets& rdata) {
  return {dns::RRset::make({.owner = Name::literal(owner), .type = type, .ttl_s = 86'400}, {rdata}),
          {}};
}

// With an unsigned delegation under.signed.tld., whose servers are the parent's.
SmallInternet internet_with_a_hidden_cut() {
  SmallInternet net;
  net.zone("signed.tld.").text += "under 3600 IN NS ns1\n";
  return net;
}

// Answers the question with these, unsigned.
Tamper forged(const std::string& name, std::vector<dns::SignedRRset> answer,
              std::vector<dns::SignedRRset> authority = {}) {
  return [=](const dns::Question& asked, dns::Message& message) {
    if (!(asked == question_of(name))) return;
    message.flags.aa = true;
    message.answer = answer;
    message.authority = authority;
    message.additional.clear();
  };
}

// The zone is made anew by the key that its DNSKEY RRset does not have.
SmallInternet signed_by_a_stranger(const std::string& apex, bool has_same_tag) {
  SmallInternet net;
  ZonePlan& plan = net.zone(apex);
  plan.signing_zsk =
      has_same_tag ? make_key_like(plan.zsk, "another") : make_key("a stranger", Role::zsk);
  return net;
}

}  // namespace

TEST_CASE("where a CNAME is there is no cut, whatever comes of its target (RFC 1034 3.6.2)") {
  SmallInternet net;
  net.zone("signed.tld.").text += "link 60 IN CNAME absent\nunder.link 3600 IN NS ns1\n";
  ScriptedHost host(without_minimisation(), net);
  const Tamper answers =
      forged("www.under.link.signed.tld.",
             {bare("www.under.link.signed.tld.", RRType::a, dns::encode_a({203, 0, 113, 66}))});
  const Name absent = Name::literal("absent.signed.tld.");
  tamper(host, servers_of_signed, [&](const dns::Question& asked, dns::Message& message) {
    answers(asked, message);
    if (asked.qname == absent) message.authority.clear();
  });
  CHECK(host.ask("www.under.link.signed.tld.").served == Served::insecure);
  CHECK(host.asked("link.signed.tld.", RRType::ds) > 0);
  CHECK(host.asked("absent.signed.tld.", RRType::ds) > 0);
}

TEST_CASE("an unsigned child's answer redirects nothing of its signed parent (RFC 6672 5.3.1)") {
  ScriptedHost host(without_minimisation(), internet_with_a_hidden_cut());
  const dns::Octets other = dns::encode_name(Name::literal("other."));
  tamper(host, servers_of_signed,
         forged("under.signed.tld.", {bare("signed.tld.", RRType::dname, other)}));
  host.ask("under.signed.tld.");
  tamper(host, servers_of_signed, nullptr);
  const ClientReply reply = host.ask("www.signed.tld.");
  CHECK(reply.served == Served::secure);
  CHECK(host.asked("www.other.", RRType::a) == 0);
}

TEST_CASE("an unsigned child's answer says nothing of who serves its signed parent") {
  ResolverProfile profile = without_minimisation();
  profile.answers.drops_ns_in_positive = false;
  ScriptedHost host(profile, internet_with_a_hidden_cut());
  const dns::Octets evil = dns::encode_name(Name::literal("www.other."));
  tamper(host, servers_of_signed,
         forged("under.signed.tld.",
                {bare("under.signed.tld.", RRType::a, dns::encode_a({203, 0, 113, 1}))},
                {bare("signed.tld.", RRType::ns, evil)}));
  CHECK(host.ask("under.signed.tld.").served == Served::insecure);
  tamper(host, servers_of_signed, nullptr);
  CHECK(host.ask("www.signed.tld.").served == Served::secure);
  CHECK(host.asked("www.other.", RRType::a) == 0);
}

TEST_CASE("a zone whose DS RRset nobody can follow is insecure, signed or not (RFC 6840 5.2)") {
  ResolverProfile profile = without_minimisation();
  profile.asks_ds_before_keys = GENERATE(false, true);
  const bool is_signed = GENERATE(false, true);
  const std::string ds = GENERATE(
      "1 200 2 0000000000000000000000000000000000000000000000000000000000000000",  // algorithm
      "1 13 200 00000000");                                                        // digest
  SmallInternet net;
  net.zone("signed.tld.").ds_text = ds;
  ScriptedHost host(profile, net);
  if (!is_signed) {
    tamper(host, servers_of_signed, [](const dns::Question& asked, dns::Message& message) {
      if (asked.qtype == RRType::dnskey) message.answer.clear();
      for (auto* section : {&message.answer, &message.authority}) {
        for (dns::SignedRRset& entry : *section) entry.rrsigs.clear();
      }
    });
  }
  const ClientReply reply = host.ask("www.signed.tld.");
  CHECK(reply.served == Served::insecure);
  CHECK_FALSE(reply.authentic_data);
  CHECK((reply.verdict->reason == Reason::unsupported_algorithm ||
         reply.verdict->reason == Reason::unsupported_digest));
}

TEST_CASE("a bogus DS RRset that is remembered is not asked for again (RFC 9520 3.2)") {
  ResolverProfile profile = without_minimisation();
  profile.asks_ds_before_keys = true;
  profile.failure_caching.delegation_ttl = Duration::minutes(1);
  ScriptedHost host(profile);
  tamper(host, servers_of_tld, [](const dns::Question&, dns::Message& message) {
    for (auto* section : {&message.answer, &message.authority}) {
      for (dns::SignedRRset& entry : *section) {
        if (entry.rrset->type() == RRType::ds) entry.rrsigs.clear();
      }
    }
  });
  tamper(host, servers_of_signed, [](const dns::Question&, dns::Message& message) {
    for (dns::SignedRRset& entry : message.answer) entry.rrsigs.clear();
  });
  CHECK(host.ask("www.signed.tld.").served == Served::failed_bogus);
  const std::size_t asked = host.asked("signed.tld.", RRType::ds);
  host.run_for(Duration::seconds(5));
  CHECK(host.ask("long.signed.tld.").served == Served::failed_bogus);
  CHECK(host.asked("signed.tld.", RRType::ds) == asked);
}

TEST_CASE("a cut that one response has claimed is forgotten where its chain does not hold") {
  ResolverProfile profile = without_minimisation();
  profile.learns_cuts = true;
  ScriptedHost host(profile);
  const dns::Octets evil = dns::encode_name(Name::literal("www.other."));
  const Name other = Name::literal("www.other.");
  const dns::Octets soa = dns::encode(dns::SoaRdata{other, other, 1, 60, 60, 60, 60});
  tamper(host, servers_of_signed,
         forged("www.signed.tld.", {},
                {bare("www.signed.tld.", RRType::soa, soa),
                 bare("www.signed.tld.", RRType::ns, evil)}));
  CHECK(host.ask("www.signed.tld.").served == Served::failed_bogus);
  tamper(host, servers_of_signed, nullptr);
  host.run_for(Duration::minutes(2));
  CHECK(host.ask("www.signed.tld.").served == Served::secure);
  CHECK(host.asked("www.other.", RRType::a) == 0);
}

TEST_CASE("where a learnt cut has nobody to ask, its parent's server answers") {
  ResolverProfile profile;
  profile.learns_cuts = true;
  SmallInternet net;
  net.zone("plain.tld.").text += "a.deep 60 IN A 198.51.100.8\n";
  ScriptedHost host(profile, net);
  host.script("192.0.2.41").tamper = [](const dns::Question& asked, dns::Message& message) {
    if (!(asked == question_of("deep.plain.tld."))) return;
    message.authority.push_back(
        bare("deep.plain.tld.", RRType::ns, dns::encode_name(Name::literal("ns.deep.plain.tld."))));
  };
  const ClientReply reply = host.ask("a.deep.plain.tld.");
  INFO(host.log());
  CHECK(reply.served == Served::insecure);
  CHECK(host.sent_to("192.0.2.41") < 10);
}

TEST_CASE("a denial by a key that is not there makes BIND ask for DS of the names it denies with") {
  ResolverProfile profile = without_minimisation();
  profile.failure_caching.delegation_ttl = GENERATE(Duration(), Duration::seconds(30));
  ScriptedHost plain(profile, signed_by_a_stranger("tld.", false));
  CHECK(plain.ask("www.plain.tld.").served == Served::failed_bogus);
  profile.bogus_retry.unknown_key_asks_ds = true;
  profile.upstream.sends_per_tree_max = 50;
  ScriptedHost host(profile, signed_by_a_stranger("tld.", false));
  CHECK(host.ask("www.plain.tld.").served == Served::failed_bogus);
  CHECK(host.sent().size() > plain.sent().size());
  CHECK(host.sent().size() <= 50);
  // Nobody is asked when the key is there and the signature is not by it.
  ScriptedHost crypto(profile, signed_by_a_stranger("tld.", true));
  CHECK(crypto.ask("www.plain.tld.").served == Served::failed_bogus);
  ResolverProfile other = profile;
  other.bogus_retry.unknown_key_asks_ds = false;
  ScriptedHost same(other, signed_by_a_stranger("tld.", true));
  CHECK(same.ask("www.plain.tld.").served == Served::failed_bogus);
  CHECK(crypto.sent().size() == same.sent().size());
}

TEST_CASE("a bound on all that one client query costs ends it, as bogus if it was found to be") {
  ResolverProfile profile = without_minimisation();
  profile.upstream.sends_per_tree_max = GENERATE(3U, 5U);
  ScriptedHost silent(profile);
  silent.script_all(servers_of_signed, Manner::refused);
  CHECK(silent.ask("www.signed.tld.").served == Served::failed_limit);
  CHECK(silent.sent().size() == profile.upstream.sends_per_tree_max);
  profile.upstream.sends_per_tree_max = 6;
  profile.bogus_retry.answer_queries_max = 1000;
  ScriptedHost bogus(profile, signed_by_a_stranger("signed.tld.", true));
  CHECK(bogus.ask("www.signed.tld.").served == Served::failed_bogus);
  CHECK(bogus.sent().size() == 6);
}

TEST_CASE("after so many signatures that do not verify a fetch ends, wherever they were") {
  ResolverProfile profile = without_minimisation();
  profile.bogus_retry.answer_queries_max = 6;
  profile.bogus_retry.crypto_failures_max = 1;
  ScriptedHost host(profile, signed_by_a_stranger("signed.tld.", true));
  CHECK(host.ask("www.signed.tld.").served == Served::failed_bogus);
  CHECK(host.sent_to("192.0.2.3") == 2 + 1);  // and its keys
  host.forget_sent();
  CHECK(host.ask("absent.signed.tld.").served == Served::failed_bogus);
  CHECK(host.sent_to("192.0.2.3") == 1);  // its SOA and NSEC
}

TEST_CASE("each check of a signature that fails counts once, and no other does") {
  ResolverProfile profile = without_minimisation();
  profile.bogus_retry.answer_queries_max = 6;
  profile.bogus_retry.crypto_failures_max = 1;
  ScriptedHost host{profile};
  tamper(host, servers_of_signed, [](const dns::Question&, dns::Message& message) {
    for (dns::SignedRRset& entry : message.authority) {
      if (entry.rrset->type() != RRType::soa) continue;
      dns::Octets soa = entry.rrset->rdatas().to_vector().front();
      soa[soa.size() - 17] ^= 1;  // its serial
      entry.rrset = bare(entry.rrset->owner().to_text(), RRType::soa, soa).rrset;
    }
  });
  CHECK(host.ask("absent.signed.tld.").served == Served::failed_bogus);
  CHECK(host.asked("absent.signed.tld.", RRType::a) == 2 + 2);  // at the two zones above, too
  tamper(host, servers_of_signed, [](const dns::Question& asked, dns::Message& message) {
    if (asked.qtype != RRType::a || message.answer.empty()) return;
    dns::SignedRRset& entry = message.answer.front();
    entry.rrset = bare(asked.qname.to_text(), RRType::a, dns::encode_a({203, 0, 113, 66})).rrset;
    entry.rrsigs.push_back(dns::RrsigPtr(entry.rrsigs.front()));
  });
  CHECK(host.ask("www.signed.tld.").served == Served::failed_bogus);
  CHECK(host.asked("www.signed.tld.", RRType::a) == 1);
}

TEST_CASE("the proof beside what a wildcard made counts once, whoever else wants it") {
  ResolverProfile profile = without_minimisation();
  profile.bogus_retry.answer_queries_max = 6;
  profile.bogus_retry.crypto_failures_max = 1;
  profile.synthesises_denials = GENERATE(false, true);
  ScriptedHost host{profile};
  tamper(host, servers_of_signed, [](const dns::Question&, dns::Message& message) {
    for (dns::SignedRRset& entry : message.authority) {
      if (entry.rrset->type() != RRType::nsec) continue;
      dns::Octets nsec = entry.rrset->rdatas().to_vector().front();
      nsec.back() ^= 1;  // another type
      entry.rrset = bare(entry.rrset->owner().to_text(), RRType::nsec, nsec).rrset;
    }
  });
  CHECK(host.ask("made.wild.signed.tld.").served == Served::failed_bogus);
  CHECK(host.asked("made.wild.signed.tld.", RRType::a) == 2 + 2);  // at the two zones above, too
}

TEST_CASE("what has failed and is not stale is fetched once more where a cut was learnt") {
  ResolverProfile profile = without_minimisation();
  profile.serve_stale.enabled = true;
  profile.serve_stale.client_timeout = Duration::max();
  profile.serve_stale.failed_fetch_begins_anew = GENERATE(false, true);
  profile.failure_caching.answer_ttl = Duration();
  ScriptedHost host(profile, signed_by_a_stranger("signed.tld.", true));
  CHECK(host.ask("www.signed.tld.").served == Served::failed_bogus);
  const std::size_t first = host.sent_to("192.0.2.3") - 1;  // without that for its keys
  host.forget_sent();
  host.run_for(Duration::seconds(2));
  CHECK(host.ask("www.signed.tld.").served == Served::failed_bogus);  // from the same cut
  const std::size_t second = host.sent_to("192.0.2.3");
  CHECK(first == (profile.serve_stale.failed_fetch_begins_anew ? 2 : 1) * second);
}

TEST_CASE("validation on request: only for clients that set DO or AD") {
  ResolverProfile profile = without_minimisation();
  profile.validates_on_request = true;
  profile.validates_cd_queries = true;
  ScriptedHost host(profile, signed_by_a_stranger("signed.tld.", true));
  const ClientReply plain = host.ask(Ask{.name = "www.signed.tld.", .dnssec_ok = false});
  CHECK(plain.rcode == Rcode::noerror);
  CHECK_FALSE(plain.authentic_data);
  CHECK(host.asked("signed.tld.", RRType::dnskey) == 0);
  CHECK(host.ask(Ask{.name = "www.signed.tld.", .dnssec_ok = true}).rcode == Rcode::servfail);
  CHECK(
      host.ask(Ask{.name = "long.signed.tld.", .dnssec_ok = false, .authentic_data = true}).rcode ==
      Rcode::servfail);
}

TEST_CASE("the codes of an expired signature reach clients that get no others") {
  ResolverProfile profile = without_minimisation();
  profile.ede_style = EdeStyle::stale_and_times;
  SmallInternet late;
  late.zone("signed.tld.").signed_before = Duration::hours(9);
  late.zone("signed.tld.").valid_for = Duration::hours(1);
  const ClientReply expired = ScriptedHost(profile, late).ask("www.signed.tld.");
  CHECK(expired.ede == dns::EdeCode::signature_expired);
  ScriptedHost crypto(profile, signed_by_a_stranger("signed.tld.", true));
  CHECK_FALSE(crypto.ask("www.signed.tld.").ede);
}

TEST_CASE("servers that refuse end a round as silent ones do") {
  ResolverProfile profile = without_minimisation();
  profile.upstream.rounds_max = 1;
  ScriptedHost host(profile);
  host.script_all(servers_of_signed, Manner::refused);
  CHECK(host.ask("www.signed.tld.").served == Served::failed_unreachable);
  CHECK(host.sent_to("192.0.2.3") == 2);
}
