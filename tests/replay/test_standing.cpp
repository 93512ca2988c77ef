// Goal: hits on standing answers counted as rate times time give what drawing each of them gives,
// and change nothing else.
#include <cmath>

#include <catch2/catch.hpp>

#include "small_world.h"

namespace zonefall::replay {

using namespace testing;  // NOLINT: test helpers
using outcome::Outcome;

namespace {

// Busy enough for popular names, with everything that ends a standing answer: expiry, a fault,
// stale answers, an NTA that comes and goes, flushes.
std::vector<Cohort> busy_cohorts() {
  const dns::Name de = dns::Name::literal("de.");
  Cohort helped = cohort("helped", bind_like());
  helped.rates.mean_per_day = 150'000;
  helped.actions = {
      {minute(70), Duration::minutes(10), resolver::InstallNta{de, {}}},
      {minute(95), Duration::minutes(5), resolver::RemoveNta{de}},
      {minute(120), Duration::minutes(5), resolver::Flush{resolver::Flush::What::subtree, de}}};
  Cohort stale = cohort("stale", stale_like());
  stale.rates.mean_per_day = 150'000;
  Cohort pairs = cohort("pairs", knot_like());
  pairs.group_size = 2;
  pairs.stubs[0].rule.retries_on_servfail = 1;
  pairs.rates.mean_per_day = 150'000;
  return {helped, stale, pairs};
}

// Operators who act on what their resolvers count, with every kind of flush, and resolvers that
// give bogus answers: such answers stand, unlike failures.
std::vector<Cohort> watching_cohorts() {
  std::vector<Cohort> cohorts;
  for (const resolver::NtaFlush flush :
       {resolver::NtaFlush::nothing, resolver::NtaFlush::bogus, resolver::NtaFlush::subtree}) {
    const bool is_first = cohorts.empty();
    Cohort watching = cohort(is_first ? "watching" : "flushing", unbound_like());
    watching.policy = std::to_string(cohorts.size());
    watching.rates.mean_per_day = 150'000;
    resolver::NtaWatch watch = watch_of_tld();
    watch.flush = flush;
    watching.actions = {
        {minute(0), Duration::minutes(3), watch, 1'000'000, false, Duration::minutes(9)}};
    cohorts.push_back(watching);
  }
  cohorts.push_back(cohort("permissive", permissive_like()));
  cohorts.back().rates.mean_per_day = 150'000;
  cohorts.push_back(cohorts.back());
  cohorts.back().policy = "watched";
  cohorts.back().actions = cohorts[1].actions;
  return cohorts;
}

ReplayResult run_with(Hits hits, std::vector<Cohort> cohorts = busy_cohorts()) {
  World world = make_world(faulty_tld(), std::move(cohorts));
  world.past = Duration::days(2);
  ReplayOptions options;
  options.hits = hits;
  return run(world, options);
}

}  // namespace

TEST_CASE("Hits as rate times time: the same state changes, the same counts but for sampling",
          "[whole-runs]") {
  const bool watches = GENERATE(false, true);
  const std::vector<Cohort> cohorts = watches ? watching_cohorts() : busy_cohorts();
  const ReplayResult fast = run_with(Hits::rate_times_time, cohorts);
  const ReplayResult every = run_with(Hits::events, cohorts);
  CHECK(every.broken_promises == 0);
  CHECK(fast.fingerprint == every.fingerprint);
  CHECK(fast.tally.resolutions() == every.tally.resolutions());
  CHECK(fast.tally.exchanges() == every.tally.exchanges());
  CHECK(fast.tally.events() + 50'000 < every.tally.events());
  for (std::uint32_t site = 0; site < fast.tally.shape().sites; ++site) {
    for (std::uint32_t bin = 0; bin < fast.tally.shape().bins.count; ++bin) {
      CHECK(fast.tally.load_queries(site, bin) == every.tally.load_queries(site, bin));
    }
  }
  // Per cohort, outcome and half an hour, within 5 standard deviations of a Poisson count.
  int compared = 0;
  for (std::uint32_t c = 0; c < cohorts.size(); ++c) {
    for (const Outcome o : outcome::all_outcomes()) {
      for (std::int64_t at = counted_from; at < counted_until; at += 30) {
        const auto a = static_cast<double>(lookups(fast.tally, c, o, {at, at + 30}));
        const auto b = static_cast<double>(lookups(every.tally, c, o, {at, at + 30}));
        CAPTURE(c, outcome::to_text(o), at, a, b);
        CHECK(std::abs(a - b) <= 5 * std::sqrt(std::max(a, b)) + 1);
        compared += a > 1'000;
      }
    }
    const auto a = static_cast<double>(all_queries(fast.tally, c));
    const auto b = static_cast<double>(all_queries(every.tally, c));
    CHECK(std::abs(a - b) <= 10 * std::sqrt(a));
  }
  CHECK(compared > 15);
  for (const outcome::NameClass names : outcome::all_name_classes()) {
    const auto a = static_cast<double>(lookups_of(names, fast.tally));
    const auto b = static_cast<double>(lookups_of(names, every.tally));
    CAPTURE(outcome::to_text(names), a, b);
    CHECK(a > 100);
    CHECK(std::abs(a - b) <= 5 * std::sqrt(std::max(a, b)) + 1);
  }
  // What a hit saw last is drawn in one of the two; what operators did is not.
  for (std::uint32_t i = 0; i < fast.tally.shape().resolvers; ++i) {
    const outcome::Milestones& a = fast.tally.milestones(i);
    const outcome::Milestones& b = every.tally.milestones(i);
    CHECK(a.nta_installed == b.nta_installed);
    CHECK(a.nta_removed == b.nta_removed);
    CHECK(a.first_failure == b.first_failure);
    CHECK(a.last_failure == b.last_failure);
    if (i == 0 && !watches) CHECK(a == b);
    if (watches && i < 12) CHECK(a.nta_installed < minute(repair_at));
  }
}

TEST_CASE("Extended errors of standing answers are counted with their hits") {
  const ReplayResult fast = run_with(Hits::rate_times_time);
  const ReplayResult every = run_with(Hits::events);
  std::int64_t several = 0;
  const auto counted = fast.tally.ede();
  const auto drawn = every.tally.ede();
  for (const auto& [key, n] : drawn) {
    const auto found = counted.find(key);
    REQUIRE(found != counted.end());
    const double a = found->second.to_double();
    const double b = n.to_double();
    CAPTURE(key.cohort, key.bin, key.code, a, b);
    CHECK(std::abs(a - b) <= 7 * std::sqrt(2 * std::max(a, b)) + 2);
    several += b > 100;
  }
  CHECK(several > 5);
}

}  // namespace zonefall::replay
