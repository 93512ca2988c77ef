#include "scenario/build_registries.h"

#include <algorithm>

#include <fmt/format.h>

#include "zonefall/core/hash.h"
#include "zonefall/core/rng.h"

namespace zonefall::scenario {

namespace {

// Enough names for any checker's sample; each look draws anew among them.
constexpr std::uint64_t checked_names_max = 1'000;

std::vector<dns::Name> checked_names(const ResolvedScenario& scenario, const ZoneSpec& zone) {
  std::vector<dns::Name> names;
  if (!zone.population) return names;
  const PopulationSpec& population = *zone.population;
  Rng rng({scenario.run.seed, zone.apex.hash(), purpose("registry: checked names")});
  const std::uint64_t count = std::min(population.size, checked_names_max);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string label =
        fmt::format("{}{}", population.label_prefix, rng.below(population.size));
    names.push_back(zone.apex.prepend(label).value());
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<registry::KeyPublication> publications(const RegistrySpec& spec) {
  std::vector<registry::KeyPublication> all;
  for (const KeySpec& key : spec.keys) {
    for (registry::KeyPublication publication : key.published) {
      publication.label = key.label;
      all.push_back(publication);
    }
  }
  return all;
}

registry::RegistryPlan plan_of(const ResolvedScenario& scenario, const ZoneSpec& zone,
                               const RegistrySpec& spec, const RunStart& start) {
  registry::RegistryPlan plan;
  plan.zone = zone.apex;
  plan.seed = hash_combine(scenario.run.seed, zone.apex.hash());
  plan.soa = soa_rdata(zone, 1);
  plan.soa_ttl_s = static_cast<std::uint32_t>(zone.soa.ttl.to_seconds());
  plan.dnskey_ttl_s = static_cast<std::uint32_t>(zone.ttls.dnskey.to_seconds());
  plan.serial_rule = spec.serials;
  plan.signing.policy = spec.signatures;
  plan.signing.activations = spec.activations;
  plan.signing.batches = spec.batches;
  plan.signing.pins = spec.pins;
  plan.publications = publications(spec);
  plan.phases = spec.publication;
  plan.site_names = site_names(scenario, zone);
  plan.propagation = spec.propagation;
  plan.checked_names = checked_names(scenario, zone);
  plan.checkers = spec.checkers;
  plan.repair = spec.repair;
  plan.from = start.from;
  plan.past = start.past;
  plan.until = scenario.run.until;
  return plan;
}

// A zone nobody signs and nobody changes.
BuiltZone constant_zone(const ZoneSpec& zone, authority::ZoneContentPtr content, SimTime from) {
  authority::ZoneVersionParts parts;
  parts.content = std::move(content);
  parts.soa = dns::RRset::make({zone.apex, dns::RRType::soa, dns::RRClass::in,
                                static_cast<std::uint32_t>(zone.soa.ttl.to_seconds())},
                               {dns::encode(soa_rdata(zone, 1))});
  parts.signed_at = from;
  return {
      zone.apex,
      authority::make_constant_history(std::make_shared<authority::ZoneVersion>(std::move(parts))),
      nullptr, nullptr};
}

}  // namespace

std::vector<std::string> site_names(const ResolvedScenario& scenario, const ZoneSpec& zone) {
  std::vector<std::string> names;
  for (const dns::Name& name : zone.servers) {
    const ServerSpec* server = find_server(scenario, name);
    if (server == nullptr) continue;
    for (const SiteSpec& site : server->sites) {
      names.push_back(fmt::format("{} {}", name.to_text(), site.name));
    }
  }
  return names;
}

Result<BuiltZone> build_zone(const ResolvedScenario& scenario, const ZoneSpec& spec,
                             const KeyStores& keys, const RunStart& start) {
  auto content = build_content(scenario, spec, keys);
  if (!content) return content.error();
  const RegistrySpec* registry = registry_of(scenario, spec.apex);
  if (registry == nullptr) {
    if (spec.denial.kind == Denial::unsigned_zone) {
      return constant_zone(spec, std::move(content).value(), start.from);
    }
    return Error{fmt::format("zone {} is signed, but no registry signs it", spec.apex.to_text())};
  }
  registry::RegistryPlan plan = plan_of(scenario, spec, *registry, start);
  plan.content = std::move(content).value();
  const std::shared_ptr<registry::KeyStore>& store = keys.at(spec.apex);
  auto run = registry::run_registry(plan, *store);
  if (!run) {
    return Error{fmt::format("registry {}: {}", spec.apex.to_text(), run.error().message)};
  }
  auto shared = std::make_shared<const registry::RegistryRun>(std::move(run).value());
  return BuiltZone{spec.apex, shared->history, store, shared};
}

}  // namespace zonefall::scenario
