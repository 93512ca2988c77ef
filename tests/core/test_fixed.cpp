// Goal: fixed-point counts convert to the nearest value, add exactly, and never wrap around.
#include <limits>

#include <catch2/catch.hpp>

#include "aborts.h"
#include "zonefall/core/fixed.h"

using zonefall::FixedCount;

namespace {
constexpr double step = 1.0 / (1 << 20);
}

TEST_CASE("counts convert exactly, fractions to the nearest step") {
  CHECK(FixedCount::from_count(3).raw() == 3 << 20);
  CHECK(FixedCount::from_count(-3).to_double() == -3.0);
  CHECK(FixedCount::from_double(0.1).raw() == 104858);  // 0.1 * 2^20 = 104857.6
  CHECK(FixedCount::from_double(-0.1).raw() == -104858);
  CHECK(FixedCount::from_double(0.0).raw() == 0);
}

TEST_CASE("ties go to the even step") {
  CHECK(FixedCount::from_double(0.5 * step).raw() == 0);
  CHECK(FixedCount::from_double(1.5 * step).raw() == 2);
  CHECK(FixedCount::from_double(2.5 * step).raw() == 2);
  CHECK(FixedCount::from_double(-0.5 * step).raw() == 0);
  CHECK(FixedCount::from_double(-1.5 * step).raw() == -2);
  CHECK(FixedCount::from_double(0.5000001 * step).raw() == 1);
  CHECK(FixedCount::from_double(-0.5000001 * step).raw() == -1);
}

TEST_CASE("large values keep every bit that a double has") {
  const double large = 8796093022207.9990234375;  // 2^43 - 2^-10, the last double below 2^43
  CHECK(FixedCount::from_double(large).to_double() == large);
  CHECK(FixedCount::from_double(-large).to_double() == -large);
}

TEST_CASE("sums do not depend on the order") {
  FixedCount forward;
  FixedCount backward;
  for (int i = 1; i <= 1000; ++i) forward += FixedCount::from_double(1.0 / i);
  for (int i = 1000; i >= 1; --i) backward += FixedCount::from_double(1.0 / i);
  CHECK(forward == backward);
  CHECK(forward.to_double() == Approx(7.485470860550345).margin(1000 * step / 2).epsilon(0));
  CHECK((forward - backward).raw() == 0);
}

TEST_CASE("leaving the range aborts") {
  constexpr auto raw_max = std::numeric_limits<std::int64_t>::max();
  CHECK(aborts([] { FixedCount::from_double(8796093022208.0); }));
  CHECK(aborts([] { FixedCount::from_double(-8796093022208.0); }));
  CHECK(aborts([] { FixedCount::from_double(std::numeric_limits<double>::quiet_NaN()); }));
  CHECK(aborts([] { static_cast<void>(FixedCount::from_count(raw_max)); }));
  CHECK(aborts([] { FixedCount::from_raw(raw_max) + FixedCount::from_raw(1); }));
  CHECK(aborts([] { FixedCount::from_raw(-raw_max) - FixedCount::from_raw(2); }));
  CHECK_FALSE(aborts([] { FixedCount::from_raw(raw_max - 1) + FixedCount::from_raw(1); }));
}
