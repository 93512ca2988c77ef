// zonefall compare: one scenario under several policies and seeds.
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "grid_arguments.h"
#include "zonefall/experiment/grid.h"

namespace zonefall::command {

namespace {

struct Arguments {
  GridArguments grid{.seeds = "1..10", .scale = 0.02, .output = "comparison.sqlite"};
  std::vector<std::string> variations;
  bool classes = false;
};

Result<experiment::GridOptions> options_of(const Arguments& arguments) {
  auto options = grid_options(arguments.grid);
  if (!options) return options.error();
  for (const std::string& text : arguments.variations) {
    auto variation = experiment::parse_variation(text);
    if (!variation) return Error{variation.error().message, "--vary"};
    options.value().variations.push_back(std::move(variation).value());
  }
  return options;
}

}  // namespace

void add_compare_command(CLI::App& app, ExitCode& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("compare", "Run a scenario under several policies and seeds");
  add_grid_arguments(
      *command, arguments->grid,
      "Compare this policy of the scenario (may be repeated), or `all` of them; "
      "without it, those that the scenario takes into comparisons. The scenario as it "
      "is comes first");
  command->add_option("--vary", arguments->variations,
                      "\"path=a,b,c\": try everything with each of these values (may be repeated)");
  command->add_flag("--classes", arguments->classes,
                    "Also print failed lookups by class of name (popular or rare, signed, unsigned "
                    "or missing); the results hold them anyway");
  command->footer(
      "Example:\n  zonefall compare scenarios/de-2026-05-05.yaml --policy strict "
      "--policy nta-30-min --seeds 1..3 -o policies.sqlite");
  command->callback([arguments, &exit_code] {
    const Print what = arguments->classes ? Print::classes_too : Print::all_names;
    exit_code = run_grid_command(options_of(*arguments), what);
  });
}

}  // namespace zonefall::command
