#include "zone_testing.h"

#include <fmt/format.h>

#include "zonefall/dns/master_file.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::authority::testing {

using dns::Name;
using dns::RRClass;
using dns::RRType;

std::vector<dns::RRsetPtr> rrsets_of(std::string_view text, std::string_view origin) {
  dns::MasterFileOptions options;
  options.origin = Name::literal(origin);
  options.default_ttl_s = 3600;
  std::vector<dns::RRsetPtr> rrsets;
  const auto parsed = dns::parse_master_file(text, options);
  if (!parsed) fmt::print(stderr, "{}\n", parsed.error().to_text());
  for (const dns::SignedRRset& entry : parsed.value()) rrsets.push_back(entry.rrset);
  return rrsets;
}

ListedZone zone_of(std::string_view text, std::string_view origin) {
  ListedZone zone;
  zone.apex = Name::literal(origin);
  zone.rrsets = rrsets_of(text, origin);
  return zone;
}

DenialSettings nsec() {
  DenialSettings denial;
  denial.kind = DenialChain::Kind::nsec;
  return denial;
}
DenialSettings nsec3() {
  return {};
}
DenialSettings nsec3_opt_out() {
  DenialSettings denial;
  denial.opt_out = true;
  return denial;
}

namespace {

constexpr std::uint16_t zsk_flags = dns::DnskeyRdata::flag_zone_key;
constexpr std::uint16_t ksk_flags = zsk_flags | dns::DnskeyRdata::flag_secure_entry_point;

dnssec::KeyPairPtr make_ecdsa(std::uint16_t flags, std::uint64_t seed, const std::string& label,
                              std::optional<std::uint16_t> tag) {
  dnssec::KeySpec spec;
  spec.algorithm = dnssec::Algorithm::ecdsap256sha256;
  spec.flags = flags;
  spec.requested_tag = tag;
  return dnssec::make_key_pair(spec, seed, label).value();
}

}  // namespace

Keys make_keys(std::uint64_t seed) {
  return {make_ecdsa(ksk_flags, seed, "ksk", {}), make_ecdsa(zsk_flags, seed, "zsk", {})};
}

Keys make_keys_like(const Keys& like, std::uint64_t seed) {
  return {make_ecdsa(ksk_flags, seed, "ksk", like.ksk->tag()),
          make_ecdsa(zsk_flags, seed, "zsk", like.zsk->tag())};
}

Keys make_rsa_keys(std::uint64_t seed) {
  dnssec::KeySpec ksk;
  ksk.bits = 2048;
  ksk.flags = ksk_flags;
  dnssec::KeySpec zsk;
  zsk.bits = 1024;
  return {dnssec::make_key_pair(ksk, seed, "ksk").value(),
          dnssec::make_key_pair(zsk, seed, "zsk").value()};
}

dns::RRsetPtr make_soa(const Name& apex, std::uint32_t serial, std::uint32_t ttl_s) {
  dns::SoaRdata soa;
  soa.mname = Name::literal("f.nic.de.");
  soa.rname = Name::literal("dns-operations.denic.de.");
  soa.serial = serial;
  soa.refresh_s = 7200;
  soa.retry_s = 7200;
  soa.expire_s = 3600000;
  soa.minimum_s = 7200;
  return dns::RRset::make({apex, RRType::soa, RRClass::in, ttl_s}, {encode(soa)});
}

dns::RRsetPtr make_dnskeys(const Name& apex, const Keys& keys) {
  return dns::RRset::make({apex, RRType::dnskey, RRClass::in, 3600},
                          {encode(keys.ksk->dnskey()), encode(keys.zsk->dnskey())});
}

SimTime test_time() {
  return SimTime::parse("2026-05-05T19:00:00Z").value();
}

dnssec::SignatureWindow window_at(SimTime signed_at) {
  return {static_cast<std::uint32_t>((signed_at - Duration::minutes(90)).to_unix_s()),
          static_cast<std::uint32_t>((signed_at + Duration::days(14)).to_unix_s())};
}

ZoneVersionPtr sign_version(const ZoneContentPtr& content, const Signing& signing) {
  const Keys& keys = signing.published;
  ZoneVersionParts parts;
  parts.content = content;
  parts.soa = make_soa(content->apex(), signing.serial);
  parts.dnskeys = make_dnskeys(content->apex(), keys);
  parts.signatures = make_signature_source(
      {content->apex(), {keys.ksk}, {signing.signing_zsk}, window_at(signing.at)});
  parts.signed_at = signing.at;
  return std::make_shared<const ZoneVersion>(std::move(parts));
}

ZoneVersionPtr unsigned_version(const ZoneContentPtr& content, std::uint32_t serial) {
  ZoneVersionParts parts;
  parts.content = content;
  parts.soa = make_soa(content->apex(), serial);
  parts.signed_at = test_time();
  return std::make_shared<const ZoneVersion>(std::move(parts));
}

dns::Question question_of(std::string_view qname, std::string_view qtype) {
  return {Name::literal(qname), dns::parse_rrtype(qtype).value(), RRClass::in};
}

std::vector<std::string> names_in(const std::vector<dns::SignedRRset>& section) {
  std::vector<std::string> names;
  names.reserve(section.size());
  for (const dns::SignedRRset& entry : section) {
    names.push_back(entry.rrset->owner().to_text() + " " + dns::to_text(entry.rrset->type()));
  }
  return names;
}

ProceduralPopulationSettings population_settings(std::string_view zone, std::uint64_t size,
                                                 std::uint32_t signed_ppm) {
  ProceduralPopulationSettings settings;
  settings.zone = Name::literal(zone);
  settings.size = size;
  settings.seed = 20260505;
  settings.signed_ppm = signed_ppm;
  settings.providers = {
      {{Name::literal("ns1.hosting-one.test"), Name::literal("ns2.hosting-one.test")}, 3},
      {{Name::literal("a.dns.hosting-two.test"), Name::literal("b.dns.hosting-two.test")}, 1}};
  return settings;
}

ListedZone tld_zone(std::string_view zone) {
  return zone_of(R"(
@           86400 IN NS   a.nic
@           86400 IN NS   n.net.test.
nic         86400 IN NS   a.nic
nic         86400 IN NS   ns.other
nic         86400 IN DS   26755 8 2 f341357809a5954311ccb82ade114c6c1d724a75c0395137aa3978035425e78d
a.nic       86400 IN A    194.0.0.53
a.nic       86400 IN AAAA 2001:678:2::53
other       86400 IN NS   ns.other
ns.other    86400 IN A    192.0.2.44
deep.below  86400 IN NS   n.net.test.
whois       3600  IN A    192.0.2.80
*.wild.text 3600  IN TXT  "any"
)",
                 zone);
}

}  // namespace zonefall::authority::testing
