// The words of enumerations in YAML, in the order of their enumerators.
#pragma once

#include <array>
#include <string_view>

#include "zonefall/scenario/source.h"

namespace zonefall::scenario {

inline constexpr std::array<std::string_view, 4> confidence_words = {"measured", "reported",
                                                                     "derived", "assumed"};
static_assert(static_cast<std::size_t>(Confidence::assumed) + 1 == confidence_words.size());

}  // namespace zonefall::scenario
