// Synthesis of "no DS" from validated opt-out NSEC3 intervals (RFC 8198 5.2 for the DS type only).
#pragma once

#include <optional>

#include "resolver/tables.h"

namespace zonefall::resolver {

/// Remembers the NSEC3 RRset of `zone` until `expires_at`; other RRsets are ignored.
void remember_span(SpanTable& table, const dns::Name& zone, const dns::RRset& rrset,
                   SimTime expires_at);

/// Until when the remembered spans prove that `child`, delegated by `zone`, has no DS: a span
/// matches the closest encloser and an opt-out span covers the next closer name (RFC 5155 8.9).
/// nullopt: they prove nothing at `now`.
std::optional<SimTime> no_ds_until(const SpanTable& table, const dns::Name& zone,
                                   const dns::Name& child, SimTime now);

}  // namespace zonefall::resolver
