#include "faults.h"

#include <array>
#include <vector>

namespace zonefall::differential {
namespace {

std::vector<Fault> all_faults() {
  std::vector<Fault> all;
  for (const std::span<const Fault> table :
       {signature_faults(), key_faults(), denial_faults(), message_faults()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  return all;
}

}  // namespace

AppliedFault apply_random_fault(ZoneMaking& making, Rng& rng) {
  static const std::vector<Fault> all = all_faults();
  if (rng.chance(1, 12)) return {};
  std::vector<std::uint64_t> weights;
  weights.reserve(all.size());
  for (const Fault& fault : all) weights.push_back(fault.weight);
  const WeightedChoice choice(weights);
  for (;;) {  // a wrong key is possible for every zone
    const Fault& fault = all[choice.draw(rng)];
    if (auto detail = fault.apply(making, rng)) {
      return {std::string(fault.name), std::move(*detail)};
    }
  }
}

std::optional<AppliedFault> apply_fault(std::string_view name, ZoneMaking& making, Rng& rng) {
  for (const Fault& fault : all_faults()) {
    if (fault.name != name) continue;
    auto detail = fault.apply(making, rng);
    if (!detail) return std::nullopt;
    return AppliedFault{std::string(fault.name), std::move(*detail)};
  }
  return std::nullopt;
}

}  // namespace zonefall::differential
