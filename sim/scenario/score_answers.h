// Expectations about what the zone's servers answer.
#pragma once

#include "scenario/score_series.h"
#include "zonefall/core/result.h"
#include "zonefall/outcome/tally.h"
#include "zonefall/scenario/build.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::scenario {

/// The metrics of scenario.h, by their names. Those about members look at an even sample.
double bogus_proofs(const BuiltScenario& built, const PopulationSpec& population,
                    const Expectation& e);
double bogus_ds(const BuiltScenario& built, const PopulationSpec& population, const Expectation& e);
double answer_lines(const BuiltZone& zone, const Expectation& e);
double load_growth(const BuiltScenario& built, const outcome::Tally& run,
                   const outcome::Tally& baseline, const Expectation& e);
double rescued_by_cd(const BuiltScenario& built, const BuiltZone& zone,
                     const PopulationSpec& population, const Expectation& e);

}  // namespace zonefall::scenario
