// Goal: the page of a comparison says what its file says, and what is damaged is refused.
#include <filesystem>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "comparison_record.h"
#include "outcome/store_testing.h"
#include "zonefall/report/report.h"

using namespace zonefall;
using namespace zonefall::report;
using nlohmann::json;

namespace {

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
  const std::string page =
      html_report(write_comparison(comparison_record(), folder.file("policies.sqlite"))).value();
  CHECK(page.find("<img") == std::string::npos);
  const json data = data_of(page);
  CHECK_FALSE(data.contains("spread"));
  CHECK_FALSE(data.contains("bands"));
  CHECK(data["kind"] == "comparison");
  CHECK(data["tables"]["candidates"][1]["title"] == "Everybody " + comparison_attack);
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
  const std::string path = write_comparison(ensemble_record(), folder.file("ensemble.sqlite"));
  const json data = data_of(html_report(path).value());
  CHECK(data["tables"]["run"]["seeds"] == json{"9", "10"});
  const json& spread = data["spread"];
  CHECK(spread["members"] == 2);
  CHECK(spread["permille"] == json{50, 500, 950});
  CHECK(spread["quantiles"][1][0][2].get<double>() == Approx(0.95).margin(1e-5));
  CHECK(spread["quantiles"][1][1].empty());
  CHECK(spread["rankings"][1][0] == json{2, 1, 0});
  CHECK(spread["uncertainties"][0]["values"] == json{"1", "2"});
  CHECK(spread["sensitivities"][1][3] == 1);
  const json& bands = data["bands"];
  CHECK(bands["permille"] == json{50, 500, 950});
  CHECK(bands["curves"] == json{{{"name", "failing"}, {"title", "Failing lookups"}}});
  CHECK(bands["shares"][1][0][2][1].get<double>() == Approx(0.94).margin(1e-5));
  CHECK(data["reproduce"].get<std::string>().find(
            "zonefall ensemble scenario.yaml \\\n  --policy nta \\\n  --seeds 9,10 --members 2 ") !=
        std::string::npos);
}

TEST_CASE("a comparison that is damaged is refused, and has no picture of its own") {
  const TempFolder folder;
  const std::string path = write_comparison(comparison_record(), folder.file("policies.sqlite"));
  CHECK(svg_curve(path).error().message.find("-f html") != std::string::npos);
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
