// Small random zones full of edge cases, and questions about them.
#pragma once

#include <cstdint>
#include <vector>

#include "zonefall/authority/zone_content.h"
#include "zonefall/core/rng.h"
#include "zonefall/dns/message.h"

namespace zonefall::authority::testing {

/// A zone "t." of up to some twenty RRsets over few labels: delegations with and without DS, glue,
/// wildcards, aliases, DNAMEs, empty non-terminals. Always accepted by make_listed_content().
ListedZone random_zone(Rng& rng, const DenialSettings& denial);
/// Every name of up to three of the labels that random_zone() uses, and some deeper ones, each
/// with several types.
std::vector<dns::Question> all_questions();

}  // namespace zonefall::authority::testing
