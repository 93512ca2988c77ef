// What goes to stdout (data) and to stderr (words).
#pragma once

#include <string_view>

#include "commands.h"
#include "zonefall/core/result.h"

namespace zonefall::command {

/// Errors: stdout is full or closed.
Status write_stdout(std::string_view text);
/// Words on stderr; that nobody can read them stops nothing.
void say(std::string_view text);
/// The exit code for output that was written or not, which is then said.
ExitCode code_of(const Status& written);
/// "zonefall: MESSAGE" on stderr.
void complain(const Error& error);
/// `complain`, and the exit code for it.
ExitCode refuse(const Error& error);

}  // namespace zonefall::command
