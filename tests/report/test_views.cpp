// Goal: every view that a schema documents is found with its question, and its rows come out as CSV
// that other readers take apart again.
#include <set>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "comparison_record.h"
#include "form_checks.h"
#include "outage_run.h"
#include "report/views.h"
#include "temp_folder.h"
#include "zonefall/outcome/comparison_store.h"
#include "zonefall/outcome/database.h"
#include "zonefall/outcome/store.h"
#include "zonefall/report/report.h"

using namespace zonefall;
using namespace zonefall::report;

namespace {

std::set<std::string> views_in(const std::string& path) {
  auto database = outcome::Database::open(path, outcome::Access::read);
  REQUIRE(database.ok());
  auto names = database.value().prepare("SELECT name FROM sqlite_schema WHERE type = 'view'");
  REQUIRE(names.ok());
  std::set<std::string> found;
  while (names.value().step().value()) found.emplace(names.value().text(0));
  return found;
}

std::string file_of(const std::vector<CsvFile>& files, const std::string& name) {
  for (const CsvFile& file : files) {
    if (file.name == name) return file.text;
  }
  return "no such file";
}

}  // namespace

TEST_CASE("the documented views are those of the file, each with a question") {
  const TempFolder folder;
  const std::string run = write_run(outage_run(), folder.file("run.sqlite"));
  const std::string policies = write_comparison(comparison_record(), folder.file("p.sqlite"));
  for (const auto& [schema, path] :
       {std::pair(outcome::schema_sql(), run), std::pair(outcome::comparison_sql(), policies)}) {
    std::set<std::string> documented;
    for (const View& view : documented_views(schema)) {
      INFO(view.name);
      CHECK(view.meaning.size() > 10);
      documented.insert(view.name);
    }
    CHECK(documented == views_in(path));
    std::set<std::string> written;
    const std::vector<CsvFile> files = csv_views(path).value();
    for (const CsvFile& file : files) written.insert(file.name.substr(0, file.name.size() - 4));
    CHECK(written == documented);
  }
}

TEST_CASE("the columns of views stay as they are within a version") {
  // What differs here needs another schema_version or comparison_version; a new view does not. Set
  // ZONEFALL_WRITE_EXPECTED=1 to write the file anew.
  const TempFolder folder;
  const std::string run = write_run(outage_run(), folder.file("run.sqlite"));
  const std::string policies = write_comparison(comparison_record(), folder.file("p.sqlite"));
  std::string text;
  for (const auto& [heading, path] :
       {std::pair(fmt::format("runs, schema version {}", outcome::schema_version), run),
        std::pair(fmt::format("comparisons, schema version {}", outcome::comparison_version),
                  policies)}) {
    text += heading + "\n";
    const std::vector<CsvFile> files = csv_views(path).value();
    for (const CsvFile& file : files) {
      const std::string columns = lines_of(file.text)[0];
      text += fmt::format("  {}: {}\n", file.name.substr(0, file.name.size() - 4),
                          columns.substr(0, columns.size() - 1));
    }
  }
  check_expected(text, "tests/report/data/views.txt");
}

TEST_CASE("a view's CSV has its columns, its rows and no rounding") {
  const TempFolder folder;
  const auto files = csv_views(write_run(outage_run(), folder.file("run.sqlite"))).value();
  const auto lines = lines_of(file_of(files, "expectations_by_kind.csv"));
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "kind,expectations,passed,failed\r");
  const auto policies =
      csv_views(write_comparison(comparison_record(), folder.file("p.sqlite"))).value();
  const auto estimates = lines_of(file_of(policies, "estimates_by_candidate.csv"));
  CHECK(estimates[1] == "failed_lookups,share,as-it-was," + ("isp " + comparison_attack) +
                            ",0.5,0.049999237060546875\r");
  // A half-width of NULL.
  CHECK(estimates.back() == "unvalidated_lookups,share,nta,all,0.2999992370605469,\r");
}

TEST_CASE("texts with quotes, commas and line ends are quoted in CSV") {
  const TempFolder folder;
  TestRun run = quiet_run();
  run.record.events = {{SimTime::from_unix_s(1'777'989'600), "a \"b\"", "c, d\r\ne", "f", "g"}};
  const auto files = csv_views(write_run(run, folder.file("run.sqlite"))).value();
  CHECK(file_of(files, "events_by_time.csv") ==
        "at,actor,what,source,confidence\r\n"
        "2026-05-05T14:00:00Z,\"a \"\"b\"\"\",\"c, d\r\ne\",f,g\r\n");
}

TEST_CASE("views of a file that changed after the run are not written") {
  const TempFolder folder;
  const std::string path = write_run(outage_run(), folder.file("run.sqlite"));
  {
    auto database = outcome::Database::open(path, outcome::Access::write);
    REQUIRE(database.ok());
    REQUIRE(database.value().run("UPDATE lookups SET count_fp = 1").ok());
  }
  CHECK(csv_views(path).error().message.find("changed after the run") != std::string::npos);
}
