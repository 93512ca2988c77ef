// Goal: intervals are those of the textbook, and cover what they claim to.
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "zonefall/core/rng.h"
#include "zonefall/core/statistics.h"

using namespace zonefall;

TEST_CASE("quantiles of Student's t are those of the tables") {
  CHECK(student_t(1) == Approx(12.7062).margin(0.001));
  CHECK(student_t(9) == Approx(2.2622).margin(0.001));
  CHECK(student_t(30) == Approx(2.0423).margin(0.001));
  CHECK(student_t(40) == Approx(2.0211).margin(0.001));
  CHECK(student_t(60) == Approx(2.0003).margin(0.001));
  CHECK(student_t(1000) == Approx(1.9623).margin(0.001));
  // Between: by inverting the distribution numerically.
  CHECK(student_t(1.5) == Approx(6.017).epsilon(0.03));
  CHECK(student_t(2.5) == Approx(3.575).epsilon(0.005));
  CHECK(student_t(9.5) == Approx(2.2444).epsilon(0.0013));
}

TEST_CASE("quantiles of Student's t outside a stated probability are those of the tables") {
  for (const std::size_t n : {1U, 2U, 3U, 9U, 30U}) {
    CHECK(student_t_outside(n, 0.05) == Approx(student_t(static_cast<double>(n))).epsilon(1e-4));
  }
  // Tables of the two-sided quantiles at 1 % and 0.1 %.
  CHECK(student_t_outside(1, 0.01) == Approx(63.6567).epsilon(1e-5));
  CHECK(student_t_outside(4, 0.01) == Approx(4.6041).epsilon(1e-4));
  CHECK(student_t_outside(9, 0.01) == Approx(3.2498).epsilon(1e-4));
  CHECK(student_t_outside(9, 0.001) == Approx(4.7809).epsilon(1e-4));
  CHECK(student_t_outside(30, 0.001) == Approx(3.6460).epsilon(1e-4));
}

TEST_CASE("an interval with a stated probability outside is wider the smaller that is") {
  const std::vector<double> values = {1, 2, 3, 4, 5};
  CHECK(estimate_within(values, 0.05).half_width ==
        Approx(estimate(values).half_width).epsilon(1e-4));
  CHECK(estimate_within(values, 0.01).half_width == Approx(4.6041 * std::sqrt(0.5)).epsilon(1e-4));
  CHECK(std::isinf(estimate_within(std::vector<double>{7}, 0.01).half_width));
}

TEST_CASE("an estimate is the mean with Student's interval") {
  // Mean 3, sample variance 2.5, so a standard error of sqrt(2.5 / 5).
  const std::vector<double> values = {1, 2, 3, 4, 5};
  const Estimate e = estimate(values);
  CHECK(e.mean == 3);
  CHECK(e.half_width == Approx(2.7764 * std::sqrt(0.5)).margin(1e-9));
  CHECK(e.values == 5);
  CHECK(std::isinf(estimate(std::vector<double>{7}).half_width));
  CHECK(estimate(std::vector<double>{7, 7, 7}).half_width == 0);
}

TEST_CASE("pairs cancel what both have in common") {
  const std::vector<double> a = {11, 21, 31, 41};
  const std::vector<double> b = {10, 20, 30, 40};
  const Estimate paired = estimate_paired(a, b);
  CHECK(paired.mean == 1);
  CHECK(paired.half_width == 0);
  const Estimate unpaired = estimate_unpaired(a, b);
  CHECK(unpaired.mean == 1);
  // Variances of the means 500/3/4 each; six degrees of freedom.
  CHECK(unpaired.half_width == Approx(2.4469 * std::sqrt(2 * 500.0 / 12)).margin(1e-6));
  CHECK(estimate_unpaired(std::vector<double>{2, 2}, std::vector<double>{1, 1}).half_width == 0);
}

TEST_CASE("95 % intervals cover the mean in 95 % of all experiments") {
  const std::size_t values = GENERATE(2U, 5U, 10U);
  CAPTURE(values);
  constexpr int experiments = 20'000;
  Rng rng({1, values, purpose("test: coverage")});
  int covered = 0;
  int covered_paired = 0;
  int covered_unpaired = 0;
  // Sums of twelve uniform numbers less 6: normal enough, mean 0, variance 1.
  const auto normal = [&] {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(rng.below(1U << 30U)) / (1U << 30U);
    return sum;
  };
  for (int e = 0; e < experiments; ++e) {
    std::vector<double> a(values);
    std::vector<double> b(values);
    for (std::size_t i = 0; i < values; ++i) {
      const double common = normal();
      a[i] = 2 + common + normal() / 10;
      b[i] = 1 + common + normal() / 10;
    }
    const auto covers = [](const Estimate& x, double mean) {
      return std::abs(x.mean - mean) <= x.half_width;
    };
    covered += covers(estimate(a), 2) ? 1 : 0;
    covered_paired += covers(estimate_paired(a, b), 1) ? 1 : 0;
    covered_unpaired += covers(estimate_unpaired(a, b), 1) ? 1 : 0;
  }
  // Four standard deviations of a share of 95 % in 20,000.
  CHECK(covered / double{experiments} == Approx(0.95).margin(0.0062));
  CHECK(covered_paired / double{experiments} == Approx(0.95).margin(0.0062));
  // The two are in step, so that their difference hardly varies: too wide by far, never too narrow.
  CHECK(covered_unpaired / double{experiments} > 0.99);
}
