// What people do about an alert, as a change of the plan.
#pragma once

#include "zonefall/core/result.h"
#include "zonefall/core/time.h"
#include "zonefall/registry/registry.h"

namespace zonefall::registry {

/// The instant of the repair that an alert at `alert_at` leads to, in whole seconds.
SimTime repair_time(const RepairDecision& repair, SimTime alert_at);

/// `plan` with its repair carried out at `at`. Before `at` both plans do the same. Errors: a roll
/// back to `at` or later.
Result<RegistryPlan> with_repair(RegistryPlan plan, const KeyStore& keys, SimTime at);

}  // namespace zonefall::registry
