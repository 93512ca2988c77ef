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

using authority::ZoneVersion;

const ZoneVersion& version_at(const BuiltZone& zone, SimTime at) {
  return *zone.history->entries()[zone.history->index_at(at)].version;
}

dns::SignedRRset with_signatures(const ZoneVersion& version, const dns::RRsetPtr& rrset) {
  return {rrset, version.signatures(rrset).rrsigs};
}

bool verifies(const ZoneVersion& version, const dns::RRsetPtr& rrset, SimTime now) {
  const dnssec::ZoneKeys keys = dnssec::zone_keys(*version.dnskeys());
  const auto judged =
      dnssec::validate_rrset({verifier}, with_signatures(version, rrset), keys, now);
  return judged.verdict.security == dnssec::Security::secure;
}

class Share {
 public:
  void add(bool counts) {
    all_ += 1;
    counted_ += counts ? 1 : 0;
  }
  [[nodiscard]] double value() const {
    return all_ == 0 ? 0 : static_cast<double>(counted_) / static_cast<double>(all_);
  }

 private:
  std::uint64_t all_ = 0;
  std::uint64_t counted_ = 0;
};

// The DS and denial RRsets of an even sample of members.
template <typename Visit>
void visit_sample(const ZoneVersion& version, const PopulationSpec& population, Visit&& visit) {
  const std::uint64_t step = std::max<std::uint64_t>(1, population.size / sampled_members);
  const authority::DenialChain* denial = version.content().denial();
  for (std::uint64_t id = 0; id < population.size; id += step) {
    const std::string label = fmt::format("{}{}", population.label_prefix, id);
    const dns::Name name = version.apex().prepend(label).value();
    const dns::RRsetPtr ds = version.node(name).find(dns::RRType::ds);
    if (ds) visit(ds);
    if (denial == nullptr) continue;
    const dns::RRsetPtr matching = denial->matching(name);
    visit(matching ? matching : denial->covering(name));
  }
}

template <typename Visit>
void visit_versions(const BuiltZone& zone, Span signed_in, Visit&& visit) {
  for (const authority::ZoneHistory::Entry& entry : zone.history->entries()) {
    const SimTime at = entry.version->signed_at();
    if (at >= signed_in.from && at < signed_in.until) visit(*entry.version);
  }
}

// The DS RRset of `zone` in the zone above it at `at`; null for the topmost.
dns::RRsetPtr parent_ds(const BuiltScenario& built, const BuiltZone& zone, SimTime at) {
  const BuiltZone* parent = nullptr;
  for (const BuiltZone& other : built.zones) {
    const bool is_above = zone.apex.is_below(other.apex);
    if (is_above && (parent == nullptr || other.apex.is_below(parent->apex))) parent = &other;
  }
  return parent == nullptr ? nullptr
                           : version_at(*parent, at).node(zone.apex).find(dns::RRType::ds);
}

template <typename Best>
double site_minutes(const BuiltZone& zone, SimTime signed_from, Best&& best) {
  const auto& entries = zone.history->entries();
  const auto first = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) {
    return entry.version->signed_at() >= signed_from;
  });
  if (first == entries.end() || zone.run->sites.empty()) return 0;
  const auto index = static_cast<std::size_t>(first - entries.begin());
  std::vector<SimTime> times;
  for (const authority::SiteZone& site : zone.run->sites) {
    times.push_back(site.loaded_at.empty() ? first->published_at : site.loaded_at[index]);
  }
  const SimTime at = *best(times.begin(), times.end());
  return static_cast<double>((at - signed_from).to_seconds()) / 60.0;
}

}  // namespace

double bogus_signatures(const BuiltZone& zone, const PopulationSpec& population, SimTime at) {
  const ZoneVersion& version = version_at(zone, at);
  Share share;
  visit_sample(version, population,
               [&](const dns::RRsetPtr& rrset) { share.add(!verifies(version, rrset, at)); });
  return share.value();
}

double signed_by(const BuiltZone& zone, const PopulationSpec& population, const Expectation& e) {
  const ZoneVersion& version = version_at(zone, e.from);
  Share share;
  visit_sample(version, population, [&](const dns::RRsetPtr& rrset) {
    const auto signatures = version.signatures(rrset).rrsigs;
    share.add(std::any_of(signatures.begin(), signatures.end(), [&](const dns::RrsigPtr& rrsig) {
      return rrsig->fields().key_tag == e.tag;
    }));
  });
  return share.value();
}

double bogus_dnskeys(const BuiltScenario& built, const BuiltZone& zone, Span signed_in) {
  Share share;
  visit_versions(zone, signed_in, [&](const ZoneVersion& version) {
    const SimTime now = version.signed_at();
    const dns::RRsetPtr ds = parent_ds(built, zone, now);
    if (!ds) {
      share.add(!verifies(version, version.dnskeys(), now));
      return;
    }
    const auto judged =
        dnssec::validate_dnskeys({verifier}, with_signatures(version, version.dnskeys()), *ds, now);
    share.add(judged.verdict.security == dnssec::Security::bogus);
  });
  return share.value();
}

double bogus_apex_denial(const BuiltZone& zone, const dns::Name& owner, Span signed_in) {
  Share share;
  visit_versions(zone, signed_in, [&](const ZoneVersion& version) {
    const authority::DenialChain* denial = version.content().denial();
    const dns::RRsetPtr record = denial == nullptr ? nullptr : denial->matching(zone.apex);
    share.add(record && record->owner() == owner &&
              !verifies(version, record, version.signed_at()));
  });
  return share.value();
}

double soa_flips(const BuiltZone& zone, Span signed_in) {
  std::uint64_t flips = 0;
  std::optional<bool> before;
  visit_versions(zone, signed_in, [&](const ZoneVersion& version) {
    const bool good = verifies(version, version.soa(), version.signed_at());
    if (before && *before != good) flips += 1;
    before = good;
  });
  return static_cast<double>(flips);
}

double published_keys(const BuiltZone& zone, std::uint16_t tag, SimTime at) {
  const dnssec::ZoneKeys keys = dnssec::zone_keys(*version_at(zone, at).dnskeys());
  return static_cast<double>(std::count(keys.tags.begin(), keys.tags.end(), tag));
}

double key_pairs(const BuiltZone& zone, std::uint16_t tag) {
  std::vector<std::uint64_t> ids;
  for (const registry::KeyRecord& record : zone.keys->records()) {
    for (const registry::Hsm& hsm : zone.keys->hsms()) {
      const dnssec::KeyPairPtr pair = hsm.pair(record.label);
      if (pair && pair->tag() == tag) ids.push_back(pair->id());
    }
  }
  std::sort(ids.begin(), ids.end());
  return static_cast<double>(std::unique(ids.begin(), ids.end()) - ids.begin());
}

double key_bits(const BuiltZone& zone, std::uint16_t tag, SimTime at) {
  const dnssec::ZoneKeys keys = dnssec::zone_keys(*version_at(zone, at).dnskeys());
  for (std::size_t i = 0; i < keys.keys.size(); ++i) {
    if (keys.tags[i] == tag) return dnssec::key_bits(keys.keys[i]);
  }
  return 0;
}

double first_site_minutes(const BuiltZone& zone, SimTime signed_from) {
  return site_minutes(zone, signed_from,
                      [](auto first, auto last) { return std::min_element(first, last); });
}

double last_site_minutes(const BuiltZone& zone, SimTime signed_from) {
  return site_minutes(zone, signed_from,
                      [](auto first, auto last) { return std::max_element(first, last); });
}

}  // namespace zonefall::scenario
