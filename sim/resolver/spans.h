// Synthesis of "no DS" from validated opt-out NSEC3 intervals (RFC 8198 5.2 for the DS type only).
#pragma once

#include <optional>
#include <span>

#include "resolver/tables.h"

namespace zonefall::resolver {

struct SpanResult {
  bool bogus = false;
  SimTime expires_at;
};

/// Remembers the NSEC3 RRset of `zone`; other RRsets are ignored. A bogus one does not displace a
/// good one.
void remember_span(SpanTable& table, const dns::Name& zone, const dns::RRset& rrset,
                   const SpanResult& result, SimTime now);

/// Where `zone` delegates `child`. The delegation's parent is the closest encloser where the child
/// is one label below the zone; deeper children may have empty non-terminals in between, which the
/// spans need not know.
struct ZoneCut {
  const dns::Name& zone;
  const dns::Name& child;
};

/// Until when the remembered spans prove that the delegation has no DS: a span
/// matches the closest encloser and an opt-out span covers the next closer name (RFC 5155 8.9).
/// nullopt: they prove nothing at `now`.
std::optional<SimTime> no_ds_until(const SpanTable& table, const ZoneCut& cut, SimTime now);

/// Whether `denial`, not yet validated, looks like such a proof, with no part of it known as bogus.
bool may_prove_no_ds(const SpanTable& table, const ZoneCut& cut,
                     std::span<const dns::SignedRRset> denial, SimTime now);

}  // namespace zonefall::resolver
