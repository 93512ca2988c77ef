// Zone contents: apex data, delegations between the scenario's zones, addresses, populations.
#pragma once

#include <map>
#include <memory>

#include "zonefall/authority/population.h"
#include "zonefall/authority/zone_content.h"
#include "zonefall/core/result.h"
#include "zonefall/registry/key_store.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::scenario {

/// The registries' key stores by zone, with all keys made.
using KeyStores = std::map<dns::Name, std::shared_ptr<registry::KeyStore>>;
Result<KeyStores> build_key_stores(const ResolvedScenario& scenario);

/// The deepest zone of the scenario at or above `name`; null if there is none.
const ZoneSpec* zone_of(const ResolvedScenario& scenario, const dns::Name& name);
/// The zone that delegates `apex`; null for the topmost one.
const ZoneSpec* parent_of(const ResolvedScenario& scenario, const dns::Name& apex);
const RegistrySpec* registry_of(const ResolvedScenario& scenario, const dns::Name& apex);
const ServerSpec* find_server(const ResolvedScenario& scenario, const dns::Name& name);

/// The DS RRset that the parent holds for `zone` throughout the run; null if there is none. Errors:
/// a DS that comes or goes during the run.
Result<dns::RRsetPtr> ds_rrset(const ResolvedScenario& scenario, const dns::Name& zone,
                               const KeyStores& keys);

/// The settings of the population below `zone`, which must have one.
authority::ProceduralPopulationSettings population_settings(const ResolvedScenario& scenario,
                                                            const ZoneSpec& zone);

Result<authority::ZoneContentPtr> build_content(const ResolvedScenario& scenario,
                                                const ZoneSpec& zone, const KeyStores& keys);

dns::SoaRdata soa_rdata(const ZoneSpec& zone, std::uint32_t serial);

}  // namespace zonefall::scenario
