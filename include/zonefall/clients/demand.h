// Client demand: when a resolver's clients look up which name.
//
// A lookup is a pair of questions (A and AAAA) for one name. Arrivals at one resolver are a Poisson
// stream whose rate follows a diurnal curve; names are drawn from a popularity mix of head names
// (Zipf) and a uniform tail over a whole population. That stream may be split: popular names have
// arrivals of their own, all others share the rest. All draws come from streams named by the
// resolver, so that one resolver's demand never depends on another's. Exact integers and our own
// power function only.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/core/rng.h"
#include "zonefall/core/time.h"

namespace zonefall::clients {

/// Relative rate by hour of the day, UTC, in permille of the mean; constant within an hour. At
/// least one hour is above 0.
class DiurnalCurve {
 public:
  using Hours = std::array<std::uint16_t, 24>;
  explicit DiurnalCurve(const Hours& permille);
  static DiurnalCurve flat();

  [[nodiscard]] const Hours& permille() const { return permille_; }
  /// The integral of the relative rate: how much time at the mean rate [from, until) is worth.
  [[nodiscard]] Duration amount(SimTime from, SimTime until) const;
  /// The inverse: the first instant after `from` up to which `amount` has passed.
  [[nodiscard]] SimTime after(SimTime from, Duration amount) const;

 private:
  // Time at the mean rate since the day's begin.
  [[nodiscard]] std::int64_t in_day(std::int64_t ns) const;

  Hours permille_;
  std::array<std::int64_t, 25> before_hour_;  // in_day() at full hours
};

/// Zipf over ranks 1..head_names with this exponent for a share of lookups; the rest is uniform
/// over the ids of a population. A head rank is mapped to a population id by a keyed permutation.
struct PopularitySettings {
  std::uint64_t population = 0;
  std::uint32_t head_names = 0;
  double zipf_exponent = 0.95;
  std::uint32_t head_share_ppm = 0;
  std::uint64_t seed = 0;
};

/// Immutable; shared by all resolvers of a cohort.
class Popularity {
 public:
  static Result<Popularity> make(const PopularitySettings& settings);
  /// A population id. Of head ranks only those from `rank_min` on; there must be something to draw.
  [[nodiscard]] std::uint64_t draw(Rng& rng, std::uint32_t rank_min = 0) const;
  /// The mean time between lookups of head rank `rank` / of what draw(rng, rank_min) draws, where
  /// `gap_of_all` is the one between all lookups.
  [[nodiscard]] Duration gap_of(std::uint32_t rank, Duration gap_of_all) const;
  [[nodiscard]] Duration gap_of_rest(std::uint32_t rank_min, Duration gap_of_all) const;
  /// Between lookups of one name of the population that come from the tail.
  [[nodiscard]] Duration gap_of_tail_name(Duration gap_of_all) const;
  /// How many ranks, from the most popular on, are looked up at least once in `gap_max`.
  [[nodiscard]] std::uint32_t ranks_within(Duration gap_max, Duration gap_of_all) const;
  /// The population id of head rank `rank` (0 is the most popular).
  [[nodiscard]] std::uint64_t head_id(std::uint32_t rank) const { return head_ids_[rank]; }
  /// Whether a population id is one of those that lookups of the head are for; none is where they
  /// have no share.
  [[nodiscard]] bool is_in_head(std::uint64_t id) const;
  [[nodiscard]] const PopularitySettings& settings() const { return settings_; }

 private:
  Popularity(PopularitySettings settings, const std::vector<std::uint64_t>& weights);
  [[nodiscard]] std::uint64_t weight_from(std::uint32_t rank_min) const {
    return weight_below_.back() - weight_below_[rank_min];
  }
  /// Of head and tail together, in the measure of the head's weights. The head share is not 0.
  [[nodiscard]] std::uint64_t weight_of_all() const;

  PopularitySettings settings_;
  std::vector<std::uint64_t> head_ids_;
  std::vector<std::uint64_t> sorted_head_ids_;
  std::vector<std::uint64_t> weight_below_;  // sums: of the ranks before this one
};

/// The arrivals of one source: an inhomogeneous Poisson process, by inverting the integrated rate.
/// It has no memory: whoever knows that arrivals up to some instant change nothing may go on from
/// there. Flat and copyable.
class ArrivalStream {
 public:
  /// `mean_gap` > 0 is the time between arrivals at the curve's mean.
  ArrivalStream(const StreamName& name, Duration mean_gap) : mean_gap_(mean_gap), rng_(name) {}
  /// The first arrival after `from`.
  SimTime next(const DiurnalCurve& curve, SimTime from) {
    return curve.after(from, rng_.exponential(mean_gap_));
  }
  [[nodiscard]] Duration mean_gap() const { return mean_gap_; }

 private:
  Duration mean_gap_;
  Rng rng_;
};

/// Heavy-tailed rates: `index` of `count` equal-probability classes of a Pareto distribution with
/// this shape and mean, so that a cohort of any size has the same mix.
struct ParetoRates {
  std::uint64_t mean_per_day = 0;
  double shape = 1.2;             // > 1
  std::uint64_t cap_per_day = 0;  // largest rate
};
std::uint64_t pareto_rate(const ParetoRates& rates, std::uint64_t index, std::uint64_t count);

}  // namespace zonefall::clients
