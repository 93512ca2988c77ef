// Service parameters of SVCB and HTTPS records (RFC 9460), for the sources of this module.
#pragma once

#include "dns/rdata_fields.h"

namespace zonefall::dns {

/// All of them, to the end; values without escapes.
Status parse_svc_params(TokenCursor& from, const Name& origin, Octets& out);

}  // namespace zonefall::dns
