#include "message_samples.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace zonefall::dns::testing {

namespace {

std::uint8_t random_octet(Rng& rng) {
  return static_cast<std::uint8_t>(rng.below(256));
}

Octets random_octets(Rng& rng, std::size_t count) {
  Octets octets(count);
  for (std::uint8_t& octet : octets) octet = random_octet(rng);
  return octets;
}

void append(Octets& out, std::span<const std::uint8_t> octets) {
  out.insert(out.end(), octets.begin(), octets.end());
}

// Few labels in random case, so that names share suffixes in other spellings.
Name random_name(Rng& rng) {
  constexpr std::array<std::string_view, 6> labels = {"de", "Nic", "example", "a", "ns1", "x-Y"};
  Name name;
  for (std::uint64_t left = rng.below(5); left > 0; --left) {
    if (rng.chance(1, 20)) {
      const Octets label = random_octets(rng, 1 + rng.below(12));
      name = name.prepend(std::span<const std::uint8_t>(label)).value();
      continue;
    }
    std::string label(labels[rng.below(labels.size())]);
    for (char& letter : label) {
      if (rng.chance(1, 6) && letter >= 'a' && letter <= 'z')
        letter = static_cast<char>(letter - 32);
    }
    name = name.prepend(std::string_view(label)).value();
  }
  return rng.chance(1, 25) ? longest_name(name) : name;
}

Octets random_text(Rng& rng) {
  Octets text = random_octets(rng, rng.below(40));
  text.insert(text.begin(), static_cast<std::uint8_t>(text.size()));
  return text;
}

TypeBitmap random_bitmap(Rng& rng) {
  std::vector<RRType> types;
  for (std::uint64_t left = rng.below(6); left > 0; --left) {
    types.push_back(static_cast<RRType>(1 + rng.below(300)));
  }
  return TypeBitmap(types);
}

constexpr std::array sample_types = {
    RRType::a,    RRType::ns,     RRType::cname, RRType::soa,
    RRType::ptr,  RRType::mx,     RRType::txt,   RRType::aaaa,
    RRType::srv,  RRType::naptr,  RRType::dname, RRType::ds,
    RRType::nsec, RRType::dnskey, RRType::nsec3, static_cast<RRType>(65280)};

bool is_singleton(RRType type) {
  return type == RRType::cname || type == RRType::soa || type == RRType::dname ||
         type == RRType::nsec;
}

Octets prefixed_name(Octets prefix, const Name& name) {
  append(prefix, name.wire());
  return prefix;
}

Octets random_naptr(Rng& rng) {
  Octets rdata = random_octets(rng, 4);
  for (int i = 0; i < 3; ++i) append(rdata, random_text(rng));
  return prefixed_name(std::move(rdata), random_name(rng));
}

Octets random_dnssec_rdata(Rng& rng, RRType type) {
  if (type == RRType::ds) {
    return encode(
        DsRdata{static_cast<std::uint16_t>(rng.below(65536)), 8, 2, random_octets(rng, 32)});
  }
  if (type == RRType::dnskey) return encode(DnskeyRdata{257, 3, 13, random_octets(rng, 64)});
  if (type == RRType::nsec) return encode(NsecRdata{random_name(rng), random_bitmap(rng)});
  Nsec3Rdata nsec3;
  nsec3.flags = Nsec3Rdata::flag_opt_out;
  nsec3.iterations = static_cast<std::uint16_t>(rng.below(200));
  nsec3.salt = random_octets(rng, rng.below(9));
  nsec3.next_hash = random_octets(rng, 20);
  nsec3.types = random_bitmap(rng);
  return encode(nsec3);
}

Octets random_rdata(Rng& rng, RRType type) {
  if (type == RRType::a) return random_octets(rng, 4);
  if (type == RRType::aaaa) return random_octets(rng, 16);
  if (type == RRType::soa) {
    return encode(SoaRdata{random_name(rng), random_name(rng),
                           static_cast<std::uint32_t>(rng.below(1ULL << 32)), 10800, 3600, 3600000,
                           7200});
  }
  if (type == RRType::mx) return prefixed_name(random_octets(rng, 2), random_name(rng));
  if (type == RRType::srv) return prefixed_name(random_octets(rng, 6), random_name(rng));
  if (type == RRType::naptr) return random_naptr(rng);
  if (type == RRType::txt) return random_text(rng);
  if (static_cast<std::uint16_t>(type) == 65280) return random_octets(rng, rng.below(50));
  if (type == RRType::ns || type == RRType::cname || type == RRType::ptr || type == RRType::dname) {
    return encode_name(random_name(rng));
  }
  return random_dnssec_rdata(rng, type);
}

RrsigPtr random_rrsig(Rng& rng, RRType covered) {
  RrsigFields fields;
  fields.type_covered = covered;
  fields.algorithm = 8;
  fields.labels = static_cast<std::uint8_t>(rng.below(5));
  fields.original_ttl_s = static_cast<std::uint32_t>(rng.below(86400));
  fields.expiration = static_cast<std::uint32_t>(rng.below(1ULL << 32));
  fields.inception = static_cast<std::uint32_t>(rng.below(1ULL << 32));
  fields.key_tag = static_cast<std::uint16_t>(rng.below(65536));
  fields.signer = random_name(rng);
  return make_octet_rrsig(fields, random_octets(rng, 32 + rng.below(225)));
}

using SeenTypes = std::set<std::tuple<Name, RRType>>;

std::vector<SignedRRset> random_section(Rng& rng, const SampleShape& shape, SeenTypes& seen) {
  std::vector<SignedRRset> section;
  for (std::uint64_t left = rng.below(shape.rrsets_max + 1); left > 0; --left) {
    const RRType type = sample_types[rng.below(sample_types.size())];
    const Name owner = random_name(rng);
    if (!seen.emplace(owner, type).second) continue;
    std::vector<Octets> rdatas;
    const std::size_t count = is_singleton(type) ? 1 : 1 + rng.below(shape.rdatas_max);
    for (std::size_t i = 0; i < count; ++i) rdatas.push_back(random_rdata(rng, type));
    const auto ttl_s = static_cast<std::uint32_t>(rng.below(0x80000000U));
    SignedRRset entry{RRset::make({owner, type, RRClass::in, ttl_s}, std::move(rdatas)), {}};
    for (std::uint64_t i = rng.below(3); i > 0; --i)
      entry.rrsigs.push_back(random_rrsig(rng, type));
    section.push_back(std::move(entry));
  }
  return section;
}

Edns random_edns(Rng& rng) {
  Edns edns;
  edns.udp_payload_octets = static_cast<std::uint16_t>(512 + rng.below(4000));
  edns.dnssec_ok = rng.chance(1, 2);
  for (std::uint64_t left = rng.below(3); left > 0; --left) {
    std::string text(rng.below(60), 'e');
    edns.extended_errors.push_back({static_cast<EdeCode>(rng.below(40)), std::move(text)});
  }
  for (std::uint64_t left = rng.below(3); left > 0; --left) {
    const auto code = static_cast<std::uint16_t>(65001 + rng.below(500));
    edns.other_options.push_back({code, random_octets(rng, rng.below(40))});
  }
  return edns;
}

}  // namespace

Message random_message(Rng& rng, const SampleShape& shape) {
  Message message;
  message.id = static_cast<std::uint16_t>(rng.below(65536));
  message.flags = {.qr = rng.chance(1, 2),
                   .aa = rng.chance(1, 2),
                   .tc = rng.chance(1, 8),
                   .rd = rng.chance(1, 2),
                   .ra = rng.chance(1, 2),
                   .ad = rng.chance(1, 2),
                   .cd = rng.chance(1, 2)};
  message.rcode = rng.chance(1, 2) ? Rcode::noerror : Rcode::nxdomain;
  if (rng.chance(9, 10)) message.question = Question{random_name(rng), RRType::a, RRClass::in};
  SeenTypes seen;
  message.answer = random_section(rng, shape, seen);
  message.authority = random_section(rng, shape, seen);
  message.additional = random_section(rng, shape, seen);
  if (rng.chance(1, 5)) {
    // A type that no RRset of the samples has, so that it stays alone.
    message.bare_rrsigs.push_back({.section = static_cast<Section>(rng.below(3)),
                                   .owner = random_name(rng),
                                   .rclass = RRClass::in,
                                   .ttl_s = static_cast<std::uint32_t>(rng.below(86400)),
                                   .rrsig = random_rrsig(rng, RRType::caa)});
  }
  if (rng.chance(3, 4)) {
    message.edns = random_edns(rng);
    if (rng.chance(1, 8)) message.rcode = Rcode::badvers;
  }
  return message;
}

Name longest_name(const Name& suffix) {
  Name name = suffix;
  while (name.wire_size() < Name::wire_octets_max) {
    std::size_t room = Name::wire_octets_max - name.wire_size() - 1;
    // A rest of one octet could not be filled by a label.
    if (room > 63) room = (room == 64) ? 62 : 63;
    if (room == 0) return name;
    name = name.prepend(std::string(room, 'l')).value();
  }
  return name;
}

RRsetPtr make_rrset(std::string_view owner, RRType type, std::vector<Octets> rdatas,
                    std::uint32_t ttl_s) {
  return RRset::make({Name::literal(owner), type, RRClass::in, ttl_s}, std::move(rdatas));
}

RrsigPtr make_rrsig(const RRset& rrset, std::string_view signer, std::size_t signature_octets) {
  RrsigFields fields;
  fields.type_covered = rrset.type();
  fields.algorithm = 8;
  fields.labels = static_cast<std::uint8_t>(rrset.owner().label_count());
  fields.original_ttl_s = rrset.ttl_s();
  fields.expiration = 1778612400;
  fields.inception = 1777400000;
  fields.key_tag = 33834;
  fields.signer = Name::literal(signer);
  return make_octet_rrsig(fields, Octets(signature_octets, 0x5a));
}

Message nsec3_referral(std::string_view delegation, std::size_t servers) {
  Message message;
  message.flags.qr = true;
  message.question = Question{Name::literal(fmt::format("www.{}", delegation))};
  std::vector<Octets> targets;
  for (std::size_t i = 0; i < servers; ++i) {
    const std::string server = fmt::format("ns{}.{}", i, delegation);
    targets.push_back(encode_name(Name::literal(server)));
    message.additional.push_back(
        {make_rrset(server, RRType::a, {encode_a({192, 0, 2, static_cast<std::uint8_t>(i)})}), {}});
  }
  message.authority.push_back({make_rrset(delegation, RRType::ns, std::move(targets)), {}});
  constexpr std::array owners = {"tjlb7qbojvmlf1s6gdriru7vsms1lg16.de.",
                                 "0r4t5p5mtpq7c6q1m7ev1mb4hhjf6k2c.de."};
  for (const char* const owner : owners) {
    Nsec3Rdata nsec3;
    nsec3.flags = Nsec3Rdata::flag_opt_out;
    nsec3.next_hash = Octets(20, 0xa5);
    nsec3.types = TypeBitmap({RRType::ns, RRType::ds, RRType::rrsig});
    const RRsetPtr rrset = make_rrset(owner, RRType::nsec3, {encode(nsec3)}, 7200);
    message.authority.push_back({rrset, {make_rrsig(*rrset, "de.", 256)}});
  }
  message.edns = Edns{};
  message.edns->dnssec_ok = true;
  return message;
}

}  // namespace zonefall::dns::testing
