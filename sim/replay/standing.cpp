// Popular names: one event a change of cache state, and the hits between as rate times time.
#include <algorithm>

#include "replay/group.h"
#include "zonefall/core/words.h"

namespace zonefall::replay {

using engine::Phase;

namespace {

// Of a stream with this mean gap in `amount` of time at the curve's mean.
FixedCount expected(Duration amount, Duration mean_gap) {
  const auto raw = static_cast<uint128>(amount.to_nanoseconds())
                   << static_cast<unsigned>(FixedCount::fraction_bits);
  return FixedCount::from_raw(
      static_cast<std::int64_t>(raw / static_cast<uint128>(mean_gap.to_nanoseconds())));
}

}  // namespace

// An arrival that only meets standing answers stands for all that would come before they end; the
// stream has no memory, so it goes on from there.
void Group::arrive_own(std::uint32_t place, std::uint64_t rank) {
  const std::uint64_t id = cohort_.popularity->head_id(static_cast<std::uint32_t>(rank));
  const std::size_t slot = look_up(place, {id, Asker::own});
  Node& node = nodes_[place];
  SimTime from = now_;
  if (const auto until = stands_until(slot, node)) {
    from = *until;
    if (hits_ == Hits::rate_times_time) {
      count_hits(slot, node.own[rank].mean_gap(), from);
    } else {
      node.standing_until[rank] = from;
      schedule_hit(place, rank);
    }
  }
  schedule_own(place, rank, from);
}

// What an operator is going to do ends all promises.
std::optional<SimTime> Group::stands_until(std::size_t slot, const Node& node) const {
  if (lookups_[slot].open_halves > 0) return std::nullopt;
  const auto until = standing_until(lookups_[slot]);
  if (!until) return std::nullopt;
  SimTime first = std::min(*until, world_.until);
  for (const SimTime at : node.actions_at) {
    if (at >= now_) first = std::min(first, at);
  }
  return first > now_ ? std::optional(first) : std::nullopt;
}

void Group::count_hits(std::size_t slot, Duration mean_gap, SimTime until) {
  const Lookup& lookup = lookups_[slot];
  const outcome::Bins& bins = tally_->shape().bins;
  const std::uint32_t cohort = place_.cohort;
  SimTime from = std::max(now_, bins.from);
  while (from < std::min(until, bins.until())) {
    const SimTime bin_end = bins.start_of(bins.index(from)) + bins.width;
    const SimTime to = std::min(until, bin_end);
    const FixedCount n = expected(cohort_.curve.amount(from, to), mean_gap);
    tally_->count_lookups(cohort, from, lookup.halves[deciding_half(lookup)].outcome, n,
                          lookup.name_class);
    for (const Half& half : lookup.halves) {
      tally_->count_queries(cohort, from, half.outcome, n);
      if (half.ede) tally_->count_ede(cohort, from, static_cast<std::uint16_t>(*half.ede), n);
    }
    from = to;
  }
  count_harm_of_hits(lookup, mean_gap, until);
}

// A stale answer may become wrong while it stands.
void Group::count_harm_of_hits(const Lookup& lookup, Duration mean_gap, SimTime until) {
  const std::size_t place = deciding_half(lookup);
  const Half& half = lookup.halves[place];
  const bool may_change = half.standing_stale != nullptr;
  if (!half.harm && !may_change) return;
  const Judge::Given given{lookup.name, type_of_half(place), half.outcome,
                           half.standing_stale.get()};
  const SimTime change = may_change ? world_.names->changes_at(lookup.name) : SimTime::max();
  const outcome::Bins& bins = tally_->shape().bins;
  const SimTime end = std::min(until, bins.until());
  for (SimTime from = std::max(now_, bins.from); from < end;) {
    SimTime to = std::min(end, bins.start_of(bins.index(from)) + bins.width);
    if (from < change) to = std::min(to, change);
    const auto harm = may_change ? judge_.harm_of(given, from) : half.harm;
    if (harm) {
      const FixedCount n = expected(cohort_.curve.amount(from, to), mean_gap);
      tally_->count_harm(place_.cohort, from, *harm, n);
    }
    from = to;
  }
}

void Group::schedule_hit(std::uint32_t place, std::uint64_t rank) {
  Node& node = nodes_[place];
  const SimTime at = node.hits[rank].next(cohort_.curve, now_);
  if (at < node.standing_until[rank]) push(place, at, Phase::arrival, {What::hit, place, rank});
}

void Group::hit(std::uint32_t place, std::uint64_t rank) {
  const std::uint64_t id = cohort_.popularity->head_id(static_cast<std::uint32_t>(rank));
  const std::size_t slot = look_up(place, {id, Asker::hit});
  // That nothing changed shows in the run's fingerprint. An operator who watches and sees nothing
  // lets answers stand longer than was promised.
  const Node& node = nodes_[place];
  const SimTime promised = node.standing_until[rank];
  const auto until = stands_until(slot, node);
  const bool is_kept = until && (node.is_watched ? *until >= promised : *until == promised);
  if (!is_kept) broken_promises_ += 1;
  schedule_hit(place, rank);
}

}  // namespace zonefall::replay
