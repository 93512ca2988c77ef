// Options that subcommands share which read a scenario.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace zonefall::command {

struct ScenarioArguments {
  std::string path;
  std::vector<std::string> set;
};
void add_scenario_arguments(CLI::App& command, ScenarioArguments& arguments);

}  // namespace zonefall::command
