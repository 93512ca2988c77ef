// What the operators of a cohort do, as a world's actions.
#pragma once

#include <string_view>
#include <vector>

#include "zonefall/clients/demand.h"
#include "zonefall/replay/world.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::scenario {

/// Which names clients ask for, and how they are called.
struct AskedNames {
  const clients::Popularity& popularity;
  const replay::NameSpace& names;
};

/// In order of time. The scenario must be a checked one.
std::vector<replay::ScheduledAction> build_actions(const ResolvedScenario& scenario,
                                                   std::string_view cohort,
                                                   const AskedNames& asked);

}  // namespace zonefall::scenario
