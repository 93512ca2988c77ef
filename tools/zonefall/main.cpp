// zonefall: replay DNS outages.
#include <cstdio>

#include <fmt/format.h>

#include "command.h"

namespace zonefall::command {

void complain(const Error& error) { fmt::print(stderr, "zonefall: {}\n", error.to_text()); }

void add_scenario_arguments(CLI::App& command, ScenarioArguments& arguments) {
  command.add_option("scenario", arguments.path, "The scenario, a YAML file")->required();
  command.add_option("--set", arguments.set,
                     "Change the scenario before anything else, as \"path = value\"; may be given "
                     "several times");
}

}  // namespace zonefall::command

int main(int argc, char** argv) {
  using namespace zonefall::command;
  CLI::App app{"Replay DNS outages: who was hurt, for how long, what would have helped."};
  app.name("zonefall");
  app.set_version_flag("--version", ZONEFALL_VERSION);
  app.require_subcommand(1);
  app.footer("Example: zonefall run scenarios/de-2026-05-05.yaml -o de.sqlite\n"
             "Exit codes: 0 fine, 1 an expectation failed, 2 bad input or usage, 3 the run failed.");
  int exit_code = fine;
  add_check(app, exit_code);
  add_query(app, exit_code);
  add_run(app, exit_code);
  add_zone(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int parse_code = app.exit(error);
    return parse_code == 0 ? fine : bad_input;
  }
  return exit_code;
}
