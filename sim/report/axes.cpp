#include "report/axes.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "report/text.h"

namespace zonefall::report {

ShareAxis share_axis(const std::vector<std::optional<double>>& shares) {
  constexpr std::array<ShareAxis, 8> choices = {
      {{0.01, 5}, {0.02, 4}, {0.05, 5}, {0.1, 5}, {0.2, 4}, {0.3, 3}, {0.5, 5}, {0.75, 3}}};
  double largest = 0;
  for (const std::optional<double>& share : shares) largest = std::max(largest, share.value_or(0));
  for (const ShareAxis& axis : choices) {
    if (largest <= axis.top) return axis;
  }
  return {1, 5};
}

std::vector<SimTime> time_ticks(const TimeSpan& span, std::size_t ticks_max) {
  constexpr std::array<std::int64_t, 18> steps_s = {
      1,    5,     10,    30,    60,    300,    600,    1800,    3600,
      7200, 10800, 21600, 43200, 86400, 172800, 604800, 2592000, 31536000};
  const double span_s = seconds_between(span.from, span.until);
  for (const std::int64_t step_s : steps_s) {
    if (span_s / static_cast<double>(step_s) > static_cast<double>(ticks_max)) continue;
    std::vector<SimTime> ticks;
    const std::int64_t until_s = span.until.to_unix_s();
    std::int64_t at_s = span.from.to_unix_s() / step_s * step_s;
    for (; at_s < until_s; at_s += step_s) {
      const SimTime at = SimTime::from_unix_s(at_s);
      if (at >= span.from && ticks.size() < ticks_max) ticks.push_back(at);
    }
    return ticks;
  }
  return {};
}

}  // namespace zonefall::report
