// What `zonefall compare` and `zonefall ensemble` end with on a terminal.
#include <algorithm>

#include <fmt/format.h>

#include "report/comparison_prose.h"
#include "report/comparison_text.h"
#include "report/text.h"

namespace zonefall::report {
namespace {

constexpr std::size_t main_measure = 0;

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, width_of(text)), ' ');
}

std::size_t longest_name(const ComparisonData& data) {
  std::size_t width = 0;
  for (const Candidate& candidate : data.candidates) {
    width = std::max(width, width_of(clean_line(candidate.name)));
  }
  return width;
}

std::string heading(const Measure& measure) {
  return fmt::format("\n{} ({})\n", clean_line(measure.title), clean_line(measure.meaning));
}

/// Each candidate, and what it differs by from the first one.
std::string measure_table(const ComparisonData& data, std::size_t measure) {
  const std::size_t width = longest_name(data);
  const std::size_t all = data.all_cohorts();
  std::string text = heading(data.measures[measure]);
  for (std::size_t c = 0; c < data.candidates.size(); ++c) {
    text += fmt::format("  {}  {:>20}", padded(clean_line(data.candidates[c].name), width),
                        exact_amount(data.measures[measure], data.estimates[c][measure][all]));
    if (c > 0) {
      text += fmt::format("  difference {}",
                          exact_amount(data.measures[measure], data.differences[c][measure][all]));
    }
    text += "\n";
  }
  return text;
}

/// Each candidate: as things are, and over all assumptions.
std::string reach_table(const ComparisonData& data) {
  const Measure& measure = data.measures[main_measure];
  const std::size_t width = longest_name(data);
  std::string text = heading(measure) + fmt::format("  {:<{}}  {:>18}  {:>10}  {}\n", "", width,
                                                    "as assumed", "median", "nine members of ten");
  for (std::size_t c = 0; c < data.candidates.size(); ++c) {
    const Band& quantiles = data.spreads[c][main_measure].quantiles;
    const auto at = [&](std::int64_t permille) {
      const auto found = quantiles.find(permille);
      return found == quantiles.end() ? "-" : exact_amount(measure, found->second);
    };
    text += fmt::format("  {}  {:>18}  {:>10}  {} to {}\n",
                        padded(clean_line(data.candidates[c].name), width),
                        exact_amount(measure, data.estimates[c][main_measure][data.all_cohorts()]),
                        at(500), at(50), at(950));
  }
  return text;
}

/// Each pair: does it exceed chance, and in how many members does it keep its sign?
std::string pairs_table(const ComparisonData& data) {
  const Measure& measure = data.measures[main_measure];
  const std::size_t width = longest_name(data);
  const auto name = [&](std::size_t candidate) {
    return padded(clean_line(data.candidates[candidate].name), width);
  };
  std::string text =
      fmt::format("\nDifferences in {}, by chance and by assumption\n", clean_line(measure.name));
  for (const Pair& pair : data.pairs) {
    if (pair.measure != main_measure || !pair.ranking) continue;
    text += fmt::format("  {}  against {}  {:>18}  {}\n", name(pair.candidate), name(pair.against),
                        exact_amount(measure, pair.difference), ranking_words(pair));
  }
  return text;
}

std::string swings_table(const ComparisonData& data) {
  const Measure& measure = data.measures[main_measure];
  std::string text = fmt::format(
      "\nWhat moves {} of {} (means of the members with a value; those of run.seed differ by "
      "chance)\n",
      clean_line(measure.name), clean_line(data.candidates.front().name));
  for (const Swing& swing : swings_of(data, 0, main_measure)) {
    text += fmt::format("  {:<40}  {} ({}) to {} ({})\n", clean_line(swing.path),
                        exact_amount(measure, swing.low), clean_line(swing.at_low),
                        exact_amount(measure, swing.high), clean_line(swing.at_high));
  }
  return text;
}

std::string resolvers_of(const ComparisonData& data) {
  const ComparedCohort& all = data.cohorts.back();
  return fmt::format("{:.0f} of {:.0f} resolvers in each run", all.simulated, all.resolvers);
}

}  // namespace

std::string comparison_summary(const ComparisonData& data, Names names) {
  if (data.is_ensemble()) {
    return fmt::format("{} candidates, {} seeds as assumed and {} members that draw, {}\n",
                       data.candidates.size(), data.seeds.size(), data.members_drawn,
                       resolvers_of(data)) +
           reach_table(data) + (data.candidates.size() > 1 ? pairs_table(data) : "") +
           swings_table(data);
  }
  std::string text = fmt::format(
      "{} candidates, {} seeds, {}\n95 % intervals; differences from {} are taken seed "
      "by seed\n",
      data.candidates.size(), data.seeds.size(), resolvers_of(data),
      clean_line(data.candidates.front().name));
  for (std::size_t measure = 0; measure < data.measures.size(); ++measure) {
    const bool is_of_class = !data.measures[measure].names.empty();
    if (!is_of_class || names == Names::by_class_too) text += measure_table(data, measure);
  }
  for (const LeftOut& measure : data.left_out) {
    text += fmt::format("\n{}: not asked, since {}\n", clean_line(measure.title),
                        clean_line(measure.why));
  }
  std::string bends;
  for (const Sweep& sweep : sweeps_of(data)) {
    if (sweep.points.size() > 2) bends += bend_words(data, sweep, main_measure) + "\n";
  }
  return bends.empty() ? text : text + "\n" + bends;
}

}  // namespace zonefall::report
