// The rows of a run's record that come from the scenario and the world, not from the tally.
#pragma once

#include <cstdint>
#include <string>

#include "zonefall/outcome/store.h"
#include "zonefall/scenario/build.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::scenario {

/// Cohorts, sites, resolvers, publications and events, the normalised scenario, and its hash.
outcome::RunRecord make_record(const ScenarioFile& file, const BuiltScenario& built);

/// 50'000 -> "0.05".
std::string scale_text(std::uint32_t scale_ppm);

}  // namespace zonefall::scenario
