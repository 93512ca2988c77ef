#include <utility>

#include <nlohmann/json.hpp>

#include "report/data_tables.h"
#include "report/table_json.h"
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

}  // namespace

Result<std::string> json_report(const std::string& path) {
  const Result<RunData> run = read_run(path);
  if (!run) return run.error();
  Json report = {{"schema", json_schema_version}};
  for (const DataTable& table : data_tables(run.value(), analyse(run.value()))) {
    report[std::string(table.name)] = to_json(table);
  }
  report["scenario_yaml"] = run.value().scenario_yaml;
  return dump(report);
}

std::string json_report_schema() {
  Json schema = {
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"title", "Report of one run of zonefall"},
      {"description",
       "What `zonefall report --format json` writes. Times are RFC 3339 in UTC. Within a "
       "version keys stay as they are; more may be added."},
      {"type", "object"}};
  Json& properties = schema["properties"];
  properties["schema"] = {{"description", "version of this format"},
                          {"const", json_schema_version}};
  const RunData nothing;
  for (const DataTable& table : data_tables(nothing, analyse(nothing))) {
    properties[std::string(table.name)] = schema_of(table);
  }
  properties["scenario_yaml"] = {
      {"description", "the scenario with every default written out, YAML"}, {"type", "string"}};
  for (const auto& [key, unused] : properties.items()) schema["required"].push_back(key);
  return dump(schema);
}

}  // namespace zonefall::report
