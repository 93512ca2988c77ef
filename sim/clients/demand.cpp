#include "zonefall/clients/demand.h"

#include <algorithm>

#include <fmt/format.h>

#include "zonefall/core/assert.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/math.h"
#include "zonefall/core/words.h"

namespace zonefall::clients {

namespace {

constexpr std::int64_t hour_ns = Duration::hours(1).to_nanoseconds();
constexpr std::int64_t day_ns = Duration::days(1).to_nanoseconds();
constexpr std::uint64_t ppm_all = 1'000'000;
// Longer waits are as good as for ever, and sums of these stay within 64 bits.
constexpr std::int64_t days_max = 10'000;
constexpr Duration amount_max = Duration::days(days_max);

// Weights of ranks 1..count, scaled so that the largest is 2^32: enough digits, and room
// for sums.
std::vector<std::uint64_t> zipf_weights(std::uint32_t count, double exponent) {
  std::vector<std::uint64_t> weights(count);
  const double largest = static_cast<double>(std::uint64_t{1} << 32);
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

DiurnalCurve::DiurnalCurve(const Hours& permille) : permille_(permille), before_hour_{} {
  for (std::size_t hour = 0; hour < permille.size(); ++hour) {
    before_hour_[hour + 1] = before_hour_[hour] + hour_ns / 1'000 * permille[hour];
  }
  ZF_ASSERT(before_hour_.back() > 0);
}

DiurnalCurve DiurnalCurve::flat() {
  Hours permille{};
  permille.fill(1'000);
  return DiurnalCurve(permille);
}

std::int64_t DiurnalCurve::in_day(std::int64_t ns) const {
  const auto hour = static_cast<std::size_t>(ns / hour_ns);
  const std::int64_t in_hour = ns % hour_ns;
  return before_hour_[hour] + in_hour / 1'000 * permille_[hour] +
         in_hour % 1'000 * permille_[hour] / 1'000;
}

Duration DiurnalCurve::amount(SimTime from, SimTime until) const {
  const auto days = [](SimTime at) { return Duration::floor_divide(at.to_nanoseconds(), day_ns); };
  const std::int64_t first = days(from);
  const auto since_first = [&](SimTime at) {
    const std::int64_t day = days(at);
    return (day - first) * before_hour_.back() + in_day(at.to_nanoseconds() - day * day_ns);
  };
  return Duration::nanoseconds(since_first(until) - since_first(from));
}

SimTime DiurnalCurve::after(SimTime from, Duration amount) const {
  const std::int64_t day = Duration::floor_divide(from.to_nanoseconds(), day_ns) * day_ns;
  const std::int64_t bounded = std::min(amount, amount_max).to_nanoseconds();
  const std::int64_t total = in_day(from.to_nanoseconds() - day) + bounded;
  const std::int64_t days = std::min(total / before_hour_.back(), days_max);
  const std::int64_t rest = total % before_hour_.back();
  // The last hour that begins at or before it; hours without any rate are passed over.
  const auto next = std::upper_bound(before_hour_.begin(), before_hour_.end(), rest);
  const auto hour = static_cast<std::size_t>(next - before_hour_.begin()) - 1;
  const std::int64_t in_hour = rest - before_hour_[hour];
  const std::int64_t rate = permille_[hour];
  const std::int64_t ns = day + days * day_ns + static_cast<std::int64_t>(hour) * hour_ns +
                          in_hour / rate * 1'000 + in_hour % rate * 1'000 / rate;
  return std::max(SimTime::from_nanoseconds(ns), from + Duration::nanoseconds(1));
}

Result<Popularity> Popularity::make(const PopularitySettings& settings) {
  if (settings.population == 0) return Error{"a popularity needs a population of at least 1 name"};
  if (settings.head_names == 0 || settings.head_names > settings.population / 2 + 1) {
    return Error{fmt::format("head_names is {}: it must be between 1 and half the population of {}",
                             settings.head_names, settings.population)};
  }
  if (settings.head_share_ppm > ppm_all) {
    return Error{
        fmt::format("head_share is {} ppm: it cannot exceed 100 %", settings.head_share_ppm)};
  }
  if (!(settings.zipf_exponent > 0.0 && settings.zipf_exponent <= 3.0)) {
    return Error{fmt::format("zipf_exponent is {}: it must be above 0 and at most 3",
                             settings.zipf_exponent)};
  }
  return Popularity(settings, zipf_weights(settings.head_names, settings.zipf_exponent));
}

Popularity::Popularity(PopularitySettings settings, const std::vector<std::uint64_t>& weights)
    : settings_(settings),
      head_ids_(draw_head_ids(settings)),
      sorted_head_ids_(head_ids_),
      weight_below_{0} {
  std::sort(sorted_head_ids_.begin(), sorted_head_ids_.end());
  for (const std::uint64_t weight : weights) weight_below_.push_back(weight_below_.back() + weight);
}

bool Popularity::is_in_head(std::uint64_t id) const {
  return settings_.head_share_ppm > 0 &&
         std::binary_search(sorted_head_ids_.begin(), sorted_head_ids_.end(), id);
}

std::uint64_t Popularity::weight_of_all() const {
  ZF_ASSERT(settings_.head_share_ppm > 0);
  const auto all = static_cast<uint128>(weight_below_.back()) * ppm_all / settings_.head_share_ppm;
  return static_cast<std::uint64_t>(std::min(all, static_cast<uint128>(1) << 62U));
}

std::uint64_t Popularity::draw(Rng& rng, std::uint32_t rank_min) const {
  if (settings_.head_share_ppm == 0) return rng.below(settings_.population);
  const std::uint64_t at = rng.below(weight_of_all() - weight_below_[rank_min]);
  if (at >= weight_from(rank_min)) return rng.below(settings_.population);
  const auto next =
      std::upper_bound(weight_below_.begin(), weight_below_.end(), weight_below_[rank_min] + at);
  return head_ids_[static_cast<std::size_t>(next - weight_below_.begin()) - 1];
}

namespace {

// gap * all / part.
Duration thinned(Duration gap, std::uint64_t all, std::uint64_t part) {
  if (part == 0) return Duration::max();
  const auto ns = static_cast<uint128>(gap.to_nanoseconds()) * all / part;
  const auto longest = static_cast<uint128>(Duration::max().to_nanoseconds());
  return Duration::nanoseconds(static_cast<std::int64_t>(std::min(ns, longest)));
}

}  // namespace

Duration Popularity::gap_of(std::uint32_t rank, Duration gap_of_all) const {
  if (settings_.head_share_ppm == 0) return Duration::max();
  return thinned(gap_of_all, weight_of_all(), weight_below_[rank + 1] - weight_below_[rank]);
}

Duration Popularity::gap_of_rest(std::uint32_t rank_min, Duration gap_of_all) const {
  if (settings_.head_share_ppm == 0) return gap_of_all;
  return thinned(gap_of_all, weight_of_all(), weight_of_all() - weight_below_[rank_min]);
}

Duration Popularity::gap_of_tail_name(Duration gap_of_all) const {
  const Duration gap = thinned(gap_of_all, ppm_all, ppm_all - settings_.head_share_ppm);
  return thinned(gap, settings_.population, 1);
}

std::uint32_t Popularity::ranks_within(Duration gap_max, Duration gap_of_all) const {
  std::uint32_t low = 0;
  std::uint32_t high = settings_.head_names;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (gap_of(middle, gap_of_all) <= gap_max) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
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
