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

/// The hashes that decide whether `child`, delegated by `zone`, has a DS. The delegation's parent
/// is the closest encloser where the child is one label below the zone; deeper children may have
/// empty non-terminals in between, which the spans need not know. Made once for each set of
/// parameters: a hash costs as much as all else that the spans are asked.
class DelegationHashes {
 public:
  DelegationHashes(const dns::Name& zone, const dns::Name& child)
      : zone_(zone), next_closer_(child.suffix(zone.label_count() + 1)) {}
  [[nodiscard]] const dnssec::Nsec3Hash& next_closer(const dnssec::Nsec3Params& params);
  /// The zone's own.
  [[nodiscard]] const dnssec::Nsec3Hash& encloser(const dnssec::Nsec3Params& params);
  [[nodiscard]] const dns::Name& zone() const { return zone_; }

 private:
  struct Known {
    dnssec::Nsec3Params params;
    dnssec::Nsec3Hash hash;
  };
  static const dnssec::Nsec3Hash& hash(std::optional<Known>& known, const dns::Name& name,
                                       const dnssec::Nsec3Params& params);

  const dns::Name& zone_;
  dns::Name next_closer_;
  std::optional<Known> known_next_closer_;
  std::optional<Known> known_encloser_;
};

/// Until when the remembered spans prove that the delegation has no DS: a span
/// matches the closest encloser and an opt-out span covers the next closer name (RFC 5155 8.9).
/// nullopt: they prove nothing at `now`.
std::optional<SimTime> no_ds_until(const SpanTable& table, DelegationHashes& delegation,
                                   SimTime now);

/// Whether `denial`, not yet validated, looks like such a proof, with no part of it known as bogus.
bool may_prove_no_ds(const SpanTable& table, DelegationHashes& delegation,
                     std::span<const dns::SignedRRset> denial, SimTime now);

}  // namespace zonefall::resolver
