// Ed25519 and Ed448 key pairs (RFC 8032, RFC 8080).
#pragma once

#include <cstdint>
#include <span>

#include "dnssec/key_stream.h"
#include "zonefall/dnssec/key.h"

namespace zonefall::dnssec {

/// The pair with this private key: 32 octets for Ed25519, 57 for Ed448.
KeyPairPtr eddsa_key_pair(const KeySpec& spec, std::span<const std::uint8_t> private_key);

Result<KeyPairPtr> make_eddsa_key_pair(const KeySpec& spec, const KeySource& source);

}  // namespace zonefall::dnssec
