// Goal: an operator who watches his own resolver installs a negative trust anchor when validation
// below a name keeps failing, and not before; it ends as NTAs should (RFC 7646 2).
#include <catch2/catch.hpp>

#include "scripted_host.h"
#include "zonefall/resolver/policy.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::Name;
using dns::Rcode;

namespace {

Duration s(std::int64_t n) {
  return Duration::seconds(n);
}

NtaWatch watch_of_tld() {
  NtaWatch watch;
  watch.name = Name::literal("tld.");
  watch.look = s(10);
  watch.window = s(30);
  watch.share_ppm = 500'000;
  watch.failures_min = 3;
  watch.lasting = s(20);
  watch.reaction = s(15);
  watch.lifetime = s(600);
  watch.probe = s(60);
  return watch;
}

ResolverProfile forgetful() {
  ResolverProfile profile;
  profile.failure_caching = {.answer_ttl = Duration(), .unreachable_ttl = Duration()};
  return profile;
}

void sign_wrongly(ScriptedHost& host, const std::string& apex) {
  ZonePlan& zone = host.internet().zone(apex);
  zone.signing_zsk = make_key_like(zone.zsk, apex + " again");
  host.publish(apex);
}

void repair(ScriptedHost& host, const std::string& apex) {
  host.internet().zone(apex).signing_zsk = nullptr;
  host.publish(apex);
}

// A query in each second, each a resolution: what it asks for is in no cache.
void ask_for(ScriptedHost& host, int seconds, const std::string& zone) {
  static int names = 0;
  const SimTime until = host.now() + s(seconds);
  while (host.now() < until) {
    host.submit({.name = "absent" + std::to_string(names++) + "." + zone});
    host.run_until(std::min(until, host.now() + s(1)));
  }
}

WatchSituation seen(std::uint64_t failures, std::uint64_t resolutions, const Alarm& alarm = {}) {
  return {alarm, resolutions, failures, false, start_time};
}

}  // namespace

TEST_CASE("a look sees failing from its share and its number of failures on") {
  const NtaWatch watch = watch_of_tld();
  CHECK(decide_at_look(watch, seen(3, 6)).alarm.failing_since == start_time);
  CHECK_FALSE(decide_at_look(watch, seen(3, 7)).alarm.failing_since);
  CHECK_FALSE(decide_at_look(watch, seen(2, 2)).alarm.failing_since);
  CHECK_FALSE(decide_at_look(watch, seen(0, 0)).alarm.failing_since);
}

TEST_CASE("an alarm follows when it has lasted, and is dropped when a look sees none") {
  const NtaWatch watch = watch_of_tld();
  const Alarm young{start_time - s(19), std::nullopt};
  const Alarm old{start_time - s(20), std::nullopt};
  CHECK_FALSE(decide_at_look(watch, seen(9, 9, young)).alarm.install_at);
  const Alarm raised = decide_at_look(watch, seen(9, 9, old)).alarm;
  CHECK(raised.install_at == start_time + s(15));
  CHECK(raised.failing_since == old.failing_since);
  // The next looks confirm it, and do not put it off.
  WatchSituation later = seen(9, 9, raised);
  later.now += s(10);
  CHECK(decide_at_look(watch, later).alarm == raised);
  later.failures = 0;
  CHECK(decide_at_look(watch, later).alarm == Alarm());
  later.failures = 9;
  later.nta_stands = true;
  CHECK(decide_at_look(watch, later).alarm == Alarm());
}

TEST_CASE("no NTA comes before the instant that the state of an alarm allows") {
  const NtaWatch watch = watch_of_tld();
  const SimTime next = start_time + s(4);
  CHECK(earliest_install(watch, {}, next) == next + s(35));
  CHECK(earliest_install(watch, {start_time - s(6), std::nullopt}, next) == start_time + s(29));
  CHECK(earliest_install(watch, {start_time - s(60), std::nullopt}, next) == next + s(15));
  CHECK(earliest_install(watch, {start_time - s(60), start_time + s(1)}, next) ==
        start_time + s(1));
}

TEST_CASE("numbers of a watch that make no sense are refused") {
  CHECK(check(watch_of_tld()).ok());
  const auto refused = [](auto change) {
    NtaWatch watch = watch_of_tld();
    change(watch);
    return !check(watch).ok();
  };
  CHECK(refused([](NtaWatch& w) { w.look = Duration(); }));
  CHECK(refused([](NtaWatch& w) { w.window = s(25); }));
  CHECK(refused([](NtaWatch& w) { w.window = s(5); }));
  CHECK(refused([](NtaWatch& w) { w.share_ppm = 1'000'001; }));
  CHECK(refused([](NtaWatch& w) { w.failures_min = 0; }));
  CHECK(refused([](NtaWatch& w) { w.lasting = s(-1); }));
  CHECK(refused([](NtaWatch& w) { w.reaction = s(-1); }));
  CHECK(refused([](NtaWatch& w) { w.probe = s(-1); }));
  CHECK(refused([](NtaWatch& w) { w.lifetime = Duration(); }));
}

TEST_CASE("lasting failures bring an NTA, after the looks, the time they last and the reaction") {
  ScriptedHost host(forgetful());
  host.ask("www.signed.tld.");
  host.operate(watch_of_tld());
  const SimTime watched = host.now();
  ask_for(host, 60, "signed.tld.");
  CHECK_FALSE(host.resolver().has_nta());
  sign_wrongly(host, "tld.");
  sign_wrongly(host, "signed.tld.");
  // Half of the window fails at the look after 20 s, 20 s later that has lasted; 15 s of reaction.
  ask_for(host, 54, "signed.tld.");
  CHECK(host.now() == watched + s(114));
  CHECK_FALSE(host.resolver().has_nta());
  ask_for(host, 2, "signed.tld.");
  CHECK(host.resolver().has_nta());
  CHECK(host.ask("absent.signed.tld.").served == Served::under_nta);
  CHECK(host.ask("www.other.").served == Served::secure);
}

TEST_CASE("failures elsewhere, silence and what nobody validates are no reason for an NTA") {
  ScriptedHost host(forgetful());
  host.operate(watch_of_tld());
  sign_wrongly(host, "other.");
  ask_for(host, 120, "other.");
  CHECK_FALSE(host.resolver().has_nta());
  host.script_all(host.internet().zone("signed.tld.").addresses, Manner::silent);
  ask_for(host, 120, "signed.tld.");
  CHECK_FALSE(host.resolver().has_nta());
  ResolverProfile trusting = forgetful();
  trusting.validates = false;
  ScriptedHost other(trusting);
  other.operate(watch_of_tld());
  sign_wrongly(other, "tld.");
  ask_for(other, 120, "tld.");
  CHECK_FALSE(other.resolver().has_nta());
}

TEST_CASE("replies from the cache are not what the operator counts") {
  ResolverProfile profile;
  profile.failure_caching.answer_ttl = s(3600);
  ScriptedHost host(profile);
  sign_wrongly(host, "signed.tld.");
  host.operate(watch_of_tld());
  for (int i = 0; i < 200; ++i) {
    CHECK(host.ask("www.signed.tld.").rcode == Rcode::servfail);
    host.run_for(s(1));
  }
  CHECK_FALSE(host.resolver().has_nta());
}

TEST_CASE("an operator who sees the failures end before he acts does not act") {
  NtaWatch watch = watch_of_tld();
  watch.reaction = s(30);
  ScriptedHost host(forgetful());
  host.operate(watch);
  sign_wrongly(host, "signed.tld.");
  ask_for(host, 31, "signed.tld.");  // the alarm is raised at 30 s, to act at 60 s
  ScriptedHost healed = host;
  ask_for(host, 30, "signed.tld.");
  CHECK(host.resolver().has_nta());
  // Two thirds of the window are well at the look of 50 s.
  repair(healed, "signed.tld.");
  ask_for(healed, 60, "signed.tld.");
  CHECK_FALSE(healed.resolver().has_nta());
}

TEST_CASE("the NTA goes when a probe validates, or its lifetime ends, and the watch goes on") {
  const bool is_repaired = GENERATE(false, true);
  ScriptedHost host(forgetful());
  host.operate(watch_of_tld());
  sign_wrongly(host, "tld.");
  ask_for(host, 60, "signed.tld.");
  REQUIRE(host.resolver().has_nta());
  if (is_repaired) repair(host, "tld.");
  host.run_for(s(120));
  CHECK(host.resolver().has_nta() == !is_repaired);
  host.run_for(s(600));
  CHECK_FALSE(host.resolver().has_nta());
  if (is_repaired) sign_wrongly(host, "tld.");
  host.operate(Flush{Flush::What::everything, {}});
  ask_for(host, 60, "signed.tld.");
  CHECK(host.resolver().has_nta());
}

TEST_CASE("probes do not keep keys alive that win over the NTA") {
  ResolverProfile profile = forgetful();
  profile.nta.cached_keys_win = true;
  SmallInternet net;
  net.zone("tld.").dnskey_ttl_s = 30;
  ScriptedHost host(profile, net);
  host.operate(watch_of_tld());
  sign_wrongly(host, "tld.");
  ask_for(host, 60, "signed.tld.");
  REQUIRE(host.resolver().has_nta());
  host.run_for(s(40));  // the keys are gone; those of probes, each minute, are not for clients
  const std::size_t asked = host.asked("tld.", dns::RRType::nsec);
  for (int i = 0; i < 20; ++i) {
    CHECK(host.ask("absent" + std::to_string(i) + ".signed.tld.").served == Served::under_nta);
    host.run_for(s(7));
  }
  CHECK(host.asked("tld.", dns::RRType::nsec) > asked);
}

TEST_CASE("with the NTA comes the flush that the operator wants") {
  for (const NtaFlush flush : {NtaFlush::nothing, NtaFlush::bogus, NtaFlush::subtree}) {
    INFO(static_cast<int>(flush));
    ResolverProfile profile;
    profile.failure_caching.answer_ttl = s(3600);
    ScriptedHost host(profile);
    const ClientReply good = host.ask("long.signed.tld.");
    CHECK(good.served == Served::secure);
    sign_wrongly(host, "signed.tld.");
    CHECK(host.ask("www.signed.tld.").served == Served::failed_bogus);
    NtaWatch watch = watch_of_tld();
    watch.flush = flush;
    host.operate(watch);
    ask_for(host, 60, "signed.tld.");
    REQUIRE(host.resolver().has_nta());
    const bool remembers_failure = host.ask("www.signed.tld.").rcode == Rcode::servfail;
    CHECK(remembers_failure == (flush == NtaFlush::nothing));
    const bool remembers_answer = host.ask("long.signed.tld.").served == Served::secure;
    CHECK(remembers_answer == (flush != NtaFlush::subtree));
  }
}

TEST_CASE("what an operator has seen is part of the state, and a copy goes on as he would") {
  ScriptedHost host(forgetful());
  ScriptedHost blind = host;
  const std::uint64_t before = host.resolver().state_hash();
  host.operate(watch_of_tld());
  CHECK(host.resolver().state_hash() != before);
  ScriptedHost patient = blind;
  NtaWatch other = watch_of_tld();
  other.reaction += s(1);
  patient.operate(other);
  CHECK(host.resolver().state_hash() != patient.resolver().state_hash());
  // The same replies: of what nobody watches, and of what he counts.
  sign_wrongly(host, "signed.tld.");
  host.ask("www.signed.tld.");
  ScriptedHost copy = host;
  CHECK(copy.resolver().state_hash() == host.resolver().state_hash());
  host.operate(watch_of_tld());  // anew: it has seen nothing yet
  CHECK(copy.resolver().state_hash() != host.resolver().state_hash());
  for (ScriptedHost* h : {&host, &copy}) {
    for (int i = 0; i < 80; ++i) {
      h->submit({.name = "absent" + std::to_string(i) + ".signed.tld."});
      h->run_for(s(1));
    }
    CHECK(h->resolver().has_nta());
  }
}
