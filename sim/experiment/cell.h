// One run of a grid: a candidate under a member.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "zonefall/core/fixed.h"
#include "zonefall/core/result.h"
#include "zonefall/outcome/comparison_store.h"
#include "zonefall/outcome/tally.h"
#include "zonefall/scenario/build.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::experiment {

/// By curve, then by bin.
using CellCurves = std::vector<std::vector<FixedCount>>;

struct CellMeasurement {
  std::uint32_t measure = 0;  // among measurands()
  std::uint32_t cohort = 0;   // the number of cohorts: all together
  FixedCount value;
};

struct CellResult {
  std::uint64_t fingerprint = 0;
  std::vector<CellMeasurement> measurements;
  CellCurves curves;
  outcome::Tally tally;
  std::vector<outcome::ComparedCohortRow> cohorts;  // the last one is all of them together
  std::vector<outcome::Harm> possible_harms;
};

struct CellOptions {
  std::string scenario_path;  // where errors of the scenario are, if they do not say
  std::shared_ptr<scenario::SharedParts> shared;
  unsigned threads = 1;
  std::function<bool()> stop;
  std::function<void(std::uint64_t groups_done, std::uint64_t groups)> progress;
};

/// `before` is the scenario before any candidate's changes: it says who validates and which zone is
/// looked at. Errors: those of build() and replay(), with a place; without one a measure too large
/// to be stored, a resolver that breaks a promise, and being stopped.
Result<CellResult> run_cell(const scenario::ResolvedScenario& scenario,
                            const scenario::ResolvedScenario& before, const CellOptions& options);

}  // namespace zonefall::experiment
