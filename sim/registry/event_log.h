// The log of a registry's run, for people.
#pragma once

#include <optional>
#include <vector>

#include "registry/checker.h"
#include "registry/publication.h"
#include "zonefall/registry/registry.h"

namespace zonefall::registry {

struct Alerts {
  std::vector<std::optional<Alert>> of_checkers;  // one for each of the plan, in its order
  std::optional<Alert> of_gate;
};

/// What happened within the run, in order of time; `plan` is the one carried out, repair included.
std::vector<RegistryEvent> make_log(const RegistryPlan& plan, const Publication& publication,
                                    const Alerts& alerts, std::optional<SimTime> repaired_at);

}  // namespace zonefall::registry
