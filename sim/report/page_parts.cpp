#include "report/page_parts.h"

#include "report/scenario_facts.h"
#include "report/text.h"

namespace zonefall::report {
namespace {

constexpr std::size_t assumptions_max = 1000;

Json keys_json(const ScenarioFacts& facts) {
  Json keys = Json::array();
  for (const ZoneKey& key : facts.keys) {
    keys.push_back({{"zone", key.zone},
                    {"label", key.label},
                    {"role", key.role},
                    {"algorithm", key.algorithm},
                    {"tag", key.tag},
                    {"generation", key.generation},
                    {"has_ds", key.has_ds},
                    {"published_from", key.published_from}});
  }
  return keys;
}

}  // namespace

Json facts_json(const std::string& yaml) {
  const ScenarioFacts facts = scenario_facts(yaml);
  Json json = {{"is_readable", facts.is_readable},
               {"summary", facts.summary},
               {"values_by_confidence", facts.values_by_confidence},
               {"defaults", facts.defaults},
               {"assumptions_in_all", facts.assumptions.size()},
               {"counterfactual_of", facts.counterfactual_of}};
  json["assumptions"] = Json::array();
  for (const Assumption& a : facts.assumptions) {
    if (json["assumptions"].size() >= assumptions_max) break;
    json["assumptions"].push_back({{"path", a.path}, {"value", a.value}, {"source", a.source}});
  }
  json["uncertainties"] = Json::array();
  for (const Uncertainty& u : facts.uncertainties) {
    json["uncertainties"].push_back({{"path", u.path}, {"why", u.why}, {"values", u.values}});
  }
  json["counterfactuals"] = Json::array();
  for (const Counterfactual& c : facts.counterfactuals) {
    json["counterfactuals"].push_back(
        {{"name", c.name}, {"title", c.title}, {"changes", c.changes}});
  }
  json["keys"] = keys_json(facts);
  clean(json);
  return json;
}

double milliseconds(SimTime at) {
  return static_cast<double>(at.to_nanoseconds() / 1'000'000);
}

Json bins_json(const std::vector<BinSpan>& spans, const std::vector<Column>& columns) {
  Json bins = {{"from", Json::array()}, {"until", Json::array()}};
  for (const Column& column : columns) {
    bins["from"].push_back(milliseconds(spans[column.first_bin].from));
    bins["until"].push_back(milliseconds(spans[column.first_bin + column.bins - 1].until));
  }
  return bins;
}

void clean(Json& json) {
  if (json.is_string()) {
    json = clean_line(json.get_ref<const std::string&>());
  } else if (json.is_structured()) {
    for (Json& element : json) clean(element);
  }
}

}  // namespace zonefall::report
