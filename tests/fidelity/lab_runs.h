// The measured lab's runs and instances: their clocks, and which profile stands for whom.
#pragma once

#include <memory>
#include <string>

#include "lab_world.h"
#include "zonefall/core/result.h"
#include "zonefall/resolver/resolver.h"

namespace zonefall::fidelity {

/// `seconds` after the start of a run; every run starts at the same simulated instant.
SimTime at_s(double seconds);

/// When the zones were changed in a run ("run2-old"); nothing was asked within seconds of it.
Result<LabTimes> times_of(const std::string& run);

/// The profile that an instance of the lab is held against: "ub-def" is "unbound-1.17".
Result<std::string> profile_of(const std::string& instance);

struct ResolverChoice {
  std::string profile;
  std::uint64_t seed = 1;
};
/// A resolver of the lab's world with a profile of scenarios/profiles/.
Result<resolver::ResolverConfig> resolver_config(const LabZones& zones,
                                                 const ResolverChoice& choice);

}  // namespace zonefall::fidelity
