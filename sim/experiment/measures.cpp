#include "zonefall/experiment/measures.h"

#include <algorithm>
#include <array>
#include <vector>

namespace zonefall::experiment {

namespace {

using outcome::Outcome;

// An outage is when this share of lookups fails, or more.
constexpr double outage_share = 0.01;

bool is_any(Outcome) {
  return true;
}

bool is_stale(Outcome outcome) {
  return outcome == Outcome::stale;
}

// Of resolvers that validate: answered, but not held to a signature.
bool is_unvalidated(Outcome outcome) {
  return outcome == Outcome::under_nta || outcome == Outcome::unvalidated ||
         outcome == Outcome::bogus;
}

using Wanted = bool (*)(Outcome);
using CountOf = FixedCount (outcome::Tally::*)(std::uint32_t, std::uint32_t, Outcome) const;

double count(const Observation& run, std::uint32_t bin, CountOf count_of, Wanted wanted) {
  double sum = 0;
  for (const std::uint32_t cohort : run.cohorts) {
    FixedCount counted;
    for (const Outcome outcome : outcome::all_outcomes()) {
      if (wanted(outcome)) counted += (run.tally.*count_of)(cohort, bin, outcome);
    }
    sum += run.parts[cohort].weight * counted.to_double();
  }
  return sum;
}

double count(const Observation& run, CountOf count_of, Wanted wanted) {
  double sum = 0;
  for (std::uint32_t bin = 0; bin < run.tally.shape().bins.count; ++bin) {
    sum += count(run, bin, count_of, wanted);
  }
  return sum;
}

double share(double part, double whole) {
  return whole == 0 ? 0 : part / whole;
}

double lookup_share(const Observation& run, Wanted wanted) {
  const double all = count(run, &outcome::Tally::lookups, is_any);
  return share(count(run, &outcome::Tally::lookups, wanted), all);
}

// By bin: of the lookups of all cohorts seen, the share of those `counted` that are `wanted`.
std::vector<double> shares_by_bin(const Observation& run, const Observation& counted,
                                  Wanted wanted) {
  std::vector<double> shares(run.tally.shape().bins.count);
  for (std::uint32_t bin = 0; bin < shares.size(); ++bin) {
    shares[bin] = share(count(counted, bin, &outcome::Tally::lookups, wanted),
                        count(run, bin, &outcome::Tally::lookups, is_any));
  }
  return shares;
}

std::vector<double> failing_shares(const Observation& run) {
  return shares_by_bin(run, run, outcome::is_failure);
}

std::vector<double> stale_shares(const Observation& run) {
  return shares_by_bin(run, run, is_stale);
}

// Of the cohorts seen, those that validate before any policy.
std::vector<std::uint32_t> validating(const Observation& run) {
  std::vector<std::uint32_t> cohorts;
  for (const std::uint32_t cohort : run.cohorts) {
    if (run.parts[cohort].validates) cohorts.push_back(cohort);
  }
  return cohorts;
}

std::vector<double> unvalidated_shares(const Observation& run) {
  const std::vector<std::uint32_t> cohorts = validating(run);
  return shares_by_bin(run, {run.tally, run.parts, cohorts, run.sites, run.publications},
                       is_unvalidated);
}

double in_minutes(Duration span) {
  constexpr double nanoseconds_of_minute = 60e9;
  return static_cast<double>(span.to_nanoseconds()) / nanoseconds_of_minute;
}

double minutes(const Observation& run, double bins) {
  return bins * in_minutes(run.tally.shape().bins.width);
}

double bins_before(std::vector<double>::const_iterator bin, const std::vector<double>& all) {
  return static_cast<double>(bin - all.begin());
}

double failed_lookups(const Observation& run) {
  return lookup_share(run, outcome::is_failure);
}

// The sum over cohorts and bins of what `count_of(cohort, bin)` gives, cohorts weighted.
template <typename CountOf>
double weighted(const Observation& run, CountOf&& count_of) {
  double sum = 0;
  for (const std::uint32_t cohort : run.cohorts) {
    FixedCount counted;
    for (std::uint32_t bin = 0; bin < run.tally.shape().bins.count; ++bin) {
      counted += count_of(cohort, bin);
    }
    sum += run.parts[cohort].weight * counted.to_double();
  }
  return sum;
}

double lookups_of(const Observation& run, outcome::NameClass names, Wanted wanted) {
  return weighted(run, [&](std::uint32_t cohort, std::uint32_t bin) {
    FixedCount counted;
    for (const Outcome outcome : outcome::all_outcomes()) {
      if (wanted(outcome)) counted += run.tally.lookups_of(names, cohort, bin, outcome);
    }
    return counted;
  });
}

double failed_lookups_of(const Observation& run, outcome::NameClass names) {
  return share(lookups_of(run, names, outcome::is_failure), lookups_of(run, names, is_any));
}

double lost_minutes(const Observation& run) {
  double sum = 0;
  for (const double failing : failing_shares(run)) sum += failing;
  return minutes(run, sum);
}

double first_failure(const Observation& run) {
  const std::vector<double> failing = failing_shares(run);
  const auto first = std::find_if(failing.begin(), failing.end(),
                                  [](double share) { return share >= outage_share; });
  return minutes(run, bins_before(first, failing));
}

// From the worst bin to the first one from which on at most `rest` of its failures are left.
double recovery(const Observation& run, double rest) {
  const std::vector<double> failing = failing_shares(run);
  const auto worst = std::max_element(failing.begin(), failing.end());
  if (worst == failing.end() || *worst < outage_share) return 0;
  auto recovered = failing.end();
  while (recovered != worst && *(recovered - 1) <= rest * *worst) --recovered;
  return minutes(run, static_cast<double>(recovered - worst));
}

double recovery_90(const Observation& run) {
  return recovery(run, 0.1);
}

double recovery_99(const Observation& run) {
  return recovery(run, 0.01);
}

double stale_lookups(const Observation& run) {
  return lookup_share(run, is_stale);
}

double harmed_lookups(const Observation& run, outcome::Harm harm) {
  const double harmed = weighted(run, [&](std::uint32_t cohort, std::uint32_t bin) {
    return run.tally.harmed(cohort, bin, harm);
  });
  return share(harmed, count(run, &outcome::Tally::lookups, is_any));
}

double wrong_stale_lookups(const Observation& run) {
  return harmed_lookups(run, outcome::Harm::outdated);
}

double spoofed_lookups(const Observation& run) {
  return harmed_lookups(run, outcome::Harm::spoofed);
}

double unvalidated_lookups(const Observation& run) {
  const std::vector<std::uint32_t> cohorts = validating(run);
  const Observation exposed{run.tally, run.parts, cohorts, run.sites, run.publications};
  return share(count(exposed, &outcome::Tally::lookups, is_unvalidated),
               count(run, &outcome::Tally::lookups, is_any));
}

double client_queries(const Observation& run) {
  return count(run, &outcome::Tally::queries, is_any);
}

double server_queries(const Observation& run) {
  FixedCount sum;
  for (const std::uint32_t site : run.sites) {
    for (std::uint32_t bin = 0; bin < run.tally.shape().bins.count; ++bin) {
      sum += run.tally.load_queries(site, bin);
    }
  }
  return sum.to_double();
}

double publication_delay(const Observation& run) {
  double sum = 0;
  for (const Publication& p : run.publications) sum += in_minutes(p.published_at - p.signed_at);
  return run.publications.empty() ? 0 : sum / static_cast<double>(run.publications.size());
}

double publication_gap(const Observation& run) {
  const outcome::Bins& bins = run.tally.shape().bins;
  SimTime last = bins.from;
  Duration longest;
  for (const Publication& p : run.publications) {
    longest = std::max(longest, p.published_at - last);
    last = p.published_at;
  }
  return in_minutes(std::max(longest, bins.until() - last));
}

constexpr std::array all_measures = {
    Measure{"failed_lookups", "Failed lookups", "share",
            "share of lookups in the whole run that end in a failure", false, true, failed_lookups,
            failed_lookups_of},
    Measure{"lost_minutes", "Minutes lost by a user", "minutes",
            "share of failing lookups, summed over time: what a user who asks all the time loses",
            false, true, lost_minutes},
    Measure{"first_failure", "Time to the first failure", "minutes",
            "from the start of the run to the first bin in which 1 % of lookups fail; to its end "
            "if there is none",
            true, true, first_failure},
    Measure{"recovery_90", "Time to 90 % recovery", "minutes",
            "from the worst bin to the one from which on a tenth of its failures is left, or less; "
            "0 without an outage",
            false, true, recovery_90},
    Measure{"recovery_99", "Time to 99 % recovery", "minutes",
            "from the worst bin to the one from which on a hundredth of its failures is left, or "
            "less; 0 without an outage",
            false, true, recovery_99},
    Measure{"stale_lookups", "Stale answers", "share",
            "share of lookups answered with data that had expired", false, true, stale_lookups},
    Measure{"wrong_stale_lookups", "Stale answers that were wrong", "share",
            "share of lookups answered with expired data that differ from what the authoritative "
            "servers publish by then",
            false, true, wrong_stale_lookups, nullptr, outcome::Harm::outdated},
    Measure{
        "unvalidated_lookups", "Answers not validated", "share",
        "share of lookups that resolvers which should validate answered with data that they did "
        "not, or found bogus: the exposure. Whether the data were signed does not count; denials "
        "are left out",
        false, true, unvalidated_lookups},
    Measure{"spoofed_lookups", "Spoofed answers", "share",
            "share of lookups answered with data that an attacker had forged, validated or not, "
            "from the cache or not",
            false, true, spoofed_lookups, nullptr, outcome::Harm::spoofed},
    Measure{"client_queries", "Queries of clients", "queries",
            "queries that clients sent to resolvers, tries again included", false, true,
            client_queries},
    Measure{"server_queries", "Queries at the zone's servers", "queries",
            "queries of the simulated resolvers that arrived at the servers of the zone", false,
            false, server_queries},
    Measure{"publication_delay", "Delay of publication", "minutes",
            "mean time from the signing of a version of the zone to its publication: what changes "
            "of delegations wait for on every day; 0 if none was published",
            false, false, publication_delay},
    Measure{"publication_gap", "Longest time without a new version", "minutes",
            "longest time within the run in which no version of the zone was published: what "
            "changes of delegations wait for in the worst case",
            false, false, publication_gap},
};

constexpr std::array all_curves = {
    Curve{"failing", "Failing lookups", failing_shares},
    Curve{"stale", "Stale answers", stale_shares},
    Curve{"unvalidated", "Answers not validated", unvalidated_shares},
};

}  // namespace

std::span<const Curve> curves() {
  return all_curves;
}

std::span<const Measure> measures() {
  return all_measures;
}

std::vector<Measurand> measurands() {
  std::vector<Measurand> all;
  for (const Measure& measure : all_measures) all.push_back({&measure});
  for (const Measure& measure : all_measures) {
    if (measure.of_class == nullptr) continue;
    for (const outcome::NameClass names : outcome::all_name_classes()) {
      all.push_back({&measure, names});
    }
  }
  return all;
}

}  // namespace zonefall::experiment
