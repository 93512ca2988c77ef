// Reading of entries, for the sources of this module.
#pragma once

#include "rpl/lines.h"

namespace zonefall::rpl {

/// From behind the line ENTRY_BEGIN, which is number `begin`, to ENTRY_END. `records` has the
/// file's name, and what $ORIGIN and $TTL of the testbound dialect said last.
Result<Entry> parse_entry(Lines& lines, std::uint32_t begin, Dialect dialect,
                          dns::RecordOptions& records);

}  // namespace zonefall::rpl
