// TTLs and SOA timers as text, for the sources of this module.
#pragma once

#include <cstdint>
#include <string_view>

#include "zonefall/core/result.h"

namespace zonefall::dns {

/// Seconds ("3600"), or numbers with units w, d, h, m, s in any case ("1h30m").
Result<std::uint32_t> parse_ttl(std::string_view text);

}  // namespace zonefall::dns
