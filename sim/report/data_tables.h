// The report as data: tables with named, typed, explained columns. JSON, its schema and CSV are
// three ways to write them, so that what is said of a column holds in all.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "report/analysis.h"
#include "report/run_data.h"

namespace zonefall::report {

enum class CellType : std::uint8_t { text, integer, number, yes_no, time };

struct DataColumn {
  std::string_view name;
  CellType type = CellType::text;
  bool may_be_null = false;
  std::string_view meaning;  // with its unit
};

using Cell = std::variant<std::monostate, std::int64_t, double, bool, std::string>;

enum class Rows : std::uint8_t { one, many };

struct DataTable {
  std::string_view name;
  std::string_view meaning;
  Rows form = Rows::many;
  std::vector<DataColumn> columns;
  std::vector<std::vector<Cell>> rows;
};

/// What a result file says of itself: tables `meta`, which determines the results, and
/// `provenance`.
using Texts = std::map<std::string, std::string>;
DataTable settings_table(const Texts& meta, const Texts& provenance);

/// All tables of a run, `run` (one row) first.
std::vector<DataTable> data_tables(const RunData& run, const Analysis& analysis);

}  // namespace zonefall::report
