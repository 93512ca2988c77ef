#include "zonefall/core/statistics.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "zonefall/core/assert.h"
#include "zonefall/core/math.h"

namespace zonefall {

namespace {

// By degrees of freedom, from 1.
constexpr std::array<double, 30> t_quantiles = {
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281,
    2.2010,  2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860,
    2.0796,  2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423};
constexpr double t_limit = 1.95996;  // of the normal distribution

struct Moments {
  double mean = 0;
  double variance_of_mean = 0;  // infinite for one value
};

Moments moments(std::span<const double> values) {
  ZF_ASSERT(!values.empty());
  const auto n = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += value;
  Moments out{sum / n, std::numeric_limits<double>::infinity()};
  if (values.size() == 1) return out;
  double squares = 0;
  for (const double value : values) squares += (value - out.mean) * (value - out.mean);
  out.variance_of_mean = squares / (n - 1) / n;
  return out;
}

// The probability that Student's t lies between -t and t, with t = sqrt(n) * 2 w / (1 - w^2) for n
// degrees of freedom: w, from 0 to 1, is the tangent of half the angle whose tangent is t /
// sqrt(n). Its density is then rational, ((1 - w^2) / (1 + w^2))^(n - 1) / (1 + w^2) but for a
// factor, and Simpson's rule needs no function of libm.
class CentralPart {
 public:
  explicit CentralPart(std::size_t degrees_of_freedom)
      : power_(degrees_of_freedom - 1), all_(integral(1)) {}
  [[nodiscard]] double up_to(double w) const { return integral(w) / all_; }

 private:
  static constexpr int steps = 512;  // even

  [[nodiscard]] double density(double w) const {
    const double cosine = (1 - w * w) / (1 + w * w);
    double product = 1 / (1 + w * w);
    for (std::size_t i = 0; i < power_; ++i) product *= cosine;
    return product;
  }
  [[nodiscard]] double integral(double w) const {
    double sum = density(0) + density(w);
    for (int i = 1; i < steps; ++i) sum += (i % 2 == 1 ? 4 : 2) * density(w * i / steps);
    return sum * w / (3 * steps);
  }

  std::size_t power_;
  double all_;
};

}  // namespace

double student_t(double degrees_of_freedom) {
  ZF_ASSERT(degrees_of_freedom >= 1);
  constexpr auto last = static_cast<double>(t_quantiles.size());
  // The logarithm is nearly straight in 1/degrees.
  const auto between = [&](double from, double from_t, double to_inverse, double to_t) {
    const double part = (1 / degrees_of_freedom - 1 / from) / (to_inverse - 1 / from);
    return from_t * power(to_t / from_t, part);
  };
  if (degrees_of_freedom >= last) return between(last, t_quantiles.back(), 0, t_limit);
  const auto whole = static_cast<std::size_t>(degrees_of_freedom);
  const auto from = static_cast<double>(whole);
  return between(from, t_quantiles[whole - 1], 1 / (from + 1), t_quantiles[whole]);
}

double student_t_outside(std::size_t degrees_of_freedom, double outside) {
  ZF_ASSERT(degrees_of_freedom >= 1 && outside > 0 && outside < 1);
  const CentralPart central(degrees_of_freedom);
  double low = 0;
  double high = 1;
  // As many halvings as a double has bits.
  for (int i = 0; i < 53; ++i) {
    const double middle = (low + high) / 2;
    (central.up_to(middle) < 1 - outside ? low : high) = middle;
  }
  return std::sqrt(static_cast<double>(degrees_of_freedom)) * 2 * low / (1 - low * low);
}

Estimate estimate_within(std::span<const double> values, double outside) {
  const Moments m = moments(values);
  if (values.size() == 1) return {m.mean, m.variance_of_mean, 1};
  const double t = student_t_outside(values.size() - 1, outside);
  return {m.mean, t * std::sqrt(m.variance_of_mean), values.size()};
}

Estimate estimate(std::span<const double> values) {
  const Moments m = moments(values);
  if (values.size() == 1) return {m.mean, m.variance_of_mean, 1};
  const double t = student_t(static_cast<double>(values.size() - 1));
  return {m.mean, t * std::sqrt(m.variance_of_mean), values.size()};
}

Estimate estimate_paired(std::span<const double> a, std::span<const double> b) {
  ZF_ASSERT(a.size() == b.size());
  std::vector<double> differences(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) differences[i] = a[i] - b[i];
  return estimate(differences);
}

Estimate estimate_unpaired(std::span<const double> a, std::span<const double> b) {
  const Moments x = moments(a);
  const Moments y = moments(b);
  const double mean = x.mean - y.mean;
  const std::size_t values = a.size() + b.size();
  if (a.size() == 1 || b.size() == 1) {
    return {mean, std::numeric_limits<double>::infinity(), values};
  }
  const double variance = x.variance_of_mean + y.variance_of_mean;
  if (variance == 0) return {mean, 0, values};
  // Welch and Satterthwaite's degrees of freedom.
  const double parts = x.variance_of_mean * x.variance_of_mean / static_cast<double>(a.size() - 1) +
                       y.variance_of_mean * y.variance_of_mean / static_cast<double>(b.size() - 1);
  return {mean, student_t(variance * variance / parts) * std::sqrt(variance), values};
}

}  // namespace zonefall
