#include "report/text_chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "report/text.h"

namespace zonefall::report {
namespace {

constexpr std::array<std::string_view, 9> blocks = {
    " ", "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
constexpr std::size_t tick_columns_min = 9;  // "19:30" and room to the next

/// Height of a bar in eighths of a line; what is not zero has one at least.
std::size_t eighths(const ChartFrame& frame, double share, std::size_t rows) {
  const double full = static_cast<double>(rows * 8);
  const double height = std::clamp(std::round(share / frame.axis.top * full), 0.0, full);
  return share > 0 ? std::max<std::size_t>(static_cast<std::size_t>(height), 1) : 0;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string without_spaces_at_end(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::string block_chart(const ChartFrame& frame, const Shares& shares) {
  std::string chart;
  for (std::size_t row = frame.rows; row-- > 0;) {
    const bool has_label = row + 1 == frame.rows || row == frame.rows / 2 - 1;
    const double upper =
        frame.axis.top * static_cast<double>(row + 1) / static_cast<double>(frame.rows);
    const std::string label = has_label ? fmt::format("{:.3g} %", upper * 100) : "";
    std::string line = fmt::format("{:>{}} \u2502", label, frame.label_width);
    for (const std::optional<double>& share : shares) {
      const std::size_t height = share ? eighths(frame, *share, frame.rows) : 0;
      const std::size_t in_row = std::min<std::size_t>(height - std::min(height, row * 8), 8);
      line += repeated(blocks[in_row], frame.cells_per_share);
    }
    chart += without_spaces_at_end(line) + "\n";
  }
  return chart + time_axis(frame, shares.size());
}

std::string sparkline(const ChartFrame& frame, const Shares& shares) {
  std::string line;
  for (const std::optional<double>& share : shares) {
    line += repeated(share ? blocks[eighths(frame, *share, 1)] : blocks[0], frame.cells_per_share);
  }
  return line;
}

std::string time_axis(const ChartFrame& frame, std::size_t shares) {
  const std::size_t columns = shares * frame.cells_per_share;
  const std::vector<SimTime> ticks =
      time_ticks(frame.span, std::max<std::size_t>(columns / tick_columns_min, 1));
  const double span_s = seconds_between(frame.span.from, frame.span.until);
  std::vector<bool> has_tick(columns);
  std::string labels(frame.label_width + 2, ' ');
  for (const SimTime tick : ticks) {
    const double part = seconds_between(frame.span.from, tick) / span_s;
    const auto column = static_cast<std::size_t>(part * static_cast<double>(columns));
    if (column >= columns) continue;
    has_tick[column] = true;
    labels.resize(std::max(labels.size(), frame.label_width + 2 + column), ' ');
    labels += clock_time(tick);
  }
  std::string marks = fmt::format("{:>{}} \u2514", "0 %", frame.label_width);
  for (const bool tick : has_tick) marks += tick ? "\u252c" : "\u2500";
  return marks + "\n" + labels + " UTC\n";
}

}  // namespace zonefall::report
