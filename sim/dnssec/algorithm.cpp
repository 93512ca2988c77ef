#include "zonefall/dnssec/algorithm.h"

#include "zonefall/core/assert.h"

namespace zonefall::dnssec {

std::optional<Algorithm> supported_algorithm(std::uint8_t number) {
  switch (static_cast<Algorithm>(number)) {
    case Algorithm::rsasha1:
    case Algorithm::rsasha1_nsec3_sha1:
    case Algorithm::rsasha256:
    case Algorithm::rsasha512:
    case Algorithm::ecdsap256sha256:
    case Algorithm::ecdsap384sha384:
    case Algorithm::ed25519:
    case Algorithm::ed448: return static_cast<Algorithm>(number);
  }
  return std::nullopt;
}

std::optional<DigestType> supported_digest(std::uint8_t number) {
  switch (static_cast<DigestType>(number)) {
    case DigestType::sha1:
    case DigestType::sha256:
    case DigestType::sha384: return static_cast<DigestType>(number);
  }
  return std::nullopt;
}

bool may_sign(Algorithm algorithm) {
  return algorithm != Algorithm::rsasha1 && algorithm != Algorithm::rsasha1_nsec3_sha1;
}

bool is_rsa(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::rsasha1:
    case Algorithm::rsasha1_nsec3_sha1:
    case Algorithm::rsasha256:
    case Algorithm::rsasha512: return true;
    case Algorithm::ecdsap256sha256:
    case Algorithm::ecdsap384sha384:
    case Algorithm::ed25519:
    case Algorithm::ed448: return false;
  }
  assertion_failed("an Algorithm outside its enumerators", __FILE__, __LINE__);
}

std::string to_text(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::rsasha1: return "RSASHA1";
    case Algorithm::rsasha1_nsec3_sha1: return "RSASHA1-NSEC3-SHA1";
    case Algorithm::rsasha256: return "RSASHA256";
    case Algorithm::rsasha512: return "RSASHA512";
    case Algorithm::ecdsap256sha256: return "ECDSAP256SHA256";
    case Algorithm::ecdsap384sha384: return "ECDSAP384SHA384";
    case Algorithm::ed25519: return "ED25519";
    case Algorithm::ed448: return "ED448";
  }
  assertion_failed("an Algorithm outside its enumerators", __FILE__, __LINE__);
}

std::string to_text(DigestType type) {
  switch (type) {
    case DigestType::sha1: return "SHA-1";
    case DigestType::sha256: return "SHA-256";
    case DigestType::sha384: return "SHA-384";
  }
  assertion_failed("a DigestType outside its enumerators", __FILE__, __LINE__);
}

}  // namespace zonefall::dnssec
