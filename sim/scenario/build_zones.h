// Zone contents: apex data, delegations between the scenario's zones, addresses, populations.
#pragma once

#include <map>
#include <memory>

#include "scenario/shared_parts.h"
#include "zonefall/authority/population.h"
#include "zonefall/authority/zone_content.h"
#include "zonefall/core/result.h"
#include "zonefall/registry/key_store.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::scenario {

/// The registries' key stores by zone, with all keys made.
using KeyStores = std::map<dns::Name, std::shared_ptr<const registry::KeyStore>>;
Result<KeyStores> build_key_stores(const ResolvedScenario& scenario, SharedParts& shared);

/// The deepest zone of the scenario at or above `name`; null if there is none.
const ZoneSpec* zone_of(const ResolvedScenario& scenario, const dns::Name& name);
/// The zone that delegates `apex`; null for the topmost one.
const ZoneSpec* parent_of(const ResolvedScenario& scenario, const dns::Name& apex);
const RegistrySpec* registry_of(const ResolvedScenario& scenario, const dns::Name& apex);
const ServerSpec* find_server(const ResolvedScenario& scenario, const dns::Name& name);

/// The DS RRset that the parent is to publish for `zone` at `at`; null if there is none.
dns::RRsetPtr ds_rrset(const ResolvedScenario& scenario, const dns::Name& zone,
                       const KeyStores& keys, SimTime at);

/// The DS RRset of `child` may be another one from `at` on.
struct DsChange {
  dns::Name child;
  SimTime at;
};
/// Those of the zones that `zone` delegates, up to the end of the run, in order of time.
std::vector<DsChange> ds_changes(const ResolvedScenario& scenario, const dns::Name& zone);

/// The settings of the population below `zone`, which must have one.
authority::ProceduralPopulationSettings population_settings(const ResolvedScenario& scenario,
                                                            const ZoneSpec& zone);

/// What all zones are made from.
struct ZoneMaterial {
  const ResolvedScenario& scenario;
  const KeyStores& keys;
  SharedParts& shared;
};

/// The zone's content as it is to be published at `at`.
Result<authority::ZoneContentPtr> build_content(const ZoneMaterial& material, const ZoneSpec& zone,
                                                SimTime at);

dns::SoaRdata soa_rdata(const ZoneSpec& zone, std::uint32_t serial);

}  // namespace zonefall::scenario
