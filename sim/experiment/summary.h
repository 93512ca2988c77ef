// From the measurements of a grid to estimates and differences.
#pragma once

#include "zonefall/outcome/comparison_store.h"

namespace zonefall::experiment {

/// Fills in `estimates` and `differences` (of each candidate against all before it) from
/// `measurements`, of which every candidate has the same under the same seeds, in the same order.
void summarise(outcome::ComparisonRecord& record);

}  // namespace zonefall::experiment
