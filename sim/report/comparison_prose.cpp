#include "report/comparison_prose.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "report/prose.h"
#include "report/sweep.h"
#include "report/text.h"

namespace zonefall::report {
namespace {

bool is_share(const Measure& measure) {
  return measure.unit == "share";
}

/// In a sentence.
std::string amount(const Measure& measure, double value) {
  if (is_share(measure)) return percent(value);
  return fmt::format("{} {}", rate(value), clean_line(measure.unit));
}

std::string lower_first(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] + 32);
  return text;
}

std::string exact_number(const Measure& measure, double value) {
  const int digits = is_share(measure) ? 2 : measure.unit == "minutes" ? 1 : 0;
  return fmt::format("{:.{}f}", value * (is_share(measure) ? 100 : 1), digits);
}

std::string name_of(const Candidate& candidate) {
  return shorten(clean_line(candidate.name), 60);
}

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

/// The options that candidates were made by. Nothing if one does not fit into a command.
std::optional<std::string> candidate_options(const ComparisonData& data) {
  std::vector<std::string> policies;
  std::vector<std::string> paths;
  std::map<std::string, std::vector<std::string>> values;
  for (const Candidate& candidate : data.candidates) {
    const Settings settings = settings_of(candidate);
    add_new(policies, settings.policy);
    for (const auto& [path, value] : settings.varied) {
      if (!is_plain(path) || !is_plain(value)) return {};
      add_new(paths, path);
      add_new(values[path], value);
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

}  // namespace

std::vector<std::string> comparison_sentences(const ComparisonData& data) {
  std::vector<std::string> all = {what_was_compared(data), as_it_was(data)};
  if (data.candidates.size() > 1) all.push_back(what_helps_most(data));
  for (const Sweep& sweep : sweeps_of(data)) {
    if (sweep.points.size() > 2) all.push_back(bend_words(data, sweep, 0) + ".");
  }
  if (data.is_ensemble()) {
    all.push_back(
        fmt::format("{} more members draw a value for each of {} things that nobody knows.",
                    count(static_cast<double>(data.members_drawn)), data.uncertainties.size()));
  }
  all.emplace_back(
      "Differences are taken seed by seed, since all candidates of a seed meet the same clients "
      "and the same chances. Intervals say how far chance goes within the scenario's assumptions, "
      "not "
      "whether those are right.");
  return all;
}

std::string ranking_words(const Pair& pair) {
  const Ranking& r = *pair.ranking;
  const double mean = pair.difference.mean;
  if (mean < 0) return fmt::format("less in {} of {}", r.less, r.members());
  if (mean > 0) return fmt::format("more in {} of {}", r.more, r.members());
  return fmt::format("equal in {} of {}", r.equal, r.members());
}

std::vector<Swing> swings_of(const ComparisonData& data, std::size_t candidate,
                             std::size_t measure) {
  std::map<std::size_t, Swing> by_uncertainty;
  for (const Sensitivity& s : data.sensitivities) {
    if (s.candidate != candidate || s.measure != measure) continue;
    const Uncertainty& of = data.uncertainties[s.uncertainty];
    const auto value = static_cast<std::size_t>(s.value);
    const std::string text = value < of.values.size() ? of.values[value] : "?";
    const auto [found, is_new] =
        by_uncertainty.try_emplace(s.uncertainty, Swing{of.path, s.mean, text, s.mean, text});
    Swing& swing = found->second;
    if (s.mean < swing.low) {
      swing.low = s.mean;
      swing.at_low = text;
    }
    if (s.mean > swing.high) {
      swing.high = s.mean;
      swing.at_high = text;
    }
  }
  std::vector<Swing> swings;
  for (auto& [uncertainty, swing] : by_uncertainty) swings.push_back(std::move(swing));
  std::stable_sort(swings.begin(), swings.end(),
                   [](const Swing& a, const Swing& b) { return a.high - a.low > b.high - b.low; });
  return swings;
}

std::string bend_words(const ComparisonData& data, const Sweep& sweep, std::size_t measure) {
  const Measure& of = data.measures[measure];
  const std::string what = fmt::format("{} against {} ({})", clean_line(of.title),
                                       clean_line(sweep.path), clean_line(sweep.policy));
  const std::optional<Bend> bend = bend_of(data, sweep, measure);
  if (!bend) return what + ": too few values for a knee";
  if (!bend->distance.half_width) return what + ": one seed does not tell whether it has a knee";
  if (!bend->is_knee()) {
    return what + ": no knee, since its farthest point is within noise of the straight line";
  }
  Estimate distance = bend->distance;
  const std::string_view side = distance.mean < 0 ? "below" : "above";
  distance.mean = std::abs(distance.mean);
  return fmt::format("{}: knee at {}, {} {} the straight line between the ends", what,
                     clean_line(sweep.points[bend->point].text), exact_amount(of, distance), side);
}

std::string exact_amount(const Measure& measure, double value) {
  return exact_number(measure, value) + (is_share(measure) ? " %" : "");
}

std::string exact_amount(const Measure& measure, const Estimate& estimate) {
  return fmt::format("{} \u00b1{}{}", exact_number(measure, estimate.mean),
                     estimate.half_width ? exact_number(measure, *estimate.half_width) : "?",
                     is_share(measure) ? " %" : "");
}

std::string reproduce_commands(const ComparisonData& data, const std::string& path) {
  return fmt::format(
      "sqlite3 {} 'SELECT yaml FROM scenario' > scenario.yaml\n"
      "zonefall {} scenario.yaml{} \\\n  --seeds {}{} --scale {} -o again.sqlite\n",
      shell_word(path), data.is_ensemble() ? "ensemble" : "compare",
      candidate_options(data).value_or(" \\\n  --policy ... --vary ..."),
      fmt::join(data.seeds, ","),
      data.is_ensemble() ? fmt::format(" --members {}", data.members_drawn) : "",
      clean_line(data.about("scale")));
}

}  // namespace zonefall::report
