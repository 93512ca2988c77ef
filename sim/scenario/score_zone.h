// Expectations about the zone as published: our validator's word on its signatures, and its keys.
#pragma once

#include <cstdint>

#include "scenario/score_series.h"
#include "zonefall/scenario/build.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::scenario {

/// The metrics of scenario.h, by their names. The first two look at the DS and NSEC3 RRsets of an
/// even sample of members.
double bogus_signatures(const BuiltZone& zone, const PopulationSpec& population, SimTime at);
double signed_by(const BuiltZone& zone, const PopulationSpec& population, const Expectation& e);
double bogus_dnskeys(const BuiltScenario& built, const BuiltZone& zone, Span signed_in);
double bogus_apex_denial(const BuiltZone& zone, const dns::Name& owner, Span signed_in);
double soa_flips(const BuiltZone& zone, Span signed_in);
double published_keys(const BuiltZone& zone, std::uint16_t tag, SimTime at);
double key_pairs(const BuiltZone& zone, std::uint16_t tag);
double key_bits(const BuiltZone& zone, std::uint16_t tag, SimTime at);
double first_site_minutes(const BuiltZone& zone, SimTime signed_from);
double last_site_minutes(const BuiltZone& zone, SimTime signed_from);

}  // namespace zonefall::scenario
