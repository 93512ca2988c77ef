// Denials from validated NSEC RRsets in the cache (RFC 8198): which RRsets would prove one.
//
// What is kept is only looked up here; whether it proves anything the validator decides, as if a
// server of the zone had sent it. Names are in canonical order, in which an NSEC RRset covers what
// stands between its owner and the next one (RFC 4034 4.1.1).
#pragma once

#include <cstdint>
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
  /// NSEC3 RRsets of delegations without a DS, all of these parameters; by the hash of the child.
  dnssec::Nsec3Params nsec3_params;
  std::map<dnssec::Nsec3Hash, KnownRRset> insecure_nsec3s;
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

/// Whether it is the NSEC3 RRset of a delegation without a DS in `zone`, with no more iterations
/// than the validator does (RFC 9276 3.2).
bool is_of_insecure_delegation(const dns::RRset& rrset, const dns::Name& zone,
                               std::uint16_t iterations_max);

/// Keeps such an RRset, once validated.
void remember_insecure(ZoneDenials& known, const dns::Name& zone, const KnownRRset& nsec3);

/// The RRset that would prove that the delegation of `child` has no DS, its own NSEC or NSEC3 (RFC
/// 4035 5.2, RFC 5155 8.9), whatever answer it came with; null if there is none at `now`.
const KnownRRset* cached_no_ds(const ZoneDenials& zone, const dns::Name& child, SimTime now);

}  // namespace zonefall::resolver
