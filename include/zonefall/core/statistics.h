// What a handful of runs with different seeds say about the mean: estimates with 95 % intervals.
//
// Intervals are Student's, from the sample variance. The same bits everywhere: no functions of libm
// but the square root, which IEEE 754 rounds correctly.
#pragma once

#include <cstddef>
#include <span>

namespace zonefall {

/// The mean lies in mean ± half_width with 95 % confidence; of one value alone nobody can say how
/// far it is off: `half_width` is then infinite.
struct Estimate {
  double mean = 0;
  double half_width = 0;
  std::size_t values = 0;
};

/// At least one value.
Estimate estimate(std::span<const double> values);

/// The same with an interval that misses the mean with probability `outside`, over 0 and below 1.
/// For several intervals that hold together, share it out (Bonferroni).
Estimate estimate_within(std::span<const double> values, double outside);

/// Of a[i] - b[i]: what two policies differ by under the same seeds. Equal sizes, at least one.
Estimate estimate_paired(std::span<const double> a, std::span<const double> b);

/// Of the difference of the means as if the values had nothing to do with each other (Welch). What
/// estimate_paired() gains over this is the worth of common random numbers.
Estimate estimate_unpaired(std::span<const double> a, std::span<const double> b);

/// The 97.5 % quantile of Student's t distribution, of which 1.96 is the limit; degrees of freedom
/// of 1 or more, fractions too. Error below 0.001 for whole degrees up to 30, else below 3 % under
/// 2 degrees, 0.5 % under 3 and 0.13 % above.
double student_t(double degrees_of_freedom);

/// The value that Student's t with so many degrees of freedom (1 or more) exceeds, up or down, with
/// probability `outside`, over 0 and below 1. Error below 1e-6 of it up to 30 degrees of freedom at
/// 1e-4 or more.
double student_t_outside(std::size_t degrees_of_freedom, double outside);

}  // namespace zonefall
