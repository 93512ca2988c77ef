// Denials from validated NSEC RRsets in the cache (RFC 8198): which RRsets would prove one.
//
// What is kept is only looked up here; whether it proves anything the validator decides, as if a
// server of the zone had sent it. Names are in canonical order, in which an NSEC RRset covers what
// stands between its owner and the next one (RFC 4034 4.1.1).
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "resolver/flat_table.h"
#include "resolver/tables.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/message.h"
#include "zonefall/dnssec/validate.h"

namespace zonefall::resolver {

/// A validated RRset, and how long it counts.
struct KnownRRset {
  dns::SignedRRset entry;
  SimTime expires_at = SimTime::min();
};

/// Of one zone.
struct ZoneDenials {
  std::map<dns::Name, KnownRRset> nsecs;  // by owner
  KnownRRset soa;                         // without one there is no negative answer (RFC 2308 3)
};
using DenialTable = FlatTable<NameKey, ZoneDenials>;

/// What would prove that a name or a type does not exist: RFC 8198 5.1, RFC 4035 5.4.
struct CachedDenial {
  dnssec::Denial denial = dnssec::Denial::no_data;
  std::vector<const KnownRRset*> nsecs;  // one or two, of the zone's
};

/// The denial of `qname`, or of its types, that the RRsets unexpired at `now` might prove; nullopt
/// if there is none. Names that a wildcard would answer are never denied.
std::optional<CachedDenial> cached_denial(const ZoneDenials& zone, const dns::Name& qname,
                                          SimTime now);

}  // namespace zonefall::resolver
