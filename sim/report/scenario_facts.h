// What the scenario that a result file holds says beside its numbers: what is assumed, what is
// uncertain, what expectations are held against, which keys zones have.
//
// Reads the normalised YAML text and takes what it finds; what is missing or of another form is
// left out. Knows no meaning of any value.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace zonefall::report {

/// How sure a value is and where it is known from; values inherit both from what holds them.
struct Assumption {
  std::string path;   // "zones[de.].soa.ttl"
  std::string value;  // lists joined with ", "
  std::string source;
};

struct Uncertainty {
  std::string path;
  std::string why;
  std::vector<std::string> values;
};

struct Counterfactual {
  std::string name;
  std::string title;
  std::vector<std::string> changes;
};

/// A key of a zone: texts as the scenario has them.
struct ZoneKey {
  std::string zone;
  std::string label;
  std::string role;  // ksk, zsk, csk
  std::string algorithm;
  std::string tag;         // "0": any
  std::string generation;  // once_for_all_hsms, once_per_hsm
  bool has_ds = false;
  std::vector<std::string> published_from;
};

struct ScenarioFacts {
  bool is_readable = false;
  std::string summary;
  std::map<std::string, std::size_t> values_by_confidence;
  std::vector<Assumption> assumptions;  // without those of defaults
  std::size_t defaults = 0;             // assumed because zonefall's default stands
  std::vector<Uncertainty> uncertainties;
  std::vector<Counterfactual> counterfactuals;
  std::map<std::string, std::string> counterfactual_of;  // by id of the expectation
  std::vector<ZoneKey> keys;
};

ScenarioFacts scenario_facts(const std::string& yaml);

}  // namespace zonefall::report
