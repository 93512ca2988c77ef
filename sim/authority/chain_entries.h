// Which listed names are in the denial chain, and with which types.
//
// Sources: RFC 4035 2.3 (NSEC), RFC 5155 7.1 (NSEC3, empty non-terminals, opt-out).
#pragma once

#include <vector>

#include "authority/listed_content.h"

namespace zonefall::authority {

struct ChainEntry {
  dns::Name owner;
  dns::TypeBitmap types;
};

/// In canonical order; the apex first.
std::vector<ChainEntry> chain_entries(const ListedContent& content, const DenialSettings& denial,
                                      const std::vector<dns::RRType>& apex_types);

/// The types of a zone cut in the chain of `kind`.
dns::TypeBitmap delegation_types(DenialChain::Kind kind, bool is_signed);

}  // namespace zonefall::authority
