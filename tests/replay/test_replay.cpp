// Goal: a world without a fault is flat; with the `.de` fault lookups fail as the mechanism says,
// until the repair; operators, stale answers and retries change what they should and no more.
#include <algorithm>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "small_world.h"

namespace zonefall::replay {

using namespace testing;  // NOLINT: test helpers
using outcome::Outcome;

namespace {

std::vector<Cohort> three_kinds() {
  return {cohort("unbound", unbound_like()), cohort("bind", bind_like()),
          cohort("knot", knot_like())};
}

/// Over all resolvers of a cohort.
SimTime last_failure(const outcome::Tally& tally, const World& world, std::uint32_t cohort) {
  std::uint32_t first = 0;
  for (std::uint32_t c = 0; c < cohort; ++c) first += world.cohorts[c].resolvers;
  SimTime last = SimTime::min();
  for (std::uint32_t i = 0; i < world.cohorts[cohort].resolvers; ++i) {
    last = std::max(last, tally.milestones(first + i).last_failure);
  }
  return last;
}

ScheduledAction nta_at(std::int64_t at, Duration spread) {
  return {minute(at), spread, resolver::InstallNta{dns::Name::literal("de."), std::nullopt}};
}

}  // namespace

TEST_CASE("Without a fault every lookup ends well, in the same shares all the time") {
  const World world = make_world(healthy_tld(), three_kinds());
  const ReplayResult result = run(world);
  for (std::uint32_t c = 0; c < 3; ++c) {
    INFO(world.cohorts[c].name);
    CHECK(failed_lookups(result.tally, c) == 0);
    const std::int64_t all = all_lookups(result.tally, c);
    const std::int64_t usable = lookups(result.tally, c, Outcome::secure) +
                                lookups(result.tally, c, Outcome::insecure) +
                                lookups(result.tally, c, Outcome::nxdomain);
    CHECK(std::abs(usable - all) <= 2);  // three roundings
    // 4 resolvers, 15,000 lookups a day, 2 hours: 5,000 with a standard deviation of 71.
    CHECK(all > 4'600);
    CHECK(all < 5'400);
    const std::int64_t first_half = lookups(result.tally, c, Outcome::insecure, {30, 90}) * 1000 /
                                    all_lookups(result.tally, c, {30, 90});
    const std::int64_t second_half = lookups(result.tally, c, Outcome::insecure, {90, 150}) * 1000 /
                                     all_lookups(result.tally, c, {90, 150});
    CHECK(std::abs(first_half - second_half) < 25);
  }
  CHECK(result.tally.ede().empty());
  CHECK(!result.stopped);
}

TEST_CASE("With the fault SERVFAIL steps up, climbs as caches run dry, and ends after the repair") {
  const World world = make_world(faulty_tld(), three_kinds());
  const ReplayResult result = run(world);
  for (std::uint32_t c = 0; c < 3; ++c) {
    INFO(world.cohorts[c].name);
    CHECK(failed_lookups(result.tally, c, {30, 60}) == 0);
    const std::int64_t at_first = failure_permille(result.tally, c, {60, 70});
    const std::int64_t later = failure_permille(result.tally, c, {70, 80});
    const std::int64_t at_last = failure_permille(result.tally, c, {90, 100});
    CHECK(at_first > 250);
    CHECK(later > at_first);
    CHECK(at_last > 800);  // nine of ten members are unsigned
    // Signed members have their DS from other NSEC3s' owners: a part of them lives on.
    CHECK(lookups(result.tally, c, Outcome::secure, {90, 100}) > 0);
    CHECK(failed_lookups(result.tally, c, {120, 150}) == 0);
  }
  CHECK(result.tally.milestones(0).recovered());
}

TEST_CASE("Failures outlast the repair by what each profile remembers") {
  const World world = make_world(faulty_tld(), three_kinds());
  const ReplayResult result = run(world);
  const SimTime repaired = minute(repair_at);
  const Duration longest_hold = Duration::seconds(60) + Duration::seconds(30);
  for (std::uint32_t c = 0; c < 3; ++c) {
    INFO(world.cohorts[c].name);
    const SimTime last = last_failure(result.tally, world, c);
    CHECK(last > repaired);
    CHECK(last < minute(released_at) + longest_hold);
  }
  // Knot remembers nothing: its failures end with the last site's release.
  CHECK(last_failure(result.tally, world, 2) <= minute(released_at) + Duration::seconds(10));
}

TEST_CASE("A negative trust anchor ends the outage for its cohort, and for no other") {
  Cohort helped = cohort("helped", bind_like());
  helped.actions = {nta_at(80, Duration::minutes(2))};
  const World world = make_world(faulty_tld(), {helped, cohort("alone", bind_like())});
  const ReplayResult result = run(world);
  CHECK(failure_permille(result.tally, 0, {60, 80}) > 250);
  CHECK(failed_lookups(result.tally, 0, {90, 150}) == 0);
  CHECK(lookups(result.tally, 0, Outcome::under_nta, {90, 100}) > 300);
  CHECK(failure_permille(result.tally, 1, {90, 100}) > 800);
  CHECK(lookups(result.tally, 1, Outcome::under_nta) == 0);
  for (std::uint32_t i = 0; i < 4; ++i) {
    const outcome::Milestones& milestones = result.tally.milestones(i);
    CHECK(milestones.nta_installed >= minute(80));
    CHECK(milestones.nta_installed <= minute(82));
    // BIND looks every five minutes whether the zone validates again.
    CHECK(milestones.nta_removed > minute(repair_at));
    CHECK(milestones.nta_removed < minute(released_at + 6));
  }
  const auto installed = [&](std::uint32_t i) { return result.tally.milestones(i).nta_installed; };
  CHECK(installed(0) != installed(1));
}

TEST_CASE("An operator who watches his resolver ends its outage, and lets go after the repair") {
  const auto watched_by = [](const std::string& name, const auto& profile, auto flush) {
    Cohort out = cohort(name, profile);
    out.rates.mean_per_day = 60'000;
    resolver::NtaWatch watch = watch_of_tld();
    watch.flush = flush;
    out.actions = {{minute(0), Duration(), watch, 1'000'000, false, Duration::minutes(5)}};
    return out;
  };
  const World world =
      make_world(faulty_tld(), {watched_by("bind", bind_like(), resolver::NtaFlush::nothing),
                                watched_by("flushing", unbound_like(), resolver::NtaFlush::subtree),
                                watched_by("careless", unbound_like(), resolver::NtaFlush::nothing),
                                cohort("alone", unbound_like())});
  const ReplayResult result = run(world);
  for (std::uint32_t c = 0; c < 3; ++c) {
    INFO(world.cohorts[c].name);
    CHECK(failure_permille(result.tally, c, {60, 65}) > 250);
    std::vector<SimTime> installed;
    for (std::uint32_t i = 4 * c; i < 4 * c + 4; ++i) {
      const outcome::Milestones& milestones = result.tally.milestones(i);
      // At the first look after enough failures, five minutes, and two to seven.
      CHECK(milestones.nta_installed > minute(fault_at + 7));
      CHECK(milestones.nta_installed < minute(fault_at + 20));
      CHECK(milestones.nta_removed > minute(repair_at));
      CHECK(milestones.nta_removed < minute(released_at + 6));
      installed.push_back(milestones.nta_installed);
    }
    std::sort(installed.begin(), installed.end());
    CHECK(std::unique(installed.begin(), installed.end()) == installed.end());
  }
  for (const std::uint32_t c : {0U, 1U}) {
    CHECK(failed_lookups(result.tally, c, {90, 100}) == 0);
    CHECK(lookups(result.tally, c, Outcome::under_nta, {90, 100}) > 300);
  }
  // Unbound's keys are in its cache for an hour, and win (unbound-control(8): flush the zone).
  for (const std::uint32_t c : {2U, 3U}) {
    CHECK(failure_permille(result.tally, c, {90, 100}) > 500);
  }
  CHECK(result.tally.milestones(12).nta_installed == SimTime::max());
}

TEST_CASE("Nobody is alarmed where nothing fails") {
  Cohort watching = cohort("watching", bind_like());
  watching.actions = {{minute(0), Duration(), watch_of_tld()}};
  const ReplayResult result = run(make_world(healthy_tld(), {watching}));
  CHECK(lookups(result.tally, 0, Outcome::under_nta) == 0);
  CHECK(result.tally.milestones(0).nta_installed == SimTime::max());
}

TEST_CASE("A permissive resolver has no outage, and gives what it knows to be bogus") {
  const World world = make_world(
      faulty_tld(), {cohort("permissive", permissive_like()), cohort("strict", unbound_like())});
  const ReplayResult result = run(world);
  CHECK(failed_lookups(result.tally, 0) == 0);
  CHECK(lookups(result.tally, 0, Outcome::bogus, {60, 110}) > 500);
  CHECK(lookups(result.tally, 0, Outcome::bogus, {30, 60}) == 0);
  CHECK(lookups(result.tally, 0, Outcome::bogus, {112, 150}) == 0);
  CHECK(failure_permille(result.tally, 1, {80, 100}) > 500);
  CHECK(lookups(result.tally, 1, Outcome::bogus) == 0);
}

TEST_CASE("What goes with an action is done by the same resolvers at the same instant") {
  const dns::Name de = dns::Name::literal("de.");
  Cohort both = cohort("both", unbound_like());
  both.resolvers = 40;
  both.rates.mean_per_day = 500;
  both.actions = {{minute(40), Duration::minutes(60), resolver::InstallNta{de, {}}, 500'000},
                  {minute(40), Duration(), resolver::RemoveNta{de}, 1'000'000, true}};
  const ReplayResult result = run(make_world(healthy_tld(), {both}));
  int installed = 0;
  for (std::uint32_t i = 0; i < 40; ++i) {
    const outcome::Milestones& milestones = result.tally.milestones(i);
    if (milestones.nta_installed == SimTime::max()) continue;
    installed += 1;
    CHECK(milestones.nta_removed == milestones.nta_installed);
  }
  CHECK(installed > 8);
  CHECK(installed < 32);
}

TEST_CASE("A cohort that serves stale answers keeps names that it knew") {
  const World world =
      make_world(faulty_tld(), {cohort("unbound", unbound_like()), cohort("stale", stale_like())});
  const ReplayResult result = run(world);
  CHECK(lookups(result.tally, 0, Outcome::stale) == 0);
  CHECK(lookups(result.tally, 1, Outcome::stale, {60, 110}) > 500);
  CHECK(failure_permille(result.tally, 1, {80, 100}) * 2 <
        failure_permille(result.tally, 0, {80, 100}));
  CHECK(lookups(result.tally, 1, Outcome::stale, {30, 60}) == 0);
}

TEST_CASE("Retries raise queries, not lookups") {
  Cohort patient = cohort("clients", bind_like());
  Cohort eager = cohort("clients", bind_like());
  eager.policy = "three tries";
  eager.stubs[0].rule.retries_on_servfail = 2;
  eager.stubs[0].rule.pause_on_servfail = Duration::milliseconds(100);
  const ReplayResult result = run(make_world(faulty_tld(), {patient, eager}));
  CHECK(all_lookups(result.tally, 0) == all_lookups(result.tally, 1));
  // To a rounding of the hits that are no events.
  CHECK(std::abs(all_queries(result.tally, 0) - 2 * all_lookups(result.tally, 0)) <= 1);
  CHECK(std::abs(all_queries(result.tally, 1, {30, 60}) -
                 2 * all_lookups(result.tally, 1, {30, 60})) <= 1);
  const std::int64_t failed = failed_lookups(result.tally, 1, {70, 100});
  CHECK(failed > 500);
  // Both halves of most failed lookups fail, and are tried three times.
  const std::int64_t extra = all_queries(result.tally, 1) - all_queries(result.tally, 0);
  CHECK(extra > 2 * failed_lookups(result.tally, 1));
  CHECK(extra <= 4 * failed_lookups(result.tally, 1));
}

TEST_CASE("A stub moves on to the next resolver of its group") {
  Cohort pairs = cohort("pairs", bind_like());
  pairs.group_size = 2;
  pairs.stubs[0].rule.retries_on_servfail = 1;
  // Within the hour of the action each resolver of a pair gets its NTA at its own time: the pair is
  // saved by the first.
  pairs.actions = {nta_at(60, Duration::minutes(40))};
  pairs.resolvers = 20;
  Cohort alone = pairs;
  alone.policy = "one resolver";
  alone.group_size = 1;
  const ReplayResult result = run(make_world(faulty_tld(), {pairs, alone}));
  // The same arrivals, but for hits, which hang on what is in the cache.
  CHECK(std::abs(all_lookups(result.tally, 0) - all_lookups(result.tally, 1)) * 200 <
        all_lookups(result.tally, 0));
  // A half of the time passes before an NTA on average, a third before the sooner of two; and names
  // that one resolver of a pair has lost the other may still have.
  const std::int64_t paired = failed_lookups(result.tally, 0, {60, 100});
  const std::int64_t single = failed_lookups(result.tally, 1, {60, 100});
  CHECK(paired * 100 < single * 65);
  CHECK(paired > 0);
}

TEST_CASE("Silent sites and lost exchanges cost time, and lookups only where all is lost") {
  Cohort lossy = cohort("lossy", unbound_like());
  lossy.latency.loss_ppm = 50'000;
  Cohort deaf = cohort("deaf", unbound_like());
  deaf.latency.loss_ppm = 1'000'000;
  deaf.stubs[0].rule.timeout = Duration::seconds(5);
  deaf.stubs[0].rule.retries_on_timeout = 0;
  const ReplayResult result = run(make_world(healthy_tld(), {lossy, deaf}));
  CHECK(failure_permille(result.tally, 0, {}) < 5);
  CHECK(lookups(result.tally, 1, Outcome::secure) == 0);
  CHECK(lookups(result.tally, 1, Outcome::timeout) > 4'000);
}

TEST_CASE("Load is counted where the catchments lead, with reply octets") {
  const World world = make_world(healthy_tld(), {cohort("unbound", unbound_like())});
  const ReplayResult result = run(world);
  const outcome::Tally& tally = result.tally;
  REQUIRE(tally.shape().sites == 10);  // root, net, 3 x 2 of the TLD, 2 of the hoster
  std::int64_t used = 0;
  for (std::uint32_t site = 0; site < tally.shape().sites; ++site) {
    std::int64_t queries = 0;
    std::int64_t octets = 0;
    for (std::uint32_t bin = 0; bin < tally.shape().bins.count; ++bin) {
      queries += tally.load_queries(site, bin).raw() >> FixedCount::fraction_bits;
      octets += tally.load_octets(site, bin).raw() >> FixedCount::fraction_bits;
    }
    used += queries > 0;
    if (queries > 0) CHECK(octets / queries > 40);
  }
  CHECK(used >= 6);
}

}  // namespace zonefall::replay
