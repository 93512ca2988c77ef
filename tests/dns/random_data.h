// Reproducible random names and RDATA for property tests of the dns module.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "zonefall/core/hash.h"
#include "zonefall/dns/rdata.h"
#include "zonefall/dns/types.h"

namespace zonefall::dns {

class RandomData {
 public:
  explicit RandomData(std::uint64_t seed) : seed_(seed) {}

  std::uint64_t word() { return hash_combine(seed_, count_++); }
  std::uint64_t below(std::uint64_t bound) { return word() % bound; }
  std::uint8_t u8() { return static_cast<std::uint8_t>(below(256)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(below(65'536)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(word() >> 32); }

  Octets octets(std::size_t size) {
    Octets out(size);
    for (std::uint8_t& octet : out) octet = u8();
    return out;
  }

  /// Labels of any octets, blanks, dots, quotes and backslashes included.
  Name name() {
    Octets wire;
    for (std::uint64_t labels = below(5); labels > 0; --labels) {
      const auto size = static_cast<std::uint8_t>(1 + below(12));
      wire.push_back(size);
      for (std::uint8_t i = 0; i < size; ++i) wire.push_back(u8());
    }
    wire.push_back(0);
    return Name::from_wire(wire).value();
  }

  TypeBitmap types() {
    std::vector<RRType> types;
    for (std::uint64_t n = 1 + below(8); n > 0; --n) {
      types.push_back(RRType{below(2) == 0 ? u16() : static_cast<std::uint16_t>(below(64))});
    }
    return TypeBitmap(types);
  }

  RrsigFields rrsig_fields(RRType covered) {
    return {covered, u8(), u8(), u32(), u32(), u32(), u16(), name()};  // braces keep the order
  }

  /// RDATA that is well-formed for `type`; arbitrary octets for types without a format.
  Octets rdata(RRType type);

 private:
  void append_u16(Octets& out) {
    for (int i = 0; i < 2; ++i) out.push_back(u8());
  }
  void append_string(Octets& out) {
    const Octets text = octets(below(20));
    out.push_back(static_cast<std::uint8_t>(text.size()));
    out.insert(out.end(), text.begin(), text.end());
  }
  void append_name(Octets& out) {
    const Octets wire = encode_name(name());
    out.insert(out.end(), wire.begin(), wire.end());
  }
  Octets with_strings(Octets lead, int strings) {
    for (int i = 0; i < strings; ++i) append_string(lead);
    return lead;
  }
  Octets with_name(Octets lead) {
    append_name(lead);
    return lead;
  }

  std::uint64_t seed_;
  std::uint64_t count_ = 0;
};

inline Octets RandomData::rdata(RRType type) {
  switch (type) {
    case RRType::a: return octets(4);
    case RRType::aaaa: {
      Octets address = octets(16);
      for (std::size_t i = 0; i < 16; i += 2) {
        if (below(2) == 0) address[i] = address[i + 1] = 0;
      }
      return address;
    }
    case RRType::ns:
    case RRType::cname:
    case RRType::ptr:
    case RRType::dname: return encode_name(name());
    case RRType::soa: return encode(SoaRdata{name(), name(), u32(), u32(), u32(), u32(), u32()});
    case RRType::mx: return with_name(octets(2));
    case RRType::srv: return with_name(octets(6));
    case RRType::hinfo: return with_strings({}, 2);
    case RRType::txt: return with_strings({}, 1 + static_cast<int>(below(3)));
    case RRType::naptr: return with_name(with_strings(octets(4), 3));
    case RRType::ds:
    case RRType::cds: return encode(DsRdata{u16(), u8(), u8(), octets(1 + below(48))});
    case RRType::dnskey:
    case RRType::cdnskey: return encode(DnskeyRdata{u16(), u8(), u8(), octets(1 + below(90))});
    case RRType::rrsig: {
      const RrsigFields fields = rrsig_fields(RRType{u16()});
      return encode(fields, octets(1 + below(90)));
    }
    case RRType::nsec: return encode(NsecRdata{name(), types()});
    case RRType::nsec3:
      return encode(
          Nsec3Rdata{u8(), u8(), u16(), octets(below(9)), octets(1 + below(40)), types()});
    case RRType::nsec3param: return encode(Nsec3ParamRdata{u8(), u8(), u16(), octets(below(9))});
    case RRType::tlsa: return octets(4 + below(64));
    case RRType::caa: {
      Octets caa = {u8(), 5, 'i', 's', 's', 'u', 'e'};
      const Octets value = octets(below(40));
      caa.insert(caa.end(), value.begin(), value.end());
      return caa;
    }
    case RRType::opt:
    case RRType::svcb:
    case RRType::https:
    case RRType::any: return octets(below(60));
  }
  return octets(below(60));
}

/// The types of zone data that have a presentation format, and some that have none.
inline const std::vector<RRType>& zone_types() {
  static const std::vector<RRType> types = {
      RRType::a,     RRType::ns,         RRType::cname, RRType::soa,  RRType::ptr,
      RRType::hinfo, RRType::mx,         RRType::txt,   RRType::aaaa, RRType::srv,
      RRType::naptr, RRType::dname,      RRType::ds,    RRType::nsec, RRType::dnskey,
      RRType::nsec3, RRType::nsec3param, RRType::tlsa,  RRType::cds,  RRType::cdnskey,
      RRType::svcb,  RRType::https,      RRType::caa,   RRType{65280}};
  return types;
}

}  // namespace zonefall::dns
