// Goal: each form of report says what the file says, in the same octets every time, and no text
// of a scenario's author leaves its place. Files in data/ are what the outage must give
// and sim/report/report.schema.json is the JSON Schema; set
// ZONEFALL_WRITE_EXPECTED=1 to write them anew, and read the difference.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "form_checks.h"
#include "outage_run.h"
#include "outcome/store_testing.h"
#include "report/text.h"
#include "zonefall/report/report.h"

using namespace zonefall;
using namespace zonefall::report;
using nlohmann::json;

namespace {

using Form = std::function<Result<std::string>(const std::string&)>;

/// The text of a form of report; its error if there is one.
std::string made(const Form& form, const TestRun& run) {
  const TempFolder folder;
  const Result<std::string> text = form(write_run(run, folder.file("run.sqlite")));
  return text ? text.value() : "error: " + text.error().message;
}

/// The text outside code blocks, where markup counts.
std::string without_code_blocks(const std::string& markdown) {
  std::string text;
  bool is_code = false;
  for (const std::string& line : lines_of(markdown)) {
    const bool is_fence = line.rfind("```", 0) == 0 && (!is_code || line == "```");
    if (!is_fence && !is_code) text += line + "\n";
    if (is_fence) is_code = !is_code;
  }
  return text;
}

}  // namespace

TEST_CASE("the forms of the outage are as expected, twice") {
  const TestRun run = outage_run();
  check_expected(made(markdown_report, run), "tests/report/data/outage.md");
  check_expected(made(json_report, run), "tests/report/data/outage.json");
  check_expected(made(svg_curve, run), "tests/report/data/outage.svg");
  check_expected(made(summary, run), "tests/report/data/outage.txt");
  CHECK(made(markdown_report, run) == made(markdown_report, run));
  CHECK(made(json_report, run) == made(json_report, run));
}

TEST_CASE("JSON is as its schema says, for every kind of run") {
  const json schema = json::parse(json_report_schema());
  check_expected(json_report_schema(), "sim/report/report.schema.json");
  for (const TestRun& run : {outage_run(), quiet_run(), empty_run(), hostile_run()}) {
    json report = json::parse(made(json_report, run));
    CHECK(report["schema"] == json_schema_version);
    std::vector<std::string> extra;
    CHECK(conforms(report, schema, extra));
    CHECK(extra.empty());
    report["cohorts"][0].erase("lookups");
    CHECK_FALSE(conforms(report, schema, extra));
  }
}

TEST_CASE("JSON says who was hurt") {
  const json report = json::parse(made(json_report, outage_run()));
  const json& isp = report["cohorts"][0];
  CHECK(isp["cohort"] == "isp");
  // From 19:30 on 20 % + 1 % each 4 minutes, so 60 % from 22:10 until 23:15; bins of 10 minutes.
  CHECK(isp["worst_bin_at"] == "2026-05-05T22:10:00Z");
  CHECK(isp["worst_bin_failed_share"].get<double>() == Approx(0.6).margin(0.01));
  CHECK(isp["first_failure_at"] == "2026-05-05T19:30:00Z");
  CHECK(isp["resolvers_hurt"] == 20);
  CHECK(isp["resolvers_recovered"] == 19);
  // Resolver i heals at 23:15 + 3 i + 1 minutes: the 10th of 20 is i = 9, the 18th i = 17.
  CHECK(isp["recovery_50_min"] == 225 + 3 * 9 + 1);
  CHECK(isp["recovery_90_min"] == 225 + 3 * 17 + 1);
  CHECK(isp["recovery_99_min"].is_null());
  CHECK(report["run"]["onset"] == "2026-05-05T19:30:00Z");
  CHECK(report["run"]["seed"] == "42");
  const json& server = report["servers"][0];
  CHECK(server["before_per_s"] == 3);  // 1200 + 600 in 600 s
  CHECK(server["most_per_s"].get<double>() == Approx((1800 + 45 * 60) / 600.0));
  CHECK(server["most_ratio"].get<double>() == Approx(2.5));
  CHECK(report["phases"].size() == 2);
  CHECK(report["phases"][0]["versions"] == 38);
  CHECK(report["phases"][0]["interval_s"] == 600);
  CHECK(report["phases"][1]["versions_not_everywhere"] == 1);
}

TEST_CASE("reports name what the run changed in its scenario, and say nothing if it did not") {
  using Wanted = std::vector<std::array<json, 3>>;
  const auto changes_of = [](const TestRun& run) {
    Wanted found;
    const json report = json::parse(made(json_report, run));
    for (const json& row : report["changes"]) {
      found.push_back({row["by"], row["what"], row["instead_of"]});
    }
    return found;
  };
  CHECK(changes_of(outage_run()) == Wanted{{"set", "cohorts[isp].resolvers = 20", nullptr},
                                           {"set", "run.bin = 10 min", nullptr},
                                           {"counterfactual", "key-not-published", nullptr},
                                           {"seed", "42", "1"},
                                           {"scale", "1", "0.5"}});
  CHECK(changes_of(quiet_run()).empty());
  const std::string markdown = made(markdown_report, outage_run());
  CHECK(markdown.find("with these changes:\n\n- set: cohorts\\[isp\\].resolvers = 20\n") !=
        std::string::npos);
  CHECK(markdown.find("- seed: 42 (the file says 1)\n") != std::string::npos);
  CHECK(made(markdown_report, quiet_run()).find("with these changes") == std::string::npos);
  CHECK(made(summary, quiet_run()).find("Changed") == std::string::npos);
}

TEST_CASE("a run without failures, and a run of nothing, have reports") {
  for (const TestRun& run : {quiet_run(), empty_run()}) {
    const json report = json::parse(made(json_report, run));
    CHECK(report["run"]["failed_lookups"] == 0);
    CHECK(report["run"]["onset"].is_null());
    CHECK(report["cohorts"][0]["worst_bin_at"].is_null());
    CHECK(report["cohorts"][0]["recovery_50_min"].is_null());
    CHECK(broken_table_rows(made(markdown_report, run)).empty());
  }
  CHECK(json::parse(made(json_report, empty_run()))["cohorts"][0]["failed_share"].is_null());
  CHECK(made(summary, quiet_run()).find("none of ") != std::string::npos);
  CHECK(made(summary, quiet_run()).find("No cohort was hurt") != std::string::npos);
  CHECK(made(summary, empty_run()).find("nobody asked") != std::string::npos);
  CHECK(made(svg_curve, quiet_run()).find("<path") != std::string::npos);
  CHECK(made(svg_curve, empty_run()).find("</svg>") != std::string::npos);
}

TEST_CASE("a summary fits on a screen") {
  for (const TestRun& run : {outage_run(), quiet_run(), empty_run(), hostile_run()}) {
    const std::string text = made(summary, run);
    const std::vector<std::string> lines = lines_of(text);
    CHECK(lines.size() <= 28);
    for (const std::string& line : lines) {
      INFO(line);
      CHECK(width_of(line) <= 110);
    }
  }
}

TEST_CASE("text of others stays in its place") {
  const TestRun run = hostile_run();
  const std::string report = made(markdown_report, run);
  CHECK(broken_table_rows(report).empty());
  const std::string markdown = without_code_blocks(report);
  CHECK(markdown.find("## How to reproduce") != std::string::npos);
  CHECK(markdown.find("<script") == std::string::npos);
  CHECK(markdown.find("[e]") == std::string::npos);
  CHECK(markdown.find("\n# k") == std::string::npos);
  const std::string svg = made(svg_curve, run);
  CHECK(svg.find("<script") == std::string::npos);
  CHECK(svg.find("]]>") == std::string::npos);
  for (const std::string& text : {report, svg, made(summary, run)}) {
    REQUIRE(text.find("error: ") != 0);
    for (const char* bad : {"\x1b", "\x07", "\xff", "\xe2\x80\xae"}) {
      CHECK(text.find(bad) == std::string::npos);
    }
  }
}

TEST_CASE("CSV has a file for each table, and quotes") {
  const TempFolder folder;
  const std::string path = write_run(hostile_run(), folder.file("run.sqlite"));
  const std::string out = folder.file("a/b");
  const auto files = csv_report(path);
  REQUIRE(files.ok());
  REQUIRE(write_csv(files.value(), out).ok());
  REQUIRE(write_csv(files.value(), out).ok());  // replaces
  const json report = json::parse(json_report(path).value());
  std::set<std::string> wanted;
  for (const auto& [key, value] : report.items()) {
    if (key != "schema" && key != "scenario_yaml") wanted.insert(key + ".csv");
  }
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(out)) {
    found.insert(entry.path().filename().string());
  }
  CHECK(found == wanted);
  const std::string events = read_text(out + "/events.csv");
  CHECK(events.rfind("at,actor,what,source,confidence\r\n2026-05-05T14:00:00Z,\"a|b <", 0) == 0);
  CHECK(events.find("\"\"g\"\" 'h'") != std::string::npos);
}

TEST_CASE("what cannot be read is refused with what to do") {
  const TempFolder folder;
  const std::string path = write_run(outage_run(), folder.file("run.sqlite"));
  const auto refused = [](const std::string& file) {
    for (const Form& form : {Form(markdown_report), Form(html_report), Form(json_report),
                             Form(svg_curve), Form(summary)}) {
      if (form(file).ok()) return std::string("a form reads it");
    }
    return markdown_report(file).error().message;
  };
  CHECK(refused(folder.file("none")).find("cannot be read") != std::string::npos);
  CHECK_FALSE(csv_report(folder.file("none")).ok());
  CHECK(write_csv({}, path + "/csv").error().message.find("cannot make the folder") == 0);

  const auto change = [&](const std::string& sql) {
    std::string copy = folder.file("copy");
    std::filesystem::copy_file(path, copy, std::filesystem::copy_options::overwrite_existing);
    auto database = outcome::Database::open(copy, outcome::Access::write);
    REQUIRE(database.ok());
    REQUIRE(database.value().run(sql).ok());
    return copy;
  };
  CHECK(refused(change("PRAGMA user_version = 99")).find("schema version 99") != std::string::npos);
  CHECK(refused(change("DELETE FROM seal")).find("run the scenario again") != std::string::npos);
  CHECK(refused(change("UPDATE lookups SET count_fp = 1")).find("changed after the run") !=
        std::string::npos);
  std::filesystem::resize_file(change("SELECT 1"), 8192);
  CHECK(refused(folder.file("copy")).find("truncated") != std::string::npos);
}
