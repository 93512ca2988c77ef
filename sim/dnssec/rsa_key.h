// RSA key pairs with the public exponent 65537 (RFC 3110, RFC 5702).
#pragma once

#include "dnssec/key_stream.h"
#include "dnssec/openssl_ptr.h"
#include "zonefall/dnssec/key.h"

namespace zonefall::dnssec {

/// Distinct primes of equal length, both with the two highest bits set.
struct RsaPrimes {
  BignumPtr p;
  BignumPtr q;
};

/// The pair with these primes; spec.bits is the length of their product.
KeyPairPtr rsa_key_pair(const KeySpec& spec, const RsaPrimes& primes);

Result<KeyPairPtr> make_rsa_key_pair(const KeySpec& spec, const KeySource& source);

}  // namespace zonefall::dnssec
