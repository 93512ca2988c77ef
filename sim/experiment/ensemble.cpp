#include "zonefall/experiment/ensemble.h"

#include <numeric>
#include <utility>

#include "zonefall/core/assert.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/rng.h"

namespace zonefall::experiment {

namespace {

std::vector<std::uint32_t> shuffled(std::uint32_t size, Rng& rng) {
  std::vector<std::uint32_t> order(size);
  std::iota(order.begin(), order.end(), 0U);
  for (std::uint32_t left = size; left > 1; --left) {
    std::swap(order[left - 1], order[rng.below(left)]);
  }
  return order;
}

}  // namespace

std::vector<std::vector<std::uint32_t>> draw_members(std::span<const Dimension> dimensions,
                                                     std::uint32_t members, std::uint64_t seed) {
  std::vector<std::vector<std::uint32_t>> drawn(members);
  for (const Dimension& dimension : dimensions) {
    ZF_ASSERT(dimension.values > 0);
    Rng rng({seed, hash_text(dimension.name), purpose("ensemble: draws")});
    // Where there are fewer members than values, chance says which values come up.
    const std::vector<std::uint32_t> values = shuffled(dimension.values, rng);
    const std::vector<std::uint32_t> order = shuffled(members, rng);
    for (std::uint32_t i = 0; i < members; ++i) {
      drawn[order[i]].push_back(values[i % dimension.values]);
    }
  }
  return drawn;
}

}  // namespace zonefall::experiment
