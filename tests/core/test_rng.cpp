// Goal: the generator is Philox4x32-10, its streams are pure functions of their names, and the
// distributions have the moments and shapes they claim. All seeds are fixed: the bounds below,
// 5 standard deviations of the statistic unless said otherwise, cannot fail by chance.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

#include <catch2/catch.hpp>

#include "aborts.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/rng.h"

using namespace zonefall;

namespace {

Rng stream(std::string_view text, std::uint64_t entity = 0) {
  return Rng({1, entity, purpose(text)});
}

// Pearson's statistic against its own mean and standard deviation.
double chi_square_sigma(const std::vector<std::uint64_t>& seen,
                        const std::vector<double>& expected) {
  double statistic = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const double difference = static_cast<double>(seen[i]) - expected[i];
    statistic += difference * difference / expected[i];
  }
  const double freedom = static_cast<double>(seen.size()) - 1;
  return (statistic - freedom) / std::sqrt(2 * freedom);
}

double poisson_probability(double k, double mean) {
  return std::exp(k * std::log(mean) - mean - std::lgamma(k + 1));
}

}  // namespace

TEST_CASE("Philox4x32-10 gives the known answers of Random123") {
  using Block = std::array<std::uint32_t, 4>;
  constexpr std::uint32_t ones = 0xffffffff;
  CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) == Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox4x32({ones, ones, ones, ones}, {ones, ones}) ==
        Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a word depends on the stream's name and its number alone") {
  Rng rng = stream("words");
  std::vector<std::uint64_t> words;
  for (std::uint64_t n = 0; n < 100; ++n) {
    REQUIRE(rng.position() == n);
    words.push_back(rng.next());
  }
  for (std::uint64_t n = 100; n-- > 0;) REQUIRE(stream("words").word_at(n) == words[n]);
  rng.seek(40);
  CHECK(rng.next() == words[40]);
  Rng copy = rng;
  CHECK(copy.next() == rng.next());
  CHECK(rng.word_at(1ULL << 40) != rng.word_at((1ULL << 40) + (1ULL << 33)));
  CHECK(rng.word_at(std::numeric_limits<std::uint64_t>::max()) != words[99]);
}

TEST_CASE("each part of a stream's name makes another stream") {
  std::set<std::uint64_t> words;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (std::uint64_t entity = 0; entity < 10; ++entity) {
      for (std::uint64_t number = 0; number < 10; ++number) {
        const Rng rng({seed, entity, number});
        words.insert(rng.word_at(0));
        words.insert(rng.word_at(1));
      }
    }
  }
  CHECK(words.size() == 2000);
  CHECK(purpose("arrivals") != purpose("departures"));
}

TEST_CASE("neighbouring streams and words share half their bits") {
  double bits = 0;
  constexpr int pairs = 20000;
  for (std::uint64_t i = 0; i < pairs / 2; ++i) {
    const Rng rng = stream("neighbours", i);
    bits += std::popcount(rng.word_at(0) ^ stream("neighbours", i + 1).word_at(0));
    bits += std::popcount(rng.word_at(0) ^ rng.word_at(1));
  }
  // 64 * 20000 fair bits.
  CHECK(bits == Approx(32.0 * pairs).margin(5 * std::sqrt(16.0 * pairs)).epsilon(0));
}

TEST_CASE("below is uniform, for bounds large enough to show a bias too") {
  Rng rng = stream("below");
  for (const std::uint64_t bound : {2ULL, 3ULL, 10ULL, 1000ULL}) {
    std::vector<std::uint64_t> seen(bound);
    for (int i = 0; i < 200'000; ++i) seen[rng.below(bound)] += 1;
    const std::vector<double> expected(bound, 200'000.0 / static_cast<double>(bound));
    CAPTURE(bound);
    CHECK(std::abs(chi_square_sigma(seen, expected)) < 5);
  }
  // Without rejection, a bound of 3/4 of 2^64 makes every third value twice as likely as the rest.
  const std::uint64_t bound = 3ULL << 62;
  std::vector<std::uint64_t> seen(3);
  const std::uint64_t before = rng.position();
  for (int i = 0; i < 100'000; ++i) seen[rng.below(bound) % 3] += 1;
  CHECK(std::abs(chi_square_sigma(seen, {1e5 / 3, 1e5 / 3, 1e5 / 3})) < 5);
  // A quarter of the words is rejected: 4/3 words a number, variance 4/9.
  const double words = static_cast<double>(rng.position() - before);
  CHECK(words == Approx(4e5 / 3).margin(5 * std::sqrt(1e5 * 4 / 9)).epsilon(0));
  CHECK(rng.below(1) == 0);
  CHECK(aborts([&] { rng.below(0); }));
}

TEST_CASE("unit has the moments of the uniform distribution") {
  Rng rng = stream("unit");
  constexpr int count = 400'000;
  double sum = 0;
  double square_sum = 0;
  for (int i = 0; i < count; ++i) {
    const double x = rng.unit();
    REQUIRE((x >= 0 && x < 1));
    REQUIRE(x * 0x1p53 == std::floor(x * 0x1p53));
    sum += x;
    square_sum += x * x;
  }
  CHECK(sum / count == Approx(0.5).margin(5 * std::sqrt(1.0 / 12 / count)).epsilon(0));
  CHECK(square_sum / count == Approx(1.0 / 3).margin(5 * std::sqrt(4.0 / 45 / count)).epsilon(0));
}

TEST_CASE("chance hits its probability, and is certain at its ends") {
  Rng rng = stream("chance");
  int hits = 0;
  for (int i = 0; i < 300'000; ++i) hits += rng.chance(1, 3) ? 1 : 0;
  CHECK(hits == Approx(100'000).margin(5 * std::sqrt(300'000 * 2.0 / 9)).epsilon(0));
  for (int i = 0; i < 1000; ++i) {
    REQUIRE_FALSE(rng.chance(0, 7));
    REQUIRE(rng.chance(7, 7));
  }
  CHECK(aborts([&] { rng.chance(2, 1); }));
  CHECK(aborts([&] { rng.chance(0, 0); }));
}

TEST_CASE("exponential has its mean, variance and tail") {
  Rng rng = stream("exponential");
  constexpr int count = 400'000;
  const Duration mean = Duration::seconds(2);
  double sum = 0;
  double square_sum = 0;
  int above_5 = 0;
  for (int i = 0; i < count; ++i) {
    const Duration drawn = rng.exponential(mean);
    REQUIRE((drawn >= Duration::nanoseconds(1) && drawn <= mean * 45));
    const double x = static_cast<double>(drawn.to_nanoseconds()) / 2e9;
    sum += x;
    square_sum += x * x;
    above_5 += x > 5 ? 1 : 0;
  }
  const double tail = std::exp(-5.0);
  CHECK(sum / count == Approx(1).margin(5 / std::sqrt(count)).epsilon(0));
  // E x^2 = 2, Var x^2 = 4! - 2^2 = 20.
  CHECK(square_sum / count == Approx(2).margin(5 * std::sqrt(20.0 / count)).epsilon(0));
  CHECK(above_5 == Approx(count * tail).margin(5 * std::sqrt(count * tail)).epsilon(0));
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(rng.exponential(Duration::nanoseconds(1)) >= Duration::nanoseconds(1));
    REQUIRE(rng.exponential(Duration::max()) >= Duration::nanoseconds(1));
  }
  CHECK(aborts([&] { rng.exponential(Duration()); }));
}

TEST_CASE("poisson has its mean and variance from none to 2^31") {
  for (const double mean : {0.01, 0.5, 3.0, 9.99, 10.0, 10.5, 30.0, 1000.0, 1e6, 2e9}) {
    Rng rng = stream("poisson", static_cast<std::uint64_t>(mean * 100));
    constexpr int count = 200'000;
    double sum = 0;
    double square_sum = 0;
    for (int i = 0; i < count; ++i) {
      const double x = static_cast<double>(rng.poisson(mean)) - mean;
      sum += x;
      square_sum += x * x;
    }
    CAPTURE(mean);
    CHECK(sum / count == Approx(0).margin(5 * std::sqrt(mean / count)));
    // Var (x - mean)^2 = mean + 2 mean^2.
    const double margin = 5 * std::sqrt((mean + 2 * mean * mean) / count);
    CHECK(square_sum / count == Approx(mean).margin(margin).epsilon(0));
  }
  Rng rng = stream("poisson");
  CHECK(rng.poisson(0) == 0);
  CHECK(aborts([&] { rng.poisson(-1); }));
  CHECK(aborts([&] { rng.poisson(2147483648.0); }));
}

TEST_CASE("poisson has the probability of each count") {
  for (const double mean : {0.7, 5.0, 9.99, 10.0, 12.3, 25.0, 400.0}) {
    Rng rng = stream("poisson counts", static_cast<std::uint64_t>(mean * 100));
    constexpr int draws = 1'000'000;
    std::vector<std::uint64_t> drawn(2000);
    for (int i = 0; i < draws; ++i) drawn[std::min<std::uint64_t>(rng.poisson(mean), 1999)] += 1;
    // Counts expected at least 20 times have a cell of their own, all others share the last one.
    std::vector<std::uint64_t> seen;
    std::vector<double> expected;
    for (std::size_t k = 0; k < drawn.size(); ++k) {
      const double share = draws * poisson_probability(static_cast<double>(k), mean);
      if (share < 20) continue;
      seen.push_back(drawn[k]);
      expected.push_back(share);
    }
    seen.push_back(draws - std::accumulate(seen.begin(), seen.end(), std::uint64_t{0}));
    expected.push_back(draws - std::accumulate(expected.begin(), expected.end(), 0.0));
    CAPTURE(mean);
    CHECK(std::abs(chi_square_sigma(seen, expected)) < 5);
  }
}

TEST_CASE("a weighted choice draws in proportion to the weights") {
  Rng rng = stream("weights");
  std::vector<std::uint64_t> many;
  for (std::uint64_t i = 1; i <= 500; ++i) many.push_back(1'000'000'000 / i);
  const std::vector<std::vector<std::uint64_t>> cases = {
      {1, 1}, {1, 2, 3, 4}, {5, 0, 1, 0, 0, 7}, {1, 1ULL << 61, 1ULL << 61}, many};
  for (const auto& weights : cases) {
    const WeightedChoice choice(weights);
    REQUIRE(choice.size() == weights.size());
    std::vector<std::uint64_t> drawn(weights.size());
    for (int i = 0; i < 500'000; ++i) drawn[choice.draw(rng)] += 1;
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<std::uint64_t> seen;
    std::vector<double> expected;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] == 0) REQUIRE(drawn[i] == 0);
      const double share = 500'000 * static_cast<double>(weights[i]) / total;
      if (share < 1e-6) REQUIRE(drawn[i] == 0);
      if (share < 5) continue;
      seen.push_back(drawn[i]);
      expected.push_back(share);
    }
    CAPTURE(weights.size());
    CHECK(std::abs(chi_square_sigma(seen, expected)) < 5);
  }
  const WeightedChoice only(std::vector<std::uint64_t>{0, 9, 0});
  for (int i = 0; i < 1000; ++i) REQUIRE(only.draw(rng) == 1);
}

TEST_CASE("weights that cannot be drawn from abort") {
  using Weights = std::vector<std::uint64_t>;
  CHECK(aborts([] { WeightedChoice(Weights{}); }));
  CHECK(aborts([] { WeightedChoice(Weights{0, 0}); }));
  CHECK(aborts([] { WeightedChoice(Weights{1ULL << 62, 1ULL << 62}); }));
  CHECK_FALSE(aborts([] { WeightedChoice(Weights{1ULL << 62, (1ULL << 62) - 1}); }));
}

TEST_CASE("draws are the same on every platform") {
  Rng rng = stream("platform", 7);
  const WeightedChoice choice(std::vector<std::uint64_t>{3, 1, 4, 1, 5, 9, 2, 6});
  Fingerprint all;
  for (int i = 0; i < 20'000; ++i) {
    all.mix(rng.below(1'000'003));
    all.mix(static_cast<std::uint64_t>(rng.exponential(Duration::hours(1)).to_nanoseconds()));
    all.mix(rng.poisson(rng.unit() * 20));
    all.mix(rng.poisson(1e5));
    all.mix(choice.draw(rng));
  }
  CHECK(stream("platform", 7).word_at(0) == 0xf84e19015679e7aa);
  CHECK(all.value() == 0x4198f39dfe0e07cd);
}
