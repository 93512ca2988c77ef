// The key pairs that the signed members of a procedural population share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "zonefall/authority/population.h"

namespace zonefall::authority {

using MemberKeys = std::array<dnssec::KeyPairPtr, member_key_count>;
MemberKeys make_member_keys(std::uint64_t seed);

/// Which of them member `id` has.
std::size_t member_key_index(std::uint64_t seed, std::uint64_t id);

}  // namespace zonefall::authority
