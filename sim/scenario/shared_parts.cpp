#include "scenario/shared_parts.h"

#include <utility>
#include <vector>

#include "zonefall/core/hash.h"

namespace zonefall::scenario {

namespace {

void mix(Fingerprint& hash, const authority::ListedZone& zone) {
  hash.mix(zone.apex.hash());
  hash.mix(zone.rrsets.size());
  for (const dns::RRsetPtr& rrset : zone.rrsets) {
    hash.mix(rrset->content_id().high);
    hash.mix(rrset->content_id().low);
  }
  hash.mix(zone.apex_types.size());
  for (const dns::RRType type : zone.apex_types) hash.mix(static_cast<std::uint64_t>(type));
  hash.mix(zone.denial ? 1U : 0U);
  if (!zone.denial) return;
  hash.mix(static_cast<std::uint64_t>(zone.denial->kind));
  hash.mix(zone.denial->params.iterations);
  hash.mix(hash_bytes(zone.denial->params.salt));
  hash.mix(zone.denial->opt_out ? 1U : 0U);
  hash.mix(zone.denial->ttl_s);
}

void mix(Fingerprint& hash, const authority::ProceduralPopulationSettings& population) {
  hash.mix(population.zone.hash());
  hash.mix(population.size);
  hash.mix(population.seed);
  hash.mix(population.label_prefix);
  hash.mix(population.signed_ppm);
  hash.mix(population.ns_ttl_s);
  hash.mix(population.ds_ttl_s);
  hash.mix(population.providers.size());
  for (const authority::HostingProvider& provider : population.providers) {
    hash.mix(provider.weight);
    hash.mix(provider.ns_names.size());
    for (const dns::Name& name : provider.ns_names) hash.mix(name.hash());
  }
}

// What `parts` holds under `hash`, made at the first call.
template <typename Part, typename Make>
Result<Part> find_or_make(std::map<std::uint64_t, Part>& parts, const Fingerprint& hash,
                          Make&& make) {
  if (const auto known = parts.find(hash.value()); known != parts.end()) return known->second;
  Result<Part> made = make();
  if (made) parts.emplace(hash.value(), made.value());
  return made;
}

}  // namespace

Result<authority::ZoneContentPtr> SharedParts::content(authority::ListedZone zone) {
  Fingerprint hash;
  mix(hash, zone);
  const std::scoped_lock lock(mutex_);
  return find_or_make(contents_, hash,
                      [&] { return authority::make_listed_content(std::move(zone)); });
}

Result<authority::ZoneContentPtr> SharedParts::content(
    authority::ListedZone zone, const authority::ProceduralPopulationSettings& population) {
  Fingerprint hash;
  mix(hash, zone);
  mix(hash, population);
  const std::scoped_lock lock(mutex_);
  return find_or_make(contents_, hash, [&]() -> Result<authority::ZoneContentPtr> {
    auto members = authority::make_procedural_population(population);
    if (!members) return members.error();
    return authority::make_populated_content(std::move(zone), std::move(members).value());
  });
}

Result<std::shared_ptr<const authority::ZoneFinder>> SharedParts::children(
    authority::HostedChildrenSettings settings) {
  Fingerprint hash;
  mix(hash, settings.population);
  hash.mix(settings.address_ttls.size());
  for (const authority::TtlShare& share : settings.address_ttls) {
    hash.mix(share.ttl_s);
    hash.mix(share.weight);
  }
  hash.mix(settings.apex_ttl_s);
  hash.mix(settings.ipv6_ppm);
  hash.mix(settings.window.inception);
  hash.mix(settings.window.expiration);
  hash.mix(settings.moves.share_ppm);
  hash.mix(static_cast<std::uint64_t>(settings.moves.from.to_nanoseconds()));
  hash.mix(static_cast<std::uint64_t>(settings.moves.until.to_nanoseconds()));
  const std::scoped_lock lock(mutex_);
  return find_or_make(children_, hash,
                      [&] { return authority::make_hosted_children(std::move(settings)); });
}

Result<std::shared_ptr<const registry::KeyStore>> SharedParts::key_store(
    std::uint64_t seed, const RegistrySpec& registry) {
  Fingerprint hash;
  hash.mix(seed);
  hash.mix(registry.hsms.size());
  for (const std::string& hsm : registry.hsms) hash.mix(hash_text(hsm));
  std::vector<registry::KeyRequest> requests;
  for (const KeySpec& key : registry.keys) {
    registry::KeyRequest& request = requests.emplace_back();
    request.label = key.label;
    request.role = key.role;
    request.algorithm = key.algorithm;
    request.bits = key.bits;
    if (key.tag != 0) request.requested_tag = key.tag;
    hash.mix(hash_text(key.label));
    hash.mix(static_cast<std::uint64_t>(key.role));
    hash.mix(static_cast<std::uint64_t>(key.algorithm));
    hash.mix(key.bits);
    hash.mix(key.tag);
    hash.mix(static_cast<std::uint64_t>(key.generation));
  }
  using StorePtr = std::shared_ptr<const registry::KeyStore>;
  const std::scoped_lock lock(mutex_);
  return find_or_make(key_stores_, hash, [&]() -> Result<StorePtr> {
    auto store = std::make_shared<registry::KeyStore>(seed, registry.hsms);
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const auto made = store->generate(requests[i], registry.keys[i].generation);
      if (!made) return made.error();
    }
    return StorePtr(std::move(store));
  });
}

std::shared_ptr<SharedParts> make_shared_parts() {
  return std::make_shared<SharedParts>();
}

}  // namespace zonefall::scenario
