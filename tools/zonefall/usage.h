// What is wrong with a command line, in the words of this program.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "commands.h"

namespace zonefall::command {

/// Prints help or the version if that was asked for; else says what is wrong, with the nearest
/// subcommand or option. The exit code.
ExitCode report_parse_error(const CLI::App& app, const CLI::ParseError& error,
                            const std::vector<std::string>& words);

/// For options that hold a whole number of 64 bits, as text.
CLI::Validator whole_number();
/// For options that hold a share: over 0, at most 1.
CLI::Validator share();

}  // namespace zonefall::command
