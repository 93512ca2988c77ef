// What subcommands that take a while have in common: a progress bar, and an orderly end on Ctrl-C.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "commands.h"
#include "output.h"
#include "zonefall/core/result.h"

namespace zonefall::command {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start);

/// From now on an interrupt is noted, and said, instead of ending the process. Left alone are
/// signals that the caller has us ignore, as nohup does.
void watch_signals();
bool is_interrupted();

/// What to end with if the work brought no result, which is then said: its errors have a place
/// exactly if the input is at fault. `Report` says whether it was `stopped`.
template <typename Report>
std::optional<ExitCode> failure_of(const Result<Report>& report) {
  if (!report) {
    complain(report.error());
    return report.error().where.empty() ? ExitCode::run_failed : ExitCode::bad_input;
  }
  if (!report.value().stopped) return std::nullopt;
  complain({"interrupted: nothing was written"});
  return ExitCode::run_failed;
}

/// A line on the terminal that shows how far the work is; nothing if stderr is no terminal.
class ProgressBar {
 public:
  ProgressBar();
  void show(std::uint64_t done, std::uint64_t all);
  void end() const;

 private:
  bool is_terminal_;
  std::atomic<int> shown_{-1};
  Clock::time_point start_ = Clock::now();
};

}  // namespace zonefall::command
