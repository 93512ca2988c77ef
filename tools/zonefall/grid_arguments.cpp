#include "grid_arguments.h"

#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "long_work.h"
#include "output.h"
#include "usage.h"
#include "zonefall/core/spelling.h"
#include "zonefall/report/report.h"

namespace zonefall::command {

namespace {

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

}  // namespace

void add_grid_arguments(CLI::App& command, GridArguments& arguments,
                        const std::string& policy_help) {
  add_scenario_arguments(command, arguments.scenario);
  command.add_option("--policy", arguments.policies, policy_help);
  command.add_option("--seeds", arguments.seeds, "Seeds, as in 1..20 or 1,2,7")
      ->capture_default_str();
  command
      .add_option("--scale", arguments.scale,
                  "Simulate this share of each cohort's resolvers, at least one of each; results "
                  "are weighted back")
      ->check(share())
      ->capture_default_str();
  command.add_option("-o,--output", arguments.output, "The results, an SQLite file")
      ->capture_default_str();
  command.add_flag("--overwrite", arguments.overwrite, "Replace an existing results file");
  command.add_option("--threads", arguments.threads, "Threads; the results do not depend on it")
      ->check(CLI::Range(1U, 1024U))
      ->capture_default_str();
}

Result<experiment::GridOptions> grid_options(const GridArguments& arguments) {
  experiment::GridOptions options;
  options.scenario_path = arguments.scenario.path;
  options.changes = arguments.scenario.set;
  options.policies = arguments.policies;
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

ExitCode run_grid_command(Result<experiment::GridOptions> options, Print what) {
  if (!options) return refuse(options.error());
  ProgressBar bar;
  options.value().stop = is_interrupted;
  options.value().progress = [&](std::uint64_t done, std::uint64_t all) { bar.show(done, all); };
  watch_signals();
  const Clock::time_point start = Clock::now();
  const auto report = experiment::run_grid(options.value());
  bar.end();
  if (const auto failure = failure_of(report)) return *failure;
  const std::string& path = options.value().output_path;
  const double took_s = seconds_since(start);
  const Result<std::string> summary =
      what == Print::classes_too ? report::summary_with_classes(path) : report::summary(path);
  if (!summary) return code_of(summary.error());
  say(summary.value());
  say(fmt::format("\ncontent hash {:016x}\nresults in {}, after {:.1f} s\n",
                  report.value().content_hash, path, took_s));
  return ExitCode::fine;
}

}  // namespace zonefall::command
