// The NSEC3 chain of listed names and a population (RFC 5155 7.1).
//
// Listed names keep their RRset. Of a member only the hash is kept, and without opt-out whether it
// is signed: 14 MB for the 716,000 signed names of a TLD.
#pragma once

#include <memory>
#include <vector>

#include "authority/chain_entries.h"
#include "zonefall/authority/population.h"
#include "zonefall/authority/zone_content.h"

namespace zonefall::authority {

struct Nsec3ChainParts {
  dns::Name apex;
  std::vector<ChainEntry> listed;  // the apex first
  DenialSettings denial;
  PopulationPtr population;  // null: listed names only
};
std::unique_ptr<const DenialChain> make_nsec3_chain(Nsec3ChainParts parts);

}  // namespace zonefall::authority
