#include "scenario/build_zones.h"

#include <algorithm>

#include <fmt/format.h>

#include "zonefall/core/encoding.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/rng.h"
#include "zonefall/dns/master_file.h"

namespace zonefall::scenario {

using dns::Name;
using dns::RRType;

namespace {

std::uint32_t seconds(Duration d) {
  return static_cast<std::uint32_t>(d.to_seconds());
}

Error about(const Name& zone, std::string_view what) {
  return Error{fmt::format("zone {}: {}", zone.to_text(), what)};
}

/// RRsets under construction, by owner and type.
class Records {
 public:
  void add(const dns::RRset::Header& header, dns::Octets rdata) {
    Pending& pending = pending_[{header.owner, header.type}];
    pending.header = header;
    pending.rdatas.push_back(std::move(rdata));
  }
  void add(const dns::RRset& rrset) {
    for (const dns::RdataList::Rdata rdata : rrset.rdatas()) {
      add({rrset.owner(), rrset.type(), rrset.rclass(), rrset.ttl_s()},
          {rdata.begin(), rdata.end()});
    }
  }
  [[nodiscard]] std::vector<dns::RRsetPtr> take() {
    std::vector<dns::RRsetPtr> rrsets;
    for (auto& [key, pending] : pending_) {
      rrsets.push_back(dns::RRset::make(pending.header, std::move(pending.rdatas)));
    }
    return rrsets;
  }

 private:
  struct Pending {
    dns::RRset::Header header;
    std::vector<dns::Octets> rdatas;
  };
  std::map<std::pair<Name, RRType>, Pending> pending_;
};

void add_addresses(const ServerSpec& server, std::uint32_t ttl_s, Records& records) {
  for (const dns::Address& address : server.addresses) {
    if (address.is_v4()) {
      const auto& o = address.octets;
      records.add({server.name, RRType::a, dns::RRClass::in, ttl_s},
                  dns::encode_a({o[12], o[13], o[14], o[15]}));
    } else {
      records.add({server.name, RRType::aaaa, dns::RRClass::in, ttl_s},
                  dns::encode_aaaa(address.octets));
    }
  }
}

// NS, DS and glue of one child zone.
void add_delegation(const ResolvedScenario& scenario, const ZoneSpec& zone, const ZoneSpec& child,
                    const dns::RRsetPtr& ds, Records& records) {
  for (const Name& server_name : child.servers) {
    records.add({child.apex, RRType::ns, dns::RRClass::in, seconds(zone.ttls.ns)},
                dns::encode_name(server_name));
    // Glue is the address of what lies at or below a cut; addresses of the zone's own names are
    // added with the zone's own data.
    const ServerSpec* server = find_server(scenario, server_name);
    const ZoneSpec* home = zone_of(scenario, server_name);
    const bool is_own = home != nullptr && home->apex == zone.apex;
    if (server != nullptr && !is_own && server_name.is_at_or_below(zone.apex)) {
      add_addresses(*server, seconds(zone.ttls.glue), records);
    }
  }
  if (ds) records.add(*ds);
}

Status add_lines(const ZoneSpec& zone, Records& records) {
  std::string text;
  for (const std::string& line : zone.records) text += line + "\n";
  dns::MasterFileOptions options;
  options.file_name = fmt::format("records of {}", zone.apex.to_text());
  options.origin = zone.apex;
  options.default_ttl_s = seconds(zone.ttls.ns);
  const auto parsed = dns::parse_master_file(text, options);
  if (!parsed) return parsed.error();
  for (const dns::SignedRRset& entry : parsed.value()) records.add(*entry.rrset);
  return Done{};
}

Result<std::optional<authority::DenialSettings>> denial_settings(const ZoneSpec& zone) {
  if (zone.denial.kind == Denial::unsigned_zone) {
    return std::optional<authority::DenialSettings>();
  }
  authority::DenialSettings settings;
  settings.kind = zone.denial.kind == Denial::nsec ? authority::DenialChain::Kind::nsec
                                                   : authority::DenialChain::Kind::nsec3;
  settings.opt_out = zone.denial.opt_out;
  settings.ttl_s = std::min(seconds(zone.soa.ttl), seconds(zone.soa.minimum));
  settings.params.iterations = zone.denial.iterations;
  const auto salt = from_hex(zone.denial.salt_hex);
  if (!salt) return about(zone.apex, salt.error().message);
  settings.params.salt = salt.value();
  return std::optional(settings);
}

// Address records of servers whose names no deeper zone of the scenario holds.
void add_server_addresses(const ResolvedScenario& scenario, const ZoneSpec& zone,
                          Records& records) {
  for (const ServerSpec& server : scenario.servers) {
    const ZoneSpec* home = zone_of(scenario, server.name);
    if (home != nullptr && home->apex == zone.apex) {
      add_addresses(server, seconds(zone.ttls.glue), records);
    }
  }
}

}  // namespace

const ZoneSpec* zone_of(const ResolvedScenario& scenario, const Name& name) {
  const ZoneSpec* deepest = nullptr;
  for (const ZoneSpec& zone : scenario.zones) {
    if (!name.is_at_or_below(zone.apex)) continue;
    if (deepest == nullptr || zone.apex.label_count() > deepest->apex.label_count()) {
      deepest = &zone;
    }
  }
  return deepest;
}

const ZoneSpec* parent_of(const ResolvedScenario& scenario, const Name& apex) {
  return apex.is_root() ? nullptr : zone_of(scenario, apex.parent());
}

const RegistrySpec* registry_of(const ResolvedScenario& scenario, const Name& apex) {
  const auto found =
      std::find_if(scenario.registries.begin(), scenario.registries.end(),
                   [&](const RegistrySpec& registry) { return registry.zone == apex; });
  return found == scenario.registries.end() ? nullptr : &*found;
}

const ServerSpec* find_server(const ResolvedScenario& scenario, const dns::Name& name) {
  const auto found = std::find_if(scenario.servers.begin(), scenario.servers.end(),
                                  [&](const ServerSpec& server) { return server.name == name; });
  return found == scenario.servers.end() ? nullptr : &*found;
}

Result<KeyStores> build_key_stores(const ResolvedScenario& scenario, SharedParts& shared) {
  KeyStores stores;
  for (const RegistrySpec& registry : scenario.registries) {
    const std::uint64_t seed =
        hash_combine(hash_combine(scenario.run.seed, purpose("keys")), registry.zone.hash());
    auto store = shared.key_store(seed, registry);
    if (!store) return about(registry.zone, store.error().message);
    stores.emplace(registry.zone, std::move(store).value());
  }
  return stores;
}

dns::RRsetPtr ds_rrset(const ResolvedScenario& scenario, const Name& zone, const KeyStores& keys,
                       SimTime at) {
  const RegistrySpec* registry = registry_of(scenario, zone);
  if (registry == nullptr) return nullptr;
  std::vector<dns::Octets> rdatas;
  for (const KeySpec& key : registry->keys) {
    for (const registry::KeyPublication& span : key.ds) {
      if (at < span.from || at >= span.until) continue;
      const registry::KeyRecord* record = keys.at(zone)->find(key.label);
      rdatas.push_back(
          dns::encode(dnssec::make_ds(zone, record->dnskey, dnssec::DigestType::sha256)));
    }
  }
  if (rdatas.empty()) return nullptr;
  const ZoneSpec* parent = parent_of(scenario, zone);
  const ZoneTtls ttls = parent == nullptr ? ZoneTtls() : parent->ttls;
  return dns::RRset::make({zone, RRType::ds, dns::RRClass::in, seconds(ttls.ds)},
                          std::move(rdatas));
}

std::vector<DsChange> ds_changes(const ResolvedScenario& scenario, const Name& zone) {
  std::vector<DsChange> changes;
  for (const RegistrySpec& registry : scenario.registries) {
    const ZoneSpec* parent = parent_of(scenario, registry.zone);
    if (parent == nullptr || !(parent->apex == zone)) continue;
    for (const KeySpec& key : registry.keys) {
      for (const registry::KeyPublication& span : key.ds) {
        for (const SimTime at : {span.from, span.until}) {
          const bool is_ever = at > SimTime::min() && at <= scenario.run.until;
          if (is_ever) changes.push_back({registry.zone, at});
        }
      }
    }
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const DsChange& a, const DsChange& b) { return a.at < b.at; });
  return changes;
}

authority::ProceduralPopulationSettings population_settings(const ResolvedScenario& scenario,
                                                            const ZoneSpec& zone) {
  const PopulationSpec& spec = *zone.population;
  authority::ProceduralPopulationSettings settings;
  settings.zone = zone.apex;
  settings.size = spec.size;
  settings.seed = hash_combine(scenario.run.seed, zone.apex.hash());
  settings.label_prefix = spec.label_prefix;
  settings.signed_ppm = spec.signed_ppm;
  settings.ns_ttl_s = seconds(zone.ttls.ns);
  settings.ds_ttl_s = seconds(zone.ttls.ds);
  for (const HostingSpec& hosting : spec.hosting) {
    settings.providers.push_back({hosting.servers, hosting.weight});
  }
  return settings;
}

Result<authority::ZoneContentPtr> build_content(const ZoneMaterial& material, const ZoneSpec& zone,
                                                SimTime at) {
  const ResolvedScenario& scenario = material.scenario;
  Records records;
  for (const Name& server : zone.servers) {
    records.add({zone.apex, RRType::ns, dns::RRClass::in, seconds(zone.ttls.ns)},
                dns::encode_name(server));
  }
  add_server_addresses(scenario, zone, records);
  for (const ZoneSpec& child : scenario.zones) {
    const ZoneSpec* parent = parent_of(scenario, child.apex);
    if (parent == nullptr || !(parent->apex == zone.apex)) continue;
    add_delegation(scenario, zone, child, ds_rrset(scenario, child.apex, material.keys, at),
                   records);
  }
  const Status added = add_lines(zone, records);
  if (!added) return added.error();
  const auto denial = denial_settings(zone);
  if (!denial) return denial.error();

  authority::ListedZone listed;
  listed.apex = zone.apex;
  listed.rrsets = records.take();
  listed.denial = denial.value();
  if (!listed.denial) listed.apex_types = {RRType::soa};
  auto content = zone.population ? material.shared.content(std::move(listed),
                                                           population_settings(scenario, zone))
                                 : material.shared.content(std::move(listed));
  if (!content) return about(zone.apex, content.error().message);
  return content;
}

dns::SoaRdata soa_rdata(const ZoneSpec& zone, std::uint32_t serial) {
  dns::SoaRdata soa;
  soa.mname = zone.soa.mname;
  soa.rname = zone.soa.rname;
  soa.serial = serial;
  soa.refresh_s = seconds(zone.soa.refresh);
  soa.retry_s = seconds(zone.soa.retry);
  soa.expire_s = seconds(zone.soa.expire);
  soa.minimum_s = seconds(zone.soa.minimum);
  return soa;
}

}  // namespace zonefall::scenario
