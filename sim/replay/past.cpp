#include "replay/past.h"

#include <algorithm>
#include <tuple>

#include "zonefall/core/hash.h"
#include "zonefall/core/rng.h"

namespace zonefall::replay {

namespace {

// What a cache holds of one name. The first three are renewed along with an answer.
enum Piece : std::size_t { delegation, delegation_ds, keys, answer_a, answer_aaaa };
constexpr std::size_t pieces = 5;
constexpr std::size_t first_answer = answer_a;

// Nothing is of use for longer; sums of times stay within bounds.
constexpr Duration longest_use = Duration::days(30);

struct Lasting {
  std::array<Duration, pieces> fresh;   // how long a piece answers
  std::array<Duration, pieces> usable;  // and how long it may be of use after that
};

Lasting lasting(const Lifetimes& lifetimes, const resolver::ResolverProfile& profile) {
  const resolver::CacheLimits& cache = profile.cache;
  const auto bounded = [&](Duration ttl) {
    if (ttl == Duration()) return ttl;
    return std::clamp(ttl, cache.ttl_min, std::max(cache.ttl_min, cache.ttl_max));
  };
  Lasting out{};
  out.fresh[delegation] = bounded(lifetimes.delegation);
  out.fresh[delegation_ds] = bounded(lifetimes.delegation_ds);
  out.fresh[keys] = bounded(lifetimes.keys);
  for (std::size_t half = 0; half < lifetimes.answers.size(); ++half) {
    const Lifetimes::Answer& answer = lifetimes.answers[half];
    const Duration ttl = bounded(answer.ttl);
    out.fresh[first_answer + half] = answer.negative ? std::min(ttl, cache.negative_ttl_max) : ttl;
    if (profile.serve_stale.enabled) {
      out.usable[first_answer + half] = std::min(profile.serve_stale.max_stale, longest_use);
    }
  }
  return out;
}

/// A query that fetched something.
struct Fetch {
  SimTime at;
  std::size_t half = 0;
  bool happened = false;
};

/// What else was there when something was fetched: its delegation, DS and keys, and those two for
/// the keys. (A DS is never older than the delegation.)
using Needs = std::array<Fetch, 5>;

// A lookup may stand there once already, for its other half.
void add_fetch(std::uint64_t id, const Fetch& fetch, std::size_t first,
               std::vector<PastLookup>& past) {
  if (!fetch.happened) return;
  const auto same = std::find_if(past.begin() + static_cast<std::ptrdiff_t>(first), past.end(),
                                 [&](const PastLookup& p) { return p.at == fetch.at; });
  if (same == past.end()) {
    past.push_back({fetch.at, id, {fetch.half == 0, fetch.half == 1}});
  } else {
    same->asks[fetch.half] = true;
  }
}

/// Keeps the earliest lookup of each stretch of anchor_gap, with what it needs: without that it
/// would fetch what it found there, and what is fetched later would be younger than it is.
class Anchors {
 public:
  Anchors(SimTime from, SimTime until)
      : from_(from),
        earliest_(static_cast<std::size_t>((until - from).to_nanoseconds() /
                                           anchor_gap.to_nanoseconds()) +
                  1) {}
  void consider(const PastLookup& lookup, const Needs& needs) {
    const std::int64_t since = (lookup.at - from_).to_nanoseconds();
    Anchor& earliest = earliest_[static_cast<std::size_t>(since / anchor_gap.to_nanoseconds())];
    const bool is_empty = !earliest.lookup.asks[0] && !earliest.lookup.asks[1];
    if (is_empty || lookup.at < earliest.lookup.at) earliest = {lookup, needs};
  }
  void add_to(std::vector<PastLookup>& past) const {
    for (const Anchor& anchor : earliest_) {
      if (!anchor.lookup.asks[0] && !anchor.lookup.asks[1]) continue;
      const std::size_t first = past.size();
      past.push_back(anchor.lookup);
      for (const Fetch& need : anchor.needs) add_fetch(anchor.lookup.id, need, first, past);
    }
  }

 private:
  struct Anchor {
    PastLookup lookup;
    Needs needs;
  };
  SimTime from_;
  std::vector<Anchor> earliest_;
};

/// One name's lookups that its cached pieces cannot answer, from the past's beginning on.
class Chain {
 public:
  Chain(const Lasting& lasting, SimTime from) : lasting_(lasting) { until_.fill(from); }

  // A delegation that is there at the beginning, with some of its time gone.
  void begin_with_delegation(Duration left) {
    for (const Piece piece : {delegation, delegation_ds, keys}) {
      until_[piece] += std::min(left, lasting_.fresh[piece]);
    }
  }

  [[nodiscard]] SimTime next_expiry() const {
    return std::min(until_[answer_a], until_[answer_aaaa]);
  }

  // Which answers are asked for upstream at `at`; what is renewed with them is noted.
  std::array<bool, 2> miss(SimTime at) {
    std::array<bool, 2> asks{};
    for (std::size_t half = 0; half < asks.size(); ++half) {
      asks[half] = renew_if_expired(first_answer + half, at, half);
    }
    const std::size_t half = asks[0] ? 0 : 1;
    if (renew_if_expired(delegation, at, half)) until_[delegation_ds] = at;  // they come together
    renew_if_expired(delegation_ds, at, half);
    const bool has_new_keys = renew_if_expired(keys, at, half);
    const Fetch& referral = last_[delegation].fetch;
    const Fetch& ds = last_[delegation_ds].fetch;
    if (has_new_keys) last_[keys].needs = {referral, ds};
    const Renewal& of_keys = last_[keys];
    needs_ = {referral, ds, of_keys.fetch, of_keys.needs[0], of_keys.needs[1]};
    for (const Piece piece : {answer_a, answer_aaaa, delegation, delegation_ds}) {
      if (last_[piece].fetch.happened && last_[piece].fetch.at == at) last_[piece].needs = needs_;
    }
    return asks;
  }
  /// Of the last miss.
  [[nodiscard]] const Needs& needs() const { return needs_; }

  // The lookups whose traces are there at `until`, and what they need.
  void add_kept(std::uint64_t id, SimTime until, std::vector<PastLookup>& past) const {
    const std::size_t first = past.size();
    for (std::size_t piece = 0; piece < pieces; ++piece) {
      const Renewal& last = last_[piece];
      if (!last.fetch.happened || until_[piece] + lasting_.usable[piece] <= until) continue;
      add_fetch(id, last.fetch, first, past);
      for (const Fetch& need : last.needs) add_fetch(id, need, first, past);
    }
  }

 private:
  struct Renewal {
    Fetch fetch;
    Needs needs;
  };

  bool renew_if_expired(std::size_t piece, SimTime at, std::size_t half) {
    if (at < until_[piece]) return false;
    until_[piece] = at + lasting_.fresh[piece];
    last_[piece].fetch = {at, half, true};
    return true;
  }

  const Lasting& lasting_;
  std::array<SimTime, pieces> until_;
  std::array<Renewal, pieces> last_;
  Needs needs_;
};

bool is_known(const Lifetimes& lifetimes) {
  return lifetimes.answers[0].ttl > Duration() || lifetimes.answers[1].ttl > Duration();
}

/// A name and one of the sources that ask for it.
struct Asked {
  std::uint64_t id = 0;
  const Lifetimes& lifetimes;
  Duration gap;
  std::uint64_t source = 0;  // names its streams, within the resolver's
};

void add_past_of(const Asked& asked, const PastPlan& plan, SimTime from, Anchors& anchors,
                 std::vector<PastLookup>& past) {
  if (!is_known(asked.lifetimes) || asked.gap > seldom) return;
  const Lasting lasts = lasting(asked.lifetimes, plan.profile);
  const std::uint64_t entity = hash_combine(plan.entity, asked.source);
  clients::ArrivalStream arrivals({plan.seed, entity, purpose("replay: past")}, asked.gap);
  Chain chain(lasts, from);
  // In a steady state a delegation is there with probability T / (T + gap), at a uniform age.
  const Duration fresh = lasts.fresh[delegation];
  Rng draws({plan.seed, entity, purpose("replay: past delegation")});
  const auto fresh_s = static_cast<std::uint64_t>(fresh.to_seconds());
  const auto gap_s = static_cast<std::uint64_t>(asked.gap.to_seconds());
  if (fresh_s > 0 && draws.chance(fresh_s, fresh_s + gap_s)) {
    chain.begin_with_delegation(Duration::nanoseconds(static_cast<std::int64_t>(
        draws.below(static_cast<std::uint64_t>(fresh.to_nanoseconds())))));
  }
  while (true) {
    const SimTime at = arrivals.next(plan.curve, std::max(from, chain.next_expiry()));
    if (at >= plan.until) break;
    const std::array<bool, 2> asks = chain.miss(at);
    anchors.consider({at, asked.id, asks}, chain.needs());
    from = at;
  }
  chain.add_kept(asked.id, plan.until, past);
}

// By time, and a lookup that was kept for two reasons only once.
std::vector<PastLookup> in_order(std::vector<PastLookup> past) {
  std::sort(past.begin(), past.end(), [](const PastLookup& a, const PastLookup& b) {
    return std::tie(a.at, a.id) < std::tie(b.at, b.id);
  });
  std::size_t kept = 0;
  for (const PastLookup& lookup : past) {
    PastLookup* last = kept == 0 ? nullptr : &past[kept - 1];
    if (last != nullptr && last->at == lookup.at && last->id == lookup.id) {
      for (std::size_t half = 0; half < lookup.asks.size(); ++half) {
        last->asks[half] = last->asks[half] || lookup.asks[half];
      }
    } else {
      past[kept++] = lookup;
    }
  }
  past.resize(kept);
  return past;
}

}  // namespace

SimTime past_begin(const PastPlan& plan) {
  Rng rng({plan.seed, plan.entity, purpose("replay: past begin")});
  const auto half = static_cast<std::uint64_t>(plan.past.to_nanoseconds() / 2);
  return plan.until - plan.past +
         Duration::nanoseconds(static_cast<std::int64_t>(rng.below(half + 1)));
}

std::vector<PastLookup> thinned_past(const PastPlan& plan) {
  const SimTime from = past_begin(plan);
  Anchors anchors(from, plan.until);
  std::vector<PastLookup> past;
  for (std::uint32_t rank = 0; rank < plan.lifetimes.head.size(); ++rank) {
    const Asked asked{plan.popularity.head_id(rank), plan.lifetimes.head[rank],
                      plan.popularity.gap_of(rank, plan.gap_of_all), rank};
    add_past_of(asked, plan, from, anchors, past);
  }
  const Duration tail_gap = plan.popularity.gap_of_tail_name(plan.gap_of_all);
  if (tail_gap <= seldom) {
    for (std::uint64_t id = 0; id < plan.lifetimes.all.size(); ++id) {
      const std::uint64_t source = plan.lifetimes.head.size() + id;
      add_past_of({id, plan.lifetimes.all[id], tail_gap, source}, plan, from, anchors, past);
    }
  }
  anchors.add_to(past);
  return in_order(std::move(past));
}

}  // namespace zonefall::replay
