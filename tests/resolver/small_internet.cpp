#include "small_internet.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "zonefall/core/assert.h"
#include "zonefall/dns/master_file.h"

namespace zonefall::resolver::testing {

using dns::Name;
using dns::RRType;

namespace {

constexpr std::uint16_t zsk_flags = dns::DnskeyRdata::flag_zone_key;
constexpr std::uint16_t ksk_flags = zsk_flags | dns::DnskeyRdata::flag_secure_entry_point;

dnssec::KeyPairPtr make_pair(const dnssec::KeySpec& spec, const std::string& label) {
  // Walking to a tag takes a moment, and every test wants the same few keys.
  static std::map<std::pair<std::string, std::uint32_t>, dnssec::KeyPairPtr> made;
  auto& pair = made[{label, spec.flags * 65536U + spec.requested_tag.value_or(0)}];
  if (!pair) pair = dnssec::make_key_pair(spec, 1, label).value();
  return pair;
}

std::string soa(std::uint32_t ttl_s, std::uint32_t minimum_s) {
  return fmt::format("@ {} IN SOA ns host 1 7200 7200 604800 {}\n", ttl_s, minimum_s);
}

void fill_keys(ZonePlan& plan) {
  if (!plan.ksk) plan.ksk = make_key(plan.apex + " KSK", Role::ksk);
  if (!plan.zsk) plan.zsk = make_key(plan.apex + " ZSK", Role::zsk);
}

std::optional<authority::DenialSettings> denial_of(const ZonePlan& plan) {
  authority::DenialSettings settings;
  settings.ttl_s = plan.denial_ttl_s;
  settings.params.iterations = plan.nsec3_iterations;
  switch (plan.signing) {
    case Signing::unsigned_zone: return std::nullopt;
    case Signing::nsec: settings.kind = authority::DenialChain::Kind::nsec; break;
    case Signing::nsec3: break;
    case Signing::nsec3_opt_out: settings.opt_out = true; break;
  }
  return settings;
}

dns::DsRdata ds_of(const ZonePlan& plan) {
  const dnssec::KeyPairPtr& ksk = plan.ksk_of_parent ? plan.ksk_of_parent : plan.ksk;
  return dnssec::make_ds(Name::literal(plan.apex), ksk->dnskey(), dnssec::DigestType::sha256);
}

}  // namespace

dnssec::KeyPairPtr make_key(const std::string& label, Role role) {
  return make_pair({.algorithm = dnssec::Algorithm::ecdsap256sha256,
                    .flags = role == Role::ksk ? ksk_flags : zsk_flags},
                   label);
}

dnssec::KeyPairPtr make_key_like(const dnssec::KeyPairPtr& like, const std::string& label) {
  auto pair = make_pair({.algorithm = dnssec::Algorithm::ecdsap256sha256,
                         .flags = like->dnskey().flags,
                         .requested_tag = like->tag()},
                        label);
  ZF_ASSERT(pair->tag() == like->tag() && pair->id() != like->id());
  return pair;
}

SmallInternet::SmallInternet() {
  ZonePlan root{".", soa(86400, 3600), {"192.0.2.1", "192.0.2.2"}, Signing::nsec};
  root.text +=
      "@ 518400 IN NS a.root.\n@ 518400 IN NS b.root.\n"
      "a.root. 518400 IN A 192.0.2.1\nb.root. 518400 IN A 192.0.2.2\n";
  fill_keys(root);
  zones_["."] = root;
  add({"tld.",
       soa(3600, 300) + "word 600 IN A 198.51.100.1\n",
       {"192.0.2.11", "192.0.2.12"},
       Signing::nsec3_opt_out},
      {".",
       "tld. 86400 IN NS ns1.tld.\ntld. 86400 IN NS ns2.tld.\n"
       "ns1.tld. 86400 IN A 192.0.2.11\nns2.tld. 86400 IN A 192.0.2.12\n"});
  add({"other.", soa(3600, 300) + "www 600 IN A 198.51.100.2\n", {"192.0.2.21"}, Signing::nsec},
      {".", "other. 86400 IN NS ns.other.\nns.other. 86400 IN A 192.0.2.21\n"});
  add({"signed.tld.",
       soa(600, 120) +
           "www 60 IN A 198.51.100.3\nalias 30 IN CNAME www\n*.wild 60 IN A 198.51.100.4\n"
           "a.b.c 60 IN A 198.51.100.5\nlong 7200 IN A 198.51.100.6\n",
       {"192.0.2.31", "192.0.2.32"},
       Signing::nsec},
      {"tld.",
       "signed 3600 IN NS ns1.signed\nsigned 3600 IN NS ns2.signed\n"
       "ns1.signed 3600 IN A 192.0.2.31\nns2.signed 3600 IN A 192.0.2.32\n"});
  add({"plain.tld.", soa(600, 120) + "www 60 IN A 198.51.100.7\n", {"192.0.2.41"}},
      {"tld.", "plain 3600 IN NS ns1.plain\nns1.plain 3600 IN A 192.0.2.41\n"});
}

ZonePlan& SmallInternet::zone(std::string_view apex) {
  const auto found = zones_.find(std::string(apex));
  ZF_ASSERT(found != zones_.end());
  return found->second;
}

// A zone's own NS RRset and addresses are its parent's, with names made absolute.
ZonePlan& SmallInternet::add(ZonePlan plan, const Delegation& delegation) {
  ZonePlan& parent = zone(delegation.parent);
  parent.text += delegation.text;
  const auto records = dns::parse_master_file(
      delegation.text, {.origin = Name::literal(delegation.parent), .default_ttl_s = 3600});
  const Name apex = Name::literal(plan.apex);
  for (const dns::SignedRRset& entry : records.value()) {
    if (entry.rrset->owner().is_at_or_below(apex)) plan.text += dns::to_master_text(entry);
  }
  if (plan.signing != Signing::unsigned_zone) fill_keys(plan);
  ZonePlan& kept = zones_[plan.apex];
  kept = std::move(plan);
  return kept;
}

std::string SmallInternet::parent_of(const std::string& apex) const {
  for (Name name = Name::literal(apex); !name.is_root();) {
    name = name.parent();
    if (zones_.contains(name.to_text())) return name.to_text();
  }
  return {};
}

authority::ZoneVersionPtr SmallInternet::version(const std::string& apex) const {
  const ZonePlan& plan = zones_.at(apex);
  std::string text = plan.text;
  for (const auto& [child_apex, child] : zones_) {
    if (child.signing == Signing::unsigned_zone || !child.has_ds || child_apex == apex) continue;
    if (parent_of(child_apex) != apex) continue;
    const std::string rdata = child.ds_text.empty()
                                  ? dns::rdata_to_text(RRType::ds, dns::encode(ds_of(child)))
                                  : child.ds_text;
    text += fmt::format("{} {} IN DS {}\n", child_apex, child.ds_ttl_s, rdata);
  }
  const Name name = Name::literal(apex);
  const auto records = dns::parse_master_file(text, {.file_name = apex, .origin = name});
  if (!records) fmt::print(stderr, "{}\n", records.error().to_text());
  authority::ListedZone listed{.apex = name, .rrsets = {}, .denial = denial_of(plan)};
  dns::RRsetPtr soa_rrset;
  for (const dns::SignedRRset& entry : records.value()) {
    const bool is_soa = entry.rrset->type() == RRType::soa;
    (is_soa ? soa_rrset : listed.rrsets.emplace_back()) = entry.rrset;
  }
  const auto content = authority::make_listed_content(std::move(listed));
  if (!content) fmt::print(stderr, "{}: {}\n", apex, content.error().to_text());
  authority::ZoneVersionParts parts{content.value(), soa_rrset, nullptr, nullptr, start_time};
  if (plan.signing != Signing::unsigned_zone) {
    parts.dnskeys =
        dns::RRset::make({.owner = name, .type = RRType::dnskey, .ttl_s = plan.dnskey_ttl_s},
                         {dns::encode(plan.ksk->dnskey()), dns::encode(plan.zsk->dnskey())});
    const SimTime signed_at = start_time - plan.signed_before;
    std::vector<dnssec::KeyPairPtr> zsks = {plan.signing_zsk ? plan.signing_zsk : plan.zsk};
    if (plan.second_zsk) zsks.push_back(plan.second_zsk);
    parts.signatures = authority::make_signature_source(
        {.zone = name,
         .ksks = {plan.ksk},
         .zsks = std::move(zsks),
         .window = {static_cast<std::uint32_t>(signed_at.to_unix_s()),
                    static_cast<std::uint32_t>((signed_at + plan.valid_for).to_unix_s())}});
  }
  return std::make_shared<const authority::ZoneVersion>(std::move(parts));
}

TrustAnchor SmallInternet::anchor(const std::string& apex) const {
  ZonePlan plan = zones_.at(apex);
  return dns::RRset::make({.owner = Name::literal(apex), .type = RRType::ds, .ttl_s = 86400},
                          {dns::encode(ds_of(plan))});
}

std::vector<RootHint> SmallInternet::root_hints() {
  return {{Name::literal("a.root."), {dns::Address::v4({192, 0, 2, 1})}},
          {Name::literal("b.root."), {dns::Address::v4({192, 0, 2, 2})}}};
}

}  // namespace zonefall::resolver::testing
