// ZF_ASSERT: states an invariant of our own code.
//
// A broken invariant means that every later result would be worthless, so the program stops with
// file, line and the condition, in every build type. Bad input is never an invariant: input
// errors travel as Result (core/result.h).
#pragma once

namespace zonefall {

/// Prints the condition and its place on stderr and aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace zonefall

#define ZF_ASSERT(condition)          \
  ((condition) ? static_cast<void>(0) \
               : ::zonefall::assertion_failed(#condition, __FILE__, __LINE__))
