// Goal: a hit on an answer that is about to expire is answered from the cache and refreshes it, as
// BIND (a time before the expiry) and unbound (a share of the TTL) do when they prefetch.
#include <catch2/catch.hpp>

#include "scripted_host.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::Rcode;
using dns::RRType;

namespace {

const std::string name = "www.plain.tld.";  // TTL 60 s

ResolverProfile profile_with(const Prefetch& prefetch) {
  ResolverProfile profile;
  profile.validates = false;
  profile.qname_minimisation = QnameMinimisation::off;
  profile.prefetch = prefetch;
  return profile;
}

Prefetch bind_like() {
  return {.left_max = Duration::seconds(2),
          .ttl_min = Duration::seconds(9),
          .of_negative_answers = false};
}

// The host's first answer was stored on the second before start_time; so `s` seconds later there
// are 60 - s left.
void until_second(ScriptedHost& host, std::int64_t s) {
  host.run_until(start_time + Duration::seconds(s));
}

}  // namespace

TEST_CASE("no prefetch: what is about to expire is served, and expires") {
  ScriptedHost host(profile_with({}));
  host.ask(name);
  host.forget_sent();
  until_second(host, 59);
  CHECK(host.ask(name).from_cache);
  host.run_for(Duration::milliseconds(500));
  CHECK(host.sent().empty());
}

TEST_CASE("a hit in the last seconds refreshes, one before does not, and one fetch is enough") {
  ScriptedHost host(profile_with(bind_like()));
  host.ask(name);
  host.forget_sent();
  until_second(host, 57);
  const ClientReply before = host.ask(name);
  CHECK(before.ttl_s == 3);
  CHECK(before.standing_until == start_time + Duration::seconds(58) - Duration::milliseconds(250));
  CHECK(host.sent().empty());
  until_second(host, 58);
  const ClientReply due = host.ask(name);
  CHECK(due.from_cache);
  CHECK(due.ttl_s == 2);
  CHECK_FALSE(due.standing_until);  // the next one might meet the refreshed answer
  CHECK(host.ask(name).ttl_s == 2);
  CHECK(host.sent().size() == 1);
  host.run_for(Duration::milliseconds(100));
  CHECK(host.ask(name).ttl_s == 60);
  CHECK(host.sent().size() == 1);
}

TEST_CASE("a share of the TTL: the last tenth of 60 s is 6 s") {
  ScriptedHost host(profile_with({.left_max_ppm = 100'000}));
  host.ask(name);
  host.forget_sent();
  until_second(host, 53);
  host.ask(name);
  CHECK(host.sent().empty());
  until_second(host, 54);
  host.ask(name);
  CHECK(host.sent().size() == 1);
}

TEST_CASE("short-lived and negative answers may be left out") {
  SmallInternet net;
  net.zone("plain.tld.").text += "brief 8 IN A 198.51.100.30\n";
  Prefetch prefetch = bind_like();
  const bool negative = GENERATE(false, true);
  prefetch.of_negative_answers = negative;
  ScriptedHost host(profile_with(prefetch), net);
  host.ask("brief.plain.tld.");
  const Ask absent{.name = "absent.plain.tld.", .type = RRType::a};  // 120 s
  host.ask(absent);
  host.forget_sent();
  until_second(host, 7);
  CHECK(host.ask("brief.plain.tld.").ttl_s == 1);
  CHECK(host.sent().empty());
  until_second(host, 119);
  CHECK(host.ask(absent).from_cache);
  CHECK(host.sent().size() == (negative ? 1 : 0));
}

TEST_CASE("a refresh that fails leaves what is still fresh, and is not tried again") {
  ResolverProfile profile = profile_with(bind_like());
  profile.failure_caching.unreachable_ttl = Duration::seconds(20);
  ScriptedHost host(profile);
  host.ask(name);
  until_second(host, 58);
  host.script("192.0.2.41").manner = Manner::refused;
  host.forget_sent();
  CHECK(host.ask(name).from_cache);
  host.run_for(Duration::milliseconds(800));
  const std::size_t tried = host.sent().size();
  CHECK(tried > 0);
  const ClientReply still = host.ask(name);
  CHECK(still.rcode == Rcode::noerror);
  CHECK(still.from_cache);
  CHECK(still.standing_until == start_time + Duration::seconds(60) - Duration::milliseconds(250));
  host.run_for(Duration::milliseconds(200));
  CHECK(host.sent().size() == tried);
  until_second(host, 61);
  CHECK(host.ask(name).rcode == Rcode::servfail);
}

TEST_CASE("a validating resolver keeps a secure answer when its refresh is bogus") {
  ResolverProfile profile = profile_with(bind_like());
  profile.validates = true;
  ScriptedHost host(profile);
  const Ask ask{.name = "www.signed.tld.", .authentic_data = true};
  const ClientReply first = host.ask(ask);
  REQUIRE(first.served == Served::secure);
  ZonePlan& plan = host.internet().zone("signed.tld.");
  plan.signing_zsk = make_key("another", Role::zsk);
  host.publish("signed.tld.");
  until_second(host, first.ttl_s - 1);
  CHECK(host.ask(ask).served == Served::secure);
  host.run_for(Duration::milliseconds(300));
  const ClientReply still = host.ask(ask);
  CHECK(still.served == Served::secure);
  CHECK(still.from_cache);
  until_second(host, first.ttl_s + 1);
  CHECK(host.ask(ask).rcode == Rcode::servfail);
}
