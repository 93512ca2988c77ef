// Goal: an answer is wrong if and only if its data are, at the instant at which it is given,
// however it is counted.
#include <cmath>

#include <catch2/catch.hpp>

#include "small_world.h"

namespace zonefall::replay {

using namespace testing;  // NOLINT: test helpers
using outcome::Harm;
using outcome::Outcome;

namespace {

// In the middle of a bin, while nothing verifies.
constexpr std::int64_t moved_at = 95;

/// A stale answer stands for a quarter of an hour.
std::shared_ptr<const resolver::ResolverProfile> patient_stale() {
  resolver::ResolverProfile p = *stale_like();
  p.name = "patient-stale";
  p.serve_stale.recheck_on_bogus = Duration::minutes(15);
  return std::make_shared<const resolver::ResolverProfile>(p);
}

std::vector<Cohort> busy_cohorts() {
  std::vector<Cohort> cohorts = {cohort("stale", stale_like()), cohort("patient", patient_stale()),
                                 cohort("strict", unbound_like())};
  for (Cohort& each : cohorts) each.rates.mean_per_day = 150'000;
  return cohorts;
}

World moving_world(const Tld& tld, std::uint32_t share_ppm = 1'000'000) {
  World world =
      with_moves(make_world(tld, busy_cohorts()), {share_ppm, minute(moved_at), minute(moved_at)});
  world.past = Duration::days(2);
  return world;
}

ReplayResult run_with(const World& world, Hits hits) {
  ReplayOptions options;
  options.hits = hits;
  return run(world, options);
}

// Within 5 standard deviations of a Poisson count.
bool are_near(std::int64_t counted, std::int64_t drawn) {
  const double most = static_cast<double>(std::max(counted, drawn));
  return std::abs(static_cast<double>(counted - drawn)) <= 5 * std::sqrt(most) + 1;
}

}  // namespace

TEST_CASE("A stale answer is wrong from the instant on at which its owner moves") {
  const World world = moving_world(faulty_tld());
  const ReplayResult fast = run_with(world, Hits::rate_times_time);
  const ReplayResult every = run_with(world, Hits::events);
  CHECK(fast.fingerprint == every.fingerprint);
  for (const std::uint32_t c : {0U, 1U, 2U}) {
    CHECK(harmed_lookups(every.tally, c, Harm::outdated, {counted_from, moved_at - 5}) == 0);
    CHECK(harmed_lookups(fast.tally, c, Harm::outdated, {counted_from, moved_at - 5}) == 0);
    for (std::int64_t at = moved_at - 5; at < counted_until; at += 10) {
      const std::int64_t counted = harmed_lookups(fast.tally, c, Harm::outdated, {at, at + 10});
      const std::int64_t drawn = harmed_lookups(every.tally, c, Harm::outdated, {at, at + 10});
      CAPTURE(c, at, counted, drawn);
      CHECK(are_near(counted, drawn));
      CHECK(counted <= lookups(fast.tally, c, Outcome::stale, {at, at + 10}) + 1);
    }
  }
  // All of a stale answer's time after the move is wrong, and none before: half of that bin's.
  const Span bin{moved_at - 5, moved_at + 5};
  const std::int64_t stale = lookups(fast.tally, 1, Outcome::stale, bin);
  const std::int64_t wrong = harmed_lookups(fast.tally, 1, Harm::outdated, bin);
  CHECK(stale > 1'000);
  CHECK(wrong > stale * 2 / 5);
  CHECK(wrong < stale * 3 / 5);
  CHECK(harmed_lookups(fast.tally, 2, Harm::outdated) == 0);  // nothing is ever stale
}

TEST_CASE("Of members that do not move, and of fresh answers, none is wrong") {
  const ReplayResult some = run_with(moving_world(faulty_tld(), 300'000), Hits::rate_times_time);
  const ReplayResult all = run_with(moving_world(faulty_tld()), Hits::rate_times_time);
  const std::int64_t of_some = harmed_lookups(some.tally, 0, Harm::outdated);
  const std::int64_t of_all = harmed_lookups(all.tally, 0, Harm::outdated);
  CHECK(of_some > 0);
  CHECK(of_some < of_all * 3 / 4);
  const ReplayResult fresh = run_with(moving_world(healthy_tld()), Hits::rate_times_time);
  for (const std::uint32_t c : {0U, 1U, 2U}) {
    CHECK(harmed_lookups(fresh.tally, c, Harm::outdated) == 0);
  }
}

TEST_CASE("A pair counts the same harm as its runs do") {
  const World faulty = moving_world(faulty_tld());
  World healthy = faulty;
  healthy.servers = moving_world(healthy_tld()).servers;
  ReplayOptions options;
  options.threads = 2;
  const auto pair = replay_pair(faulty, healthy.servers, options);
  REQUIRE(pair.ok());
  const ReplayResult bad = run(faulty, options);
  const ReplayResult good = run(healthy, options);
  CHECK(pair.value().first.tally == bad.tally);
  CHECK(pair.value().second.tally == good.tally);
  CHECK(pair.value().first.fingerprint == bad.fingerprint);
  CHECK(pair.value().second.fingerprint == good.fingerprint);
  CHECK_FALSE(bad.tally == good.tally);
}

}  // namespace zonefall::replay
