// Goal: RFC 6840 5.11's signature completeness test, which is off by default: a zone whose DS RRset
// names two algorithms is signed with both (RFC 4035 2.2), and whoever asks for it finds out.
#include <catch2/catch.hpp>

#include "key_testing.h"
#include "signed_zone.h"

namespace zonefall::dnssec {
namespace {

using namespace testing;
using dns::RRType;

const dns::Name apex = name("example.");

const KeyPairPtr& ecdsa() {
  static const KeyPairPtr made = must_make({.algorithm = Algorithm::ecdsap256sha256}, "ecdsa");
  return made;
}
const KeyPairPtr& eddsa() {
  static const KeyPairPtr made = must_make({.algorithm = Algorithm::ed25519}, "eddsa");
  return made;
}

dns::SignedRRset signed_with(const dns::RRsetPtr& rrset, const std::vector<KeyPairPtr>& keys,
                             const SignatureWindow& window = window_around_now) {
  dns::SignedRRset entry{rrset, {}};
  for (const KeyPairPtr& key : keys) {
    entry.rrsigs.push_back(signed_by(rrset, key, apex, window).rrsigs.front());
  }
  return entry;
}

dns::RrsigPtr broken(const dns::RRsetPtr& rrset, const KeyPairPtr& key) {
  const auto other = make_rrset(rrset->owner(), rrset->type(), {dns::Octets{0xff}});
  return signed_by(other, key, apex).rrsigs.front();
}

dns::RRsetPtr keys_of(const std::vector<KeyPairPtr>& pairs) {
  std::vector<dns::DnskeyRdata> keys;
  for (const KeyPairPtr& pair : pairs) keys.push_back(pair->dnskey());
  return dnskey_rrset(apex, keys);
}

dns::RRsetPtr ds_of(const std::vector<KeyPairPtr>& pairs) {
  std::vector<dns::Octets> rdatas;
  for (const KeyPairPtr& pair : pairs) {
    rdatas.push_back(dns::encode(make_ds(apex, pair->dnskey(), DigestType::sha256)));
  }
  return make_rrset(apex, RRType::ds, std::move(rdatas));
}

ValidationLimits completeness(bool is_tested) {
  ValidationLimits limits;
  limits.needs_all_ds_algorithms = is_tested;
  return limits;
}

Verdict on_keys(const dns::SignedRRset& dnskeys, const dns::RRset& ds, bool is_tested) {
  return with_both([&](const Validator& v) { return validate_dnskeys(v, dnskeys, ds, now); },
                   completeness(is_tested))
      .verdict;
}

// Of a zone whose DS and DNSKEY RRsets have both keys.
RRsetVerdict on_data(const dns::SignedRRset& entry, bool is_tested = true) {
  const dns::RRsetPtr dnskeys = keys_of({ecdsa(), eddsa()});
  const dns::RRsetPtr ds = ds_of({ecdsa(), eddsa()});
  return with_both(
      [&](const Validator& v) {
        return validate_rrset(v, entry, zone_keys(v, *dnskeys, *ds), now);
      },
      completeness(is_tested));
}

dns::RRsetPtr www(std::string_view owner = "www.example.") {
  return make_rrset(name(owner), RRType::a, {dns::encode_a({192, 0, 2, 1})});
}

TEST_CASE("a DNSKEY RRset is signed by each algorithm of the DS RRset") {
  const dns::RRsetPtr keys = keys_of({ecdsa(), eddsa()});
  const dns::RRsetPtr both = ds_of({ecdsa(), eddsa()});
  for (const auto& order : {std::vector{ecdsa(), eddsa()}, std::vector{eddsa(), ecdsa()}}) {
    CHECK(on_keys(signed_with(keys, order), *both, true).reason == Reason::validated);
  }
  for (const KeyPairPtr& one : {ecdsa(), eddsa()}) {
    const dns::SignedRRset half = signed_with(keys, {one});
    CHECK(on_keys(half, *both, false).reason == Reason::validated);  // any valid path
    CHECK(on_keys(half, *both, true).reason == Reason::signature_missing);
    const KeyPairPtr& other = one == ecdsa() ? eddsa() : ecdsa();
    dns::SignedRRset damaged = half;
    damaged.rrsigs.push_back(broken(keys, other));
    CHECK(on_keys(damaged, *both, false).reason == Reason::validated);
    const Verdict verdict = on_keys(damaged, *both, true);
    CHECK(verdict.reason == Reason::signature_crypto_failed);
    CHECK(verdict.key_tag == other->tag());
    // "MUST NOT insist that all algorithms signaled in the DNSKEY RRset work."
    CHECK(on_keys(half, *ds_of({one}), true).reason == Reason::validated);
  }
}

TEST_CASE("an algorithm of the DS RRset without a key leads nowhere") {
  const dns::SignedRRset keys = signed_with(keys_of({ecdsa()}), {ecdsa()});
  const dns::RRsetPtr both = ds_of({ecdsa(), eddsa()});
  CHECK(on_keys(keys, *both, false).reason == Reason::validated);
  const Verdict verdict = on_keys(keys, *both, true);
  CHECK(verdict.reason == Reason::no_key_matches_ds);
  CHECK(verdict.key_tag == eddsa()->tag());
  // Nor does one by a key that the zone has not.
  dns::SignedRRset strange = keys;
  strange.rrsigs.push_back(signed_with(keys.rrset, {eddsa()}).rrsigs.front());
  CHECK(on_keys(strange, *both, true).reason == Reason::no_key_matches_ds);
}

TEST_CASE("the key is named that has not signed, of the algorithm that another has signed by") {
  const KeyPairPtr stranger = must_make({.algorithm = Algorithm::ed25519}, "stranger");
  const dns::SignedRRset keys = signed_with(keys_of({ecdsa(), eddsa()}), {ecdsa(), stranger});
  for (const auto& order : {std::vector{ecdsa(), eddsa()}, std::vector{eddsa(), ecdsa()}}) {
    const Verdict verdict = on_keys(keys, *ds_of(order), true);
    CHECK(verdict.reason == Reason::no_key_matches_ds);
    CHECK(verdict.key_tag == eddsa()->tag());
  }
}

TEST_CASE("an algorithm that is not supported is not missed") {
  dns::DsRdata unknown = make_ds(apex, ecdsa()->dnskey(), DigestType::sha256);
  unknown.algorithm = 200;
  std::vector<dns::Octets> rdatas = ds_of({ecdsa()})->rdatas().to_vector();
  rdatas.push_back(dns::encode(unknown));
  const auto ds = make_rrset(apex, RRType::ds, std::move(rdatas));
  CHECK(on_keys(signed_with(keys_of({ecdsa()}), {ecdsa()}), *ds, true).reason == Reason::validated);
}

TEST_CASE("one key of an algorithm will do where the DS RRset names two") {
  const KeyPairPtr second = must_make({.algorithm = Algorithm::ecdsap256sha256}, "second");
  const dns::RRsetPtr keys = keys_of({ecdsa(), second, eddsa()});
  const dns::RRsetPtr ds = ds_of({ecdsa(), second, eddsa()});
  CHECK(on_keys(signed_with(keys, {second, eddsa()}), *ds, true).reason == Reason::validated);
}

TEST_CASE("every RRset of the zone is signed by each algorithm of its DS RRset") {
  CHECK(on_data(signed_with(www(), {ecdsa(), eddsa()})).verdict.reason == Reason::validated);
  CHECK(on_data(signed_with(www(), {eddsa(), ecdsa()})).verdict.reason == Reason::validated);
  for (const KeyPairPtr& one : {ecdsa(), eddsa()}) {
    const dns::SignedRRset half = signed_with(www(), {one});
    CHECK(on_data(half, false).verdict.reason == Reason::validated);
    CHECK(on_data(half).verdict.reason == Reason::signature_missing);
    CHECK(on_data(half).ttl_s_max == 0);
    dns::SignedRRset damaged = half;
    damaged.rrsigs.push_back(broken(www(), one == ecdsa() ? eddsa() : ecdsa()));
    CHECK(on_data(damaged).verdict.reason == Reason::signature_crypto_failed);
    // Of several of one algorithm a good one is enough.
    damaged.rrsigs.push_back(
        signed_with(www(), {one == ecdsa() ? eddsa() : ecdsa()}).rrsigs.front());
    CHECK(on_data(damaged).verdict.reason == Reason::validated);
  }
}

TEST_CASE("what all algorithms say holds as long as the shortest of their signatures") {
  constexpr auto t = static_cast<std::uint32_t>(now_s);
  dns::SignedRRset entry = signed_with(www(), {ecdsa()}, {t - 50, t + 5000});
  entry.rrsigs.push_back(signed_with(www(), {eddsa()}, {t - 500, t + 200}).rrsigs.front());
  const RRsetVerdict both = on_data(entry);
  CHECK(both.verdict.reason == Reason::validated);
  CHECK(both.holds == Period{now_s - 50, now_s + 200});
  CHECK(both.ttl_s_max == 200);
  entry = signed_with(www(), {ecdsa()}, {t - 50, t + 5000});
  entry.rrsigs.push_back(signed_with(www(), {eddsa()}, {t - 500, t - 1}).rrsigs.front());
  const RRsetVerdict expired = on_data(entry);
  CHECK(expired.verdict.reason == Reason::signature_expired);
  CHECK(expired.holds == Period{now_s, now_s + 5000});
}

TEST_CASE("a wildcard needs its proof if one algorithm says that there is one") {
  for (const KeyPairPtr& one : {ecdsa(), eddsa()}) {
    const KeyPairPtr& other = one == ecdsa() ? eddsa() : ecdsa();
    dns::SignedRRset entry = signed_with(www(), {one});
    entry.rrsigs.push_back(signed_with(www("*.example."), {other}).rrsigs.front());
    const RRsetVerdict verdict = on_data(entry);
    CHECK(verdict.verdict.reason == Reason::validated);
    CHECK(verdict.wildcard_labels == 1);
  }
}

TEST_CASE("signatures of all algorithms share the bound on an RRset's work") {
  const auto reason_with = [](int broken_of_each) {
    dns::SignedRRset entry{www(), {}};
    for (const KeyPairPtr& key : {ecdsa(), eddsa()}) {
      for (int i = 0; i < broken_of_each; ++i) entry.rrsigs.push_back(broken(www(), key));
      entry.rrsigs.push_back(signed_with(www(), {key}).rrsigs.front());
    }
    return on_data(entry).verdict.reason;
  };
  REQUIRE(ValidationLimits().signatures_per_rrset_max == 8);
  CHECK(reason_with(3) == Reason::validated);
  CHECK(reason_with(4) == Reason::validation_limit);
}

}  // namespace
}  // namespace zonefall::dnssec
