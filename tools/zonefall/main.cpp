// The command `zonefall`: reads the command line, runs one subcommand, gives its exit code.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "commands.h"

namespace {

using zonefall::command::ExitCode;

ExitCode run(int argc, char** argv) {
  CLI::App app("Replays DNSSEC outages: who was hurt, for how long, and what would have helped.",
               "zonefall");
  app.footer(
      "Exit codes: 0 fine; 1 an expectation failed; 2 bad input or usage; 3 the run failed.\n"
      "`zonefall SUBCOMMAND --help` explains a subcommand.");
  app.set_version_flag("--version", "zonefall " ZONEFALL_VERSION, "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.require_subcommand(1);
  ExitCode exit_code = ExitCode::fine;
  zonefall::command::add_check_command(app, exit_code);
  zonefall::command::add_run_command(app, exit_code);
  zonefall::command::add_report_command(app, exit_code);
  zonefall::command::add_query_command(app, exit_code);
  zonefall::command::add_zone_command(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> unknown = app.remaining();
    if (error.get_exit_code() != 0 && app.get_subcommands().empty() && !unknown.empty()) {
      fmt::print(stderr, "zonefall: there is no subcommand {}; see zonefall --help\n", unknown[0]);
      return ExitCode::bad_input;
    }
    return app.exit(error) == 0 ? ExitCode::fine : ExitCode::bad_input;
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return static_cast<int>(run(argc, argv));
  } catch (const std::exception& error) {  // out of memory, or a library's
    std::fprintf(stderr, "zonefall: %s\n", error.what());
    return static_cast<int>(ExitCode::run_failed);
  }
}
