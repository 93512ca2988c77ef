// Goal: metrics over series are what scenario.h says, on counts small enough to check by hand.
#include <cmath>
#include <initializer_list>
#include <vector>

#include <catch2/catch.hpp>

#include "scenario/score_series.h"

using namespace zonefall;
using namespace zonefall::scenario;
using outcome::Outcome;
using outcome::Tally;

namespace {

const SimTime start = SimTime::from_unix_s(1'700'000'000);
constexpr Duration width = Duration::minutes(5);

// What one cohort's clients got in a bin.
struct Got {
  std::int64_t fresh = 0;
  std::int64_t stale = 0;
  std::int64_t failed = 0;
};

Tally tally_of(std::initializer_list<Got> bins) {
  Tally tally({{start, width, static_cast<std::uint32_t>(bins.size())}, 1, 1, 1});
  SimTime at = start;
  for (const Got& got : bins) {
    const auto count = [&](Outcome outcome, std::int64_t n) {
      tally.count_queries(0, at, outcome, FixedCount::from_count(n));
      tally.count_lookups(0, at, outcome, FixedCount::from_count(n));
    };
    count(Outcome::insecure, got.fresh);
    count(Outcome::stale, got.stale);
    count(Outcome::bogus_servfail, got.failed);
    at += width;
  }
  return tally;
}

struct Runs {
  Tally run;
  Tally baseline;
  [[nodiscard]] Pair pair() const { return {Window(run, {0}), Window(baseline, {0})}; }
};

// Bins `first` up to, not including, `end`.
Expectation over(int first, int end) {
  Expectation e;
  e.bin = width;
  e.from = start + width * first;
  e.until = start + width * end;
  return e;
}

// Half of it fails from the third bin on, in the fourth three quarters; the sixth is as before.
const Runs outage{
    tally_of({{100, 0, 0}, {98, 0, 2}, {50, 0, 50}, {10, 40, 150}, {40, 20, 140}, {99, 0, 1}}),
    tally_of({{100, 0, 0}, {98, 0, 2}, {99, 0, 1}, {100, 0, 0}, {100, 0, 0}, {99, 0, 1}})};

}  // namespace

TEST_CASE("Kendall's tau counts pairs that rise less pairs that fall") {
  CHECK(kendall_tau({1, 2, 3, 4}) == 1);
  CHECK(kendall_tau({4, 3, 2, 1}) == -1);
  CHECK(kendall_tau({2, 2, 2}) == 0);
  // Of six pairs five rise and one falls.
  CHECK(kendall_tau({1, 3, 2, 4}) == Approx(4.0 / 6));
  // A tie counts for nothing: two of three rise.
  CHECK(kendall_tau({1, 1, 2}) == Approx(2.0 / 3));
  CHECK(kendall_tau({7}) == 0);
  CHECK(kendall_tau({}) == 0);
}

TEST_CASE("bins are cut from the start of the span, and the last may be shorter") {
  Expectation e = over(0, 5);
  e.bin = width * 2;
  const std::vector<Span> bins = bins_of(e);
  REQUIRE(bins.size() == 3);
  CHECK(bins[1].from == start + width * 2);
  CHECK(bins[2].from == start + width * 4);
  CHECK(bins[2].until == start + width * 5);
}

TEST_CASE("a step is measured in deviations of the run's past, and against the last whole bin") {
  // Shares before: 0 and 2 %; mean 1 %, deviation 1 %. Excess of the third bin: 50 % - 1 %.
  CHECK(step_deviations(outage.pair(), over(2, 3)) == Approx(49));
  // What failed before the step counts against it. Shares before: 0, 2 and 50 %, excesses before:
  // 0, 0 and 49 %. Squares: their mean is 2504 / 3, the square of the mean 2704 / 9. Excess: 75 %.
  const double deviation = std::sqrt(2504.0 / 3 - 2704.0 / 9);
  CHECK(step_deviations(outage.pair(), over(3, 4)) == Approx((75 - 49.0 / 3) / deviation));
  // In the last bin of the span 75 % fail in one, none in the other.
  CHECK(step_part(outage.pair(), over(2, 4)) == Approx(0.49 / 0.75));
  // Bins of two: 52 of 200 and 141 of 300 fail; a last bin that is shorter is not taken.
  Expectation wide = over(1, 6);
  wide.bin = width * 2;
  const double first = 52.0 / 200 - 3.0 / 200;
  CHECK(step_part(outage.pair(), wide) == Approx(first / (141.0 / 300 - 1.0 / 200)));
  // Without any past failure the yardstick is one query of the bin.
  const Runs quiet{tally_of({{100, 0, 0}, {90, 0, 10}}), tally_of({{100, 0, 0}, {100, 0, 0}})};
  CHECK(step_deviations(quiet.pair(), over(1, 2)) == Approx(10));
  // A run that is its own baseline has no step.
  const Runs same{outage.run, outage.run};
  CHECK(step_deviations(same.pair(), over(2, 3)) == 0);
  CHECK(step_part(same.pair(), over(2, 4)) == 0);
}

TEST_CASE("answers are compared bin by bin, with and without stale ones") {
  const std::vector<Span> bins = bins_of(over(2, 5));
  const std::vector<double> good = ratios(outage.pair(), bins, is_good);
  REQUIRE(good.size() == 3);
  CHECK(good[0] == Approx(50.0 / 99));
  CHECK(good[1] == Approx(0.5));
  CHECK(good[2] == Approx(0.6));
  const std::vector<double> fresh = ratios(outage.pair(), bins, is_fresh);
  CHECK(fresh[1] == Approx(0.1));
  CHECK(fresh[2] == Approx(0.4));
  const Span all{start + width * 3, start + width * 5};
  CHECK(query_growth(outage.pair(), all) == Approx(2));
}

TEST_CASE("an outage lasts from its first bin to its last") {
  CHECK(onset_minutes(outage.pair(), over(0, 6)) == 10);
  CHECK(outage_minutes(outage.pair(), over(0, 6)) == 15);
  const Runs same{outage.run, outage.run};
  CHECK(onset_minutes(same.pair(), over(0, 6)) == 30);
  CHECK(outage_minutes(same.pair(), over(0, 6)) == 0);
}

TEST_CASE("a recovery lasts until half of what failed fails no more") {
  const Runs run{tally_of({{6, 0, 94}, {50, 0, 50}, {53, 0, 47}, {40, 0, 60}, {100, 0, 0}}),
                 tally_of({{100, 0, 0}, {100, 0, 0}, {100, 0, 0}, {100, 0, 0}, {100, 0, 0}})};
  CHECK(recovery_minutes(run.pair(), over(0, 5)) == 10);
  CHECK(recovery_minutes(run.pair(), over(1, 5)) == 15);
  CHECK(recovery_minutes(run.pair(), over(0, 2)) == 10);
  const Runs same{run.run, run.run};
  CHECK(recovery_minutes(same.pair(), over(0, 5)) == 0);
}

TEST_CASE("a residue ends with the last bin in which validation fails") {
  // Of the run alone: the last failure is in the last bin.
  CHECK(residue_minutes(Window(outage.run, {0}), over(2, 6)) == 20);
  const Tally healed = tally_of({{9, 0, 9}, {9, 0, 0}, {9, 0, 1}, {9, 3, 0}});
  CHECK(residue_minutes(Window(healed, {0}), over(0, 4)) == 15);
  CHECK(residue_minutes(Window(healed, {0}), over(1, 2)) == 0);
  // Bins of two: the one that the last failure falls into ends with the span.
  Expectation wide = over(0, 4);
  wide.bin = width * 2;
  CHECK(residue_minutes(Window(healed, {0}), wide) == 20);
  // What no server answered is not the validation's doing.
  Tally silent({{start, width, 1}, 1, 1, 1});
  silent.count_queries(0, start, Outcome::unreachable_servfail, FixedCount::from_count(1));
  CHECK(residue_minutes(Window(silent, {0}), over(0, 1)) == 0);
}

TEST_CASE("errors and shares are of the cohorts and the span asked for") {
  Tally tally({{start, width, 2}, 2, 1, 1});
  const auto ede = [&](std::uint32_t cohort, int bin, std::int64_t n) {
    tally.count_ede(cohort, start + width * bin, 6, FixedCount::from_count(n));
    tally.count_queries(cohort, start + width * bin, Outcome::bogus_servfail,
                        FixedCount::from_count(2 * n));
  };
  ede(0, 0, 5);
  ede(0, 1, 7);
  ede(1, 1, 11);
  const Span second{start + width, start + width * 2};
  CHECK(Window(tally, {0}).ede(second, 6) == 7);
  CHECK(Window(tally, {0, 1}).ede(second, 6) == 18);
  CHECK(Window(tally, {0, 1}).ede(second, 22) == 0);
  CHECK(Window(tally, {1}).queries(second, outcome::is_failure) == 22);
  CHECK(Window(tally, {0}).failed_queries(second) == 1);
  CHECK(Window(tally, {1}).lookup_share(second, is_good) == 0);
}
