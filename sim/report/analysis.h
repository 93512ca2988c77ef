// What a run comes to: the derived numbers that every form of report shows.
//
// report.h defines onset, recovery, worst bin and phase.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "report/run_data.h"

namespace zonefall::report {

/// Nothing where nobody asked.
std::optional<double> share_of(double part, double whole);

inline constexpr std::array<int, 3> recovery_percents = {50, 90, 99};

/// How a cohort fared, or all of them together.
struct Hurt {
  Counts total;
  std::optional<std::size_t> worst_bin;  // nothing: no lookup failed
  Counts worst;
  MaybeTime first_failure;
  std::int64_t resolvers_hurt = 0;
  std::int64_t resolvers_recovered = 0;
  std::int64_t resolvers_with_nta = 0;
  /// Minutes, for each of recovery_percents; nothing: not before the run ended, or nobody failed.
  std::array<std::optional<double>, recovery_percents.size()> recovery_min;

  [[nodiscard]] std::optional<double> failed_share() const {
    return share_of(total.failed, total.lookups);
  }
  [[nodiscard]] std::optional<double> worst_share() const {
    return worst_bin ? share_of(worst.failed, worst.lookups) : std::nullopt;
  }
};

/// Publications of a zone at like intervals.
struct Phase {
  std::string zone;
  SimTime first;
  SimTime last;
  std::int64_t versions = 0;
  std::int64_t first_serial = 0;
  std::int64_t last_serial = 0;
  std::optional<double> interval_s;          // mean; nothing: a single version
  std::optional<double> all_sites_s;         // the longest from publication to the last site
  std::int64_t versions_not_everywhere = 0;  // that never reached some site
};

struct EdeSummary {
  std::size_t cohort = 0;
  std::int64_t code = 0;
  double replies = 0;
  SimTime first_seen;  // start of the bin
  std::size_t most_bin = 0;
  double most_replies = 0;
};

/// Lookups of a cohort that ended with data of which that is wrong.
struct HarmSum {
  std::size_t cohort = 0;
  std::size_t harm = 0;
  double lookups = 0;
  std::optional<std::size_t> most_bin;  // nothing: there were none
  double most_lookups = 0;
};

struct ServerLoad {
  std::size_t server = 0;
  double queries = 0;
  std::optional<double> before_per_s;
  std::optional<double> since_per_s;
  std::optional<std::size_t> most_bin;
  double most_per_s = 0;
  double most_octets_per_s = 0;

  [[nodiscard]] std::optional<double> most_ratio() const;
};

struct EventGroup {
  Event event;  // the first of them
  SimTime last;
  std::int64_t times = 1;
};

struct Analysis {
  std::vector<Hurt> cohorts;
  Hurt all;
  std::vector<Hurt> classes;  // of names, all cohorts together; what resolvers did is left out
  std::vector<Counts> all_by_bin;
  std::optional<std::size_t> onset_bin;  // nothing: no lookup failed
  std::vector<EventGroup> events;        // equal ones that follow each other are one
  std::vector<Phase> phases;             // by zone in order of first publication, then by time
  std::vector<EdeSummary> ede;           // by cohort, then code
  std::vector<HarmSum> harms;            // each of each cohort
  std::vector<ServerLoad> servers;

  /// Numbers of the cohorts, those with the largest share of failed lookups first.
  [[nodiscard]] std::vector<std::size_t> worst_first() const;
};

Analysis analyse(const RunData& run);

/// `run.bins` cut into at most `columns_max` groups of equally many bins (the last may have fewer).
struct Column {
  std::size_t first_bin = 0;
  std::size_t bins = 0;
};
std::vector<Column> columns_of(const RunData& run, std::size_t columns_max);
/// The same of so many bins.
std::vector<Column> columns_of(std::size_t bins, std::size_t columns_max);
/// The sum over the bins of a column.
Counts counts_in(const std::vector<Counts>& by_bin, const Column& column);
/// The share of failed lookups in each column.
std::vector<std::optional<double>> failed_shares(const std::vector<Counts>& by_bin,
                                                 const std::vector<Column>& columns);

}  // namespace zonefall::report
