// Goal: the page of several runs has the curve and the figures of each, as its own report has them.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "comparison_record.h"
#include "outage_run.h"
#include "temp_folder.h"
#include "zonefall/report/report.h"

using namespace zonefall;
using namespace zonefall::report;
using nlohmann::json;

namespace {

json data_of(const std::string& page) {
  const std::string begin = "id=\"data\">";
  const std::size_t from = page.find(begin) + begin.size();
  return json::parse(page.substr(from, page.find("</script>", from) - from));
}

}  // namespace

TEST_CASE("the page of several runs has the figures and the curve of each") {
  const TempFolder folder;
  const std::string outage = write_run(outage_run(), folder.file("outage.sqlite"));
  const std::string quiet = write_run(quiet_run(), folder.file("quiet.sqlite"));
  const json data = data_of(html_incidents({outage, quiet}).value());
  CHECK(data["kind"] == "incidents");
  const json& rows = data["tables"]["incidents"];
  REQUIRE(rows.size() == 2);
  const json own = json::parse(json_report(outage).value());
  for (const char* key : {"from", "lookups", "failed_lookups", "seed", "scale", "content_hash"}) {
    INFO(key);
    CHECK(rows[0][key] == own["run"][key]);
  }
  CHECK(rows[0]["hours"] == 12);
  CHECK(rows[0]["first_failure_at"] == "2026-05-05T19:30:00Z");
  CHECK(rows[1]["failed_lookups"] == 0);
  CHECK(rows[1]["first_failure_at"].is_null());
  const json& curve = data["curves"][0];
  CHECK(curve["first_failure_h"] == 5.5);
  CHECK(curve["until_h"].size() == 72);
  CHECK(curve["until_h"][71] == 12);
  CHECK(curve["failed"][0] == 0);
  CHECK(curve["failed"][40] > 0.1);
  CHECK(data["curves"][1]["first_failure_h"].is_null());
  CHECK(data["summary"].size() == 3);
  CHECK(data["reproduce"].get<std::string>().find("sqlite3 quiet.sqlite") != std::string::npos);
}

TEST_CASE("runs of one title are told apart by their files") {
  const TempFolder folder;
  const std::string one = write_run(outage_run(), folder.file("one.sqlite"));
  const std::string two = write_run(outage_run(), folder.file("two.sqlite"));
  const json rows = data_of(html_incidents({one, two}).value())["tables"]["incidents"];
  const std::string first = rows[0]["incident"];
  CHECK(first.ends_with(" (one.sqlite)"));
  CHECK(rows[1]["incident"].get<std::string>().ends_with(" (two.sqlite)"));
}

TEST_CASE("hostile titles stay text, and a comparison is no incident") {
  const TempFolder folder;
  const std::string hostile = write_run(hostile_run(), folder.file("hostile.sqlite"));
  const std::string outage = write_run(outage_run(), folder.file("outage.sqlite"));
  const std::string page = html_incidents({hostile, outage}).value();
  CHECK(page.find("<img") == std::string::npos);
  CHECK(data_of(page)["tables"]["incidents"].size() == 2);
  const std::string policies = write_comparison(comparison_record(), folder.file("p.sqlite"));
  CHECK(html_incidents({outage, policies}).error().message.find("holds a comparison") !=
        std::string::npos);
}
