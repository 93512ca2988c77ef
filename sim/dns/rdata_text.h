// Parsing RDATA text where the place of an error matters, for the sources of this module.
#pragma once

#include "dns/rdata_fields.h"
#include "zonefall/dns/rdata.h"
#include "zonefall/dns/types.h"

namespace zonefall::dns {

/// rdata_from_tokens(); after an error, from.place() tells which token it is about.
Result<Octets> parse_rdata(RRType type, TokenCursor& from, const Name& origin);

}  // namespace zonefall::dns
