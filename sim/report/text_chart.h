// Curves in characters, for terminals and Markdown code blocks.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "report/axes.h"

namespace zonefall::report {

using Shares = std::vector<std::optional<double>>;

/// What all curves of one chart share.
struct ChartFrame {
  TimeSpan span;
  ShareAxis axis;
  std::size_t rows = 6;             // of block_chart()
  std::size_t cells_per_share = 1;  // characters for each share
  std::size_t label_width = 0;      // before the curve
};

/// Bars of `rows` lines with the share axis to the left and the time axis (UTC) below. Gaps are
/// where nobody asked.
std::string block_chart(const ChartFrame& frame, const Shares& shares);
/// One line, without a label; what is not zero is visible.
std::string sparkline(const ChartFrame& frame, const Shares& shares);
/// Two lines: marks, and the times below them.
std::string time_axis(const ChartFrame& frame, std::size_t shares);

}  // namespace zonefall::report
