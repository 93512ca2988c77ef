#include "scenario_arguments.h"

namespace zonefall::command {

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

}  // namespace zonefall::command
