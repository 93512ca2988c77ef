// A world's numbers: which group has which resolvers, which server which sites, and the entities
// that name random streams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "replay/past.h"
#include "zonefall/replay/world.h"

namespace zonefall::replay {

/// Resolvers `first` to `first + resolvers - 1` of a cohort.
struct GroupPlace {
  std::uint32_t cohort = 0;
  std::uint32_t first = 0;
  std::uint32_t resolvers = 0;
};

struct ServerPlace {
  std::uint64_t entity = 0;
  std::uint32_t first_site = 0;  // in the tally
};

class WorldIndex {
 public:
  /// `world` has passed check() and outlives this.
  explicit WorldIndex(const World& world);

  [[nodiscard]] const World& world() const { return *world_; }
  [[nodiscard]] SimTime start() const { return world_->from - world_->lead_in; }
  [[nodiscard]] const std::vector<GroupPlace>& groups() const { return groups_; }
  /// By index into World::servers.
  [[nodiscard]] const std::vector<ServerPlace>& servers() const { return servers_; }
  /// The number of a resolver in the tally.
  [[nodiscard]] std::uint32_t resolver_number(std::uint32_t cohort, std::uint32_t index) const {
    return first_resolvers_[cohort] + index;
  }
  /// What names its random streams.
  [[nodiscard]] std::uint64_t entity(std::uint32_t cohort, std::uint32_t index) const;
  [[nodiscard]] GroupPlace group_of(std::uint32_t cohort, std::uint32_t index) const;
  /// Of what a cohort's clients ask for; empty in a world without a past.
  [[nodiscard]] const KnownLifetimes& lifetimes(std::uint32_t cohort) const {
    return *lifetimes_[cohort];
  }

 private:
  void add_lifetimes();

  const World* world_;
  std::vector<GroupPlace> groups_;
  std::vector<ServerPlace> servers_;
  std::vector<std::uint32_t> first_resolvers_;
  std::vector<std::shared_ptr<const KnownLifetimes>> lifetimes_;  // by cohort
};

}  // namespace zonefall::replay
