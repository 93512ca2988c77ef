#include "report/table_json.h"

#include <type_traits>
#include <utility>

namespace zonefall::report {
namespace {

Json to_json(const Cell& cell) {
  return std::visit(
      [](const auto& value) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>) {
          return nullptr;
        } else {
          return value;
        }
      },
      cell);
}

}  // namespace

Json to_json(const DataTable& table) {
  Json rows = Json::array();
  for (const std::vector<Cell>& cells : table.rows) {
    Json row = Json::object();
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      row[std::string(table.columns[i].name)] = to_json(cells[i]);
    }
    rows.push_back(std::move(row));
  }
  return table.form == Rows::one ? rows.at(0) : rows;
}

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace zonefall::report
