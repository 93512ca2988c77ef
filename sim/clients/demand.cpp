#include "zonefall/clients/demand.h"

#include <algorithm>

#include <fmt/format.h>

#include "zonefall/core/assert.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/math.h"

namespace zonefall::clients {

namespace {

constexpr std::int64_t hour_ns = Duration::hours(1).to_nanoseconds();

// Weights of ranks 1..count, scaled so that the largest is 2^40: enough digits, sums stay small.
std::vector<std::uint64_t> zipf_weights(std::uint32_t count, double exponent) {
  std::vector<std::uint64_t> weights(count);
  const double largest = static_cast<double>(std::uint64_t{1} << 40);
  for (std::uint32_t rank = 0; rank < count; ++rank) {
    const double weight = largest * power(static_cast<double>(rank) + 1.0, -exponent);
    weights[rank] = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(weight));
  }
  return weights;
}

// The ids of the head: distinct draws of a keyed hash, so that head and tail, signed and unsigned
// names mix as in the population.
std::vector<std::uint64_t> draw_head_ids(const PopularitySettings& settings) {
  const std::uint64_t key = hash_combine(settings.seed, purpose("popularity: head"));
  std::vector<std::uint64_t> ids;
  std::vector<std::uint64_t> sorted;
  for (std::uint64_t n = 0; ids.size() < settings.head_names; ++n) {
    const std::uint64_t id = hash_combine(key, n) % settings.population;
    const auto place = std::lower_bound(sorted.begin(), sorted.end(), id);
    if (place != sorted.end() && *place == id) continue;
    sorted.insert(place, id);
    ids.push_back(id);
  }
  return ids;
}

}  // namespace

DiurnalCurve DiurnalCurve::flat() {
  DiurnalCurve curve{};
  curve.permille.fill(1'000);
  return curve;
}

Result<Popularity> Popularity::make(const PopularitySettings& settings) {
  if (settings.population == 0) return Error{"a popularity needs a population of at least 1 name"};
  if (settings.head_names == 0 || settings.head_names > settings.population / 2 + 1) {
    return Error{fmt::format("head_names is {}: it must be between 1 and half the population of {}",
                             settings.head_names, settings.population)};
  }
  if (settings.head_share_ppm > 1'000'000) {
    return Error{
        fmt::format("head_share is {} ppm: it cannot exceed 100 %", settings.head_share_ppm)};
  }
  if (!(settings.zipf_exponent > 0.0 && settings.zipf_exponent <= 3.0)) {
    return Error{fmt::format("zipf_exponent is {}: it must be above 0 and at most 3",
                             settings.zipf_exponent)};
  }
  return Popularity(settings, zipf_weights(settings.head_names, settings.zipf_exponent));
}

Popularity::Popularity(PopularitySettings settings, std::vector<std::uint64_t> weights)
    : settings_(settings), head_ids_(draw_head_ids(settings)), head_(weights) {}

std::uint64_t Popularity::draw(Rng& rng) const {
  if (rng.chance(settings_.head_share_ppm, 1'000'000)) return head_ids_[head_.draw(rng)];
  return rng.below(settings_.population);
}

ArrivalStream::ArrivalStream(const Settings& settings, const DiurnalCurve& curve, SimTime start)
    : curve_(curve),
      mean_gap_(Duration::days(1) / static_cast<std::int64_t>(settings.lookups_per_day)),
      last_(start),
      rng_({settings.seed, settings.entity, purpose("clients: arrivals")}) {
  ZF_ASSERT(settings.lookups_per_day > 0);
  ZF_ASSERT(std::any_of(curve.permille.begin(), curve.permille.end(),
                        [](std::uint16_t rate) { return rate > 0; }));
}

// Walks through the hours until their rates have used up an exponential amount of expected
// arrivals: the inverse of the integrated rate, exact in integers.
SimTime ArrivalStream::next() {
  std::int64_t amount_ns = rng_.exponential(mean_gap_).to_nanoseconds();
  while (true) {
    const std::int64_t in_hour = last_.to_nanoseconds() % hour_ns;
    const auto hour =
        static_cast<std::size_t>((last_.to_nanoseconds() / hour_ns) % std::int64_t{24});
    const std::int64_t rate = curve_.permille[hour];
    const std::int64_t rest_ns = hour_ns - in_hour;
    const std::int64_t rest_amount = rest_ns / 1'000 * rate;
    if (amount_ns < rest_amount) {
      last_ += Duration::nanoseconds(
          std::max<std::int64_t>(1, amount_ns / rate * 1'000 + amount_ns % rate * 1'000 / rate));
      return last_;
    }
    amount_ns -= rest_amount;
    last_ += Duration::nanoseconds(rest_ns);
  }
}

// The mean of a Pareto distribution over one of `count` equal-probability classes, in closed form:
// with shape a, the mean beyond quantile q is a share (1 - q)^(1 - 1/a) of the whole.
std::uint64_t pareto_rate(const ParetoRates& rates, std::uint64_t index, std::uint64_t count) {
  ZF_ASSERT(index < count && rates.shape > 1.0);
  const double exponent = 1.0 - 1.0 / rates.shape;
  const auto share_beyond = [&](std::uint64_t classes_below) {
    const double upper = static_cast<double>(count - classes_below) / static_cast<double>(count);
    return classes_below == count ? 0.0 : power(upper, exponent);
  };
  const double share = share_beyond(index) - share_beyond(index + 1);
  const double mean = static_cast<double>(rates.mean_per_day) * static_cast<double>(count) * share;
  const auto rate = static_cast<std::uint64_t>(mean + 0.5);
  const std::uint64_t cap = rates.cap_per_day == 0 ? rate : rates.cap_per_day;
  return std::clamp<std::uint64_t>(rate, 1, std::max<std::uint64_t>(1, cap));
}

}  // namespace zonefall::clients
