// Goal: DSA signatures are verified in both forms that are about, and nothing else passes for one.
#include <catch2/catch.hpp>

#include "zonefall/core/encoding.h"
#include "zonefall/dnssec/dsa_verifier.h"

using namespace zonefall;
using namespace zonefall::dnssec;

namespace {

// A key pair of 1024 bits made with OpenSSL for this test; its signatures are over www.example. A.
const char* const key_text =
    "CIRhYP4eFFI+TUaQ344JeAShyFxHvh2gpIpRYmYAKZ5rH+zKXdEAa3WRV7gd2gjvxxeqzXAeDXBBpI0i1bxrs9Hm"
    "lOzrHqN8aTokPnzqerlEgEYgY/+UCjdbfaCopC1rzZIJZoNAZx6CXww1VTYX4enCYUiUMbJ7TYVBi8tgMaX+tqtU"
    "py3mEBnJX8Dt4w1OgSVkvI1obbn8mcg044suxO6LMUIa8jVxK9byaET4Lq6eeOxTp3gwJ6f9GPxVtn86C/YOViPm"
    "vVnR5iBwedd/Toy7dSuKv4Pi9MDyF5MKJyHo3MHeuXrr7OlTcsJj3T6ZPeFbnqvBFNJ4qROyWEgkdNt9kAqTHkix"
    "VZvxt1O54VstmUFOKqc0eEGArg16f33eCKRZF5WD+w6CevL3Sfc3bV4rJdchWHJfSycsaIj5UXNnpVumoVvAOaaG"
    "BYaYupkQUr0F8jwAVqLBG31gzXyQMOLGpKad1jNgJVvKYlRav0fErzmmy8sM94Juj7yKPS5J2bqbCep9HoKs5Lvf"
    "RA8kwxhmA2Uj";
const char* const asn1_text = "MCwCFH0a/v7GE5ZaqjnG08clNg0Vmg9vAhQrVOl904PSfrDUM+Xyw6PRLJQfSQ==";
const char* const rfc_2536_text = "AH0a/v7GE5ZaqjnG08clNg0Vmg9vK1TpfdOD0n6w1DPl8sOj0SyUH0k=";

dns::RRsetPtr rrset(std::uint8_t last_octet = 1) {
  return dns::RRset::make(
      {dns::Name::literal("www.example."), dns::RRType::a, dns::RRClass::in, 300},
      {dns::encode_a({192, 0, 2, last_octet})});
}

dns::RrsigPtr rrsig(const std::string& signature_text, std::uint8_t algorithm = 3) {
  dns::RrsigFields fields;
  fields.type_covered = dns::RRType::a;
  fields.algorithm = algorithm;
  fields.labels = 2;
  fields.original_ttl_s = 300;
  fields.expiration = 1190814110;
  fields.inception = 1188394910;
  fields.key_tag = 1;
  fields.signer = dns::Name::literal("example.");
  return dns::make_octet_rrsig(fields, from_base64(signature_text).value());
}

dns::DnskeyRdata dnskey() {
  dns::DnskeyRdata key;
  key.flags = dns::DnskeyRdata::flag_zone_key;
  key.algorithm = 3;
  key.public_key = from_base64(key_text).value();
  return key;
}

}  // namespace

TEST_CASE("DSA signatures verify as RFC 2536 has them and in ASN.1") {
  CHECK(DsaVerifier().verifies(*rrset(), *rrsig(rfc_2536_text), dnskey()));
  CHECK(DsaVerifier().verifies(*rrset(), *rrsig(asn1_text), dnskey()));
}

TEST_CASE("what is not as it was signed does not verify") {
  CHECK_FALSE(DsaVerifier().verifies(*rrset(2), *rrsig(rfc_2536_text), dnskey()));
  std::string damaged = rfc_2536_text;
  damaged[8] = damaged[8] == 'A' ? 'B' : 'A';
  CHECK_FALSE(DsaVerifier().verifies(*rrset(), *rrsig(damaged), dnskey()));
  CHECK_FALSE(DsaVerifier().verifies(*rrset(), *rrsig("AA=="), dnskey()));
  CHECK_FALSE(DsaVerifier().verifies(*rrset(), *rrsig(rfc_2536_text, 6), dnskey()));
}

TEST_CASE("malformed DSA keys verify nothing") {
  for (std::size_t size = 0; size < dnskey().public_key.size(); size += 37) {
    dns::DnskeyRdata cut = dnskey();
    cut.public_key.resize(size);
    INFO(size);
    CHECK_FALSE(DsaVerifier().verifies(*rrset(), *rrsig(rfc_2536_text), cut));
  }
  dns::DnskeyRdata zeros = dnskey();
  std::fill(zeros.public_key.begin() + 1, zeros.public_key.end(), std::uint8_t{0});
  CHECK_FALSE(DsaVerifier().verifies(*rrset(), *rrsig(rfc_2536_text), zeros));
}

TEST_CASE("only this verifier knows DSA") {
  for (const std::uint8_t algorithm : {std::uint8_t{3}, std::uint8_t{6}}) {
    CHECK(DsaVerifier().supports(algorithm));
    CHECK_FALSE(ByteVerifier().supports(algorithm));
  }
  CHECK(DsaVerifier().supports(8));
  CHECK_FALSE(DsaVerifier().supports(12));
  CHECK_FALSE(ByteVerifier().verifies(*rrset(), *rrsig(rfc_2536_text), dnskey()));
}
