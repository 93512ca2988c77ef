// Simulated time: SimTime, an instant, and Duration, a span; both 64-bit counts of nanoseconds.
//
// SimTime counts nanoseconds of UTC since 1970-01-01 (no leap seconds), which covers 1677 to
// 2262. Nothing here reads a clock: `now` is always an argument. Text is RFC 3339 in UTC
// ("2026-05-05T19:30:00Z"), durations are written with a unit ("90 min", "1.8 s", "250 ms").
// Overflow is a broken invariant and aborts.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "zonefall/core/assert.h"
#include "zonefall/core/result.h"

namespace zonefall {

/// Integer arithmetic that aborts where the result does not fit.
constexpr std::int64_t checked_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  ZF_ASSERT(!__builtin_add_overflow(a, b, &sum));
  return sum;
}
constexpr std::int64_t checked_subtract(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  ZF_ASSERT(!__builtin_sub_overflow(a, b, &difference));
  return difference;
}
constexpr std::int64_t checked_multiply(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  ZF_ASSERT(!__builtin_mul_overflow(a, b, &product));
  return product;
}

class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration nanoseconds(std::int64_t n) { return Duration(n); }
  static constexpr Duration microseconds(std::int64_t n) {
    return Duration(checked_multiply(n, 1'000));
  }
  static constexpr Duration milliseconds(std::int64_t n) {
    return Duration(checked_multiply(n, 1'000'000));
  }
  static constexpr Duration seconds(std::int64_t n) {
    return Duration(checked_multiply(n, 1'000'000'000));
  }
  static constexpr Duration minutes(std::int64_t n) {
    return Duration(checked_multiply(n, 60'000'000'000));
  }
  static constexpr Duration hours(std::int64_t n) {
    return Duration(checked_multiply(n, 3'600'000'000'000));
  }
  static constexpr Duration days(std::int64_t n) {
    return Duration(checked_multiply(n, 86'400'000'000'000));
  }
  static constexpr Duration max() { return Duration(std::numeric_limits<std::int64_t>::max()); }

  /// "90 min", "1.8 s", "250ms", "2 h", "-7 d"; one of the units d, h, min, s, ms, us, ns is
  /// required, decimal fractions are allowed as long as the result is a whole number of ns.
  static Result<Duration> parse(std::string_view text);

  [[nodiscard]] constexpr std::int64_t to_nanoseconds() const { return ns_; }
  /// Whole milliseconds / seconds, rounded towards minus infinity.
  [[nodiscard]] constexpr std::int64_t to_milliseconds() const {
    return floor_divide(ns_, 1'000'000);
  }
  [[nodiscard]] constexpr std::int64_t to_seconds() const {
    return floor_divide(ns_, 1'000'000'000);
  }
  /// Exact text that parse() reads back, in the unit that needs the fewest characters for the
  /// number ("1.8 s", "90 min"); of several, a whole number comes first, then the larger unit.
  [[nodiscard]] std::string to_text() const;

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator-() const { return Duration(checked_subtract(0, ns_)); }
  constexpr Duration operator+(Duration other) const {
    return Duration(checked_add(ns_, other.ns_));
  }
  constexpr Duration operator-(Duration other) const {
    return Duration(checked_subtract(ns_, other.ns_));
  }
  constexpr Duration operator*(std::int64_t factor) const {
    return Duration(checked_multiply(ns_, factor));
  }
  /// Rounded towards zero.
  constexpr Duration operator/(std::int64_t divisor) const {
    ZF_ASSERT(divisor != 0 && !(divisor == -1 && ns_ == std::numeric_limits<std::int64_t>::min()));
    return Duration(ns_ / divisor);
  }
  constexpr Duration& operator+=(Duration other) { return *this = *this + other; }

  /// Division rounded towards minus infinity; `divisor` > 0.
  static constexpr std::int64_t floor_divide(std::int64_t dividend, std::int64_t divisor) {
    const std::int64_t quotient = dividend / divisor;
    return (dividend % divisor < 0) ? quotient - 1 : quotient;
  }

 private:
  explicit constexpr Duration(std::int64_t ns) : ns_(ns) {}
  std::int64_t ns_ = 0;
};

class SimTime {
 public:
  constexpr SimTime() = default;
  static constexpr SimTime from_nanoseconds(std::int64_t ns) { return SimTime(ns); }
  static constexpr SimTime from_unix_s(std::int64_t s) {
    return SimTime(checked_multiply(s, 1'000'000'000));
  }
  /// Later / earlier than any instant of a run.
  static constexpr SimTime max() { return SimTime(std::numeric_limits<std::int64_t>::max()); }
  static constexpr SimTime min() { return SimTime(std::numeric_limits<std::int64_t>::min()); }

  /// RFC 3339 with a trailing Z; "2026-05-05", "2026-05-05T19:30Z", fractions to 9 digits.
  static Result<SimTime> parse(std::string_view text);

  [[nodiscard]] constexpr std::int64_t to_nanoseconds() const { return ns_; }
  /// Whole seconds since 1970, rounded towards minus infinity.
  [[nodiscard]] constexpr std::int64_t to_unix_s() const {
    return Duration::floor_divide(ns_, 1'000'000'000);
  }
  /// "2026-05-05T19:30:00Z"; fractions only where there are some.
  [[nodiscard]] std::string to_text() const;
  /// "20260505193000", as RRSIG times and `ldns-verify-zone -t` are written (RFC 4034, 3.2).
  [[nodiscard]] std::string to_rrsig_text() const;

  constexpr auto operator<=>(const SimTime&) const = default;
  constexpr SimTime operator+(Duration span) const {
    return SimTime(checked_add(ns_, span.to_nanoseconds()));
  }
  constexpr SimTime operator-(Duration span) const {
    return SimTime(checked_subtract(ns_, span.to_nanoseconds()));
  }
  constexpr Duration operator-(SimTime other) const {
    return Duration::nanoseconds(checked_subtract(ns_, other.ns_));
  }
  constexpr SimTime& operator+=(Duration span) { return *this = *this + span; }

 private:
  explicit constexpr SimTime(std::int64_t ns) : ns_(ns) {}
  std::int64_t ns_ = 0;
};

}  // namespace zonefall
