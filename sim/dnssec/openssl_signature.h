// Signatures by OpenSSL: what EVP can sign by itself, and verification for every algorithm.
//
// Sources: RFC 3110 and 5702 (RSA), RFC 6605 (ECDSA), RFC 8080 (EdDSA).
#pragma once

#include <cstdint>
#include <span>

#include "dnssec/openssl_ptr.h"
#include "zonefall/dnssec/algorithm.h"

namespace zonefall::dnssec {

/// PKCS#1 v1.5 or EdDSA, both deterministic; not for ECDSA.
dns::Octets sign_with_pkey(EVP_PKEY* pkey, Algorithm algorithm, std::span<const std::uint8_t> data);

struct SignatureToVerify {
  std::span<const std::uint8_t> data;
  std::span<const std::uint8_t> signature;  // as the RRSIG has it
};

/// True if the signature was made by the private half of `public_key`, which is as the DNSKEY has
/// it. Takes anything: malformed keys, and RSA moduli outside 512 (RSASHA512: 1024) to 4096 bits,
/// verify nothing.
bool signature_verifies(Algorithm algorithm, std::span<const std::uint8_t> public_key,
                        const SignatureToVerify& to_verify);

}  // namespace zonefall::dnssec
