// Goal: a comparison holds what single runs would give, pairs them seed by seed, and refuses what
// cannot be compared.
#include <algorithm>
#include <atomic>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "../temp_folder.h"
#include "grid_run.h"
#include "zonefall/core/statistics.h"
#include "zonefall/experiment/grid.h"
#include "zonefall/experiment/measures.h"
#include "zonefall/scenario/run.h"

using namespace zonefall;
using namespace zonefall::experiment;

namespace {

constexpr std::uint32_t lost_minutes = 1;  // its place among the measures
constexpr auto scenario_path = "tests/system/scenarios/small.yaml";

// `nothing` changes what decides nothing; `blind` does not validate at all.
const std::string policies =
    "policies = [{name: nothing, title: No change, set: [\"title = another\"]}, "
    "{name: blind, title: Nobody validates, set: [\"cohorts[*].knobs.validates = false\"]}]";

GridOptions grid_options(const TempFolder& folder) {
  GridOptions options;
  options.scenario_path = scenario_path;
  options.changes = {policies};
  options.seeds = {1, 2, 3};
  options.scale_ppm = 300'000;
  options.output_path = folder.file("comparison.sqlite");
  return options;
}

outcome::Database opened(const GridOptions& options) {
  auto database = outcome::open_comparison(options.output_path);
  REQUIRE(database.ok());
  return std::move(database).value();
}

std::vector<double> values(outcome::Database& database, std::uint32_t candidate,
                           std::uint32_t measure, std::uint32_t cohort) {
  auto rows = database.prepare(
      "SELECT value_fp FROM measurements WHERE candidate = ?1 AND measure = ?2 AND cohort = ?3 "
      "ORDER BY member");
  REQUIRE(rows.ok());
  rows.value().bind(candidate, measure, cohort);
  std::vector<double> out;
  for (;;) {
    const auto row = rows.value().step();
    REQUIRE(row.ok());
    if (!row.value()) return out;
    out.push_back(FixedCount::from_raw(rows.value().integer(0)).to_double());
  }
}

}  // namespace

TEST_CASE("a cell is the run of the candidate alone") {
  const TempFolder folder;
  const GridOptions options = grid_options(folder);
  const GridReport report = run(options);
  REQUIRE(report.record.candidates.size() == 3);
  REQUIRE(report.record.cells.size() == 9);
  for (const outcome::CellRow& cell : report.record.cells) {
    const std::uint64_t seed = report.record.members[cell.member].seed;
    if (seed != 2) continue;
    scenario::RunOptions alone;
    alone.scenario_path = scenario_path;
    alone.changes = report.record.candidates[cell.candidate].changes;
    alone.seed = seed;
    alone.scale_ppm = options.scale_ppm;
    alone.output_path = folder.file("run.sqlite");
    alone.overwrite = true;
    alone.sample_ppm = 0;
    const auto run = scenario::run_scenario(alone);
    REQUIRE(run.ok());
    CHECK(run.value().fingerprint == cell.fingerprint);
  }
}

TEST_CASE("classes of names are those asked for, each with the share that a run alone gives") {
  const TempFolder folder;
  GridOptions options = grid_options(folder);
  options.seeds = {2};
  options.policies = {"blind"};
  options.changes.emplace_back("demand.missing_share = 0 %");
  const GridReport report = run(options);
  scenario::RunOptions alone;
  alone.scenario_path = scenario_path;
  alone.changes = options.changes;
  alone.seed = 2;
  alone.scale_ppm = 1'000'000;  // where all are simulated, none is weighted
  alone.output_path = folder.file("run.sqlite");
  alone.sample_ppm = 0;
  REQUIRE(scenario::run_scenario(alone).ok());
  options.scale_ppm = 1'000'000;
  options.overwrite = true;
  const GridReport whole = run(options);
  auto single = outcome::open_store(alone.output_path);
  REQUIRE(single.ok());
  std::vector<std::string> classes;
  for (std::uint32_t m = 0; m < whole.record.measures.size(); ++m) {
    const outcome::MeasureRow& measure = whole.record.measures[m];
    CHECK(measure.name == report.record.measures[m].name);
    if (measure.names.empty()) continue;
    CHECK(measure.name == "failed_lookups." + measure.names);
    classes.push_back(measure.names);
    auto rows = single.value().prepare(
        "SELECT CAST(1000000000 * lookup_failure_share AS INTEGER) FROM failures_by_class "
        "WHERE class = ?1");
    REQUIRE(rows.ok());
    rows.value().bind(measure.names);
    REQUIRE(rows.value().step().value());
    const double share = static_cast<double>(rows.value().integer(0)) / 1e9;
    const auto all = static_cast<std::uint32_t>(whole.record.cohorts.size() - 1);
    outcome::Database database = opened(options);
    CHECK(values(database, 0, m, all).front() == Approx(share).margin(1e-6));
    CHECK(values(database, 1, m, all).front() < share);
  }
  CHECK(classes == std::vector<std::string>{"popular_signed", "popular_unsigned", "rare_signed",
                                            "rare_unsigned"});
}

TEST_CASE("results are the same on any number of threads") {
  const TempFolder folder;
  GridOptions options = grid_options(folder);
  options.seeds = {5};
  const std::uint64_t hash = run(options).content_hash;
  options.overwrite = true;
  options.threads = 3;
  CHECK(run(options).content_hash == hash);
  options.seeds = {6};
  CHECK(run(options).content_hash != hash);
}

TEST_CASE("what is stored follows from the measurements, and pairs cancel chance") {
  const TempFolder folder;
  const GridOptions options = grid_options(folder);
  const GridReport report = run(options);
  outcome::Database database = opened(options);
  const auto all = static_cast<std::uint32_t>(report.record.cohorts.size() - 1);
  const auto exposure = static_cast<std::uint32_t>(
      std::find_if(report.record.measures.begin(), report.record.measures.end(),
                   [](const auto& row) { return row.name == "unvalidated_lookups"; }) -
      report.record.measures.begin());
  for (const outcome::EstimateRow& row : report.record.estimates) {
    const Estimate expected = estimate(values(database, row.candidate, row.measure, row.cohort));
    CHECK(row.mean.to_double() == Approx(expected.mean).margin(2e-6));
    REQUIRE(row.half_width.has_value());
    CHECK(row.half_width->to_double() == Approx(expected.half_width).margin(2e-6));
  }
  std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
  for (const outcome::DifferenceRow& row : report.record.differences) {
    pairs.emplace(row.candidate, row.against);
    const std::vector<double> own = values(database, row.candidate, row.measure, row.cohort);
    const std::vector<double> other = values(database, row.against, row.measure, row.cohort);
    const Estimate expected = estimate_paired(own, other);
    CHECK(row.mean.to_double() == Approx(expected.mean).margin(2e-6));
    REQUIRE(row.half_width.has_value());
    CHECK(row.half_width->to_double() == Approx(expected.half_width).margin(2e-6));
    REQUIRE(row.unpaired_half_width.has_value());
    CHECK(row.unpaired_half_width->to_double() ==
          Approx(estimate_unpaired(own, other).half_width).margin(2e-6));
    // A policy that changes nothing makes no difference, whatever the seeds do.
    if (row.candidate == 1 && row.against == 0) {
      CHECK(row.mean == FixedCount());
      CHECK(row.half_width == FixedCount());
    }
  }
  CHECK(pairs.size() == 3);
  // Nobody validates: nobody fails for it, and nothing that is answered was validated.
  const std::vector<double> strict = values(database, 0, 0, all);
  const std::vector<double> blind = values(database, 2, 0, all);
  const std::vector<double> exposed = values(database, 2, exposure, all);
  const std::vector<double> careful = values(database, 0, exposure, all);
  for (std::size_t i = 0; i < strict.size(); ++i) {
    CHECK(blind[i] < strict[i] / 2);
    CHECK(exposed[i] > 0.5);
    CHECK(careful[i] < 0.1);
  }
}

TEST_CASE("what no candidate has a cause for is left out, not measured as 0") {
  const TempFolder folder;
  GridOptions options = grid_options(folder);
  options.seeds = {4};
  const std::string name = "wrong_stale_lookups";
  const auto is_measured = [&](const outcome::ComparisonRecord& record) {
    return std::any_of(record.measures.begin(), record.measures.end(),
                       [&](const auto& row) { return row.name == name; });
  };
  const auto is_left_out = [&](const outcome::ComparisonRecord& record) {
    return std::any_of(record.left_out.begin(), record.left_out.end(), [&](const auto& row) {
      return row.name == name && row.why == "no population that clients ask for moves";
    });
  };
  const outcome::ComparisonRecord without = run(options).record;
  CHECK_FALSE(is_measured(without));
  CHECK(is_left_out(without));
  CHECK(without.measures.size() + without.left_out.size() == measurands().size());
  {
    outcome::Database database = opened(options);
    CHECK(database.integer("SELECT count(*) FROM measures_left_out WHERE name = '" + name + "'")
              .value() == 1);
    CHECK(database
              .integer("SELECT count(DISTINCT measure) - count(DISTINCT name) FROM "
                       "measurements JOIN measures USING (measure)")
              .value() == 0);
  }
  // One candidate that has the cause is enough to ask all of them.
  options.overwrite = true;
  options.variations = {{"zones[xy].population.moves",
                         {"{share: 5 %, from: 2026-05-05T19:10Z, until: 2026-05-05T19:40Z}"}}};
  const outcome::ComparisonRecord with = run(options).record;
  CHECK(is_measured(with));
  CHECK_FALSE(is_left_out(with));
}

TEST_CASE("views of a comparison answer") {
  const TempFolder folder;
  GridOptions options = grid_options(folder);
  options.seeds = {4};
  options.scale_ppm = 500'000;
  const GridReport report = run(options);
  const auto asked = static_cast<std::int64_t>(report.record.measures.size());
  outcome::Database database = opened(options);
  CHECK(database.integer("SELECT count(*) FROM estimates_by_candidate WHERE cohort = 'all'")
            .value() == 3 * asked);
  CHECK(database.integer("SELECT count(*) FROM differences_from_first WHERE cohort = 'all'")
            .value() == 2 * asked);
  CHECK(database.integer("SELECT count(*) FROM failing_share WHERE share > 0.01").value() > 0);
  CHECK(database.integer("SELECT count(*) FROM failing_share WHERE share NOT BETWEEN 0 AND 1")
            .value() == 0);
  // The curve and the measure are two ways to the same number: bins of five minutes.
  const auto all =
      static_cast<std::uint32_t>(database.integer("SELECT max(cohort) FROM cohorts").value());
  const auto lost_ppm = database.integer(
      "SELECT CAST(total(share) * 5 * 1000000 AS INTEGER) FROM failing_share"
      " WHERE candidate = 'as-it-was'");
  CHECK(static_cast<double>(lost_ppm.value()) / 1e6 ==
        Approx(values(database, 0, lost_minutes, all).front()).margin(1e-4));
  CHECK_FALSE(outcome::open_store(options.output_path).ok());
}

TEST_CASE("settings vary with every policy") {
  const TempFolder folder;
  GridOptions options = grid_options(folder);
  options.policies = {"blind"};
  options.seeds = {1};
  options.variations = {parse_variation("network.loss=0 %, 5 %").value()};
  const GridReport report = run(options);
  std::vector<std::string> names;
  for (const auto& candidate : report.record.candidates) names.push_back(candidate.name);
  CHECK(names == std::vector<std::string>{"as-it-was", "as-it-was with network.loss = 0 %",
                                          "blind with network.loss = 0 %",
                                          "as-it-was with network.loss = 5 %",
                                          "blind with network.loss = 5 %"});
  CHECK(report.record.candidates[4].changes ==
        std::vector<std::string>{"cohorts[*].knobs.validates = false", "network.loss = 5 %"});
  for (const auto& row : report.record.estimates) CHECK_FALSE(row.half_width.has_value());
}

TEST_CASE("policies are those asked for, all, or those that the scenario takes") {
  const TempFolder folder;
  GridOptions options = grid_options(folder);
  options.seeds = {1};
  options.scale_ppm = 1;
  options.overwrite = true;
  const std::string two = "{name: a, title: A, set: []}, {name: b, title: B, set: [],";
  const auto names_with = [&](const std::string& flags, std::vector<std::string> asked) {
    options.changes = {"policies = [" + two + flags + "}]"};
    options.policies = std::move(asked);
    std::vector<std::string> names;
    for (const auto& candidate : run(options).record.candidates) names.push_back(candidate.name);
    return names;
  };
  using Names = std::vector<std::string>;
  CHECK(names_with("in_comparisons: false", {}) == Names{"as-it-was", "a"});
  CHECK(names_with("in_comparisons: false", {"all"}) == Names{"as-it-was", "a", "b"});
  CHECK(names_with("in_comparisons: false", {"b"}) == Names{"as-it-was", "b"});
  CHECK(names_with("in_ensembles: true", {}) == Names{"as-it-was", "a", "b"});
  options.policies_of_ensembles = true;
  CHECK(names_with("in_ensembles: true", {}) == Names{"as-it-was", "b"});
}

TEST_CASE("variations are split where people mean it") {
  const auto parsed = parse_variation("a[b].c = 1 h,{x: 1, y: [2, 3]}, \"p,q\"");
  REQUIRE(parsed.ok());
  CHECK(parsed.value().path == "a[b].c");
  CHECK(parsed.value().values == std::vector<std::string>{"1 h", "{x: 1, y: [2, 3]}", "\"p,q\""});
  CHECK(parse_variation("run.seed").error().message ==
        "\"run.seed\": expected \"path=value,value,...\"");
  CHECK(parse_variation("= 1").error().message == "\"= 1\": expected \"path=value,value,...\"");
  CHECK(parse_variation("a=1,,2").error().message == "\"a=1,,2\": a value is empty");
}

TEST_CASE("what cannot be compared is refused before anything runs") {
  const TempFolder folder;
  GridOptions options = grid_options(folder);
  options.policies = {"blnd"};
  CHECK(message_for(options) == "unknown policy \"blnd\"; did you mean \"blind\"?");
  options.policies = {"blind", "blind"};
  CHECK(message_for(options) == "policy blind is named twice");
  options.policies = {};
  options.changes = {"policies = [{name: longer, title: T, set: [\"run.bin = 10 min\"]}]"};
  CHECK(message_for(options) == "candidate longer changes the run's times: it cannot be compared");
  options.changes = {"policies = [{name: more, title: T, set: [\"cohorts[0].resolvers = 99\"]}]"};
  CHECK(message_for(options) ==
        "candidate more changes the cohorts' names or sizes: it cannot be compared");
  options.changes = {"policies = [{name: as-it-was, title: T, set: []}]"};
  CHECK(message_for(options) == "policy as-it-was: that name means the scenario without a policy");
  options.changes = {"policies = [{name: all, title: T, set: []}]"};
  CHECK(message_for(options) == "policy all: that name means all policies");
  options.changes = {policies};
  for (const auto* path : {"run.seed", "run.scale"}) {
    options.variations = {parse_variation(std::string(path) + " = 8 %, 9 %").value()};
    if (path == std::string("run.seed"))
      options.variations = {parse_variation("run.seed=8").value()};
    CHECK(message_for(options).ends_with(": it cannot be compared"));
  }
  options.variations = {parse_variation("network.loss=1 %,1 %").value()};
  CHECK(message_for(options) == "\"as-it-was with network.loss = 1 %\" is asked for twice");
  CHECK(folder.names().empty());
}

TEST_CASE("a candidate may have a site more than the others") {
  const TempFolder folder;
  GridOptions options = grid_options(folder);
  options.changes = {
      "policies = [{name: more, title: T, set: [\"servers[b.nic.xy].sites += {name: b-2}\"]}]"};
  options.seeds = {1, 2};
  CHECK(run(options).record.cells.size() == 4);
}

TEST_CASE("a comparison that is stopped leaves nothing") {
  for (const unsigned threads : {1U, 3U}) {
    const TempFolder folder;
    GridOptions options = grid_options(folder);
    options.threads = threads;
    std::atomic<bool> stop{false};
    options.stop = [&] { return stop.load(); };
    options.progress = [&](std::uint64_t done, std::uint64_t all) {
      if (done > all / 2) stop = true;
    };
    const auto report = run_grid(options);
    REQUIRE(report.ok());
    CHECK(report.value().stopped);
    CHECK(folder.names().empty());
  }
}

TEST_CASE("a candidate that cannot be built ends the comparison with its name") {
  const TempFolder folder;
  GridOptions options = grid_options(folder);
  options.changes = {
      "policies = [{name: fine, title: T, set: []}, {name: broken, title: T, set: "
      "[\"registries[xy].pins[0].owner = nothing.xy\"]}]"};
  options.threads = 3;
  const std::string message = message_for(options);
  CHECK(message.starts_with("candidate broken: "));
  CHECK(message.find("nothing.xy") != std::string::npos);
  CHECK(folder.names().empty());
}
