// Owners of OpenSSL objects, and numbers to octets and back.
//
// OpenSSL fails for two reasons: bad input, which the callers that take input from outside turn
// into `false` or an Error, and lack of memory, which is a broken invariant here (ZF_ASSERT).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "zonefall/dns/rdata.h"

namespace zonefall::dnssec {

template <auto free_function>
struct OpensslDelete {
  template <typename T>
  void operator()(T* object) const {
    free_function(object);
  }
};

using BignumPtr = std::unique_ptr<BIGNUM, OpensslDelete<BN_clear_free>>;
using BignumContextPtr = std::unique_ptr<BN_CTX, OpensslDelete<BN_CTX_free>>;
using EcdsaSignaturePtr = std::unique_ptr<ECDSA_SIG, OpensslDelete<ECDSA_SIG_free>>;
using EcPointPtr = std::unique_ptr<EC_POINT, OpensslDelete<EC_POINT_free>>;
using DigestContextPtr = std::unique_ptr<EVP_MD_CTX, OpensslDelete<EVP_MD_CTX_free>>;
using PkeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, OpensslDelete<EVP_PKEY_CTX_free>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, OpensslDelete<EVP_PKEY_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, OpensslDelete<OSSL_PARAM_free>>;
using ParamsBuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, OpensslDelete<OSSL_PARAM_BLD_free>>;

/// Takes back the errors that OpenSSL queues for this thread while the object lives.
class ErrorsDiscarded {
 public:
  ErrorsDiscarded() { ERR_set_mark(); }
  ~ErrorsDiscarded() { ERR_pop_to_mark(); }
  ErrorsDiscarded(const ErrorsDiscarded&) = delete;
  ErrorsDiscarded& operator=(const ErrorsDiscarded&) = delete;
  ErrorsDiscarded(ErrorsDiscarded&&) = delete;
  ErrorsDiscarded& operator=(ErrorsDiscarded&&) = delete;
};

BignumContextPtr make_bignum_context();
BignumPtr make_bignum();
/// Big-endian octets to a number.
BignumPtr to_bignum(std::span<const std::uint8_t> octets);
/// A number to exactly `size` big-endian octets; it must fit.
dns::Octets to_octets(const BIGNUM* number, std::size_t size);
/// As to_octets(), without leading zeros.
dns::Octets to_octets(const BIGNUM* number);

/// What part of a key pair a set of parameters holds.
enum class KeyPart : std::uint8_t { public_key, key_pair };

/// The key of type "RSA" or "EC" that `builder` describes; null if OpenSSL rejects it.
PkeyPtr make_pkey(const char* type, KeyPart part, OSSL_PARAM_BLD* builder);

}  // namespace zonefall::dnssec
