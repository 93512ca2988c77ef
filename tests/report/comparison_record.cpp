#include "comparison_record.h"

#include <utility>
#include <vector>

#include "zonefall/core/assert.h"
#include "zonefall/outcome/partial_file.h"

namespace zonefall::report {

using outcome::Outcome;

namespace {

FixedCount share(std::int64_t percent) {
  return FixedCount::from_raw(percent * (1 << FixedCount::fraction_bits) / 100);
}

}  // namespace

outcome::ComparisonRecord comparison_record() {
  outcome::ComparisonRecord record;
  record.scenario_title = "A test " + comparison_attack;
  record.scenario_yaml = "title: \"A test\"\nsummary: \"What happens.\"\n";
  record.scale = "0.1";
  record.provenance = {{"version", "0.1.0"}};
  record.bins = {SimTime::from_unix_s(1'777'989'600), Duration::minutes(10), 2};
  record.candidates = {{"as-it-was", "The scenario as it is", {}},
                       {"nta", "Everybody " + comparison_attack, {"a.b = 1"}}};
  record.cohorts = {{"isp " + comparison_attack, 100, 10}, {"public", 10, 10}, {"all", 110, 20}};
  record.measures = {{"failed_lookups", "Failed lookups", "share", "share that fails", false},
                     {"unvalidated_lookups", "Not validated", "share", "the exposure", false}};
  record.curves = {{"failing", "Failing lookups"}};
  record.members = {{9, {}}, {10, {}}};
  for (const std::uint32_t candidate : {0U, 1U}) {
    for (const std::uint32_t member : {0U, 1U}) record.cells.push_back({candidate, member, 7});
    outcome::Tally tally({record.bins, 2, 0, 0});
    // Of the first cohort half fails as it was, a tenth with the policy; nothing of the second.
    const std::int64_t failed = candidate == 0 ? 50 : 10;
    const SimTime at = record.bins.from;
    tally.count_lookups(0, at, Outcome::bogus_servfail, FixedCount::from_count(failed));
    tally.count_lookups(0, at, Outcome::insecure, FixedCount::from_count(100 - failed));
    tally.count_lookups(1, at, Outcome::insecure, FixedCount::from_count(1000));
    record.tallies.push_back(std::move(tally));
    for (const std::uint32_t cohort : {0U, 1U, 2U}) {
      record.estimates.push_back({candidate, 0, cohort, share(failed), share(5)});
      record.estimates.push_back({candidate, 1, cohort, share(30 * candidate), std::nullopt});
    }
  }
  record.differences = {{1, 0, 0, 2, share(-40), share(3), share(9)},
                        {1, 0, 1, 2, share(30), std::nullopt, std::nullopt}};
  return record;
}

outcome::ComparisonRecord ensemble_record() {
  outcome::ComparisonRecord record = comparison_record();
  record.uncertainties = {{"a.b", "Nobody says.", {"1", "2"}}};
  record.members.push_back({11, {0}});
  record.members.push_back({12, {1}});
  for (const std::uint32_t permille : {50U, 500U, 950U}) {
    for (const std::uint32_t candidate : {0U, 1U}) {
      record.quantiles.push_back({candidate, 0, 2, permille, share(permille / 10)});
      record.quantiles.push_back({candidate, 0, 0, permille, share(1)});
    }
  }
  for (const std::uint32_t bin : {0U, 1U}) {
    for (const std::uint32_t permille : {50U, 500U, 950U}) {
      record.bands.push_back({1, 0, bin, permille, share(permille / 10 - bin)});
    }
  }
  record.rankings = {{1, 0, 0, 2, 2, 1, 0}};
  record.sensitivities = {{0, 0, 0, 0, 1, share(5)}, {0, 0, 0, 1, 1, share(20)}};
  return record;
}

outcome::ComparisonRecord sweep_record() {
  outcome::ComparisonRecord record = comparison_record();
  const outcome::Tally tally = record.tallies[0];
  record.candidates.resize(1);
  record.measures.resize(1);
  record.differences.clear();
  record.estimates.clear();
  record.cells.clear();
  record.tallies.assign(4, tally);
  const std::vector<std::pair<std::string, std::int64_t>> delays = {
      {"1 h", 50}, {"30 min", 75}, {"0 min", 0}};
  for (const auto& [delay, failed] : delays) {
    const auto candidate = static_cast<std::uint32_t>(record.candidates.size());
    const std::string change = "delay = " + delay;
    record.candidates.push_back({"nta with " + change, "Everybody", {"a.b = 1", change}});
    record.estimates.push_back({candidate, 0, 2, share(failed), share(1)});
    for (const std::uint32_t member : {0U, 1U}) {
      const std::int64_t of_seed = failed + (member == 0 ? 4 : -4);
      record.measurements.push_back({candidate, member, 0, 2, share(of_seed)});
    }
  }
  return record;
}

std::string write_comparison(const outcome::ComparisonRecord& record, const std::string& path) {
  auto file = outcome::PartialFile::create({path, outcome::Overwrite::results});
  ZF_ASSERT(file.ok());
  ZF_ASSERT(outcome::write_comparison(std::move(file).value(), record).ok());
  return path;
}

}  // namespace zonefall::report
