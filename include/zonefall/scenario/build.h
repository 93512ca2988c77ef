// From a resolved scenario to a world that can be replayed.
//
// Makes keys, zone contents, delegations between the zones, registry runs, servers with their
// sites, hosted children, and cohorts. This is the only place that knows all modules; it decides
// nothing that the scenario does not say. Errors name the zone, registry or cohort that makes no
// sense.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "zonefall/authority/zone_version.h"
#include "zonefall/core/result.h"
#include "zonefall/core/time.h"
#include "zonefall/registry/key_store.h"
#include "zonefall/registry/registry.h"
#include "zonefall/replay/world.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::scenario {

/// One zone of the scenario as it was published. Its registry's run, if it has one.
struct BuiltZone {
  dns::Name apex;
  authority::ZoneHistoryPtr history;
  std::shared_ptr<const registry::KeyStore> keys;    // null for zones without a registry
  std::shared_ptr<const registry::RegistryRun> run;  // so here
};

struct BuiltScenario {
  std::vector<BuiltZone> zones;  // in the scenario's order
  replay::World world;

  [[nodiscard]] const BuiltZone* find_zone(const dns::Name& apex) const;
  /// The DS RRset that resolvers judge this zone's keys by at `at`: that of the zone above it, or
  /// the trust anchor. Null if there is none.
  [[nodiscard]] dns::RRsetPtr ds_of(const dns::Name& apex, SimTime at) const;
};

/// What runs and queries take unless they are told otherwise.
inline constexpr Duration default_lead_in = Duration::minutes(15);
inline constexpr Duration default_past = Duration::days(4);

/// Keys, zone contents and hosted children of several builds: what comes out the same is made once.
class SharedParts;
std::shared_ptr<SharedParts> make_shared_parts();

struct BuildOptions {
  /// How long before the run clients begin to ask, uncounted (replay::World::lead_in).
  Duration lead_in = default_lead_in;
  /// How long before that caches begin to fill (replay::World::past). Zero: they are empty.
  Duration past = default_past;
  /// True: every signature check goes through OpenSSL; else signatures are compared by identity.
  bool real_crypto = false;
  /// Asked between the parts of the work; once true, the build ends with an error.
  std::function<bool()> stop = {};
  /// Given to several builds, they share what they can; null: this one is alone.
  std::shared_ptr<SharedParts> shared = nullptr;
};

Result<BuiltScenario> build(const ResolvedScenario& scenario, const BuildOptions& options);

/// Only the zones, as build() makes them, for who wants to see one; of the world only what
/// resolvers start from (root hints and trust anchors).
Result<BuiltScenario> build_zones(const ResolvedScenario& scenario, const BuildOptions& options);

}  // namespace zonefall::scenario
