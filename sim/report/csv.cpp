#include <filesystem>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "report/comparison_data.h"
#include "report/comparison_tables.h"
#include "report/csv_text.h"
#include "report/data_tables.h"
#include "zonefall/outcome/comparison_store.h"
#include "zonefall/outcome/partial_file.h"
#include "zonefall/report/report.h"

namespace zonefall::report {
namespace {

struct CellText {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(const std::string& value) const { return csv_cell(value); }
};

std::string to_csv(const DataTable& table) {
  std::string csv;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    csv += fmt::format("{}{}", i == 0 ? "" : ",", table.columns[i].name);
  }
  csv += csv_line_end;
  for (const std::vector<Cell>& cells : table.rows) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) csv += ',';
      csv += std::visit(CellText(), cells[i]);
    }
    csv += csv_line_end;
  }
  return csv;
}

Result<std::vector<DataTable>> tables_of(const std::string& path) {
  if (outcome::is_comparison(path)) {
    const Result<ComparisonData> data = read_comparison(path);
    if (!data) return data.error();
    return comparison_tables(data.value());
  }
  const Result<RunData> run = read_run(path);
  if (!run) return run.error();
  return data_tables(run.value(), analyse(run.value()));
}

}  // namespace

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

Result<std::vector<CsvFile>> csv_report(const std::string& path) {
  const Result<std::vector<DataTable>> tables = tables_of(path);
  if (!tables) return tables.error();
  std::vector<CsvFile> files;
  for (const DataTable& table : tables.value()) {
    files.push_back({fmt::format("{}.csv", table.name), to_csv(table)});
  }
  return files;
}

Status write_csv(const std::vector<CsvFile>& files, const std::string& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    return Error{fmt::format("cannot make the folder {}: {}", folder, failure.message())};
  }
  for (const CsvFile& file : files) {
    const std::string path = fmt::format("{}/{}", folder, file.name);
    Status done = outcome::write_file({path, outcome::Overwrite::anything}, file.text);
    if (!done) return done;
  }
  return Done{};
}

}  // namespace zonefall::report
