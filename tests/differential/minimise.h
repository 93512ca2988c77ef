// The fewest questions that show a difference.
#pragma once

#include <vector>

#include "run.h"

namespace zonefall::differential {

/// A case that differs, and what has to be asked before it.
struct Difference {
  const RandomZone* zone = nullptr;
  Case asked = {};
  std::vector<dns::Question> before = {};  // in order
  bool is_minimal = false;                 // false: not looked at, or not seen again
};

/// Asks anew, with empty caches, and leaves out of `before` what does not matter.
void minimise(const Run& run, std::vector<Difference>& differences);

}  // namespace zonefall::differential
