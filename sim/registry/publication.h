// What a plan publishes, before anybody looks at it: versions, and when each site loads them.
#pragma once

#include <optional>
#include <vector>

#include "zonefall/authority/server.h"
#include "zonefall/authority/zone_version.h"
#include "zonefall/core/result.h"
#include "zonefall/core/time.h"
#include "zonefall/registry/registry.h"
#include "zonefall/registry/signing_plan.h"

namespace zonefall::registry {

struct Publication {
  SigningPlanPtr signing_plan;
  authority::ZoneHistoryPtr history;
  std::vector<authority::SiteZone> sites;  // in the plan's order
  std::vector<HeldVersion> held;           // by the plan's gate
  dns::RRsetPtr parent_ds;                 // what checkers and the gate trust
};

/// When the last version up to `at` was signed, by the plan's phases; nullopt: none was.
std::optional<SimTime> last_signing_time(const RegistryPlan& plan, SimTime at);

/// `plan` must have passed check_plan(). Errors: those of the signing plan; no version that every
/// site has at the start, because none was made early enough or none passed the gate.
Result<Publication> publish(const RegistryPlan& plan, const KeyStore& keys);

}  // namespace zonefall::registry
