// Goal: an ensemble draws each value as often as any other, a drawn member is the scenario with its
// values, and what is said over members follows from their measurements.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "../temp_folder.h"
#include "grid_run.h"
#include "zonefall/experiment/ensemble.h"
#include "zonefall/experiment/grid.h"
#include "zonefall/experiment/measures.h"
#include "zonefall/scenario/run.h"

using namespace zonefall;
using namespace zonefall::experiment;

namespace {

constexpr auto scenario_path = "tests/system/scenarios/small.yaml";

// `nothing` changes what decides nothing, `blind` does not validate at all. Of the uncertain values
// one repeats what the scenario has.
const std::vector<std::string> setting = {
    "policies = [{name: nothing, title: No change, set: [\"title = another\"], in_ensembles: true},"
    " {name: blind, title: Nobody validates, set: [\"cohorts[*].knobs.validates = false\"],"
    " in_ensembles: true}, {name: left-out, title: Not in ensembles, set: []}]",
    "network.loss = 1 %",
    "uncertain = [{path: network.loss, why: nobody knows, values: [1 %, 20 %], source: made for "
    "this test,"
    " confidence: assumed}, {path: network.rtt_max, why: nobody knows, values: [90 ms, 200 ms],"
    " source: made for this test, confidence: assumed}]"};

GridOptions ensemble_options(const TempFolder& folder) {
  GridOptions options;
  options.scenario_path = scenario_path;
  options.changes = setting;
  options.policies_of_ensembles = true;
  options.seeds = {1, 2};
  options.drawn_members = 6;
  options.scale_ppm = 200'000;
  options.output_path = folder.file("ensemble.sqlite");
  return options;
}

std::int64_t number(outcome::Database& database, const std::string& sql) {
  const auto value = database.integer(sql);
  if (!value) FAIL(value.error().message);
  return value.value();
}

}  // namespace

TEST_CASE("each value is drawn as often as any other") {
  const std::vector<Dimension> dimensions = {{"a", 4}, {"b", 3}, {"c", 1}};
  const auto drawn = draw_members(dimensions, 64, 7);
  REQUIRE(drawn.size() == 64);
  std::vector<std::map<std::uint32_t, int>> counts(dimensions.size());
  std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
  for (const auto& member : drawn) {
    REQUIRE(member.size() == dimensions.size());
    for (std::size_t d = 0; d < member.size(); ++d) counts[d][member[d]] += 1;
    pairs.emplace(member[0], member[1]);
  }
  for (std::size_t d = 0; d < dimensions.size(); ++d) {
    CHECK(counts[d].size() == dimensions[d].values);
    for (const auto& [value, count] : counts[d]) {
      CHECK(value < dimensions[d].values);
      const auto fair = static_cast<int>(64 / dimensions[d].values);
      CHECK((count == fair || count == fair + 1));
    }
  }
  // Dimensions are shuffled on their own: all of the twelve pairs come up in 64 members.
  CHECK(pairs.size() == 12);
}

TEST_CASE("draws depend on the seed, and on no other dimension") {
  const std::vector<Dimension> one = {{"a", 4}};
  const std::vector<Dimension> two = {{"b", 3}, {"a", 4}};
  const auto alone = draw_members(one, 32, 7);
  const auto beside = draw_members(two, 32, 7);
  for (std::size_t i = 0; i < alone.size(); ++i) CHECK(alone[i][0] == beside[i][1]);
  CHECK(draw_members(one, 32, 8) != alone);
  CHECK(draw_members(one, 0, 7).empty());
  // Fewer members than values: all differ.
  const auto few = draw_members(std::vector<Dimension>{{"a", 9}}, 4, 7);
  std::set<std::uint32_t> seen;
  for (const auto& member : few) seen.insert(member[0]);
  CHECK(seen.size() == 4);
}

TEST_CASE("a member is the scenario with the values that it drew") {
  const TempFolder folder;
  const GridOptions options = ensemble_options(folder);
  const outcome::ComparisonRecord record = run(options).record;
  REQUIRE(record.candidates.size() == 3);
  CHECK(record.candidates[2].name == "blind");
  REQUIRE(record.uncertainties.size() == 3);
  CHECK(record.uncertainties[0].values == std::vector<std::string>{"1 %", "20 %"});
  CHECK(record.uncertainties[1].values == std::vector<std::string>{"as it is", "90 ms", "200 ms"});
  CHECK(record.uncertainties[2].path == "run.seed");
  REQUIRE(record.members.size() == 8);
  REQUIRE(record.cells.size() == 24);
  const auto cell = std::find_if(record.cells.begin(), record.cells.end(), [&](const auto& c) {
    const auto& drawn = record.members[c.member].drawn;
    return c.candidate == 2 && !drawn.empty() && drawn[0] == 1 && drawn[1] != 0;
  });
  REQUIRE(cell != record.cells.end());
  const outcome::MemberRow& member = record.members[cell->member];
  scenario::RunOptions alone;
  alone.scenario_path = scenario_path;
  alone.changes = setting;
  alone.changes.push_back("network.loss = 20 %");
  alone.changes.push_back("network.rtt_max = " + record.uncertainties[1].values[member.drawn[1]]);
  alone.changes.push_back("cohorts[*].knobs.validates = false");
  alone.seed = member.seed;
  alone.scale_ppm = options.scale_ppm;
  alone.output_path = folder.file("run.sqlite");
  alone.sample_ppm = 0;
  const auto by_itself = scenario::run_scenario(alone);
  if (!by_itself) FAIL(by_itself.error().message);
  CHECK(by_itself.value().fingerprint == cell->fingerprint);
}

TEST_CASE("what is said over members follows from their measurements") {
  const TempFolder folder;
  const GridOptions options = ensemble_options(folder);
  run(options);
  auto opened = outcome::open_comparison(options.output_path);
  REQUIRE(opened.ok());
  outcome::Database& database = opened.value();
  // Eleven measures, of which three are of all cohorts only, and one is of six classes of names,
  // too; in four cohorts and all together.
  const std::int64_t subjects = (8 + 6) * 5 + 3;
  CHECK(number(database, "SELECT count(*) FROM quantiles") == 5 * 3 * subjects);
  CHECK(number(database, "SELECT count(*) FROM rankings") == 3 * subjects);
  CHECK(number(database, "SELECT count(*) FROM estimates") == 3 * subjects);
  CHECK(number(database, "SELECT count(*) FROM sensitivities") == 3 * (11 + 6) * (2 + 3 + 2));
  // Quantiles: at least that many members are at or below, and fewer are strictly below.
  CHECK(number(database,
               "SELECT count(*) FROM quantiles q WHERE coalesce(NOT (SELECT "
               "1000 * sum(v.value_fp <= q.value_fp) >= q.permille * count(*) AND "
               "1000 * sum(v.value_fp < q.value_fp) < q.permille * count(*) "
               "FROM measurements v JOIN members USING (member) WHERE is_drawn "
               "AND v.candidate = q.candidate AND v.measure = q.measure "
               "AND v.cohort = q.cohort), 1)") == 0);
  const std::string pairs =
      "measurements x JOIN measurements y USING (member, measure, cohort) JOIN members USING "
      "(member) WHERE is_drawn AND x.candidate = r.candidate AND y.candidate = r.against "
      "AND x.measure = r.measure AND x.cohort = r.cohort";
  CHECK(number(database,
               fmt::format("SELECT count(*) FROM rankings r WHERE (members_less, members_equal, "
                           "members_more) IS NOT (SELECT sum(x.value_fp < y.value_fp), "
                           "sum(x.value_fp = y.value_fp), sum(x.value_fp > y.value_fp) FROM {})",
                           pairs)) == 0);
  // Means may differ by the rounding to 2^-20.
  CHECK(number(database,
               "SELECT count(*) FROM sensitivities s WHERE coalesce(abs(mean_fp - (SELECT "
               "avg(v.value_fp) "
               "FROM measurements v JOIN draws d USING (member) WHERE d.uncertainty = "
               "s.uncertainty AND d.value = s.value AND v.candidate = s.candidate AND v.measure = "
               "s.measure AND v.cohort = (SELECT max(cohort) FROM cohorts))) > 1, 1)") == 0);
  CHECK(number(database,
               "SELECT sum(members) FROM sensitivities WHERE candidate = 0 AND "
               "measure = 0 AND uncertainty = 1") == 6);
  // A policy that changes nothing is equal in every member, one that is blind fails less.
  CHECK(number(database,
               "SELECT members_equal FROM rankings WHERE candidate = 1 AND against = 0 "
               "AND measure = 0 AND cohort = (SELECT max(cohort) FROM cohorts)") == 6);
  CHECK(number(database,
               "SELECT members_less FROM rankings WHERE candidate = 2 AND against = 0 "
               "AND measure = 0 AND cohort = (SELECT max(cohort) FROM cohorts)") == 6);
  // Estimates are of the members that draw nothing.
  CHECK(number(database,
               "SELECT count(*) FROM estimates e WHERE coalesce(abs(mean_fp - (SELECT "
               "avg(value_fp) FROM measurements v JOIN members USING (member) WHERE NOT "
               "is_drawn AND v.candidate = e.candidate AND v.measure = e.measure AND "
               "v.cohort = e.cohort)) > 1, 1)") == 0);
}

TEST_CASE("bands lie around the curves, and views of an ensemble answer") {
  const TempFolder folder;
  const GridOptions options = ensemble_options(folder);
  const outcome::ComparisonRecord record = run(options).record;
  auto opened = outcome::open_comparison(options.output_path);
  REQUIRE(opened.ok());
  outcome::Database& database = opened.value();
  CHECK(number(database, "SELECT count(*) FROM bands") ==
        static_cast<std::int64_t>(3 * curves().size() * record.bins.count * 5));
  CHECK(number(database,
               "SELECT count(*) FROM bands a JOIN bands b USING (candidate, curve, bin) "
               "WHERE a.permille < b.permille AND a.share_fp > b.share_fp") == 0);
  CHECK(number(database, "SELECT count(*) FROM bands_by_time WHERE share NOT BETWEEN 0 AND 1") ==
        0);
  CHECK(number(database,
               "SELECT count(*) FROM bands_by_time WHERE curve = 'failing' AND "
               "candidate = 'as-it-was' AND permille = 500 AND share > 0.05") > 0);
  CHECK(number(database,
               "SELECT count(*) FROM robust_differences WHERE same_sign_share NOT "
               "BETWEEN 0 AND 1 OR same_sign_share IS NULL") == 0);
  CHECK(number(database,
               "SELECT same_sign_share = 1 FROM robust_differences WHERE measure = "
               "'failed_lookups' AND candidate = 'blind' AND against = 'as-it-was'") == 1);
  CHECK(number(database,
               "SELECT count(*) FROM tornado WHERE measure = 'failed_lookups' AND "
               "candidate = 'as-it-was' AND swing > 0") == 3);
}

TEST_CASE("the band of one member is its curve") {
  const TempFolder folder;
  GridOptions options = ensemble_options(folder);
  options.drawn_members = 1;
  const outcome::ComparisonRecord record = run(options).record;
  auto opened = outcome::open_comparison(options.output_path);
  REQUIRE(opened.ok());
  // Minutes lost are the failing shares of bins of five minutes, summed.
  CHECK(number(opened.value(),
               "SELECT count(*) FROM candidates c JOIN measurements v USING (candidate) "
               "JOIN members USING (member) JOIN measures m USING (measure) WHERE is_drawn "
               "AND m.name = 'lost_minutes' AND v.cohort = (SELECT max(cohort) FROM cohorts) "
               "AND v.value_fp >= 1000000 * (c.name != 'blind') AND abs(v.value_fp - 5 * (SELECT "
               "total(share_fp) FROM bands b JOIN curves k USING (curve) WHERE b.candidate = "
               "c.candidate AND k.name = 'failing' AND permille = 250)) < 100") == 3);
  CHECK(record.members.back().drawn.size() == 3);
}

TEST_CASE("an ensemble is the same on any number of threads") {
  const TempFolder folder;
  GridOptions options = ensemble_options(folder);
  options.drawn_members = 2;
  const std::uint64_t hash = run(options).content_hash;
  options.overwrite = true;
  options.threads = 3;
  CHECK(run(options).content_hash == hash);
  options.drawn_members = 3;
  CHECK(run(options).content_hash != hash);
}

TEST_CASE("nothing is drawn where all is known, and members must be comparable") {
  const TempFolder folder;
  GridOptions options = ensemble_options(folder);
  options.changes = {};
  CHECK(message_for(options) == "the scenario has no uncertain values: there is nothing to draw");
  options.changes = {
      "uncertain = [{path: run.bin, why: nobody knows, values: [10 min], source: made for this "
      "test,"
      " confidence: assumed}]"};
  CHECK(message_for(options).ends_with("changes the run's times: it cannot be compared"));
  const auto uncertain = [](const std::string& path) {
    return "{path: " + path +
           ", why: nobody knows, values: [1 %, 2 %], source: made for this test,"
           " confidence: assumed}";
  };
  options.changes = {"uncertain = [" + uncertain("run.scale") + "]"};
  CHECK(message_for(options) == "uncertain: run.scale is set by --seeds and --scale");
  options.changes = {"uncertain = [" + uncertain("network.loss") + ", " +
                     uncertain("network.loss") + "]"};
  CHECK(message_for(options) == "uncertain: network.loss stands there twice");
  CHECK(folder.names().empty());
}
