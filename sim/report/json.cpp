#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "report/comparison_data.h"
#include "report/comparison_tables.h"
#include "report/data_tables.h"
#include "report/table_json.h"
#include "zonefall/outcome/comparison_store.h"
#include "zonefall/report/report.h"

namespace zonefall::report {
namespace {

std::string_view schema_type(CellType type) {
  switch (type) {
    case CellType::text:
    case CellType::time: return "string";
    case CellType::integer: return "integer";
    case CellType::number: return "number";
    case CellType::yes_no: return "boolean";
  }
  ZF_ASSERT(false);
  return "";
}

Json schema_of(const DataColumn& column) {
  Json schema = {{"description", column.meaning}};
  const std::string type(schema_type(column.type));
  if (column.may_be_null) {
    schema["type"] = {type, "null"};
  } else {
    schema["type"] = type;
  }
  if (column.type == CellType::time) schema["format"] = "date-time";
  return schema;
}

Json schema_of(const DataTable& table) {
  Json row = {{"type", "object"}};
  for (const DataColumn& column : table.columns) {
    row["properties"][std::string(column.name)] = schema_of(column);
    row["required"].push_back(column.name);
  }
  if (table.form == Rows::one) {
    row["description"] = table.meaning;
    return row;
  }
  return {{"description", table.meaning}, {"type", "array"}, {"items", row}};
}

std::string report_of(const std::vector<DataTable>& tables, const std::string& scenario_yaml) {
  Json report = {{"schema", json_schema_version}};
  for (const DataTable& table : tables) report[std::string(table.name)] = to_json(table);
  report["scenario_yaml"] = scenario_yaml;
  return dump(report);
}

std::string schema_of(const std::string& title, const std::vector<DataTable>& tables) {
  Json schema = {
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"title", title},
      {"description",
       "What `zonefall report --format json` writes. Times are RFC 3339 in UTC. Within a "
       "version keys stay as they are; more may be added."},
      {"type", "object"}};
  Json& properties = schema["properties"];
  properties["schema"] = {{"description", "version of this format"},
                          {"const", json_schema_version}};
  for (const DataTable& table : tables) properties[std::string(table.name)] = schema_of(table);
  properties["scenario_yaml"] = {
      {"description", "the scenario with every default written out, YAML"}, {"type", "string"}};
  for (const auto& [key, unused] : properties.items()) schema["required"].push_back(key);
  return dump(schema);
}

}  // namespace

Result<std::string> json_report(const std::string& path) {
  if (outcome::is_comparison(path)) {
    const Result<ComparisonData> data = read_comparison(path);
    if (!data) return data.error();
    return report_of(comparison_tables(data.value()), data.value().scenario_yaml);
  }
  const Result<RunData> run = read_run(path);
  if (!run) return run.error();
  return report_of(data_tables(run.value(), analyse(run.value())), run.value().scenario_yaml);
}

std::string json_report_schema() {
  const RunData nothing;
  return schema_of("Report of one run of zonefall", data_tables(nothing, analyse(nothing)));
}

std::string json_comparison_schema() {
  ComparisonData nothing;
  nothing.cohorts.emplace_back();
  return schema_of("Report of a comparison or an ensemble of zonefall", comparison_tables(nothing));
}

}  // namespace zonefall::report
