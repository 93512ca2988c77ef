// Goal: two runs as a pair are, to the last count and sample, the two runs made one by one, and
// groups that meet no difference live once.
#include <catch2/catch.hpp>

#include "replay/alike.h"
#include "small_world.h"

namespace zonefall::replay {

using namespace testing;  // NOLINT: test helpers

namespace {

// What an exchange, a stub and an operator can do to a group before and after the worlds part.
std::vector<Cohort> mixed_cohorts() {
  Cohort pairs = cohort("pairs", knot_like());
  pairs.group_size = 2;
  pairs.stubs[0].rule.retries_on_servfail = 1;
  pairs.latency.loss_ppm = 20'000;
  Cohort helped = cohort("helped", bind_like());
  helped.actions = {{minute(40), Duration::minutes(40),
                     resolver::InstallNta{dns::Name::literal("de."), std::nullopt}}};
  Cohort busy = cohort("busy", stale_like());
  busy.rates.mean_per_day = 100'000;
  Cohort watching = cohort("watching", permissive_like());
  watching.actions = {
      {minute(0), Duration::minutes(3), watch_of_tld(), 800'000, false, Duration::minutes(9)}};
  return {pairs, helped, busy, cohort("plain", unbound_like()), watching};
}

bool is_of_tld(const authority::Site& site) {
  return !site.zones.empty() && site.zones[0].history->apex() == dns::Name::literal("de.");
}

World world_of(const Tld& tld) {
  World world = make_world(tld, mixed_cohorts());
  world.past = Duration::days(1);
  return world;
}

/// `world` with other servers for the TLD, and all else the very same objects.
World with_tld(const World& world, const Tld& tld) {
  std::vector<authority::NameServer> servers = world.servers->servers();
  std::size_t next = 0;
  for (authority::NameServer& server : servers) {
    for (authority::Site& site : server.sites) {
      if (!is_of_tld(site)) continue;
      site.zones = {tld.run.sites[next]};
      next += 1;
    }
  }
  REQUIRE(next == tld.run.sites.size());
  World other = world;
  other.servers = std::make_shared<const authority::ServerDirectory>(std::move(servers));
  return other;
}

/// `world`, but from minute to minute one site of each of the TLD's servers does not answer.
World with_silence(const World& world, std::int64_t from, std::int64_t until) {
  std::vector<authority::NameServer> servers = world.servers->servers();
  for (authority::NameServer& server : servers) {
    if (is_of_tld(server.sites[0])) server.sites[0].silences = {{minute(from), minute(until)}};
  }
  World other = world;
  other.servers = std::make_shared<const authority::ServerDirectory>(std::move(servers));
  return other;
}

ReplayOptions options_for(unsigned threads, Hits hits = Hits::rate_times_time) {
  ReplayOptions options;
  options.threads = threads;
  options.hits = hits;
  options.sample_ppm = 20'000;
  options.samples_max = 40;
  return options;
}

PairedResult run_pair(const World& world, const World& other, const ReplayOptions& options) {
  auto pair = replay_pair(world, other.servers, options);
  REQUIRE(pair.ok());
  return std::move(pair).value();
}

void check_equal(const ReplayResult& a, const ReplayResult& b) {
  CHECK(a.fingerprint == b.fingerprint);
  CHECK(a.tally == b.tally);
  CHECK(a.broken_promises == b.broken_promises);
  CHECK(b.broken_promises == 0);
}

/// How many queries of resolvers servers were asked, in both worlds together.
std::uint64_t servers_asked(const PairedResult& pair) {
  return pair.first.memo_hits + pair.first.memo_misses;
}

void check_samples(const ReplayResult& a, const ReplayResult& b) {
  REQUIRE(a.samples.size() == b.samples.size());
  for (std::size_t i = 0; i < a.samples.size(); ++i) {
    CHECK(a.samples[i].at == b.samples[i].at);
    CHECK(a.samples[i].explanation == b.samples[i].explanation);
  }
}

}  // namespace

TEST_CASE("A pair of runs gives what each of them gives alone", "[whole-runs]") {
  const World faulty = world_of(faulty_tld());
  const World healthy = world_of(healthy_tld());
  const ReplayResult bad = run(faulty, options_for(1));
  const ReplayResult good = run(healthy, options_for(1));
  REQUIRE(bad.fingerprint != good.fingerprint);
  for (const unsigned threads : {1U, 2U}) {
    const PairedResult pair = run_pair(faulty, healthy, options_for(threads));
    check_equal(pair.first, bad);
    check_equal(pair.second, good);
    check_samples(pair.first, bad);
    CHECK(pair.second.samples.empty());
    CHECK(pair.groups_parted > 0);
  }
  const PairedResult turned = run_pair(healthy, faulty, options_for(2));
  check_equal(turned.first, good);
  check_equal(turned.second, bad);
  check_samples(turned.first, good);
}

TEST_CASE("A pair with every hit an event is the same pair") {
  const World faulty = world_of(faulty_tld());
  const World healthy = world_of(healthy_tld());
  const PairedResult pair = run_pair(faulty, healthy, options_for(2, Hits::events));
  check_equal(pair.first, run(faulty, options_for(2, Hits::events)));
  check_equal(pair.second, run(healthy, options_for(2, Hits::events)));
}

TEST_CASE("Groups that meet no difference never part") {
  const World faulty = world_of(faulty_tld());
  const PairedResult same = run_pair(faulty, faulty, options_for(1));
  CHECK(same.groups_parted == 0);
  CHECK(same.first.tally == same.second.tally);
  CHECK(same.first.fingerprint == same.second.fingerprint);
}

TEST_CASE("Worlds that share their parts are asked as one until the fault") {
  const Tld healed({.content = faulty_tld().content});
  const World faulty = world_of(faulty_tld());
  const World other = with_tld(faulty, healed);
  std::size_t sites = 0;
  for (const SimTime until : alike_until(*faulty.servers, *other.servers)) {
    if (until == SimTime::max()) continue;
    CHECK(until > minute(fault_at));
    CHECK(until < minute(fault_at + 5));
    sites += 1;
  }
  CHECK(sites == healed.run.sites.size());

  const ReplayResult bad = run(faulty, options_for(1));
  const ReplayResult good = run(other, options_for(1));
  REQUIRE(bad.fingerprint != good.fingerprint);
  const PairedResult pair = run_pair(faulty, other, options_for(2));
  check_equal(pair.first, bad);
  check_equal(pair.second, good);
  check_samples(pair.first, bad);
  CHECK(pair.groups_parted > 0);
  // Where no object is shared, both worlds are asked from the beginning.
  const World apart = world_of(healthy_tld());
  REQUIRE(run(apart, options_for(1)).fingerprint == good.fingerprint);
  CHECK(servers_asked(pair) < servers_asked(run_pair(faulty, apart, options_for(2))) * 9 / 10);
}

TEST_CASE("Worlds that share content but no signatures part at the first of them") {
  const Tld otherwise_signed({registry::KeyGeneration::once_per_hsm, 6, faulty_tld().content});
  const World faulty = world_of(faulty_tld());
  const World other = with_tld(faulty, otherwise_signed);
  const ReplayResult here = run(faulty, options_for(2));
  const ReplayResult there = run(other, options_for(2));
  REQUIRE_FALSE(here.tally == there.tally);  // other names are bogus
  const PairedResult pair = run_pair(faulty, other, options_for(2));
  check_equal(pair.first, here);
  check_equal(pair.second, there);
  CHECK(pair.groups_parted == 18);  // all
}

TEST_CASE("Exchanges that end at different times are one event in each world") {
  const World talking = world_of(healthy_tld());
  const World silent = with_silence(talking, counted_from, fault_at);
  const ReplayResult replies = run(talking, options_for(2));
  const ReplayResult timeouts = run(silent, options_for(2));
  REQUIRE(replies.fingerprint != timeouts.fingerprint);
  const PairedResult pair = run_pair(talking, silent, options_for(2));
  check_equal(pair.first, replies);
  check_equal(pair.second, timeouts);
  CHECK(pair.groups_parted > 0);
  const PairedResult turned = run_pair(silent, talking, options_for(2));
  check_equal(turned.first, timeouts);
  check_equal(turned.second, replies);
}

TEST_CASE("Worlds with other servers are no pair") {
  const World world = world_of(faulty_tld());
  const auto fewer = std::make_shared<const authority::ServerDirectory>(
      std::vector<authority::NameServer>{world.servers->servers().front()});
  const auto pair = replay_pair(world, fewer, options_for(1));
  REQUIRE_FALSE(pair.ok());
  CHECK(pair.error().message == "the two worlds of a pair have other servers or sites");
}

}  // namespace zonefall::replay
