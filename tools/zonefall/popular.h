// The table of `zonefall query --popular`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "zonefall/core/result.h"
#include "zonefall/replay/world.h"

namespace zonefall::command {

/// A resolver of the world.
struct ResolverPlace {
  std::uint32_t cohort = 0;
  std::uint32_t resolver = 0;
};

/// One line for each of the `count` names that clients ask for most: rank, name, per cent of all
/// lookups, TTL of its addresses (or of the denial, if it does not exist) in seconds, and with a
/// resolver how many lookups a day its clients make of it, parted by tabs. Fewer
/// lines if there are not so many. Errors: no name is asked for more than others.
Result<std::string> popular_names(const replay::World& world, std::uint64_t count,
                                  std::optional<ResolverPlace> place);

}  // namespace zonefall::command
