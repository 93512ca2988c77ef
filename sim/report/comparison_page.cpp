#include "report/comparison_page.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/page_parts.h"
#include "report/prose.h"
#include "report/sentences.h"
#include "report/text.h"

namespace zonefall::report {
namespace {

/// To six decimals, as in the tables.
Json number(double value) {
  return std::round(value * 1e6) / 1e6;
}

std::string amount(const Measure& measure, double value) {
  if (measure.unit == "share") return percent(value);
  return fmt::format("{} {}", rate(value), clean_line(measure.unit));
}

std::string lower_first(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] + 32);
  return text;
}

std::string name_of(const Candidate& candidate) {
  return shorten(clean_line(candidate.name), 60);
}

// ---- sentences ---------------------------------------------------------------------------------

std::string what_was_compared(const ComparisonData& data) {
  const ComparedCohort& all = data.cohorts.back();
  return fmt::format(
      "{} candidates were run under the same {} {}, with {} of {} resolvers in each run, over {}.",
      data.candidates.size(), data.seeds.size(), data.seeds.size() == 1 ? "seed" : "seeds",
      count(all.simulated), count(all.resolvers), span(seconds_between(data.from, data.until)));
}

std::string as_it_was(const ComparisonData& data) {
  const Measure& measure = data.measures.front();
  const Estimate& first = data.estimates.front().front()[data.all_cohorts()];
  std::string text =
      fmt::format("Under {}, the first of them, {} come to {}", name_of(data.candidates.front()),
                  lower_first(clean_line(measure.title)), amount(measure, first.mean));
  if (first.half_width) {
    text += fmt::format(" (95 % interval: {} either way)", amount(measure, *first.half_width));
  }
  return text + ".";
}

/// What a candidate costs in security, where that is measured.
std::string price_of(const ComparisonData& data, std::size_t candidate) {
  for (std::size_t i = 0; i < data.measures.size(); ++i) {
    if (data.measures[i].name != "unvalidated_lookups") continue;
    const Estimate& exposure = data.estimates[candidate][i][data.all_cohorts()];
    return fmt::format(", where {} of lookups are answered without validation",
                       percent(exposure.mean));
  }
  return "";
}

std::string what_helps_most(const ComparisonData& data) {
  const Measure& measure = data.measures.front();
  const auto mean = [&](std::size_t candidate) {
    return data.estimates[candidate][0][data.all_cohorts()].mean;
  };
  std::size_t best = 0;
  std::size_t clear = 0;
  for (std::size_t i = 1; i < data.candidates.size(); ++i) {
    const Estimate& difference = data.differences[i][0][data.all_cohorts()];
    const bool is_better = measure.more_is_better ? difference.mean > 0 : difference.mean < 0;
    if (is_better && difference.is_clear()) clear += 1;
    if (measure.more_is_better ? mean(i) > mean(best) : mean(i) < mean(best)) best = i;
  }
  const std::size_t others = data.candidates.size() - 1;
  std::string text = fmt::format(
      "{} of the {} others {} clearly better, with an interval of the difference that leaves out 0",
      clear, others, clear == 1 ? "is" : "are");
  if (best == 0) return text + "; none has a better mean.";
  text += fmt::format("; best is {} with {}", name_of(data.candidates[best]),
                      amount(measure, mean(best)));
  return text + price_of(data, best) + ".";
}

std::vector<std::string> sentences(const ComparisonData& data) {
  std::vector<std::string> all = {what_was_compared(data), as_it_was(data)};
  if (data.candidates.size() > 1) all.push_back(what_helps_most(data));
  if (data.members_drawn > 0) {
    all.push_back(
        fmt::format("{} more members draw a value for each of {} things that nobody knows.",
                    count(static_cast<double>(data.members_drawn)), data.uncertainties.size()));
  }
  all.emplace_back(
      "Differences are taken seed by seed, since all candidates of a seed meet the same clients "
      "and "
      "the same chances. Intervals say how far chance goes within the scenario's assumptions, not "
      "whether those are right.");
  return all;
}

// ---- data ---------------------------------------------------------------------------------------

Json estimates_json(const std::vector<std::vector<std::vector<Estimate>>>& values) {
  Json candidates = Json::array();
  for (const auto& of_candidate : values) {
    Json measures = Json::array();
    for (const auto& of_measure : of_candidate) {
      Json cohorts = Json::array();
      for (const Estimate& value : of_measure) {
        Json half_width;
        if (value.half_width) half_width = number(*value.half_width);
        cohorts.push_back(Json::array({number(value.mean), half_width}));
      }
      measures.push_back(std::move(cohorts));
    }
    candidates.push_back(std::move(measures));
  }
  return candidates;
}

Json curves_json(const ComparisonData& data, const std::vector<Column>& columns) {
  Json candidates = Json::array();
  for (const auto& of_candidate : data.counts) {
    Json cohorts = Json::array();
    for (const std::vector<Counts>& by_bin : of_candidate) {
      Json shares = Json::array();
      for (const std::optional<double>& share : failed_shares(by_bin, columns)) {
        shares.push_back(share ? number(*share) : Json());
      }
      cohorts.push_back(std::move(shares));
    }
    candidates.push_back(std::move(cohorts));
  }
  return candidates;
}

Json tables_json(const ComparisonData& data) {
  Json tables;
  tables["run"] = {{"from", data.from.to_text()},
                   {"until", data.until.to_text()},
                   {"scale", data.about("scale")},
                   {"seeds", data.seeds},
                   {"version", data.about("version")},
                   {"content_hash", data.content_hash},
                   {"scenario_hash", data.about("scenario_hash")}};
  tables["cohorts"] = Json::array();
  for (const ComparedCohort& cohort : data.cohorts) {
    tables["cohorts"].push_back({{"cohort", cohort.name},
                                 {"resolvers", cohort.resolvers},
                                 {"simulated", cohort.simulated}});
  }
  tables["measures"] = Json::array();
  for (const Measure& measure : data.measures) {
    tables["measures"].push_back({{"name", measure.name},
                                  {"title", measure.title},
                                  {"unit", measure.unit},
                                  {"meaning", measure.meaning},
                                  {"more_is_better", measure.more_is_better},
                                  {"names", measure.names}});
  }
  tables["candidates"] = Json::array();
  for (const Candidate& candidate : data.candidates) {
    tables["candidates"].push_back(
        {{"name", candidate.name}, {"title", candidate.title}, {"changes", candidate.changes}});
  }
  clean(tables);
  return tables;
}

Json spread_json(const ComparisonData& data) {
  Json spread = {{"members", data.members_drawn},  {"permille", Json::array()},
                 {"quantiles", Json::array()},     {"rankings", Json::array()},
                 {"uncertainties", Json::array()}, {"sensitivities", Json::array()}};
  for (const auto& quantile : data.spreads.front().front().quantiles) {
    spread["permille"].push_back(quantile.first);
  }
  for (const std::vector<Spread>& of_candidate : data.spreads) {
    Json quantiles = Json::array();
    Json rankings = Json::array();
    for (const Spread& of_measure : of_candidate) {
      Json values = Json::array();
      for (const auto& quantile : of_measure.quantiles) values.push_back(number(quantile.second));
      quantiles.push_back(std::move(values));
      rankings.push_back(Json::array({of_measure.less, of_measure.equal, of_measure.more}));
    }
    spread["quantiles"].push_back(std::move(quantiles));
    spread["rankings"].push_back(std::move(rankings));
  }
  for (const Uncertainty& u : data.uncertainties) {
    spread["uncertainties"].push_back({{"path", u.path}, {"why", u.why}, {"values", u.values}});
  }
  for (const Sensitivity& s : data.sensitivities) {
    spread["sensitivities"].push_back(
        Json::array({s.candidate, s.measure, s.uncertainty, s.value, number(s.mean)}));
  }
  clean(spread);
  return spread;
}

/// Whether a word can stand between double quotes of a shell as it is, and within a list.
bool is_plain(const std::string& word) {
  return std::all_of(word.begin(), word.end(), [](char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') ||
           std::string_view(" ._-[]*:%/").find(c) != std::string_view::npos;
  });
}

void add_new(std::vector<std::string>& list, const std::string& word) {
  if (std::find(list.begin(), list.end(), word) == list.end()) list.push_back(word);
}

/// The options that candidates were made by, which their names tell: "POLICY with PATH = VALUE".
/// Nothing if a name does not fit into a command.
std::optional<std::string> candidate_options(const ComparisonData& data) {
  constexpr std::string_view with = " with ";
  std::vector<std::string> policies;
  std::vector<std::string> paths;
  std::map<std::string, std::vector<std::string>> values;
  for (const Candidate& candidate : data.candidates) {
    std::string rest = candidate.name;
    const std::size_t end = rest.find(with);
    add_new(policies, rest.substr(0, end));
    rest = end == std::string::npos ? "" : rest.substr(end + with.size());
    while (!rest.empty()) {
      const std::size_t next = rest.find(with);
      const std::string change = rest.substr(0, next);
      const std::size_t equals = change.find(" = ");
      if (equals == std::string::npos || !is_plain(change.substr(0, equals)) ||
          !is_plain(change.substr(equals + 3))) {
        return {};
      }
      add_new(paths, change.substr(0, equals));
      add_new(values[paths.back()], change.substr(equals + 3));
      rest = next == std::string::npos ? "" : rest.substr(next + with.size());
    }
  }
  std::string options;
  for (std::size_t i = 1; i < policies.size(); ++i) {  // the first is the scenario as it is
    if (!is_plain(policies[i]) || policies[i].find(' ') != std::string::npos) return {};
    options += fmt::format(" \\\n  --policy {}", policies[i]);
  }
  for (const std::string& path : paths) {
    options += fmt::format(" \\\n  --vary \"{}={}\"", path, fmt::join(values[path], ","));
  }
  return options;
}

std::string reproduce(const ComparisonData& data, const std::string& path) {
  return fmt::format(
      "sqlite3 {} 'SELECT yaml FROM scenario' > scenario.yaml\n"
      "zonefall {} scenario.yaml{} \\\n  --seeds {}{} --scale {} -o again.sqlite\n",
      shell_word(path), data.members_drawn > 0 ? "ensemble" : "compare",
      candidate_options(data).value_or(" \\\n  --policy ... --vary ..."),
      fmt::join(data.seeds, ","),
      data.members_drawn > 0 ? fmt::format(" --members {}", data.members_drawn) : "",
      clean_line(data.about("scale")));
}

}  // namespace

Json comparison_page(const ComparisonData& data, const std::string& path) {
  const std::vector<Column> columns = columns_of(data.bins.size(), page_bins_max);
  Json page = {{"kind", "comparison"},
               {"summary", sentences(data)},
               {"tables", tables_json(data)},
               {"bins", bins_json(data.bins, columns)},
               {"estimates", estimates_json(data.estimates)},
               {"differences", estimates_json(data.differences)},
               {"curves", curves_json(data, columns)},
               {"facts", facts_json(data.scenario_yaml)},
               {"not_modelled", not_modelled()},
               {"reproduce", reproduce(data, path)}};
  if (data.members_drawn > 0) page["spread"] = spread_json(data);
  return page;
}

}  // namespace zonefall::report
