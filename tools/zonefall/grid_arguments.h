// What `compare` and `ensemble` have in common: arguments, and the run.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include "commands.h"
#include "scenario_arguments.h"
#include "zonefall/core/result.h"
#include "zonefall/experiment/grid.h"

namespace zonefall::command {

struct GridArguments {
  ScenarioArguments scenario{};
  std::vector<std::string> policies{};
  std::string seeds;
  double scale = 1;
  std::string output;
  bool overwrite = false;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
};

/// `policy_help` says what --policy does, and what happens without it.
void add_grid_arguments(CLI::App& command, GridArguments& arguments,
                        const std::string& policy_help);

/// Errors: seeds that are none.
Result<experiment::GridOptions> grid_options(const GridArguments& arguments);

/// Of the measures: those of all names, or also those of each class of names.
enum class Print : std::uint8_t { all_names, classes_too };
/// Runs the grid with a progress bar and an orderly end on Ctrl-C, then says what came out and
/// where it is stored.
ExitCode run_grid_command(Result<experiment::GridOptions> options, Print what = Print::all_names);

}  // namespace zonefall::command
