// Keys: key tags, DS digests, and key pairs made from a seed.
//
// Sources: RFC 4034 2, 5 and appendix B; RFC 3110 (RSA), RFC 6605 (ECDSA), RFC 8080 (EdDSA),
// RFC 4509 and 6605 (digests). A simulated registry must make the same keys in every run, so key
// pairs are a function of (seed, label); real bytes all the same: OpenSSL, ldns and BIND verify
// what they sign. A pair can be asked for with a given key tag (design, section 9): RSA by
// searching the second prime in the residue class that yields the tag, the others by walking the
// private scalar. Some tags are out of reach for a spec; the Error says so.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "zonefall/core/result.h"
#include "zonefall/dns/name.h"
#include "zonefall/dns/rdata.h"
#include "zonefall/dnssec/algorithm.h"

namespace zonefall::dnssec {

/// RFC 4034 appendix B.
std::uint16_t key_tag(const dns::DnskeyRdata& dnskey);

/// How large the key is, as RFC 5155 10.3 and others count it: an RSA modulus (RFC 3110 2), a DSA
/// prime (RFC 2536 2), a curve's field; 0 for a malformed key or an algorithm without a known size.
std::uint32_t key_bits(const dns::DnskeyRdata& dnskey);

/// Identifies a key pair by its public half (algorithm and public key octets, not the flags).
std::uint64_t key_pair_id(const dns::DnskeyRdata& dnskey);

/// RFC 4034 5.1.4. `owner` is the zone whose apex holds the DNSKEY.
dns::DsRdata make_ds(const dns::Name& owner, const dns::DnskeyRdata& dnskey, DigestType type);
/// True if `ds` names this key: tag, algorithm and digest. False for unsupported digests.
bool ds_matches(const dns::DsRdata& ds, const dns::Name& owner, const dns::DnskeyRdata& dnskey);

struct KeySpec {
  Algorithm algorithm = Algorithm::rsasha256;
  std::uint16_t bits = 0;  // RSA modulus: 1024 to 4096, a multiple of 64; 0 for the others
  std::uint16_t flags = dns::DnskeyRdata::flag_zone_key;
  std::optional<std::uint16_t> requested_tag = std::nullopt;
};

/// A private key with its public half. Immutable, safe from several threads.
class KeyPair {
 public:
  virtual ~KeyPair() = default;
  [[nodiscard]] virtual const dns::DnskeyRdata& dnskey() const = 0;
  [[nodiscard]] virtual std::uint16_t tag() const = 0;
  [[nodiscard]] virtual std::uint64_t id() const = 0;  // key_pair_id(dnskey())
  /// Signature octets in DNSSEC form over `data`. Deterministic: PKCS#1 v1.5, RFC 6979 nonces,
  /// EdDSA.
  [[nodiscard]] virtual dns::Octets sign(std::span<const std::uint8_t> data) const = 0;
  [[nodiscard]] virtual std::size_t signature_size() const = 0;
  /// BIND's "Private-key-format: v1.3" text, for independent judges.
  [[nodiscard]] virtual std::string private_text() const = 0;
};
using KeyPairPtr = std::shared_ptr<const KeyPair>;

/// The pair named by (seed, label) under `spec`; equal arguments give equal pairs. Without a
/// requested tag the flags do not change the key, so a revoked key (RFC 5011) is the same pair.
/// Errors: bits out of range, an algorithm that may not sign, a tag that cannot be reached (RSA:
/// every second one). A tag costs RSA nothing, ECDSA a fraction of a second, Ed25519 seconds, and
/// Ed448 up to minutes.
Result<KeyPairPtr> make_key_pair(const KeySpec& spec, std::uint64_t seed, const std::string& label);

}  // namespace zonefall::dnssec
