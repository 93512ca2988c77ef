// Zones that a site serves without listing them: found by name when somebody asks.
//
// A hosting provider serves millions of children of a TLD. Each is made from its population id, is
// the same for every asker, and lives as long as somebody holds it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "zonefall/authority/population.h"
#include "zonefall/authority/zone_version.h"
#include "zonefall/dns/address.h"

namespace zonefall::authority {

class ZoneFinder {
 public:
  virtual ~ZoneFinder() = default;
  /// The deepest such zone at or above `qname`; null if there is none. Pure: equal names, equal
  /// content.
  [[nodiscard]] virtual ZoneHistoryPtr find(const dns::Name& qname) const = 0;
};

/// One TTL that a share of children use for their address records.
struct TtlShare {
  std::uint32_t ttl_s = 300;
  std::uint64_t weight = 1;
};

struct HostedChildrenSettings {
  ProceduralPopulationSettings population;
  std::vector<TtlShare> address_ttls;  // drawn per child
  std::uint32_t apex_ttl_s = 3600;     // SOA, NS, DNSKEY, negative answers
  std::uint32_t ipv6_ppm = 300'000;    // children with AAAA records
  dnssec::SignatureWindow window;      // of signed children
};

/// The zones of the members of `settings.population`: SOA, NS (as delegated), A, perhaps AAAA at
/// the apex and at "www"; signed with member_key() and NSEC if the member is signed.
std::shared_ptr<const ZoneFinder> make_hosted_children(HostedChildrenSettings settings);

}  // namespace zonefall::authority
