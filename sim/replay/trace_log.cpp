#include "replay/trace_log.h"

#include <algorithm>

namespace zonefall::replay {

namespace {

template <typename Range>
bool holds(const Range& words, std::uint64_t word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

// A waiting step always comes before the steps that are waited for.
std::vector<resolver::TraceStep> TraceLog::steps_for(std::span<const std::uint64_t> tokens) const {
  std::vector<resolver::TraceStep> chosen;
  std::vector<std::uint64_t> tasks;
  for (const resolver::TraceStep& step : steps_) {
    const bool belongs = step.task != 0 ? holds(tasks, step.task) : holds(tokens, step.client);
    if (!belongs) continue;
    chosen.push_back(step);
    if (step.awaited != 0 && !holds(tasks, step.awaited)) tasks.push_back(step.awaited);
  }
  return chosen;
}

}  // namespace zonefall::replay
