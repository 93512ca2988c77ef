#include "zonefall/dnssec/dsa_verifier.h"

#include <openssl/core_names.h>
#include <openssl/dsa.h>

#include "dnssec/openssl_ptr.h"
#include "zonefall/core/assert.h"

namespace zonefall::dnssec {
namespace {

using ConstOctets = std::span<const std::uint8_t>;
using DsaSignaturePtr = std::unique_ptr<DSA_SIG, OpensslDelete<DSA_SIG_free>>;

constexpr std::size_t q_octets = 20;

bool is_dsa(std::uint8_t algorithm) {
  return algorithm == 3 || algorithm == 6;  // DSA, DSA-NSEC3-SHA1 (RFC 5155 2)
}

// RFC 2536 2: T, Q, P, G, Y; the last three have 64 + 8 T octets.
PkeyPtr public_key(ConstOctets key) {
  if (key.empty() || key[0] > 8) return nullptr;
  const std::size_t long_octets = 64 + std::size_t{8} * key[0];
  if (key.size() != 1 + q_octets + 3 * long_octets) return nullptr;
  const auto part = [&](std::size_t index) {
    return to_bignum(key.subspan(1 + q_octets + index * long_octets, long_octets));
  };
  const BignumPtr q = to_bignum(key.subspan(1, q_octets));
  const BignumPtr p = part(0);
  const BignumPtr g = part(1);
  const BignumPtr y = part(2);
  const ParamsBuilderPtr builder(OSSL_PARAM_BLD_new());
  ZF_ASSERT(builder != nullptr);
  const auto push = [&](const char* name, const BignumPtr& number) {
    ZF_ASSERT(OSSL_PARAM_BLD_push_BN(builder.get(), name, number.get()) == 1);
  };
  push(OSSL_PKEY_PARAM_FFC_P, p);
  push(OSSL_PKEY_PARAM_FFC_Q, q);
  push(OSSL_PKEY_PARAM_FFC_G, g);
  push(OSSL_PKEY_PARAM_PUB_KEY, y);
  return make_pkey("DSA", KeyPart::public_key, builder.get());
}

// RFC 2536 3: T, R, S of 20 octets each; OpenSSL wants them in ASN.1.
dns::Octets to_der(ConstOctets signature) {
  const bool is_rfc_2536 = signature.size() == 1 + 2 * q_octets;
  if (!is_rfc_2536) return {signature.begin(), signature.end()};
  const DsaSignaturePtr pair(DSA_SIG_new());
  ZF_ASSERT(pair != nullptr);
  BignumPtr r = to_bignum(signature.subspan(1, q_octets));
  BignumPtr s = to_bignum(signature.subspan(1 + q_octets, q_octets));
  ZF_ASSERT(DSA_SIG_set0(pair.get(), r.release(), s.release()) == 1);
  std::uint8_t* der = nullptr;
  const int size = i2d_DSA_SIG(pair.get(), &der);
  ZF_ASSERT(size > 0);
  dns::Octets octets(der, der + size);
  OPENSSL_free(der);
  return octets;
}

}  // namespace

bool DsaVerifier::supports(std::uint8_t algorithm) const {
  return is_dsa(algorithm) || SignatureVerifier::supports(algorithm);
}

bool DsaVerifier::verifies(const dns::RRset& rrset, const dns::Rrsig& rrsig,
                           const dns::DnskeyRdata& dnskey) const {
  if (!is_dsa(dnskey.algorithm)) return ByteVerifier().verifies(rrset, rrsig, dnskey);
  const dns::RrsigFields& fields = rrsig.fields();
  if (fields.algorithm != dnskey.algorithm) return false;
  if (fields.labels > rrset.owner().label_count()) return false;
  const ErrorsDiscarded discarded;
  const PkeyPtr pkey = public_key(dnskey.public_key);
  const DigestContextPtr context(EVP_MD_CTX_new());
  ZF_ASSERT(context != nullptr);
  const dns::Octets data = signed_octets(fields, rrset);
  const dns::Octets der = to_der(rrsig.signature());
  return pkey != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha1(), nullptr, pkey.get()) == 1 &&
         EVP_DigestVerify(context.get(), der.data(), der.size(), data.data(), data.size()) == 1;
}

}  // namespace zonefall::dnssec
