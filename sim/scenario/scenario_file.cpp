#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

#include "scenario/field_lister.h"
#include "scenario/field_reader.h"
#include "scenario/field_schema.h"
#include "scenario/field_writer.h"
#include "scenario/profile_folder.h"
#include "scenario/scenario_check.h"
#include "scenario/scenario_fields.h"
#include "scenario/yaml_change.h"
#include "scenario/yaml_tree.h"
#include "zonefall/core/text_file.h"
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
    auto found = loaded_.find(name);
    if (found == loaded_.end()) {
      const auto path = profile_path(folder_, name);
      auto file = path ? load_profile(path.value()) : Result<ProfileFile>(path.error());
      found = loaded_.emplace(name, std::move(file)).first;
    }
    if (found->second.ok()) return &found->second.value();
    problem = found->second.error();
    return nullptr;
  }

 private:
  fs::path folder_;
  std::map<std::string, Result<ProfileFile>, std::less<>> loaded_;
};

// Up to the first that cannot be made, which is then a problem; `word` names each in problems.
void apply_changes(YamlNode& root, std::string_view word, const Changes& changes,
                   Problems& problems) {
  for (const std::string& change : changes) {
    const std::uint32_t number = problems.add_change(fmt::format("{} '{}'", word, change));
    const auto done = change_yaml(root, change, number);
    if (done) continue;
    problems.add({1, 1, number}, done.error().message);
    return;
  }
}

const resolver::ResolverProfile* find_profile(const ResolvedScenario& scenario,
                                              std::string_view name) {
  const auto found =
      std::find_if(scenario.profiles.begin(), scenario.profiles.end(),
                   [&](const resolver::ResolverProfile& profile) { return profile.name == name; });
  return found == scenario.profiles.end() ? nullptr : &*found;
}

ScenarioFile read_scenario(const YamlNode& root, SourceNames& names, ProfileShelf& shelf,
                           Problems& problems) {
  ScenarioFile file;
  FieldReader reader({root, problems, names});
  reader.allow("sources");
  describe(reader, file.scenario, [&](CohortSpec& cohort) {
    if (const resolver::ResolverProfile* own = find_profile(file.scenario, cohort.profile)) {
      cohort.knobs = *own;
    } else if (!cohort.profile.empty()) {
      Error problem;
      if (const ProfileFile* profile = shelf.get(cohort.profile, problem)) {
        cohort.knobs = profile->profile;
      } else {
        // A file that is there names itself in what is wrong with it.
        const std::string of_which = problem.where.empty() ? "" : "in the profile: ";
        reader.problem(reader.place_of(reader.path_to("profile")), of_which + problem.to_text());
      }
    }
    cohort.knobs.name = cohort.profile;
  });
  if (!problems.any()) check_scenario(file.scenario, reader);
  file.sources = reader.finish();
  return file;
}

void add_profiles_of(const ResolvedScenario& scenario, std::set<std::string>& names) {
  for (const CohortSpec& cohort : scenario.cohorts) names.insert(cohort.profile);
}

// Makes `names` the profiles of the file, so that no other file is needed to read it again. Their
// order and that of the sources do not depend on where they came from.
void bring_profiles(ScenarioFile& file, const std::set<std::string>& names, ProfileShelf& shelf) {
  std::vector<resolver::ResolverProfile> profiles;
  std::vector<ValueSource> sources;
  const auto add = [&](const resolver::ResolverProfile& profile,
                       const std::vector<ValueSource>& given, const std::string& prefix) {
    for (const ValueSource& source : given) {
      if (!source.path.starts_with(prefix)) continue;
      sources.push_back(
          {fmt::format("profiles[{}].knobs.{}", profiles.size(), source.path.substr(prefix.size())),
           source.source, source.confidence});
    }
    profiles.push_back(profile);
  };
  for (const std::string& name : names) {
    if (const resolver::ResolverProfile* own = find_profile(file.scenario, name)) {
      const auto index = own - file.scenario.profiles.data();
      add(*own, file.sources, fmt::format("profiles[{}].knobs.", index));
    } else {
      Error problem;
      const ProfileFile* profile = shelf.get(name, problem);
      ZF_ASSERT(profile != nullptr);  // a cohort was read with it
      add(profile->profile, profile->sources, "");
    }
  }
  std::erase_if(file.sources,
                [](const ValueSource& source) { return source.path.starts_with("profiles["); });
  file.sources.insert(file.sources.end(), sources.begin(), sources.end());
  std::sort(file.sources.begin(), file.sources.end(),
            [](const ValueSource& a, const ValueSource& b) { return a.path < b.path; });
  file.scenario.profiles = std::move(profiles);
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

// Each policy and counterfactual must make a scenario of its own. Adds what profiles it has.
void check_variants(const YamlNode& root, const Variants& variants, ProfileShelf& shelf,
                    std::set<std::string>& profiles, Problems& problems) {
  const YamlNode* list = root.find(variants.kind);
  for (std::size_t i = 0; i < variants.items.size(); ++i) {
    const Mark at = list == nullptr ? root.at : list->members[i].value.at;
    for (const Variant& variant : variants.items[i]) {
      YamlNode changed = root;
      Problems found = problems.none_yet();
      apply_changes(changed, "change", variant.set, found);
      SourceNames names(changed, found);
      if (!found.any()) {
        add_profiles_of(read_scenario(changed, names, shelf, found).scenario, profiles);
      }
      if (!found.any()) continue;
      problems.add(at, fmt::format("{} makes no valid scenario: {}", in_quotes(variant.name),
                                   found.to_error().to_text()));
    }
  }
}

/// One reading of a file: what its messages and its profiles are found in.
class Reading {
 public:
  explicit Reading(const std::string& path) : problems_(path), shelf_(path) {}

  /// Under the changes, which problems call `word`, without its variants.
  Result<ScenarioFile> read(std::string_view yaml, std::string_view word, const Changes& changes) {
    root_ = parse_yaml(yaml, problems_);
    if (problems_.any()) return problems_.to_error();
    apply_changes(root_, word, changes, problems_);
    if (problems_.any()) return problems_.to_error();
    SourceNames names(root_, problems_);
    ScenarioFile file = read_scenario(root_, names, shelf_, problems_);
    // A change may take away what used a source.
    if (changes.empty()) names.report_unused(problems_);
    if (problems_.any()) return problems_.to_error();
    return file;
  }
  [[nodiscard]] const YamlNode& root() const { return root_; }
  ProfileShelf& shelf() { return shelf_; }
  Problems& problems() { return problems_; }

 private:
  Problems problems_;
  ProfileShelf shelf_;
  YamlNode root_;
};

}  // namespace

Result<ScenarioFile> parse_scenario(std::string_view yaml, const std::string& path,
                                    const Changes& changes) {
  Reading reading(path);
  auto file = reading.read(yaml, "--set", changes);
  if (!file) return file.error();
  std::set<std::string> profiles;
  add_profiles_of(file.value().scenario, profiles);
  const ResolvedScenario& scenario = file.value().scenario;
  for (const Variants& variants : {Variants{"policies", by_item(scenario.policies)},
                                   Variants{"counterfactuals", by_item(scenario.counterfactuals)},
                                   Variants{"uncertain", by_item(scenario.uncertain)}}) {
    check_variants(reading.root(), variants, reading.shelf(), profiles, reading.problems());
  }
  if (reading.problems().any()) return reading.problems().to_error();
  bring_profiles(file.value(), profiles, reading.shelf());
  return file;
}

Result<ScenarioFile> load_scenario(const std::string& path, const Changes& changes) {
  const auto text = read_text_file(path, yaml_octets_max);
  if (!text) return text.error();
  return parse_scenario(text.value(), path, changes);
}

Result<ScenarioFile> load_scenario_variant(const std::string& path, const Changes& changes) {
  const auto text = read_text_file(path, yaml_octets_max);
  if (!text) return text.error();
  return Reading(path).read(text.value(), "change", changes);
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
  return lister.to_markdown({"cohorts[].knobs.", "profiles[].knobs."});
}

std::string scenario_schema() {
  FieldSchema schema;
  ResolvedScenario scenario;
  describe(schema, scenario, [](CohortSpec& /*cohort*/) {});
  return schema.take({"Scenario of zonefall",
                      "A world, a timeline, and what must come out: see scenarios/README.md."});
}

}  // namespace zonefall::scenario
