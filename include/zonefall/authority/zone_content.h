// What a zone holds, without signatures and without a serial: nodes and the denial chain.
//
// Two implementations: ListedContent keeps RRsets (a zone file, or names that a scenario lists);
// PopulatedContent adds millions of delegations that are computed from their name when somebody
// asks (population.h), so that a TLD has its true size without being stored. Both are immutable and
// safe from several threads. Sources: RFC 1034 4.2 and 4.3.2, RFC 4592 2.2.2 (empty
// non-terminals), RFC 4035 2.3 and RFC 5155 7.1 (which names get an NSEC / NSEC3).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/dns/name.h"
#include "zonefall/dns/rrset.h"
#include "zonefall/dnssec/nsec3.h"

namespace zonefall::authority {

enum class NodeKind : std::uint8_t {
  absent,
  empty_non_terminal,  // no data, but names below
  authoritative,       // data of this zone, the apex included
  delegation,          // a zone cut: NS, perhaps DS
  occluded,            // below a zone cut (glue, or nothing) or below a DNAME
};

/// What stands at one owner name. `rrsets` is in order of type. At a zone cut only DS is this
/// zone's data: NS is the child's, A and AAAA are glue.
struct Node {
  NodeKind kind = NodeKind::absent;
  std::vector<dns::RRsetPtr> rrsets;

  [[nodiscard]] dns::RRsetPtr find(dns::RRType type) const;  // null if there is none
};

/// The NSEC or NSEC3 chain as unsigned RRsets.
class DenialChain {
 public:
  enum class Kind : std::uint8_t { nsec, nsec3 };
  virtual ~DenialChain() = default;
  [[nodiscard]] virtual Kind kind() const = 0;
  struct Found {
    dns::RRsetPtr rrset;
    bool matches = false;  // else it covers the name
  };
  /// The RRset at `name` (NSEC) or at the hash of `name` (NSEC3), or else the one whose interval
  /// covers it. Names must be at or below the apex.
  [[nodiscard]] virtual Found find(const dns::Name& name) const = 0;
  /// Null if the chain has no RRset there.
  [[nodiscard]] dns::RRsetPtr matching(const dns::Name& name) const;
  /// Null if an RRset matches `name`.
  [[nodiscard]] dns::RRsetPtr covering(const dns::Name& name) const;
  /// Every RRset of the chain in chain order.
  virtual void for_each(const std::function<void(const dns::RRsetPtr&)>& visit) const = 0;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
};

struct DenialSettings {
  DenialChain::Kind kind = DenialChain::Kind::nsec3;
  dnssec::Nsec3Params params = {};
  bool opt_out = false;        // NSEC3 only: insecure delegations are left out of the chain
  std::uint32_t ttl_s = 3600;  // RFC 9077: the smaller of SOA TTL and SOA minimum
};

class ZoneContent {
 public:
  virtual ~ZoneContent() = default;
  [[nodiscard]] virtual const dns::Name& apex() const = 0;
  /// The node at `owner`, which must be at or below the apex. Never follows wildcards.
  [[nodiscard]] virtual Node node(const dns::Name& owner) const = 0;
  /// The same for an answer to a question for `type`: what stands at no zone cut, has another type
  /// and is no CNAME or DNAME may be left out (not for ANY and RRSIG). Spares making it.
  [[nodiscard]] virtual Node node_for(const dns::Name& owner, dns::RRType /*type*/) const {
    return node(owner);
  }
  /// True if a DNAME at the apex redirects every name below it.
  [[nodiscard]] virtual bool has_apex_dname() const = 0;
  /// The denial chain, or null for an unsigned zone.
  [[nodiscard]] virtual const DenialChain* denial() const = 0;
  /// Every node that is not absent or empty, apex first, then in an order that is the same on
  /// every run.
  virtual void for_each_node(
      const std::function<void(const dns::Name& owner, const Node& node)>& visit) const = 0;
};
using ZoneContentPtr = std::shared_ptr<const ZoneContent>;

/// Content from RRsets. SOA and DNSKEY at the apex may be left out (a zone version adds its own);
/// NSEC, NSEC3, NSEC3PARAM and RRSIG are not accepted: they are made. `apex_types` are types that
/// versions will add at the apex, so that the denial chain's bitmap lists them. Errors: names
/// outside the zone, no NS at the apex, two RRsets of one owner and type, CNAME beside other data,
/// data below a DNAME, NS or DNAME at a wildcard, DS without NS, iterations over 2500.
struct ListedZone {
  dns::Name apex;
  std::vector<dns::RRsetPtr> rrsets;
  std::optional<DenialSettings> denial;  // nullopt: unsigned
  std::vector<dns::RRType> apex_types = {dns::RRType::soa, dns::RRType::dnskey};
};
Result<ZoneContentPtr> make_listed_content(ListedZone zone);

}  // namespace zonefall::authority
