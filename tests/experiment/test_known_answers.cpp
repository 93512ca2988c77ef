// Goal: where what must come out is a formula, it does, within the interval that is claimed.
//
// One unsigned name is delegated with a TTL of T, and from an instant on nothing that is fetched
// from the parent verifies. Lookups at one resolver are a Poisson process, a mean of g apart, and a
// delegation is fetched by the first lookup after the last one ran out: fetches are T + a mean of g
// apart. So at the switch a delegation is there with probability T / (T + g), with a time to live
// spread evenly over T, and a time s later it still is with probability (T - s) / (T + g), until T.
#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "../temp_folder.h"
#include "grid_run.h"
#include "zonefall/experiment/grid.h"

using namespace zonefall;
using namespace zonefall::experiment;

namespace {

// Of tests/experiment/scenarios/one_name.yaml, in seconds.
constexpr double run_s = 7'200;
constexpr double bad_from_s = 1'800;
constexpr double gap_s = 10;
constexpr double ttl_s = 1'800;
constexpr double short_ttl_s = 600;

// Expected time within the first `span_s` after the switch for which lookups fail.
double failing_s(double span_s, double ttl) {
  const double alive = std::min(span_s, ttl);
  return span_s - (alive * ttl - alive * alive / 2) / (ttl + gap_s);
}

struct Figure {
  double mean = 0;
  double half_width = 0;
  double unpaired_half_width = 0;
};

class Figures {
 public:
  explicit Figures(outcome::ComparisonRecord record) : record_(std::move(record)) {}

  [[nodiscard]] Figure of(std::string_view candidate, std::string_view measure) const {
    const auto found =
        std::find_if(record_.estimates.begin(), record_.estimates.end(), [&](const auto& row) {
          return record_.candidates[row.candidate].name == candidate &&
                 record_.measures[row.measure].name == measure && is_of_all(row.cohort);
        });
    REQUIRE(found != record_.estimates.end());
    return {found->mean.to_double(), found->half_width.value().to_double(), 0};
  }
  [[nodiscard]] Figure difference(std::string_view candidate, std::string_view against,
                                  std::string_view measure) const {
    const auto found =
        std::find_if(record_.differences.begin(), record_.differences.end(), [&](const auto& row) {
          return record_.candidates[row.candidate].name == candidate &&
                 record_.candidates[row.against].name == against &&
                 record_.measures[row.measure].name == measure && is_of_all(row.cohort);
        });
    REQUIRE(found != record_.differences.end());
    return {found->mean.to_double(), found->half_width.value().to_double(),
            found->unpaired_half_width.value().to_double()};
  }

 private:
  [[nodiscard]] bool is_of_all(std::uint32_t cohort) const {
    return cohort + 1 == record_.cohorts.size();
  }
  outcome::ComparisonRecord record_;
};

// An interval that holds everything would say nothing. Of 240 delegations whose time to live is
// spread evenly over a quarter of the run the mean is known to 0.0047, which makes 0.012 of six
// seeds; a sample may say one and a half times as much.
void check_within(const Figure& figure, double expected, double half_width_max = 0.02) {
  CAPTURE(figure.mean, figure.half_width, expected);
  CHECK(std::abs(figure.mean - expected) <= figure.half_width);
  CHECK(figure.half_width < half_width_max);
}

}  // namespace

TEST_CASE("measures are what formulas say, for strict, stale, trust anchors and short TTLs") {
  const TempFolder folder;
  GridOptions options;
  options.scenario_path = "tests/experiment/scenarios/one_name.yaml";
  options.seeds = {1, 2, 3, 4, 5, 6};
  options.output_path = folder.file("comparison.sqlite");
  options.threads = 2;
  const Figures figures(run(options).record);

  // Strict: all that asks anew fails, to the end.
  const double strict_s = failing_s(run_s - bad_from_s, ttl_s);
  check_within(figures.of("as-it-was", "failed_lookups"), strict_s / run_s);
  check_within(figures.of("as-it-was", "lost_minutes"), strict_s / 60, 2);
  CHECK(figures.of("as-it-was", "first_failure").mean == bad_from_s / 60);
  CHECK(figures.of("as-it-was", "stale_lookups").mean == 0);
  CHECK(figures.of("as-it-was", "unvalidated_lookups").mean == 0);

  // Delegations that live shorter are gone sooner.
  const double short_s = failing_s(run_s - bad_from_s, short_ttl_s);
  check_within(figures.of("short-ttls", "failed_lookups"), short_s / run_s);

  // Stale: what would fail is answered with what had expired.
  CHECK(figures.of("stale", "failed_lookups").mean < 1e-4);
  check_within(figures.of("stale", "stale_lookups"), strict_s / run_s);

  // A trust anchor ends it, and from then on nothing is validated.
  for (const int minutes : {10, 50, 60}) {
    const std::string name = "nta-" + std::to_string(minutes) + "-min";
    check_within(figures.of(name, "failed_lookups"), failing_s(minutes * 60, ttl_s) / run_s);
    check_within(figures.of(name, "unvalidated_lookups"),
                 (run_s - bad_from_s - minutes * 60) / run_s);
  }

  // After the last delegation ran out, everybody fails: ten minutes more of it are ten minutes, and
  // what each run had before cancels.
  const Figure later = figures.difference("nta-60-min", "nta-50-min", "failed_lookups");
  check_within(later, 600 / run_s);
  CHECK(later.unpaired_half_width > 3 * later.half_width);
}

// A delegation that runs out after the move has let the new address in, but where no lookup came in
// between: the last one before it ran out is a mean of g earlier.
TEST_CASE("stale answers are wrong where the last fetch was before the move") {
  constexpr double moved_s = 2'700;  // into the run
  const TempFolder folder;
  GridOptions options;
  options.scenario_path = "tests/experiment/scenarios/one_name.yaml";
  options.changes = {"cohorts[strict].resolvers = 160",
                     "zones[xy].population.moves = "
                     "{share: 100 %, from: 2026-05-05T19:45Z, until: 2026-05-05T19:45Z}"};
  options.policies = {"stale"};
  options.seeds = {1, 2, 3, 4, 5, 6};
  options.output_path = folder.file("comparison.sqlite");
  options.threads = 2;
  const Figures figures(run(options).record);
  const double since_bad = moved_s - bad_from_s;
  const double ran_out_before = 1 - (ttl_s - since_bad - gap_s) / (ttl_s + gap_s);
  check_within(figures.of("stale", "wrong_stale_lookups"),
               ran_out_before * (run_s - moved_s) / run_s, 0.05);
  CHECK(figures.of("as-it-was", "wrong_stale_lookups").mean == 0);
}

// A lookup after the last answer ran out fetches the next one, which is the attacker's with
// probability p. That one is good for F, a genuine one for T, and then for the first lookup after
// it, a mean of g later. In each such cycle there is the lookup that fetched and one in g while the
// answer lives: by renewal, of all lookups the attacker has p (g + F) / (g + (1 - p) T + p F).
TEST_CASE(
    "spoofed answers are the share that a renewal argument says, and none where it is bogus") {
  constexpr double p = 0.2;
  // TTLs are counted in whole seconds, of which the last is served too: half a second on average.
  constexpr double genuine_s = 60 + 0.5;
  constexpr double forged_s = 300 + 0.5;
  const double expected = p * (gap_s + forged_s) / (gap_s + (1 - p) * genuine_s + p * forged_s);
  const TempFolder folder;
  GridOptions options;
  options.scenario_path = "tests/experiment/scenarios/spoofed_name.yaml";
  options.seeds = {1, 2, 3, 4, 5, 6};
  options.output_path = folder.file("comparison.sqlite");
  options.threads = 2;
  const Figures figures(run(options).record);
  for (const char* unprotected : {"as-it-was", "drawn", "signed-blind", "signed-nta"}) {
    CAPTURE(unprotected);
    check_within(figures.of(unprotected, "spoofed_lookups"), expected, 0.03);
  }
  // What is bogus is asked for again, up to six times: hardly ever do all of them fail.
  CHECK(figures.of("signed", "spoofed_lookups").mean == 0);
  CHECK(figures.of("signed", "failed_lookups").mean < 1e-3);
  CHECK(figures.of("signed", "unvalidated_lookups").mean == 0);
  // But for what was in the cache before.
  CHECK(figures.of("everywhere", "spoofed_lookups").mean > 0.99);
}
