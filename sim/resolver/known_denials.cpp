#include "resolver/known_denials.h"

#include <algorithm>

#include "zonefall/core/assert.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::resolver {

namespace {

// The last one at or before `name` in the ring of the zone's names; null if it has expired.
const KnownRRset* at_or_before(const ZoneDenials& zone, const dns::Name& name, SimTime now) {
  if (zone.nsecs.empty()) return nullptr;
  auto after = zone.nsecs.upper_bound(name);
  if (after == zone.nsecs.begin()) after = zone.nsecs.end();
  const KnownRRset& found = std::prev(after)->second;
  return now < found.expires_at ? &found : nullptr;
}

// RFC 4034 4.1.1: after the last name comes the apex.
bool covers(const dns::Name& owner, const dns::Name& next, const dns::Name& name) {
  const bool is_last = !(owner < next);
  return owner < name && (is_last || name < next);
}

}  // namespace

std::optional<CachedDenial> cached_denial(const ZoneDenials& zone, const dns::Name& qname,
                                          SimTime now) {
  using dnssec::Denial;
  const KnownRRset* first = at_or_before(zone, qname, now);
  if (first == nullptr) return std::nullopt;
  const dns::Name& owner = first->entry.rrset->owner();
  if (owner == qname) return CachedDenial{Denial::no_data, {first}};
  const auto nsec = dns::decode_nsec(first->entry.rrset->rdatas().front());
  if (!nsec || !covers(owner, nsec.value().next, qname)) return std::nullopt;
  const dns::Name& next = nsec.value().next;
  if (next.is_below(qname)) return CachedDenial{Denial::no_data, {first}};  // an empty non-terminal

  const std::size_t encloser_labels =
      std::max(qname.common_labels(owner), qname.common_labels(next));
  const auto wildcard = qname.suffix(encloser_labels).wildcard_child();
  if (!wildcard) return CachedDenial{Denial::name_error, {first}};  // too long to exist
  const KnownRRset* second = at_or_before(zone, wildcard.value(), now);
  if (second == nullptr) return std::nullopt;
  CachedDenial found{Denial::name_error, {first}};
  if (second->entry.rrset->owner() == wildcard.value()) found.denial = Denial::no_data;
  if (second != first) found.nsecs.push_back(second);
  return found;
}

bool is_of_insecure_delegation(const dns::RRset& rrset, const dns::Name& zone,
                               std::uint16_t iterations_max) {
  if (rrset.type() != dns::RRType::nsec3) return false;
  const auto interval = dnssec::decode_interval(rrset, zone);
  if (!interval || interval->params.iterations > iterations_max) return false;
  const dns::TypeBitmap& types = interval->types;
  return types.contains(dns::RRType::ns) && !types.contains(dns::RRType::soa) &&
         !types.contains(dns::RRType::ds);
}

void remember_insecure(ZoneDenials& known, const dns::Name& zone, const KnownRRset& nsec3) {
  const auto interval = dnssec::decode_interval(*nsec3.entry.rrset, zone);
  ZF_ASSERT(interval.has_value());  // is_of_insecure_delegation
  if (!(known.nsec3_params == interval->params)) {
    known.nsec3_params = interval->params;
    known.insecure_nsec3s.clear();
  }
  known.insecure_nsec3s[interval->owner_hash] = nsec3;
}

const KnownRRset* cached_no_ds(const ZoneDenials& zone, const dns::Name& child, SimTime now) {
  const auto unexpired = [&](const auto& known, const auto& key) -> const KnownRRset* {
    const auto found = known.find(key);
    return found != known.end() && now < found->second.expires_at ? &found->second : nullptr;
  };
  if (const KnownRRset* nsec = unexpired(zone.nsecs, child)) return nsec;
  if (zone.insecure_nsec3s.empty()) return nullptr;
  return unexpired(zone.insecure_nsec3s, dnssec::nsec3_hash(child, zone.nsec3_params));
}

}  // namespace zonefall::resolver
