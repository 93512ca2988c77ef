#include "zonefall/dnssec/key.h"

#include <fmt/format.h>

#include "dnssec/ecdsa_key.h"
#include "dnssec/eddsa_key.h"
#include "dnssec/key_stream.h"
#include "dnssec/rsa_key.h"
#include "zonefall/core/assert.h"
#include "zonefall/core/hash.h"

namespace zonefall::dnssec {

namespace {

constexpr std::uint8_t algorithm_rsamd5 = 1;  // RFC 4034 appendix B.1 gives it tags of its own
constexpr std::uint8_t algorithm_dsa = 3;
constexpr std::uint8_t algorithm_dsa_nsec3_sha1 = 6;

constexpr std::uint16_t rsa_bits_min = 1024;
constexpr std::uint16_t rsa_bits_max = 4096;
constexpr std::uint16_t rsa_bits_step = 64;

Status check_bits(const KeySpec& spec) {
  if (!is_rsa(spec.algorithm)) {
    if (spec.bits == 0) return Done{};
    return Error{fmt::format("{} keys have one size: bits must be 0, not {}",
                             to_text(spec.algorithm), spec.bits)};
  }
  if (spec.bits >= rsa_bits_min && spec.bits <= rsa_bits_max && spec.bits % rsa_bits_step == 0) {
    return Done{};
  }
  return Error{fmt::format("RSA keys need {} to {} bits in steps of {}, not {}", rsa_bits_min,
                           rsa_bits_max, rsa_bits_step, spec.bits)};
}

/// RFC 3110 2: behind the exponent, whose length is one octet, or two after a zero octet.
std::uint32_t rsa_bits(const dns::Octets& key) {
  if (key.size() < 3) return 0;
  const bool is_long = key[0] == 0;
  const std::size_t before = is_long ? 3U + key[1] * 256U + key[2] : 1U + key[0];
  return before < key.size() ? static_cast<std::uint32_t>(8 * (key.size() - before)) : 0;
}

}  // namespace

std::uint32_t key_bits(const dns::DnskeyRdata& dnskey) {
  const dns::Octets& key = dnskey.public_key;
  if (dnskey.algorithm == algorithm_rsamd5) return rsa_bits(key);
  if (dnskey.algorithm == algorithm_dsa || dnskey.algorithm == algorithm_dsa_nsec3_sha1) {
    return key.empty() ? 0 : 512U + 64U * key[0];
  }
  const std::optional<Algorithm> algorithm = supported_algorithm(dnskey.algorithm);
  if (!algorithm) return 0;
  switch (*algorithm) {
    case Algorithm::rsasha1:
    case Algorithm::rsasha1_nsec3_sha1:
    case Algorithm::rsasha256:
    case Algorithm::rsasha512: return rsa_bits(key);
    case Algorithm::ecdsap256sha256:
    case Algorithm::ed25519: return 256;
    case Algorithm::ecdsap384sha384: return 384;
    case Algorithm::ed448: return 456;
  }
  assertion_failed("an Algorithm outside its enumerators", __FILE__, __LINE__);
}

std::uint16_t key_tag(const dns::DnskeyRdata& dnskey) {
  const dns::Octets& key = dnskey.public_key;
  if (dnskey.algorithm == algorithm_rsamd5) {
    if (key.size() < 3) return 0;
    return static_cast<std::uint16_t>(key[key.size() - 3] << 8 | key[key.size() - 2]);
  }
  std::uint32_t sum = dnskey.flags;
  sum += static_cast<std::uint32_t>(dnskey.protocol << 8 | dnskey.algorithm);
  for (std::size_t i = 0; i < key.size(); ++i) {
    sum += (i % 2 == 0) ? static_cast<std::uint32_t>(key[i] << 8) : key[i];
  }
  sum += (sum >> 16) & 0xffff;
  return static_cast<std::uint16_t>(sum & 0xffff);
}

std::uint64_t key_pair_id(const dns::DnskeyRdata& dnskey) {
  return hash_bytes(dnskey.public_key, dnskey.algorithm);
}

Result<KeyPairPtr> make_key_pair(const KeySpec& spec, std::uint64_t seed,
                                 const std::string& label) {
  const std::optional<Algorithm> known =
      supported_algorithm(static_cast<std::uint8_t>(spec.algorithm));
  if (!known) {
    return Error{fmt::format("algorithm {} is not supported", static_cast<int>(spec.algorithm))};
  }
  if (!may_sign(spec.algorithm)) {
    return Error{fmt::format("{} may not sign (RFC 8624 3.1); take RSASHA256 or ECDSAP256SHA256",
                             to_text(spec.algorithm))};
  }
  if (const Status bits = check_bits(spec); !bits) return bits.error();

  const KeySource source{seed, label};
  switch (spec.algorithm) {
    case Algorithm::rsasha1:
    case Algorithm::rsasha1_nsec3_sha1: break;  // refused above
    case Algorithm::rsasha256:
    case Algorithm::rsasha512: return make_rsa_key_pair(spec, source);
    case Algorithm::ecdsap256sha256:
    case Algorithm::ecdsap384sha384: return make_ecdsa_key_pair(spec, source);
    case Algorithm::ed25519:
    case Algorithm::ed448: return make_eddsa_key_pair(spec, source);
  }
  assertion_failed("an algorithm that may sign but has no keys", __FILE__, __LINE__);
}

}  // namespace zonefall::dnssec
