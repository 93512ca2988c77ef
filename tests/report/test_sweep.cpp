// Goal: candidates that differ in one value become a curve over that value, whatever kind of value
// it is; a knee is found where there is one, and hardly ever claimed where there is but noise.
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "comparison_record.h"
#include "form_checks.h"
#include "report/comparison_prose.h"
#include "report/sweep.h"
#include "temp_folder.h"
#include "zonefall/core/rng.h"
#include "zonefall/report/report.h"

using namespace zonefall;
using namespace zonefall::report;

namespace {

/// A comparison of one measure with a curve at these values; `values` are those of each seed at
/// each.
ComparisonData data_of(const std::vector<std::string>& texts,
                       const std::vector<std::vector<double>>& values) {
  ComparisonData data;
  data.measures = {{"failed_lookups", "Failed lookups", "share", "", false}};
  data.cohorts = {{"all", 1, 1}};
  data.seeds.resize(values.empty() ? 0 : values[0].size());
  data.candidates = {{"as-it-was", "", {}}};
  data.values = {{std::vector<double>(data.seeds.size())}};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string change = "delay = " + texts[i];
    data.candidates.push_back({"nta with " + change, "", {"other = 1", change}});
    data.values.push_back({values.empty() ? std::vector<double>() : values[i]});
  }
  return data;
}

/// The same value at every seed, with a little noise that all points of a seed share.
std::vector<std::vector<double>> with_common_noise(const std::vector<double>& curve) {
  std::vector<std::vector<double>> values;
  for (const double y : curve) values.push_back({y - 0.2, y + 0.1, y + 0.1});
  return values;
}

/// Sums of twelve uniform numbers less 6: normal enough, mean 0, variance 1.
double normal(Rng& rng) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += static_cast<double>(rng.below(1U << 30U)) / (1U << 30U);
  return sum;
}

}  // namespace

TEST_CASE("values are ordered by what they are") {
  const auto read = [](std::string_view text) {
    const auto value = knob_value(text);
    return value ? fmt::format("{} {}", to_text(value->unit), value->value) : "none";
  };
  CHECK(read("3") == "number 3");
  CHECK(read("-0.5") == "number -0.5");
  CHECK(read("17_900_000") == "number 17900000");
  CHECK(read("4 %") == "share 0.04");
  CHECK(read("12.5%") == "share 0.125");
  CHECK(read("90 min") == "seconds 5400");
  CHECK(read("250ms") == "seconds 0.25");
  CHECK(read("1970-01-01T00:01Z") == "time 60");
  CHECK(read("as it is") == "none");
  CHECK(read("[1, 2]") == "none");
  CHECK(read("never") == "none");
  CHECK(read("") == "none");
}

TEST_CASE("a candidate's name and changes say what was varied") {
  const Settings one =
      settings_of({"nta with a with b = 1 min", "", {"x = 2", "a with b = 1 min"}});
  CHECK(one.policy == "nta");
  REQUIRE(one.varied.size() == 1);
  CHECK(one.varied[0].path == "a with b");
  CHECK(one.varied[0].value == "1 min");
  const Settings two = settings_of({"nta with a = 1 with b = 2", "", {"a = 1", "b = 2"}});
  REQUIRE(two.varied.size() == 2);
  CHECK(two.varied[0].path == "a");
  CHECK(two.varied[1].value == "2");
  // A policy whose name only looks like it.
  CHECK(settings_of({"nta with a = 1", "", {"c = 1"}}).policy == "nta with a = 1");
}

TEST_CASE("a sweep is ordered by value, and needs values of one kind") {
  const auto sweeps = sweeps_of(data_of({"1 h", "5 min", "30 min"}, {}));
  REQUIRE(sweeps.size() == 1);
  CHECK(sweeps[0].path == "delay");
  CHECK(sweeps[0].policy == "nta");
  CHECK(sweeps[0].unit == KnobUnit::seconds);
  std::vector<std::string> texts;
  for (const Sweep::Point& point : sweeps[0].points) texts.push_back(point.text);
  CHECK(texts == std::vector<std::string>{"5 min", "30 min", "1 h"});
  CHECK(sweeps[0].points[0].candidate == 2);
  CHECK(sweeps_of(data_of({"1 h", "3"}, {})).empty());
  CHECK(sweeps_of(data_of({"1 h", "60 min"}, {})).empty());  // the same twice
  CHECK(sweeps_of(data_of({"1 h"}, {})).empty());
  CHECK(sweeps_of(data_of({"nothing", "subtree"}, {})).empty());
}

TEST_CASE("two values varied are a sweep of each for every value of the other") {
  ComparisonData data;
  for (const char* a : {"1", "2"}) {
    for (const char* b : {"1 %", "2 %", "3 %"}) {
      const std::string first = std::string("a = ") + a;
      const std::string second = std::string("b = ") + b;
      data.candidates.push_back({"nta with " + first + " with " + second, "", {first, second}});
    }
  }
  const auto sweeps = sweeps_of(data);
  REQUIRE(sweeps.size() == 5);
  CHECK(sweeps[0].policy == "nta with b = 1 %");
  CHECK(sweeps[0].points.size() == 2);
  CHECK(sweeps[1].path == "b");
  CHECK(sweeps[1].policy == "nta with a = 1");
  CHECK(sweeps[1].points.size() == 3);
}

TEST_CASE("a curve with a corner has its knee there") {
  // Chord from 0 to 0.9 over 0..120; at 30 it is 0.225, and the curve 0.75.
  const ComparisonData data = data_of({"0 min", "15 min", "30 min", "60 min", "120 min"},
                                      with_common_noise({0, 0.375, 0.75, 0.8, 0.9}));
  const Sweep sweep = sweeps_of(data).at(0);
  const auto bend = bend_of(data, sweep, 0);
  REQUIRE(bend);
  CHECK(sweep.points[bend->point].text == "30 min");
  CHECK(bend->distance.mean == Approx(0.525));
  CHECK(bend->distance.half_width.value() == Approx(0).margin(1e-9));  // common noise cancels
  CHECK(bend->is_knee());
  CHECK(bend_words(data, sweep, 0) ==
        "Failed lookups against delay (nta): knee at 30 min, 52.50 \u00b10.00 % above the straight "
        "line between the ends");
}

TEST_CASE("no knee is claimed without seeds or inner points") {
  const ComparisonData one_seed = data_of({"1", "2", "3"}, {{0}, {5}, {0}});
  const auto bend = bend_of(one_seed, sweeps_of(one_seed).at(0), 0);
  REQUIRE(bend);
  CHECK_FALSE(bend->distance.half_width);
  CHECK_FALSE(bend->is_knee());
  CHECK(bend_words(one_seed, sweeps_of(one_seed).at(0), 0).ends_with("whether it has a knee"));
  const ComparisonData two_points = data_of({"1", "3"}, {{0, 1}, {5, 4}});
  CHECK_FALSE(bend_of(two_points, sweeps_of(two_points).at(0), 0));
}

TEST_CASE("what rounding leaves of a straight line is no knee, even where all seeds agree") {
  const auto bend_at = [](const std::vector<std::string>& texts, const std::vector<double>& line) {
    std::vector<std::vector<double>> values;
    for (const double y : line) values.push_back({y, y, y});
    const ComparisonData data = data_of(texts, values);
    const Sweep sweep = sweeps_of(data).at(0);
    CHECK(bend_words(data, sweep, 0).ends_with("within noise of the straight line"));
    return bend_of(data, sweep, 0);
  };
  CHECK_FALSE(bend_at({"10", "20", "40"}, {480, 480, 480})->is_knee());
  CHECK_FALSE(bend_at({"1", "2", "5"}, {1 / 60.0 + 10, 2 / 60.0 + 10, 5 / 60.0 + 10})->is_knee());
}

TEST_CASE("of straight lines with noise at most one in twenty seems to have a knee") {
  constexpr int experiments = 4000;
  Rng rng({1, 0, purpose("test: false knees")});
  const std::vector<std::string> texts = {"0 min", "15 min", "30 min", "60 min", "120 min"};
  int claimed = 0;
  int found = 0;
  for (int e = 0; e < experiments; ++e) {
    std::vector<std::vector<double>> line;
    std::vector<std::vector<double>> bent;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      line.emplace_back();
      bent.emplace_back();
      for (int seed = 0; seed < 5; ++seed) {
        const double noise = normal(rng);
        line.back().push_back(static_cast<double>(i) + noise);
        bent.back().push_back((i == 2 ? 8 : 0) + noise);
      }
    }
    // Straight over the values, not over their places.
    const std::vector<double> x = {0, 15, 30, 60, 120};
    for (std::size_t i = 0; i < texts.size(); ++i) {
      for (double& y : line[i]) y += x[i] / 10 - static_cast<double>(i);
    }
    const ComparisonData straight = data_of(texts, line);
    claimed += bend_of(straight, sweeps_of(straight).at(0), 0)->is_knee() ? 1 : 0;
    const ComparisonData cornered = data_of(texts, bent);
    const auto bend = bend_of(cornered, sweeps_of(cornered).at(0), 0);
    found += bend->is_knee() && bend->point == 2 ? 1 : 0;
  }
  const double claimed_share = static_cast<double>(claimed) / experiments;
  CAPTURE(claimed_share);
  // Bonferroni bounds it by 5 %; the distances have the ends in common, so it is less.
  CHECK(claimed_share < 0.055);
  CHECK(claimed_share > 0.005);
  CHECK(static_cast<double>(found) / experiments > 0.95);
}

TEST_CASE("all forms show a sweep and its knee") {
  const TempFolder folder;
  const std::string path = write_comparison(sweep_record(), folder.file("sweep.sqlite"));
  const std::string words =
      "Failed lookups against delay (nta): knee at 30 min, 50.00 \u00b10.00 % above the straight "
      "line";
  CHECK(summary(path).value().find(words) != std::string::npos);
  CHECK(markdown_report(path).value().find(words) != std::string::npos);
  const auto json = nlohmann::json::parse(json_report(path).value());
  REQUIRE(json["sweeps"].size() == 3);
  CHECK(json["sweeps"][1]["x"] == 1800);
  CHECK(json["sweeps"][1]["candidate"] == "nta with delay = 30 min");
  REQUIRE(json["bends"].size() == 1);
  CHECK(json["bends"][0]["value"] == "30 min");
  CHECK(json["bends"][0]["is_knee"] == true);
  CHECK(json["bends"][0]["distance"].get<double>() == Approx(0.5).margin(1e-5));
}
