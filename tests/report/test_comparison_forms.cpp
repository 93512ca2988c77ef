// Goal: each form of the report on a comparison or an ensemble says what the file says, and no text
// of a scenario's author leaves its place. Files in data/ are what must come out and
// sim/report/comparison.schema.json is the JSON Schema; set ZONEFALL_WRITE_EXPECTED=1 to write them
// anew, and read the difference.
#include <catch2/catch.hpp>

#include "comparison_record.h"
#include "form_checks.h"
#include "temp_folder.h"
#include "zonefall/report/report.h"

using namespace zonefall;
using namespace zonefall::report;
using nlohmann::json;

namespace {

/// Results of a comparison and of an ensemble.
struct Results {
  TempFolder folder;
  std::string policies = write_comparison(comparison_record(), folder.file("policies.sqlite"));
  std::string ensemble = write_comparison(ensemble_record(), folder.file("ensemble.sqlite"));
};

}  // namespace

TEST_CASE("the forms of a comparison and of an ensemble are as expected") {
  const Results results;
  check_expected(markdown_report(results.policies).value(), "tests/report/data/policies.md");
  check_expected(markdown_report(results.ensemble).value(), "tests/report/data/ensemble.md");
  check_expected(summary(results.policies).value(), "tests/report/data/policies.txt");
  check_expected(summary(results.ensemble).value(), "tests/report/data/ensemble.txt");
  check_expected(json_report(results.ensemble).value(), "tests/report/data/ensemble.json");
}

TEST_CASE("Markdown of a comparison holds whole tables and no markup of others") {
  const Results results;
  for (const std::string& path : {results.policies, results.ensemble}) {
    const std::string markdown = markdown_report(path).value();
    CHECK(broken_table_rows(markdown).empty());
    CHECK(markdown.find("<img") == std::string::npos);
    CHECK(markdown.find("| nta       | 10.00 \u00b15.00 % | -40.00 \u00b13.00 % | better   |") !=
          std::string::npos);
  }
}

TEST_CASE("JSON of a comparison is as its schema says") {
  const Results results;
  const json schema = json::parse(json_comparison_schema());
  check_expected(json_comparison_schema(), "sim/report/comparison.schema.json");
  for (const std::string& path : {results.policies, results.ensemble}) {
    json report = json::parse(json_report(path).value());
    CHECK(report["schema"] == json_schema_version);
    std::vector<std::string> extra;
    CHECK(conforms(report, schema, extra));
    CHECK(extra.empty());
    report["pairs"][0].erase("difference");
    CHECK_FALSE(conforms(report, schema, extra));
  }
}

TEST_CASE("JSON of a comparison has its figures") {
  const Results results;
  const json policies = json::parse(json_report(results.policies).value());
  CHECK(policies["comparison"]["kind"] == "comparison");
  CHECK(policies["comparison"]["seeds"] == 2);
  CHECK(policies["candidates"][1]["title"] == "Everybody " + comparison_attack);
  CHECK(policies["changes"] == json{{{"candidate", "nta"}, {"change", "a.b = 1"}}});
  const json& pair = policies["pairs"][0];
  CHECK(pair["difference"].get<double>() == Approx(-0.4).margin(1e-5));
  CHECK(pair["unpaired_half_width"].get<double>() == Approx(0.09).margin(1e-5));
  CHECK(pair["exceeds_chance"] == true);
  CHECK(pair["members_less"].is_null());
  // The first cohort stands for ten times as many: (10 * 50) of (10 * 100 + 1000).
  CHECK(policies["series"][0]["failed_share"].get<double>() == Approx(0.25));
  CHECK(policies["series"][1]["failed_share"].is_null());
  CHECK(policies["quantiles"].empty());

  const json ensemble = json::parse(json_report(results.ensemble).value());
  CHECK(ensemble["comparison"]["kind"] == "ensemble");
  CHECK(ensemble["pairs"][0]["members_less"] == 2);
  CHECK(ensemble["draws"][1] == json{{"member", 3}, {"path", "a.b"}, {"value", "2"}});
  CHECK(ensemble["bands"][3]["p95"].get<double>() == Approx(0.94).margin(1e-5));
  CHECK(ensemble["bands"][3]["p25"].is_null());
}

TEST_CASE("CSV of a comparison has a file for each table of its JSON") {
  const Results results;
  const json report = json::parse(json_report(results.ensemble).value());
  const Result<std::vector<CsvFile>> files = csv_report(results.ensemble);
  REQUIRE(files.ok());
  for (const CsvFile& file : files.value()) {
    INFO(file.name);
    const json& table = report[file.name.substr(0, file.name.size() - 4)];
    const json row = !table.is_array() ? table : table.empty() ? json::object() : table[0];
    for (const auto& [column, unused] : row.items()) {
      CHECK(lines_of(file.text)[0].find(column) != std::string::npos);
    }
    // No text of these tables has a line end.
    CHECK(lines_of(file.text).size() == 1 + (table.is_array() ? table.size() : 1));
  }
}
