// FixedCount: a sum of expected counts with 20 fractional bits in 64.
//
// Tallies of a run (rate x time, split over bins) must give the same bits in whatever order
// threads or processes add them up; integers commute, doubles do not. Range: +- 8.7e12.
#pragma once

#include <compare>
#include <cstdint>

namespace zonefall {

class FixedCount {
 public:
  static constexpr int fraction_bits = 20;

  constexpr FixedCount() = default;
  static constexpr FixedCount from_count(std::int64_t n) {
    return FixedCount(n * (std::int64_t{1} << fraction_bits));
  }
  static constexpr FixedCount from_raw(std::int64_t raw) { return FixedCount(raw); }
  /// Nearest representable value; |x| < 2^43.
  static FixedCount from_double(double x);

  [[nodiscard]] constexpr std::int64_t raw() const { return raw_; }
  [[nodiscard]] double to_double() const;

  constexpr auto operator<=>(const FixedCount&) const = default;
  constexpr FixedCount operator+(FixedCount o) const { return FixedCount(raw_ + o.raw_); }
  constexpr FixedCount operator-(FixedCount o) const { return FixedCount(raw_ - o.raw_); }
  constexpr FixedCount& operator+=(FixedCount o) { return *this = *this + o; }

 private:
  explicit constexpr FixedCount(std::int64_t raw) : raw_(raw) {}
  std::int64_t raw_ = 0;
};

}  // namespace zonefall
