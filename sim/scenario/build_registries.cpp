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
  plan.gate = spec.gate;
  plan.repair = spec.repair;
  plan.from = start.from;
  plan.past = start.past;
  plan.until = scenario.run.until;
  return plan;
}

bool has_denial(const authority::DenialChain& chain, const dns::Name& apex,
                const registry::HsmPin& pin) {
  const bool is_nsec3 = chain.kind() == authority::DenialChain::Kind::nsec3;
  if ((pin.type == dns::RRType::nsec3) != is_nsec3) return false;
  if (!is_nsec3) return chain.matching(pin.owner) != nullptr;
  // An owner is a hash: only the apex is known by name, all others are sought one by one.
  if (chain.matching(apex)->owner() == pin.owner) return true;
  bool found = false;
  chain.for_each([&](const dns::RRsetPtr& rrset) { found = found || rrset->owner() == pin.owner; });
  return found;
}

bool has_rrset(const authority::ZoneContent& content, const registry::HsmPin& pin) {
  const bool is_apex = pin.owner == content.apex();
  if (is_apex && (pin.type == dns::RRType::soa || pin.type == dns::RRType::dnskey)) return true;
  if (pin.type == dns::RRType::nsec || pin.type == dns::RRType::nsec3) {
    return content.denial() != nullptr && has_denial(*content.denial(), content.apex(), pin);
  }
  return content.node(pin.owner).find(pin.type) != nullptr;
}

// A pin of what is not in the zone would have no effect, silently.
Status check_pins(const RegistrySpec& spec, const authority::ZoneContent& content) {
  for (std::size_t i = 0; i < spec.pins.size(); ++i) {
    const registry::HsmPin& pin = spec.pins[i];
    if (has_rrset(content, pin)) continue;
    return Error{fmt::format("registries[{}].pins[{}]: the zone has no {} RRset at {}",
                             spec.zone.to_text(), i, dns::to_text(pin.type), pin.owner.to_text())};
  }
  return Done{};
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

// The zone's next version after each change has the new DS, and its denial record.
Status add_changes(const ZoneMaterial& material, const ZoneSpec& zone,
                   const std::vector<DsChange>& changes, registry::RegistryPlan& plan) {
  for (const DsChange& change : changes) {
    plan.signing.changes.push_back({change.child, dns::RRType::ds, change.at});
    plan.signing.changes.push_back({change.child, dns::RRType::nsec, change.at});
    const bool is_done =
        !plan.content_changes.empty() && plan.content_changes.back().from == change.at;
    if (is_done) continue;
    auto content = build_content(material, zone, change.at);
    if (!content) return content.error();
    plan.content_changes.push_back({change.at, std::move(content).value()});
  }
  return Done{};
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

Result<BuiltZone> build_zone(const ZoneMaterial& material, const ZoneSpec& spec,
                             const RunStart& start) {
  const ResolvedScenario& scenario = material.scenario;
  auto content = build_content(material, spec, SimTime::min());
  if (!content) return content.error();
  const std::vector<DsChange> changes = ds_changes(scenario, spec.apex);
  const RegistrySpec* registry = registry_of(scenario, spec.apex);
  if (registry == nullptr) {
    if (!changes.empty()) {
      return Error{fmt::format("zone {}: the DS of {} changes, but no registry publishes the zone",
                               spec.apex.to_text(), changes.front().child.to_text())};
    }
    if (spec.denial.kind == Denial::unsigned_zone) {
      return constant_zone(spec, std::move(content).value(), start.from);
    }
    return Error{fmt::format("zone {} is signed, but no registry signs it", spec.apex.to_text())};
  }
  if (const Status pins = check_pins(*registry, *content.value()); !pins) return pins.error();
  registry::RegistryPlan plan = plan_of(scenario, spec, *registry, start);
  plan.content = std::move(content).value();
  const Status changed = add_changes(material, spec, changes, plan);
  if (!changed) return changed.error();
  const std::shared_ptr<const registry::KeyStore>& store = material.keys.at(spec.apex);
  auto run = registry::run_registry(plan, *store);
  if (!run) {
    return Error{fmt::format("registry {}: {}", spec.apex.to_text(), run.error().message)};
  }
  auto shared = std::make_shared<const registry::RegistryRun>(std::move(run).value());
  return BuiltZone{spec.apex, shared->history, store, shared};
}

}  // namespace zonefall::scenario
