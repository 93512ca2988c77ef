// The key store: what it records against what the HSMs hold.

#include <catch2/catch.hpp>

#include "zonefall/registry/key_store.h"

namespace zonefall::registry {
namespace {

constexpr std::uint64_t seed = 7;

KeyStore three_hsms(std::uint64_t with_seed = seed) {
  return KeyStore(with_seed, {"hsm-a", "hsm-b", "hsm-c"});
}

KeyRequest zsk_1024(std::uint16_t tag) {
  return {.label = "zsk",
          .role = KeyRole::zsk,
          .algorithm = dnssec::Algorithm::rsasha256,
          .bits = 1024,
          .requested_tag = tag};
}

KeyRequest small_key(const std::string& label, KeyRole role) {
  return {.label = label, .role = role, .algorithm = dnssec::Algorithm::ed25519};
}

std::vector<std::uint64_t> pair_ids(const KeyStore& keys, const std::string& label) {
  std::vector<std::uint64_t> ids;
  for (const Hsm& hsm : keys.hsms()) ids.push_back(hsm.pair(label)->id());
  return ids;
}

}  // namespace

TEST_CASE("one pair is loaded into every HSM") {
  KeyStore keys = three_hsms();
  const auto record = keys.generate(zsk_1024(32911), KeyGeneration::once_for_all_hsms);
  REQUIRE(record.ok());
  CHECK(record.value().tag == 32911);
  CHECK(dnssec::key_tag(record.value().dnskey) == 32911);
  const std::uint64_t recorded = dnssec::key_pair_id(record.value().dnskey);
  CHECK(pair_ids(keys, "zsk") == std::vector<std::uint64_t>(3, recorded));
}

TEST_CASE("a pair per HSM agrees in tag and algorithm, and in nothing else") {
  KeyStore keys = three_hsms();
  const auto record = keys.generate(zsk_1024(33834), KeyGeneration::once_per_hsm);
  REQUIRE(record.ok());
  const std::vector<std::uint64_t> ids = pair_ids(keys, "zsk");
  CHECK(ids[0] == dnssec::key_pair_id(record.value().dnskey));
  CHECK(ids[0] != ids[1]);
  CHECK(ids[1] != ids[2]);
  CHECK(ids[2] != ids[0]);
  // The first HSM's is the pair that all would have had.
  KeyStore right = three_hsms();
  REQUIRE(right.generate(zsk_1024(33834), KeyGeneration::once_for_all_hsms).ok());
  CHECK(pair_ids(right, "zsk")[0] == ids[0]);
  for (const Hsm& hsm : keys.hsms()) {
    CHECK(hsm.pair("zsk")->tag() == 33834);
    CHECK(hsm.pair("zsk")->dnskey().algorithm == record.value().dnskey.algorithm);
    CHECK(hsm.pair("zsk")->dnskey().flags == record.value().dnskey.flags);
  }
}

TEST_CASE("a pair per HSM has one tag even if none was asked for") {
  KeyStore keys = three_hsms();
  KeyRequest request = zsk_1024(0);
  request.requested_tag.reset();
  const auto record = keys.generate(request, KeyGeneration::once_per_hsm);
  REQUIRE(record.ok());
  for (const Hsm& hsm : keys.hsms()) CHECK(hsm.pair("zsk")->tag() == record.value().tag);
}

TEST_CASE("keys follow from the seed and the label") {
  const auto id_of = [](std::uint64_t with_seed, const std::string& label) {
    KeyStore keys = three_hsms(with_seed);
    const auto record =
        keys.generate(small_key(label, KeyRole::zsk), KeyGeneration::once_for_all_hsms);
    return dnssec::key_pair_id(record.value().dnskey);
  };
  CHECK(id_of(1, "a") == id_of(1, "a"));
  CHECK(id_of(1, "a") != id_of(2, "a"));
  CHECK(id_of(1, "a") != id_of(1, "b"));
}

TEST_CASE("roles set the flags of a key") {
  KeyStore keys = three_hsms();
  const auto how = KeyGeneration::once_for_all_hsms;
  REQUIRE(keys.generate(small_key("k", KeyRole::ksk), how).ok());
  REQUIRE(keys.generate(small_key("z", KeyRole::zsk), how).ok());
  CHECK(keys.find("k")->dnskey.flags == 257);
  CHECK(keys.find("z")->dnskey.flags == 256);
  CHECK(keys.find("k")->role == KeyRole::ksk);
  CHECK(keys.records().size() == 2);
  CHECK(keys.find("other") == nullptr);
  CHECK(keys.hsms()[0].pair("other") == nullptr);
}

TEST_CASE("the key store says which key it cannot make, and keeps what it has") {
  KeyStore keys = three_hsms();
  const auto how = KeyGeneration::once_for_all_hsms;
  REQUIRE(keys.generate(small_key("k", KeyRole::ksk), how).ok());
  const auto twice = keys.generate(small_key("k", KeyRole::zsk), how);
  REQUIRE_FALSE(twice.ok());
  CHECK(twice.error().message == "key label 'k' is in use");

  KeyRequest short_rsa = zsk_1024(1);
  short_rsa.bits = 512;
  const auto too_short = keys.generate(short_rsa, KeyGeneration::once_per_hsm);
  REQUIRE_FALSE(too_short.ok());
  CHECK_THAT(too_short.error().message, Catch::Contains("key 'zsk': "));
  CHECK(keys.records().size() == 1);
  CHECK(keys.hsms()[0].pair("zsk") == nullptr);
}

}  // namespace zonefall::registry
