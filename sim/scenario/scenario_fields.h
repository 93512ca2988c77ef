// The fields of a scenario file: every structure of scenario.h described once.
#pragma once

#include <functional>

#include "scenario/fields.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::scenario {

/// Called for each cohort once its `profile` is known, before its knobs are read.
using ProfileHook = std::function<void(CohortSpec&)>;

void describe(Fields& fields, ResolvedScenario& scenario, const ProfileHook& profile_hook);

// Parts, in scenario_world.cpp.
void describe_network(Fields& fields, NetworkSettings& network);
void describe_server(Fields& fields, ServerSpec& server);
void describe_zone(Fields& fields, ZoneSpec& zone);

// A part, in scenario_expect.cpp.
void describe_expectation(Fields& fields, Expectation& expectation);

// Parts, in scenario_registry.cpp.
void describe_registry(Fields& fields, RegistrySpec& registry);

}  // namespace zonefall::scenario
