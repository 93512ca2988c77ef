// The past of a resolver: the lookups before a run that still matter when it begins.
//
// A run must not begin with empty caches, and hours of warm-up do not help: caches filled in one
// moment also run out in one. So each resolver lives through days of its clients' demand before
// the run, thinned to what leaves a trace. For each popular name the arrivals that its cached
// pieces cannot answer follow one another by arithmetic alone (an expiry, then an exponential
// wait); the last one that renewed a piece (delegation, DS, keys, A, AAAA) is kept if the piece is
// still usable at the run's beginning, and with it those that fetched what it found there
// (but not the keys that those found, where they were renewed since). The
// resolver then lives through the kept lookups by its own code against the servers of that time:
// what is in its cache is of its own making, with true times. What names share (the TLD's own
// delegation and keys, addresses of name servers) is kept alive by one lookup in each `anchor_gap`;
// each resolver's past begins at an instant of its own, so that what is renewed in a fixed rhythm
// has no common phase.
//
// Names that are asked for less than once in `seldom` (nearly all of the tail of a TLD) have no
// past: hardly any of them is in a cache.
#pragma once

#include <cstdint>
#include <vector>

#include "zonefall/clients/demand.h"
#include "zonefall/core/time.h"
#include "zonefall/replay/world.h"
#include "zonefall/resolver/profile.h"

namespace zonefall::replay {

/// A lookup of the past, or half of one.
struct PastLookup {
  SimTime at;
  std::uint64_t id = 0;
  std::array<bool, 2> asks = {false, false};  // A, AAAA
};

inline constexpr Duration anchor_gap = Duration::minutes(30);
inline constexpr Duration seldom = Duration::days(10);

struct KnownLifetimes {
  std::vector<Lifetimes> head;  // by rank
  std::vector<Lifetimes> all;   // by population id; empty: unknown
};

struct PastPlan {
  const clients::Popularity& popularity;
  const KnownLifetimes& lifetimes;
  const clients::DiurnalCurve& curve;
  const resolver::ResolverProfile& profile;
  Duration gap_of_all;  // between lookups at the curve's mean
  std::uint64_t seed = 0;
  std::uint64_t entity = 0;
  SimTime until;  // where the lead-in begins
  Duration past;  // World::past
};

/// Where the past of this resolver begins: `past` before, or up to half of that later.
SimTime past_begin(const PastPlan& plan);

/// In order of time.
std::vector<PastLookup> thinned_past(const PastPlan& plan);

}  // namespace zonefall::replay
