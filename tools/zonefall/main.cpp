// The command `zonefall`: reads the command line, runs one subcommand, gives its exit code.
#include <csignal>
#include <exception>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "commands.h"
#include "output.h"
#include "usage.h"

namespace {

namespace command = zonefall::command;
using zonefall::command::ExitCode;
using zonefall::command::report_parse_error;

ExitCode run(int argc, char** argv) {
  CLI::App app("Replays DNSSEC outages: who was hurt, for how long, and what would have helped.",
               "zonefall");
  app.footer(
      fmt::format("Example:\n  zonefall run scenarios/de-2026-05-05.yaml -o de.sqlite\n"
                  "Exit codes: {}.\n`zonefall SUBCOMMAND --help` explains a subcommand.",
                  command::exit_codes_text));
  app.set_version_flag("--version", "zonefall " ZONEFALL_VERSION, "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.require_subcommand(1);
  ExitCode exit_code = ExitCode::fine;
  zonefall::command::add_check_command(app, exit_code);
  zonefall::command::add_rpl_command(app, exit_code);
  zonefall::command::add_run_command(app, exit_code);
  zonefall::command::add_compare_command(app, exit_code);
  zonefall::command::add_ensemble_command(app, exit_code);
  zonefall::command::add_report_command(app, exit_code);
  zonefall::command::add_query_command(app, exit_code);
  zonefall::command::add_zone_command(app, exit_code);
  zonefall::command::add_schema_command(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report_parse_error(app, error, {argv + 1, argv + argc});
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  // A file over the limit for its size is an error to report (EFBIG), not a reason to die.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return static_cast<int>(run(argc, argv));
  } catch (const std::exception& error) {  // out of memory, or a library's
    zonefall::command::complain({error.what()});
    return static_cast<int>(ExitCode::run_failed);
  }
}
