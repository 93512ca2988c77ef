// zonefall compare: one scenario under several policies and seeds.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "commands.h"
#include "long_work.h"
#include "output.h"
#include "scenario_arguments.h"
#include "usage.h"
#include "zonefall/core/spelling.h"
#include "zonefall/experiment/grid.h"

namespace zonefall::command {

namespace {

struct Arguments {
  ScenarioArguments scenario;
  std::vector<std::string> policies;
  std::vector<std::string> variations;
  std::string seeds = "1..10";
  std::string output = "comparison.sqlite";
  bool overwrite = false;
  double scale = 0.03;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
};

constexpr std::uint64_t seeds_max = 1000;

Result<std::uint64_t> parse_seed(const std::string& text) {
  std::uint64_t seed = 0;
  if (CLI::detail::lexical_cast(text, seed) && !text.starts_with('-')) return seed;
  return Error{fmt::format("{} is no seed", in_quotes(text)), "--seeds"};
}

// "1..20", "7", "1,2,5..9"
Result<std::vector<std::uint64_t>> parse_seeds(const std::string& text) {
  std::vector<std::uint64_t> seeds;
  for (const std::string& part : CLI::detail::split(text, ',')) {
    const std::size_t dots = part.find("..");
    const auto first = parse_seed(part.substr(0, dots));
    if (!first) return first.error();
    const auto last = dots == std::string::npos ? first : parse_seed(part.substr(dots + 2));
    if (!last) return last.error();
    if (last.value() < first.value() || last.value() - first.value() >= seeds_max) {
      return Error{fmt::format("{} is no range of 1 to {} seeds", in_quotes(part), seeds_max),
                   "--seeds"};
    }
    for (std::uint64_t i = 0; i <= last.value() - first.value(); ++i) {
      seeds.push_back(first.value() + i);
    }
  }
  std::vector<std::uint64_t> sorted = seeds;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    return Error{fmt::format("{} names a seed twice", in_quotes(text)), "--seeds"};
  }
  return seeds;
}

// "12.34 % ± 0.05" for shares, plain numbers for the rest.
std::string amount(const outcome::MeasureRow& measure, FixedCount mean,
                   const std::optional<FixedCount>& half_width) {
  const bool is_share = measure.unit == "share";
  const double factor = is_share ? 100 : 1;
  const int digits = is_share ? 2 : measure.unit == "minutes" ? 1 : 0;
  const std::string interval =
      half_width ? fmt::format(" ±{:.{}f}", half_width->to_double() * factor, digits) : "";
  return fmt::format("{:.{}f}{}{}", mean.to_double() * factor, digits, interval,
                     is_share ? " %" : "");
}

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

void print_report(const experiment::GridReport& report, const Arguments& arguments,
                  std::size_t seeds, double took_s) {
  const outcome::ComparisonRecord& record = report.record;
  say(
      fmt::format("{} candidates, {} seeds, {} of {} resolvers in each run, {:.1f} s\n"
                  "95 % intervals; differences from {} are taken seed by seed\n",
                  record.candidates.size(), seeds, record.cohorts.back().simulated,
                  record.cohorts.back().resolvers, took_s, record.candidates.front().name));
  for (std::uint32_t measure = 0; measure < record.measures.size(); ++measure) {
    say(table_of(record, measure));
  }
  say(fmt::format("\ncontent hash {:016x}\nresults in {}\n", report.content_hash,
                  arguments.output));
}

Result<experiment::GridOptions> grid_options(const Arguments& arguments) {
  experiment::GridOptions options;
  options.scenario_path = arguments.scenario.path;
  options.changes = arguments.scenario.set;
  options.policies = arguments.policies;
  for (const std::string& text : arguments.variations) {
    auto variation = experiment::parse_variation(text);
    if (!variation) return Error{variation.error().message, "--vary"};
    options.variations.push_back(std::move(variation).value());
  }
  auto seeds = parse_seeds(arguments.seeds);
  if (!seeds) return seeds.error();
  options.seeds = std::move(seeds).value();
  options.scale_ppm = static_cast<std::uint32_t>(arguments.scale * 1'000'000 + 0.5);
  options.output_path = arguments.output;
  options.overwrite = arguments.overwrite;
  options.threads = arguments.threads;
  options.version = ZONEFALL_VERSION;
  return options;
}

ExitCode compare(const Arguments& arguments) {
  auto options = grid_options(arguments);
  if (!options) return refuse(options.error());
  ProgressBar bar;
  options.value().stop = is_interrupted;
  options.value().progress = [&](std::uint64_t done, std::uint64_t all) { bar.show(done, all); };
  watch_signals();
  const Clock::time_point start = Clock::now();
  const auto report = experiment::run_grid(options.value());
  bar.end();
  if (const auto failure = failure_of(report)) return *failure;
  print_report(report.value(), arguments, options.value().seeds.size(), seconds_since(start));
  return ExitCode::fine;
}

}  // namespace

void add_compare_command(CLI::App& app, ExitCode& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("compare", "Run a scenario under several policies and seeds");
  add_scenario_arguments(*command, arguments->scenario);
  command->add_option("--policy", arguments->policies,
                      "Compare this policy of the scenario (may be repeated); without it, all of "
                      "them. The scenario as it is comes first");
  command->add_option("--vary", arguments->variations,
                      "\"path=a,b,c\": try everything with each of these values (may be repeated)");
  command->add_option("--seeds", arguments->seeds, "Seeds, as in 1..20 or 1,2,7")
      ->capture_default_str();
  command
      ->add_option("--scale", arguments->scale,
                   "Simulate this share of each cohort's resolvers, at least one of each; results "
                   "are weighted back")
      ->check(share())
      ->capture_default_str();
  command->add_option("-o,--output", arguments->output, "The results, an SQLite file")
      ->capture_default_str();
  command->add_flag("--overwrite", arguments->overwrite, "Replace an existing results file");
  command->add_option("--threads", arguments->threads, "Threads; the results do not depend on it")
      ->check(CLI::Range(1U, 1024U))
      ->capture_default_str();
  command->footer(
      "Example:\n  zonefall compare scenarios/de-2026-05-05.yaml --policy strict "
      "--policy nta-30-min --seeds 1..3 -o policies.sqlite");
  command->callback([arguments, &exit_code] { exit_code = compare(*arguments); });
}

}  // namespace zonefall::command
