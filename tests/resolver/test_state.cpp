// Goal: a resolver's state is a value. A copy goes on identically, equal histories have equal
// hashes, every kind of event shows in the hash, and a standing answer keeps its promise
// (actions.h): until then the same query gets the same and changes nothing.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "scripted_host.h"
#include "zonefall/core/rng.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::Rcode;
using dns::RRType;

namespace {

const std::vector<Ask>& questions() {
  static const std::vector<Ask> asks = {
      {.name = "www.signed.tld."},
      {.name = "alias.signed.tld."},
      {.name = "absent.signed.tld."},
      {.name = "www.signed.tld.", .type = RRType::txt},
      {.name = "www.plain.tld."},
      {.name = "www.plain.tld.", .checking_disabled = true},
      {.name = "www.other."},
      {.name = "www.other.", .checking_disabled = true},
      {.name = "tld.", .type = RRType::dnskey},
      {.name = "signed.tld.", .type = RRType::ds},
      {.name = "x.wild.signed.tld.", .dnssec_ok = false},
      {.name = "absent."},
  };
  return asks;
}

UpstreamSettings random_upstream(Rng& rng) {
  UpstreamSettings u;
  const auto below = [&](std::uint64_t end) { return static_cast<std::uint32_t>(rng.below(end)); };
  u.query_deadline = Duration::seconds(2 + below(9));
  u.uses_others_glue = rng.chance(1, 2);
  u.dnssec_lame_tries = below(4);
  u.asks_caches_last = rng.chance(1, 2);
  u.doubts_empty = rng.chance(1, 2);
  u.errors_are_for_edns = rng.chance(1, 2);
  u.rounds_max = below(3);
  u.timeout_min = Duration::milliseconds(rng.chance(1, 2) ? 50 : 0);
  u.timeouts_per_doubling = 1 + below(3);
  u.sends_per_server_max = 1 + below(6);
  u.believes_any_glue = rng.chance(1, 2);
  u.verifies_glue = rng.chance(1, 2);
  u.ns_per_rrset_max = 1 + below(4);
  u.signatures_per_rrset_max = 1 + below(4);
  u.has_tcp = rng.chance(3, 4);
  return u;
}

BogusRetry random_bogus_retry(Rng& rng) {
  BogusRetry b;
  b.answer_queries_max = 1 + static_cast<std::uint32_t>(rng.below(3));
  b.walks_denial_owners = rng.chance(1, 4);
  b.unknown_key_asks_ds = rng.chance(1, 2);
  b.crypto_failures_max = static_cast<std::uint32_t>(rng.below(4));
  b.walk_skips_own_name = rng.chance(1, 2);
  b.denial_walk_depth_max = 1 + static_cast<std::uint32_t>(rng.below(20));
  b.retries_unproved_denials = rng.chance(1, 2);
  return b;
}

// A profile with its knobs drawn at random, within what makes sense.
ResolverProfile random_profile(Rng& rng) {
  ResolverProfile p;
  const auto flag = [&] { return rng.chance(1, 2); };
  const auto some_s = [&](std::uint64_t max) {
    return Duration::seconds(static_cast<std::int64_t>(rng.below(max + 1)));
  };
  p.validates = rng.chance(9, 10);
  p.permissive = rng.chance(1, 4);
  p.validates_on_request = rng.chance(1, 4);
  p.ede_on_permissive_answers = flag();
  p.qname_minimisation = static_cast<QnameMinimisation>(rng.below(3));
  p.no_ds_proof = static_cast<NoDsProof>(rng.below(2));
  p.chain_timing = static_cast<ChainTiming>(rng.below(3));
  p.asks_ds_before_keys = flag();
  p.learns_cuts = flag();
  p.missing_keys_are_bogus = flag();
  p.synthesises_no_ds = flag();
  p.validates_cd_queries = flag();
  p.answers_cd_from_cache = flag();
  p.failures_apart_by_cd = flag();
  p.bogus_retry = random_bogus_retry(rng);
  p.failure_caching = {some_s(20), flag(), flag(), some_s(20), some_s(60), some_s(60)};
  p.serve_stale.enabled = flag();
  p.serve_stale.on_bogus = static_cast<StaleRule>(rng.below(3));
  p.serve_stale.on_unreachable = static_cast<StaleRule>(rng.below(3));
  const Duration timers[] = {Duration(), Duration::milliseconds(1800), Duration::max()};
  p.serve_stale.client_timeout = timers[rng.below(3)];
  p.serve_stale.recheck_on_bogus = some_s(30);
  p.serve_stale.recheck_on_unreachable = some_s(30);
  p.serve_stale.max_stale = some_s(600);
  p.serve_stale.serves_after_limits = flag();
  p.serve_stale.failed_fetch_begins_anew = flag();
  p.serve_stale.failed_refresh_restarts_max_stale = flag();
  p.serve_stale.serves_negative_answers = flag();
  p.serve_stale.negative_needs_unchanged_proof = flag();
  p.nta.recheck = some_s(60);
  p.nta.lifetime = some_s(300);
  p.nta.flushes_on_install = flag();
  p.nta.cached_keys_win = flag();
  p.nta.keeps_failed_negatives = flag();
  p.nta.answers_outlive_removal = flag();
  p.nta.delegations_stay_insecure = flag();
  p.nta.sends_ede_from_cache = flag();
  p.cache.serves_ttl_zero = flag();
  if (flag()) {
    p.prefetch = {some_s(20), static_cast<std::uint32_t>(rng.below(300'000)),
                  some_s(30), flag(),
                  flag(),     some_s(10)};
  }
  p.upstream = random_upstream(rng);
  p.signature_validations_max = 30;
  p.synthesises_denials = flag();
  p.nxdomain_covers_below = flag();
  p.answers = {static_cast<MoreInAnswers>(rng.below(3)), flag(), flag(), flag(), flag()};
  p.minimised_timeouts_max = static_cast<std::uint32_t>(rng.below(3));
  p.minimisation_is_strict = rng.chance(1, 4);
  p.primes_root = flag();
  p.denies_any = rng.chance(1, 4);
  p.has_root_key_sentinel = flag();
  p.aliases_max = 1 + static_cast<std::uint32_t>(rng.below(11));
  p.cache.negative_ttl_min = flag() ? some_s(20) : Duration::max();
  p.cache.serves_original_ttl = rng.chance(1, 4);
  p.validation = {some_s(3'600), some_s(86'400), static_cast<std::uint32_t>(rng.below(200)),
                  rng.chance(1, 4), rng.chance(1, 4)};
  return p;
}

void break_or_repair(ScriptedHost& host, Rng& rng) {
  const char* apexes[] = {"signed.tld.", "tld.", "other."};
  const std::string apex = apexes[rng.below(3)];
  ZonePlan& zone = host.internet().zone(apex);
  switch (rng.below(4)) {
    case 0: zone.signing_zsk = make_key_like(zone.zsk, apex + " again"); break;
    case 1: zone.signing_zsk = nullptr; break;
    case 2: host.script_all(zone.addresses, Manner::silent); break;
    case 3: host.script_all(zone.addresses, Manner::answers); break;
  }
  host.publish(apex);
}

// An operator who is quick to act.
NtaWatch random_watch(const dns::Name& name, Rng& rng) {
  const auto some_s = [&](std::uint64_t max) {
    return Duration::seconds(static_cast<std::int64_t>(rng.below(max + 1)));
  };
  NtaWatch watch;
  watch.name = name;
  watch.look = Duration::seconds(1) + some_s(20);
  watch.window = watch.look * (1 + static_cast<std::int64_t>(rng.below(4)));
  watch.share_ppm = static_cast<std::uint32_t>(rng.below(600'000));
  watch.failures_min = 1;
  watch.lasting = some_s(20);
  watch.reaction = some_s(20);
  watch.lifetime = Duration::seconds(1) + some_s(200);
  watch.probe = some_s(40);
  watch.flush = static_cast<NtaFlush>(rng.below(3));
  return watch;
}

void operate(ScriptedHost& host, Rng& rng) {
  const char* names[] = {"tld.", "signed.tld.", "www.signed.tld.", "."};
  const dns::Name name = dns::Name::literal(names[rng.below(4)]);
  switch (rng.below(8)) {
    case 0:
    case 1: host.operate(InstallNta{name}); break;
    case 2: host.operate(RemoveNta{name}); break;
    case 3:
    case 4: host.operate(random_watch(name, rng)); break;
    default: host.operate(Flush{static_cast<Flush::What>(rng.below(4)), name}); break;
  }
}

bool is_same(const ClientReply& a, const ClientReply& b) {
  return a.rcode == b.rcode && a.served == b.served && a.authentic_data == b.authentic_data &&
         a.data == b.data && a.ede == b.ede;
}

// Asks the same again at random instants before `first.standing_until`.
void check_standing(const ScriptedHost& host, const Ask& ask, const ClientReply& first, Rng& rng) {
  ScriptedHost probe = host;
  const auto left_ns = (*first.standing_until - probe.now()).to_nanoseconds();
  REQUIRE(left_ns > 0);
  for (int i = 0; i < 3 && probe.now() < *first.standing_until; ++i) {
    const auto left =
        static_cast<std::uint64_t>((*first.standing_until - probe.now()).to_nanoseconds());
    probe.run_for(Duration::nanoseconds(static_cast<std::int64_t>(rng.below(left))));
    const std::uint64_t before = probe.resolver().state_hash();
    const std::size_t sent = probe.sent().size();
    const ClientReply* again = probe.reply(probe.submit(ask));
    REQUIRE(again != nullptr);
    CHECK(is_same(first, *again));
    CHECK(probe.resolver().state_hash() == before);
    CHECK(probe.sent().size() == sent);
  }
}

}  // namespace

TEST_CASE("a copy made in the middle of resolutions goes on with the same actions") {
  Rng rng({11, 0, purpose("test: copies")});
  for (int round = 0; round < 30; ++round) {
    ScriptedHost host(random_profile(rng));
    for (int i = 0; i < 6; ++i) {
      if (rng.chance(1, 4)) operate(host, rng);
      host.submit(questions()[rng.below(questions().size())]);
      host.run_for(Duration::milliseconds(static_cast<std::int64_t>(rng.below(40))));
    }
    ScriptedHost copy = host;
    CHECK(copy.resolver().state_hash() == host.resolver().state_hash());
    for (ScriptedHost* h : {&host, &copy}) {
      h->run_for(Duration::seconds(30));
      h->ask("www.other.");
    }
    CHECK(copy.log() == host.log());
    CHECK(copy.resolver().state_hash() == host.resolver().state_hash());
  }
}

TEST_CASE("equal histories have equal hashes, and every kind of event changes the hash") {
  ResolverProfile profile;
  profile.serve_stale.enabled = true;
  ScriptedHost host(profile);
  ScriptedHost twin(profile);
  std::uint64_t last = host.resolver().state_hash();
  const auto step = [&](const char* what, const std::function<void(ScriptedHost&)>& action) {
    INFO(what);
    action(host);
    action(twin);
    CHECK(host.resolver().state_hash() == twin.resolver().state_hash());
    CHECK(host.resolver().state_hash() != last);
    last = host.resolver().state_hash();
  };
  step("a query", [](ScriptedHost& h) { h.submit({.name = "www.signed.tld."}); });
  step("a client that joins", [](ScriptedHost& h) { h.submit({.name = "www.signed.tld."}); });
  step("a response", [](ScriptedHost& h) { h.run_for(Duration::milliseconds(10)); });
  step("the end", [](ScriptedHost& h) { h.run_for(Duration::seconds(1)); });
  const auto name = dns::Name::literal("tld.");
  step("an NTA", [&](ScriptedHost& h) { h.operate(InstallNta{name}); });
  step("its end", [&](ScriptedHost& h) { h.operate(RemoveNta{name}); });
  step("a flush", [&](ScriptedHost& h) { h.operate(Flush{Flush::What::subtree, name}); });
  step("a lost query", [](ScriptedHost& h) {
    h.script("192.0.2.21").manner = Manner::silent;
    h.submit({.name = "n.other."});
    h.run_for(Duration::seconds(1));
  });
}

TEST_CASE("a question from the cache leaves no trace in the hash") {
  ScriptedHost host{ResolverProfile()};
  for (const Ask& ask : questions()) host.ask(ask);
  for (const Ask& ask : questions()) {
    const std::uint64_t before = host.resolver().state_hash();
    const ClientReply reply = host.ask(ask);
    if (reply.from_cache) CHECK(host.resolver().state_hash() == before);
  }
}

TEST_CASE("standing answers keep their promise, under random profiles, faults and operators") {
  Rng rng({12, 0, purpose("test: standing answers")});
  std::size_t standing = 0;
  for (int round = 0; round < 150; ++round) {
    INFO(round);
    ScriptedHost host(random_profile(rng));
    for (int i = 0; i < 25; ++i) {
      if (rng.chance(1, 5)) break_or_repair(host, rng);
      if (rng.chance(1, 8)) operate(host, rng);
      const Ask& ask = questions()[rng.below(questions().size())];
      const ClientReply reply = host.ask(ask);
      if (reply.from_cache && reply.standing_until) {
        standing += 1;
        INFO(fmt::format("{} {}", i, ask.name));
        check_standing(host, ask, reply, rng);
      }
      host.run_for(Duration::milliseconds(static_cast<std::int64_t>(rng.below(60'000))));
    }
  }
  CHECK(standing > 200);
}
