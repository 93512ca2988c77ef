#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "scenario/field_lister.h"
#include "scenario/field_reader.h"
#include "scenario/field_schema.h"
#include "scenario/field_writer.h"
#include "scenario/scenario_check.h"
#include "scenario/scenario_fields.h"
#include "scenario/yaml_change.h"
#include "scenario/yaml_tree.h"
#include "zonefall/scenario/profile_file.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::scenario {
namespace {

namespace fs = std::filesystem;

// Profile files, each read once, with their problems reported once.
class ProfileShelf {
 public:
  explicit ProfileShelf(const std::string& scenario_path)
      : folder_(fs::path(scenario_path).parent_path() / "profiles") {}

  // Null if there is no such profile; `problem` is then what is wrong.
  const ProfileFile* get(const std::string& name, Error& problem) {
    const bool is_plain = name.find('/') == std::string::npos && !name.empty();
    auto found = loaded_.find(name);
    if (found == loaded_.end()) {
      const std::string path = (folder_ / (name + ".yaml")).string();
      auto file = is_plain && fs::exists(path) ? load_profile(path)
                                               : Result<ProfileFile>(Error{unknown(name)});
      found = loaded_.emplace(name, std::move(file)).first;
    }
    if (found->second.ok()) return &found->second.value();
    problem = found->second.error();
    return nullptr;
  }

 private:
  [[nodiscard]] std::string unknown(const std::string& name) const {
    std::vector<std::string> names;
    std::error_code unreadable;  // then there are none
    for (const auto& entry : fs::directory_iterator(folder_, unreadable)) {
      if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    const std::vector<std::string_view> views(names.begin(), names.end());
    if (views.empty()) return fmt::format("there are no profiles in {}", folder_.string());
    return unknown_word("profile", name, views);
  }

  fs::path folder_;
  std::map<std::string, Result<ProfileFile>, std::less<>> loaded_;
};

// In the normalised form a cohort's knobs are all written out: another profile replaces them.
void drop_replaced_knobs(YamlNode& root) {
  const auto cohorts =
      std::find_if(root.members.begin(), root.members.end(),
                   [](const YamlMember& member) { return member.key == "cohorts"; });
  if (cohorts == root.members.end()) return;
  for (YamlMember& cohort : cohorts->value.members) {
    const YamlNode* profile = cohort.value.find("profile");
    const YamlNode* complete = cohort.value.find("knobs_are_complete");
    if (profile == nullptr || profile->changed_by.empty()) continue;
    if (complete == nullptr || complete->text != "true") continue;
    std::erase_if(cohort.value.members, [](const YamlMember& member) {
      return member.key == "knobs" || member.key == "knobs_are_complete";
    });
  }
}

Status apply_changes(YamlNode& root, const Changes& changes) {
  for (const std::string& change : changes) {
    auto done = change_yaml(root, change);
    if (!done) return done;
  }
  drop_replaced_knobs(root);
  return Done{};
}

ScenarioFile read_scenario(const YamlNode& root, SourceNames& names, ProfileShelf& shelf,
                           Problems& problems) {
  ScenarioFile file;
  FieldReader reader({root, problems, names});
  reader.allow("sources");
  describe(reader, file.scenario, [&](CohortSpec& cohort) {
    if (!cohort.knobs_are_complete && !cohort.profile.empty()) {
      Error problem;
      if (const ProfileFile* profile = shelf.get(cohort.profile, problem)) {
        cohort.knobs = profile->profile;
        reader.inherit("knobs", profile->sources);
      } else {
        // A file that is there names itself in what is wrong with it.
        const std::string of_which = problem.where.empty() ? "" : "in the profile: ";
        reader.problem(reader.place_of(reader.path_to("profile")), of_which + problem.to_text());
      }
    }
    cohort.knobs.name = cohort.profile;
    cohort.knobs_are_complete = true;
  });
  if (!problems.any()) check_scenario(file.scenario, reader);
  file.sources = reader.finish();
  return file;
}

struct Variants {
  std::string_view kind;
  std::vector<std::vector<Variant>> items;
};

// A variant for each value, under the place of its uncertainty.
std::vector<std::vector<Variant>> by_item(const std::vector<Variant>& variants) {
  std::vector<std::vector<Variant>> items;
  items.reserve(variants.size());
  for (const Variant& variant : variants) items.push_back({variant});
  return items;
}
std::vector<std::vector<Variant>> by_item(const std::vector<Uncertainty>& uncertain) {
  std::vector<std::vector<Variant>> items;
  for (const Uncertainty& u : uncertain) {
    std::vector<Variant>& values = items.emplace_back();
    for (const std::string& value : u.values) {
      const std::string change = fmt::format("{} = {}", u.path, value);
      values.push_back({change, u.why, {change}});
    }
  }
  return items;
}

// Each policy and counterfactual must make a scenario of its own.
void check_variants(const YamlNode& root, const Variants& variants, ProfileShelf& shelf,
                    Problems& problems) {
  const YamlNode* list = root.find(variants.kind);
  for (std::size_t i = 0; i < variants.items.size(); ++i) {
    const Mark at = list == nullptr ? root.at : list->members[i].value.at;
    for (const Variant& variant : variants.items[i]) {
      YamlNode changed = root;
      Problems found(problems.file());
      const auto done = apply_changes(changed, variant.set);
      if (!done) found.add(at, done.error().message);
      SourceNames names(changed, found);
      if (!found.any()) read_scenario(changed, names, shelf, found);
      if (!found.any()) continue;
      problems.add(at, fmt::format("{} makes no valid scenario: {}", in_quotes(variant.name),
                                   found.to_error().message));
    }
  }
}

}  // namespace

Result<ScenarioFile> parse_scenario(std::string_view yaml, const std::string& path,
                                    const Changes& changes) {
  Problems problems(path);
  YamlNode root = parse_yaml(yaml, problems);
  if (problems.any()) return problems.to_error();
  const auto changed = apply_changes(root, changes);
  if (!changed) return changed.error();
  ProfileShelf shelf(path);
  SourceNames names(root, problems);
  ScenarioFile file = read_scenario(root, names, shelf, problems);
  // A change may take away what used a source.
  if (changes.empty()) names.report_unused(problems);
  if (problems.any()) return problems.to_error();
  check_variants(root, {"policies", by_item(file.scenario.policies)}, shelf, problems);
  check_variants(root, {"counterfactuals", by_item(file.scenario.counterfactuals)}, shelf,
                 problems);
  check_variants(root, {"uncertain", by_item(file.scenario.uncertain)}, shelf, problems);
  if (problems.any()) return problems.to_error();
  return file;
}

Result<ScenarioFile> load_scenario(const std::string& path, const Changes& changes) {
  const auto text = read_text_file(path);
  if (!text) return text.error();
  return parse_scenario(text.value(), path, changes);
}

std::string write_scenario(const ScenarioFile& file) {
  FieldWriter writer(file.sources);
  ResolvedScenario copy = file.scenario;
  describe(writer, copy, [](CohortSpec& /*cohort*/) {});
  return writer.take();
}

std::string scenario_reference() {
  FieldLister lister;
  ResolvedScenario scenario;
  describe(lister, scenario, [](CohortSpec& /*cohort*/) {});
  return lister.to_markdown("cohorts[].knobs");
}

std::string scenario_schema() {
  FieldSchema schema;
  ResolvedScenario scenario;
  describe(schema, scenario, [](CohortSpec& /*cohort*/) {});
  return schema.take({"Scenario of zonefall",
                      "A world, a timeline, and what must come out: see scenarios/README.md."});
}

}  // namespace zonefall::scenario
