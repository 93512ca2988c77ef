// Client demand: when a resolver's clients look up which name.
//
// A lookup is a pair of questions (A and AAAA) for one name. Arrivals at one resolver are a Poisson
// stream whose rate follows a diurnal curve; names are drawn from a popularity mix of head names
// (Zipf) and a uniform tail over a whole population. All draws come from streams named by the
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

/// Relative rate by hour of the day, UTC, in permille of the mean; constant within an hour.
struct DiurnalCurve {
  std::array<std::uint16_t, 24> permille;
  static DiurnalCurve flat();
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
  /// A population id.
  [[nodiscard]] std::uint64_t draw(Rng& rng) const;
  /// The population id of head rank `rank` (0 is the most popular).
  [[nodiscard]] std::uint64_t head_id(std::uint32_t rank) const { return head_ids_[rank]; }
  [[nodiscard]] const PopularitySettings& settings() const { return settings_; }

 private:
  explicit Popularity(PopularitySettings settings, std::vector<std::uint64_t> weights);
  PopularitySettings settings_;
  std::vector<std::uint64_t> head_ids_;
  WeightedChoice head_;
};

/// The arrivals of lookups at one resolver: an inhomogeneous Poisson process, by inverting the
/// integrated rate. Flat and copyable.
class ArrivalStream {
 public:
  struct Settings {
    std::uint64_t seed = 0;
    std::uint64_t entity = 0;
    std::uint64_t lookups_per_day = 0;  // mean of the diurnal curve, > 0
  };
  ArrivalStream(const Settings& settings, const DiurnalCurve& curve, SimTime start);
  /// The next arrival after the last one returned (after `start` at first).
  SimTime next();

 private:
  DiurnalCurve curve_;
  Duration mean_gap_;
  SimTime last_;
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
