// Counts what a benchmark allocates: linking allocations.cpp replaces the global operator new.
#pragma once

#include <cstdint>

namespace zonefall::testing {

/// Calls of operator new so far, on all threads together; benchmarks that ask have one.
std::uint64_t allocations();

}  // namespace zonefall::testing
