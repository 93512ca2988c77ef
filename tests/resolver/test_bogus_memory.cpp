// Goal: what the resolver does about bogus data: asks again elsewhere within its budgets, remembers
// failures of answers and delegations (RFC 9520 3), and proves "no DS" from spans (RFC 8198 5.2).
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "scripted_host.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::Rcode;
using dns::RRType;

namespace {

void sign_wrongly(ScriptedHost& host, const std::string& apex) {
  ZonePlan& zone = host.internet().zone(apex);
  zone.signing_zsk = make_key_like(zone.zsk, apex + " again");
  host.publish(apex);
}

void repair(ScriptedHost& host, const std::string& apex) {
  host.internet().zone(apex).signing_zsk = nullptr;
  host.publish(apex);
}

// Changes what a server says in signed.tld., so that only its answers are bogus.
void change_address(const dns::Question& asked, dns::Message& message) {
  if (asked.qtype != RRType::a) return;
  for (auto& entry : message.answer) {
    if (entry.rrset->type() != RRType::a) continue;
    entry.rrset = dns::RRset::make({.owner = entry.rrset->owner(), .ttl_s = entry.rrset->ttl_s()},
                                   {dns::encode_a({203, 0, 113, 66})});
  }
}

}  // namespace

TEST_CASE("bogus data from one server is asked again at another (RFC 4035 4.7, RFC 9520 3.1)") {
  for (const char* liar : {"192.0.2.31", "192.0.2.32"}) {
    ScriptedHost host{ResolverProfile()};
    host.script(liar).tamper = change_address;
    CHECK(host.ask("www.signed.tld.").served == Served::secure);
  }
}

TEST_CASE("a bogus answer is asked for as often as its budget says") {
  const std::uint32_t budget = GENERATE(1U, 2U, 5U);
  ResolverProfile profile;
  profile.qname_minimisation = QnameMinimisation::off;
  profile.bogus_retry.answer_queries_max = budget;
  ScriptedHost host(profile);
  host.ask("long.signed.tld.");  // the chain is known
  host.forget_sent();
  sign_wrongly(host, "signed.tld.");
  CHECK(host.ask("www.signed.tld.").served == Served::failed_bogus);
  CHECK(host.sent().size() == budget);
  // Each server has its turn before one is asked again.
  if (budget > 1) CHECK(host.sent()[0].server != host.sent()[1].server);
}

TEST_CASE("bogus DS and DNSKEY RRsets have budgets of their own") {
  const std::uint32_t budget = GENERATE(1U, 3U);
  ResolverProfile profile;
  profile.qname_minimisation = QnameMinimisation::off;
  profile.bogus_retry.dnskey_queries_max = budget;
  profile.bogus_retry.ds_queries_max = budget;
  profile.bogus_retry.referral_counts = false;
  SECTION("DNSKEY") {
    SmallInternet net;
    net.zone("signed.tld.").ksk_of_parent = make_key("foreign", Role::ksk);
    ScriptedHost host(profile, net);
    CHECK(host.ask("www.signed.tld.").served == Served::failed_bogus);
    CHECK(host.asked("signed.tld.", RRType::dnskey) == budget);
  }
  SECTION("DS") {
    ScriptedHost host(profile);
    sign_wrongly(host, "tld.");
    CHECK(host.ask("www.signed.tld.").served == Served::failed_bogus);
    CHECK(host.asked("signed.tld.", RRType::ds) == budget);
  }
}

TEST_CASE("bogus answers are remembered for answer_ttl, at most the RR's TTL where bounded") {
  ResolverProfile profile;
  profile.failure_caching.answer_ttl = Duration::seconds(300);
  const bool bounded = GENERATE(false, true);
  profile.failure_caching.bounded_by_rr_ttl = bounded;
  ScriptedHost host(profile);
  host.ask("long.signed.tld.");
  sign_wrongly(host, "signed.tld.");
  CHECK(host.ask("www.signed.tld.").served == Served::failed_bogus);  // TTL 60
  repair(host, "signed.tld.");
  host.forget_sent();
  host.run_for(Duration::seconds(55));
  const ClientReply remembered = host.ask("www.signed.tld.");
  CHECK(remembered.served == Served::failed_cached);
  CHECK(remembered.rcode == Rcode::servfail);
  CHECK(host.sent().empty());
  CHECK(remembered.ede == dns::EdeCode::dnssec_bogus);
  host.run_for(Duration::seconds(10));
  const Served after_ttl = host.ask("www.signed.tld.").served;
  CHECK(after_ttl == (bounded ? Served::secure : Served::failed_cached));
  host.run_for(Duration::seconds(300));
  CHECK(host.ask("www.signed.tld.").served == Served::secure);
}

TEST_CASE("a failed delegation is remembered for delegation_ttl and fails its other names") {
  const std::int64_t ttl_s = GENERATE(0, 60);
  ResolverProfile profile;
  profile.failure_caching.delegation_ttl = Duration::seconds(ttl_s);
  SmallInternet net;
  net.zone("signed.tld.").ksk_of_parent = make_key("foreign", Role::ksk);
  ScriptedHost host(profile, net);
  CHECK(host.ask("www.signed.tld.").served == Served::failed_bogus);
  host.internet().zone("signed.tld.").ksk_of_parent = nullptr;
  host.publish("tld.");
  host.run_for(Duration::seconds(30));
  host.forget_sent();
  CHECK(host.ask("long.signed.tld.").rcode == Rcode::servfail);
  const bool asked_for_keys = host.asked("signed.tld.", RRType::dnskey) > 0;
  CHECK(asked_for_keys == (ttl_s == 0));
  // The DS RRset of before stays for its TTL: 3600 s (RFC 6781 4.1.2).
  host.run_for(Duration::seconds(3600));
  CHECK(host.ask("long.signed.tld.").served == Served::secure);
}

TEST_CASE("flushing what is bogus ends remembered failures at once") {
  ResolverProfile profile;
  profile.failure_caching.answer_ttl = Duration::seconds(600);
  profile.failure_caching.delegation_ttl = Duration::seconds(600);
  ScriptedHost host(profile);
  sign_wrongly(host, "tld.");
  CHECK(host.ask("word.tld.").served == Served::failed_bogus);
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::servfail);
  repair(host, "tld.");
  CHECK(host.ask("word.tld.").served == Served::failed_cached);
  host.operate(Flush{Flush::What::bogus, {}});
  CHECK(host.ask("word.tld.").served == Served::secure);
  CHECK(host.ask("www.plain.tld.").served == Served::insecure);
}

TEST_CASE("a cached opt-out span proves \"no DS\" for other delegations (RFC 8198 5.2)") {
  SmallInternet net;
  for (int i = 0; i < 6; ++i) {
    net.add({fmt::format("p{}.tld.", i),
             "@ 60 IN SOA ns host 1 1 1 1 60\nwww 60 IN A 198.51.100.50\n",
             {"192.0.2.42"}},
            {"tld.", fmt::format("p{} 60 IN NS ns.p{}\nns.p{} 60 IN A 192.0.2.42\n", i, i, i)});
  }
  for (const bool synthesises : {false, true}) {
    ResolverProfile profile;
    profile.no_ds_proof = NoDsProof::query;
    profile.synthesises_no_ds = synthesises;
    ScriptedHost host(profile, net);
    std::size_t asked = 0;
    for (int i = 0; i < 6; ++i) {
      CHECK(host.ask(fmt::format("www.p{}.tld.", i)).served == Served::insecure);
      asked += host.asked(fmt::format("p{}.tld.", i), RRType::ds);
    }
    if (synthesises) {
      CHECK(asked < 6);
    } else {
      CHECK(asked == 6);
    }
    // With everything else expired, the spans go on for their own TTL, under broken keys too.
    sign_wrongly(host, "tld.");
    host.run_for(Duration::seconds(61));
    std::size_t served = 0;
    for (int i = 0; i < 6; ++i) {
      if (host.ask(fmt::format("www.p{}.tld.", i)).rcode == Rcode::noerror) served += 1;
    }
    CHECK(served == 6);  // the denial's TTL is 300 s, and so is what was proved by it
    host.run_for(Duration::seconds(300));
    CHECK(host.ask("www.p0.tld.").rcode == Rcode::servfail);
  }
}
