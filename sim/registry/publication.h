// What a plan publishes, before anybody looks at it: versions, and when each site loads them.
#pragma once

#include <cstddef>
#include <vector>

#include "zonefall/authority/zone_version.h"
#include "zonefall/core/result.h"
#include "zonefall/core/time.h"
#include "zonefall/registry/registry.h"
#include "zonefall/registry/signing_plan.h"

namespace zonefall::registry {

struct Publication {
  SigningPlanPtr signing_plan;
  authority::ZoneHistoryPtr history;
  std::vector<std::vector<SimTime>> site_loads;  // as in RegistryRun

  /// Index into the history of what `site` serves at `at`, from the run's start on.
  [[nodiscard]] std::size_t index_at(std::size_t site, SimTime at) const;
};

/// `plan` must have passed check_plan(). Errors: those of the signing plan; no version that every
/// site has at the start.
Result<Publication> publish(const RegistryPlan& plan, const KeyStore& keys);

}  // namespace zonefall::registry
