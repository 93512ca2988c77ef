#include "zonefall/core/fixed.h"

namespace zonefall {
namespace {

constexpr double scale = 1 << FixedCount::fraction_bits;
constexpr double count_limit = static_cast<double>(std::int64_t{1} << 43);

}  // namespace

FixedCount FixedCount::from_double(double x) {
  ZF_ASSERT(x > -count_limit && x < count_limit);
  const double scaled = x * scale;
  auto raw = static_cast<std::int64_t>(scaled);
  // Exact: from 2^52 on a double has no fraction, and below it the conversion back loses nothing.
  const double rest = scaled - static_cast<double>(raw);
  const bool odd = raw % 2 != 0;
  if (rest > 0.5 || (rest == 0.5 && odd)) raw += 1;
  if (rest < -0.5 || (rest == -0.5 && odd)) raw -= 1;
  return FixedCount(raw);
}

double FixedCount::to_double() const {
  return static_cast<double>(raw_) / scale;
}

}  // namespace zonefall
