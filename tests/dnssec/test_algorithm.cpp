// Goal: the numbers this program supports are the ones RFC 8624 asks for, and no others.
#include <set>

#include <catch2/catch.hpp>

#include "zonefall/dnssec/algorithm.h"

namespace zonefall::dnssec {

TEST_CASE("Exactly the listed algorithm numbers are supported") {
  const std::set<int> listed = {5, 7, 8, 10, 13, 14, 15, 16};
  for (int number = 0; number < 256; ++number) {
    const auto algorithm = supported_algorithm(static_cast<std::uint8_t>(number));
    CHECK(algorithm.has_value() == (listed.count(number) == 1));
    if (algorithm) CHECK(static_cast<int>(*algorithm) == number);
  }
}

TEST_CASE("Exactly the listed digest types are supported") {
  const std::set<int> listed = {1, 2, 4};
  for (int number = 0; number < 256; ++number) {
    const auto type = supported_digest(static_cast<std::uint8_t>(number));
    CHECK(type.has_value() == (listed.count(number) == 1));
    if (type) CHECK(static_cast<int>(*type) == number);
  }
}

TEST_CASE("SHA-1 algorithms verify but never sign") {
  CHECK_FALSE(may_sign(Algorithm::rsasha1));
  CHECK_FALSE(may_sign(Algorithm::rsasha1_nsec3_sha1));
  CHECK(may_sign(Algorithm::rsasha256));
  CHECK(may_sign(Algorithm::rsasha512));
  CHECK(may_sign(Algorithm::ecdsap256sha256));
  CHECK(may_sign(Algorithm::ecdsap384sha384));
  CHECK(may_sign(Algorithm::ed25519));
  CHECK(may_sign(Algorithm::ed448));
}

TEST_CASE("Algorithms know their family and their names") {
  CHECK(is_rsa(Algorithm::rsasha1_nsec3_sha1));
  CHECK(is_rsa(Algorithm::rsasha512));
  CHECK_FALSE(is_rsa(Algorithm::ecdsap256sha256));
  CHECK_FALSE(is_rsa(Algorithm::ed448));
  CHECK(to_text(Algorithm::rsasha256) == "RSASHA256");
  CHECK(to_text(Algorithm::ecdsap384sha384) == "ECDSAP384SHA384");
  CHECK(to_text(Algorithm::ed25519) == "ED25519");
  CHECK(to_text(DigestType::sha256) == "SHA-256");
}

}  // namespace zonefall::dnssec
