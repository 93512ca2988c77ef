// From the measurements of a grid to estimates and differences.
#pragma once

#include <set>

#include "zonefall/outcome/comparison_store.h"

namespace zonefall::experiment {

/// What the cells of a grid had causes for.
struct Asked {
  std::set<outcome::Harm> harms;
  std::set<outcome::NameClass> classes;
};

/// The record has all measurands(). Those of harms that were not possible go, with their
/// measurements, and say why; so do those of names that nobody asks for, which say nothing.
void leave_out_measures(const Asked& asked, outcome::ComparisonRecord& record);

/// Fills in `estimates` and `differences` (of each candidate against all before it) from the
/// measurements of members that draw nothing; every candidate has the same, in the same order.
void summarise(outcome::ComparisonRecord& record);

}  // namespace zonefall::experiment
