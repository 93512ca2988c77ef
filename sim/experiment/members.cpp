#include "experiment/members.h"

#include <algorithm>

#include <fmt/format.h>

#include "zonefall/experiment/ensemble.h"

namespace zonefall::experiment {

namespace {

constexpr std::string_view seed_path = "run.seed";
constexpr std::string_view scale_path = "run.scale";
constexpr std::string_view as_it_is = "as it is";

// Without sources: a change to the value that is there already only makes it assumed.
Result<std::string> content_under(const GridOptions& options, const scenario::Changes& more) {
  scenario::Changes changes = options.changes;
  changes.insert(changes.end(), more.begin(), more.end());
  auto file = scenario::load_scenario_variant(options.scenario_path, changes);
  if (!file) return file.error();
  file.value().sources.clear();
  return scenario::write_scenario(file.value());
}

// The scenario's own value is one that it may have, once.
Result<outcome::UncertaintyRow> uncertainty_of(const GridOptions& options,
                                               const scenario::Uncertainty& uncertainty,
                                               const std::string& own) {
  outcome::UncertaintyRow row{uncertainty.path, uncertainty.why, {}};
  bool has_own = false;
  for (const std::string& value : uncertainty.values) {
    const auto content = content_under(options, {fmt::format("{} = {}", uncertainty.path, value)});
    if (!content) return content.error();
    has_own = has_own || content.value() == own;
    row.values.push_back(value);
  }
  if (!has_own) row.values.insert(row.values.begin(), std::string(as_it_is));
  return row;
}

Result<std::vector<outcome::UncertaintyRow>> uncertainties_of(
    const GridOptions& options, const scenario::ResolvedScenario& scenario) {
  if (scenario.uncertain.empty()) {
    return Error{"the scenario has no uncertain values: there is nothing to draw",
                 options.scenario_path};
  }
  const auto own = content_under(options, {});
  if (!own) return own.error();
  std::vector<outcome::UncertaintyRow> rows;
  for (const scenario::Uncertainty& uncertainty : scenario.uncertain) {
    const bool is_there = std::any_of(
        rows.begin(), rows.end(), [&](const auto& row) { return row.path == uncertainty.path; });
    if (is_there || uncertainty.path == seed_path || uncertainty.path == scale_path) {
      return Error{fmt::format("uncertain: {} {}", uncertainty.path,
                               is_there ? "stands there twice" : "is set by --seeds and --scale"),
                   options.scenario_path};
    }
    auto row = uncertainty_of(options, uncertainty, own.value());
    if (!row) return row.error();
    rows.push_back(std::move(row).value());
  }
  outcome::UncertaintyRow chance{
      std::string(seed_path), "Chance: which resolvers there are, and what befalls them.", {}};
  for (const std::uint64_t seed : options.seeds) chance.values.push_back(std::to_string(seed));
  rows.push_back(std::move(chance));
  return rows;
}

}  // namespace

Result<Members> choose_members(const GridOptions& options,
                               const scenario::ResolvedScenario& scenario) {
  Members members;
  for (const std::uint64_t seed : options.seeds) members.list.push_back({seed, {}});
  if (options.drawn_members == 0) return members;
  auto uncertainties = uncertainties_of(options, scenario);
  if (!uncertainties) return uncertainties.error();
  members.uncertainties = std::move(uncertainties).value();
  std::vector<Dimension> dimensions;
  for (const outcome::UncertaintyRow& row : members.uncertainties) {
    dimensions.push_back({row.path, static_cast<std::uint32_t>(row.values.size())});
  }
  for (auto& drawn : draw_members(dimensions, options.drawn_members, scenario.run.seed)) {
    const std::uint64_t seed = options.seeds[drawn.back()];
    members.list.push_back({seed, std::move(drawn)});
  }
  return members;
}

scenario::Changes changes_of(const outcome::MemberRow& member,
                             const std::vector<outcome::UncertaintyRow>& uncertainties) {
  scenario::Changes changes;
  for (std::size_t i = 0; i < member.drawn.size(); ++i) {
    const outcome::UncertaintyRow& row = uncertainties[i];
    const std::string& value = row.values[member.drawn[i]];
    if (row.path == seed_path || value == as_it_is) continue;
    changes.push_back(fmt::format("{} = {}", row.path, value));
  }
  return changes;
}

}  // namespace zonefall::experiment
