// What is estimated or ranked: one measure in one cohort, and its values by candidate.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <vector>

#include "zonefall/outcome/comparison_store.h"

namespace zonefall::experiment {

struct Subject {
  std::uint32_t measure = 0;
  std::uint32_t cohort = 0;
  auto operator<=>(const Subject&) const = default;
};
/// By candidate, then in order of the members.
using ValuesByCandidate = std::vector<std::vector<FixedCount>>;

enum class MemberKind : std::uint8_t { draws_nothing, draws };

[[nodiscard]] inline MemberKind kind_of(const outcome::MemberRow& member) {
  return member.drawn.empty() ? MemberKind::draws_nothing : MemberKind::draws;
}

/// Of the measurements under members of one kind, of which every candidate has the same, in the
/// same order.
std::map<Subject, ValuesByCandidate> values_by_subject(const outcome::ComparisonRecord& record,
                                                       MemberKind kind);

}  // namespace zonefall::experiment
