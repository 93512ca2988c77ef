#include "experiment/candidates.h"

#include <algorithm>

#include <fmt/format.h>

#include "zonefall/core/spelling.h"

namespace zonefall::experiment {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// At commas that stand outside of brackets, braces and quotes.
std::vector<std::string> split_values(std::string_view text) {
  std::vector<std::string> values;
  int depth = 0;
  char quote = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ',';
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[' || c == '{') {
      depth += 1;
    } else if (c == ']' || c == '}') {
      depth -= 1;
    }
    const bool is_end = i == text.size();
    if (!is_end && (c != ',' || depth > 0 || quote != 0)) continue;
    values.emplace_back(trimmed(text.substr(start, i - start)));
    start = i + 1;
  }
  return values;
}

/// A candidate before it is read.
struct Draft {
  std::string name;
  std::string title;
  scenario::Changes changes;
};

Result<std::vector<Draft>> policy_drafts(const scenario::ResolvedScenario& scenario,
                                         const GridOptions& options) {
  std::vector<Draft> drafts = {{std::string(as_it_was), "The scenario as it is", {}}};
  std::vector<std::string_view> known;
  const bool takes_all = options.policies.size() == 1 && options.policies[0] == every_policy;
  for (const scenario::Variant& policy : scenario.policies) {
    if (policy.name == as_it_was || policy.name == every_policy) {
      return Error{
          fmt::format("policy {}: that name means {}", policy.name,
                      policy.name == as_it_was ? "the scenario without a policy" : "all policies")};
    }
    known.emplace_back(policy.name);
    const bool is_usual =
        options.policies_of_ensembles ? policy.in_ensembles : policy.in_comparisons;
    if (takes_all || (options.policies.empty() && is_usual)) {
      drafts.push_back({policy.name, policy.title, policy.set});
    }
  }
  if (takes_all) return drafts;
  for (const std::string& name : options.policies) {
    const auto found = std::find_if(scenario.policies.begin(), scenario.policies.end(),
                                    [&](const auto& policy) { return policy.name == name; });
    if (found == scenario.policies.end()) {
      return Error{unknown_word("policy", name, known), "--policy"};
    }
    const bool is_there = std::any_of(drafts.begin(), drafts.end(),
                                      [&](const Draft& draft) { return draft.name == name; });
    if (is_there) return Error{fmt::format("policy {} is named twice", name), "--policy"};
    drafts.push_back({found->name, found->title, found->set});
  }
  return drafts;
}

std::vector<Draft> varied(const std::vector<Draft>& drafts, const Variation& variation) {
  std::vector<Draft> out;
  for (const std::string& value : variation.values) {
    for (const Draft& draft : drafts) {
      const std::string change = fmt::format("{} = {}", variation.path, value);
      Draft next{fmt::format("{} with {}", draft.name, change),
                 fmt::format("{}, with {}", draft.title, change), draft.changes};
      next.changes.push_back(change);
      out.push_back(std::move(next));
    }
  }
  return out;
}

void set_scale(Candidates& candidates, std::uint32_t scale_ppm) {
  candidates.scenario.scenario.run.scale_ppm = scale_ppm;
  for (Candidate& candidate : candidates.list) candidate.file.scenario.run.scale_ppm = scale_ppm;
}

Error of_scenario(Error error, const std::string& path) {
  if (error.where.empty()) error.where = path;
  return error;
}

}  // namespace

Status check_comparable(std::string_view name, const scenario::ResolvedScenario& other,
                        const scenario::ResolvedScenario& first, const std::string& path) {
  const auto fail = [&](std::string_view what) {
    return Error{fmt::format("{} changes {}: it cannot be compared", name, what), path};
  };
  if (other.run.from != first.run.from || other.run.until != first.run.until ||
      other.run.bin != first.run.bin) {
    return fail("the run's times");
  }
  if (other.run.scale_ppm != first.run.scale_ppm) return fail("the scale");
  if (other.run.seed != first.run.seed) return fail("the seed");
  const bool same = std::ranges::equal(
      other.cohorts, first.cohorts,
      [](const auto& a, const auto& b) { return a.name == b.name && a.resolvers == b.resolvers; });
  if (!same) return fail("the cohorts' names or sizes");
  if (other.demand.zone != first.demand.zone) return fail("the zone that is asked for");
  return Done{};
}

Result<Variation> parse_variation(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view path = trimmed(text.substr(0, equals));
  if (equals == std::string_view::npos || path.empty()) {
    return Error{fmt::format("{}: expected \"path=value,value,...\"", in_quotes(text))};
  }
  Variation variation{std::string(path), split_values(text.substr(equals + 1))};
  const bool has_empty = std::any_of(variation.values.begin(), variation.values.end(),
                                     [](const std::string& value) { return value.empty(); });
  if (has_empty) return Error{fmt::format("{}: a value is empty", in_quotes(text))};
  return variation;
}

Result<Candidates> load_candidates(const GridOptions& options) {
  const std::string& path = options.scenario_path;
  // This looks at all policies, whether they are asked for or not.
  auto scenario = scenario::load_scenario(path, options.changes);
  if (!scenario) return of_scenario(scenario.error(), path);
  Candidates out{std::move(scenario).value(), {}};
  auto drafts = policy_drafts(out.scenario.scenario, options);
  if (!drafts) return of_scenario(drafts.error(), path);
  std::vector<Draft> all = std::move(drafts).value();
  const Draft first = all.front();
  for (const Variation& variation : options.variations) all = varied(all, variation);
  // What all are compared with has nothing varied.
  if (!options.variations.empty()) all.insert(all.begin(), first);
  for (Draft& draft : all) {
    scenario::Changes changes = options.changes;
    changes.insert(changes.end(), draft.changes.begin(), draft.changes.end());
    auto file = scenario::load_scenario_variant(path, changes);
    if (!file) return of_scenario(file.error(), path);
    const bool is_there =
        std::any_of(out.list.begin(), out.list.end(),
                    [&](const Candidate& other) { return other.name == draft.name; });
    if (is_there) return Error{fmt::format("\"{}\" is asked for twice", draft.name), "--vary"};
    out.list.push_back({std::move(draft.name), std::move(draft.title), std::move(draft.changes),
                        std::move(file).value()});
    const Candidate& last = out.list.back();
    Status fine = check_comparable(fmt::format("candidate {}", last.name), last.file.scenario,
                                   out.scenario.scenario, path);
    if (!fine) return fine.error();
  }
  if (options.scale_ppm) set_scale(out, *options.scale_ppm);
  return out;
}

}  // namespace zonefall::experiment
