// The subcommands of `zonefall`: each registers itself with the command line and, when it is the
// one that was asked for, runs while the command line is parsed and leaves its exit code.
//
// Human output goes to stderr, machine output to stdout or into files. A new subcommand is a file
// NAME_command.cpp, a line here and in main.cpp, and its options in completion.bash.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

namespace zonefall::command {

/// Part of the interface: scripts depend on these numbers.
enum class ExitCode : std::uint8_t {
  fine = 0,
  expectation_failed = 1,
  bad_input = 2,   // or usage: also files that cannot be read
  run_failed = 3,  // what was asked for could not be done: also output that cannot be written
};
/// The same for people.
inline constexpr std::string_view exit_codes_text =
    "0 fine; 1 an expectation failed; 2 bad input or usage; 3 the run itself failed, or its output "
    "could not be written";

void add_check_command(CLI::App& app, ExitCode& exit_code);
void add_compare_command(CLI::App& app, ExitCode& exit_code);
void add_ensemble_command(CLI::App& app, ExitCode& exit_code);
void add_query_command(CLI::App& app, ExitCode& exit_code);
void add_report_command(CLI::App& app, ExitCode& exit_code);
void add_rpl_command(CLI::App& app, ExitCode& exit_code);
void add_run_command(CLI::App& app, ExitCode& exit_code);
void add_schema_command(CLI::App& app, ExitCode& exit_code);
void add_zone_command(CLI::App& app, ExitCode& exit_code);

}  // namespace zonefall::command
