// Runs for tests of reports: an outage of half a day, a day without any, one of nothing at all,
// and one whose every text attacks the form it is written into.
#pragma once

#include <string>

#include "zonefall/outcome/store.h"

namespace zonefall::report {

struct TestRun {
  outcome::RunRecord record;
  outcome::Tally tally;
};

/// 2026-05-05 14:00 to 02:00 in bins of 10 min; signatures fail from 19:30, repaired at 23:15.
TestRun outage_run();
/// The same world, nothing fails.
TestRun quiet_run();
/// One cohort without resolvers or lookups, one with resolvers that nobody asks; nothing else.
TestRun empty_run();
/// The outage, with texts full of markup, control characters and broken UTF-8.
TestRun hostile_run();

/// Writes the run and returns the path; aborts if that fails.
std::string write_run(const TestRun& run, const std::string& path);

}  // namespace zonefall::report
