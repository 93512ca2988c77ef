#include "dnssec/rsa_key.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include <fmt/format.h>
#include <openssl/core_names.h>

#include "dnssec/key_base.h"
#include "dnssec/openssl_signature.h"
#include "zonefall/core/assert.h"

namespace zonefall::dnssec {

namespace {

constexpr std::uint32_t public_exponent = 65537;
// RFC 3110 2: the exponent's length, then the exponent.
constexpr std::array<std::uint8_t, 4> exponent_octets = {3, 1, 0, 1};

// 2^16 - 1 = 3 * 5 * 17 * 257: key tags are sums of 16-bit words with the carries folded in, so
// in essence the RDATA modulo this.
constexpr std::uint32_t tag_modulus = 65535;
constexpr std::uint32_t odd_period = 2 * tag_modulus;  // odd numbers of one residue repeat in it
constexpr std::uint32_t tag_candidates_max = 1U << 20;

std::string stream_purpose(const KeySpec& spec, const char* prime) {
  return fmt::format("{} {} {}", to_text(spec.algorithm), spec.bits, prime);
}

BignumPtr random_odd(KeyStream& stream, int bits) {
  BignumPtr number = to_bignum(stream.next(static_cast<std::size_t>(bits / 8)));
  ZF_ASSERT(BN_set_bit(number.get(), bits - 1) == 1);
  ZF_ASSERT(BN_set_bit(number.get(), bits - 2) == 1);
  ZF_ASSERT(BN_set_bit(number.get(), 0) == 1);
  return number;
}

bool is_usable_prime(const BIGNUM* number, BN_CTX* context) {
  if (BN_mod_word(number, public_exponent) == 1) return false;  // then e has no inverse
  const int prime = BN_check_prime(number, context, nullptr);
  ZF_ASSERT(prime >= 0);
  return prime == 1;
}

BignumPtr next_prime(KeyStream& stream, int bits, BN_CTX* context) {
  for (;;) {
    BignumPtr candidate = random_odd(stream, bits);
    if (is_usable_prime(candidate.get(), context)) return candidate;
  }
}

BignumPtr product(const BIGNUM* a, const BIGNUM* b, BN_CTX* context) {
  BignumPtr result = make_bignum();
  ZF_ASSERT(BN_mul(result.get(), a, b, context) == 1);
  return result;
}

BignumPtr minus_one(const BIGNUM* number) {
  BignumPtr result(BN_dup(number));
  ZF_ASSERT(result != nullptr && BN_sub_word(result.get(), 1) == 1);
  return result;
}

BignumPtr remainder(const BIGNUM* number, const BIGNUM* modulus, BN_CTX* context) {
  BignumPtr result = make_bignum();
  ZF_ASSERT(BN_mod(result.get(), number, modulus, context) == 1);
  return result;
}

BignumPtr inverse(const BIGNUM* number, const BIGNUM* modulus, BN_CTX* context) {
  BignumPtr result(BN_mod_inverse(nullptr, number, modulus, context));
  ZF_ASSERT(result != nullptr);
  return result;
}

dns::Octets rsa_public_key(const BIGNUM* modulus, std::uint16_t bits) {
  dns::Octets octets(exponent_octets.begin(), exponent_octets.end());
  const dns::Octets n = to_octets(modulus, bits / 8);
  octets.insert(octets.end(), n.begin(), n.end());
  return octets;
}

PkeyPtr rsa_pkey(const RsaPrimes& primes) {
  const BignumContextPtr context = make_bignum_context();
  const BIGNUM* p = primes.p.get();
  const BIGNUM* q = primes.q.get();
  const BignumPtr n = product(p, q, context.get());
  const BignumPtr e = make_bignum();
  ZF_ASSERT(BN_set_word(e.get(), public_exponent) == 1);
  const BignumPtr p_less = minus_one(p);
  const BignumPtr q_less = minus_one(q);
  const BignumPtr phi = product(p_less.get(), q_less.get(), context.get());
  const BignumPtr d = inverse(e.get(), phi.get(), context.get());
  const BignumPtr d_p = remainder(d.get(), p_less.get(), context.get());
  const BignumPtr d_q = remainder(d.get(), q_less.get(), context.get());
  const BignumPtr q_inverse = inverse(q, p, context.get());

  const ParamsBuilderPtr builder(OSSL_PARAM_BLD_new());
  ZF_ASSERT(builder != nullptr);
  const auto push = [&builder](const char* name, const BIGNUM* number) {
    ZF_ASSERT(OSSL_PARAM_BLD_push_BN(builder.get(), name, number) == 1);
  };
  push(OSSL_PKEY_PARAM_RSA_N, n.get());
  push(OSSL_PKEY_PARAM_RSA_E, e.get());
  push(OSSL_PKEY_PARAM_RSA_D, d.get());
  push(OSSL_PKEY_PARAM_RSA_FACTOR1, p);
  push(OSSL_PKEY_PARAM_RSA_FACTOR2, q);
  push(OSSL_PKEY_PARAM_RSA_EXPONENT1, d_p.get());
  push(OSSL_PKEY_PARAM_RSA_EXPONENT2, d_q.get());
  push(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, q_inverse.get());
  PkeyPtr pkey = make_pkey("RSA", KeyPart::key_pair, builder.get());
  ZF_ASSERT(pkey != nullptr);
  return pkey;
}

class RsaKeyPair final : public KeyPairBase {
 public:
  RsaKeyPair(dns::DnskeyRdata dnskey, PkeyPtr pkey, std::size_t modulus_octets)
      : KeyPairBase(std::move(dnskey)), pkey_(std::move(pkey)), modulus_octets_(modulus_octets) {}

  [[nodiscard]] dns::Octets sign(std::span<const std::uint8_t> data) const override {
    return sign_with_pkey(pkey_.get(), algorithm(), data);
  }
  [[nodiscard]] std::size_t signature_size() const override { return modulus_octets_; }
  [[nodiscard]] std::string private_text() const override {
    return private_text_head() + line("Modulus", OSSL_PKEY_PARAM_RSA_N) +
           line("PublicExponent", OSSL_PKEY_PARAM_RSA_E) +
           line("PrivateExponent", OSSL_PKEY_PARAM_RSA_D) +
           line("Prime1", OSSL_PKEY_PARAM_RSA_FACTOR1) +
           line("Prime2", OSSL_PKEY_PARAM_RSA_FACTOR2) +
           line("Exponent1", OSSL_PKEY_PARAM_RSA_EXPONENT1) +
           line("Exponent2", OSSL_PKEY_PARAM_RSA_EXPONENT2) +
           line("Coefficient", OSSL_PKEY_PARAM_RSA_COEFFICIENT1);
  }

 private:
  [[nodiscard]] std::string line(const char* name, const char* param) const {
    BIGNUM* number = nullptr;
    ZF_ASSERT(EVP_PKEY_get_bn_param(pkey_.get(), param, &number) == 1);
    const BignumPtr owned(number);
    return private_text_line(name, to_octets(number));
  }

  PkeyPtr pkey_;
  std::size_t modulus_octets_;
};

// ---- Requested tags ----

/// The 16-bit words that key_tag() adds up besides the modulus, which is whole words by itself.
std::uint32_t words_sum_before_modulus(const KeySpec& spec) {
  dns::DnskeyRdata dnskey = dnskey_for(spec);
  std::uint32_t sum = dnskey.flags;
  sum += static_cast<std::uint32_t>(dnskey.protocol << 8 | dnskey.algorithm);
  for (std::size_t i = 0; i < exponent_octets.size(); i += 2) {
    sum += static_cast<std::uint32_t>(exponent_octets[i] << 8 | exponent_octets[i + 1]);
  }
  return sum;
}

/// More than the carries that the sum of this many words can have.
std::uint32_t carries_bound(const KeySpec& spec) {
  return spec.bits / 16U + 4U;
}

/// The residues modulo 65535 that a product of two large primes may have to give `tag`.
///
/// With a sum of words S = carries * 65536 + low, the tag is carries + low, except that a carry out
/// of this last addition is lost. So S is the tag modulo 65535, or, for tags smaller than the
/// carries, one more. Residues that share a factor with 65535 would make n divisible by it.
std::vector<std::uint32_t> modulus_residues(const KeySpec& spec, std::uint32_t tag) {
  const std::uint32_t before = words_sum_before_modulus(spec) % tag_modulus;
  std::vector<std::uint32_t> sums;
  if (tag != 0) sums.push_back(tag);  // S is positive, so it folds to 65535 where it is 0
  if (tag < carries_bound(spec)) sums.push_back(tag + 1);
  std::vector<std::uint32_t> residues;
  for (const std::uint32_t sum : sums) {
    const std::uint32_t residue = (sum + tag_modulus - before) % tag_modulus;
    if (std::gcd(residue, tag_modulus) == 1) residues.push_back(residue);
  }
  return residues;
}

/// x with number * x = 1 modulo 65535; `number` is prime to 65535.
std::uint32_t inverse_modulo_tag_modulus(std::uint32_t number) {
  // The group of units has exponent lcm(2, 4, 16, 256) = 256, so x = number^255.
  std::uint64_t result = 1;
  for (int i = 0; i < 255; ++i) result = result * number % tag_modulus;
  return static_cast<std::uint32_t>(result);
}

/// Moves `q` up to the next odd number with this residue modulo 65535.
void move_to_residue(BIGNUM* q, std::uint32_t residue) {
  const std::uint32_t target = residue % 2 == 1 ? residue : residue + tag_modulus;
  const auto at = static_cast<std::uint32_t>(BN_mod_word(q, odd_period));
  ZF_ASSERT(BN_add_word(q, (target + odd_period - at) % odd_period) == 1);
}

Error unreachable_tag(const KeySpec& spec) {
  const std::uint32_t tag = *spec.requested_tag;
  const std::uint32_t sum = (tag == 0 ? 1 : tag) + tag_modulus;
  const std::uint32_t residue = (sum - words_sum_before_modulus(spec) % tag_modulus) % tag_modulus;
  std::uint32_t next = std::max(tag, carries_bound(spec));
  while (modulus_residues(spec, next).empty()) {
    next = next == tag_modulus ? carries_bound(spec) : next + 1;
  }
  return tag_error(spec, fmt::format("a key tag fixes the modulus modulo 65535, and this one would "
                                     "make it a multiple of {}; the next tag in reach is {}",
                                     std::gcd(residue, tag_modulus), next));
}

Result<KeyPairPtr> make_tagged_rsa_key_pair(const KeySpec& spec, const KeySource& source) {
  const std::uint16_t tag = *spec.requested_tag;
  const std::vector<std::uint32_t> residues = modulus_residues(spec, tag);
  if (residues.empty()) return unreachable_tag(spec);

  const int prime_bits = spec.bits / 2;
  const BignumContextPtr context = make_bignum_context();
  KeyStream p_stream(source, stream_purpose(spec, "p"));
  KeyStream q_stream(source, stream_purpose(spec, "q"));
  RsaPrimes primes{next_prime(p_stream, prime_bits, context.get()), nullptr};
  const std::uint32_t p_inverse = inverse_modulo_tag_modulus(
      static_cast<std::uint32_t>(BN_mod_word(primes.p.get(), tag_modulus)));

  dns::DnskeyRdata dnskey = dnskey_for(spec);
  // Small tags depend on the carries too: fresh starts, with each residue in its turn, vary them.
  constexpr std::uint32_t steps_per_start = 1024;
  for (std::uint32_t tried = 0; tried < tag_candidates_max; ++tried) {
    if (tried % steps_per_start == 0) {
      const std::uint64_t n = residues[tried / steps_per_start % residues.size()];
      primes.q = random_odd(q_stream, prime_bits);
      move_to_residue(primes.q.get(), static_cast<std::uint32_t>(n * p_inverse % tag_modulus));
    } else {
      ZF_ASSERT(BN_add_word(primes.q.get(), odd_period) == 1);
    }
    if (BN_num_bits(primes.q.get()) != prime_bits) continue;
    const BignumPtr n = product(primes.p.get(), primes.q.get(), context.get());
    dnskey.public_key = rsa_public_key(n.get(), spec.bits);
    if (key_tag(dnskey) != tag) continue;
    if (is_usable_prime(primes.q.get(), context.get()) &&
        BN_cmp(primes.p.get(), primes.q.get()) != 0) {
      return rsa_key_pair(spec, primes);
    }
  }
  return tag_error(spec, fmt::format("none was found among {} candidates; tags below {} depend on "
                                     "carries that hardly vary, take a larger one",
                                     tag_candidates_max, carries_bound(spec)));
}

}  // namespace

KeyPairPtr rsa_key_pair(const KeySpec& spec, const RsaPrimes& primes) {
  const BignumContextPtr context = make_bignum_context();
  const BignumPtr n = product(primes.p.get(), primes.q.get(), context.get());
  ZF_ASSERT(BN_num_bits(n.get()) == spec.bits);
  dns::DnskeyRdata dnskey = dnskey_for(spec);
  dnskey.public_key = rsa_public_key(n.get(), spec.bits);
  return std::make_shared<RsaKeyPair>(std::move(dnskey), rsa_pkey(primes), spec.bits / 8U);
}

Result<KeyPairPtr> make_rsa_key_pair(const KeySpec& spec, const KeySource& source) {
  if (spec.requested_tag) return make_tagged_rsa_key_pair(spec, source);
  const BignumContextPtr context = make_bignum_context();
  KeyStream p_stream(source, stream_purpose(spec, "p"));
  KeyStream q_stream(source, stream_purpose(spec, "q"));
  RsaPrimes primes;
  primes.p = next_prime(p_stream, spec.bits / 2, context.get());
  primes.q = next_prime(q_stream, spec.bits / 2, context.get());
  ZF_ASSERT(BN_cmp(primes.p.get(), primes.q.get()) != 0);
  return rsa_key_pair(spec, primes);
}

}  // namespace zonefall::dnssec
