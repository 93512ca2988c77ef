// Goal: the page of a comparison says what its file says, and what is damaged is refused.
#include <filesystem>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "outcome/store_testing.h"
#include "zonefall/outcome/comparison_store.h"
#include "zonefall/report/report.h"

using namespace zonefall;
using namespace zonefall::report;
using nlohmann::json;
using outcome::Outcome;

namespace {

const std::string attack = "</script><img src=x onerror=alert(1)>";

FixedCount share(std::int64_t percent) {
  return FixedCount::from_raw(percent * (1 << FixedCount::fraction_bits) / 100);
}

/// Two candidates, two cohorts of 100 and 10 resolvers of which 10 and 10 are simulated, two bins.
outcome::ComparisonRecord comparison() {
  outcome::ComparisonRecord record;
  record.scenario_title = "A test " + attack;
  record.scenario_yaml = "title: \"A test\"\nsummary: \"What happens.\"\n";
  record.scale = "0.1";
  record.provenance = {{"version", "0.1.0"}};
  record.bins = {SimTime::from_unix_s(1'777'989'600), Duration::minutes(10), 2};
  record.candidates = {{"as-it-was", "The scenario as it is", {}},
                       {"nta", "Everybody " + attack, {"a.b = 1"}}};
  record.cohorts = {{"isp " + attack, 100, 10}, {"public", 10, 10}, {"all", 110, 20}};
  record.measures = {{"failed_lookups", "Failed lookups", "share", "share that fails", false},
                     {"unvalidated_lookups", "Not validated", "share", "the exposure", false}};
  record.members = {{9, {}}, {10, {}}};
  for (const std::uint32_t candidate : {0U, 1U}) {
    for (const std::uint32_t member : {0U, 1U}) record.cells.push_back({candidate, member, 7});
    outcome::Tally tally({record.bins, 2, 0, 0});
    // Of the first cohort half fails as it was, a tenth with the policy; nothing of the second.
    const std::int64_t failed = candidate == 0 ? 50 : 10;
    const SimTime at = record.bins.from;
    tally.count_lookups(0, at, Outcome::bogus_servfail, FixedCount::from_count(failed));
    tally.count_lookups(0, at, Outcome::insecure, FixedCount::from_count(100 - failed));
    tally.count_lookups(1, at, Outcome::insecure, FixedCount::from_count(1000));
    record.tallies.push_back(std::move(tally));
    for (const std::uint32_t cohort : {0U, 1U, 2U}) {
      record.estimates.push_back({candidate, 0, cohort, share(failed), share(5)});
      record.estimates.push_back({candidate, 1, cohort, share(30 * candidate), std::nullopt});
    }
  }
  record.differences = {{1, 0, 0, 2, share(-40), share(3), share(9)},
                        {1, 0, 1, 2, share(30), std::nullopt, std::nullopt}};
  return record;
}

std::string written(const TempFolder& folder) {
  const std::string path = folder.file("policies.sqlite");
  auto file = outcome::PartialFile::create({path, outcome::Overwrite::results});
  REQUIRE(file.ok());
  REQUIRE(outcome::write_comparison(std::move(file).value(), comparison()).ok());
  return path;
}

json data_of(const std::string& page) {
  const std::string begin = "id=\"data\">";
  const std::size_t from = page.find(begin) + begin.size();
  const std::string text = page.substr(from, page.find("</script>", from) - from);
  CHECK(text.find('<') == std::string::npos);
  return json::parse(text);
}

}  // namespace

TEST_CASE("the page of a comparison has the values of the file") {
  const TempFolder folder;
  const std::string page = html_report(written(folder)).value();
  CHECK(page.find("<img") == std::string::npos);
  const json data = data_of(page);
  CHECK_FALSE(data.contains("spread"));
  CHECK(data["kind"] == "comparison");
  CHECK(data["tables"]["candidates"][1]["title"] == "Everybody " + attack);
  CHECK(data["tables"]["run"]["seeds"] == json{"9", "10"});
  CHECK(data["estimates"][0][0][2][0].get<double>() == Approx(0.5).margin(1e-5));
  CHECK(data["estimates"][0][1][2][1].is_null());
  CHECK(data["differences"][1][0][2][0].get<double>() == Approx(-0.4).margin(1e-5));
  CHECK(data["curves"][0][0] == json{0.5, nullptr});
  // The first cohort stands for ten times as many: (10 * 50) of (10 * 100 + 1000).
  CHECK(data["curves"][0][2] == json{0.25, nullptr});
  const std::string summary = data["summary"].dump();
  CHECK(summary.find("2 candidates were run under the same 2 seeds, with 20 of 110 resolvers") !=
        std::string::npos);
  CHECK(summary.find("failed lookups come to 50.0 % (95 % interval: 5.0 % either way)") !=
        std::string::npos);
  CHECK(summary.find("1 of the 1 others is clearly better") != std::string::npos);
  CHECK(summary.find("best is nta with 10.0 %, where 30.0 % of lookups are answered without") !=
        std::string::npos);
  CHECK(data["reproduce"].get<std::string>().find(
            "compare scenario.yaml \\\n  --policy nta \\\n  --seeds 9,10 --scale 0.1 -o") !=
        std::string::npos);
}

TEST_CASE("the page of an ensemble has what its members draw") {
  const TempFolder folder;
  outcome::ComparisonRecord record = comparison();
  record.uncertainties = {{"a.b", "Nobody says.", {"1", "2"}}};
  record.members.push_back({11, {0}});
  record.members.push_back({12, {1}});
  for (const std::uint32_t permille : {50U, 500U, 950U}) {
    for (const std::uint32_t candidate : {0U, 1U}) {
      record.quantiles.push_back({candidate, 0, 2, permille, share(permille / 10)});
      record.quantiles.push_back({candidate, 0, 0, permille, share(1)});
    }
  }
  record.rankings = {{1, 0, 0, 2, 2, 1, 0}};
  record.sensitivities = {{1, 0, 0, 1, 1, share(20)}};
  const std::string path = folder.file("ensemble.sqlite");
  auto file = outcome::PartialFile::create({path, outcome::Overwrite::results});
  REQUIRE(file.ok());
  REQUIRE(outcome::write_comparison(std::move(file).value(), record).ok());
  const json data = data_of(html_report(path).value());
  CHECK(data["tables"]["run"]["seeds"] == json{"9", "10"});
  const json& spread = data["spread"];
  CHECK(spread["members"] == 2);
  CHECK(spread["permille"] == json{50, 500, 950});
  CHECK(spread["quantiles"][1][0][2].get<double>() == Approx(0.95).margin(1e-5));
  CHECK(spread["quantiles"][1][1].empty());
  CHECK(spread["rankings"][1][0] == json{2, 1, 0});
  CHECK(spread["uncertainties"][0]["values"] == json{"1", "2"});
  CHECK(spread["sensitivities"][0][3] == 1);
  CHECK(data["reproduce"].get<std::string>().find(
            "zonefall ensemble scenario.yaml \\\n  --policy nta \\\n  --seeds 9,10 --members 2 ") !=
        std::string::npos);
}

TEST_CASE("a comparison that is damaged is refused, and other forms name the one that reads it") {
  const TempFolder folder;
  const std::string path = written(folder);
  CHECK(markdown_report(path).error().message.find("-f html") != std::string::npos);
  const auto refusal = [&](const std::string& sql) {
    const std::string copy = folder.file("copy.sqlite");
    std::filesystem::copy_file(path, copy, std::filesystem::copy_options::overwrite_existing);
    auto database = outcome::Database::open(copy, outcome::Access::write);
    REQUIRE(database.ok());
    REQUIRE(database.value().run(sql).ok());
    const Result<std::string> page = html_report(copy);
    return page ? std::string("it is read") : page.error().message;
  };
  CHECK(refusal("PRAGMA user_version = 99").find("schema version 99") != std::string::npos);
  CHECK(refusal("DELETE FROM seal").find("run the scenario again") != std::string::npos);
  CHECK(refusal("UPDATE lookups SET count_fp = 1").find("changed after the run") !=
        std::string::npos);
  std::filesystem::resize_file(path, 8192);
  CHECK(html_report(path).error().message.find("truncated") != std::string::npos);
}
