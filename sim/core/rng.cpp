#include "zonefall/core/rng.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "zonefall/core/assert.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/math.h"
#include "zonefall/core/words.h"

namespace zonefall {
namespace {

// Salmon et al., section 3.2: multipliers, and Weyl increments for the key.
constexpr std::uint64_t philox_factor_0 = 0xD2511F53;
constexpr std::uint64_t philox_factor_1 = 0xCD9E8D57;
constexpr std::uint32_t philox_increment_0 = 0x9E3779B9;
constexpr std::uint32_t philox_increment_1 = 0xBB67AE85;
constexpr int philox_rounds = 10;

constexpr std::uint32_t low_half(std::uint64_t word) {
  return static_cast<std::uint32_t>(word);
}
constexpr std::uint32_t high_half(std::uint64_t word) {
  return static_cast<std::uint32_t>(word >> 32);
}

// From here on the transformed rejection method is faster than inversion, and it is valid.
constexpr double poisson_rejection_mean_min = 10;
constexpr double poisson_mean_limit = 2147483648.0;  // 2^31

// Inversion by a walk from 0 upwards with one uniform number. With means under 10 the walk ends far
// below the cap, which only stops it where rounding leaves the sum just short of `unit`.
std::uint64_t poisson_by_inversion(double mean, double unit) {
  constexpr std::uint64_t walk_max = 100;
  double probability = exponential_of(-mean);
  double sum = probability;
  std::uint64_t count = 0;
  while (unit >= sum && count < walk_max) {
    count += 1;
    probability *= mean / static_cast<double>(count);
    sum += probability;
  }
  return count;
}

// ln k! - (k ln k - k + ln(2 pi k) / 2) for k >= 1: Stirling's series, the sums below 16 terms.
double stirling_rest(double k) {
  if (k < 16) {
    double log_factorial = 0;
    for (double factor = 2; factor <= k; factor += 1) log_factorial += natural_log(factor);
    constexpr double half_log_two_pi = 0.91893853320467274;
    return log_factorial - ((k + 0.5) * natural_log(k) - k + half_log_two_pi);
  }
  const double u = 1 / (k * k);
  return (1.0 / 12 - u * (1.0 / 360 - u * (1.0 / 1260 - u / 1680))) / k;
}

// k ln(k / mean) + mean - k without cancellation for k near mean (Loader 2000, "Fast and accurate
// computation of binomial probabilities"): with v = (k - mean) / (k + mean), ln(k / mean) is
// 2 artanh v.
double deviance(double k, double mean) {
  const double difference = k - mean;
  if (std::abs(difference) >= 0.1 * (k + mean)) return k * natural_log(k / mean) - difference;
  const double v = difference / (k + mean);
  double sum = difference * v;
  double term = 2 * k * v;
  for (int power = 3;; power += 2) {
    term *= v * v;
    const double longer = sum + term / power;
    if (longer == sum) return sum;
    sum = longer;
  }
}

double log_poisson_probability(double k, double mean) {
  if (k == 0) return -mean;
  constexpr double two_pi = 6.2831853071795865;
  return -deviance(k, mean) - stirling_rest(k) - 0.5 * natural_log(two_pi * k);
}

// PTRS of Hörmann 1993, "The transformed rejection method for generating Poisson random
// variables".
std::uint64_t poisson_by_rejection(double mean, Rng& rng) {
  const double b = 0.931 + 2.53 * std::sqrt(mean);
  const double a = -0.059 + 0.02483 * b;
  const double one_over_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double squeeze = 0.9277 - 3.6224 / (b - 2);
  constexpr double count_limit = 9007199254740992.0;  // 2^53: far beyond any mean's reach
  for (;;) {
    const double u = rng.unit() - 0.5;
    const double v = 1 - rng.unit();  // never 0
    const double room = 0.5 - std::abs(u);
    if (room < 0.013 && v > room) continue;
    const double position = (2 * a / room + b) * u + mean + 0.43;
    if (!(position >= 0 && position < count_limit)) continue;
    const auto count = static_cast<std::uint64_t>(position);
    if (room >= 0.07 && v <= squeeze) return count;
    const double log_height = natural_log(v * one_over_alpha / (a / (room * room) + b));
    if (log_height <= log_poisson_probability(static_cast<double>(count), mean)) return count;
  }
}

}  // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < philox_rounds; ++round) {
    const std::uint64_t product_0 = philox_factor_0 * counter[0];
    const std::uint64_t product_1 = philox_factor_1 * counter[2];
    counter = {high_half(product_1) ^ counter[1] ^ key[0], low_half(product_1),
               high_half(product_0) ^ counter[3] ^ key[1], low_half(product_0)};
    key[0] += philox_increment_0;
    key[1] += philox_increment_1;
  }
  return counter;
}

std::uint64_t purpose(std::string_view text) {
  return hash_text(text);
}

Rng::Rng(const StreamName& name)
    : key_(hash_combine(hash_combine(hash_combine(1, name.seed), name.entity), name.purpose)),
      counter_high_(
          hash_combine(hash_combine(hash_combine(2, name.purpose), name.entity), name.seed)) {}

Rng::Block Rng::block(std::uint64_t number) const {
  const auto words = philox4x32(
      {low_half(number), high_half(number), low_half(counter_high_), high_half(counter_high_)},
      {low_half(key_), high_half(key_)});
  return {words[0] | (std::uint64_t{words[1]} << 32), words[2] | (std::uint64_t{words[3]} << 32)};
}

std::uint64_t Rng::word_at(std::uint64_t n) const {
  const Block words = block(n / 2);
  return n % 2 == 0 ? words.first : words.second;
}

std::uint64_t Rng::next() {
  const std::uint64_t n = position_++;
  if (n % 2 != 0) return n == kept_position_ ? kept_ : word_at(n);
  const Block words = block(n / 2);
  kept_ = words.second;
  kept_position_ = n + 1;
  return words.first;
}

// Lemire 2019, "Fast random integer generation in an interval".
std::uint64_t Rng::below(std::uint64_t bound) {
  ZF_ASSERT(bound > 0);
  uint128 product = static_cast<uint128>(next()) * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    const std::uint64_t surplus = (0 - bound) % bound;  // 2^64 mod bound
    while (static_cast<std::uint64_t>(product) < surplus) {
      product = static_cast<uint128>(next()) * bound;
    }
  }
  return static_cast<std::uint64_t>(product >> 64);
}

double Rng::unit() {
  return static_cast<double>(next() >> 11) * 0x1p-53;
}

bool Rng::chance(std::uint64_t numerator, std::uint64_t denominator) {
  ZF_ASSERT(numerator <= denominator);
  return below(denominator) < numerator;
}

Duration Rng::exponential(Duration mean) {
  ZF_ASSERT(mean > Duration());
  // All 64 bits, so that the tail reaches 64 ln 2 = 44.4 means.
  const double uniform = (static_cast<double>(next()) + 1) * 0x1p-64;
  const double ns = static_cast<double>(mean.to_nanoseconds()) * -natural_log(uniform);
  if (ns >= 0x1p63) return Duration::max();
  return Duration::nanoseconds(std::max<std::int64_t>(1, static_cast<std::int64_t>(ns + 0.5)));
}

std::uint64_t Rng::poisson(double mean) {
  ZF_ASSERT(mean >= 0 && mean < poisson_mean_limit);
  if (mean < poisson_rejection_mean_min) return poisson_by_inversion(mean, unit());
  return poisson_by_rejection(mean, *this);
}

WeightedChoice::WeightedChoice(std::span<const std::uint64_t> weights) {
  ZF_ASSERT(!weights.empty());
  for (const std::uint64_t weight : weights) {
    ZF_ASSERT(weight < (std::uint64_t{1} << 63) - total_);
    total_ += weight;
  }
  ZF_ASSERT(total_ > 0);

  // Vose 1991 in integers: each index has weight * size to place, each column holds total_.
  std::vector<uint128> left;
  std::vector<std::size_t> small;
  std::vector<std::size_t> large;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    left.push_back(static_cast<uint128>(weights[i]) * weights.size());
    (left[i] < total_ ? small : large).push_back(i);
    columns_.push_back({total_, i});
  }
  while (!small.empty()) {
    ZF_ASSERT(!large.empty());  // what is left averages total_ a column
    const std::size_t filled = small.back();
    const std::size_t filler = large.back();
    small.pop_back();
    columns_[filled] = {static_cast<std::uint64_t>(left[filled]), filler};
    left[filler] -= total_ - left[filled];
    if (left[filler] < total_) {
      large.pop_back();
      small.push_back(filler);
    }
  }
}

std::size_t WeightedChoice::draw(Rng& rng) const {
  const std::size_t index = rng.below(columns_.size());
  const Column& column = columns_[index];
  return rng.below(total_) < column.own_share ? index : column.alias;
}

}  // namespace zonefall
