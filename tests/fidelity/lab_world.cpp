#include "lab_world.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "zonefall/core/assert.h"
#include "zonefall/dns/master_file.h"
#include "zonefall/dnssec/key.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::fidelity {
namespace {

using authority::ZoneVersionPtr;
using dnssec::KeyPairPtr;

constexpr std::uint64_t seed = 20260505;
constexpr std::array unsigned_children = {"c1", "c2", "c3", "n1", "n2", "n3", "n4", "n5", "n6"};
constexpr std::array signed_children = {"s1", "s2", "s3"};

struct Ttls {
  std::uint32_t ns, ds, dnskey, soa, negative, root_ns, root_ds, child_ns;
};

Ttls ttls_of(TtlFamily family) {
  switch (family) {
    case TtlFamily::as_de: return {86400, 86400, 3600, 86400, 7200, 172800, 86400, 3600};
    case TtlFamily::thirty_seconds: return {30, 30, 30, 30, 30, 30, 30, 30};
  }
  ZF_ASSERT(false);
}

std::string tld_address(const LabTld& tld, int server) {
  return fmt::format("198.18.{}.{}", tld.net, server);
}
std::string root_address(int server) {
  return fmt::format("198.18.240.{}", server);
}
// The children of a TLD that falls silent have servers of their own.
std::string child_address(const LabTld& tld, int server) {
  return fmt::format("198.18.{}.{}", tld.fault == LabFault::silence ? 242 : 241, server);
}
std::string net_address(int server) {
  return fmt::format("198.18.243.{}", server);
}

/// Three names in the TLD, three in net.; server i (from 1) has the i-th.
std::string tld_server_name(const LabTld& tld, int server) {
  constexpr std::string_view letters = "afzlns";
  const char letter = letters[static_cast<std::size_t>(server - 1)];
  return server <= 3 ? fmt::format("{}.nic.{}.", letter, tld.label)
                     : fmt::format("{}.{}.net.", letter, tld.label);
}

dnssec::SignatureWindow window_from(SimTime start) {
  return {static_cast<std::uint32_t>((start - Duration::hours(1)).to_unix_s()),
          static_cast<std::uint32_t>((start + Duration::days(30)).to_unix_s())};
}

dnssec::SignatureWindow window_that_ended_before(SimTime start) {
  return {static_cast<std::uint32_t>((start - Duration::days(30)).to_unix_s()),
          static_cast<std::uint32_t>((start - Duration::days(1)).to_unix_s())};
}

KeyPairPtr key(const dnssec::KeySpec& spec, const std::string& label) {
  auto pair = dnssec::make_key_pair(spec, seed, label);
  ZF_ASSERT(pair.ok());
  return std::move(pair).value();
}

constexpr std::uint16_t zsk_flags = dns::DnskeyRdata::flag_zone_key;
constexpr std::uint16_t ksk_flags = zsk_flags | dns::DnskeyRdata::flag_secure_entry_point;

KeyPairPtr rsa_key(const std::string& label, std::uint16_t bits, std::uint16_t flags) {
  return key({.algorithm = dnssec::Algorithm::rsasha256, .bits = bits, .flags = flags}, label);
}

std::string ds_text(const KeyPairPtr& ksk, const std::string& owner, std::uint32_t ttl_s) {
  const auto rdata = dns::encode(
      dnssec::make_ds(dns::Name::literal(owner), ksk->dnskey(), dnssec::DigestType::sha256));
  return fmt::format("{} {} IN DS {}\n", owner, ttl_s, dns::rdata_to_text(dns::RRType::ds, rdata));
}

struct ZoneText {
  std::string apex;
  std::string text;
  std::optional<authority::DenialSettings> denial;
};

struct ReadZone {
  authority::ZoneContentPtr content;
  dns::RRsetPtr soa;
};

ReadZone read_zone(const ZoneText& zone) {
  const dns::Name apex = dns::Name::literal(zone.apex);
  auto records = dns::parse_master_file(zone.text, {.file_name = zone.apex, .origin = apex});
  ZF_ASSERT(records.ok());
  authority::ListedZone listed{.apex = apex, .rrsets = {}, .denial = zone.denial};
  if (!zone.denial) listed.apex_types = {dns::RRType::soa};
  ReadZone read;
  for (const dns::SignedRRset& entry : records.value()) {
    if (entry.rrset->type() == dns::RRType::soa) {
      read.soa = entry.rrset;
    } else {
      listed.rrsets.push_back(entry.rrset);
    }
  }
  auto content = authority::make_listed_content(std::move(listed));
  ZF_ASSERT(content.ok() && read.soa != nullptr);
  read.content = std::move(content).value();
  return read;
}

struct ZoneKeyPairs {
  std::vector<KeyPairPtr> ksks;
  std::vector<KeyPairPtr> published_zsks;
  std::vector<KeyPairPtr> signing_zsks;
  std::uint32_t dnskey_ttl_s = 0;
};

ZoneVersionPtr unsigned_version(const ReadZone& zone, SimTime start) {
  return std::make_shared<const authority::ZoneVersion>(
      authority::ZoneVersionParts{zone.content, zone.soa, nullptr, nullptr, start});
}

/// KSKs sign the DNSKEY RRset alone, `signing_zsks` everything else.
ZoneVersionPtr signed_version(const ReadZone& zone, const ZoneKeyPairs& keys,
                              const dnssec::SignatureWindow& window, SimTime signed_at) {
  const dns::Name& apex = zone.content->apex();
  std::vector<dns::Octets> public_keys;
  for (const auto* group : {&keys.ksks, &keys.published_zsks}) {
    for (const KeyPairPtr& pair : *group) public_keys.push_back(dns::encode(pair->dnskey()));
  }
  const auto dnskeys = dns::RRset::make(
      {.owner = apex, .type = dns::RRType::dnskey, .ttl_s = keys.dnskey_ttl_s}, public_keys);
  auto signatures = authority::make_signature_source(
      {.zone = apex, .ksks = keys.ksks, .zsks = keys.signing_zsks, .window = window});
  return std::make_shared<const authority::ZoneVersion>(authority::ZoneVersionParts{
      zone.content, zone.soa, dnskeys, std::move(signatures), signed_at});
}

authority::DenialSettings nsec(std::uint32_t ttl_s) {
  return {.kind = authority::DenialChain::Kind::nsec, .ttl_s = ttl_s};
}
authority::DenialSettings nsec3_opt_out(std::uint32_t ttl_s) {
  return {.kind = authority::DenialChain::Kind::nsec3, .opt_out = true, .ttl_s = ttl_s};
}

authority::DenialSettings tld_denial(const Ttls& ttls) {
  return nsec3_opt_out(std::min(ttls.soa, ttls.negative));
}

std::string host_records() {
  std::string text =
      "@ 10 IN A 192.0.2.1\nlong 3600 IN A 192.0.2.2\na10 10 IN A 192.0.2.3\n"
      "new 300 IN A 192.0.2.4\nw 10 IN A 192.0.2.10\n";
  for (int i = 2; i <= 9; ++i) text += fmt::format("w{} 10 IN A 192.0.2.{}\n", i, 9 + i);
  return text;
}

std::string child_text(const LabTld& tld, const std::string& zone, const Ttls& ttls) {
  std::string text = fmt::format("$ORIGIN {}\n$TTL {}\n", zone, ttls.child_ns);
  text += fmt::format("@ IN SOA ns1 host 1 7200 7200 604800 {}\n", std::min(300U, ttls.child_ns));
  for (int i = 1; i <= 2; ++i) {
    text += fmt::format("@ IN NS ns{}\nns{} IN A {}\n", i, i, child_address(tld, i));
  }
  return text + host_records();
}

std::string nic_text(const LabTld& tld, const Ttls& ttls) {
  std::string text = fmt::format("$ORIGIN nic.{}.\n$TTL {}\n", tld.label, ttls.child_ns);
  text += fmt::format("@ IN SOA ns1 host 1 7200 7200 604800 {}\n", std::min(300U, ttls.child_ns));
  for (int i = 1; i <= 3; ++i) {
    const std::string name = tld_server_name(tld, i);
    text += fmt::format("@ IN NS {}\n{} IN A {}\n", name, name, tld_address(tld, i));
  }
  return text + host_records();
}

std::string tld_text(const LabTld& tld, const Ttls& ttls, int serial) {
  std::string text = fmt::format("$ORIGIN {}.\n$TTL {}\n", tld.label, ttls.ns);
  text += fmt::format("@ {} IN SOA a.nic dns.nic {} 7200 7200 3600000 {}\n", ttls.soa, serial,
                      ttls.negative);
  for (int i = 1; i <= 6; ++i) {
    const std::string name = tld_server_name(tld, i);
    text += fmt::format("@ IN NS {}\n", name);
    if (i <= 3) text += fmt::format("nic IN NS {}\n{} IN A {}\n", name, name, tld_address(tld, i));
  }
  const auto delegate = [&](std::string_view child) {
    for (int i = 1; i <= 2; ++i) {
      text += fmt::format("{} IN NS ns{}.{}\n", child, i, child);
      text += fmt::format("ns{}.{} IN A {}\n", i, child, child_address(tld, i));
    }
  };
  for (const auto* child : unsigned_children) delegate(child);
  for (const auto* child : signed_children) delegate(child);
  return text;
}

std::string net_text(const LabTld& tld, const Ttls& ttls) {
  std::string text = "$ORIGIN net.\n$TTL 86400\n@ IN SOA a.ns.net. x. 1 7200 7200 604800 300\n";
  for (int i = 1; i <= 2; ++i) {
    const char letter = "ab"[i - 1];
    text += fmt::format("@ IN NS {}.ns\n{}.ns IN A {}\n", letter, letter, net_address(i));
  }
  for (int i = 4; i <= 6; ++i) {
    text += fmt::format("{} {} IN A {}\n", tld_server_name(tld, i), ttls.ns, tld_address(tld, i));
  }
  return text;
}

std::string root_text(const LabTld& tld, const Ttls& ttls, int serial) {
  std::string text =
      fmt::format("$TTL 518400\n. 86400 IN SOA a.rootns. x. {} 1800 900 604800 86400\n", serial);
  for (int i = 1; i <= 2; ++i) {
    const char letter = "ab"[i - 1];
    text +=
        fmt::format(". IN NS {}.rootns.\n{}.rootns. IN A {}\n", letter, letter, root_address(i));
    text += fmt::format("net. 172800 IN NS {}.ns.net.\n{}.ns.net. 172800 IN A {}\n", letter, letter,
                        net_address(i));
  }
  for (int i = 1; i <= 6; ++i) {
    const std::string name = tld_server_name(tld, i);
    text += fmt::format("{}. {} IN NS {}\n", tld.label, ttls.root_ns, name);
    text += fmt::format("{} {} IN A {}\n", name, ttls.root_ns, tld_address(tld, i));
  }
  return text;
}

authority::NameServer server_of(const std::string& address, std::vector<authority::SiteZone> zones,
                                std::vector<authority::SilentSpan> silences) {
  authority::NameServer server;
  server.name = dns::Name::literal("server." + address + ".");
  server.addresses = {dns::Address::parse(address).value()};
  std::sort(zones.begin(), zones.end(),
            [](const auto& a, const auto& b) { return a.history->apex() < b.history->apex(); });
  server.sites.push_back(
      {.name = address, .zones = std::move(zones), .silences = std::move(silences)});
  return server;
}

authority::SiteZone constant(const ZoneVersionPtr& version) {
  return {authority::make_constant_history(version), {}};
}

}  // namespace

dns::Name LabTld::name() const {
  return dns::Name::literal(label + ".");
}

LabZones::LabZones(LabTld tld, SimTime start) : tld_(std::move(tld)) {
  make_children(start);
  make_tld(start);
  make_root_and_net(start);
}

void LabZones::make_children(SimTime start) {
  const Ttls ttls = ttls_of(tld_.family);
  for (const auto* child : unsigned_children) {
    const std::string zone = fmt::format("{}.{}.", child, tld_.label);
    children_.push_back(
        unsigned_version(read_zone({zone, child_text(tld_, zone, ttls), {}}), start));
  }
  for (const auto* child : signed_children) {
    const std::string zone = fmt::format("{}.{}.", child, tld_.label);
    const KeyPairPtr pair =
        key({.algorithm = dnssec::Algorithm::ecdsap256sha256, .flags = ksk_flags}, zone);
    const auto denial = nsec(std::min(300U, ttls.child_ns));
    children_.push_back(signed_version(
        read_zone({zone, child_text(tld_, zone, ttls), denial}),
        {.ksks = {pair}, .published_zsks = {}, .signing_zsks = {pair}, .dnskey_ttl_s = ttls.dnskey},
        window_from(start), start));
    child_ds_text_ += ds_text(pair, zone, ttls.ds);
  }
  const std::string nic_zone = fmt::format("nic.{}.", tld_.label);
  nic_ = unsigned_version(read_zone({nic_zone, nic_text(tld_, ttls), {}}), start);
}

void LabZones::make_tld(SimTime start) {
  const Ttls ttls = ttls_of(tld_.family);
  const std::string zone = tld_.label + ".";
  tld_ksk_ = rsa_key(zone + " KSK", 2048, ksk_flags);
  tld_zsk_ = rsa_key(zone + " ZSK", 1280, zsk_flags);
  tld_ds_text_ = ds_text(tld_ksk_, zone, ttls.root_ds);
  wrong_ds_text_ = ds_text(rsa_key(zone + " KSK of somebody", 2048, ksk_flags), zone, ttls.root_ds);
  for (std::size_t i = 0; i < tld_versions_.size(); ++i) {
    const SimTime signed_at = start + Duration::seconds(static_cast<int>(i));
    if (i == 1) {
      tld_versions_[i] = faulty_tld(start, signed_at);
      continue;
    }
    const std::string text = tld_text(tld_, ttls, static_cast<int>(i) + 1) + child_ds_text_;
    tld_versions_[i] = signed_version(read_zone({zone, text, tld_denial(ttls)}),
                                      {.ksks = {tld_ksk_},
                                       .published_zsks = {tld_zsk_},
                                       .signing_zsks = {tld_zsk_},
                                       .dnskey_ttl_s = ttls.dnskey},
                                      window_from(start), signed_at);
  }
}

ZoneVersionPtr LabZones::faulty_tld(SimTime start, SimTime signed_at) const {
  const Ttls ttls = ttls_of(tld_.family);
  const std::string zone = tld_.label + ".";
  const std::string text = tld_text(tld_, ttls, 2);
  if (tld_.fault == LabFault::unsigned_zone) {
    return unsigned_version(read_zone({zone, text, {}}), signed_at);
  }
  const bool expired = tld_.fault == LabFault::expired_signatures;
  return signed_version(read_zone({zone, text + child_ds_text_, tld_denial(ttls)}),
                        {.ksks = {tld_ksk_},
                         .published_zsks = {tld_zsk_},
                         .signing_zsks = {signer_during_fault()},
                         .dnskey_ttl_s = ttls.dnskey},
                        expired ? window_that_ended_before(start) : window_from(start), signed_at);
}

KeyPairPtr LabZones::signer_during_fault() const {
  const bool same_tag = tld_.fault == LabFault::other_private_key;
  if (!same_tag && tld_.fault != LabFault::unpublished_key) return tld_zsk_;
  const KeyPairPtr other =
      key({.algorithm = dnssec::Algorithm::rsasha256,
           .bits = 1280,
           .flags = zsk_flags,
           .requested_tag = same_tag ? std::optional(tld_zsk_->tag()) : std::nullopt},
          tld_.label + ". ZSK made again");
  ZF_ASSERT((other->tag() == tld_zsk_->tag()) == same_tag && other->id() != tld_zsk_->id());
  return other;
}

void LabZones::make_root_and_net(SimTime start) {
  const Ttls ttls = ttls_of(tld_.family);
  net_ = unsigned_version(read_zone({"net.", net_text(tld_, ttls), {}}), start);
  const KeyPairPtr ksk = rsa_key("root KSK", 2048, ksk_flags);
  const KeyPairPtr zsk = rsa_key("root ZSK", 2048, zsk_flags);
  for (std::size_t i = 0; i < root_versions_.size(); ++i) {
    const bool fault = i == 1 && tld_.fault == LabFault::ds_mismatch;
    const std::string text =
        root_text(tld_, ttls, static_cast<int>(i) + 1) + (fault ? wrong_ds_text_ : tld_ds_text_);
    root_versions_[i] = signed_version(
        read_zone({".", text, nsec(86400)}),
        {.ksks = {ksk}, .published_zsks = {zsk}, .signing_zsks = {zsk}, .dnskey_ttl_s = 172800},
        window_from(start), start + Duration::seconds(static_cast<int>(i)));
  }
  const auto ds = dnssec::make_ds(dns::Name(), ksk->dnskey(), dnssec::DigestType::sha256);
  root_anchor_ = dns::RRset::make({.owner = dns::Name(), .type = dns::RRType::ds, .ttl_s = 86400},
                                  {dns::encode(ds)});
}

std::vector<resolver::RootHint> LabZones::root_hints() {
  std::vector<resolver::RootHint> hints;
  for (int i = 1; i <= 2; ++i) {
    hints.push_back({dns::Name::literal(fmt::format("{}.rootns.", "ab"[i - 1])),
                     {dns::Address::parse(root_address(i)).value()}});
  }
  return hints;
}

authority::ServerDirectory LabZones::servers(const LabTimes& times) const {
  const auto history = [&times](const std::array<ZoneVersionPtr, 3>& versions) {
    return authority::SiteZone{
        std::make_shared<const authority::ZoneHistory>(
            std::vector<authority::ZoneHistory::Entry>{{times.start, versions[0]},
                                                       {times.fault_at, versions[1]},
                                                       {times.repaired_at, versions[2]}}),
        {}};
  };
  std::vector<authority::SilentSpan> silences;
  if (tld_.fault == LabFault::silence) silences = {{times.fault_at, times.repaired_at}};
  std::vector<authority::SiteZone> child_zones;
  for (const ZoneVersionPtr& child : children_) child_zones.push_back(constant(child));
  std::vector<authority::NameServer> servers;
  for (int i = 1; i <= 2; ++i) {
    servers.push_back(server_of(root_address(i), {history(root_versions_)}, {}));
    servers.push_back(server_of(net_address(i), {constant(net_)}, {}));
    servers.push_back(server_of(child_address(tld_, i), child_zones, silences));
  }
  std::vector<authority::SiteZone> tld_zones{history(tld_versions_), constant(nic_)};
  if (tld_.fault == LabFault::silence) {  // one process of the lab served all that falls silent
    tld_zones.insert(tld_zones.end(), child_zones.begin(), child_zones.end());
  }
  for (int i = 1; i <= 6; ++i) {
    servers.push_back(server_of(tld_address(tld_, i), tld_zones, silences));
  }
  return authority::ServerDirectory(std::move(servers));
}

ServerGroup group_of(const dns::Address& address, const LabTld& tld) {
  const std::uint8_t third = address.octets[14];
  if (third == tld.net) return ServerGroup::tld;
  switch (third) {
    case 240: return ServerGroup::root;
    case 241:
    case 242: return ServerGroup::child;
    case 243: return ServerGroup::net;
    default: return ServerGroup::unknown;
  }
}

}  // namespace zonefall::fidelity
