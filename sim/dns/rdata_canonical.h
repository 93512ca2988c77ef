// The canonical form of RDATA for the sources of this module; the public face is canonical_rdata().
#pragma once

#include <cstdint>
#include <span>

#include "zonefall/dns/rdata.h"
#include "zonefall/dns/types.h"

namespace zonefall::dns {

/// True if the canonical form of this type may differ from the octets given.
bool has_canonical_names(RRType type);

/// Appends canonical_rdata(type, rdata).
void append_canonical(Octets& out, RRType type, std::span<const std::uint8_t> rdata);

}  // namespace zonefall::dns
