#include "zonefall/core/math.h"

#include <bit>
#include <cstdint>
#include <limits>

#include "zonefall/core/assert.h"

namespace zonefall {
namespace {

// ln 2 in three parts; `high` has 32 bits, so that its product with an exponent is exact.
constexpr double ln2_high = 0x1.62e42feep-1;
constexpr double ln2_middle = 0x1.a39ef35793c76p-33;
constexpr double ln2_low = 0x1.cc01f97b57a08p-87;
constexpr double one_over_ln2 = 0x1.71547652b82fep+0;
constexpr double exponent_max = 700;

constexpr int fraction_bits = 52;
constexpr std::uint64_t fraction_mask = (std::uint64_t{1} << fraction_bits) - 1;

// A sum of two doubles, the second far below the first: about 106 bits.
struct Pair {
  double high;
  double low;
};

// Exact for |a| >= |b| (Dekker 1971).
Pair quick_sum(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

// Exact for all (Knuth).
Pair exact_sum(double a, double b) {
  const double sum = a + b;
  const double b_part = sum - a;
  return {sum, (a - (sum - b_part)) + (b - b_part)};
}

// Two halves of 26 bits (Veltkamp).
Pair split(double a) {
  const double scaled = a * 134217729.0;  // 2^27 + 1
  const double high = scaled - (scaled - a);
  return {high, a - high};
}

// Exact unless it leaves the range of double (Dekker 1971).
Pair exact_product(double a, double b) {
  const double product = a * b;
  const Pair x = split(a);
  const Pair y = split(b);
  return {product, ((x.high * y.high - product) + x.high * y.low + x.low * y.high) + x.low * y.low};
}

Pair product(Pair a, Pair b) {
  const Pair main = exact_product(a.high, b.high);
  return quick_sum(main.high, main.low + (a.high * b.low + a.low * b.high));
}

Pair sum(Pair a, Pair b) {
  const Pair main = exact_sum(a.high, b.high);
  return quick_sum(main.high, main.low + (a.low + b.low));
}

// x = mantissa * 2^exponent with the mantissa from sqrt(1/2) to sqrt(2), where ln is near zero.
struct Parts {
  double mantissa;
  double exponent;
};
Parts take_apart(double x) {
  int exponent = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1p54;
    exponent = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  exponent += static_cast<int>(bits >> fraction_bits) - 1023;
  double mantissa =
      std::bit_cast<double>((bits & fraction_mask) | (std::uint64_t{1023} << fraction_bits));
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    exponent += 1;
  }
  return {mantissa, static_cast<double>(exponent)};
}

// With s = (m - 1) / (m + 1): ln m = 2 artanh s = 2s + 2/3 s^3 + 2/5 s^5 + ... As |s| < 0.1716,
// 12 terms leave less than 2^-64 of the whole. This is 2/5 + 2/7 u + 2/9 u^2 + ..., u = s^2.
double artanh_tail(double u) {
  double tail = 2.0 / 25;
  tail = tail * u + 2.0 / 23;
  tail = tail * u + 2.0 / 21;
  tail = tail * u + 2.0 / 19;
  tail = tail * u + 2.0 / 17;
  tail = tail * u + 2.0 / 15;
  tail = tail * u + 2.0 / 13;
  tail = tail * u + 2.0 / 11;
  tail = tail * u + 2.0 / 9;
  tail = tail * u + 2.0 / 7;
  return tail * u + 2.0 / 5;
}

// ln x with about 64 correct bits, for powers: there its error is multiplied by up to 700.
Pair precise_log(double x) {
  const auto [mantissa, exponent] = take_apart(x);
  const double above = mantissa - 1.0;  // exact
  const Pair below = exact_sum(mantissa, 1.0);
  const double quotient = above / below.high;
  const Pair back = exact_product(quotient, below.high);
  const double rest = ((above - back.high) - back.low) - quotient * below.low;
  const Pair s = quick_sum(quotient, rest / below.high);
  const Pair u = product(s, s);
  const Pair two_thirds = {2.0 / 3, 0x1.5555555555555p-55};
  const Pair series = sum(two_thirds, product(u, {artanh_tail(u.high), 0}));
  const Pair log_mantissa = sum({2 * s.high, 2 * s.low}, product(product(s, u), series));
  const Pair log_scale = sum({exponent * ln2_high, 0},
                             sum(exact_product(exponent, ln2_middle), {exponent * ln2_low, 0}));
  return sum(log_scale, log_mantissa);
}

// e^r for |r| <= 0.35: 1 + r + r^2 * (1/2! + r/3! + ...), up to r^14.
double short_exponential(double r) {
  double tail = 1.0 / 87178291200.0;
  tail = tail * r + 1.0 / 6227020800.0;
  tail = tail * r + 1.0 / 479001600.0;
  tail = tail * r + 1.0 / 39916800.0;
  tail = tail * r + 1.0 / 3628800.0;
  tail = tail * r + 1.0 / 362880.0;
  tail = tail * r + 1.0 / 40320.0;
  tail = tail * r + 1.0 / 5040.0;
  tail = tail * r + 1.0 / 720.0;
  tail = tail * r + 1.0 / 120.0;
  tail = tail * r + 1.0 / 24.0;
  tail = tail * r + 1.0 / 6.0;
  tail = tail * r + 0.5;
  return 1.0 + (r + r * r * tail);
}

// e^(x.high + x.low) for |x| <= 701, which is a normal number.
double exponential_of_pair(Pair x) {
  const double scaled = x.high * one_over_ln2;
  const auto exponent = static_cast<std::int64_t>(scaled + (scaled < 0 ? -0.5 : 0.5));
  const auto k = static_cast<double>(exponent);
  const double reduced = (x.high - k * ln2_high) - (k * ln2_middle - x.low);
  const auto scale = static_cast<std::uint64_t>(exponent + 1023) << fraction_bits;
  return short_exponential(reduced) * std::bit_cast<double>(scale);
}

}  // namespace

double natural_log(double x) {
  ZF_ASSERT(x > 0 && x <= std::numeric_limits<double>::max());
  const auto [mantissa, exponent] = take_apart(x);
  const double f = mantissa - 1.0;
  const double s = f / (2.0 + f);
  const double u = s * s;
  const double tail = u * (2.0 / 3 + u * artanh_tail(u));
  // 2s = f - s f, and s f = f^2 / 2 - s f^2 / 2: the large terms f and f^2 / 2 lose nothing.
  const double half_square = 0.5 * f * f;
  const double small = s * (half_square + tail) + exponent * ln2_middle;
  return exponent * ln2_high - ((half_square - small) - f);
}

double exponential_of(double x) {
  ZF_ASSERT(x >= -exponent_max && x <= exponent_max);
  return exponential_of_pair({x, 0});
}

double power(double base, double exponent) {
  ZF_ASSERT(base > 0 && base <= std::numeric_limits<double>::max());
  if (base == 1 || exponent == 0) return 1;
  const Pair log = precise_log(base);
  ZF_ASSERT(exponent * log.high >= -exponent_max && exponent * log.high <= exponent_max);
  const Pair main = exact_product(exponent, log.high);
  return exponential_of_pair({main.high, main.low + exponent * log.low});
}

}  // namespace zonefall
