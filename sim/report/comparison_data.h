// The content of a comparison's result file as plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "report/run_data.h"
#include "report/scenario_facts.h"

namespace zonefall::report {

struct Candidate {
  std::string name;
  std::string title;
  std::vector<std::string> changes;
};

struct Measure {
  std::string name;
  std::string title;
  std::string unit;  // share, minutes, queries
  std::string meaning;
  bool more_is_better = false;
  std::string names{};  // the class of names that it is of; empty: all names
};

/// What no candidate's scenario has a cause for.
struct LeftOut {
  std::string name;
  std::string title;
  std::string why;
};

struct ComparedCohort {
  std::string name;
  double resolvers = 0;
  double simulated = 0;
};

/// A mean with its 95 % interval; a half-width of nothing is infinite.
struct Estimate {
  double mean = 0;
  std::optional<double> half_width;

  /// Whether the interval leaves out 0.
  [[nodiscard]] bool is_clear() const;
};

/// Members in which one candidate has less, as much, or more than another.
struct Ranking {
  std::int64_t less = 0;
  std::int64_t equal = 0;
  std::int64_t more = 0;

  [[nodiscard]] std::int64_t members() const { return less + equal + more; }
};

/// How a measure of a candidate varies with what nobody knows.
struct Spread {
  /// The least values that so many per mille of the members do not exceed.
  std::map<std::int64_t, double> quantiles;
  Ranking ranking;  // against the first one
};

/// A candidate against one that stands before it, all cohorts together.
struct Pair {
  std::size_t candidate = 0;
  std::size_t against = 0;
  std::size_t measure = 0;
  Estimate difference;
  std::optional<double> unpaired_half_width;  // what independent seeds would have given
  std::optional<Ranking> ranking;             // of an ensemble
};

/// The mean of a measure over the members with one value of one uncertainty.
struct Sensitivity {
  std::size_t candidate = 0;
  std::size_t measure = 0;
  std::size_t uncertainty = 0;
  std::int64_t value = 0;
  std::int64_t members = 0;
  double mean = 0;
};

/// A share of lookups over time, and how far it reaches under each candidate.
struct Curve {
  std::string name;
  std::string title;
};
using Band = std::map<std::int64_t, double>;  // by permille, as Spread::quantiles

struct Member {
  std::string seed;  // decimal
  bool is_drawn = false;
  std::vector<std::size_t> drawn;  // the value of each uncertainty, if it is
};

struct ComparisonData {
  std::map<std::string, std::string> meta;
  std::map<std::string, std::string> provenance;
  std::string content_hash;
  std::string scenario_yaml;
  SimTime from;
  SimTime until;
  std::vector<BinSpan> bins;
  std::vector<Candidate> candidates;  // the first is what the others are compared with
  std::vector<Member> members;
  std::vector<std::string> seeds;  // of members that draw nothing
  std::int64_t members_drawn = 0;  // those of an ensemble that draw what nobody knows
  std::vector<Uncertainty> uncertainties;
  std::vector<ComparedCohort> cohorts;                          // the last is all of them together
  std::vector<Measure> measures;                                // the first is the main one
  std::vector<LeftOut> left_out;                                // measures
  std::vector<std::vector<std::vector<Estimate>>> estimates;    // [candidate][measure][cohort]
  std::vector<std::vector<std::vector<Estimate>>> differences;  // the same, from the first one
  std::vector<std::vector<std::vector<Counts>>> counts;         // [candidate][cohort][bin]
  // What each seed gave, all cohorts together; in the order of `seeds`.
  std::vector<std::vector<std::vector<double>>> values;  // [candidate][measure][seed]
  std::vector<Pair> pairs;                               // by measure, candidate, against
  std::vector<Curve> curves;
  // Over the members that draw; in a comparison over all.
  std::vector<std::vector<std::vector<Band>>> bands;  // [candidate][curve][bin]
  // Over the members that draw, all cohorts together; empty in a comparison.
  std::vector<std::vector<Spread>> spreads;  // [candidate][measure]
  std::vector<Sensitivity> sensitivities;

  [[nodiscard]] std::size_t all_cohorts() const { return cohorts.size() - 1; }
  [[nodiscard]] bool is_ensemble() const { return members_drawn > 0; }
  /// Of `meta`, else of `provenance`, else "".
  [[nodiscard]] std::string about(const std::string& key) const;
};

Result<ComparisonData> read_comparison(const std::string& path);

}  // namespace zonefall::report
