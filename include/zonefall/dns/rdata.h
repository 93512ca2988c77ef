// RDATA: wire octets as the stored form, typed structs as the view.
//
// RRsets keep RDATA as uncompressed wire octets because that is what is signed, hashed, compared
// and sent. Code that wants fields decodes a typed struct, and builds octets from one. Types
// without a struct are opaque (RFC 3597). decode_* reject trailing octets and truncated fields.
// Sources: RFC 1035 3.3, RFC 3596, RFC 4034 2-5, RFC 5155 3-4, RFC 3597.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/dns/name.h"
#include "zonefall/dns/types.h"

namespace zonefall::dns {

using Octets = std::vector<std::uint8_t>;

struct SoaRdata {
  Name mname;
  Name rname;
  std::uint32_t serial = 0;
  std::uint32_t refresh_s = 0;
  std::uint32_t retry_s = 0;
  std::uint32_t expire_s = 0;
  std::uint32_t minimum_s = 0;
  bool operator==(const SoaRdata&) const = default;
};

struct DnskeyRdata {
  static constexpr std::uint16_t flag_zone_key = 0x0100;
  static constexpr std::uint16_t flag_secure_entry_point = 0x0001;
  static constexpr std::uint16_t flag_revoke = 0x0080;  // RFC 5011
  std::uint16_t flags = flag_zone_key;
  std::uint8_t protocol = 3;
  std::uint8_t algorithm = 0;
  Octets public_key;
  bool operator==(const DnskeyRdata&) const = default;
};

struct DsRdata {
  std::uint16_t key_tag = 0;
  std::uint8_t algorithm = 0;
  std::uint8_t digest_type = 0;
  Octets digest;
  bool operator==(const DsRdata&) const = default;
};

/// RRSIG RDATA without the signature octets (RFC 4034 3.1).
struct RrsigFields {
  RRType type_covered = RRType::a;
  std::uint8_t algorithm = 0;
  std::uint8_t labels = 0;
  std::uint32_t original_ttl_s = 0;
  std::uint32_t expiration = 0;  // seconds since 1970 modulo 2^32, serial arithmetic
  std::uint32_t inception = 0;
  std::uint16_t key_tag = 0;
  Name signer;
  bool operator==(const RrsigFields&) const = default;
};

/// The set of types of NSEC and NSEC3 (RFC 4034 4.1.2).
class TypeBitmap {
 public:
  TypeBitmap() = default;
  explicit TypeBitmap(std::span<const RRType> types);
  TypeBitmap(std::initializer_list<RRType> types) : TypeBitmap(std::span(types)) {}
  [[nodiscard]] bool contains(RRType type) const;
  [[nodiscard]] bool empty() const;
  /// Rising.
  [[nodiscard]] std::vector<RRType> types() const;
  void append_wire(Octets& out) const;
  static Result<TypeBitmap> from_wire(std::span<const std::uint8_t> wire);
  bool operator==(const TypeBitmap&) const = default;

 private:
  [[nodiscard]] bool has_bit(unsigned type) const {
    return (below_256_[type / 8] & (0x80U >> (type % 8))) != 0;
  }
  void add(RRType type);

  // Nearly all types that there are, as bits in the order of the wire: no allocation.
  std::array<std::uint8_t, 32> below_256_{};
  std::vector<RRType> others_;  // rising
};

struct NsecRdata {
  Name next;
  TypeBitmap types;
  bool operator==(const NsecRdata&) const = default;
};

struct Nsec3Rdata {
  static constexpr std::uint8_t flag_opt_out = 1;
  std::uint8_t hash_algorithm = 1;
  std::uint8_t flags = 0;
  std::uint16_t iterations = 0;
  Octets salt;       // at most 255 octets
  Octets next_hash;  // 20 octets for SHA-1
  TypeBitmap types;
  bool operator==(const Nsec3Rdata&) const = default;
};

struct Nsec3ParamRdata {
  std::uint8_t hash_algorithm = 1;
  std::uint8_t flags = 0;
  std::uint16_t iterations = 0;
  Octets salt;
  bool operator==(const Nsec3ParamRdata&) const = default;
};

Octets encode(const SoaRdata& rdata);
Octets encode(const DnskeyRdata& rdata);
Octets encode(const DsRdata& rdata);
/// Fields followed by `signature`; with an empty signature this is what RFC 4034 3.1.8.1 signs,
/// provided the signer's name is canonical.
Octets encode(const RrsigFields& fields, std::span<const std::uint8_t> signature);
Octets encode(const NsecRdata& rdata);
Octets encode(const Nsec3Rdata& rdata);
Octets encode(const Nsec3ParamRdata& rdata);
Octets encode_a(std::array<std::uint8_t, 4> address);
Octets encode_aaaa(std::array<std::uint8_t, 16> address);
/// NS, CNAME, DNAME and PTR: one name.
Octets encode_name(const Name& target);

Result<SoaRdata> decode_soa(std::span<const std::uint8_t> rdata);
/// Two of its numbers without decoding the names before them, which costs ten times as much;
/// nullopt if the RDATA is malformed.
struct SoaNumbers {
  std::uint32_t serial = 0;
  std::uint32_t minimum_s = 0;
};
std::optional<SoaNumbers> soa_numbers(std::span<const std::uint8_t> rdata);
Result<DnskeyRdata> decode_dnskey(std::span<const std::uint8_t> rdata);
Result<DsRdata> decode_ds(std::span<const std::uint8_t> rdata);
struct DecodedRrsig {
  RrsigFields fields;
  Octets signature;
};
Result<DecodedRrsig> decode_rrsig(std::span<const std::uint8_t> rdata);
Result<NsecRdata> decode_nsec(std::span<const std::uint8_t> rdata);
Result<Nsec3Rdata> decode_nsec3(std::span<const std::uint8_t> rdata);
Result<Nsec3ParamRdata> decode_nsec3param(std::span<const std::uint8_t> rdata);
Result<Name> decode_name(std::span<const std::uint8_t> rdata);

/// RDATA in canonical form: the names of the types listed in RFC 4034 6.2 point 3 (as amended by
/// RFC 6840 5.1: not NSEC) in lower case. Octets that do not parse as their type stay as they are.
Octets canonical_rdata(RRType type, std::span<const std::uint8_t> rdata);

/// Presentation format of one RDATA; RFC 3597 \# for types without one, or that do not parse.
std::string rdata_to_text(RRType type, std::span<const std::uint8_t> rdata);

/// Presentation format to octets. `tokens` are the fields after the type, already split, quotes
/// removed from <character-string>s but escapes kept; relative names are under `origin`.
Result<Octets> rdata_from_tokens(RRType type, std::span<const std::string> tokens,
                                 const Name& origin);

}  // namespace zonefall::dns
