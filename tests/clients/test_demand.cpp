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
  DiurnalCurve::Hours permille = DiurnalCurve::flat().permille();
  permille[3] = 200;
  permille[20] = 2'500;
  permille[21] = 0;
  const DiurnalCurve curve(permille);
  const std::int64_t per_day = 240'000;
  ArrivalStream stream({1, 2, 3}, Duration::days(1) / per_day);
  std::map<std::int64_t, double> by_hour;
  const int days = 5;
  SimTime last = midnight;
  const SimTime until = midnight + Duration::days(days);
  while (true) {
    const SimTime at = stream.next(curve, last);
    if (at >= until) break;
    REQUIRE(at > last);
    last = at;
    by_hour[(at - midnight).to_seconds() / 3'600 % 24] += 1;
  }
  for (std::int64_t hour = 0; hour < 24; ++hour) {
    const double expected = days * 10'000.0 * permille[static_cast<std::size_t>(hour)] / 1'000.0;
    CAPTURE(hour, expected, by_hour[hour]);
    CHECK(std::abs(by_hour[hour] - expected) <= 5.0 * std::sqrt(expected));
  }
}

TEST_CASE("gaps at a flat rate are exponential") {
  ArrivalStream stream({1, 3, 1}, Duration::seconds(1));
  SimTime last = midnight;
  double sum_s = 0;
  int over_two_means = 0;
  const int n = 100'000;
  for (int i = 0; i < n; ++i) {
    const SimTime at = stream.next(DiurnalCurve::flat(), last);
    const double gap_s = static_cast<double>((at - last).to_nanoseconds()) * 1e-9;
    sum_s += gap_s;
    over_two_means += gap_s > 2.0 ? 1 : 0;
    last = at;
  }
  CHECK(std::abs(sum_s / n - 1.0) < 5.0 / std::sqrt(n));
  const double p = std::exp(-2.0);
  CHECK(std::abs(over_two_means - n * p) < 5.0 * std::sqrt(n * p * (1 - p)));
}

TEST_CASE("a stream depends on its own name only, and a copy goes on alike") {
  const DiurnalCurve curve = DiurnalCurve::flat();
  const Duration gap = Duration::seconds(86);
  ArrivalStream a({1, 2, 1}, gap);
  ArrivalStream same({1, 2, 1}, gap);
  ArrivalStream other({1, 3, 1}, gap);
  const SimTime first = a.next(curve, midnight);
  CHECK(same.next(curve, midnight) == first);
  CHECK(other.next(curve, midnight) != first);
  ArrivalStream copy = a;
  CHECK(copy.next(curve, first) == a.next(curve, first));
}

TEST_CASE("the curve's integral and its inverse agree, over hours without any rate too") {
  DiurnalCurve::Hours permille{};
  permille[5] = 1'000;
  permille[6] = 3'000;
  permille[22] = 500;
  const DiurnalCurve curve(permille);
  const SimTime six = midnight + Duration::hours(6);
  CHECK(curve.amount(midnight, six) == Duration::hours(1));
  CHECK(curve.amount(six, six + Duration::minutes(20)) == Duration::hours(1));
  CHECK(curve.amount(midnight, midnight + Duration::days(3)) == Duration::minutes(3L * 270));
  CHECK(curve.after(midnight, Duration::hours(1) + Duration::minutes(3)) ==
        six + Duration::minutes(1));
  // The hours 6 and 22 give 210 minutes, then the next day begins.
  CHECK(curve.after(six, Duration::minutes(211)) ==
        midnight + Duration::hours(24 + 5) + Duration::minutes(1));
  CHECK(curve.after(six, Duration()) == six + Duration::nanoseconds(1));
  CHECK(curve.after(six, Duration::max()) > six + Duration::days(9'999));
  Rng rng({1, 1, purpose("test: curve")});
  for (int i = 0; i < 10'000; ++i) {
    const SimTime from = midnight + Duration::nanoseconds(static_cast<std::int64_t>(
                                        rng.below(std::uint64_t{86'400'000'000'000})));
    const Duration amount =
        Duration::nanoseconds(static_cast<std::int64_t>(rng.below(100'000'000'000'000)));
    const SimTime at = curve.after(from, amount);
    // Each full microsecond of an hour is exact; the rest of one may be lost at both ends.
    const std::int64_t off = (curve.amount(from, at) - amount).to_nanoseconds();
    CAPTURE(from.to_text(), amount.to_text(), off);
    REQUIRE(std::abs(off) <= 1'000);
  }
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

TEST_CASE("popular ranks and the rest make up the whole") {
  const Popularity popularity = Popularity::make(popularity_settings()).value();
  const Duration gap = Duration::seconds(10);
  double harmonic = 0;
  for (int rank = 1; rank <= 1'000; ++rank) harmonic += 1.0 / rank;
  double rate = 1e9 / static_cast<double>(popularity.gap_of_rest(20, gap).to_nanoseconds());
  for (std::uint32_t rank = 0; rank < 20; ++rank) {
    const double gap_ns = static_cast<double>(popularity.gap_of(rank, gap).to_nanoseconds());
    CHECK(gap_ns * 1e-9 == Approx(10.0 * harmonic * (rank + 1) / 0.6).epsilon(1e-6));
    rate += 1e9 / gap_ns;
  }
  CHECK(rate == Approx(0.1).epsilon(1e-6));
  CHECK(popularity.gap_of_rest(0, gap) == gap);
  // 40 % of lookups over a million names.
  CHECK(popularity.gap_of_tail_name(gap) == Duration::seconds(25'000'000));
  // 124.76 s apart at the top, 1247.6 s at rank 10.
  CHECK(popularity.ranks_within(Duration::seconds(1'247), gap) == 9);
  CHECK(popularity.ranks_within(Duration::seconds(1'248), gap) == 10);
  CHECK(popularity.ranks_within(Duration::seconds(1), gap) == 0);
  CHECK(popularity.ranks_within(Duration::days(365), gap) == 1'000);
  // Of the rest nothing popular is drawn (but for the tail's rare hits), and rank 20 as often as
  // its share of the rest says.
  Rng rng({1, 1, purpose("test: rest")});
  const int n = 200'000;
  int popular = 0;
  double twentieth = 0;
  for (int i = 0; i < n; ++i) {
    const std::uint64_t id = popularity.draw(rng, 20);
    if (id == popularity.head_id(20)) twentieth += 1;
    for (std::uint32_t rank = 0; rank < 20; ++rank) popular += id == popularity.head_id(rank);
  }
  CHECK(popular <= 20);
  const double rest = 1e9 / static_cast<double>(popularity.gap_of_rest(20, gap).to_nanoseconds());
  const double expected = n * 0.1 * 0.6 / harmonic / 21.0 / rest;
  CHECK(std::abs(twentieth - expected) < 5.0 * std::sqrt(expected));
}

TEST_CASE("without a head share only the tail is drawn") {
  PopularitySettings settings = popularity_settings();
  settings.head_share_ppm = 0;
  const Popularity popularity = Popularity::make(settings).value();
  CHECK(popularity.ranks_within(Duration::days(365), Duration::seconds(1)) == 0);
  CHECK(popularity.gap_of_rest(0, Duration::seconds(1)) == Duration::seconds(1));
  Rng rng({1, 1, purpose("test")});
  CHECK(popularity.draw(rng) < settings.population);
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
