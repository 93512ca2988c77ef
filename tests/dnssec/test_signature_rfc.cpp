// Goal: our octets are those of the RFCs' examples, and their signatures verify here.
#include <catch2/catch.hpp>

#include "dnssec/ecdsa_key.h"
#include "dnssec/eddsa_key.h"
#include "dnssec/rsa_key.h"
#include "key_testing.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::dnssec {

using namespace testing;  // NOLINT: test helpers
using dns::Name;

namespace {

dns::RRsetPtr www_example_net(std::array<std::uint8_t, 4> address) {
  return dns::RRset::make(
      {Name::literal("www.example.net."), dns::RRType::a, dns::RRClass::in, 3600},
      {dns::encode_a(address)});
}

bool verifies(const dns::RRset& rrset, const dns::Rrsig& rrsig, const dns::DnskeyRdata& dnskey) {
  return ByteVerifier().verifies(rrset, rrsig, dnskey);
}

bool same(std::span<const std::uint8_t> made, const dns::Octets& expected) {
  return dns::Octets(made.begin(), made.end()) == expected;
}

}  // namespace

TEST_CASE("RSA signatures are those of RFC 5702 6") {
  const SignatureWindow window = {946684800, 1893456000};  // 2000-01-01 to 2030-01-01
  const dns::RRsetPtr rrset = www_example_net({192, 0, 2, 91});
  const Name signer = Name::literal("example.net.");

  const KeyPairPtr sha256 =
      rsa_key_pair({.algorithm = Algorithm::rsasha256, .bits = 512},
                   {to_bignum(base64("4c8IvFu1AVXGWeFLLFh5vs7fbdzdC6U82fduE6KkSWk=")),
                    to_bignum(base64("2zZpBE8ZXVnL74QjG4zINlDfH+EOEtjJJ3RtaYDugvE="))});
  CHECK(sha256->dnskey() ==
        dnskey_of(256, 8,
                  "AwEAAcFcGsaxxdgiuuGmCkVImy4h99CqT7jwY3pexPGcnUFtR2Fh36BponcwtkZ4cAgtvd4Qs8Pk"
                  "xUdp6p/DlUmObdk="));
  CHECK(sha256->tag() == 9033);
  const dns::RrsigPtr made = sign(rrset, sha256, signer, window);
  CHECK(same(made->signature(),
             base64("kRCOH6u7l0QGy9qpC9l1sLncJcOKFLJ7GhiUOibu4teYp5VE9RncriShZNz85mwlMgNEacFYK/lP"
                    "tPiVYP4bwg==")));
  CHECK(verifies(*rrset, *made, sha256->dnskey()));
  CHECK(sha256->private_text().find(
            "PrivateExponent: UR44xX6zB3eaeyvTRzmskHADrPCmPWnr8dxsNwiDGHzrMKLN+i/HAam+97HxIKVWNDH2"
            "ba9Mf1SA8xu9dcHZAQ==\n") != std::string::npos);
  CHECK(sha256->private_text().find(
            "Coefficient: icQdNRjlZGPmuJm2TIadubcO8X7V4y07aVhX464tx8Q=\n") != std::string::npos);

  const KeyPairPtr sha512 =
      rsa_key_pair({.algorithm = Algorithm::rsasha512, .bits = 1024},
                   {to_bignum(base64("8mbtsu9Tl9v7tKSHdCIeprLIQXQLzxlSZun5T1n/OjvXSUtvD7xnZJ+LHqaB"
                                     "j1dIgMbCq2U8O04QVcK3TS9GiQ==")),
                    to_bignum(base64("3a6gkfs74d0Jb7yL4j4adAif4fcp7ZrGt7G5NRVDDY/Mv4TERAKMa0TKN3ok"
                                     "KE0A7X+Rv2K84mhT4QLDlllEcw=="))});
  CHECK(sha512->tag() == 3740);
  const dns::RrsigPtr made512 = sign(rrset, sha512, signer, window);
  CHECK(same(made512->signature(),
             base64("tsb4wnjRUDnB1BUi+t6TMTXThjVnG+eCkWqjvvjhzQL1d0YRoOe0CbxrVDYd0xDtsuJRaeUw1ep9"
                    "4PzEWzr0iGYgZBWm/zpq+9fOuagYJRfDqfReKBzMweOLDiNa8iP5g9vMhpuv6OPlvpXwm9Sa9ZXI"
                    "bNl1MBGk0fthPgxdDLw=")));
  CHECK(verifies(*rrset, *made512, sha512->dnskey()));
}

TEST_CASE("ECDSA keys and signatures of RFC 6605 6 are understood") {
  struct Example {
    Algorithm algorithm = Algorithm::ecdsap256sha256;
    const char* private_key = nullptr;
    const char* public_key = nullptr;
    SignatureWindow window;
    const char* signature = nullptr;
  };
  const std::array<Example, 2> examples = {{
      {Algorithm::ecdsap256sha256,
       "GU6SnQ/Ou+xC5RumuIUIuJZteXT2z0O/ok1s38Et6mQ=",
       "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==",
       {1281607479, 1284026679},
       "qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw=="},
      {Algorithm::ecdsap384sha384,
       "WURgWHCcYIYUPWgeLmiPY2DJJk02vgrmTfitxgqcL4vwW7BOrbawVmVe0d9V94SR",
       "xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8"
       "/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40",
       {1281608425, 1284027625},
       "/L5hDKIvGDyI1fcARX3z65qrmPsVz73QD1Mr5CEqOiLP95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuydCuz"
       "WTSSPdz7wnqXL5bdcJzusdnI0RSMROxxwGipWcJm"},
  }};
  const dns::RRsetPtr rrset = www_example_net({192, 0, 2, 1});
  for (const Example& example : examples) {
    INFO(to_text(example.algorithm));
    const KeyPairPtr key =
        ecdsa_key_pair({.algorithm = example.algorithm, .flags = 257}, base64(example.private_key));
    CHECK(key->dnskey().public_key == base64(example.public_key));
    CHECK(key->private_text().find(std::string("PrivateKey: ") + example.private_key + "\n") !=
          std::string::npos);
    const dns::RrsigPtr ours = sign(rrset, key, Name::literal("example.net."), example.window);
    CHECK(verifies(*rrset, *ours, key->dnskey()));
    // Theirs has a random nonce.
    const dns::RrsigPtr theirs = dns::make_octet_rrsig(ours->fields(), base64(example.signature));
    CHECK(verifies(*rrset, *theirs, key->dnskey()));
    CHECK_FALSE(same(ours->signature(), base64(example.signature)));
  }
}

TEST_CASE("EdDSA signatures are those of RFC 8080 6") {
  struct Example {
    Algorithm algorithm;
    std::uint16_t tag;
    const char* private_key;
    const char* public_key;
    const char* signature;
  };
  const std::array<Example, 4> examples = {{
      {Algorithm::ed25519, 3613, "ODIyNjAzODQ2MjgwODAxMjI2NDUxOTAyMDQxNDIyNjI=",
       "l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=",
       "Edk+IB9KNNWg0HAjm7FazXyrd5m3Rk8zNZbvNpAcM+eysqcUOMIjWoevFkjH5GaMWeG96GUVZu6ECKOQmemHDg=="},
      {Algorithm::ed25519, 35217, "DSSF3o0s0f+ElWzj9E/Osxw8hLpk55chkmx0LYN5WiY=",
       "zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=",
       "5LL2obmzdqjWI+Xto5eP5adXt/T5tMhasWvwcyW4L3SzfcRawOle9bodhC+oip9ayUGjY9T/rL4rN3bOuESGDA=="},
      {Algorithm::ed448, 9713,
       "xZ+5Cgm463xugtkY5B0Jx6erFTXp13rYegst0qRtNsOYnaVpMx0Z/c5EiA9x8wWbDDct/U3FhYWA",
       "3kgROaDjrh0H2iuixWBrc8g2EpBBLCdGzHmn+G2MpTPhpj/OiBVHHSfPodx1FYYUcJKm1MDpJtIA",
       "Nmc0rgGKpr3GKYXcB1JmqqS4NYwhmechvJTqVzt3jR+Qy/lSLFoIk1L+9e39GPL+5tVzDPN3f9kAwiu8KCuPPjtl"
       "227ayaCZtRKZuJax7n9NuYlZJIusX0SOIOKBGzG+yWYtz1/jjbzl5GGkWvREUCUA"},
      {Algorithm::ed448, 38353,
       "WEykD3ht3MHkU8iH4uVOLz8JLwtRBSqiBoM6fF72+Mrp/u5gjxuB1DV6NnPO2BlZdz4hdSTkOdOA",
       "kkreGWoccSDmUBGAe7+zsbG6ZAFQp+syPmYUurBRQc3tDjeMCJcVMRDmgcNLp5HlHAMy12VoISsA",
       "+JjANio/LIzp7osmMYE5XD3H/YES8kXs5Vb9H8MjPS8OAGZMD37+LsCIcjg5ivt0d4Om/UaqETEAsJjaYe56CEQP"
       "5lhRWuD2ivBqE0zfwJTyp4WqvpULbpvaukswvv/WNEFxzEYQEIm9+xDlXj4pMAMA"},
  }};
  const Name owner = Name::literal("example.com.");
  const dns::RRsetPtr rrset = dns::RRset::make({owner, dns::RRType::mx, dns::RRClass::in, 3600},
                                               {mx_rdata(10, "mail.example.com.")});
  for (const Example& example : examples) {
    INFO(to_text(example.algorithm) << " " << example.tag);
    const KeyPairPtr key =
        eddsa_key_pair({.algorithm = example.algorithm, .flags = 257}, base64(example.private_key));
    CHECK(key->dnskey().public_key == base64(example.public_key));
    CHECK(key->tag() == example.tag);
    const dns::RrsigPtr ours = sign(rrset, key, owner, {1438207200, 1440021600});
    CHECK(verifies(*rrset, *ours, key->dnskey()));
    // The RFC's examples were made with 3 in the labels field, where example.com has 2.
    dns::Octets covered = signed_octets(ours->fields(), *rrset);
    REQUIRE(covered[3] == 2);
    covered[3] = 3;
    CHECK(key->sign(covered) == base64(example.signature));
  }
}

}  // namespace zonefall::dnssec
