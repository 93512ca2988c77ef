// Running a scenario from its file to a results file: load, build, replay, score, store.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/outcome/store.h"
#include "zonefall/replay/replay.h"
#include "zonefall/scenario/build.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::scenario {

struct RunOptions {
  std::string scenario_path;
  Changes changes;                         // as load_scenario() takes them
  std::string counterfactual;              // the scenario's one of this name instead; "": as it is
  std::optional<std::uint64_t> seed;       // instead of the scenario's
  std::optional<std::uint32_t> scale_ppm;  // instead of the scenario's
  std::string output_path;
  bool overwrite = false;  // results only: no other file is replaced
  bool real_crypto = false;
  Duration lead_in = default_lead_in;
  Duration past = default_past;
  replay::Hits hits = replay::Hits::rate_times_time;
  unsigned threads = 1;
  std::uint32_t sample_ppm = 20;
  std::string version;  // of the program, for the results
  std::function<bool()> stop;
  std::function<void(std::uint64_t groups_done, std::uint64_t groups)> progress;
};

struct RunReport {
  std::uint64_t content_hash = 0;
  std::uint64_t fingerprint = 0;
  std::uint64_t resolutions = 0;
  std::uint64_t exchanges = 0;
  std::uint64_t events = 0;
  double client_queries = 0;
  std::vector<outcome::ExpectationRow> expectations;
  std::vector<std::string> must_fail;  // ids: consequences that name this run's counterfactual
  bool stopped = false;                // then nothing was written
};

/// Claims the output file first, so that a run that cannot be stored does not start. Where an
/// expectation compares with the baseline, that is replayed too. Errors: those of load_scenario(),
/// build() and replay(), and a counterfactual that the scenario does not have, all with a place in
/// the scenario or at least its path in Error::where; and those of the output, which have none.
Result<RunReport> run_scenario(const RunOptions& options);

/// The scenario under one of its counterfactuals (its baseline too is one): loaded again with that
/// one's changes after `changes`. Errors: as load_scenario(), and no such counterfactual.
Result<ScenarioFile> load_counterfactual(const std::string& path, const Changes& changes,
                                         const std::string& name);

/// Claims the file that results of a scenario go to; `overwrite` replaces results and nothing else.
/// Errors, without a place: those of PartialFile::create(), and the scenario as its own output.
Result<outcome::PartialFile> claim_output(const std::string& scenario_path,
                                          const std::string& output_path, bool overwrite);

/// What may be wrong with the data that clients are given: what the scenario has a cause for.
std::vector<outcome::Harm> possible_harms(const ResolvedScenario& scenario);

/// Whether an expectation compares with the baseline.
bool needs_baseline(const ResolvedScenario& scenario);

/// A run's counts and those of its baseline; without baseline, the same twice.
struct ScoredTallies {
  const outcome::Tally& run;
  const outcome::Tally& baseline;
};

/// What the run gave for each expectation, measured from the tallies and from the zones as
/// published.
std::vector<outcome::ExpectationRow> score(const ScenarioFile& file, const BuiltScenario& built,
                                           const ScoredTallies& tallies);

}  // namespace zonefall::scenario
