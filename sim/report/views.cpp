#include "report/views.h"

#include <fmt/format.h>

#include "report/comparison_data.h"
#include "report/csv_text.h"
#include "report/run_data.h"
#include "report/table_reader.h"
#include "zonefall/outcome/comparison_store.h"
#include "zonefall/outcome/store.h"
#include "zonefall/report/report.h"

namespace zonefall::report {
namespace {

using outcome::ColumnType;
using outcome::Statement;

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string cell_text(const Statement& row, int column) {
  switch (row.type(column)) {
    case ColumnType::integer: return fmt::format("{}", row.integer(column));
    case ColumnType::real: return fmt::format("{}", row.real(column));
    case ColumnType::text:
    case ColumnType::blob: return csv_cell(row.text(column));
    case ColumnType::null: break;
  }
  return "";
}

Result<std::string> view_csv(outcome::Database& database, const std::string& view) {
  Result<Statement> read = database.prepare(fmt::format("SELECT * FROM {}", view));
  if (!read) return read.error();
  Statement& row = read.value();
  std::string csv;
  for (int column = 0; column < row.columns(); ++column) {
    if (column > 0) csv += ',';
    csv += csv_cell(row.name(column));
  }
  csv += csv_line_end;
  for (;;) {
    const Result<bool> is_row = row.step();
    if (!is_row) return is_row.error();
    if (!is_row.value()) return csv;
    for (int column = 0; column < row.columns(); ++column) {
      if (column > 0) csv += ',';
      csv += cell_text(row, column);
    }
    csv += csv_line_end;
  }
}

}  // namespace

std::vector<View> documented_views(std::string_view schema) {
  constexpr std::string_view mark = "-- ";
  constexpr std::string_view create = "CREATE VIEW ";
  std::vector<View> views;
  std::string comment;
  while (!schema.empty()) {
    const std::string_view line = take_line(schema);
    if (line.starts_with(mark)) {
      comment += (comment.empty() ? "" : " ") + std::string(line.substr(mark.size()));
      continue;
    }
    if (line.starts_with(create)) {
      const std::string_view rest = line.substr(create.size());
      views.push_back({std::string(rest.substr(0, rest.find(' '))), comment});
    }
    comment.clear();
  }
  return views;
}

Result<std::vector<CsvFile>> csv_views(const std::string& path) {
  const bool is_comparison = outcome::is_comparison(path);
  Result<outcome::Database> database =
      is_comparison ? outcome::open_comparison(path) : outcome::open_store(path);
  if (!database) return database.error();
  const auto about = [&](const Error& error) {
    return Error{fmt::format("{}: {}", path, error.message)};
  };
  if (const auto hash = checked_hash(database.value()); !hash) return about(hash.error());
  std::vector<CsvFile> files;
  for (const View& view :
       documented_views(is_comparison ? outcome::comparison_sql() : outcome::schema_sql())) {
    Result<std::string> csv = view_csv(database.value(), view.name);
    if (!csv) return about(csv.error());
    files.push_back({fmt::format("{}.csv", view.name), std::move(csv).value()});
  }
  return files;
}

}  // namespace zonefall::report
