#include "resolver/scrub.h"

#include <algorithm>

#include "resolver/sections.h"
#include "resolver/servers.h"

namespace zonefall::resolver {

using dns::RRType;

namespace {

// DNS rebinding: a public name leads into the client's own network.
bool is_private(const dns::RRset& rrset, dns::RdataList::Rdata rdata, const ScrubRules& rules) {
  const auto address = address_of(rrset.type(), rdata);
  return address && std::any_of(rules.private_addresses.begin(), rules.private_addresses.end(),
                                [&](const auto& block) { return block.contains(*address); });
}

bool may_have_private(const dns::Name& owner, const ScrubRules& rules) {
  return std::any_of(rules.private_domains.begin(), rules.private_domains.end(),
                     [&](const dns::Name& domain) { return owner.is_at_or_below(domain); });
}

// The RRset with some of its records, and signatures that do not fit any more; null without any.
dns::RRsetPtr with_rdatas(const dns::RRset& rrset, std::vector<dns::Octets> kept) {
  if (kept.empty()) return nullptr;
  return dns::RRset::make({rrset.owner(), rrset.type(), rrset.rclass(), rrset.ttl_s()},
                          std::move(kept));
}

dns::RRsetPtr without_excess(const dns::RRsetPtr& rrset, const ScrubRules& rules) {
  const RRType type = rrset->type();
  std::size_t count = 0;
  std::vector<dns::Octets> kept;
  for (const dns::RdataList::Rdata rdata : rrset->rdatas()) {
    count += 1;
    if (is_address(type) && is_private(*rrset, rdata, rules)) continue;
    if (type == RRType::ns && kept.size() == rules.ns_per_rrset_max) continue;
    kept.emplace_back(rdata.begin(), rdata.end());
  }
  return kept.size() == count ? rrset : with_rdatas(*rrset, std::move(kept));
}

// The parts of the message that no RRset by itself shows.
struct Place {
  bool is_soa_of_denial = false;
};

dns::RRsetPtr scrubbed_rrset(const dns::RRsetPtr& rrset, const ScrubRules& rules, Place place) {
  const RRType type = rrset->type();
  const bool may_lose =
      type == RRType::ns || (is_address(type) && !may_have_private(rrset->owner(), rules));
  const dns::RRsetPtr kept = may_lose ? without_excess(rrset, rules) : rrset;
  const std::uint32_t ttl_min_s =
      place.is_soa_of_denial ? rules.negative_ttl_min_s : rules.ttl_min_s;
  return kept != nullptr && kept->ttl_s() < ttl_min_s ? kept->with_ttl(ttl_min_s) : kept;
}

dns::SignedRRset scrubbed_entry(const dns::SignedRRset& entry, const ScrubRules& rules,
                                Place place) {
  dns::SignedRRset kept{scrubbed_rrset(entry.rrset, rules, place), entry.rrsigs};
  if (kept.rrsigs.size() > rules.signatures_per_rrset_max) {
    kept.rrsigs.clear();
    for (std::size_t i = 0; i < rules.signatures_per_rrset_max; ++i) {
      kept.rrsigs.push_back(entry.rrsigs[i]);
    }
  }
  return kept;
}

}  // namespace

ScrubRules scrub_rules(const ResolverConfig& config) {
  const CacheLimits& limits = config.profile->cache;
  const auto seconds = [](Duration ttl) { return static_cast<std::uint32_t>(ttl.to_seconds()); };
  ScrubRules rules;
  rules.ttl_min_s = seconds(limits.ttl_min);
  const bool has_own_min = limits.negative_ttl_min != Duration::max();
  rules.negative_ttl_min_s = has_own_min ? seconds(limits.negative_ttl_min) : rules.ttl_min_s;
  rules.ns_per_rrset_max = config.profile->upstream.ns_per_rrset_max;
  rules.signatures_per_rrset_max = config.profile->upstream.signatures_per_rrset_max;
  rules.private_addresses = config.private_addresses;
  rules.private_domains = config.private_domains;
  return rules;
}

dns::MessagePtr without_strays(const dns::MessagePtr& message, const dns::Name& zone) {
  const auto is_stray = [&](const dns::SignedRRset& entry) {
    return entry.rrset->type() != RRType::ns && !entry.rrset->owner().is_at_or_below(zone);
  };
  const auto& authority = message->authority;
  if (std::none_of(authority.begin(), authority.end(), is_stray)) return message;
  auto own = std::make_shared<dns::Message>(*message);
  std::erase_if(own->authority, is_stray);
  return own;
}

dns::MessagePtr scrubbed(const dns::MessagePtr& message, const ScrubRules& rules) {
  std::shared_ptr<dns::Message> changed;
  const bool is_denial = message->answer.empty();
  using Sections = std::vector<dns::SignedRRset> dns::Message::*;
  for (const Sections section :
       {&dns::Message::answer, &dns::Message::authority, &dns::Message::additional}) {
    const bool is_authority = section == &dns::Message::authority;
    std::size_t at = 0;  // in the changed section
    for (const dns::SignedRRset& entry : (*message).*section) {
      const bool is_soa = entry.rrset->type() == RRType::soa;
      dns::SignedRRset kept = scrubbed_entry(entry, rules, {is_denial && is_authority && is_soa});
      const bool is_changed =
          kept.rrset != entry.rrset || kept.rrsigs.size() != entry.rrsigs.size();
      if (is_changed && changed == nullptr) changed = std::make_shared<dns::Message>(*message);
      if (changed == nullptr) {
        at += 1;
        continue;
      }
      auto& to = (*changed).*section;
      if (kept.rrset == nullptr) {
        to.erase(to.begin() + static_cast<std::ptrdiff_t>(at));
      } else {
        to[at] = std::move(kept);
        at += 1;
      }
    }
  }
  return changed != nullptr ? changed : message;
}

}  // namespace zonefall::resolver
