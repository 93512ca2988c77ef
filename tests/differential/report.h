// What a run has found, for people: each kind of difference once, with the rule that decides.
#pragma once

#include <cstddef>
#include <vector>

#include "known_differences.h"
#include "minimise.h"

namespace zonefall::differential {

enum class Minimise : std::uint8_t { none, unknown, all };

struct Findings {
  Score score;
  std::size_t known = 0;    // cases that the list explains
  std::size_t unknown = 0;  // cases that it does not
};

/// Prints the differences, minimised where that is wanted, and the score.
Findings report(const Run& run, const std::vector<ZoneQuestions>& zones,
                const std::vector<std::vector<Case>>& cases,
                const std::vector<KnownDifference>& known, Minimise which);

}  // namespace zonefall::differential
