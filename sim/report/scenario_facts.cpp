#include "report/scenario_facts.h"

#include <array>
#include <string_view>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace zonefall::report {
namespace {

// A damaged text must not keep a reader busy: more than any scenario has.
constexpr std::size_t octets_max = 8U << 20U;
constexpr std::size_t values_max = 100'000;
constexpr std::size_t depth_max = 32;

constexpr std::string_view default_source = "default of zonefall";
// Parts that hold no values of the world.
constexpr std::array<std::string_view, 11> no_world = {
    "zonefall",  "title",    "summary",         "run",   "expect", "policies", "events",
    "uncertain", "baseline", "counterfactuals", "source"};
// What names a thing says nothing about it.
constexpr std::array<std::string_view, 5> names = {"name", "label", "zone", "apex", "source"};

template <std::size_t N>
bool is_among(std::string_view word, const std::array<std::string_view, N>& words) {
  for (const std::string_view other : words) {
    if (word == other) return true;
  }
  return false;
}

std::string text_of(const YAML::Node& node) {
  if (node.IsScalar()) return node.Scalar();
  if (node.IsMap() && node["value"]) return text_of(node["value"]);
  std::string text;
  if (!node.IsSequence()) return text;
  for (const YAML::Node& element : node) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", text_of(element));
  }
  return text;
}

std::string member(const YAML::Node& map, const char* key) {
  return map.IsMap() && map[key] ? text_of(map[key]) : "";
}

std::vector<std::string> texts(const YAML::Node& map, const char* key) {
  std::vector<std::string> found;
  if (!map.IsMap() || !map[key] || !map[key].IsSequence()) return found;
  for (const YAML::Node& element : map[key]) found.push_back(text_of(element));
  return found;
}

/// What a reader would call an element of a list: its name, else its number.
std::string name_in_list(const YAML::Node& element, std::size_t number) {
  for (const char* key : {"name", "zone", "apex", "label", "owner", "cohort"}) {
    const std::string name = member(element, key);
    if (!name.empty()) return name;
  }
  return fmt::format("{}", number);
}

/// Walks over all values with what is known of each.
class Walk {
 public:
  explicit Walk(ScenarioFacts& facts) : facts_(facts) {}

  struct Known {
    std::string source;
    std::string confidence;
    std::size_t depth = 0;
  };

  void visit(const YAML::Node& node, const std::string& path, Known known) {
    if (values_ >= values_max || known.depth >= depth_max) return;
    known.depth += 1;
    if (node.IsMap()) {
      if (node["source"]) known.source = text_of(node["source"]);
      if (node["confidence"]) known.confidence = text_of(node["confidence"]);
      if (node["value"] && node["source"]) return note(node["value"], path, known);
      for (const auto& entry : node) {
        const std::string key = text_of(entry.first);
        const bool is_skipped = key == "confidence" ||
                                (known.depth == 1 ? is_among(key, no_world) : is_among(key, names));
        if (!is_skipped) visit(entry.second, path.empty() ? key : path + "." + key, known);
      }
    } else if (node.IsSequence() && node.size() > 0 && !node[0].IsScalar()) {
      for (std::size_t i = 0; i < node.size(); ++i) {
        visit(node[i], fmt::format("{}[{}]", path, name_in_list(node[i], i)), known);
      }
    } else if (!node.IsNull() && !(node.IsSequence() && node.size() == 0)) {
      note(node, path, known);
    }
  }

 private:
  void note(const YAML::Node& value, const std::string& path, const Known& known) {
    values_ += 1;
    if (known.confidence.empty()) return;
    if (known.confidence == "assumed" && known.source == default_source) {
      facts_.defaults += 1;
      return;
    }
    facts_.values_by_confidence[known.confidence] += 1;
    if (known.confidence != "assumed") return;
    facts_.assumptions.push_back({path, text_of(value), known.source});
  }

  ScenarioFacts& facts_;
  std::size_t values_ = 0;
};

void read_keys(const YAML::Node& root, ScenarioFacts& facts) {
  if (!root["registries"] || !root["registries"].IsSequence()) return;
  for (const YAML::Node& registry : root["registries"]) {
    if (!registry.IsMap() || !registry["keys"] || !registry["keys"].IsSequence()) continue;
    for (const YAML::Node& key : registry["keys"]) {
      ZoneKey found{member(registry, "zone"),  member(key, "label"),
                    member(key, "role"),       member(key, "algorithm"),
                    member(key, "tag"),        member(key, "generation"),
                    !texts(key, "ds").empty(), {}};
      if (key.IsMap() && key["published"] && key["published"].IsSequence()) {
        for (const YAML::Node& period : key["published"]) {
          found.published_from.push_back(member(period, "from"));
        }
      }
      facts.keys.push_back(std::move(found));
    }
  }
}

void read_expectations(const YAML::Node& root, ScenarioFacts& facts) {
  if (root["uncertain"] && root["uncertain"].IsSequence()) {
    for (const YAML::Node& entry : root["uncertain"]) {
      facts.uncertainties.push_back(
          {member(entry, "path"), member(entry, "why"), texts(entry, "values")});
    }
  }
  if (root["counterfactuals"] && root["counterfactuals"].IsSequence()) {
    for (const YAML::Node& entry : root["counterfactuals"]) {
      facts.counterfactuals.push_back(
          {member(entry, "name"), member(entry, "title"), texts(entry, "set")});
    }
  }
  if (root["expect"] && root["expect"].IsSequence()) {
    for (const YAML::Node& entry : root["expect"]) {
      const std::string counterfactual = member(entry, "counterfactual");
      if (!counterfactual.empty()) {
        facts.counterfactual_of[member(entry, "id")] = counterfactual;
      }
    }
  }
}

}  // namespace

ScenarioFacts scenario_facts(const std::string& yaml) {
  ScenarioFacts facts;
  if (yaml.size() > octets_max) return facts;
  try {
    const YAML::Node root = YAML::Load(yaml);
    if (!root.IsMap()) return facts;
    facts.summary = member(root, "summary");
    Walk(facts).visit(root, "", {});
    read_keys(root, facts);
    read_expectations(root, facts);
    facts.is_readable = true;
  } catch (const YAML::Exception&) {  // the text of a damaged or foreign file
    return {};
  }
  return facts;
}

}  // namespace zonefall::report
