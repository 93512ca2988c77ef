// The NSEC chain of listed names and a population (RFC 4034 4, RFC 4035 2.3).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "authority/chain_entries.h"
#include "zonefall/authority/population.h"
#include "zonefall/authority/zone_content.h"

namespace zonefall::authority {

struct NsecChainParts {
  dns::Name apex;
  std::vector<ChainEntry> listed;  // canonical order, the apex first
  std::uint32_t ttl_s = 0;
  PopulationPtr population;  // null: listed names only
};
std::unique_ptr<const DenialChain> make_nsec_chain(NsecChainParts parts);

}  // namespace zonefall::authority
