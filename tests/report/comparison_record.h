// A comparison and an ensemble for tests of reports, small enough to know every figure.
#pragma once

#include <string>

#include "zonefall/outcome/comparison_store.h"

namespace zonefall::report {

/// In the titles: what would leave its place if it were not escaped.
inline const std::string comparison_attack = "</script><img src=x onerror=alert(1)>";

/// Two candidates, two cohorts of 100 and 10 resolvers of which 10 and 10 are simulated, two bins
/// of ten minutes, two seeds. Of the first cohort half of the lookups fail as it was, a tenth with
/// the policy; of the second none do, and nobody asks in the second bin.
outcome::ComparisonRecord comparison_record();
/// The same with two members that draw one of two values.
outcome::ComparisonRecord ensemble_record();

/// As it was, and a policy with three delays, as `--vary "delay=1 h,30 min,0 min"` makes them:
/// under two seeds failed lookups are 0 at 0 min, 75 % at 30 min and 50 % at 1 h, less or more by
/// what a seed does to all of them.
outcome::ComparisonRecord sweep_record();

/// Writes it and returns the path; aborts if that fails.
std::string write_comparison(const outcome::ComparisonRecord& record, const std::string& path);

}  // namespace zonefall::report
