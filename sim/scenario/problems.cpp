#include "scenario/problems.h"

#include <algorithm>

#include <fmt/format.h>

namespace zonefall::scenario {

void Problems::add(Mark at, std::string message) {
  found_.push_back({at, std::move(message)});
}

std::string Problems::place_text(Mark at) const {
  if (at.change == 0) return fmt::format("{}:{}:{}", file_, at.line, at.column);
  return changes_.at(at.change - 1);
}

Error Problems::to_error() const {
  std::vector<Problem> sorted = found_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
    const bool both_of_changes = a.at.change != 0 && b.at.change != 0;
    if (both_of_changes) return a.at.change < b.at.change;
    return a.at.change != 0 || (b.at.change == 0 && a.at < b.at);
  });
  std::vector<std::string> lines;
  lines.reserve(sorted.size() + foreign_.size());
  for (const Problem& problem : sorted) {
    lines.push_back(fmt::format("{}: {}", place_text(problem.at), problem.message));
  }
  lines.insert(lines.end(), foreign_.begin(), foreign_.end());
  ZF_ASSERT(!lines.empty());
  if (lines.size() > shown_max) {
    const std::size_t more = lines.size() - shown_max;
    lines.resize(shown_max);
    lines.push_back(fmt::format("{}: {} more like these", file_, more));
  }
  Error error;
  if (!sorted.empty()) {
    error.where = place_text(sorted[0].at);
    lines[0] = sorted[0].message;
  }
  error.message = fmt::format("{}", fmt::join(lines, "\n"));
  return error;
}

}  // namespace zonefall::scenario
