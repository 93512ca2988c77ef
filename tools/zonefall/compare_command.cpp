// zonefall compare: one scenario under several policies and seeds.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "commands.h"
#include "grid_arguments.h"
#include "output.h"
#include "usage.h"
#include "zonefall/experiment/grid.h"

namespace zonefall::command {

namespace {

struct Arguments {
  GridArguments grid{.seeds = "1..10", .scale = 0.02, .output = "comparison.sqlite"};
  std::vector<std::string> variations;
  bool classes = false;
};

// One measure: each candidate, and what it differs by from the first one.
std::string table_of(const outcome::ComparisonRecord& record, std::uint32_t measure) {
  const outcome::MeasureRow& row = record.measures[measure];
  const auto all = static_cast<std::uint32_t>(record.cohorts.size() - 1);
  std::size_t width = 0;
  for (const auto& candidate : record.candidates) width = std::max(width, candidate.name.size());
  std::string text = fmt::format("\n{} ({})\n", row.title, row.meaning);
  for (std::uint32_t c = 0; c < record.candidates.size(); ++c) {
    const auto own = std::find_if(record.estimates.begin(), record.estimates.end(), [&](auto& e) {
      return e.candidate == c && e.measure == measure && e.cohort == all;
    });
    const auto difference =
        std::find_if(record.differences.begin(), record.differences.end(), [&](auto& d) {
          return d.candidate == c && d.against == 0 && d.measure == measure && d.cohort == all;
        });
    text += fmt::format("  {:<{}}  {:>20}", record.candidates[c].name, width,
                        amount(row, own->mean, own->half_width));
    if (difference != record.differences.end()) {
      text += fmt::format("  difference {}", amount(row, difference->mean, difference->half_width));
    }
    text += "\n";
  }
  return text;
}

enum class Print : std::uint8_t { all_names, classes_too };

void print_report(const experiment::GridReport& report, double took_s, Print what) {
  const outcome::ComparisonRecord& record = report.record;
  say(
      fmt::format("{} candidates, {} seeds, {} of {} resolvers in each run, {:.1f} s\n"
                  "95 % intervals; differences from {} are taken seed by seed\n",
                  record.candidates.size(), record.members.size(), record.cohorts.back().simulated,
                  record.cohorts.back().resolvers, took_s, record.candidates.front().name));
  for (std::uint32_t measure = 0; measure < record.measures.size(); ++measure) {
    const bool is_of_class = !record.measures[measure].names.empty();
    if (!is_of_class || what == Print::classes_too) say(table_of(record, measure));
  }
}

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
    exit_code = run_grid_command(options_of(*arguments), [what](const auto& report, double took_s) {
      print_report(report, took_s, what);
    });
  });
}

}  // namespace zonefall::command
