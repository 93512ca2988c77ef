// Signature times and serials count seconds, so what they come from must be whole seconds.
#pragma once

#include "zonefall/core/time.h"

namespace zonefall::registry {

inline bool is_whole_seconds(Duration d) {
  return d.to_nanoseconds() % 1'000'000'000 == 0;
}
inline bool is_whole_seconds(SimTime t) {
  return t.to_nanoseconds() % 1'000'000'000 == 0;
}

}  // namespace zonefall::registry
