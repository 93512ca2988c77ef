#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "zonefall/replay/replay.h"

namespace zonefall::replay {

namespace {

// Client's steps stand at the margin, a pursuit's one step further in than what waits for it.
std::size_t indent(const resolver::TraceStep& step) {
  constexpr std::size_t width = 2;
  return width * (step.task == 0 ? 0 : std::size_t{step.depth} + 1);
}

}  // namespace

std::string explain(const std::vector<resolver::TraceStep>& steps) {
  std::string text;
  if (steps.empty()) return text;
  const SimTime start = steps.front().at;
  text += fmt::format("{}\n", start.to_text());
  for (const resolver::TraceStep& step : steps) {
    const std::int64_t us = (step.at - start).to_nanoseconds() / 1'000;
    text += fmt::format("{:>9}.{:03} ms  {:{}}{} {} {}{}{}\n", us / 1'000, us % 1'000, "",
                        indent(step), resolver::to_text(step.kind), step.question.qname.to_text(),
                        dns::to_text(step.question.qtype), step.detail.empty() ? "" : ": ",
                        step.detail);
  }
  return text;
}

}  // namespace zonefall::replay
