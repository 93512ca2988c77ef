// Checks between the fields of a scenario: references, times inside the run, shares, ranges.
#pragma once

#include "scenario/field_reader.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::scenario {

/// Adds what is wrong to the reader's problems, each at its place.
void check_scenario(const ResolvedScenario& scenario, FieldReader& reader);

}  // namespace zonefall::scenario
