// Goal: arrivals follow the diurnal curve, popularity follows its Zipf law, rates keep their mean,
// and nothing about one resolver depends on another.
#include <cmath>
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "zonefall/clients/demand.h"

using namespace zonefall;
using namespace zonefall::clients;

namespace {

const SimTime midnight = SimTime::parse("2026-05-05").value();

PopularitySettings popularity_settings() {
  PopularitySettings s;
  s.population = 1'000'000;
  s.head_names = 1'000;
  s.zipf_exponent = 1.0;
  s.head_share_ppm = 600'000;
  s.seed = 7;
  return s;
}

}  // namespace

TEST_CASE("arrivals in each hour are Poisson with the curve's rate") {
  DiurnalCurve curve = DiurnalCurve::flat();
  curve.permille[3] = 200;
  curve.permille[20] = 2'500;
  curve.permille[21] = 0;
  const std::uint64_t per_day = 240'000;
  ArrivalStream stream({1, 2, per_day}, curve, midnight);
  std::map<std::int64_t, double> by_hour;
  const int days = 5;
  SimTime last = midnight;
  for (SimTime at = stream.next(); at < midnight + Duration::days(days); at = stream.next()) {
    REQUIRE(at > last);
    last = at;
    by_hour[(at - midnight).to_seconds() / 3'600 % 24] += 1;
  }
  for (std::int64_t hour = 0; hour < 24; ++hour) {
    const double expected =
        days * 10'000.0 * curve.permille[static_cast<std::size_t>(hour)] / 1'000.0;
    CAPTURE(hour, expected, by_hour[hour]);
    CHECK(std::abs(by_hour[hour] - expected) <= 5.0 * std::sqrt(expected));
  }
}

TEST_CASE("gaps at a flat rate are exponential") {
  ArrivalStream stream({1, 3, 86'400}, DiurnalCurve::flat(), midnight);
  SimTime last = midnight;
  double sum_s = 0;
  int over_two_means = 0;
  const int n = 100'000;
  for (int i = 0; i < n; ++i) {
    const SimTime at = stream.next();
    const double gap_s = static_cast<double>((at - last).to_nanoseconds()) * 1e-9;
    sum_s += gap_s;
    over_two_means += gap_s > 2.0 ? 1 : 0;
    last = at;
  }
  CHECK(std::abs(sum_s / n - 1.0) < 5.0 / std::sqrt(n));
  const double p = std::exp(-2.0);
  CHECK(std::abs(over_two_means - n * p) < 5.0 * std::sqrt(n * p * (1 - p)));
}

TEST_CASE("a stream depends on its own entity only, and a copy goes on alike") {
  ArrivalStream a({1, 2, 1'000}, DiurnalCurve::flat(), midnight);
  ArrivalStream same({1, 2, 1'000}, DiurnalCurve::flat(), midnight);
  ArrivalStream other({1, 3, 1'000}, DiurnalCurve::flat(), midnight);
  const SimTime first = a.next();
  CHECK(same.next() == first);
  CHECK(other.next() != first);
  ArrivalStream copy = a;
  CHECK(copy.next() == a.next());
}

TEST_CASE("head names are drawn by Zipf's law, the tail uniformly") {
  const PopularitySettings settings = popularity_settings();
  const Popularity popularity = Popularity::make(settings).value();
  Rng rng({1, 1, purpose("test")});
  std::map<std::uint64_t, double> seen;
  const int n = 400'000;
  for (int i = 0; i < n; ++i) {
    const std::uint64_t id = popularity.draw(rng);
    REQUIRE(id < settings.population);
    seen[id] += 1;
  }
  double harmonic = 0;
  for (int rank = 1; rank <= 1'000; ++rank) harmonic += 1.0 / rank;
  for (const std::uint32_t rank : {0U, 1U, 9U, 99U}) {
    const double expected = n * 0.6 / harmonic / (rank + 1.0);
    CAPTURE(rank);
    CHECK(std::abs(seen[popularity.head_id(rank)] - expected) < 5.0 * std::sqrt(expected));
  }
  std::set<std::uint64_t> head;
  for (std::uint32_t rank = 0; rank < 1'000; ++rank) head.insert(popularity.head_id(rank));
  CHECK(head.size() == 1'000);
}

TEST_CASE("settings that make no sense are refused with the reason") {
  PopularitySettings s = popularity_settings();
  s.head_names = 0;
  CHECK(Popularity::make(s).error().message ==
        "head_names is 0: it must be between 1 and half the population of 1000000");
  s = popularity_settings();
  s.zipf_exponent = -1;
  CHECK_FALSE(Popularity::make(s).ok());
  s = popularity_settings();
  s.head_share_ppm = 1'000'001;
  CHECK_FALSE(Popularity::make(s).ok());
  s = popularity_settings();
  s.population = 0;
  CHECK_FALSE(Popularity::make(s).ok());
}

TEST_CASE("Pareto rates keep the mean at any number of classes, and rise") {
  for (const std::uint64_t count : {1ULL, 7ULL, 100ULL, 2'000ULL}) {
    std::uint64_t sum = 0;
    std::uint64_t last = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t rate = pareto_rate({1'000'000, 1.2, 0}, i, count);
      CHECK(rate >= last);
      last = rate;
      sum += rate;
    }
    const double mean = static_cast<double>(sum) / static_cast<double>(count);
    CHECK(std::abs(mean - 1e6) <= 1.0);
  }
  CHECK(pareto_rate({1'000'000, 1.2, 5'000}, 99, 100) == 5'000);
}
