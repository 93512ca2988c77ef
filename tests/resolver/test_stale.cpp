// Goal: serve-stale (RFC 8767): when expired data is served, after how long, for how long, with
// which TTL and EDE, for each rule, cause and client timer.
#include <catch2/catch.hpp>

#include "scripted_host.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::EdeCode;
using dns::Rcode;

namespace {

constexpr const char* name = "www.signed.tld.";  // TTL 60
enum class Cause : std::uint8_t { bogus, silence };

ResolverProfile stale_profile(StaleRule rule, Duration client_timeout) {
  ResolverProfile p;
  p.serve_stale.enabled = true;
  p.serve_stale.on_bogus = rule;
  p.serve_stale.on_unreachable = rule;
  p.serve_stale.client_timeout = client_timeout;
  p.upstream.query_deadline = Duration::seconds(6);
  return p;
}

void fail(ScriptedHost& host, Cause cause) {
  ZonePlan& zone = host.internet().zone("signed.tld.");
  if (cause == Cause::silence) {
    host.script_all(zone.addresses, Manner::silent);
    return;
  }
  zone.signing_zsk = make_key_like(zone.zsk, "signed.tld. again");
  host.publish("signed.tld.");
}

void repair(ScriptedHost& host) {
  ZonePlan& zone = host.internet().zone("signed.tld.");
  host.script_all(zone.addresses, Manner::answers);
  zone.signing_zsk = nullptr;
  host.publish("signed.tld.");
}

// The name is cached, its servers have failed, and its TTL is over.
ScriptedHost expired(const ResolverProfile& profile, Cause cause, const Ask& ask = {.name = name}) {
  ScriptedHost host(profile);
  host.ask(ask);
  fail(host, cause);
  host.run_for(Duration::seconds(cause == Cause::bogus ? 61 : 121));
  host.forget_sent();
  return host;
}

bool has_code(const ClientReply& reply, EdeCode code) {
  return reply.ede == code;
}

}  // namespace

TEST_CASE("every rule and client timer, on bogus data and on silence") {
  const auto rule =
      GENERATE(StaleRule::never, StaleRule::first_answer_only, StaleRule::until_max_stale);
  const auto timeout = GENERATE(Duration(), Duration::milliseconds(1800), Duration::max());
  const auto cause = GENERATE(Cause::bogus, Cause::silence);
  INFO(static_cast<int>(rule) << " " << timeout.to_text() << " " << static_cast<int>(cause));
  ScriptedHost host = expired(stale_profile(rule, timeout), cause);
  const SimTime asked_at = host.now();
  const ClientReply reply = host.ask(name);
  const Duration waited = host.now() - asked_at;

  const bool at_once = timeout == Duration();
  // The timer runs out before silence has turned into failure, but bogus data comes sooner.
  const bool timer = timeout == Duration::milliseconds(1800) && cause == Cause::silence &&
                     rule != StaleRule::never;
  const bool kept = rule == StaleRule::until_max_stale;
  const bool stale = at_once || timer || kept;
  CHECK((reply.served == Served::stale) == stale);
  if (stale) {
    CHECK(reply.rcode == Rcode::noerror);
    CHECK(reply.ttl_s == 30);  // RFC 8767 4
    CHECK(has_code(reply, EdeCode::stale_answer));
  } else {
    CHECK(reply.rcode == Rcode::servfail);
  }
  if (at_once) CHECK(waited == Duration());
  if (timer) CHECK(waited == Duration::milliseconds(1800));

  // Once the refresh has failed, the entry is still there, or has been replaced.
  host.run_for(Duration::seconds(7));
  CHECK((host.ask(name).served == Served::stale) == kept);
}

TEST_CASE("after a failed refresh there is no other for the recheck time") {
  const auto cause = GENERATE(Cause::bogus, Cause::silence);
  ResolverProfile profile = stale_profile(StaleRule::until_max_stale, Duration::max());
  profile.serve_stale.recheck_on_bogus = Duration::seconds(20);
  profile.serve_stale.recheck_on_unreachable = Duration::seconds(20);
  ScriptedHost host = expired(profile, cause);
  CHECK(host.ask(name).served == Served::stale);
  repair(host);
  host.forget_sent();
  host.run_for(Duration::seconds(15));
  const ClientReply held = host.ask(name);
  CHECK(held.served == Served::stale);
  CHECK(host.sent().empty());
  CHECK(held.standing_until);
  host.run_for(Duration::seconds(6));
  CHECK(host.ask(name).served == Served::secure);
}

TEST_CASE("max_stale counts from expiry, or anew from each failed refresh where it restarts") {
  const bool restarts = GENERATE(false, true);
  ResolverProfile profile = stale_profile(StaleRule::until_max_stale, Duration::max());
  profile.serve_stale.max_stale = Duration::seconds(100);
  profile.serve_stale.failed_refresh_restarts_max_stale = restarts;
  ScriptedHost host = expired(profile, Cause::bogus);
  host.run_for(Duration::seconds(60));
  CHECK(host.ask(name).served == Served::stale);  // 61 s after expiry
  host.run_for(Duration::seconds(60));
  CHECK((host.ask(name).served == Served::stale) == restarts);
}

TEST_CASE("stale TTLs are 30 s, or the record's own where that is less") {
  for (const bool bounded : {false, true}) {
    ResolverProfile profile = stale_profile(StaleRule::until_max_stale, Duration());
    profile.serve_stale.stale_ttl = Duration::seconds(90);
    profile.serve_stale.stale_ttl_bounded_by_rr_ttl = bounded;
    ScriptedHost host = expired(profile, Cause::bogus);
    CHECK(host.ask(name).ttl_s == (bounded ? 60 : 90));
  }
}

TEST_CASE("stale NXDOMAIN carries 3, or 19 where the profile knows it (RFC 8914 4.20)") {
  const bool nineteen = GENERATE(false, true);
  ResolverProfile profile = stale_profile(StaleRule::until_max_stale, Duration());
  profile.stale_nxdomain_ede = nineteen;
  const Ask absent{.name = "absent.signed.tld."};
  ScriptedHost host = expired(profile, Cause::bogus, absent);
  host.run_for(Duration::seconds(60));
  const ClientReply reply = host.ask(absent);
  CHECK(reply.served == Served::stale);
  CHECK(reply.rcode == Rcode::nxdomain);
  CHECK(has_code(reply, nineteen ? EdeCode::stale_nxdomain_answer : EdeCode::stale_answer));
  profile.serve_stale.serves_negative_answers = false;
  ScriptedHost without = expired(profile, Cause::bogus, absent);
  without.run_for(Duration::seconds(60));
  CHECK(without.ask(absent).rcode == Rcode::servfail);
}

// RFC 8767 4: it is newer all the same.
TEST_CASE("data that must not be kept take the place of an expired answer") {
  ResolverProfile profile;
  profile.validates = false;
  profile.serve_stale.enabled = true;
  profile.serve_stale.client_timeout = Duration();
  profile.serve_stale.on_unreachable = StaleRule::until_max_stale;
  ScriptedHost host(profile);
  CHECK(host.ask("absent.plain.tld.").rcode == Rcode::nxdomain);
  host.run_for(Duration::seconds(700));
  host.script("192.0.2.41").tamper = [](const dns::Question& asked, dns::Message& message) {
    message.rcode = Rcode::noerror;
    message.authority.clear();
    message.answer = {
        {dns::RRset::make({.owner = asked.qname, .ttl_s = 0}, {dns::encode_a({192, 0, 2, 9})}),
         {}}};
  };
  CHECK(host.ask("absent.plain.tld.").served == Served::stale);
  host.run_for(Duration::seconds(1));
  const ClientReply reply = host.ask("absent.plain.tld.");
  CHECK(reply.rcode == Rcode::noerror);
  CHECK_FALSE(reply.from_cache);
}

TEST_CASE("a refresh that succeeds replaces the stale answer") {
  ScriptedHost host = expired(stale_profile(StaleRule::until_max_stale, Duration()), Cause::bogus);
  repair(host);
  CHECK(host.ask(name).served == Served::stale);
  host.run_for(Duration::seconds(1));
  CHECK(host.ask(name).served == Served::secure);
}
