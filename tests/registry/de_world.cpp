#include "de_world.h"

#include <algorithm>
#include <utility>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "zonefall/authority/answer.h"
#include "zonefall/authority/population.h"
#include "zonefall/authority/server.h"
#include "zonefall/dns/rdata.h"
#include "zonefall/dnssec/nsec3.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::registry {
namespace {

using dns::Name;
using dns::RRType;

constexpr std::uint32_t day_s = 86400;
const Name de = Name::literal("de.");
const std::vector<std::string> server_names = {"a.nic.de.", "f.nic.de.", "z.nic.de.",
                                               "l.de.net.", "n.de.net.", "s.de.net."};

template <typename T>
T must(Result<T> result) {
  if (!result) FAIL(result.error().to_text());
  return std::move(result).value();
}

authority::ListedZone apex_of_de() {
  authority::ListedZone listed;
  listed.apex = de;
  std::vector<dns::Octets> targets;
  targets.reserve(server_names.size());
  for (const std::string& name : server_names) {
    targets.push_back(dns::encode_name(Name::literal(name)));
  }
  listed.rrsets = {
      dns::RRset::make({.owner = de, .type = RRType::ns, .ttl_s = day_s}, std::move(targets)),
      dns::RRset::make({.owner = Name::literal("a.nic.de."), .type = RRType::a, .ttl_s = day_s},
                       {dns::encode_a({194, 0, 0, 53})}),
  };
  listed.denial = authority::DenialSettings{.opt_out = true, .ttl_s = 7200};
  listed.apex_types = {RRType::soa, RRType::dnskey};
  return listed;
}

authority::PopulationPtr members_of_de() {
  authority::ProceduralPopulationSettings settings;
  settings.zone = de;
  settings.size = 2000;
  settings.seed = 26;
  settings.signed_ppm = 300'000;
  settings.providers = {{{Name::literal("ns1.hoster.example."), Name::literal("ns2.x.example.")}}};
  return must(authority::make_procedural_population(std::move(settings)));
}

KeyRequest rsa_key(const std::string& label, KeyRole role, std::uint16_t bits, std::uint16_t tag) {
  return {.label = label,
          .role = role,
          .algorithm = dnssec::Algorithm::rsasha256,
          .bits = bits,
          .requested_tag = tag};
}

void plan_keys(RegistryPlan& plan, NewZsk new_zsk) {
  const SimTime long_ago = utc("2026-03-01");
  plan.publications = {{.label = "ksk"}, {.label = "zsk-32911"}};
  if (new_zsk == NewZsk::published) {
    plan.publications.push_back({.label = "zsk-33834", .from = utc("2026-05-02")});
  }
  plan.signing.activations = {{long_ago, KeyRole::ksk, "ksk"},
                              {long_ago, KeyRole::zsk, "zsk-32911"},
                              {utc("19:19"), KeyRole::zsk, "zsk-33834"}};
  plan.signing.batches = {{.at = utc("19:19")}};
}

void plan_publication(RegistryPlan& plan) {
  plan.phases = {{.from = utc("17:01"), .interval = Duration::minutes(2)}};
  for (const std::string& name : server_names) {
    plan.site_names.push_back(name + " site 1");
    plan.site_names.push_back(name + " site 2");
  }
  plan.propagation = {Duration::minutes(11), Duration::minutes(11)};
  plan.checkers = {{.name = "checker-1"}, {.name = "checker-2"}, {.name = "checker-3"}};
  RepairDecision repair;
  repair.delay_after_alert = Duration::minutes(30);
  repair.not_before = utc("21:45:14");
  repair.key_label = "zsk-32911";
  repair.withdraw_label = "zsk-33834";
  repair.distribution_delay_min = utc("22:08") - utc("21:45:14");
  repair.distribution_delay_max = utc("23:15") - utc("21:45:14");
  plan.repair = repair;
  plan.from = utc("18:00");
  plan.until = utc("2026-05-06T01:00:00Z");
}

}  // namespace

SimTime utc(std::string_view text) {
  const bool is_clock_time = text.find('-') == std::string_view::npos;
  if (!is_clock_time) return must(SimTime::parse(text));
  const std::string seconds = text.size() == 5 ? ":00" : "";
  return must(SimTime::parse(fmt::format("2026-05-05T{}{}Z", text, seconds)));
}

DeWorld::DeWorld(KeyGeneration generation, NewZsk new_zsk)
    : keys(2026, {"hsm-1", "hsm-2", "hsm-3"}) {
  const auto normal = KeyGeneration::once_for_all_hsms;
  must(keys.generate(rsa_key("ksk", KeyRole::ksk, 2048, 26755), normal));
  must(keys.generate(rsa_key("zsk-32911", KeyRole::zsk, 1024, 32911), normal));
  must(keys.generate(rsa_key("zsk-33834", KeyRole::zsk, 1024, 33834), generation));

  const authority::PopulationPtr members = members_of_de();
  for (std::uint64_t id = 0; id < members->size(); ++id) {
    auto& names = members->is_signed(id) ? signed_members : unsigned_members;
    names.push_back(must(de.prepend(members->label(id))));
  }
  apex_nsec3 = dnssec::nsec3_owner(dnssec::nsec3_hash(de, {}), de);
  const dns::DsRdata ds = dnssec::make_ds(de, keys.find("ksk")->dnskey, dnssec::DigestType::sha256);
  parent_ds =
      dns::RRset::make({.owner = de, .type = RRType::ds, .ttl_s = day_s}, {dns::encode(ds)});

  plan.zone = de;
  plan.seed = 5;
  plan.content = must(authority::make_populated_content(apex_of_de(), members));
  plan.soa = {.mname = Name::literal("f.nic.de."),
              .rname = Name::literal("dns-operations.denic.de."),
              .serial = 0,
              .refresh_s = 7200,
              .retry_s = 7200,
              .expire_s = 3600000,
              .minimum_s = 7200};
  plan_keys(plan, new_zsk);
  plan_publication(plan);
  // The key store recorded the public half of the first HSM's pair; another one signed this RRset.
  plan.signing.pins = {{apex_nsec3, RRType::nsec3, "hsm-2", utc("19:19"), utc("21:45")}};
  for (std::size_t i = 0; i < 100; ++i) {
    plan.checked_names.push_back(signed_members[i]);
    plan.checked_names.push_back(unsigned_members[i]);
  }
}

RegistryRun DeWorld::run() const {
  return must(run_registry(plan, keys));
}

authority::ZoneVersionPtr served(const RegistryRun& run, std::size_t site, SimTime at) {
  return run.history->entries().at(run.sites.at(site).index_at(at).value()).version;
}

std::vector<std::string> failures(const std::vector<Audited>& audited) {
  std::vector<std::string> names;
  for (const Audited& entry : audited) {
    if (entry.verdict.security == dnssec::Security::secure) continue;
    std::string owner = entry.owner.canonical().to_text();
    owner.pop_back();  // the final dot, which not every judge prints
    names.push_back(fmt::format("{} {}", owner, dns::to_text(entry.type)));
  }
  std::sort(names.begin(), names.end());
  return names;
}

dnssec::Verdict referral_verdict(const dnssec::SignatureVerifier& verifier,
                                 const authority::ZoneVersion& version, const dns::Name& member,
                                 SimTime now) {
  const auto reply = authority::answer(version, {member, RRType::a}, {});
  REQUIRE(reply.message->answer.empty());
  return dnssec::validate_denial({verifier}, {dnssec::Denial::no_ds_referral, member, RRType::ds},
                                 reply.message->authority, dnssec::zone_keys(*version.dnskeys()),
                                 now)
      .verdict;
}

}  // namespace zonefall::registry
