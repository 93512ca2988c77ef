#include "report/prose.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/text.h"

namespace zonefall::report {
namespace {

constexpr std::size_t name_width_max = 22;
constexpr std::size_t cells_per_share_max = 8;

}  // namespace

std::string curve_chart(const RunData& run, const Analysis& analysis, const CurveChart& chart) {
  if (run.bins.empty()) return "The run has no time bins.\n";
  const std::vector<Column> columns = columns_of(run, chart.columns_max);
  const Shares all = failed_shares(analysis.all_by_bin, columns);
  ChartFrame frame;
  frame.span = {run.bins.front().from, run.bins.back().until};
  frame.rows = chart.rows;
  frame.cells_per_share =
      std::clamp<std::size_t>(chart.columns_max / columns.size(), 1, cells_per_share_max);
  frame.axis = share_axis(all);
  frame.label_width = 6;

  std::vector<Shares> curves;
  Shares every_share;
  for (const std::size_t cohort : chart.cohorts) {
    curves.push_back(failed_shares(run.counts[cohort], columns));
    every_share.insert(every_share.end(), curves.back().begin(), curves.back().end());
    const std::string name = shorten(clean_line(run.cohorts[cohort].name), name_width_max);
    frame.label_width = std::max(frame.label_width, width_of(name));
  }
  std::string text = block_chart(frame, all);
  if (curves.empty()) return text;
  frame.axis = share_axis(every_share);
  text += fmt::format("\nEach cohort, full height {:.3g} %, its worst to the right:\n",
                      frame.axis.top * 100);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const std::size_t cohort = chart.cohorts[i];
    const Hurt& hurt = analysis.cohorts[cohort];
    text += curve_line(frame, run.cohorts[cohort].name, curves[i],
                       hurt.worst_bin ? percent(hurt.worst_share()) : "none");
  }
  return text;
}

std::string curve_line(const ChartFrame& frame, const std::string& name, const Shares& shares,
                       const std::string& worst) {
  const std::string label = shorten(clean_line(name), frame.label_width);
  return label + std::string(frame.label_width - width_of(label), ' ') + " \u2502" +
         sparkline(frame, shares) + "\u2502 " + worst + "\n";
}

std::string run_span(const RunData& run) {
  return fmt::format("{} to {} ({})", run.from.to_text(), run.until.to_text(),
                     span(seconds_between(run.from, run.until)));
}

std::string failed_phrase(const Counts& total) {
  if (total.lookups <= 0) return "nobody asked anything";
  if (total.failed <= 0) return fmt::format("none of {} lookups failed", count(total.lookups));
  return fmt::format("{} of {} lookups failed ({})", percent(share_of(total.failed, total.lookups)),
                     count(total.lookups), count(total.failed));
}

std::string recovery_text(const Hurt& hurt, std::size_t percent_index) {
  if (hurt.resolvers_hurt == 0) return "-";
  const std::optional<double>& minutes = hurt.recovery_min[percent_index];
  if (!minutes) return "not yet";
  return fmt::format("{} min", rate(*minutes));
}

std::string shell_word(const std::string& path) {
  const std::string name = path.substr(path.find_last_of('/') + 1);
  const auto is_plain = [](char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  const bool is_word = std::all_of(name.begin(), name.end(), is_plain) && !name.starts_with('-');
  return is_word && !name.empty() ? name : "FILE";
}

std::string reproduce_commands(const std::string& path) {
  return fmt::format(
      "sqlite3 {} 'SELECT yaml FROM scenario' > scenario.yaml\n"
      "zonefall run scenario.yaml -o again.sqlite\n",
      shell_word(path));
}

Score score_of(const RunData& run, const std::string& kind) {
  Score score;
  for (const Expectation& expectation : run.expectations) {
    if (expectation.kind != kind) continue;
    score.all += 1;
    if (expectation.passed) score.passed += 1;
  }
  return score;
}

}  // namespace zonefall::report
