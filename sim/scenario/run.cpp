#include "zonefall/scenario/run.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/problems.h"
#include "scenario/record.h"
#include "zonefall/core/hash.h"

namespace zonefall::scenario {

namespace {

double client_queries(const outcome::Tally& tally) {
  FixedCount sum;
  for (std::uint32_t cohort = 0; cohort < tally.shape().cohorts; ++cohort) {
    for (std::uint32_t bin = 0; bin < tally.shape().bins.count; ++bin) {
      for (const outcome::Outcome o : outcome::all_outcomes()) {
        sum += tally.queries(cohort, bin, o);
      }
    }
  }
  return sum.to_double();
}

std::string fingerprint_text(std::uint64_t value) {
  return fmt::format("{:016x}", value);
}

Error of_scenario(Error error, const RunOptions& options) {
  if (error.where.empty()) error.where = options.scenario_path;
  return error;
}

// Changes that lead to one of the scenario's counterfactuals.
Result<Changes> changes_for(const ScenarioFile& file, const Changes& changes,
                            const std::string& name) {
  std::vector<std::string_view> names;
  for (const Variant& variant : file.scenario.counterfactuals) {
    if (variant.name == name) {
      Changes all = changes;
      all.insert(all.end(), variant.set.begin(), variant.set.end());
      return all;
    }
    names.push_back(variant.name);
  }
  return Error{unknown_word("counterfactual", name, names), "--counterfactual"};
}

// The scenario that is run, and the changes that it was loaded with.
struct Loaded {
  ScenarioFile file;
  Changes changes;
};
Result<Loaded> load(const RunOptions& options) {
  Loaded loaded{{}, options.changes};
  auto file = load_scenario(options.scenario_path, options.changes);
  if (!file) return file.error();
  loaded.file = std::move(file).value();
  if (!options.counterfactual.empty()) {
    auto changes = changes_for(loaded.file, options.changes, options.counterfactual);
    if (!changes) return changes.error();
    loaded.changes = std::move(changes).value();
    auto changed = load_scenario(options.scenario_path, loaded.changes);
    if (!changed) return changed.error();
    loaded.file = std::move(changed).value();
  }
  return loaded;
}

void apply_options(const RunOptions& options, RunSettings& run) {
  if (options.seed) run.seed = *options.seed;
  if (options.scale_ppm) run.scale_ppm = *options.scale_ppm;
}

// `run` and perhaps its baseline, one after the other, under one count of groups.
class Replays {
 public:
  Replays(const RunOptions& options, std::uint64_t replays) : options_(options), all_(replays) {}

  Result<replay::ReplayResult> next(const replay::World& world, std::uint32_t sample_ppm) {
    replay::ReplayOptions o;
    o.threads = options_.threads;
    o.hits = options_.hits;
    o.sample_ppm = sample_ppm;
    o.stop = options_.stop;
    if (options_.progress) {
      o.progress = [this](std::uint64_t done, std::uint64_t groups) {
        options_.progress(done_ * groups + done, all_ * groups);
      };
    }
    auto result = replay::replay(world, o);
    done_ += 1;
    if (result && result.value().broken_promises > 0) {
      return Error{
          fmt::format("{} cache hits were not answered as promised: a resolver's "
                      "standing_until is wrong",
                      result.value().broken_promises)};
    }
    return result;
  }

 private:
  const RunOptions& options_;
  std::uint64_t all_;
  std::uint64_t done_ = 0;
};

bool is_stopped(const RunOptions& options) {
  return options.stop && options.stop();
}

BuildOptions build_options(const RunOptions& options) {
  return {options.lead_in, options.past, options.real_crypto, options.stop};
}

// The run without the fault: same seed, same streams.
Result<replay::ReplayResult> replay_baseline(const RunOptions& options, const Loaded& loaded,
                                             Replays& replays) {
  auto file =
      load_counterfactual(options.scenario_path, loaded.changes, loaded.file.scenario.baseline);
  if (!file) return file.error();
  apply_options(options, file.value().scenario.run);
  const auto built = build(file.value().scenario, build_options(options));
  if (!built) return built.error();
  return replays.next(built.value().world, 0);
}

std::vector<std::string> must_fail(const ResolvedScenario& scenario, const std::string& name) {
  std::vector<std::string> ids;
  for (const Expectation& e : scenario.expect) {
    if (!name.empty() && e.counterfactual == name) ids.push_back(e.id);
  }
  return ids;
}

}  // namespace

Result<ScenarioFile> load_counterfactual(const std::string& path, const Changes& changes,
                                         const std::string& name) {
  const auto file = load_scenario(path, changes);
  if (!file) return file.error();
  const auto all = changes_for(file.value(), changes, name);
  if (!all) return all.error();
  return load_scenario(path, all.value());
}

bool needs_baseline(const ResolvedScenario& scenario) {
  return std::any_of(scenario.expect.begin(), scenario.expect.end(),
                     [](const Expectation& e) { return needs_of(e.metric).baseline; });
}

Result<RunReport> run_scenario(const RunOptions& options) {
  auto loaded = load(options);
  if (!loaded) return of_scenario(loaded.error(), options);
  ScenarioFile& file = loaded.value().file;
  apply_options(options, file.scenario.run);

  auto output = outcome::PartialFile::create({options.output_path, options.overwrite});
  if (!output) return output.error();
  auto built = build(file.scenario, build_options(options));
  RunReport report;
  report.stopped = !built && is_stopped(options);
  if (report.stopped) return report;
  if (!built) return of_scenario(built.error(), options);

  const bool is_baseline = options.counterfactual == file.scenario.baseline;
  const bool compares = needs_baseline(file.scenario) && !is_baseline;
  Replays replays(options, compares ? 2 : 1);
  auto replayed = replays.next(built.value().world, options.sample_ppm);
  if (!replayed) return of_scenario(replayed.error(), options);
  report.stopped = replayed.value().stopped;
  if (report.stopped) return report;
  std::optional<replay::ReplayResult> baseline;
  if (compares) {
    auto second = replay_baseline(options, loaded.value(), replays);
    report.stopped = second ? second.value().stopped : is_stopped(options);
    if (report.stopped) return report;
    if (!second) return of_scenario(second.error(), options);
    baseline = std::move(second).value();
  }

  const outcome::Tally& tally = replayed.value().tally;
  report.fingerprint = replayed.value().fingerprint;
  report.resolutions = tally.resolutions();
  report.exchanges = tally.exchanges();
  report.events = tally.events();
  report.client_queries = client_queries(tally);
  report.expectations = score(file, built.value(), {tally, baseline ? baseline->tally : tally});
  report.must_fail = must_fail(file.scenario, options.counterfactual);

  outcome::RunRecord record = make_record(file, built.value());
  record.samples = std::move(replayed.value().samples);
  record.expectations = report.expectations;
  record.meta.emplace_back("fingerprint", fingerprint_text(report.fingerprint));
  if (needs_baseline(file.scenario)) {
    record.meta.emplace_back("baseline", file.scenario.baseline);
    record.meta.emplace_back(
        "baseline_fingerprint",
        fingerprint_text(baseline ? baseline->fingerprint : report.fingerprint));
  }
  record.meta.emplace_back("lead_in", options.lead_in.to_text());
  record.meta.emplace_back("past", options.past.to_text());
  // The stored scenario has its changes already, and gives these results without its name.
  if (!options.counterfactual.empty()) {
    record.provenance.emplace_back("counterfactual", options.counterfactual);
  }
  record.provenance.emplace_back("version", options.version);
  record.provenance.emplace_back("threads", fmt::format("{}", options.threads));
  record.provenance.emplace_back("crypto", options.real_crypto ? "real" : "identity");
  const auto stored = outcome::write_store(std::move(output).value(), record, tally, options.stop);
  if (!stored) return stored.error();
  report.content_hash = stored.value().content_hash;
  return report;
}

}  // namespace zonefall::scenario
