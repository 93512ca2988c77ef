#include "scenario/problems.h"

#include <algorithm>

#include <fmt/format.h>

namespace zonefall::scenario {

void Problems::add(Mark at, std::string message) {
  found_.push_back({at, std::move(message)});
}

Error Problems::to_error() const {
  std::vector<Problem> sorted = found_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Problem& a, const Problem& b) { return a.at < b.at; });
  std::vector<std::string> lines;
  lines.reserve(sorted.size() + foreign_.size());
  for (const Problem& problem : sorted) {
    lines.push_back(
        fmt::format("{}:{}:{}: {}", file_, problem.at.line, problem.at.column, problem.message));
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
    error.where = fmt::format("{}:{}:{}", file_, sorted[0].at.line, sorted[0].at.column);
    lines[0] = sorted[0].message;
  }
  error.message = fmt::format("{}", fmt::join(lines, "\n"));
  return error;
}

}  // namespace zonefall::scenario
