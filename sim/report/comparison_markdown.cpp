#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "report/comparison_prose.h"
#include "report/comparison_text.h"
#include "report/prose.h"
#include "report/text.h"
#include "report/text_table.h"

namespace zonefall::report {
namespace {

constexpr std::size_t main_measure = 0;
constexpr std::size_t curve_cells = 72;
constexpr std::size_t name_width_max = 44;

std::string md(std::string_view text) {
  return escape_markdown(text);
}

std::string identity_table(const ComparisonData& data) {
  const ComparedCohort& all = data.cohorts.back();
  TextTable table({{data.is_ensemble() ? "ensemble" : "comparison"}, {""}});
  table.add(
      {"simulated time", fmt::format("{} to {} ({})", data.from.to_text(), data.until.to_text(),
                                     span(seconds_between(data.from, data.until)))});
  table.add({"candidates", count(static_cast<double>(data.candidates.size()))});
  table.add({"seeds", md(fmt::format("{}", fmt::join(data.seeds, ", ")))});
  if (data.is_ensemble()) {
    table.add({"members that draw", count(static_cast<double>(data.members_drawn))});
  }
  table.add({"resolvers in each run",
             fmt::format("{} of {}", count(all.simulated), count(all.resolvers))});
  table.add({"scale", md(data.about("scale"))});
  table.add({"zonefall", md(data.about("version"))});
  table.add({"content hash", data.content_hash});
  return table.to_markdown();
}

std::string summary_section(const ComparisonData& data) {
  std::string text;
  for (const std::string& sentence : comparison_sentences(data)) text += "- " + md(sentence) + "\n";
  return text;
}

std::string_view verdict(const Measure& measure, const Estimate& difference) {
  if (!difference.is_clear()) return "not clear";
  return (difference.mean > 0) == measure.more_is_better ? "better" : "worse";
}

/// What each candidate comes to, and what it differs by from the first one.
std::string measure_section(const ComparisonData& data, std::size_t m) {
  const Measure& measure = data.measures[m];
  const std::size_t all = data.all_cohorts();
  TextTable table({{"candidate"},
                   {md(measure.unit), Align::right},
                   {"difference", Align::right},
                   {"which is"}});
  for (std::size_t c = 0; c < data.candidates.size(); ++c) {
    const Estimate& difference = data.differences[c][m][all];
    table.add({md(data.candidates[c].name), exact_amount(measure, data.estimates[c][m][all]),
               c == 0 ? "-" : exact_amount(measure, difference),
               c == 0 ? "-" : std::string(verdict(measure, difference))});
  }
  return fmt::format("\n### {}\n\n{}.\n\n{}", md(measure.title), md(measure.meaning),
                     table.to_markdown());
}

/// Each candidate by class of name, for what is measured so.
std::string classes_section(const ComparisonData& data) {
  std::vector<std::size_t> of_class;
  std::vector<TextTable::Column> columns = {{"candidate"}};
  for (std::size_t m = 0; m < data.measures.size(); ++m) {
    if (data.measures[m].names.empty()) continue;
    of_class.push_back(m);
    columns.push_back({md(data.measures[m].title), Align::right});
  }
  if (of_class.empty()) return "";
  TextTable table(columns);
  for (std::size_t c = 0; c < data.candidates.size(); ++c) {
    std::vector<std::string> cells = {md(data.candidates[c].name)};
    for (const std::size_t m : of_class) {
      cells.push_back(exact_amount(data.measures[m], data.estimates[c][m][data.all_cohorts()]));
    }
    table.add(cells);
  }
  return "\n### By class of name\n\n" + table.to_markdown();
}

std::string measures_section(const ComparisonData& data) {
  std::string text = fmt::format(
      "All cohorts, with 95 % intervals; differences from {} are taken seed by seed, and clear "
      "where "
      "their\ninterval leaves out 0.\n",
      md(data.candidates.front().name));
  for (std::size_t m = 0; m < data.measures.size(); ++m) {
    if (data.measures[m].names.empty()) text += measure_section(data, m);
  }
  for (const LeftOut& measure : data.left_out) {
    text += fmt::format("\n### {}\n\nNot asked, since {}.\n", md(measure.title), md(measure.why));
  }
  return text + classes_section(data);
}

std::string reach_section(const ComparisonData& data) {
  const Measure& measure = data.measures[main_measure];
  TextTable table({{"candidate"},
                   {"as assumed", Align::right},
                   {"median", Align::right},
                   {"nine members of ten"},
                   {fmt::format("against {}", md(data.candidates.front().name))}});
  for (std::size_t c = 0; c < data.candidates.size(); ++c) {
    const Spread& spread = data.spreads[c][main_measure];
    const auto at = [&](std::int64_t permille) {
      const auto found = spread.quantiles.find(permille);
      return found == spread.quantiles.end() ? "-" : exact_amount(measure, found->second);
    };
    const auto pair = std::find_if(data.pairs.begin(), data.pairs.end(), [&](const Pair& p) {
      return p.candidate == c && p.against == 0 && p.measure == main_measure;
    });
    const bool is_ranked = pair != data.pairs.end() && pair->ranking;
    table.add({md(data.candidates[c].name),
               exact_amount(measure, data.estimates[c][main_measure][data.all_cohorts()]), at(500),
               fmt::format("{} to {}", at(50), at(950)), is_ranked ? ranking_words(*pair) : "-"});
  }
  return fmt::format(
      "{} when each of {} members draws a value for what nobody knows. JSON and CSV have all "
      "measures and\npairs.\n\n{}",
      md(measure.title), data.members_drawn, table.to_markdown());
}

std::string swings_section(const ComparisonData& data) {
  const Measure& measure = data.measures[main_measure];
  TextTable table({{"uncertain"},
                   {"lowest mean", Align::right},
                   {"at"},
                   {"highest mean", Align::right},
                   {"at"}});
  for (const Swing& swing : swings_of(data, 0, main_measure)) {
    table.add({md(swing.path), exact_amount(measure, swing.low), md(swing.at_low),
               exact_amount(measure, swing.high), md(swing.at_high)});
  }
  return fmt::format(
      "{} of {}: means of the members with a value. Those of run.seed differ by chance.\n\n{}",
      md(measure.title), md(data.candidates.front().name), table.to_markdown());
}

/// The main measure along each knob that was varied.
std::string sweeps_section(const ComparisonData& data, const std::vector<Sweep>& sweeps) {
  const Measure& measure = data.measures[main_measure];
  std::string text =
      "A knee is the inner point that is farthest from the straight line between the ends, if that "
      "is more\nthan noise: 95 % intervals, taken seed by seed, hold for all inner points "
      "together.\n";
  for (const Sweep& sweep : sweeps) {
    TextTable table({{md(sweep.path)}, {md(measure.title), Align::right}});
    for (const Sweep::Point& point : sweep.points) {
      const Estimate& estimate = data.estimates[point.candidate][main_measure][data.all_cohorts()];
      table.add({md(point.text), exact_amount(measure, estimate)});
    }
    text +=
        fmt::format("\n{}.\n\n{}", md(bend_words(data, sweep, main_measure)), table.to_markdown());
  }
  return text;
}

/// The share of failed lookups under each candidate, one line for each.
std::string curves_section(const ComparisonData& data) {
  if (data.bins.empty()) return "The comparison has no time bins.\n";
  const std::vector<Column> columns = columns_of(data.bins.size(), curve_cells);
  std::vector<Shares> curves;
  Shares every_share;
  ChartFrame frame;
  frame.span = {data.bins.front().from, data.bins.back().until};
  for (std::size_t c = 0; c < data.candidates.size(); ++c) {
    curves.push_back(failed_shares(data.counts[c][data.all_cohorts()], columns));
    every_share.insert(every_share.end(), curves.back().begin(), curves.back().end());
    const std::size_t width = width_of(clean_line(data.candidates[c].name));
    frame.label_width = std::max(frame.label_width, std::min(width, name_width_max));
  }
  frame.label_width = std::max<std::size_t>(frame.label_width, 6);
  frame.axis = share_axis(every_share);
  std::string lines;
  for (std::size_t c = 0; c < curves.size(); ++c) {
    const auto worst = std::max_element(curves[c].begin(), curves[c].end());
    lines += curve_line(frame, data.candidates[c].name, curves[c], percent(*worst));
  }
  return fmt::format(
      "Share of failed lookups, all cohorts and seeds; full height {:.3g} %, the worst to the "
      "right:\n\n```text\n{}{}```\n",
      frame.axis.top * 100, lines, time_axis(frame, columns.size()));
}

std::string candidates_section(const ComparisonData& data) {
  std::string text;
  for (const Candidate& candidate : data.candidates) {
    text += fmt::format("- **{}**: {}\n", md(candidate.name), md(candidate.title));
    for (const std::string& change : candidate.changes) text += "  - " + md(change) + "\n";
  }
  return text;
}

std::string reproduce_section(const ComparisonData& data, const std::string& path) {
  return fmt::format(
      "The result file holds the scenario with every default written out. This gives the same "
      "results with\nthe same version of zonefall:\n\n```sh\n{}```\n\n"
      "The content hash must be `{}` again.\n",
      reproduce_commands(data, path), data.content_hash);
}

}  // namespace

std::string comparison_markdown(const ComparisonData& data, const std::string& path) {
  std::string title = md(data.about("scenario_title"));
  if (title.empty()) title = "Untitled scenario";
  std::string text = fmt::format("# {}\n\n", title) + identity_table(data);
  const auto section = [&](std::string_view heading, const std::string& body) {
    text += fmt::format("\n## {}\n\n{}", heading, body);
  };
  section("Summary", summary_section(data));
  section("Side by side", measures_section(data));
  const std::vector<Sweep> sweeps = sweeps_of(data);
  if (!sweeps.empty()) section("What varying a value does", sweeps_section(data, sweeps));
  if (data.is_ensemble()) {
    section("If assumptions are otherwise", reach_section(data));
    section("Which assumptions matter", swings_section(data));
  }
  section("Failures over time", curves_section(data));
  section("What each changes", candidates_section(data));
  section("How to reproduce", reproduce_section(data, path));
  return text;
}

}  // namespace zonefall::report
