// zonefall: replay DNS outages.
#include <csignal>
#include <exception>
#include <string>
#include <vector>

#include "command.h"
#include "usage.h"

namespace zonefall::command {

int refuse(const Error& error) {
  complain(error);
  return bad_input;
}

void add_set_option(CLI::App& command, std::vector<std::string>& set) {
  command
      .add_option("--set", set,
                  "Change the scenario before anything else, as \"path = value\"; may be given "
                  "several times")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false)
      ->type_name("CHANGE");
}

void add_scenario_arguments(CLI::App& command, ScenarioArguments& arguments) {
  command.add_option("scenario", arguments.path, "The scenario, a YAML file")->required();
  add_set_option(command, arguments.set);
}

Result<scenario::ScenarioFile> load(const ScenarioArguments& arguments) {
  return scenario::load_scenario(arguments.path, arguments.set);
}

namespace {

int run_program(int argc, char** argv) {
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
    return report_parse_error(app, error, {argv + 1, argv + argc});
  }
  return exit_code;
}

}  // namespace

}  // namespace zonefall::command

int main(int argc, char** argv) {
  using namespace zonefall::command;
  // A file over the limit for its size is an error to report (EFBIG), not a reason to die.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return run_program(argc, argv);
  } catch (const std::exception& error) {  // out of memory, or a library's
    complain({error.what()});
    return run_failed;
  }
}
