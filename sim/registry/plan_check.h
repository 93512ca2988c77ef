// Does a registry plan make sense?
#pragma once

#include "zonefall/core/result.h"
#include "zonefall/registry/registry.h"

namespace zonefall::registry {

/// All that can be said without running it, but for the signing settings, which SigningPlan::make()
/// checks.
Status check_plan(const RegistryPlan& plan, const KeyStore& keys);

}  // namespace zonefall::registry
