// What several builds have in common: keys, zone contents and hosted children that come out the
// same are made once. Found by a hash of what they are made from. Several threads may ask at once:
// while one makes a part, the others wait, as they mostly want the same.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "zonefall/authority/population.h"
#include "zonefall/authority/zone_content.h"
#include "zonefall/authority/zone_finder.h"
#include "zonefall/core/result.h"
#include "zonefall/registry/key_store.h"
#include "zonefall/scenario/build.h"

namespace zonefall::scenario {

class SharedParts {
 public:
  /// Errors are those of the maker: make_listed_content(), make_populated_content(),
  /// make_procedural_population(), make_hosted_children().
  Result<authority::ZoneContentPtr> content(authority::ListedZone zone);
  Result<authority::ZoneContentPtr> content(
      authority::ListedZone zone, const authority::ProceduralPopulationSettings& population);
  Result<std::shared_ptr<const authority::ZoneFinder>> children(
      authority::HostedChildrenSettings settings);
  /// The keys of one registry, in its HSMs. Errors are those of registry::KeyStore::generate().
  Result<std::shared_ptr<const registry::KeyStore>> key_store(std::uint64_t seed,
                                                              const RegistrySpec& registry);

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, authority::ZoneContentPtr> contents_;
  std::map<std::uint64_t, std::shared_ptr<const authority::ZoneFinder>> children_;
  std::map<std::uint64_t, std::shared_ptr<const registry::KeyStore>> key_stores_;
};

}  // namespace zonefall::scenario
