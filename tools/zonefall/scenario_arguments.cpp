#include "scenario_arguments.h"

namespace zonefall::command {

void add_scenario_arguments(CLI::App& command, ScenarioArguments& arguments) {
  command.add_option("scenario", arguments.path, "The scenario, a YAML file")->required();
  command.add_option("--set", arguments.set,
                     "Change the scenario before anything else, as \"path = value\"; may be given "
                     "several times");
}

}  // namespace zonefall::command
