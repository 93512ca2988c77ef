// What the tests of keys and signatures share: octets from text, keys and RRsets in one line.
#pragma once

#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "zonefall/core/encoding.h"
#include "zonefall/dns/rrset.h"
#include "zonefall/dnssec/key.h"

namespace zonefall::dnssec::testing {

inline dns::Octets hex(std::string_view text) {
  return from_hex(text).value();
}

inline dns::Octets base64(std::string_view text) {
  return from_base64(text).value();
}

inline dns::DnskeyRdata dnskey_of(std::uint16_t flags, std::uint8_t algorithm,
                                  std::string_view public_key) {
  return {flags, 3, algorithm, base64(public_key)};
}

inline KeyPairPtr must_make(const KeySpec& spec, const std::string& label, std::uint64_t seed = 1) {
  const Result<KeyPairPtr> made = make_key_pair(spec, seed, label);
  INFO(label << ": " << (made ? "" : made.error().to_text()));
  REQUIRE(made.ok());
  return made.value();
}

/// One spec for each algorithm that may sign, the smallest key it has.
inline std::vector<KeySpec> signing_specs() {
  return {{.algorithm = Algorithm::rsasha256, .bits = 1024},
          {.algorithm = Algorithm::rsasha512, .bits = 1024},
          {.algorithm = Algorithm::ecdsap256sha256},
          {.algorithm = Algorithm::ecdsap384sha384},
          {.algorithm = Algorithm::ed25519},
          {.algorithm = Algorithm::ed448}};
}

inline dns::Octets mx_rdata(std::uint16_t preference, std::string_view exchange) {
  const dns::Name name = dns::Name::literal(exchange);
  dns::Octets rdata = {static_cast<std::uint8_t>(preference >> 8),
                       static_cast<std::uint8_t>(preference & 0xff)};
  rdata.insert(rdata.end(), name.wire().begin(), name.wire().end());
  return rdata;
}

}  // namespace zonefall::dnssec::testing
