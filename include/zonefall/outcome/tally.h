// What a run counts: outcomes, errors, load and milestones, as integers that add up in any order.
//
// A worker fills a Tally of its own; merging is addition, so threads, processes and hosts give the
// same bits. Counts are fixed-point because hits on a standing answer are counted as rate x time.
// Reads what happened; decides nothing. A cohort, site or resolver outside the shape is a broken
// invariant; a time outside the bins is not counted. Counting is inline: it happens for every
// reply of a run.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "zonefall/core/assert.h"
#include "zonefall/core/fixed.h"
#include "zonefall/core/time.h"
#include "zonefall/outcome/name_class.h"
#include "zonefall/resolver/actions.h"

namespace zonefall::outcome {

/// What a client ended with: the closed list of outcomes.
enum class Outcome : std::uint8_t {
  secure,
  insecure,
  unvalidated,  // the resolver does not validate, or CD
  under_nta,
  stale,                 // RFC 8767, positive or negative
  nxdomain,              // a usable "no such name", whatever its security; NODATA counts by it
  bogus_servfail,        // validation failed for this very query
  cached_servfail,       // from a failure cache
  unreachable_servfail,  // no server answered in time
  limit_servfail,        // a bound on work
  timeout,               // the client got no reply in time
  bogus,                 // failed validation, and given all the same: the resolver is permissive
};
inline constexpr std::size_t outcome_count = 12;

/// All outcomes, in order.
std::array<Outcome, outcome_count> all_outcomes();
/// The enumerator's name.
std::string_view to_text(Outcome outcome);
/// What the outcome means, as one phrase for people.
std::string_view meaning(Outcome outcome);
/// Of a reply that arrived; `timeout` is for the host to say.
Outcome outcome_of(const resolver::ClientReply& reply);
/// SERVFAIL of any kind, or no reply: the client has nothing to use.
bool is_failure(Outcome outcome);

/// What may be wrong with the data of an answer, whatever its outcome: who got it is sent to a
/// place where nobody wants him to be.
enum class Harm : std::uint8_t {
  outdated,  // stale, and not what the authoritative servers publish by then
  spoofed,   // somebody else's, who forged a response
};
inline constexpr std::size_t harm_count = 2;

/// All of them, in order.
std::array<Harm, harm_count> all_harms();
/// The enumerator's name.
std::string_view to_text(Harm harm);
/// What it means, as one phrase for people.
std::string_view meaning(Harm harm);

/// The time axis: `count` bins of equal width > 0 from `from`. Times outside are not counted.
struct Bins {
  SimTime from;
  Duration width = Duration::minutes(10);
  std::uint32_t count = 0;

  [[nodiscard]] SimTime until() const { return from + width * count; }
  [[nodiscard]] SimTime start_of(std::uint32_t bin) const { return from + width * bin; }
  [[nodiscard]] bool contains(SimTime at) const { return at >= from && at < until(); }
  /// `at` must be contained.
  [[nodiscard]] std::uint32_t index(SimTime at) const {
    ZF_ASSERT(contains(at));
    return static_cast<std::uint32_t>((at - from).to_nanoseconds() / width.to_nanoseconds());
  }
  bool operator==(const Bins&) const = default;
};

struct TallyShape {
  Bins bins;
  std::uint32_t cohorts = 0;
  std::uint32_t sites = 0;  // authoritative sites, all servers together
  std::uint32_t resolvers = 0;
  bool operator==(const TallyShape&) const = default;
};

/// Milestones of one resolver. Firsts are SimTime::max() for "never", lasts SimTime::min(). One
/// resolver is recorded in one tally, in time order.
struct Milestones {
  SimTime first_failure = SimTime::max();
  SimTime last_failure = SimTime::min();
  SimTime nta_installed = SimTime::max();                     // the first time
  SimTime nta_removed = SimTime::min();                       // min(): one may still stand
  SimTime first_success_after_last_failure = SimTime::max();  // max(): not recovered

  /// A client of the resolver ended with a failure / with something to use.
  void record_failure(SimTime at);
  void record_success(SimTime at) {
    if (failed() && !recovered() && at > last_failure) first_success_after_last_failure = at;
  }
  /// Its operator installed an NTA / the last NTA that stood was removed or ran out.
  void record_nta_installed(SimTime at);
  void record_nta_removed(SimTime at);

  [[nodiscard]] bool failed() const { return first_failure != SimTime::max(); }
  [[nodiscard]] bool recovered() const {
    return first_success_after_last_failure != SimTime::max();
  }
  /// Earliest of firsts, latest of lasts; the recovery is that of the later last failure.
  void merge(const Milestones& other);
  bool operator==(const Milestones&) const = default;
};

class Tally {
 public:
  explicit Tally(const TallyShape& shape);

  /// One lookup, by what its client ended with. / One query, by what came back.
  void count_lookups(std::uint32_t cohort, SimTime at, Outcome outcome, FixedCount n,
                     NameClass names = NameClass::rare_unsigned) {
    if (!shape_.bins.contains(at)) return;
    lookups_[class_cell(cell(cohort, shape_.bins.index(at), outcome), names)] += n;
  }
  void count_queries(std::uint32_t cohort, SimTime at, Outcome outcome, FixedCount n) {
    if (shape_.bins.contains(at)) queries_[cell(cohort, shape_.bins.index(at), outcome)] += n;
  }
  /// Of the lookups, those whose client ended with such data.
  void count_harm(std::uint32_t cohort, SimTime at, Harm harm, FixedCount n) {
    if (shape_.bins.contains(at)) harmed_[harm_cell(cohort, shape_.bins.index(at), harm)] += n;
  }
  void count_ede(std::uint32_t cohort, SimTime at, std::uint16_t code, FixedCount n) {
    if (!shape_.bins.contains(at)) return;
    const EdeKey key{cohort, shape_.bins.index(at), code};
    if (code < registered_ede_codes) {
      ede_[ede_cell(key)] += n;
    } else {
      other_ede(key) += n;
    }
  }
  /// Queries and reply octets at an authoritative site.
  void count_load(std::uint32_t site, SimTime at, FixedCount queries, FixedCount octets) {
    if (!shape_.bins.contains(at)) return;
    Load& load = load_[load_cell(site, shape_.bins.index(at))];
    load.queries += queries;
    load.octets += octets;
  }
  /// Resolutions and upstream exchanges, over the whole run.
  void count_work(std::uint64_t resolutions, std::uint64_t exchanges, std::uint64_t events) {
    resolutions_ += resolutions;
    exchanges_ += exchanges;
    events_ += events;
  }
  Milestones& milestones(std::uint32_t resolver) {
    ZF_ASSERT(resolver < shape_.resolvers);
    return milestones_[resolver];
  }

  /// Adds another tally of the same shape: commutative and associative.
  void merge(const Tally& other);
  void clear();

  [[nodiscard]] const TallyShape& shape() const { return shape_; }
  /// Of all classes of names, which is the sum of / those of one class.
  [[nodiscard]] FixedCount lookups(std::uint32_t cohort, std::uint32_t bin, Outcome o) const;
  [[nodiscard]] FixedCount lookups_of(NameClass names, std::uint32_t cohort, std::uint32_t bin,
                                      Outcome o) const {
    return lookups_[class_cell(cell(cohort, bin, o), names)];
  }
  /// Whether any lookup of such names was counted.
  [[nodiscard]] bool has(NameClass names) const;
  [[nodiscard]] FixedCount queries(std::uint32_t cohort, std::uint32_t bin, Outcome o) const {
    return queries_[cell(cohort, bin, o)];
  }
  [[nodiscard]] FixedCount harmed(std::uint32_t cohort, std::uint32_t bin, Harm harm) const {
    return harmed_[harm_cell(cohort, bin, harm)];
  }
  [[nodiscard]] FixedCount load_queries(std::uint32_t site, std::uint32_t bin) const {
    return load_[load_cell(site, bin)].queries;
  }
  [[nodiscard]] FixedCount load_octets(std::uint32_t site, std::uint32_t bin) const {
    return load_[load_cell(site, bin)].octets;
  }
  /// Counts by (cohort, bin, code) in that order, zeros left out. Collected at each call.
  struct EdeKey {
    std::uint32_t cohort = 0;
    std::uint32_t bin = 0;
    std::uint16_t code = 0;
    auto operator<=>(const EdeKey&) const = default;
  };
  [[nodiscard]] std::map<EdeKey, FixedCount> ede() const;
  [[nodiscard]] const Milestones& milestones(std::uint32_t resolver) const {
    ZF_ASSERT(resolver < shape_.resolvers);
    return milestones_[resolver];
  }
  [[nodiscard]] std::uint64_t resolutions() const { return resolutions_; }
  [[nodiscard]] std::uint64_t exchanges() const { return exchanges_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  bool operator==(const Tally&) const = default;

 private:
  // IANA has registered codes below this; they are counted in an array, all others in a map.
  static constexpr std::size_t registered_ede_codes = 34;

  struct Load {
    FixedCount queries;
    FixedCount octets;
    bool operator==(const Load&) const = default;
  };

  [[nodiscard]] std::size_t cohort_bin(std::uint32_t cohort, std::uint32_t bin) const {
    ZF_ASSERT(cohort < shape_.cohorts && bin < shape_.bins.count);
    return std::size_t{cohort} * shape_.bins.count + bin;
  }
  [[nodiscard]] std::size_t cell(std::uint32_t cohort, std::uint32_t bin, Outcome outcome) const {
    const auto column = static_cast<std::size_t>(outcome);
    ZF_ASSERT(column < outcome_count);
    return cohort_bin(cohort, bin) * outcome_count + column;
  }
  [[nodiscard]] static std::size_t class_cell(std::size_t cell, NameClass names) {
    const auto column = static_cast<std::size_t>(names);
    ZF_ASSERT(column < name_class_count);
    return cell * name_class_count + column;
  }
  [[nodiscard]] std::size_t harm_cell(std::uint32_t cohort, std::uint32_t bin, Harm harm) const {
    return cohort_bin(cohort, bin) * harm_count + static_cast<std::size_t>(harm);
  }
  [[nodiscard]] std::size_t ede_cell(const EdeKey& key) const {
    return cohort_bin(key.cohort, key.bin) * registered_ede_codes + key.code;
  }
  [[nodiscard]] std::size_t load_cell(std::uint32_t site, std::uint32_t bin) const {
    ZF_ASSERT(site < shape_.sites && bin < shape_.bins.count);
    return std::size_t{site} * shape_.bins.count + bin;
  }
  FixedCount& other_ede(const EdeKey& key);

  TallyShape shape_;
  std::vector<FixedCount> lookups_;  // [cohort][bin][outcome][class of names]
  std::vector<FixedCount> queries_;  // [cohort][bin][outcome]
  std::vector<FixedCount> harmed_;   // [cohort][bin][harm]
  std::vector<FixedCount> ede_;      // [cohort][bin][code]
  std::map<EdeKey, FixedCount> other_ede_;
  std::vector<Load> load_;              // [site][bin]
  std::vector<Milestones> milestones_;  // [resolver]
  std::uint64_t resolutions_ = 0;
  std::uint64_t exchanges_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace zonefall::outcome
