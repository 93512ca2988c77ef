// What a run counts: outcomes, errors, load and milestones, as integers that add up in any order.
//
// A worker fills a Tally of its own; merging is addition, so threads, processes and hosts give the
// same bits. Counts are fixed-point because hits on a standing answer are counted as rate x time.
// Reads what happened; decides nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "zonefall/core/fixed.h"
#include "zonefall/core/time.h"
#include "zonefall/resolver/actions.h"

namespace zonefall::outcome {

/// What a client ended with: the closed list of outcomes.
enum class Outcome : std::uint8_t {
  secure,
  insecure,
  unvalidated,  // the resolver does not validate, or CD
  under_nta,
  stale,
  nxdomain,              // a usable negative answer, whatever its security
  bogus_servfail,        // validation failed for this very query
  cached_servfail,       // from a failure cache
  unreachable_servfail,  // no server answered in time
  limit_servfail,        // a bound on work
  timeout,               // the client got no reply in time
};
inline constexpr std::size_t outcome_count = 11;
std::string_view to_text(Outcome outcome);
Outcome outcome_of(const resolver::ClientReply& reply);
bool is_failure(Outcome outcome);

/// The time axis: `bins` bins of equal width from `from`. Times outside are not counted.
struct Bins {
  SimTime from;
  Duration width = Duration::minutes(10);
  std::uint32_t count = 0;
  [[nodiscard]] bool contains(SimTime at) const;
  [[nodiscard]] std::uint32_t index(SimTime at) const;
};

struct TallyShape {
  Bins bins;
  std::uint32_t cohorts = 0;
  std::uint32_t sites = 0;  // authoritative sites, all servers together
  std::uint32_t resolvers = 0;
};

/// Milestones of one resolver; SimTime::max() for "never".
struct Milestones {
  SimTime first_failure = SimTime::max();
  SimTime last_failure = SimTime::min();
  SimTime nta_installed = SimTime::max();
  SimTime nta_removed = SimTime::max();
  SimTime first_success_after_last_failure = SimTime::max();
};

class Tally {
 public:
  explicit Tally(TallyShape shape);

  /// One lookup, by what its client ended with. / One query, by what came back.
  void count_lookups(std::uint32_t cohort, SimTime at, Outcome outcome, FixedCount n);
  void count_queries(std::uint32_t cohort, SimTime at, Outcome outcome, FixedCount n);
  void count_ede(std::uint32_t cohort, SimTime at, std::uint16_t code, FixedCount n);
  /// Queries and reply octets at an authoritative site.
  void count_load(std::uint32_t site, SimTime at, FixedCount queries, FixedCount octets);
  /// Resolutions and upstream exchanges, over the whole run.
  void count_work(std::uint64_t resolutions, std::uint64_t exchanges, std::uint64_t events);
  Milestones& milestones(std::uint32_t resolver);

  /// Adds another tally of the same shape. Milestones: earliest of firsts, latest of lasts.
  void merge(const Tally& other);
  void clear();

  [[nodiscard]] const TallyShape& shape() const { return shape_; }
  [[nodiscard]] FixedCount lookups(std::uint32_t cohort, std::uint32_t bin, Outcome o) const;
  [[nodiscard]] FixedCount queries(std::uint32_t cohort, std::uint32_t bin, Outcome o) const;
  [[nodiscard]] FixedCount load_queries(std::uint32_t site, std::uint32_t bin) const;
  [[nodiscard]] FixedCount load_octets(std::uint32_t site, std::uint32_t bin) const;
  /// Counts by (cohort, bin, code) in that order, zeros left out.
  struct EdeKey {
    std::uint32_t cohort = 0;
    std::uint32_t bin = 0;
    std::uint16_t code = 0;
    auto operator<=>(const EdeKey&) const = default;
  };
  [[nodiscard]] const std::map<EdeKey, FixedCount>& ede() const { return ede_; }
  [[nodiscard]] const Milestones& milestones(std::uint32_t resolver) const;
  [[nodiscard]] std::uint64_t resolutions() const { return resolutions_; }
  [[nodiscard]] std::uint64_t exchanges() const { return exchanges_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  TallyShape shape_;
  std::vector<FixedCount> lookups_;       // [cohort][bin][outcome]
  std::vector<FixedCount> queries_;       // [cohort][bin][outcome]
  std::vector<FixedCount> load_queries_;  // [site][bin]
  std::vector<FixedCount> load_octets_;   // [site][bin]
  std::map<EdeKey, FixedCount> ede_;
  std::vector<Milestones> milestones_;
  std::uint64_t resolutions_ = 0;
  std::uint64_t exchanges_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace zonefall::outcome
