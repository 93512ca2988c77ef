#include "zonefall/outcome/tally.h"

#include <algorithm>

namespace zonefall::outcome {
namespace {

void add(std::vector<FixedCount>& sums, const std::vector<FixedCount>& others) {
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += others[i];
}

template <typename T>
void set_to_zero(std::vector<T>& values) {
  std::fill(values.begin(), values.end(), T{});
}

}  // namespace

std::array<Outcome, outcome_count> all_outcomes() {
  std::array<Outcome, outcome_count> all{};
  for (std::size_t i = 0; i < outcome_count; ++i) all[i] = static_cast<Outcome>(i);
  return all;
}

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::secure: return "secure";
    case Outcome::insecure: return "insecure";
    case Outcome::unvalidated: return "unvalidated";
    case Outcome::under_nta: return "under_nta";
    case Outcome::stale: return "stale";
    case Outcome::nxdomain: return "nxdomain";
    case Outcome::bogus_servfail: return "bogus_servfail";
    case Outcome::cached_servfail: return "cached_servfail";
    case Outcome::unreachable_servfail: return "unreachable_servfail";
    case Outcome::limit_servfail: return "limit_servfail";
    case Outcome::timeout: return "timeout";
    case Outcome::bogus: return "bogus";
  }
  return "";
}

std::string_view meaning(Outcome outcome) {
  switch (outcome) {
    case Outcome::secure: return "answer, validated";
    case Outcome::insecure: return "answer, proved to need no signature";
    case Outcome::unvalidated: return "answer, validation off or waived by CD";
    case Outcome::under_nta: return "answer, not validated because of a negative trust anchor";
    case Outcome::stale: return "expired answer, kept (RFC 8767)";
    case Outcome::nxdomain: return "no such name, usable";
    case Outcome::bogus_servfail: return "SERVFAIL, validation failed for this query";
    case Outcome::cached_servfail: return "SERVFAIL, from a failure cache";
    case Outcome::unreachable_servfail: return "SERVFAIL, no server gave a usable response in time";
    case Outcome::limit_servfail: return "SERVFAIL, a bound on work was reached";
    case Outcome::timeout: return "no reply in time";
    case Outcome::bogus: return "answer, given although validation failed";
  }
  return "";
}

Outcome outcome_of(const resolver::ClientReply& reply) {
  using resolver::Served;
  const bool no_such_name = reply.rcode == dns::Rcode::nxdomain;
  switch (reply.served) {
    case Served::secure: return no_such_name ? Outcome::nxdomain : Outcome::secure;
    case Served::insecure: return no_such_name ? Outcome::nxdomain : Outcome::insecure;
    case Served::unvalidated: return no_such_name ? Outcome::nxdomain : Outcome::unvalidated;
    case Served::under_nta: return no_such_name ? Outcome::nxdomain : Outcome::under_nta;
    case Served::stale: return Outcome::stale;
    case Served::failed_bogus: return Outcome::bogus_servfail;
    case Served::failed_cached: return Outcome::cached_servfail;
    case Served::failed_unreachable: return Outcome::unreachable_servfail;
    case Served::failed_limit: return Outcome::limit_servfail;
    case Served::bogus: return no_such_name ? Outcome::nxdomain : Outcome::bogus;
  }
  return Outcome::limit_servfail;
}

bool is_failure(Outcome outcome) {
  switch (outcome) {
    case Outcome::secure:
    case Outcome::insecure:
    case Outcome::unvalidated:
    case Outcome::under_nta:
    case Outcome::stale:
    case Outcome::nxdomain:
    case Outcome::bogus: return false;
    case Outcome::bogus_servfail:
    case Outcome::cached_servfail:
    case Outcome::unreachable_servfail:
    case Outcome::limit_servfail:
    case Outcome::timeout: return true;
  }
  return true;
}

std::array<Harm, harm_count> all_harms() {
  return {Harm::outdated, Harm::spoofed};
}

std::string_view to_text(Harm harm) {
  switch (harm) {
    case Harm::outdated: return "outdated";
    case Harm::spoofed: return "spoofed";
  }
  return "";
}

std::string_view meaning(Harm harm) {
  switch (harm) {
    case Harm::outdated: return "stale data that its owner had changed by then";
    case Harm::spoofed: return "data that an attacker had forged";
  }
  return "";
}

void Milestones::record_failure(SimTime at) {
  first_failure = std::min(first_failure, at);
  last_failure = std::max(last_failure, at);
  // A success before this failure was no recovery.
  if (at >= first_success_after_last_failure) first_success_after_last_failure = SimTime::max();
}

void Milestones::record_nta_installed(SimTime at) {
  nta_installed = std::min(nta_installed, at);
  nta_removed = SimTime::min();
}

void Milestones::record_nta_removed(SimTime at) {
  ZF_ASSERT(nta_installed <= at);
  nta_removed = std::max(nta_removed, at);
}

void Milestones::merge(const Milestones& other) {
  first_failure = std::min(first_failure, other.first_failure);
  nta_installed = std::min(nta_installed, other.nta_installed);
  nta_removed = std::max(nta_removed, other.nta_removed);
  // The order of the pairs is total, so that merging commutes.
  if (other.last_failure > last_failure) {
    last_failure = other.last_failure;
    first_success_after_last_failure = other.first_success_after_last_failure;
  } else if (other.last_failure == last_failure) {
    first_success_after_last_failure =
        std::min(first_success_after_last_failure, other.first_success_after_last_failure);
  }
}

Tally::Tally(const TallyShape& shape) : shape_(shape) {
  ZF_ASSERT(shape.bins.width > Duration());
  ZF_ASSERT(shape.bins.until() >= shape.bins.from);  // and it is an instant that exists
  const std::size_t cohort_bins = std::size_t{shape.cohorts} * shape.bins.count;
  lookups_.resize(cohort_bins * outcome_count * name_class_count);
  queries_.resize(cohort_bins * outcome_count);
  harmed_.resize(cohort_bins * harm_count);
  ede_.resize(cohort_bins * registered_ede_codes);
  load_.resize(std::size_t{shape.sites} * shape.bins.count);
  milestones_.resize(shape.resolvers);
}

FixedCount Tally::lookups(std::uint32_t cohort, std::uint32_t bin, Outcome o) const {
  const std::size_t first = cell(cohort, bin, o) * name_class_count;
  FixedCount sum;
  for (std::size_t i = 0; i < name_class_count; ++i) sum += lookups_[first + i];
  return sum;
}

bool Tally::has(NameClass names) const {
  for (std::size_t i = class_cell(0, names); i < lookups_.size(); i += name_class_count) {
    if (lookups_[i] != FixedCount()) return true;
  }
  return false;
}

void Tally::merge(const Tally& other) {
  ZF_ASSERT(shape_ == other.shape_);
  add(lookups_, other.lookups_);
  add(queries_, other.queries_);
  add(harmed_, other.harmed_);
  add(ede_, other.ede_);
  for (const auto& [key, n] : other.other_ede_) other_ede_[key] += n;
  for (std::size_t i = 0; i < load_.size(); ++i) {
    load_[i].queries += other.load_[i].queries;
    load_[i].octets += other.load_[i].octets;
  }
  for (std::size_t i = 0; i < milestones_.size(); ++i) milestones_[i].merge(other.milestones_[i]);
  count_work(other.resolutions_, other.exchanges_, other.events_);
}

void Tally::clear() {
  set_to_zero(lookups_);
  set_to_zero(queries_);
  set_to_zero(harmed_);
  set_to_zero(ede_);
  other_ede_.clear();
  set_to_zero(load_);
  set_to_zero(milestones_);
  resolutions_ = 0;
  exchanges_ = 0;
  events_ = 0;
}

FixedCount& Tally::other_ede(const EdeKey& key) {
  static_cast<void>(cohort_bin(key.cohort, key.bin));  // holds the bounds
  return other_ede_[key];
}

std::map<Tally::EdeKey, FixedCount> Tally::ede() const {
  std::map<EdeKey, FixedCount> counts;
  for (std::uint32_t cohort = 0; cohort < shape_.cohorts; ++cohort) {
    for (std::uint32_t bin = 0; bin < shape_.bins.count; ++bin) {
      for (std::uint16_t code = 0; code < registered_ede_codes; ++code) {
        const EdeKey key{cohort, bin, code};
        const FixedCount n = ede_[ede_cell(key)];
        if (n != FixedCount()) counts.emplace_hint(counts.end(), key, n);
      }
    }
  }
  for (const auto& [key, n] : other_ede_) {
    if (n != FixedCount()) counts.emplace(key, n);
  }
  return counts;
}

}  // namespace zonefall::outcome
