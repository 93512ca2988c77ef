#include "scenario/score_zone.h"

#include <algorithm>

#include <fmt/format.h>

#include "zonefall/dnssec/nsec3.h"
#include "zonefall/dnssec/validate.h"

namespace zonefall::scenario {

namespace {

// Enough for a share to be known within three percentage points.
constexpr std::uint64_t sampled_members = 4'000;

const dnssec::IdentityVerifier verifier;

bool verifies(const authority::ZoneVersion& version, const dns::RRsetPtr& rrset, SimTime now) {
  const dns::SignedRRset entry{rrset, version.signatures(rrset).rrsigs};
  const dnssec::ZoneKeys keys = dnssec::zone_keys(*version.dnskeys());
  const auto judged = dnssec::validate_rrset({verifier}, entry, keys, now);
  return judged.verdict.security == dnssec::Security::secure;
}

struct Count {
  std::uint64_t all = 0;
  std::uint64_t bogus = 0;
  void add(bool good) {
    all += 1;
    bogus += good ? 0 : 1;
  }
};

}  // namespace

double bogus_signature_share(const BuiltZone& zone,
                             const PopulationSpec& population, SimTime at) {
  const authority::ZoneVersion& version =
      *zone.history->entries()[zone.history->index_at(at)].version;
  Count count;
  const std::uint64_t step = std::max<std::uint64_t>(1, population.size / sampled_members);
  for (std::uint64_t id = 0; id < population.size; id += step) {
    const dns::Name name =
        zone.apex.prepend(fmt::format("{}{}", population.label_prefix, id)).value();
    const dns::RRsetPtr ds = version.node(name).find(dns::RRType::ds);
    if (ds) count.add(verifies(version, ds, at));
    const authority::DenialChain* denial = version.content().denial();
    const dns::RRsetPtr record = denial->matching(name) ? denial->matching(name)
                                                        : denial->covering(name);
    count.add(verifies(version, record, at));
  }
  return static_cast<double>(count.bogus) / static_cast<double>(count.all);
}

double soa_flips(const BuiltZone& zone, SimTime from, SimTime until) {
  std::uint64_t flips = 0;
  std::optional<bool> before;
  for (const authority::ZoneHistory::Entry& entry : zone.history->entries()) {
    const authority::ZoneVersion& version = *entry.version;
    if (version.signed_at() < from || version.signed_at() >= until) continue;
    const bool good = verifies(version, version.soa(), version.signed_at());
    if (before && *before != good) flips += 1;
    before = good;
  }
  return static_cast<double>(flips);
}

double published_keys(const BuiltZone& zone, std::uint16_t tag, SimTime at) {
  const authority::ZoneVersion& version =
      *zone.history->entries()[zone.history->index_at(at)].version;
  const dnssec::ZoneKeys keys = dnssec::zone_keys(*version.dnskeys());
  return static_cast<double>(std::count(keys.tags.begin(), keys.tags.end(), tag));
}

}  // namespace zonefall::scenario
