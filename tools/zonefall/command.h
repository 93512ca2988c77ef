// The subcommands of `zonefall`: one file each, each adding itself to the command line.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "output.h"
#include "zonefall/core/result.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::command {

enum ExitCode : int { fine = 0, expectation_failed = 1, bad_input = 2, run_failed = 3 };

/// Adds a subcommand; when it is chosen, it runs and sets `exit_code`.
void add_check(CLI::App& app, int& exit_code);
void add_query(CLI::App& app, int& exit_code);
void add_run(CLI::App& app, int& exit_code);
void add_zone(CLI::App& app, int& exit_code);

/// `complain`, and the exit code for it.
int refuse(const Error& error);

/// Options that several subcommands share.
struct ScenarioArguments {
  std::string path;
  std::vector<std::string> set;
};
void add_scenario_arguments(CLI::App& command, ScenarioArguments& arguments);
void add_set_option(CLI::App& command, std::vector<std::string>& set);
Result<scenario::ScenarioFile> load(const ScenarioArguments& arguments);

}  // namespace zonefall::command
