// Servers, names, cohorts and operators of a scenario, put together into a world.
#include "zonefall/scenario/build.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/build_operators.h"
#include "scenario/build_registries.h"
#include "scenario/build_zones.h"
#include "scenario/shared_parts.h"
#include "zonefall/authority/zone_finder.h"
#include "zonefall/core/hash.h"

namespace zonefall::scenario {

namespace {

/// Names of members, and beyond them names that do not exist.
class MemberNames final : public replay::NameSpace {
 public:
  MemberNames(const ZoneSpec& zone, authority::ProceduralPopulationSettings population,
              std::shared_ptr<const authority::ZoneFinder> children)
      : zone_(zone.apex),
        prefix_(zone.population->label_prefix),
        members_(zone.population->size),
        population_(std::move(population)),
        ttls_(zone.ttls),
        denial_ttl_(std::min(zone.soa.ttl, zone.soa.minimum)),
        children_(std::move(children)) {}
  [[nodiscard]] dns::Name name(std::uint64_t id) const override {
    const std::string label = id < members_ ? fmt::format("{}{}", prefix_, id)
                                            : fmt::format("no-{}{}", prefix_, id - members_);
    return zone_.prepend(label).value();
  }
  [[nodiscard]] outcome::Delegated delegated(std::uint64_t id) const override {
    if (id >= members_) return outcome::Delegated::never;
    return authority::is_signed_member(population_, id) ? outcome::Delegated::with_ds
                                                        : outcome::Delegated::without_ds;
  }
  [[nodiscard]] dns::RRsetPtr published(const dns::Name& name, dns::RRType type,
                                        SimTime at) const override {
    const authority::ZoneVersionPtr child = children_->find(name, at);
    return child == nullptr ? nullptr : child->node(name).find(type);
  }
  [[nodiscard]] SimTime changes_at(const dns::Name& name) const override {
    return children_->changes_at(name);
  }
  // What a lookup of `id` meets on its way, asked of the zones themselves.
  [[nodiscard]] replay::Lifetimes lifetimes(std::uint64_t id) const override {
    replay::Lifetimes out;
    const replay::Lifetimes::Answer denied{denial_ttl_, true};
    out.answers = {denied, denied};
    const dns::Name name = this->name(id);
    const authority::ZoneVersionPtr child = children_->find(name);
    if (child == nullptr) return out;
    const auto seconds = [](const dns::RRset& rrset) { return Duration::seconds(rrset.ttl_s()); };
    const bool is_signed = child->dnskeys() != nullptr;
    out.delegation = ttls_.ns;
    out.delegation_ds = is_signed ? ttls_.ds : denial_ttl_;
    if (is_signed) out.keys = seconds(*child->dnskeys());
    const authority::Node& apex = child->node(name);
    for (const std::size_t half : {0U, 1U}) {
      const dns::RRsetPtr found = apex.find(half == 0 ? dns::RRType::a : dns::RRType::aaaa);
      out.answers[half] = found ? replay::Lifetimes::Answer{seconds(*found), false}
                                : replay::Lifetimes::Answer{seconds(*child->soa()), true};
    }
    return out;
  }

 private:
  dns::Name zone_;
  std::string prefix_;
  std::uint64_t members_;
  authority::ProceduralPopulationSettings population_;
  ZoneTtls ttls_;
  Duration denial_ttl_;
  std::shared_ptr<const authority::ZoneFinder> children_;
};

const BuiltZone* find_zone_in(const std::vector<BuiltZone>& zones, const dns::Name& apex) {
  const auto found = std::find_if(zones.begin(), zones.end(),
                                  [&](const BuiltZone& zone) { return zone.apex == apex; });
  return found == zones.end() ? nullptr : &*found;
}

// Adds what each site of each server of `spec` serves of it.
void add_to_sites(const ZoneSpec& spec, const BuiltZone& zone,
                  std::vector<authority::NameServer>& servers) {
  std::size_t next = 0;
  for (const dns::Name& name : spec.servers) {
    const auto server =
        std::find_if(servers.begin(), servers.end(),
                     [&](const authority::NameServer& s) { return s.name == name; });
    if (server == servers.end()) continue;
    for (authority::Site& site : server->sites) {
      authority::SiteZone served;
      served.history = zone.history;
      if (zone.run) served = zone.run->sites[next];
      next += 1;
      site.zones.push_back(std::move(served));
    }
  }
}

std::vector<authority::SilentSpan> silences(const ServerSpec& server, const std::string& site) {
  std::vector<authority::SilentSpan> spans;
  for (const Silence& silence : server.silences) {
    const bool is_meant = silence.site.empty() || silence.site == site;
    if (is_meant) spans.push_back({silence.from, silence.until});
  }
  return spans;
}

std::vector<authority::NameServer> bare_servers(const ResolvedScenario& scenario) {
  std::vector<authority::NameServer> servers;
  for (const ServerSpec& spec : scenario.servers) {
    authority::NameServer server;
    server.name = spec.name;
    server.addresses = spec.addresses;
    server.udp_payload_octets = spec.udp_payload_octets;
    for (const SiteSpec& site : spec.sites) {
      authority::Site made;
      made.name = site.name;
      made.silences = silences(spec, site.name);
      made.catchment_weight = site.resolvers_ppm;
      server.sites.push_back(std::move(made));
    }
    servers.push_back(std::move(server));
  }
  return servers;
}

// The children of `zone`'s population, on the servers of its hosting providers.
Status add_hosted_children(const ResolvedScenario& scenario, const ZoneSpec& zone,
                           SharedParts& shared, std::vector<authority::NameServer>& servers) {
  authority::HostedChildrenSettings settings;
  settings.population = population_settings(scenario, zone);
  for (const TtlShare& share : zone.population->address_ttls) {
    settings.address_ttls.push_back(
        {static_cast<std::uint32_t>(share.ttl.to_seconds()), share.share_ppm});
  }
  settings.window = {
      static_cast<std::uint32_t>((scenario.run.from - Duration::days(7)).to_unix_s()),
      static_cast<std::uint32_t>((scenario.run.until + Duration::days(7)).to_unix_s())};
  if (const auto& moves = zone.population->moves) {
    settings.moves = {moves->share_ppm, moves->from, moves->until};
  }
  const auto finder = shared.children(std::move(settings));
  if (!finder) return finder.error();
  for (const HostingSpec& hosting : zone.population->hosting) {
    for (const dns::Name& name : hosting.servers) {
      const auto server =
          std::find_if(servers.begin(), servers.end(),
                       [&](const authority::NameServer& s) { return s.name == name; });
      if (server == servers.end()) {
        return Error{fmt::format("hosting {}: server {} is not among the servers", hosting.name,
                                 name.to_text())};
      }
      for (authority::Site& site : server->sites) site.finder = finder.value();
    }
  }
  return Done{};
}

Result<std::shared_ptr<const authority::ServerDirectory>> build_servers(
    const ResolvedScenario& scenario, const std::vector<BuiltZone>& zones, SharedParts& shared) {
  std::vector<authority::NameServer> servers = bare_servers(scenario);
  for (const ZoneSpec& spec : scenario.zones) {
    add_to_sites(spec, *find_zone_in(zones, spec.apex), servers);
    if (!spec.population) continue;
    const Status added = add_hosted_children(scenario, spec, shared, servers);
    if (!added) return added.error();
  }
  for (authority::NameServer& server : servers) {
    for (authority::Site& site : server.sites) {
      std::sort(site.zones.begin(), site.zones.end(),
                [](const authority::SiteZone& a, const authority::SiteZone& b) {
                  return a.history->apex() < b.history->apex();
                });
    }
  }
  return std::shared_ptr<const authority::ServerDirectory>(
      std::make_shared<authority::ServerDirectory>(std::move(servers)));
}

// The topmost zone's servers and key are what resolvers start from.
Status add_root(const ResolvedScenario& scenario, const KeyStores& keys, replay::World& world) {
  const dns::Name root;
  const auto spec = std::find_if(scenario.zones.begin(), scenario.zones.end(),
                                 [](const ZoneSpec& zone) { return zone.apex.is_root(); });
  if (spec == scenario.zones.end()) return Error{"no zone is the root: resolvers start there"};
  for (const dns::Name& name : spec->servers) {
    const ServerSpec* server = find_server(scenario, name);
    if (server != nullptr) world.root_hints.push_back({name, server->addresses});
  }
  const RegistrySpec* registry = registry_of(scenario, root);
  if (registry == nullptr) return Done{};
  std::vector<dns::Octets> anchors;
  for (const KeySpec& key : registry->keys) {
    if (key.role != registry::KeyRole::ksk) continue;
    anchors.push_back(dns::encode(
        dnssec::make_ds(root, keys.at(root)->find(key.label)->dnskey, dnssec::DigestType::sha256)));
  }
  world.trust_anchors = {
      dns::RRset::make({root, dns::RRType::ds, dns::RRClass::in, 172'800}, std::move(anchors))};
  return Done{};
}

// The share of missing names is had by drawing from a population that much larger.
Result<std::shared_ptr<const clients::Popularity>> build_popularity(
    const ResolvedScenario& scenario, std::uint64_t members) {
  const DemandSpec& demand = scenario.demand;
  clients::PopularitySettings settings;
  settings.population = members * 1'000'000 / (1'000'000 - demand.missing_share_ppm);
  // Without popular names one stands in, with no share of its own.
  settings.head_names = std::max<std::uint32_t>(1, demand.head_names);
  settings.zipf_exponent = demand.zipf_exponent;
  settings.head_share_ppm = demand.head_share_ppm;
  settings.seed = scenario.run.seed;
  auto made = clients::Popularity::make(settings);
  if (!made) return Error{fmt::format("demand: {}", made.error().message)};
  return std::shared_ptr<const clients::Popularity>(
      std::make_shared<clients::Popularity>(std::move(made).value()));
}

std::uint32_t scaled(std::uint64_t resolvers, std::uint32_t scale_ppm) {
  const std::uint64_t n = (resolvers * scale_ppm + 500'000) / 1'000'000;
  return static_cast<std::uint32_t>(std::max<std::uint64_t>(1, n));
}

replay::Cohort build_cohort(const ResolvedScenario& scenario, const CohortSpec& spec,
                            std::shared_ptr<const clients::Popularity> popularity,
                            const replay::NameSpace& names) {
  replay::Cohort cohort;
  cohort.name = spec.name;
  cohort.policy = spec.knobs.name;
  cohort.profile = std::make_shared<const resolver::ResolverProfile>(spec.knobs);
  cohort.resolvers = scaled(spec.resolvers, scenario.run.scale_ppm);
  cohort.rates = {spec.lookups_per_day_mean, spec.rate_shape, spec.lookups_per_day_max};
  clients::DiurnalCurve::Hours permille{};
  std::copy_n(scenario.demand.diurnal_permille.begin(), permille.size(), permille.begin());
  cohort.curve = clients::DiurnalCurve(permille);
  cohort.popularity = std::move(popularity);
  for (const StubShare& share : spec.stubs) {
    const auto stub =
        std::find_if(scenario.stubs.begin(), scenario.stubs.end(),
                     [&](const clients::StubRule& rule) { return rule.name == share.stub; });
    if (stub != scenario.stubs.end()) cohort.stubs.push_back({*stub, share.share_ppm});
  }
  cohort.latency = {scenario.network.rtt_min, scenario.network.rtt_max, scenario.network.loss_ppm};
  cohort.actions = build_actions(scenario, spec.name, {*cohort.popularity, names});
  return cohort;
}

// The children that the servers of `zone`'s first hosting provider serve; all serve the same.
std::shared_ptr<const authority::ZoneFinder> children_of(
    const ZoneSpec& zone, const authority::ServerDirectory& directory) {
  for (const authority::NameServer& server : directory.servers()) {
    const auto& hosting = zone.population->hosting.front().servers;
    if (std::find(hosting.begin(), hosting.end(), server.name) == hosting.end()) continue;
    return server.sites.front().finder;
  }
  return nullptr;
}

Status add_clients(const ResolvedScenario& scenario, replay::World& world) {
  const ZoneSpec* zone = zone_of(scenario, scenario.demand.zone);
  if (zone == nullptr || !zone->population) {
    return Error{fmt::format("demand: zone {} has no population to ask for",
                             scenario.demand.zone.to_text())};
  }
  world.names = std::make_shared<MemberNames>(*zone, population_settings(scenario, *zone),
                                              children_of(*zone, *world.servers));
  const auto popularity = build_popularity(scenario, zone->population->size);
  if (!popularity) return popularity.error();
  world.attacker = build_attacker(scenario, {*popularity.value(), *world.names});
  for (const CohortSpec& spec : scenario.cohorts) {
    world.cohorts.push_back(build_cohort(scenario, spec, popularity.value(), *world.names));
  }
  return Done{};
}

bool is_stopped(const BuildOptions& options) {
  return options.stop && options.stop();
}

Error stopped() {
  return Error{"stopped before the scenario was built"};
}

}  // namespace

const BuiltZone* BuiltScenario::find_zone(const dns::Name& apex) const {
  return find_zone_in(zones, apex);
}

dns::RRsetPtr BuiltScenario::ds_of(const dns::Name& apex, SimTime at) const {
  for (dns::Name name = apex; !name.is_root();) {
    name = name.parent();
    const BuiltZone* above = find_zone(name);
    if (above == nullptr) continue;
    const authority::ZoneHistory& history = *above->history;
    return history.entries()[history.index_at(at)].version->node(apex).find(dns::RRType::ds);
  }
  for (const dns::RRsetPtr& anchor : world.trust_anchors) {
    if (anchor->owner() == apex) return anchor;
  }
  return nullptr;
}

Result<BuiltScenario> build_zones(const ResolvedScenario& scenario, const BuildOptions& options) {
  BuiltScenario built;
  const auto shared = options.shared ? options.shared : make_shared_parts();
  const auto keys = build_key_stores(scenario, *shared);
  if (!keys) return keys.error();
  const RunStart start{scenario.run.from - options.lead_in, options.past};
  for (const ZoneSpec& spec : scenario.zones) {
    if (is_stopped(options)) return stopped();
    auto zone = build_zone({scenario, keys.value(), *shared}, spec, start);
    if (!zone) return zone.error();
    built.zones.push_back(std::move(zone).value());
  }
  const Status root = add_root(scenario, keys.value(), built.world);
  if (!root) return root.error();
  return built;
}

Result<BuiltScenario> build(const ResolvedScenario& scenario, const BuildOptions& given) {
  BuildOptions options = given;
  if (options.shared == nullptr) options.shared = make_shared_parts();
  auto made = build_zones(scenario, options);
  if (!made) return made.error();
  BuiltScenario built = std::move(made).value();
  replay::World& world = built.world;
  world.seed = scenario.run.seed;
  world.from = scenario.run.from;
  world.until = scenario.run.until;
  world.lead_in = options.lead_in;
  world.past = options.past;
  world.bin_width = scenario.run.bin;
  if (options.real_crypto) {
    world.verifier = std::make_shared<const dnssec::ByteVerifier>();
  } else {
    world.verifier = std::make_shared<const dnssec::IdentityVerifier>();
  }
  if (is_stopped(options)) return stopped();
  const auto servers = build_servers(scenario, built.zones, *options.shared);
  if (!servers) return servers.error();
  world.servers = servers.value();
  if (is_stopped(options)) return stopped();
  const Status clients = add_clients(scenario, world);
  if (!clients) return clients.error();
  return built;
}

}  // namespace zonefall::scenario
