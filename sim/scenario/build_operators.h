// What the operators of a cohort do, as a world's actions, and who attacks it.
#pragma once

#include <cstdint>
#include <optional>
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

/// The names that clients ask for most.
std::vector<dns::Name> popular_names(std::uint32_t count, const AskedNames& asked);

/// Nobody, if the scenario has no attacker.
std::optional<replay::Attacker> build_attacker(const ResolvedScenario& scenario,
                                               const AskedNames& asked);

/// In order of time. The scenario must be a checked one.
std::vector<replay::ScheduledAction> build_actions(const ResolvedScenario& scenario,
                                                   std::string_view cohort,
                                                   const AskedNames& asked);

}  // namespace zonefall::scenario
