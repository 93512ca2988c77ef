// DNSSEC algorithm and digest numbers (IANA registries; RFC 8624 for what to support).
//
// 5 and 7 are verified but never used for signing (RFC 8624 3.1). Everything else that is not
// listed here is "unsupported", which makes a delegation insecure, not bogus (RFC 4035 5.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace zonefall::dnssec {

enum class Algorithm : std::uint8_t {
  rsasha1 = 5,
  rsasha1_nsec3_sha1 = 7,
  rsasha256 = 8,
  rsasha512 = 10,
  ecdsap256sha256 = 13,
  ecdsap384sha384 = 14,
  ed25519 = 15,
  ed448 = 16,
};

enum class DigestType : std::uint8_t { sha1 = 1, sha256 = 2, sha384 = 4 };

/// nullopt: a number this program does not support.
std::optional<Algorithm> supported_algorithm(std::uint8_t number);
std::optional<DigestType> supported_digest(std::uint8_t number);
/// False for 5 and 7.
bool may_sign(Algorithm algorithm);
bool is_rsa(Algorithm algorithm);
/// "RSASHA256", as BIND and ldns write it.
std::string to_text(Algorithm algorithm);
std::string to_text(DigestType type);

}  // namespace zonefall::dnssec
