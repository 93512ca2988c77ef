// Expectations about what clients ended with: shares, and series relative to a baseline.
//
// All from counts of tallies, by additions, multiplications and divisions in a fixed order: equal
// tallies give equal bits on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "zonefall/outcome/tally.h"
#include "zonefall/scenario/build.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::scenario {

struct Span {
  SimTime from;
  SimTime until;
};

/// The cells of a tally that belong to some cohorts.
class Window {
 public:
  Window(const outcome::Tally& tally, std::vector<std::uint32_t> cohorts)
      : tally_(tally), cohorts_(std::move(cohorts)) {}

  using Wanted = bool (*)(outcome::Outcome);
  [[nodiscard]] double lookups(Span span, Wanted wanted) const;
  [[nodiscard]] double queries(Span span, Wanted wanted) const;
  [[nodiscard]] double ede(Span span, std::uint16_t code) const;
  /// Shares; 0 of nothing.
  [[nodiscard]] double lookup_share(Span span, Wanted wanted) const;
  [[nodiscard]] double failed_queries(Span span) const;
  [[nodiscard]] const outcome::Bins& bins() const { return tally_.shape().bins; }

 private:
  const outcome::Tally& tally_;
  std::vector<std::uint32_t> cohorts_;
};

bool is_any(outcome::Outcome outcome);
bool is_stale(outcome::Outcome outcome);
bool is_good(outcome::Outcome outcome);
bool is_fresh(outcome::Outcome outcome);  // good and not stale
bool is_bogus(outcome::Outcome outcome);  // validation failed for this very query

/// A window of a run and the same one of its baseline.
struct Pair {
  Window run;
  Window baseline;
};

/// The bins of an expectation: [from, until) cut every `bin`.
std::vector<Span> bins_of(const Expectation& expectation);

/// The metrics of scenario.h, by their names.
double query_growth(const Pair& pair, Span span);
std::vector<double> ratios(const Pair& pair, const std::vector<Span>& bins, Window::Wanted wanted);
std::vector<double> excesses(const Pair& pair, const std::vector<Span>& bins);
double step_deviations(const Pair& pair, const Expectation& expectation);
double step_part(const Pair& pair, const Expectation& expectation);
double onset_minutes(const Pair& pair, const Expectation& expectation);
double outage_minutes(const Pair& pair, const Expectation& expectation);
double recovery_minutes(const Pair& pair, const Expectation& expectation);
double residue_minutes(const Window& run, const Expectation& expectation);

/// Kendall's tau (a): of all pairs of values, the share that rises with time less the share that
/// falls. 0 of fewer than two values.
double kendall_tau(const std::vector<double>& values);

}  // namespace zonefall::scenario
