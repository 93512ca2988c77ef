#include "random_zone.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "zonefall/dns/master_file.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::differential {
namespace {

using dns::Name;
using dns::RRType;

constexpr std::uint16_t zsk_flags = dns::DnskeyRdata::flag_zone_key;
constexpr std::uint16_t ksk_flags = zsk_flags | dns::DnskeyRdata::flag_secure_entry_point;
constexpr std::uint64_t rsa_pairs = 4;  // RSA keys take long to make
constexpr int records_of_zone = 14;
constexpr int records_of_child = 6;
constexpr std::array<const char*, 6> labels = {"a", "b", "c", "w", "x1", "*"};

std::vector<dns::RRsetPtr> rrsets_of(const std::string& text, const Name& origin) {
  const auto parsed = dns::parse_master_file(text, {.origin = origin, .default_ttl_s = 3600});
  if (!parsed) fmt::print(stderr, "{}\n{}", parsed.error().to_text(), text);
  std::vector<dns::RRsetPtr> rrsets;
  for (const dns::SignedRRset& entry : parsed.value()) rrsets.push_back(entry.rrset);
  return rrsets;
}

dnssec::KeyPairPtr make_key(const ZoneFrame& frame, std::uint16_t flags) {
  const bool is_rsa = dnssec::is_rsa(frame.algorithm);
  const dnssec::KeySpec spec{.algorithm = frame.algorithm,
                             .bits = static_cast<std::uint16_t>(is_rsa ? 1280 : 0),
                             .flags = flags};
  const std::string label = flags == ksk_flags ? "KSK" : "ZSK";
  const std::uint64_t seed = is_rsa ? frame.seed % rsa_pairs : frame.seed;
  return dnssec::make_key_pair(spec, seed, is_rsa ? label : frame.apex.to_text() + label).value();
}

authority::DenialSettings denial_of(Signing signing) {
  authority::DenialSettings settings;
  settings.kind = signing == Signing::nsec ? authority::DenialChain::Kind::nsec
                                           : authority::DenialChain::Kind::nsec3;
  settings.opt_out = signing == Signing::nsec3_opt_out;
  return settings;
}

/// Adds RRsets if the zone is still one that can be served.
bool add_if_valid(ZoneMaking& zone, const std::vector<dns::RRsetPtr>& rrsets) {
  authority::ListedZone listed{.apex = zone.apex, .rrsets = zone.rrsets, .denial = zone.denial};
  listed.rrsets.insert(listed.rrsets.end(), rrsets.begin(), rrsets.end());
  if (!authority::make_listed_content(listed)) return false;
  zone.rrsets = std::move(listed.rrsets);
  return true;
}

Name random_owner(const Name& apex, Rng& rng) {
  Name owner = apex;
  for (std::uint64_t i = 0, count = 1 + rng.below(3); i < count; ++i) {
    owner = owner.prepend(labels[rng.below(labels.size())]).value();
  }
  return owner;
}

std::string random_target(const Name& apex, Rng& rng) {
  constexpr std::array<const char*, 5> elsewhere = {"www.other.", "missing.other.", "wild.w.other.",
                                                    "www.plain.other.", "missing.plain.other."};
  if (rng.chance(1, 3)) return elsewhere[rng.below(elsewhere.size())];
  return random_owner(apex, rng).to_text();
}

std::string random_records(const Name& apex, Rng& rng) {
  const std::string owner = random_owner(apex, rng).to_text();
  const std::string target = random_target(apex, rng);
  switch (rng.below(10)) {
    case 0: return owner + " IN TXT \"text\"\n" + owner + " IN A 192.0.2.9\n";
    case 1:
    case 2: return owner + " IN CNAME " + target + "\n";
    case 3: return owner + " IN MX 10 " + target + "\n";
    case 4:
      // Where a DNAME leads must have room for names.
      return owner + " IN DNAME " + (rng.chance(1, 2) ? target : "w.other.") + "\n";
    case 5: return owner + " IN AAAA 2001:db8::1\n" + owner + " IN AAAA 2001:db8::2\n";
    case 6: return owner + " IN TXT \"one\" \"two\"\n";
    default:
      return fmt::format("{0} IN A 192.0.2.{1}\n{0} IN A 192.0.2.{2}\n", owner, rng.below(200),
                         200 + rng.below(50));
  }
}

dnssec::Algorithm random_algorithm(Rng& rng) {
  using dnssec::Algorithm;
  constexpr std::array<Algorithm, 8> all = {Algorithm::ecdsap256sha256, Algorithm::ecdsap256sha256,
                                            Algorithm::ecdsap256sha256, Algorithm::rsasha256,
                                            Algorithm::rsasha512,       Algorithm::ecdsap384sha384,
                                            Algorithm::ed25519,         Algorithm::ed448};
  return all[rng.below(all.size())];
}

Signing random_signing(Rng& rng) {
  constexpr std::array<Signing, 3> all = {Signing::nsec, Signing::nsec3, Signing::nsec3_opt_out};
  return all[rng.below(all.size())];
}

void vary_nsec3(ZoneMaking& zone, Rng& rng) {
  if (zone.denial && zone.denial->kind == authority::DenialChain::Kind::nsec3) {
    if (rng.chance(1, 3)) zone.denial->params.salt = {0xca, 0xfe};
    if (rng.chance(1, 4)) {
      zone.denial->params.iterations = static_cast<std::uint16_t>(rng.below(12));
    }
  }
}

std::string algorithm_text(const ZoneMaking& zone) {
  return to_text(static_cast<dnssec::Algorithm>(zone.zsks.front()->dnskey().algorithm));
}

// Name servers have names in a zone without faults. Those of names that cannot be validated BIND
// gives up after 12 s only.
void add_server(ZoneFrame& frame, const FamilyPlace& place, std::uint8_t host) {
  const auto& network = place.network;
  frame.addresses.push_back(dns::Address::v4({network[0], network[1], network[2], host}));
  frame.server_names.push_back(
      place.servers_zone.prepend(fmt::format("n{}-{}-{}", network[1], network[2], host)).value());
}

// A child below the zone, if there is room for one. Some share the addresses of the zone.
void add_random_child(ZoneFamily& family, const FamilyPlace& place, Rng& rng) {
  const Name below = rng.chance(1, 4) ? random_owner(place.apex, rng) : place.apex;
  ZoneFrame frame{.apex = below.prepend(labels[rng.below(labels.size())]).value(),
                  .now = place.now,
                  .seed = place.seed};
  const bool is_signed = rng.chance(1, 2);
  frame.signing = is_signed ? random_signing(rng) : Signing::unsigned_zone;
  frame.algorithm = random_algorithm(rng);
  const auto host = static_cast<std::uint8_t>(3 + family.children.size());
  add_server(frame, place, host);
  if (rng.chance(1, 4)) {
    frame.addresses = family.zone.addresses;
    frame.server_names = family.zone.server_names;
  }
  if (frame.apex.is_wildcard()) return;
  ZoneMaking child = frame_zone(frame, "");
  vary_nsec3(child, rng);
  ZoneMaking parent = family.zone;
  delegate(parent, child);
  if (!authority::make_listed_content(
          {.apex = parent.apex, .rrsets = parent.rrsets, .denial = parent.denial})) {
    return;
  }
  const auto overlaps = [&](const ZoneMaking& other) {
    return other.apex.is_at_or_below(child.apex) || child.apex.is_at_or_below(other.apex);
  };
  if (std::any_of(family.children.begin(), family.children.end(), overlaps)) return;
  family.zone = std::move(parent);
  for (int i = 0; i < records_of_child; ++i) {
    add_if_valid(child, rrsets_of(random_records(child.apex, rng), child.apex));
  }
  family.signing += fmt::format("; {}: {}", child.apex.to_text(), to_text(frame.signing));
  if (is_signed) family.signing += ", " + algorithm_text(child);
  family.children.push_back(std::move(child));
}

}  // namespace

std::string to_text(Signing signing) {
  switch (signing) {
    case Signing::unsigned_zone: return "unsigned";
    case Signing::nsec: return "NSEC";
    case Signing::nsec3: return "NSEC3";
    case Signing::nsec3_opt_out: return "NSEC3 with opt-out";
  }
  return {};
}

ZoneMaking frame_zone(const ZoneFrame& frame, const std::string& text) {
  ZoneMaking zone;
  zone.apex = frame.apex;
  zone.now = frame.now;
  zone.addresses = frame.addresses;
  zone.server_names = frame.server_names;
  zone.window = {rrsig_time(frame.now - Duration::days(10)),
                 rrsig_time(frame.now + Duration::days(20))};
  std::string all = "@ IN SOA ns1 host 1 7200 7200 604800 3600\n" + text;
  for (const Name& server : frame.server_names) all += "@ IN NS " + server.to_text() + "\n";
  if (frame.server_names.empty()) {
    for (std::size_t i = 0; i < frame.addresses.size(); ++i) {
      all += fmt::format("@ IN NS ns{0}\nns{0} IN A {1}\n", i + 1, frame.addresses[i].to_text());
    }
  }
  for (const dns::RRsetPtr& rrset : rrsets_of(all, frame.apex)) {
    (rrset->type() == RRType::soa ? zone.soa : zone.rrsets.emplace_back()) = rrset;
  }
  if (frame.signing == Signing::unsigned_zone) return zone;
  zone.denial = denial_of(frame.signing);
  zone.ksks = {make_key(frame, ksk_flags)};
  zone.zsks = {make_key(frame, zsk_flags)};
  zone.dnskeys = {zone.ksks.front()->dnskey(), zone.zsks.front()->dnskey()};
  zone.ds = {dnssec::make_ds(zone.apex, zone.ksks.front()->dnskey(), dnssec::DigestType::sha256)};
  return zone;
}

void delegate(ZoneMaking& parent, const ZoneMaking& child) {
  for (const dns::RRsetPtr& rrset : child.rrsets) {
    const bool is_ns = rrset->type() == RRType::ns && rrset->owner() == child.apex;
    const bool is_glue = child.server_names.empty() && rrset->type() == RRType::a &&
                         rrset->owner().parent() == child.apex &&
                         rrset->owner().label(0).size() == 3;  // "ns1"
    if (is_ns || is_glue) parent.rrsets.push_back(rrset);
  }
}

void add_ds(ZoneMaking& parent, const ZoneMaking& child) {
  if (child.ds.empty()) return;
  std::vector<dns::Octets> rdatas;
  for (const dns::DsRdata& ds : child.ds) rdatas.push_back(dns::encode(ds));
  parent.rrsets.push_back(
      dns::RRset::make({child.apex, RRType::ds, dns::RRClass::in, 3600}, std::move(rdatas)));
}

ZoneFamily random_family(const FamilyPlace& place, Rng& rng) {
  ZoneFrame frame{.apex = place.apex, .now = place.now, .seed = place.seed};
  frame.signing = random_signing(rng);
  frame.algorithm = random_algorithm(rng);
  add_server(frame, place, 1);
  add_server(frame, place, 2);
  ZoneFamily family{.zone = frame_zone(frame, ""), .children = {}, .signing = {}};
  vary_nsec3(family.zone, rng);
  family.signing = to_text(frame.signing) + ", " + algorithm_text(family.zone);
  for (std::uint64_t i = 0, count = rng.below(4); i < count; ++i) {
    add_random_child(family, place, rng);
  }
  for (int i = 0; i < records_of_zone; ++i) {
    add_if_valid(family.zone, rrsets_of(random_records(place.apex, rng), place.apex));
  }
  return family;
}

namespace {

struct KnownName {
  Name name;
  std::vector<RRType> types;
};

std::vector<KnownName> known_names(const ZoneFamily& family) {
  std::vector<KnownName> known;
  const auto add = [&](const Name& name, RRType type) {
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const KnownName& other) { return other.name == name; });
    (found != known.end() ? *found : known.emplace_back(KnownName{name, {}})).types.push_back(type);
  };
  const auto add_all = [&](const ZoneMaking& zone) {
    for (const dns::RRsetPtr& rrset : zone.rrsets) add(rrset->owner(), rrset->type());
    add(zone.apex, RRType::soa);
    add(zone.apex, RRType::ds);
    if (zone.denial) add(zone.apex, RRType::dnskey);
  };
  add_all(family.zone);
  for (const ZoneMaking& child : family.children) add_all(child);
  return known;
}

Name random_name(const Name& known, const Name& apex, Rng& rng) {
  constexpr std::array<const char*, 5> more = {"a", "b", "w", "q", "zz"};
  const auto below = [&](const Name& name) {
    return name.prepend(more[rng.below(more.size())]).value_or(name);
  };
  switch (rng.below(8)) {
    case 0:
    case 1: return below(known);
    case 2: return below(below(known));
    case 3: return known == apex ? known : known.parent();
    case 4: return known == apex ? below(known) : below(known.parent());
    default: return known;
  }
}

// Types that the name has, now and then those of the name it was made from.
RRType random_type(const KnownName& known, bool is_itself, Rng& rng) {
  constexpr std::array<RRType, 12> all = {RRType::a,    RRType::a,   RRType::a,     RRType::aaaa,
                                          RRType::aaaa, RRType::txt, RRType::mx,    RRType::ns,
                                          RRType::ds,   RRType::soa, RRType::https, RRType::dnskey};
  constexpr std::array<RRType, 2> aliases = {RRType::cname, RRType::dname};
  if (rng.chance(is_itself ? 10 : 1, 16)) {
    const RRType type = known.types[rng.below(known.types.size())];
    // Hardly anybody asks for aliases themselves.
    if ((type != RRType::cname && type != RRType::dname) || rng.chance(1, 4)) return type;
  }
  if (rng.chance(1, 50)) return aliases[rng.below(aliases.size())];
  return all[rng.below(all.size())];
}

}  // namespace

std::vector<dns::Question> random_questions(const ZoneFamily& family, std::size_t count, Rng& rng) {
  const std::vector<KnownName> known = known_names(family);
  std::vector<dns::Question> questions;
  while (questions.size() < count) {
    const KnownName& base = known[rng.below(known.size())];
    const Name name = random_name(base.name, family.zone.apex, rng);
    const dns::Question question{name, random_type(base, name == base.name, rng), dns::RRClass::in};
    if (std::find(questions.begin(), questions.end(), question) == questions.end()) {
      questions.push_back(question);
    }
  }
  return questions;
}

}  // namespace zonefall::differential
