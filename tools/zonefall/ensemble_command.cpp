// zonefall ensemble: one scenario under several policies, with everything that nobody knows varied.
#include <cstdint>
#include <memory>

#include "commands.h"
#include "grid_arguments.h"
#include "zonefall/experiment/grid.h"

namespace zonefall::command {

namespace {

struct Arguments {
  GridArguments grid{.seeds = "1..4", .scale = 0.01, .output = "ensemble.sqlite"};
  std::uint32_t members = 64;
};

constexpr std::uint32_t members_max = 10'000;

Result<experiment::GridOptions> options_of(const Arguments& arguments) {
  auto options = grid_options(arguments.grid);
  if (!options) return options.error();
  options.value().policies_of_ensembles = true;
  options.value().drawn_members = arguments.members;
  return options;
}

}  // namespace

void add_ensemble_command(CLI::App& app, ExitCode& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "ensemble", "Run a scenario under several policies with all that nobody knows varied");
  add_grid_arguments(
      *command, arguments->grid,
      "Run this policy of the scenario (may be repeated), or `all` of them; without "
      "it, those that the scenario takes into ensembles. The scenario as it is comes first");
  command
      ->add_option("--members", arguments->members,
                   "Draw this many members: a value for each uncertain thing, the seed among them")
      ->check(CLI::Range(1U, members_max))
      ->capture_default_str();
  command->footer(
      "Example:\n  zonefall ensemble scenarios/de-2026-05-05.yaml --policy stale-1-d --seeds 1..2 "
      "--members 8 -o assumptions.sqlite");
  command->callback(
      [arguments, &exit_code] { exit_code = run_grid_command(options_of(*arguments)); });
}

}  // namespace zonefall::command
