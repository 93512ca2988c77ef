// What a policy is judged by: harm, its duration, its price, the load it makes.
//
// Each measure is one number of one run, for one cohort or for all. Where a run simulates another
// share of one cohort than of the next, all cohorts together are weighted back to their true sizes;
// load of servers, which nobody counts by cohort, is not.
// Shares and minutes come from counts by bin, so minutes are whole bins. Equal tallies give equal
// bits on every machine. To add a measure: a function in sim/experiment/measures.cpp and its row in
// the table there.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "zonefall/core/time.h"
#include "zonefall/outcome/tally.h"

namespace zonefall::experiment {

/// What the counts of one cohort stand for.
struct CohortPart {
  double weight = 1;       // true resolvers for each simulated one
  bool validates = false;  // before any policy: answers it does not validate are exposed
};

/// A version of the zone in question.
struct Publication {
  SimTime signed_at;
  SimTime published_at;
};

/// One run, seen through some of its cohorts.
struct Observation {
  const outcome::Tally& tally;
  std::span<const CohortPart> parts;          // of all cohorts, in the tally's order
  std::span<const std::uint32_t> cohorts;     // which of them; at least one
  std::span<const std::uint32_t> sites;       // of the zone in question
  std::span<const Publication> publications;  // within the run, in order
};

struct Measure {
  std::string_view id;
  std::string_view title;
  std::string_view unit;  // share, minutes, queries
  std::string_view meaning;
  bool more_is_better = false;
  bool of_cohorts = true;  // false: only of all cohorts together
  double (*of)(const Observation&) = nullptr;
  /// The same of names of one class alone; null where that is not measured.
  double (*of_class)(const Observation&, outcome::NameClass) = nullptr;
  /// What it counts, where a scenario must have a cause for that: without one it is left out, since
  /// a 0 would look like a result.
  std::optional<outcome::Harm> harm = std::nullopt;
};

/// A share of lookups in each bin of a run.
struct Curve {
  std::string_view id;
  std::string_view title;
  std::vector<double> (*of)(const Observation&) = nullptr;
};

std::span<const Curve> curves();

/// In the order in which people should read them; the first one is the main measure.
std::span<const Measure> measures();

/// What a run is measured by: a measure of all names, or of one class of them.
struct Measurand {
  const Measure* measure = nullptr;
  std::optional<outcome::NameClass> names = std::nullopt;

  /// As Measure::of.
  [[nodiscard]] double of(const Observation& run) const {
    return names ? measure->of_class(run, *names) : measure->of(run);
  }
};
/// All measures in their order, then those of each class of names.
std::vector<Measurand> measurands();

}  // namespace zonefall::experiment
