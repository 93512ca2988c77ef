// The table of `zonefall zone --verdicts`.
#pragma once

#include <string>

#include "zonefall/core/result.h"
#include "zonefall/scenario/build.h"

namespace zonefall::command {

/// One line for each signed RRset of `zone` as current at `at`: owner, type, verdict, reason and
/// key tag ("-": none), parted by tabs. Errors: the zone is unsigned, or has no DS.
Result<std::string> verdict_table(const scenario::BuiltScenario& built,
                                  const scenario::BuiltZone& zone, SimTime at);

}  // namespace zonefall::command
