// Drawing the members of an ensemble: a value for each thing that nobody knows.
//
// A Latin hypercube over lists of values (McKay, Beckman, Conover 1979, "A comparison of three
// methods for selecting values of input variables"): each value of each uncertainty comes up in
// equally many members, give or take one, in an order of its own.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace zonefall::experiment {

/// A dimension of the hypercube: `name` tells its random numbers from those of the others.
struct Dimension {
  std::string name;
  std::uint32_t values = 1;  // at least one
};

/// For each of `members` members, the position of a value in each dimension. Another dimension
/// does not reshuffle the rest.
std::vector<std::vector<std::uint32_t>> draw_members(std::span<const Dimension> dimensions,
                                                     std::uint32_t members, std::uint64_t seed);

}  // namespace zonefall::experiment
