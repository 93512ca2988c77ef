// From the measurements of a grid to estimates and differences.
#pragma once

#include <set>

#include "zonefall/outcome/comparison_store.h"

namespace zonefall::experiment {

/// Measures of harms that were not possible go, with their measurements, and say why.
void leave_out_measures(const std::set<outcome::Harm>& possible, outcome::ComparisonRecord& record);

/// Fills in `estimates` and `differences` (of each candidate against all before it) from the
/// measurements of members that draw nothing; every candidate has the same, in the same order.
void summarise(outcome::ComparisonRecord& record);

}  // namespace zonefall::experiment
