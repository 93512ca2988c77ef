// ECDSA key pairs (RFC 6605).
#pragma once

#include <cstdint>
#include <span>

#include "dnssec/key_stream.h"
#include "zonefall/dnssec/key.h"

namespace zonefall::dnssec {

/// The pair with this private scalar, big-endian, between 1 and the curve's order - 1.
KeyPairPtr ecdsa_key_pair(const KeySpec& spec, std::span<const std::uint8_t> private_scalar);

Result<KeyPairPtr> make_ecdsa_key_pair(const KeySpec& spec, const KeySource& source);

}  // namespace zonefall::dnssec
