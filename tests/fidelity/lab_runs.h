// The measured lab's clock, and its resolvers under profiles.
#pragma once

#include <string>

#include "lab_world.h"
#include "zonefall/core/result.h"
#include "zonefall/resolver/resolver.h"

namespace zonefall::fidelity {

/// `seconds` after the start of a run; every run starts at the same simulated instant.
SimTime at_s(double seconds);

struct ResolverChoice {
  std::string profile;
  std::uint64_t seed = 1;
};
/// A resolver of the lab's world with a profile of scenarios/profiles/ or, for settings that only
/// the lab had, of tests/fidelity/profiles/, whose bases are the former.
Result<resolver::ResolverConfig> resolver_config(const LabZones& zones,
                                                 const ResolverChoice& choice);

}  // namespace zonefall::fidelity
