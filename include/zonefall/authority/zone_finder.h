// Zones that a site serves without listing them: found by name when somebody asks.
//
// A hosting provider serves millions of children of a TLD. Each is made from its population id, is
// the same for every asker, and lives as long as somebody holds it. A child has at most two
// contents in its life: what it begins with, and what it has once its owner has moved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "zonefall/authority/population.h"
#include "zonefall/authority/zone_version.h"
#include "zonefall/core/result.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/name.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::authority {

class ZoneFinder {
 public:
  virtual ~ZoneFinder() = default;
  /// How many labels the apex of the deepest such zone at or above `qname` has; nullopt if there
  /// is none. Cheap: makes nothing.
  [[nodiscard]] virtual std::optional<std::size_t> apex_labels(const dns::Name& qname) const = 0;
  /// From when on that zone has its other content; max(): it never changes. Cheap as well.
  [[nodiscard]] virtual SimTime changes_at(const dns::Name& qname) const = 0;
  /// That zone as of `at`; null if there is none. Pure: equal names, on one side of the change,
  /// equal content.
  [[nodiscard]] virtual ZoneVersionPtr find(const dns::Name& qname, SimTime at) const = 0;
  /// The same before any change.
  [[nodiscard]] ZoneVersionPtr find(const dns::Name& qname) const {
    return find(qname, SimTime::min());
  }
};

/// One TTL that a share of children use for their address records.
struct TtlShare {
  std::uint32_t ttl_s = 300;
  std::uint64_t weight = 1;
};

/// A share of the children change all their addresses, each at an instant drawn uniformly in
/// [from, until], and keep the new ones.
struct Moves {
  std::uint32_t share_ppm = 0;
  SimTime from;
  SimTime until;
};

struct HostedChildrenSettings {
  ProceduralPopulationSettings population;
  std::vector<TtlShare> address_ttls;  // drawn per child
  std::uint32_t apex_ttl_s = 3600;     // SOA, NS, DNSKEY, negative answers
  std::uint32_t ipv6_ppm = 300'000;    // children with AAAA records
  dnssec::SignatureWindow window;      // of signed children
  Moves moves;                         // none: no child ever changes
};

/// The zones of the members of `settings.population`: SOA, NS (the delegation's names), A and
/// perhaps AAAA at the apex and at "www"; signed with member_key() and NSEC if the member is
/// signed. All hosting servers can share one: delegations lead to the right ones. Addresses are of
/// 198.18.0.0/15 and 2001:db8::/64 (RFC 6890). A child that moves has other ones than before, under
/// a higher serial. Errors: those of make_procedural_population(), no address TTL with a weight
/// above 0, over 1,000,000 ppm, moves that end before they begin.
Result<std::shared_ptr<const ZoneFinder>> make_hosted_children(HostedChildrenSettings settings);

}  // namespace zonefall::authority
