#include "dnssec/openssl_signature.h"

#include <optional>

#include <openssl/core_names.h>

#include "dnssec/openssl_ecdsa.h"
#include "zonefall/core/assert.h"

namespace zonefall::dnssec {

namespace {

using ConstOctets = std::span<const std::uint8_t>;

/// What EVP hashes with before it signs; null where the algorithm brings its own hash.
const EVP_MD* message_digest(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::rsasha1:
    case Algorithm::rsasha1_nsec3_sha1: return EVP_sha1();
    case Algorithm::rsasha256:
    case Algorithm::ecdsap256sha256: return EVP_sha256();
    case Algorithm::ecdsap384sha384: return EVP_sha384();
    case Algorithm::rsasha512: return EVP_sha512();
    case Algorithm::ed25519:
    case Algorithm::ed448: return nullptr;
  }
  assertion_failed("an Algorithm outside its enumerators", __FILE__, __LINE__);
}

bool evp_verifies(EVP_PKEY* pkey, Algorithm algorithm, const SignatureToVerify& to_verify) {
  const DigestContextPtr context(EVP_MD_CTX_new());
  ZF_ASSERT(context != nullptr);
  return EVP_DigestVerifyInit(context.get(), nullptr, message_digest(algorithm), nullptr, pkey) ==
             1 &&
         EVP_DigestVerify(context.get(), to_verify.signature.data(), to_verify.signature.size(),
                          to_verify.data.data(), to_verify.data.size()) == 1;
}

struct RsaPublicKey {
  ConstOctets exponent;
  ConstOctets modulus;
};

/// RFC 3110 2: the exponent's length in one octet, or in two after a zero octet; exponent; modulus.
/// Leading zero octets are prohibited in both.
std::optional<RsaPublicKey> parse_rsa(ConstOctets key) {
  if (key.empty()) return std::nullopt;
  std::size_t exponent_size = key[0];
  std::size_t at = 1;
  if (exponent_size == 0) {
    if (key.size() < 3) return std::nullopt;
    exponent_size = static_cast<std::size_t>(key[1] << 8 | key[2]);
    at = 3;
  }
  // Octets are left for the modulus, which is never shorter than the exponent.
  if (exponent_size == 0 || key.size() - at < 2 * exponent_size) return std::nullopt;
  const RsaPublicKey parts{key.subspan(at, exponent_size), key.subspan(at + exponent_size)};
  if (parts.exponent[0] == 0 || parts.modulus[0] == 0) return std::nullopt;
  return parts;
}

bool rsa_verifies(Algorithm algorithm, ConstOctets public_key, const SignatureToVerify& to_verify) {
  const std::optional<RsaPublicKey> parts = parse_rsa(public_key);
  if (!parts || parts->modulus.size() != to_verify.signature.size()) return false;
  const int bits_min = algorithm == Algorithm::rsasha512 ? 1024 : 512;  // RFC 5702 2.1, 2.2
  constexpr int bits_max = 4096;
  constexpr std::size_t modulus_octets_max = bits_max / 8;
  if (parts->modulus.size() > modulus_octets_max) return false;
  const BignumPtr n = to_bignum(parts->modulus);
  const BignumPtr e = to_bignum(parts->exponent);
  if (BN_num_bits(n.get()) < bits_min || BN_is_odd(n.get()) != 1) return false;
  if (BN_is_odd(e.get()) != 1 || BN_is_one(e.get()) == 1) return false;
  if (BN_cmp(e.get(), n.get()) >= 0) return false;

  const ParamsBuilderPtr builder(OSSL_PARAM_BLD_new());
  ZF_ASSERT(builder != nullptr);
  ZF_ASSERT(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1);
  ZF_ASSERT(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
  const PkeyPtr pkey = make_pkey("RSA", KeyPart::public_key, builder.get());
  return pkey != nullptr && evp_verifies(pkey.get(), algorithm, to_verify);
}

bool ecdsa_verifies(Algorithm algorithm, ConstOctets public_key,
                    const SignatureToVerify& to_verify) {
  const Curve& curve = curve_of(algorithm);
  if (public_key.size() != 2 * curve.octets) return false;
  if (to_verify.signature.size() != 2 * curve.octets) return false;

  dns::Octets point = {POINT_CONVERSION_UNCOMPRESSED};
  point.insert(point.end(), public_key.begin(), public_key.end());
  const ParamsBuilderPtr builder(OSSL_PARAM_BLD_new());
  ZF_ASSERT(builder != nullptr);
  ZF_ASSERT(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                            curve.openssl_name, 0) == 1);
  ZF_ASSERT(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                             point.size()) == 1);
  const PkeyPtr pkey = make_pkey("EC", KeyPart::public_key, builder.get());
  if (pkey == nullptr) return false;

  const dns::Octets der = ecdsa_signature_to_der(to_verify.signature);
  return evp_verifies(pkey.get(), algorithm, {to_verify.data, der});
}

bool eddsa_verifies(Algorithm algorithm, ConstOctets public_key,
                    const SignatureToVerify& to_verify) {
  const int type = algorithm == Algorithm::ed448 ? EVP_PKEY_ED448 : EVP_PKEY_ED25519;
  const PkeyPtr pkey(
      EVP_PKEY_new_raw_public_key(type, nullptr, public_key.data(), public_key.size()));
  return pkey != nullptr && evp_verifies(pkey.get(), algorithm, to_verify);
}

}  // namespace

dns::Octets sign_with_pkey(EVP_PKEY* pkey, Algorithm algorithm, ConstOctets data) {
  const DigestContextPtr context(EVP_MD_CTX_new());
  ZF_ASSERT(context != nullptr);
  const int begun =
      EVP_DigestSignInit(context.get(), nullptr, message_digest(algorithm), nullptr, pkey);
  ZF_ASSERT(begun == 1);
  dns::Octets signature(static_cast<std::size_t>(EVP_PKEY_get_size(pkey)));
  std::size_t size = signature.size();
  const int done = EVP_DigestSign(context.get(), signature.data(), &size, data.data(), data.size());
  ZF_ASSERT(done == 1 && size == signature.size());
  return signature;
}

bool signature_verifies(Algorithm algorithm, ConstOctets public_key,
                        const SignatureToVerify& to_verify) {
  const ErrorsDiscarded discarded;
  switch (algorithm) {
    case Algorithm::rsasha1:
    case Algorithm::rsasha1_nsec3_sha1:
    case Algorithm::rsasha256:
    case Algorithm::rsasha512: return rsa_verifies(algorithm, public_key, to_verify);
    case Algorithm::ecdsap256sha256:
    case Algorithm::ecdsap384sha384: return ecdsa_verifies(algorithm, public_key, to_verify);
    case Algorithm::ed25519:
    case Algorithm::ed448: return eddsa_verifies(algorithm, public_key, to_verify);
  }
  assertion_failed("an Algorithm outside its enumerators", __FILE__, __LINE__);
}

}  // namespace zonefall::dnssec
