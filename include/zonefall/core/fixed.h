// FixedCount: a sum of expected counts with 20 fractional bits in 64.
//
// Tallies of a run (rate x time, split over bins) must give the same bits in whatever order
// threads or processes add them up; integers commute, doubles do not. Range: +- 8.7e12; to leave it
// is a broken invariant and aborts.
#pragma once

#include <compare>
#include <cstdint>

#include "zonefall/core/assert.h"

namespace zonefall {

class FixedCount {
 public:
  static constexpr int fraction_bits = 20;

  constexpr FixedCount() = default;
  static constexpr FixedCount from_count(std::int64_t n) {
    std::int64_t raw = 0;
    ZF_ASSERT(!__builtin_mul_overflow(n, std::int64_t{1} << fraction_bits, &raw));
    return FixedCount(raw);
  }
  static constexpr FixedCount from_raw(std::int64_t raw) { return FixedCount(raw); }
  /// Nearest representable value, the even one of two equally near; |x| < 2^43.
  static FixedCount from_double(double x);

  [[nodiscard]] constexpr std::int64_t raw() const { return raw_; }
  [[nodiscard]] double to_double() const;

  constexpr auto operator<=>(const FixedCount&) const = default;
  constexpr FixedCount operator+(FixedCount other) const {
    std::int64_t raw = 0;
    ZF_ASSERT(!__builtin_add_overflow(raw_, other.raw_, &raw));
    return FixedCount(raw);
  }
  constexpr FixedCount operator-(FixedCount other) const {
    std::int64_t raw = 0;
    ZF_ASSERT(!__builtin_sub_overflow(raw_, other.raw_, &raw));
    return FixedCount(raw);
  }
  constexpr FixedCount& operator+=(FixedCount other) { return *this = *this + other; }

 private:
  explicit constexpr FixedCount(std::int64_t raw) : raw_(raw) {}
  std::int64_t raw_ = 0;
};

}  // namespace zonefall
