// Goal: the page's document says what the file says, its sentences have the numbers of the tables,
// what the stored scenario says is found again, and no text ends the element that it stands in.
// How the page looks and works is for tests/web/.
#include <array>
#include <numeric>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "outage_run.h"
#include "outcome/store_testing.h"
#include "report/scenario_facts.h"
#include "report/sentences.h"
#include "zonefall/report/report.h"

using namespace zonefall;
using namespace zonefall::report;
using nlohmann::json;

namespace {

std::string page_of(const TestRun& run) {
  const TempFolder folder;
  const Result<std::string> page = html_report(write_run(run, folder.file("run.sqlite")));
  REQUIRE(page.ok());
  return page.value();
}

/// What stands inside the element of the data.
std::string data_of(const std::string& page) {
  const std::string begin = "<script type=\"application/json\" id=\"data\">";
  const std::size_t at = page.find(begin);
  REQUIRE(at != std::string::npos);
  const std::size_t from = at + begin.size();
  return page.substr(from, page.find("</script>", from) - from);
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    n += 1;
  }
  return n;
}

/// Of all numbers of a nested array; nulls count nothing.
double sum(const json& value) {
  if (value.is_number()) return value.get<double>();
  double all = 0;
  if (value.is_array()) {
    for (const json& element : value) all += sum(element);
  }
  return all;
}

std::vector<std::string> sentences_of(const TestRun& run) {
  return json::parse(data_of(page_of(run)))["summary"];
}

}  // namespace

TEST_CASE("the page's document has the counts of the file") {
  const TempFolder folder;
  const std::string path = write_run(outage_run(), folder.file("run.sqlite"));
  const json page = json::parse(data_of(html_report(path).value()));
  const json report = json::parse(json_report(path).value());
  CHECK(sum(page["counts"]["lookups"]) == Approx(report["run"]["lookups"].get<double>()));
  CHECK(sum(page["counts"]["queries"]) == Approx(report["run"]["queries"].get<double>()));
  CHECK(page["tables"]["cohorts"] == report["cohorts"]);
  CHECK(page["tables"]["events"] == report["events"]);
  CHECK_FALSE(page["tables"].contains("series"));
  CHECK(page["bins"]["from"].size() == 72);
  CHECK(page["bins"]["from"][0] == 1'777'989'600'000);
  // Outcome 6 is bogus_servfail, which only the first cohort meets.
  CHECK(page["outcomes"][6]["name"] == "bogus_servfail");
  CHECK(page["outcomes"][6]["is_failure"] == true);
  CHECK(sum(page["counts"]["lookups"][0][6]) ==
        Approx(report["cohorts"][0]["failed_lookups"].get<double>()));
  CHECK(page["counts"]["lookups"][2][6].is_null());
  // The first cohort asks for no signed name, the second one for all of them.
  CHECK(page["tables"]["classes"] == report["classes"]);
  CHECK(page["tables"]["classes"][0]["class"] == "popular_signed");
  CHECK(sum(page["classes"]["lookups"]) == Approx(report["run"]["lookups"].get<double>()));
  CHECK(sum(page["classes"]["failed"]) == Approx(report["run"]["failed_lookups"].get<double>()));
  CHECK(page["classes"]["lookups"][0][0].is_null());
  CHECK(page["classes"]["failed"][0][1].is_null());
  CHECK(sum(page["classes"]["lookups"][0][1]) ==
        Approx(report["classes"][0]["lookups"].get<double>()));
  CHECK(page["sites"].size() == 3);
  CHECK(sum(page["sites"][0]["queries"]) + sum(page["sites"][1]["queries"]) ==
        Approx(report["servers"][0]["queries"].get<double>()));
  CHECK(page["ede"]["codes"][0]["code"] == 3);
  CHECK(page["recovery"][0]["hurt"] == 20);
  CHECK(page["recovery"][0]["recovered"].size() == 19);
}

TEST_CASE("many bins are drawn as groups that lose nothing") {
  TestRun run = quiet_run();
  const SimTime from = SimTime::from_unix_s(1'777'989'600);
  run.tally = outcome::Tally({{from, Duration::seconds(1), 2000}, 3, 3, 34});
  for (std::int64_t second = 0; second < 2000; ++second) {
    run.tally.count_lookups(0, from + Duration::seconds(second), outcome::Outcome::secure,
                            FixedCount::from_count(second));
  }
  const json page = json::parse(data_of(page_of(run)));
  CHECK(page["bins"]["from"].size() == 400);
  CHECK(page["bins"]["until"].back().get<std::int64_t>() ==
        (from + Duration::seconds(2000)).to_nanoseconds() / 1'000'000);
  CHECK(page["counts"]["lookups"][0][0][0] == 0 + 1 + 2 + 3 + 4);
  CHECK(sum(page["counts"]["lookups"]) == 2000 * 1999 / 2);
}

TEST_CASE("the summary is three to six sentences with the numbers of the run") {
  for (const TestRun& run : {outage_run(), quiet_run(), empty_run(), hostile_run()}) {
    const std::vector<std::string> sentences = sentences_of(run);
    CHECK(sentences.size() >= 3);
    CHECK(sentences.size() <= 6);
    for (const std::string& sentence : sentences) {
      INFO(sentence);
      CHECK(sentence.back() == '.');
    }
  }
  const std::vector<std::string> outage = sentences_of(outage_run());
  const auto has = [&](const std::string& words) {
    for (const std::string& sentence : outage) {
      if (sentence.find(words) != std::string::npos) return true;
    }
    return false;
  };
  // As in tests/report/data/outage.md.
  CHECK(has("2026-05-05T14:00:00Z to 2026-05-06T02:00:00Z (12 h) with 34 simulated resolvers"));
  CHECK(has("failures set in at 05-05 19:30 UTC"));
  CHECK(
      has("1 of 3 cohorts had no failed lookup; by class of name failures reach from 0 % "
          "(popular, signed) to "));
  CHECK(has("Lookups failed at 24 resolvers, and 23 of them recovered"));
  CHECK(has("1 of 2 consequences of the mechanism and 1 of 1 echoes"));
}

TEST_CASE("no text ends the element that it stands in") {
  const std::string plain = page_of(outage_run());
  const std::string hostile = page_of(hostile_run());
  for (const char* mark : {"<script", "</script", "<!--", "<img", "</title"}) {
    INFO(mark);
    CHECK(occurrences(hostile, mark) == occurrences(plain, mark));
  }
  const std::string data = data_of(hostile);
  CHECK(data.find('<') == std::string::npos);
  for (const char* bad : {"\x1b", "\x07", "\xff", "\xe2\x80\xae", "\\u001b", "\\u202e"}) {
    CHECK(hostile.find(bad) == std::string::npos);
  }
  CHECK(json::parse(data)["tables"]["run"]["title"].get<std::string>().find("<script>alert(1)") !=
        std::string::npos);
  CHECK(page_of(hostile_run()) == hostile);
}

TEST_CASE("what the stored scenario says is found") {
  const ScenarioFacts facts = scenario_facts(R"(zonefall: 1
summary: "What happens."
network:
  source: "a guess"
  confidence: assumed
  loss: 1 %
  rtt_min: {value: 3 ms, source: "a lab", confidence: measured}
  rtt_max: {value: 9 ms, source: "default of zonefall", confidence: assumed}
cohorts:
  - name: "isp"
    source: "a survey"
    confidence: reported
    resolvers: 7
    stubs: {value: [a, b], source: "a guess", confidence: assumed}
registries:
  - zone: "xy."
    keys:
      - label: "old"
        role: zsk
        algorithm: rsasha256
        tag: 11
        generation: {value: once_per_hsm, source: "a guess", confidence: assumed}
        published: [{from: always, until: never}, {from: 2026-05-05T00:00:00Z, until: never}]
        ds: []
expect:
  - {id: climb, kind: consequence, counterfactual: sound}
  - {id: start, kind: echo}
uncertain:
  - {path: demand.share, why: "Nobody says.", values: [1 %, 2 %]}
counterfactuals:
  - {name: sound, title: "One pair", set: ["a = b"]}
)");
  REQUIRE(facts.is_readable);
  CHECK(facts.summary == "What happens.");
  CHECK(facts.defaults == 1);
  CHECK(facts.values_by_confidence ==
        std::map<std::string, std::size_t>{{"assumed", 3}, {"measured", 1}, {"reported", 1}});
  REQUIRE(facts.assumptions.size() == 3);
  CHECK(facts.assumptions[0].path == "network.loss");
  CHECK(facts.assumptions[0].value == "1 %");
  CHECK(facts.assumptions[0].source == "a guess");
  CHECK(facts.assumptions[1].path == "cohorts[isp].stubs");
  CHECK(facts.assumptions[1].value == "a, b");
  REQUIRE(facts.keys.size() == 1);
  CHECK(facts.keys[0].zone == "xy.");
  CHECK(facts.keys[0].tag == "11");
  CHECK(facts.keys[0].generation == "once_per_hsm");
  CHECK(facts.keys[0].published_from == std::vector<std::string>{"always", "2026-05-05T00:00:00Z"});
  CHECK_FALSE(facts.keys[0].has_ds);
  CHECK(facts.counterfactual_of == std::map<std::string, std::string>{{"climb", "sound"}});
  REQUIRE(facts.uncertainties.size() == 1);
  CHECK(facts.uncertainties[0].values == std::vector<std::string>{"1 %", "2 %"});
  REQUIRE(facts.counterfactuals.size() == 1);
  CHECK(facts.counterfactuals[0].changes == std::vector<std::string>{"a = b"});
}

TEST_CASE("a scenario text that is none harms nobody") {
  for (const std::string text : {"", "just words", "a: [", "- 1\n- 2", "a: &x [*x]", "\x00\xff"}) {
    INFO(text);
    const ScenarioFacts facts = scenario_facts(text);
    CHECK(facts.assumptions.empty());
    CHECK(facts.keys.empty());
  }
  std::string deep = "network: {source: a, confidence: assumed, x: ";
  for (int i = 0; i < 100; ++i) deep += "{y: ";
  deep += "1" + std::string(101, '}');
  CHECK(scenario_facts(deep).assumptions.empty());  // deeper than any scenario
}
