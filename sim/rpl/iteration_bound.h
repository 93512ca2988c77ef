// Bounds on NSEC3 iterations by key size (RFC 5155 10.3), for the sources of this module.
#pragma once

#include <optional>
#include <vector>

#include "zonefall/rpl/script.h"

namespace zonefall::rpl {

struct IterationBound {
  std::uint32_t key_bits = 0;  // of keys that are no longer; the last one is for all others, too
  std::uint32_t iterations = 0;
};

/// What holds for all DNSKEY records of the script; nullopt if more than one does.
std::optional<std::uint32_t> iteration_bound(const Script& script,
                                             const std::vector<IterationBound>& bounds);

}  // namespace zonefall::rpl
