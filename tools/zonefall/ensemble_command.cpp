// zonefall ensemble: one scenario under several policies, with everything that nobody knows varied.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "commands.h"
#include "grid_arguments.h"
#include "output.h"
#include "zonefall/experiment/grid.h"

namespace zonefall::command {

namespace {

using outcome::ComparisonRecord;

struct Arguments {
  GridArguments grid{.seeds = "1..4", .scale = 0.01, .output = "ensemble.sqlite"};
  std::uint32_t members = 64;
};

constexpr std::uint32_t members_max = 10'000;
constexpr std::uint32_t main_measure = 0;

std::uint32_t all_cohorts(const ComparisonRecord& record) {
  return static_cast<std::uint32_t>(record.cohorts.size() - 1);
}

std::size_t longest_name(const ComparisonRecord& record) {
  std::size_t width = 0;
  for (const auto& candidate : record.candidates) width = std::max(width, candidate.name.size());
  return width;
}

FixedCount quantile_of(const ComparisonRecord& record, std::uint32_t candidate,
                       std::uint32_t permille) {
  return std::find_if(record.quantiles.begin(), record.quantiles.end(),
                      [&](const outcome::QuantileRow& row) {
                        return row.candidate == candidate && row.measure == main_measure &&
                               row.cohort == all_cohorts(record) && row.permille == permille;
                      })
      ->value;
}

// Each candidate: as things are, and over all assumptions.
std::string candidates_table(const ComparisonRecord& record) {
  const outcome::MeasureRow& measure = record.measures[main_measure];
  const std::size_t width = longest_name(record);
  std::string text =
      fmt::format("\n{} ({})\n  {:<{}}  {:>18}  {:>10}  {}\n", measure.title, measure.meaning, "",
                  width, "as assumed", "median", "nine members of ten");
  for (const outcome::EstimateRow& row : record.estimates) {
    if (row.measure != main_measure || row.cohort != all_cohorts(record)) continue;
    const auto at = [&](std::uint32_t permille) {
      return amount(measure, quantile_of(record, row.candidate, permille));
    };
    text +=
        fmt::format("  {:<{}}  {:>18}  {:>10}  {} to {}\n", record.candidates[row.candidate].name,
                    width, amount(measure, row.mean, row.half_width), at(500), at(50), at(950));
  }
  return text;
}

// "less in 61 of 64 members".
std::string ranking_words(const outcome::DifferenceRow& difference,
                          const outcome::RankingRow& ranking) {
  const std::uint32_t members = ranking.less + ranking.equal + ranking.more;
  if (difference.mean < FixedCount()) return fmt::format("less in {} of {}", ranking.less, members);
  if (difference.mean > FixedCount()) return fmt::format("more in {} of {}", ranking.more, members);
  return fmt::format("equal in {} of {}", ranking.equal, members);
}

// Each pair: does it exceed chance, and in how many members does it keep its sign?
std::string pairs_table(const ComparisonRecord& record) {
  const outcome::MeasureRow& measure = record.measures[main_measure];
  const std::size_t width = longest_name(record);
  std::string text =
      fmt::format("\nDifferences in {}, by chance and by assumption\n", measure.name);
  for (const outcome::DifferenceRow& row : record.differences) {
    if (row.measure != main_measure || row.cohort != all_cohorts(record)) continue;
    const auto ranking = std::find_if(
        record.rankings.begin(), record.rankings.end(), [&](const outcome::RankingRow& other) {
          return other.candidate == row.candidate && other.against == row.against &&
                 other.measure == row.measure && other.cohort == row.cohort;
        });
    text +=
        fmt::format("  {:<{}}  against {:<{}}  {:>18}  {}\n", record.candidates[row.candidate].name,
                    width, record.candidates[row.against].name, width,
                    amount(measure, row.mean, row.half_width), ranking_words(row, *ranking));
  }
  return text;
}

/// How far one uncertainty moves the main measure of the scenario as it is.
struct Swing {
  std::uint32_t uncertainty = 0;
  const outcome::SensitivityRow* low = nullptr;
  const outcome::SensitivityRow* high = nullptr;
};

std::vector<Swing> swings_of(const ComparisonRecord& record) {
  std::vector<Swing> swings;
  for (const outcome::SensitivityRow& row : record.sensitivities) {
    if (row.candidate != 0 || row.measure != main_measure) continue;
    if (swings.empty() || swings.back().uncertainty != row.uncertainty) {
      swings.push_back({row.uncertainty, &row, &row});
    }
    Swing& swing = swings.back();
    if (row.mean < swing.low->mean) swing.low = &row;
    if (row.mean > swing.high->mean) swing.high = &row;
  }
  std::stable_sort(swings.begin(), swings.end(), [](const Swing& a, const Swing& b) {
    return a.high->mean - a.low->mean > b.high->mean - b.low->mean;
  });
  return swings;
}

std::string tornado_table(const ComparisonRecord& record) {
  const outcome::MeasureRow& measure = record.measures[main_measure];
  std::string text = fmt::format(
      "\nWhat moves {} of {} (means of the members with a value; those of run.seed differ by "
      "chance)\n",
      measure.name, record.candidates.front().name);
  for (const Swing& swing : swings_of(record)) {
    const outcome::UncertaintyRow& row = record.uncertainties[swing.uncertainty];
    text += fmt::format("  {:<40}  {} ({}) to {} ({})\n", row.path,
                        amount(measure, swing.low->mean), row.values[swing.low->value],
                        amount(measure, swing.high->mean), row.values[swing.high->value]);
  }
  return text;
}

void print_report(const experiment::GridReport& report, double took_s) {
  const ComparisonRecord& record = report.record;
  const auto drawn = std::count_if(record.members.begin(), record.members.end(),
                                   [](const auto& member) { return !member.drawn.empty(); });
  say(
      fmt::format("{} candidates, {} seeds as assumed and {} members that draw, {} of {} resolvers "
                  "in each run, {:.1f} s\n",
                  record.candidates.size(), std::ssize(record.members) - drawn, drawn,
                  record.cohorts.back().simulated, record.cohorts.back().resolvers, took_s));
  say(candidates_table(record));
  if (record.candidates.size() > 1) say(pairs_table(record));
  say(tornado_table(record));
}

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
  command->callback([arguments, &exit_code] {
    exit_code = run_grid_command(options_of(*arguments), print_report);
  });
}

}  // namespace zonefall::command
