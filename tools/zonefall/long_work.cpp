#include "long_work.h"

#include <algorithm>
#include <csignal>
#include <string>
#include <string_view>
#include <unistd.h>

#include <fmt/format.h>

namespace zonefall::command {

namespace {

volatile std::sig_atomic_t interrupted = 0;

// Says at once that it was heard: a resolver under way is replayed to its end.
void note_interrupt(int) {
  constexpr std::string_view words = "zonefall: interrupted: stopping\n";
  if (interrupted == 0 && write(STDERR_FILENO, words.data(), words.size()) < 0) {
    // Nobody can read it; the run stops all the same.
  }
  interrupted = 1;
}

}  // namespace

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void watch_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    if (std::signal(number, note_interrupt) == SIG_IGN) std::signal(number, SIG_IGN);
  }
  // Nobody who reads along is no reason to give up the run.
  std::signal(SIGPIPE, SIG_IGN);
}

bool is_interrupted() {
  return interrupted != 0;
}

ProgressBar::ProgressBar() : is_terminal_(isatty(STDERR_FILENO) == 1) {}

void ProgressBar::show(std::uint64_t done, std::uint64_t all) {
  if (!is_terminal_) return;
  const auto percent = static_cast<int>(done * 100 / std::max<std::uint64_t>(1, all));
  if (shown_.exchange(percent) == percent) return;
  const double elapsed_s = seconds_since(start_);
  const double left_s =
      percent == 0 ? 0 : elapsed_s * (100.0 - percent) / static_cast<double>(percent);
  const std::string done_part(static_cast<std::size_t>(percent / 2), '#');
  say(fmt::format("\r[{:<50}] {:3d} %  {:.0f} s left ", done_part, percent, left_s));
}

void ProgressBar::end() const {
  if (is_terminal_) say(fmt::format("\r{:75}\r", ""));
}

}  // namespace zonefall::command
