#include "zonefall/scenario/run.h"

#include <algorithm>
#include <filesystem>

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

Status check_promises(const replay::ReplayResult& result) {
  if (result.broken_promises == 0) return Done{};
  return Error{fmt::format(
      "{} cache hits were not answered as promised: a resolver's standing_until is wrong",
      result.broken_promises)};
}

replay::ReplayOptions replay_options(const RunOptions& options) {
  replay::ReplayOptions out;
  out.threads = options.threads;
  out.hits = options.hits;
  out.sample_ppm = options.sample_ppm;
  out.stop = options.stop;
  out.progress = options.progress;
  return out;
}

bool is_stopped(const RunOptions& options) {
  return options.stop && options.stop();
}

BuildOptions build_options(const RunOptions& options, std::shared_ptr<SharedParts> shared) {
  return {options.lead_in, options.past, options.real_crypto, options.stop, std::move(shared)};
}

// A run, and what it is compared with.
struct Replays {
  replay::ReplayResult run;
  std::optional<replay::ReplayResult> baseline;
};

bool is_stopped(const Replays& replays) {
  return replays.run.stopped || (replays.baseline && replays.baseline->stopped);
}

// The run without the fault: same seed, same streams.
Result<BuiltScenario> build_baseline(const RunOptions& options, const Loaded& loaded,
                                     const std::shared_ptr<SharedParts>& shared,
                                     ScenarioFile& file) {
  auto baseline =
      load_counterfactual(options.scenario_path, loaded.changes, loaded.file.scenario.baseline);
  if (!baseline) return baseline.error();
  file = std::move(baseline).value();
  apply_options(options, file.scenario.run);
  return build(file.scenario, build_options(options, shared));
}

// Registries decide what servers answer and nothing else; keys that clients start from apart.
bool differ_in_registries_only(const Loaded& loaded, ScenarioFile other) {
  ScenarioFile file = loaded.file;
  file.sources.clear();
  other.sources.clear();
  other.scenario.registries = file.scenario.registries;
  // The normalised form leaves out those of a cohort's knobs that have no source.
  const bool have_same_knobs = std::ranges::equal(file.scenario.cohorts, other.scenario.cohorts, {},
                                                  &CohortSpec::knobs, &CohortSpec::knobs);
  return have_same_knobs && write_scenario(file) == write_scenario(other);
}

bool are_equal(const std::vector<resolver::TrustAnchor>& a,
               const std::vector<resolver::TrustAnchor>& b) {
  return std::ranges::equal(a, b,
                            [](const resolver::TrustAnchor& x, const resolver::TrustAnchor& y) {
                              return x->content_id() == y->content_id();
                            });
}

// One after the other, under one count of groups.
Result<Replays> replay_both(const replay::World& world, const replay::World& baseline,
                            replay::ReplayOptions options) {
  const auto progress = options.progress;
  const auto half = [&](std::uint64_t before) {
    if (!progress) return;
    options.progress = [=](std::uint64_t done, std::uint64_t groups) {
      progress(before * groups + done, 2 * groups);
    };
  };
  half(0);
  auto run = replay::replay(world, options);
  if (!run) return run.error();
  if (run.value().stopped) return Replays{std::move(run).value(), std::nullopt};
  half(1);
  options.sample_ppm = 0;
  auto second = replay::replay(baseline, options);
  if (!second) return second.error();
  return Replays{std::move(run).value(), std::move(second).value()};
}

Result<Replays> replay_all(const RunOptions& options, const Loaded& loaded,
                           const BuiltScenario& built, const std::shared_ptr<SharedParts>& shared) {
  const ResolvedScenario& scenario = loaded.file.scenario;
  const bool compares = needs_baseline(scenario) && options.counterfactual != scenario.baseline;
  if (!compares) {
    auto run = replay::replay(built.world, replay_options(options));
    if (!run) return run.error();
    return Replays{std::move(run).value(), std::nullopt};
  }
  ScenarioFile file;
  const auto baseline = build_baseline(options, loaded, shared, file);
  if (!baseline) return baseline.error();
  const replay::World& other = baseline.value().world;
  const bool are_alike = differ_in_registries_only(loaded, std::move(file)) &&
                         are_equal(built.world.trust_anchors, other.trust_anchors);
  if (!are_alike) return replay_both(built.world, other, replay_options(options));
  auto pair = replay::replay_pair(built.world, other.servers, replay_options(options));
  if (!pair) return pair.error();
  return Replays{std::move(pair.value().first), std::move(pair.value().second)};
}

// How the run departs from its file, for reports, and what made it. The stored scenario has its
// changes already, and gives these results without their names. `own` is what the file says.
std::vector<std::pair<std::string, std::string>> provenance(const RunOptions& options,
                                                            const RunSettings& own,
                                                            const RunSettings& run) {
  std::vector<std::pair<std::string, std::string>> rows;
  if (!options.changes.empty()) {
    rows.emplace_back("changes", fmt::format("{}", fmt::join(options.changes, "\n")));
  }
  if (!options.counterfactual.empty()) rows.emplace_back("counterfactual", options.counterfactual);
  if (own.seed != run.seed) rows.emplace_back("file_seed", fmt::format("{}", own.seed));
  if (own.scale_ppm != run.scale_ppm) rows.emplace_back("file_scale", scale_text(own.scale_ppm));
  rows.emplace_back("version", options.version);
  rows.emplace_back("threads", fmt::format("{}", options.threads));
  rows.emplace_back("crypto", options.real_crypto ? "real" : "identity");
  return rows;
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

Result<outcome::PartialFile> claim_output(const std::string& scenario_path,
                                          const std::string& output_path, bool overwrite) {
  std::error_code none;  // no such file yet
  if (std::filesystem::equivalent(scenario_path, output_path, none)) {
    return Error{fmt::format("{} is the scenario itself: name another output", output_path)};
  }
  return outcome::PartialFile::create(
      {output_path, overwrite ? outcome::Overwrite::results : outcome::Overwrite::nothing});
}

std::vector<outcome::Harm> possible_harms(const ResolvedScenario& scenario) {
  const bool moves = std::any_of(scenario.zones.begin(), scenario.zones.end(), [&](auto& zone) {
    return zone.apex == scenario.demand.zone && zone.population && zone.population->moves &&
           zone.population->moves->share_ppm > 0;
  });
  std::vector<outcome::Harm> harms;
  if (moves) harms.push_back(outcome::Harm::outdated);
  const bool forges = scenario.attacker && scenario.attacker->success_ppm > 0 &&
                      scenario.attacker->from < scenario.attacker->until;
  if (forges) harms.push_back(outcome::Harm::spoofed);
  return harms;
}

bool needs_baseline(const ResolvedScenario& scenario) {
  return std::any_of(scenario.expect.begin(), scenario.expect.end(),
                     [](const Expectation& e) { return needs_of(e.metric).baseline; });
}

Result<RunReport> run_scenario(const RunOptions& options) {
  auto loaded = load(options);
  if (!loaded) return of_scenario(loaded.error(), options);
  ScenarioFile& file = loaded.value().file;
  const RunSettings own = file.scenario.run;
  apply_options(options, file.scenario.run);

  auto output = claim_output(options.scenario_path, options.output_path, options.overwrite);
  if (!output) return output.error();
  const auto shared = make_shared_parts();
  auto built = build(file.scenario, build_options(options, shared));
  RunReport report;
  report.stopped = !built && is_stopped(options);
  if (report.stopped) return report;
  if (!built) return of_scenario(built.error(), options);

  auto replays = replay_all(options, loaded.value(), built.value(), shared);
  report.stopped = replays ? is_stopped(replays.value()) : is_stopped(options);
  if (report.stopped) return report;
  if (!replays) return of_scenario(replays.error(), options);
  replay::ReplayResult& run = replays.value().run;
  const std::optional<replay::ReplayResult>& baseline = replays.value().baseline;
  if (Status kept = check_promises(run); !kept) return kept.error();
  if (baseline) {
    if (Status kept = check_promises(*baseline); !kept) return kept.error();
  }

  const outcome::Tally& tally = run.tally;
  report.fingerprint = run.fingerprint;
  report.resolutions = tally.resolutions();
  report.exchanges = tally.exchanges();
  report.events = tally.events();
  report.client_queries = client_queries(tally);
  report.expectations = score(file, built.value(), {tally, baseline ? baseline->tally : tally});
  report.must_fail = must_fail(file.scenario, options.counterfactual);

  outcome::RunRecord record = make_record(file, built.value());
  record.possible_harms = possible_harms(file.scenario);
  record.samples = std::move(run.samples);
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
  record.provenance = provenance(options, own, file.scenario.run);
  const auto stored = outcome::write_store(std::move(output).value(), record, tally, options.stop);
  if (!stored) return stored.error();
  report.content_hash = stored.value().content_hash;
  return report;
}

}  // namespace zonefall::scenario
