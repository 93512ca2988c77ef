// zonefall run: replays a scenario into a results file.
#include <algorithm>
#include <memory>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "commands.h"
#include "long_work.h"
#include "output.h"
#include "scenario_arguments.h"
#include "usage.h"
#include "zonefall/scenario/run.h"

namespace zonefall::command {

namespace {

struct Arguments {
  ScenarioArguments scenario;
  std::string counterfactual;
  std::string output = "results.sqlite";
  bool overwrite = false;
  std::optional<std::uint64_t> seed;
  std::optional<double> scale;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  std::string crypto = "identity";
  bool every_query = false;
};

/// Prints the expectations of one kind; gives how many turned out wrong. A consequence that names
/// the counterfactual that was run must fail.
int print_score(const scenario::RunReport& report, const std::string& kind) {
  int wrong = 0;
  int passed = 0;
  int all = 0;
  std::string lines;
  for (const outcome::ExpectationRow& row : report.expectations) {
    if (row.kind != kind) continue;
    const bool must_fail = std::find(report.must_fail.begin(), report.must_fail.end(), row.id) !=
                           report.must_fail.end();
    all += 1;
    passed += row.passed ? 1 : 0;
    wrong += row.passed == must_fail ? 1 : 0;
    lines +=
        fmt::format("  {} {}: {}{}\n", row.passed ? "pass" : "FAIL", row.id, row.measured,
                    must_fail ? row.passed ? ", but must fail here" : ", as it must here" : "");
  }
  if (all > 0) say(fmt::format("{}s: {} of {} passed\n{}", kind, passed, all, lines));
  return wrong;
}

/// Of a counterfactual, only those that must fail are judged.
ExitCode print_report(const scenario::RunReport& report, const Arguments& arguments,
                      double took_s) {
  say(
      fmt::format("{:.0f} client queries, {} resolutions, {} exchanges, {} events in {:.1f} s\n"
                  "fingerprint {:016x}, content hash {:016x}\n",
                  report.client_queries, report.resolutions, report.exchanges, report.events,
                  took_s, report.fingerprint, report.content_hash));
  int wrong = print_score(report, "consequence") + print_score(report, "echo");
  if (!arguments.counterfactual.empty()) {
    wrong = static_cast<int>(
        std::count_if(report.expectations.begin(), report.expectations.end(), [&](const auto& row) {
          return row.passed && std::find(report.must_fail.begin(), report.must_fail.end(),
                                         row.id) != report.must_fail.end();
        }));
  }
  say(fmt::format("results in {}\n", arguments.output));
  return wrong == 0 ? ExitCode::fine : ExitCode::expectation_failed;
}

ExitCode run(const Arguments& arguments) {
  scenario::RunOptions options;
  options.scenario_path = arguments.scenario.path;
  options.changes = arguments.scenario.set;
  options.counterfactual = arguments.counterfactual;
  options.seed = arguments.seed;
  if (arguments.scale) {
    options.scale_ppm = static_cast<std::uint32_t>(*arguments.scale * 1'000'000 + 0.5);
  }
  options.output_path = arguments.output;
  options.overwrite = arguments.overwrite;
  options.real_crypto = arguments.crypto == "real";
  if (arguments.every_query) options.hits = replay::Hits::events;
  options.threads = arguments.threads;
  options.version = ZONEFALL_VERSION;
  options.stop = is_interrupted;
  ProgressBar bar;
  options.progress = [&](std::uint64_t done, std::uint64_t all) { bar.show(done, all); };
  watch_signals();
  const Clock::time_point start = Clock::now();
  const auto report = scenario::run_scenario(options);
  bar.end();
  if (const auto failure = failure_of(report)) return *failure;
  return print_report(report.value(), arguments, seconds_since(start));
}

}  // namespace

void add_run_command(CLI::App& app, ExitCode& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("run", "Replay a scenario into a results file");
  add_scenario_arguments(*command, arguments->scenario);
  command->add_option("--counterfactual", arguments->counterfactual,
                      "Run the scenario's counterfactual of this name: expectations that name it "
                      "must fail");
  command->add_option("-o,--output", arguments->output, "The results, an SQLite file")
      ->capture_default_str();
  command->add_flag("--overwrite", arguments->overwrite,
                    "Replace an existing results file, and nothing else");
  command->add_option("--seed", arguments->seed, "Use this seed instead of the scenario's")
      ->check(whole_number());
  command
      ->add_option("--scale", arguments->scale,
                   "Simulate this share of each cohort's resolvers, 0.01 for one in a hundred")
      ->check(share());
  command->add_option("--threads", arguments->threads, "Threads; the results do not depend on it")
      ->check(CLI::Range(1U, 1024U))
      ->capture_default_str();
  command
      ->add_option("--crypto", arguments->crypto,
                   "How signatures are checked: by identity (quick), or real (OpenSSL)")
      ->check(CLI::IsMember({"identity", "real"}))
      ->capture_default_str();
  command->add_flag(
      "--every-query", arguments->every_query,
      "Make each cache hit an event of its own: slow, and the judge of the quick way");
  command->footer(
      "Example:\n  zonefall run scenarios/de-2026-05-05.yaml --scale 0.05 -o de.sqlite");
  command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace zonefall::command
