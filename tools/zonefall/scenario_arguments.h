// Options that subcommands share which read a scenario.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "zonefall/core/result.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::command {

struct ScenarioArguments {
  std::string path;
  std::vector<std::string> set;
};
void add_set_option(CLI::App& command, std::vector<std::string>& set);
void add_scenario_arguments(CLI::App& command, ScenarioArguments& arguments);
Result<scenario::ScenarioFile> load(const ScenarioArguments& arguments);

}  // namespace zonefall::command
