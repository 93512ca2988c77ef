#include "small_world.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "zonefall/authority/zone_finder.h"
#include "zonefall/dns/rdata.h"
#include "zonefall/dnssec/nsec3.h"

namespace zonefall::replay::testing {

namespace {

using dns::Name;
using dns::RRType;
using outcome::Outcome;

constexpr std::uint32_t day_s = 86'400;
constexpr std::uint64_t seed = 5;
const Name de = Name::literal("de.");
const std::vector<std::string> tld_servers = {"a.nic.de.", "b.nic.de.", "c.nic.de."};
const std::vector<std::string> hosting_servers = {"ns1.hoster.net.", "ns2.hoster.net."};

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().to_text());
  return std::move(result).value();
}

dns::RRsetPtr ns(const Name& owner, const std::vector<std::string>& targets) {
  std::vector<dns::Octets> rdatas;
  rdatas.reserve(targets.size());
  for (const std::string& target : targets) {
    rdatas.push_back(dns::encode_name(Name::literal(target)));
  }
  return dns::RRset::make({.owner = owner, .type = RRType::ns, .ttl_s = day_s}, std::move(rdatas));
}

dns::RRsetPtr a(const std::string& owner, std::array<std::uint8_t, 4> address) {
  return dns::RRset::make({.owner = Name::literal(owner), .type = RRType::a, .ttl_s = day_s},
                          {dns::encode_a(address)});
}

std::array<std::uint8_t, 4> tld_address(std::size_t server) {
  return {194, 0, 0, static_cast<std::uint8_t>(1 + server)};
}
std::array<std::uint8_t, 4> hosting_address(std::size_t server) {
  return {203, 0, 113, static_cast<std::uint8_t>(1 + server)};
}
constexpr std::array<std::uint8_t, 4> root_address = {198, 41, 0, 4};
constexpr std::array<std::uint8_t, 4> net_address = {192, 5, 6, 30};

dns::SoaRdata soa(std::string_view mname) {
  return {.mname = Name::literal(mname),
          .rname = Name::literal("hostmaster.example."),
          .serial = 1,
          .refresh_s = 7200,
          .retry_s = 7200,
          .expire_s = 3'600'000,
          .minimum_s = 1800};
}

authority::ListedZone apex_of_de() {
  authority::ListedZone listed;
  listed.apex = de;
  listed.rrsets = {ns(de, tld_servers)};
  for (std::size_t i = 0; i < tld_servers.size(); ++i) {
    listed.rrsets.push_back(a(tld_servers[i], tld_address(i)));
  }
  listed.denial = authority::DenialSettings{.opt_out = true, .ttl_s = 1800};
  listed.apex_types = {RRType::soa, RRType::dnskey};
  return listed;
}

authority::ProceduralPopulationSettings population_of_de() {
  authority::ProceduralPopulationSettings settings;
  settings.zone = de;
  settings.size = members;
  settings.seed = 26;
  settings.signed_ppm = 100'000;
  std::vector<Name> names;
  names.reserve(hosting_servers.size());
  for (const std::string& name : hosting_servers) names.push_back(Name::literal(name));
  settings.providers = {{names, 1}};
  return settings;
}

registry::KeyStore make_keys(registry::KeyGeneration generation) {
  registry::KeyStore keys(2026, {"hsm-1", "hsm-2", "hsm-3"});
  const auto rsa = dnssec::Algorithm::rsasha256;
  const auto normal = registry::KeyGeneration::once_for_all_hsms;
  must(keys.generate({"ksk", registry::KeyRole::ksk, rsa, 2048, 26755}, normal));
  must(keys.generate({"zsk-32911", registry::KeyRole::zsk, rsa, 1024, 32911}, normal));
  must(keys.generate({"zsk-33834", registry::KeyRole::zsk, rsa, 1024, 33834}, generation));
  return keys;
}

authority::ZoneContentPtr content_of_de() {
  return must(authority::make_populated_content(
      apex_of_de(), must(authority::make_procedural_population(population_of_de()))));
}

registry::RegistryPlan plan_of_de(const Name& apex_nsec3) {
  using registry::KeyRole;
  registry::RegistryPlan plan;
  plan.zone = de;
  plan.soa = soa("a.nic.de.");
  plan.publications = {{.label = "ksk"}, {.label = "zsk-32911"}, {.label = "zsk-33834"}};
  const SimTime long_ago = minute(0) - Duration::days(60);
  plan.signing.activations = {{long_ago, KeyRole::ksk, "ksk"},
                              {long_ago, KeyRole::zsk, "zsk-32911"},
                              {minute(fault_at), KeyRole::zsk, "zsk-33834"}};
  plan.signing.batches = {{.at = minute(fault_at)}};
  // The key store recorded the public half of the first HSM's pair; another one signs this RRset.
  plan.signing.pins = {{apex_nsec3, RRType::nsec3, "hsm-2", minute(fault_at), minute(repair_at)}};
  plan.phases = {{.from = minute(-60), .interval = Duration::minutes(2)}};
  for (const std::string& name : tld_servers) {
    plan.site_names.push_back(name + " site 1");
    plan.site_names.push_back(name + " site 2");
  }
  plan.propagation = {Duration::minutes(1), Duration::minutes(1)};
  plan.checkers = {{.name = "checker-1", .interval = Duration::minutes(5)}};
  for (std::uint64_t id = 0; id < 100; ++id) {
    plan.checked_names.push_back(must(de.prepend(fmt::format("n{}", id))));
  }
  registry::RepairDecision repair;
  repair.delay_after_alert = Duration::minutes(10);
  repair.not_before = minute(repair_at);
  repair.key_label = "zsk-32911";
  repair.withdraw_label = "zsk-33834";
  repair.distribution_delay_min = Duration::minutes(2);
  repair.distribution_delay_max = minute(released_at) - minute(repair_at);
  plan.repair = repair;
  plan.from = minute(-10);
  plan.until = minute(counted_until + 10);
  plan.past = Duration::days(5);
  return plan;
}

dnssec::SignatureWindow wide_window() {
  return {static_cast<std::uint32_t>((minute(0) - Duration::days(10)).to_unix_s()),
          static_cast<std::uint32_t>((minute(0) + Duration::days(10)).to_unix_s())};
}

authority::ZoneHistoryPtr constant(authority::ZoneVersionParts parts) {
  parts.signed_at = minute(-60);
  return authority::make_constant_history(
      std::make_shared<const authority::ZoneVersion>(std::move(parts)));
}

dns::RRsetPtr soa_rrset(const Name& apex) {
  return dns::RRset::make({.owner = apex, .type = RRType::soa, .ttl_s = day_s},
                          {encode(soa("ns.example."))});
}

const dnssec::KeyPairPtr& root_key() {
  static const dnssec::KeyPairPtr key = must(dnssec::make_key_pair(
      {dnssec::Algorithm::ecdsap256sha256, 0,
       dns::DnskeyRdata::flag_zone_key | dns::DnskeyRdata::flag_secure_entry_point},
      seed, "root"));
  return key;
}

authority::ZoneHistoryPtr root_zone(const Tld& tld) {
  authority::ListedZone zone;
  zone.rrsets = {ns(Name(), {"a.root-servers.net."}),
                 a("a.root-servers.net.", root_address),
                 ns(de, tld_servers),
                 tld.parent_ds,
                 ns(Name::literal("net."), {"a.gtld.net."}),
                 a("a.gtld.net.", net_address)};
  for (std::size_t i = 0; i < tld_servers.size(); ++i) {
    zone.rrsets.push_back(a(tld_servers[i], tld_address(i)));
  }
  zone.denial =
      authority::DenialSettings{.kind = authority::DenialChain::Kind::nsec, .ttl_s = day_s};
  zone.apex_types = {RRType::soa, RRType::dnskey};
  authority::ZoneVersionParts parts;
  parts.content = must(authority::make_listed_content(zone));
  parts.soa = soa_rrset(Name());
  parts.dnskeys = dns::RRset::make({.owner = Name(), .type = RRType::dnskey, .ttl_s = day_s},
                                   {encode(root_key()->dnskey())});
  parts.signatures =
      authority::make_signature_source({Name(), {root_key()}, {root_key()}, wide_window()});
  return constant(std::move(parts));
}

authority::ZoneHistoryPtr net_zone() {
  authority::ListedZone zone;
  zone.apex = Name::literal("net.");
  zone.rrsets = {ns(zone.apex, {"a.gtld.net."}), a("a.gtld.net.", net_address)};
  for (std::size_t i = 0; i < hosting_servers.size(); ++i) {
    zone.rrsets.push_back(a(hosting_servers[i], hosting_address(i)));
  }
  authority::ZoneVersionParts parts;
  parts.content = must(authority::make_listed_content(zone));
  parts.soa = soa_rrset(zone.apex);
  return constant(std::move(parts));
}

/// What the TLD's sites serve, all of it `shift` later.
std::vector<authority::SiteZone> shifted(const registry::RegistryRun& run, Duration shift) {
  std::vector<authority::ZoneHistory::Entry> entries;
  for (const auto& entry : run.history->entries()) {
    entries.push_back(
        {entry.published_at + shift, registry::redated(entry.version, *run.signing_plan, shift)});
  }
  const auto history = std::make_shared<const authority::ZoneHistory>(std::move(entries));
  std::vector<authority::SiteZone> sites;
  for (const authority::SiteZone& site : run.sites) {
    authority::SiteZone moved{history, site.loaded_at};
    for (SimTime& at : moved.loaded_at) {
      if (at != SimTime::max() && at != SimTime::min()) at += shift;
    }
    sites.push_back(std::move(moved));
  }
  return sites;
}

authority::NameServer server(std::string_view name, std::array<std::uint8_t, 4> address,
                             std::vector<authority::Site> sites) {
  authority::NameServer out;
  out.name = Name::literal(name);
  out.addresses = {dns::Address::v4(address)};
  out.sites = std::move(sites);
  return out;
}

std::shared_ptr<const authority::ZoneFinder> hosted(const authority::Moves& moves = {}) {
  authority::HostedChildrenSettings children;
  children.population = population_of_de();
  children.moves = moves;
  children.address_ttls = {{60, 1}, {300, 3}, {3600, 2}};
  children.window = wide_window();
  return must(authority::make_hosted_children(children));
}

authority::ServerDirectory make_servers(const Tld& tld, Duration shift) {
  std::vector<authority::NameServer> servers;
  servers.push_back(
      server("a.root-servers.net.", root_address, {{"one", {{root_zone(tld), {}}}, {}}}));
  servers.push_back(server("a.gtld.net.", net_address, {{"one", {{net_zone(), {}}}, {}}}));
  const std::vector<authority::SiteZone> zones =
      shift == Duration() ? tld.run.sites : shifted(tld.run, shift);
  for (std::size_t i = 0; i < tld_servers.size(); ++i) {
    servers.push_back(server(tld_servers[i], tld_address(i),
                             {{"site 1", {zones[2 * i]}, {}}, {"site 2", {zones[2 * i + 1]}, {}}}));
  }
  const auto finder = hosted();
  for (std::size_t i = 0; i < hosting_servers.size(); ++i) {
    servers.push_back(server(hosting_servers[i], hosting_address(i), {{"one", {}, {}, finder}}));
  }
  return authority::ServerDirectory(std::move(servers));
}

class Names final : public NameSpace {
 public:
  Names(authority::ProceduralPopulationSettings population,
        std::shared_ptr<const authority::ZoneFinder> children)
      : population_(std::move(population)), children_(std::move(children)) {}
  [[nodiscard]] outcome::Delegated delegated(std::uint64_t id) const override {
    if (id >= members) return outcome::Delegated::never;
    return authority::is_signed_member(population_, id) ? outcome::Delegated::with_ds
                                                        : outcome::Delegated::without_ds;
  }
  [[nodiscard]] Lifetimes lifetimes(std::uint64_t id) const override {
    const Duration denied = Duration::seconds(1800);
    Lifetimes out;
    out.answers = {Lifetimes::Answer{denied, true}, Lifetimes::Answer{denied, true}};
    const auto zone = children_->find(name(id));
    if (zone == nullptr) return out;
    const bool is_signed = zone->dnskeys() != nullptr;
    out.delegation = Duration::seconds(day_s);
    out.delegation_ds = is_signed ? Duration::seconds(day_s) : denied;
    out.keys = is_signed ? Duration::seconds(zone->dnskeys()->ttl_s()) : Duration();
    for (const std::size_t half : {0U, 1U}) {
      const auto found = zone->node(name(id)).find(half == 0 ? RRType::a : RRType::aaaa);
      out.answers[half] = found ? Lifetimes::Answer{Duration::seconds(found->ttl_s()), false}
                                : Lifetimes::Answer{Duration::seconds(zone->soa()->ttl_s()), true};
    }
    return out;
  }
  [[nodiscard]] dns::RRsetPtr published(const Name& name, RRType type, SimTime at) const override {
    const auto zone = children_->find(name, at);
    return zone == nullptr ? nullptr : zone->node(name).find(type);
  }
  [[nodiscard]] SimTime changes_at(const Name& name) const override {
    return children_->changes_at(name);
  }
  [[nodiscard]] Name name(std::uint64_t id) const override {
    if (id >= members) return Name::literal(fmt::format("www.gone{}.de.", id));
    return Name::literal(fmt::format("www.n{}.de.", id));
  }

 private:
  authority::ProceduralPopulationSettings population_;
  std::shared_ptr<const authority::ZoneFinder> children_;
};

template <typename Count>
std::int64_t sum_bins(const outcome::Tally& tally, Span span, Count count) {
  const outcome::Bins& bins = tally.shape().bins;
  const SimTime origin = bins.from - Duration::minutes(counted_from);
  std::int64_t sum = 0;
  for (std::uint32_t bin = 0; bin < bins.count; ++bin) {
    const SimTime start = bins.start_of(bin);
    if (start < origin + Duration::minutes(span.from)) continue;
    if (start >= origin + Duration::minutes(span.until)) continue;
    sum += count(bin).raw();
  }
  return sum;
}

// To the nearest; hits on standing answers are no whole numbers.
std::int64_t whole(std::int64_t raw) {
  return (raw + (std::int64_t{1} << (FixedCount::fraction_bits - 1))) >> FixedCount::fraction_bits;
}

std::int64_t raw_lookups(const outcome::Tally& tally, std::uint32_t cohort, Outcome outcome,
                         Span span) {
  return sum_bins(tally, span,
                  [&](std::uint32_t bin) { return tally.lookups(cohort, bin, outcome); });
}

}  // namespace

SimTime minute(std::int64_t n) {
  return must(SimTime::parse("2026-05-05T18:00:00Z")) + Duration::minutes(n);
}

Tld::Tld(Settings settings)
    : keys(make_keys(settings.generation)),
      content(settings.content ? std::move(settings.content) : content_of_de()),
      population(population_of_de()) {
  apex_nsec3 = dnssec::nsec3_owner(dnssec::nsec3_hash(de, {}), de);
  const auto ds = dnssec::make_ds(de, keys.find("ksk")->dnskey, dnssec::DigestType::sha256);
  parent_ds = dns::RRset::make({.owner = de, .type = RRType::ds, .ttl_s = day_s}, {encode(ds)});
  registry::RegistryPlan plan = plan_of_de(apex_nsec3);
  plan.seed = settings.seed;
  plan.content = content;
  run = must(registry::run_registry(plan, keys));
}

const Tld& healthy_tld() {
  static const Tld tld({registry::KeyGeneration::once_for_all_hsms});
  return tld;
}

const Tld& faulty_tld() {
  static const Tld tld({registry::KeyGeneration::once_per_hsm});
  return tld;
}

std::shared_ptr<const resolver::ResolverProfile> unbound_like() {
  resolver::ResolverProfile p;
  p.name = "unbound-like";
  p.synthesises_no_ds = true;
  p.validates_cd_queries = true;
  p.answers_cd_from_cache = false;
  p.bogus_retry = {.failed_delegation_unsigned_queries = 3};
  p.failure_caching = {.answer_ttl = Duration::seconds(60),
                       .bounded_by_rr_ttl = true,
                       .unreachable_ttl = Duration::seconds(5),
                       .delegation_ttl = Duration::seconds(60)};
  p.nta.cached_keys_win = true;
  p.nta.answers_outlive_removal = true;
  p.ede_style = resolver::EdeStyle::chain_9_then_6;
  p.cache.serves_ttl_zero = true;
  return std::make_shared<const resolver::ResolverProfile>(p);
}

std::shared_ptr<const resolver::ResolverProfile> bind_like() {
  resolver::ResolverProfile p;
  p.name = "bind-like";
  p.qname_minimisation = resolver::QnameMinimisation::ask_ns;
  p.failures_apart_by_cd = true;
  p.bogus_retry = {.referral_counts = false};
  p.failure_caching = {.answer_ttl = Duration::seconds(1),
                       .unreachable_ttl = Duration::seconds(1),
                       .delegation_ttl = Duration::seconds(30)};
  p.nta = {.lifetime = Duration::hours(1),
           .recheck = Duration::seconds(300),
           .flushes_on_install = true};
  p.ede_style = resolver::EdeStyle::stale_only;
  p.ede_from_failure_cache = false;
  p.upstream.timeout_initial = Duration::milliseconds(800);
  p.upstream.prefers_fastest = true;
  return std::make_shared<const resolver::ResolverProfile>(p);
}

std::shared_ptr<const resolver::ResolverProfile> knot_like() {
  resolver::ResolverProfile p;
  p.name = "knot-like";
  p.qname_minimisation = resolver::QnameMinimisation::ask_ns;
  p.no_ds_proof = resolver::NoDsProof::referral;
  p.chain_timing = resolver::ChainTiming::before_child;
  p.failures_apart_by_cd = true;
  p.bogus_retry = {
      .answer_queries_max = 5, .ds_queries_max = 5, .dnskey_queries_max = 5, .shared_budget = true};
  p.failure_caching = {.answer_ttl = Duration(), .unreachable_ttl = Duration()};
  p.nta.keeps_failed_negatives = true;
  p.ede_style = resolver::EdeStyle::bogus_6;
  p.ede_from_failure_cache = false;
  p.cache.ttl_min = Duration::seconds(5);
  p.cache.serves_ttl_zero = true;
  p.upstream.timeout_initial = Duration::milliseconds(400);
  p.upstream.prefers_fastest = true;
  return std::make_shared<const resolver::ResolverProfile>(p);
}

std::shared_ptr<const resolver::ResolverProfile> stale_like() {
  resolver::ResolverProfile p = *unbound_like();
  p.name = "stale-like";
  p.serve_stale = {.enabled = true,
                   .on_bogus = resolver::StaleRule::until_max_stale,
                   .on_unreachable = resolver::StaleRule::until_max_stale,
                   .client_timeout = Duration::milliseconds(1800),
                   .recheck_on_bogus = Duration::seconds(5),
                   .stale_ttl_bounded_by_rr_ttl = true,
                   .negative_needs_unchanged_proof = true};
  p.cache.serves_ttl_zero = false;
  p.ede_style = resolver::EdeStyle::bogus_6;
  return std::make_shared<const resolver::ResolverProfile>(p);
}

std::shared_ptr<const resolver::ResolverProfile> permissive_like() {
  resolver::ResolverProfile p = *unbound_like();
  p.name = "permissive-like";
  p.permissive = true;
  return std::make_shared<const resolver::ResolverProfile>(p);
}

resolver::NtaWatch watch_of_tld() {
  resolver::NtaWatch watch;
  watch.name = de;
  watch.share_ppm = 200'000;
  watch.failures_min = 5;
  watch.lasting = Duration::minutes(5);
  watch.reaction = Duration::minutes(2);
  watch.lifetime = Duration::hours(1);
  watch.probe = Duration::minutes(5);
  return watch;
}

Cohort cohort(const std::string& name, std::shared_ptr<const resolver::ResolverProfile> profile) {
  Cohort out;
  out.name = name;
  out.policy = "default";
  out.profile = std::move(profile);
  out.resolvers = 4;
  out.rates = {.mean_per_day = 15'000};
  out.popularity = std::make_shared<const clients::Popularity>(
      must(clients::Popularity::make({.population = members + missing_names,
                                      .head_names = 200,
                                      .head_share_ppm = 700'000,
                                      .seed = seed})));
  StubShare patient;
  patient.rule.name = "patient";
  patient.rule.timeout = Duration::seconds(20);  // longer than any resolver works on a query
  out.stubs = {patient};
  out.dnssec_ok_ppm = 100'000;
  return out;
}

World make_world(const Tld& tld, std::vector<Cohort> cohorts, Duration shift) {
  World world;
  world.seed = seed;
  world.from = minute(counted_from) + shift;
  world.until = minute(counted_until) + shift;
  world.lead_in = Duration::minutes(counted_from);
  world.servers = std::make_shared<const authority::ServerDirectory>(make_servers(tld, shift));
  world.root_hints = {{Name::literal("a.root-servers.net."), {dns::Address::v4(root_address)}}};
  const auto ds = dnssec::make_ds(Name(), root_key()->dnskey(), dnssec::DigestType::sha256);
  world.trust_anchors = {
      dns::RRset::make({.owner = Name(), .type = RRType::ds, .ttl_s = day_s}, {encode(ds)})};
  world.verifier = std::make_shared<const dnssec::IdentityVerifier>();
  world.names = std::make_shared<const Names>(tld.population, hosted());
  world.cohorts = std::move(cohorts);
  for (Cohort& c : world.cohorts) {
    for (ScheduledAction& action : c.actions) action.at += shift;
  }
  return world;
}

World with_moves(World world, const authority::Moves& moves) {
  const auto finder = hosted(moves);
  std::vector<authority::NameServer> servers = world.servers->servers();
  for (authority::NameServer& server : servers) {
    for (authority::Site& site : server.sites) {
      if (site.finder != nullptr) site.finder = finder;
    }
  }
  world.servers = std::make_shared<const authority::ServerDirectory>(std::move(servers));
  world.names = std::make_shared<const Names>(population_of_de(), finder);
  return world;
}

std::int64_t harmed_lookups(const outcome::Tally& tally, std::uint32_t cohort, outcome::Harm harm,
                            Span span) {
  return whole(
      sum_bins(tally, span, [&](std::uint32_t bin) { return tally.harmed(cohort, bin, harm); }));
}

std::int64_t lookups(const outcome::Tally& tally, std::uint32_t cohort, Outcome outcome,
                     Span span) {
  return whole(raw_lookups(tally, cohort, outcome, span));
}

std::int64_t all_lookups(const outcome::Tally& tally, std::uint32_t cohort, Span span) {
  std::int64_t raw = 0;
  for (const Outcome o : outcome::all_outcomes()) raw += raw_lookups(tally, cohort, o, span);
  return whole(raw);
}

std::int64_t failed_lookups(const outcome::Tally& tally, std::uint32_t cohort, Span span) {
  std::int64_t raw = 0;
  for (const Outcome o : outcome::all_outcomes()) {
    if (outcome::is_failure(o)) raw += raw_lookups(tally, cohort, o, span);
  }
  return whole(raw);
}

std::int64_t all_queries(const outcome::Tally& tally, std::uint32_t cohort, Span span) {
  std::int64_t raw = 0;
  for (const Outcome o : outcome::all_outcomes()) {
    raw += sum_bins(tally, span, [&](std::uint32_t bin) { return tally.queries(cohort, bin, o); });
  }
  return whole(raw);
}

std::int64_t lookups_of(outcome::NameClass names, const outcome::Tally& tally, Outcome outcome) {
  FixedCount sum;
  for (std::uint32_t cohort = 0; cohort < tally.shape().cohorts; ++cohort) {
    for (std::uint32_t bin = 0; bin < tally.shape().bins.count; ++bin) {
      sum += tally.lookups_of(names, cohort, bin, outcome);
    }
  }
  return whole(sum.raw());
}

std::int64_t lookups_of(outcome::NameClass names, const outcome::Tally& tally) {
  std::int64_t sum = 0;
  for (const Outcome o : outcome::all_outcomes()) sum += lookups_of(names, tally, o);
  return sum;
}

std::int64_t failure_permille(const outcome::Tally& tally, std::uint32_t cohort, Span span) {
  const std::int64_t all = all_lookups(tally, cohort, span);
  return all == 0 ? 0 : failed_lookups(tally, cohort, span) * 1000 / all;
}

ReplayResult run(const World& world, const ReplayOptions& options) {
  return must(replay(world, options));
}

std::vector<std::int64_t> rows_of(const outcome::Tally& tally, std::uint32_t cohort) {
  std::vector<std::int64_t> rows;
  for (std::uint32_t bin = 0; bin < tally.shape().bins.count; ++bin) {
    for (const Outcome o : outcome::all_outcomes()) {
      rows.push_back(tally.lookups(cohort, bin, o).raw());
      rows.push_back(tally.queries(cohort, bin, o).raw());
    }
    for (const outcome::Harm harm : outcome::all_harms()) {
      rows.push_back(tally.harmed(cohort, bin, harm).raw());
    }
  }
  for (const auto& [key, n] : tally.ede()) {
    if (key.cohort == cohort) rows.insert(rows.end(), {key.bin, key.code, n.raw()});
  }
  return rows;
}

}  // namespace zonefall::replay::testing
