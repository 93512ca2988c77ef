// What `compare` and `ensemble` have in common: arguments, the run, and how figures are written.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include "commands.h"
#include "scenario_arguments.h"
#include "zonefall/core/fixed.h"
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

/// Runs the grid with a progress bar and an orderly end on Ctrl-C, then `print`s what came out and
/// where it is stored.
using PrintGrid = std::function<void(const experiment::GridReport& report, double took_s)>;
ExitCode run_grid_command(Result<experiment::GridOptions> options, const PrintGrid& print);

/// "12.34 %" for shares, plain numbers for the rest.
std::string amount(const outcome::MeasureRow& measure, FixedCount value);
/// "12.34 ±0.05 %"; "12.34 ±? %" where one seed alone tells nothing.
std::string amount(const outcome::MeasureRow& measure, FixedCount mean,
                   const std::optional<FixedCount>& half_width);

}  // namespace zonefall::command
