// Expectations about the zone as published: our validator's word on its signatures.
#pragma once

#include "zonefall/scenario/build.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::scenario {

/// Share of signatures in the version current at `at` that do not verify: over the apex, the denial
/// record at the apex and an even sample of signed members' DS and NSEC3 RRsets.
double bogus_signature_share(const BuiltZone& zone,
                             const PopulationSpec& population, SimTime at);

/// Changes between a valid and a bogus SOA from version to version, signed in [from, until).
double soa_flips(const BuiltZone& zone, SimTime from, SimTime until);

/// Keys of this tag in the DNSKEY RRset of the version current at `at`.
double published_keys(const BuiltZone& zone, std::uint16_t tag, SimTime at);

}  // namespace zonefall::scenario
