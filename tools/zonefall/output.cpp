#include "output.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fmt/format.h>

namespace zonefall::command {

Status write_stdout(std::string_view text) {
  errno = 0;
  const bool is_written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!is_written || std::fflush(stdout) != 0) {
    return Error{
        fmt::format("cannot write the output: {}", std::generic_category().message(errno))};
  }
  return Done{};
}

void say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void complain(const Error& error) {
  say(fmt::format("zonefall: {}\n", error.to_text()));
}

ExitCode code_of(const Status& written) {
  if (written) return ExitCode::fine;
  complain(written.error());
  return ExitCode::run_failed;
}

ExitCode refuse(const Error& error) {
  complain(error);
  return ExitCode::bad_input;
}

}  // namespace zonefall::command
