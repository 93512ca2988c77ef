// A small world for tests: a signed root, a TLD of 5,000 members with the `.de` fault or without,
// a hosting provider, and resolvers of several kinds. A few seconds of run for two hours of UTC.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "zonefall/authority/zone_finder.h"
#include "zonefall/registry/registry.h"
#include "zonefall/replay/replay.h"

namespace zonefall::replay::testing {

/// 18:00 on 2026-05-05, plus minutes.
SimTime minute(std::int64_t n);

inline constexpr std::int64_t counted_from = 30;  // minutes; the run starts at 0
inline constexpr std::int64_t fault_at = 60;      // a new key signs everything
inline constexpr std::int64_t repair_at = 105;    // the old key signs everything again
inline constexpr std::int64_t released_at = 110;  // the last site serves the repaired zone
inline constexpr std::int64_t counted_until = 150;

inline constexpr std::uint64_t members = 5'000;
inline constexpr std::uint64_t missing_names = 250;  // asked for, but they do not exist

/// The registry's run. `once_per_hsm` is the fault: three HSMs, one published key.
struct Tld {
  struct Settings {
    registry::KeyGeneration generation = registry::KeyGeneration::once_for_all_hsms;
    std::uint64_t seed = 5;  // draws when each RRset is signed, and in which HSM
    authority::ZoneContentPtr content = nullptr;  // null: made anew
  };
  explicit Tld(Settings settings);
  registry::KeyStore keys;
  authority::ZoneContentPtr content;
  registry::RegistryRun run;
  authority::ProceduralPopulationSettings population;
  dns::RRsetPtr parent_ds;
  dns::Name apex_nsec3;
};
/// Made once for each.
const Tld& healthy_tld();
const Tld& faulty_tld();

/// Resolvers as measured: Unbound 1.17, BIND 9.18, Knot Resolver 5.6, Unbound 1.26 serving stale.
std::shared_ptr<const resolver::ResolverProfile> unbound_like();
std::shared_ptr<const resolver::ResolverProfile> bind_like();
std::shared_ptr<const resolver::ResolverProfile> knot_like();
std::shared_ptr<const resolver::ResolverProfile> stale_like();

/// Unbound 1.17 with val-permissive-mode.
std::shared_ptr<const resolver::ResolverProfile> permissive_like();

/// An operator who acts within a quarter of an hour of the fault, and probes every five minutes.
resolver::NtaWatch watch_of_tld();

/// Four resolvers of that kind, 15,000 lookups a day each in the mean; no retries.
Cohort cohort(const std::string& name, std::shared_ptr<const resolver::ResolverProfile> profile);

/// All times of the world `shift` later: servings, signatures, run.
World make_world(const Tld& tld, std::vector<Cohort> cohorts, Duration shift = Duration());

/// The same world, whose members move so.
World with_moves(World world, const authority::Moves& moves);

/// Counts of a cohort between two minutes (of the unshifted world).
struct Span {
  std::int64_t from = counted_from;
  std::int64_t until = counted_until;
};
std::int64_t lookups(const outcome::Tally& tally, std::uint32_t cohort, outcome::Outcome outcome,
                     Span span = {});
std::int64_t all_lookups(const outcome::Tally& tally, std::uint32_t cohort, Span span = {});
std::int64_t failed_lookups(const outcome::Tally& tally, std::uint32_t cohort, Span span = {});
std::int64_t harmed_lookups(const outcome::Tally& tally, std::uint32_t cohort, outcome::Harm harm,
                            Span span = {});
std::int64_t all_queries(const outcome::Tally& tally, std::uint32_t cohort, Span span = {});
/// Of all cohorts, over the whole run: of one class of names, and those of them with one outcome.
std::int64_t lookups_of(outcome::NameClass names, const outcome::Tally& tally);
std::int64_t lookups_of(outcome::NameClass names, const outcome::Tally& tally,
                        outcome::Outcome outcome);
/// Failed lookups per thousand.
std::int64_t failure_permille(const outcome::Tally& tally, std::uint32_t cohort, Span span);

ReplayResult run(const World& world, const ReplayOptions& options = {});

/// Everything that a cohort's rows hold, for comparisons.
std::vector<std::int64_t> rows_of(const outcome::Tally& tally, std::uint32_t cohort);

}  // namespace zonefall::replay::testing
