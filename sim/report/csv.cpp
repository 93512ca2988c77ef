#include <filesystem>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "report/data_tables.h"
#include "zonefall/outcome/partial_file.h"
#include "zonefall/report/report.h"

namespace zonefall::report {
namespace {

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

struct CellText {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(const std::string& value) const { return quoted(value); }
};

std::string to_csv(const DataTable& table) {
  std::string csv;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    csv += fmt::format("{}{}", i == 0 ? "" : ",", table.columns[i].name);
  }
  csv += "\r\n";
  for (const std::vector<Cell>& cells : table.rows) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) csv += ',';
      csv += std::visit(CellText(), cells[i]);
    }
    csv += "\r\n";
  }
  return csv;
}

}  // namespace

Result<std::vector<CsvFile>> csv_report(const std::string& path) {
  const Result<RunData> run = read_run(path);
  if (!run) return run.error();
  std::vector<CsvFile> files;
  for (const DataTable& table : data_tables(run.value(), analyse(run.value()))) {
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
