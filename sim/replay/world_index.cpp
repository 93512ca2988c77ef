#include "replay/world_index.h"

#include <algorithm>

#include "zonefall/core/hash.h"

namespace zonefall::replay {

WorldIndex::WorldIndex(const World& world) : world_(&world) {
  std::uint32_t resolvers = 0;
  for (std::uint32_t cohort = 0; cohort < world.cohorts.size(); ++cohort) {
    const std::uint32_t count = world.cohorts[cohort].resolvers;
    first_resolvers_.push_back(resolvers);
    resolvers += count;
    for (std::uint32_t first = 0; first < count; first += world.cohorts[cohort].group_size) {
      groups_.push_back(group_of(cohort, first));
    }
  }
  std::uint32_t sites = 0;
  for (const authority::NameServer& server : world.servers->servers()) {
    servers_.push_back({server.name.hash(), sites});
    sites += static_cast<std::uint32_t>(server.sites.size());
  }
  add_lifetimes();
}

namespace {

// Of larger populations hardly a tail name is in a cache, and a table would not pay.
constexpr std::uint64_t known_population_max = 200'000;

KnownLifetimes known_lifetimes(const World& world, const clients::Popularity& popularity) {
  KnownLifetimes known;
  if (world.past == Duration()) return known;
  for (std::uint32_t rank = 0; rank < popularity.settings().head_names; ++rank) {
    known.head.push_back(world.names->lifetimes(popularity.head_id(rank)));
  }
  const std::uint64_t population = popularity.settings().population;
  for (std::uint64_t id = 0; population <= known_population_max && id < population; ++id) {
    known.all.push_back(world.names->lifetimes(id));
  }
  return known;
}

}  // namespace

// Cohorts of one popularity share a table.
void WorldIndex::add_lifetimes() {
  const auto& cohorts = world_->cohorts;
  for (std::size_t i = 0; i < cohorts.size(); ++i) {
    std::size_t first = 0;
    while (cohorts[first].popularity != cohorts[i].popularity) ++first;
    lifetimes_.push_back(first < i ? lifetimes_[first]
                                   : std::make_shared<const KnownLifetimes>(
                                         known_lifetimes(*world_, *cohorts[i].popularity)));
  }
}

std::uint64_t WorldIndex::entity(std::uint32_t cohort, std::uint32_t index) const {
  return hash_combine(hash_text(world_->cohorts[cohort].name), index);
}

GroupPlace WorldIndex::group_of(std::uint32_t cohort, std::uint32_t index) const {
  const Cohort& members = world_->cohorts[cohort];
  const std::uint32_t first = index - index % members.group_size;
  return {cohort, first, std::min(members.group_size, members.resolvers - first)};
}

}  // namespace zonefall::replay
