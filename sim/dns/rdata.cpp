#include "zonefall/dns/rdata.h"

#include <algorithm>

#include <fmt/format.h>

#include "dns/rdata_io.h"
#include "dns/rdata_layout.h"

namespace zonefall::dns {
namespace {

template <typename Rdata>
Result<Rdata> checked(const OctetReader& reader, Rdata rdata, RRType type) {
  if (reader.failed())
    return Error{fmt::format("{} RDATA is cut short or malformed", to_text(type))};
  if (reader.remaining() > 0) {
    return Error{fmt::format("{} RDATA has {} octets too many", to_text(type), reader.remaining())};
  }
  return rdata;
}

Octets copy(std::span<const std::uint8_t> octets) {
  return {octets.begin(), octets.end()};
}

TypeBitmap read_types(OctetReader& reader) {
  Result<TypeBitmap> types = TypeBitmap::from_wire(reader.rest());
  if (!types) {
    reader.fail();
    return TypeBitmap();
  }
  return std::move(types).value();
}

}  // namespace

TypeBitmap::TypeBitmap(std::span<const RRType> types) {
  for (const RRType type : types) add(type);
}

void TypeBitmap::add(RRType type) {
  const auto number = static_cast<unsigned>(type);
  if (number < 256) {
    std::uint8_t& octet = below_256_[number / 8];
    octet = static_cast<std::uint8_t>(octet | (0x80U >> (number % 8)));
    return;
  }
  const auto place = std::lower_bound(others_.begin(), others_.end(), type);
  if (place == others_.end() || *place != type) others_.insert(place, type);
}

bool TypeBitmap::contains(RRType type) const {
  const auto number = static_cast<unsigned>(type);
  return number < 256 ? has_bit(number) : std::binary_search(others_.begin(), others_.end(), type);
}

bool TypeBitmap::empty() const {
  return *this == TypeBitmap();
}

std::vector<RRType> TypeBitmap::types() const {
  std::vector<RRType> types;
  for (unsigned number = 0; number < 256; ++number) {
    if (has_bit(number)) types.push_back(RRType{static_cast<std::uint16_t>(number)});
  }
  types.insert(types.end(), others_.begin(), others_.end());
  return types;
}

void TypeBitmap::append_wire(Octets& out) const {
  const auto append_window = [&out](unsigned window, std::span<const std::uint8_t> bits) {
    while (!bits.empty() && bits.back() == 0) bits = bits.first(bits.size() - 1);
    if (bits.empty()) return;
    append_u8(out, static_cast<std::uint8_t>(window));
    append_counted(out, bits);
  };
  append_window(0, below_256_);
  for (auto type = others_.begin(); type != others_.end();) {
    const unsigned window = static_cast<unsigned>(*type) >> 8U;
    std::array<std::uint8_t, 32> bits{};
    for (; type != others_.end() && static_cast<unsigned>(*type) >> 8U == window; ++type) {
      const unsigned low = static_cast<unsigned>(*type) & 0xffU;
      bits[low / 8] = static_cast<std::uint8_t>(bits[low / 8] | (0x80U >> (low % 8)));
    }
    append_window(window, bits);
  }
}

Result<TypeBitmap> TypeBitmap::from_wire(std::span<const std::uint8_t> wire) {
  OctetReader reader(wire);
  TypeBitmap bitmap;
  int window_before = -1;
  while (reader.remaining() > 0) {
    const unsigned window = reader.u8();
    const auto bits = reader.counted();
    if (reader.failed()) return Error{"type bitmap is cut short"};
    if (static_cast<int>(window) <= window_before) {
      return Error{fmt::format("type bitmap window {} is out of order", window)};
    }
    // RFC 4034 4.1.2: no empty blocks, no trailing zero octets.
    if (bits.empty() || bits.size() > 32 || bits.back() == 0) {
      return Error{fmt::format("type bitmap window {} has a wrong length", window)};
    }
    window_before = static_cast<int>(window);
    if (window == 0) {
      std::copy(bits.begin(), bits.end(), bitmap.below_256_.begin());
      continue;
    }
    for (unsigned bit = 0; bit < bits.size() * 8; ++bit) {
      if ((bits[bit / 8] & (0x80U >> (bit % 8))) != 0) {
        bitmap.others_.push_back(RRType{static_cast<std::uint16_t>((window << 8U) | bit)});
      }
    }
  }
  return bitmap;
}

Octets encode(const SoaRdata& rdata) {
  Octets out;
  out.reserve(rdata.mname.wire_size() + rdata.rname.wire_size() + 20);
  append_octets(out, rdata.mname.wire());
  append_octets(out, rdata.rname.wire());
  append_u32(out, rdata.serial);
  append_u32(out, rdata.refresh_s);
  append_u32(out, rdata.retry_s);
  append_u32(out, rdata.expire_s);
  append_u32(out, rdata.minimum_s);
  return out;
}

Octets encode(const DnskeyRdata& rdata) {
  Octets out;
  out.reserve(4 + rdata.public_key.size());
  append_u16(out, rdata.flags);
  append_u8(out, rdata.protocol);
  append_u8(out, rdata.algorithm);
  append_octets(out, rdata.public_key);
  return out;
}

Octets encode(const DsRdata& rdata) {
  Octets out;
  out.reserve(4 + rdata.digest.size());
  append_u16(out, rdata.key_tag);
  append_u8(out, rdata.algorithm);
  append_u8(out, rdata.digest_type);
  append_octets(out, rdata.digest);
  return out;
}

Octets encode(const RrsigFields& fields, std::span<const std::uint8_t> signature) {
  Octets out;
  out.reserve(18 + fields.signer.wire_size() + signature.size());
  append_u16(out, static_cast<std::uint16_t>(fields.type_covered));
  append_u8(out, fields.algorithm);
  append_u8(out, fields.labels);
  append_u32(out, fields.original_ttl_s);
  append_u32(out, fields.expiration);
  append_u32(out, fields.inception);
  append_u16(out, fields.key_tag);
  append_octets(out, fields.signer.wire());
  append_octets(out, signature);
  return out;
}

Octets encode(const NsecRdata& rdata) {
  Octets out;
  out.reserve(rdata.next.wire_size() + 34);  // enough for one window of types
  append_octets(out, rdata.next.wire());
  rdata.types.append_wire(out);
  return out;
}

Octets encode(const Nsec3Rdata& rdata) {
  Octets out;
  append_u8(out, rdata.hash_algorithm);
  append_u8(out, rdata.flags);
  append_u16(out, rdata.iterations);
  append_counted(out, rdata.salt);
  append_counted(out, rdata.next_hash);
  rdata.types.append_wire(out);
  return out;
}

Octets encode(const Nsec3ParamRdata& rdata) {
  Octets out;
  append_u8(out, rdata.hash_algorithm);
  append_u8(out, rdata.flags);
  append_u16(out, rdata.iterations);
  append_counted(out, rdata.salt);
  return out;
}

Octets encode_a(std::array<std::uint8_t, 4> address) {
  return {address.begin(), address.end()};
}

Octets encode_aaaa(std::array<std::uint8_t, 16> address) {
  return {address.begin(), address.end()};
}

Octets encode_name(const Name& target) {
  return copy(target.wire());
}

Result<SoaRdata> decode_soa(std::span<const std::uint8_t> rdata) {
  OctetReader reader(rdata);
  SoaRdata soa;
  soa.mname = reader.name();
  soa.rname = reader.name();
  soa.serial = reader.u32();
  soa.refresh_s = reader.u32();
  soa.retry_s = reader.u32();
  soa.expire_s = reader.u32();
  soa.minimum_s = reader.u32();
  return checked(reader, std::move(soa), RRType::soa);
}

std::optional<SoaNumbers> soa_numbers(std::span<const std::uint8_t> rdata) {
  const auto split = split_rdata(*rdata_layout(RRType::soa), rdata);
  if (!split) return std::nullopt;
  OctetReader serial(split->tail.first<4>());
  OctetReader minimum(split->tail.last<4>());
  return SoaNumbers{serial.u32(), minimum.u32()};
}

Result<DnskeyRdata> decode_dnskey(std::span<const std::uint8_t> rdata) {
  OctetReader reader(rdata);
  DnskeyRdata dnskey;
  dnskey.flags = reader.u16();
  dnskey.protocol = reader.u8();
  dnskey.algorithm = reader.u8();
  dnskey.public_key = copy(reader.rest());
  return checked(reader, std::move(dnskey), RRType::dnskey);
}

Result<DsRdata> decode_ds(std::span<const std::uint8_t> rdata) {
  OctetReader reader(rdata);
  DsRdata ds;
  ds.key_tag = reader.u16();
  ds.algorithm = reader.u8();
  ds.digest_type = reader.u8();
  ds.digest = copy(reader.rest());
  return checked(reader, std::move(ds), RRType::ds);
}

Result<DecodedRrsig> decode_rrsig(std::span<const std::uint8_t> rdata) {
  OctetReader reader(rdata);
  DecodedRrsig rrsig;
  rrsig.fields.type_covered = RRType{reader.u16()};
  rrsig.fields.algorithm = reader.u8();
  rrsig.fields.labels = reader.u8();
  rrsig.fields.original_ttl_s = reader.u32();
  rrsig.fields.expiration = reader.u32();
  rrsig.fields.inception = reader.u32();
  rrsig.fields.key_tag = reader.u16();
  rrsig.fields.signer = reader.name();
  rrsig.signature = copy(reader.rest());
  return checked(reader, std::move(rrsig), RRType::rrsig);
}

Result<NsecRdata> decode_nsec(std::span<const std::uint8_t> rdata) {
  OctetReader reader(rdata);
  NsecRdata nsec;
  nsec.next = reader.name();
  nsec.types = read_types(reader);
  return checked(reader, std::move(nsec), RRType::nsec);
}

Result<Nsec3Rdata> decode_nsec3(std::span<const std::uint8_t> rdata) {
  OctetReader reader(rdata);
  Nsec3Rdata nsec3;
  nsec3.hash_algorithm = reader.u8();
  nsec3.flags = reader.u8();
  nsec3.iterations = reader.u16();
  nsec3.salt = copy(reader.counted());
  nsec3.next_hash = copy(reader.counted());
  if (nsec3.next_hash.empty()) reader.fail();  // RFC 5155 3.1.6: 1 to 255 octets
  nsec3.types = read_types(reader);
  return checked(reader, std::move(nsec3), RRType::nsec3);
}

Result<Nsec3ParamRdata> decode_nsec3param(std::span<const std::uint8_t> rdata) {
  OctetReader reader(rdata);
  Nsec3ParamRdata param;
  param.hash_algorithm = reader.u8();
  param.flags = reader.u8();
  param.iterations = reader.u16();
  param.salt = copy(reader.counted());
  return checked(reader, std::move(param), RRType::nsec3param);
}

Result<Name> decode_name(std::span<const std::uint8_t> rdata) {
  OctetReader reader(rdata);
  Name name = reader.name();
  if (!reader.complete()) return Error{"RDATA is not one uncompressed name"};
  return name;
}

}  // namespace zonefall::dns
