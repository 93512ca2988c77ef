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
