// Scales of charts: where a share axis ends, where a time axis has its marks.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "zonefall/core/time.h"

namespace zonefall::report {

/// An axis from 0 to `top` with equal steps.
struct ShareAxis {
  double top = 1;
  int steps = 5;
};
/// The smallest readable axis that holds all shares; 1 % at least.
ShareAxis share_axis(const std::vector<std::optional<double>>& shares);

/// Round times in [from, until), evenly spaced, at most `ticks_max` > 0 of them.
struct TimeSpan {
  SimTime from;
  SimTime until;
};
std::vector<SimTime> time_ticks(const TimeSpan& span, std::size_t ticks_max);

}  // namespace zonefall::report
