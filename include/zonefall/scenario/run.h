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
  std::optional<std::uint64_t> seed;       // instead of the scenario's
  std::optional<std::uint32_t> scale_ppm;  // instead of the scenario's
  std::string output_path;
  bool overwrite = false;
  bool real_crypto = false;
  Duration lead_in = default_lead_in;
  unsigned threads = 1;
  std::uint32_t sample_ppm = 20;
  std::string version;                     // of the program, for the results
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
  bool stopped = false;  // then nothing was written
};

/// Claims the output file first, so that a run that cannot be stored does not start. Errors: those
/// of load_scenario(), build() and replay(), which say where in the scenario or at least in which
/// (Error::where), and those of the output, which have no such place.
Result<RunReport> run_scenario(const RunOptions& options);

/// What the run gave for each expectation, measured from the tally and from the zones as published.
std::vector<outcome::ExpectationRow> score(const ScenarioFile& file, const BuiltScenario& built,
                                           const outcome::Tally& tally);

}  // namespace zonefall::scenario
