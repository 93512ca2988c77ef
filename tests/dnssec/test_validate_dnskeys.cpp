// Goal: RFC 4035 5.2: a DS must name the very key that signs the DNSKEY RRset; what cannot be
// followed at all is insecure.
#include <catch2/catch.hpp>

#include "rfc_examples.h"
#include "signed_zone.h"

namespace zonefall::dnssec {
namespace {

using namespace testing;
using dns::RRType;

const SignedZone& zone() {
  static const SignedZone made("example.", "@ SOA ns1 host 1 7200 3600 1209600 300\n@ NS ns1\n",
                               ChainKind::nsec);
  return made;
}

RRsetVerdict check(const dns::SignedRRset& dnskeys, const dns::RRset& ds,
                   const ValidationLimits& limits = {}) {
  return with_both([&](const Validator& v) { return validate_dnskeys(v, dnskeys, ds, now); },
                   limits);
}

dns::RRsetPtr ds_of(const std::vector<dns::DsRdata>& records) {
  std::vector<dns::Octets> rdatas;
  rdatas.reserve(records.size());
  for (const dns::DsRdata& ds : records) rdatas.push_back(dns::encode(ds));
  return make_rrset(zone().apex(), RRType::ds, std::move(rdatas));
}

dns::DsRdata ksk_ds(DigestType type) {
  return make_ds(zone().apex(), zone().ksk()->dnskey(), type);
}

TEST_CASE("a DS of each digest type leads to the key that signs") {
  for (const DigestType type : {DigestType::sha1, DigestType::sha256, DigestType::sha384}) {
    const RRsetVerdict result = check(zone().dnskeys(), *ds_of({ksk_ds(type)}));
    CHECK(result.verdict.reason == Reason::validated);
    CHECK(result.verdict.key_tag == zone().ksk()->tag());
    CHECK(result.verdict.owner == zone().apex());
    CHECK(result.ttl_s_max == 3600);
  }
}

TEST_CASE("a DS for a key that does not sign the DNSKEY RRset is not enough") {
  const dns::DsRdata zsk_ds = make_ds(zone().apex(), zone().zsk()->dnskey(), DigestType::sha256);
  const RRsetVerdict result = check(zone().dnskeys(), *ds_of({zsk_ds}));
  CHECK(result.verdict.reason == Reason::no_key_matches_ds);
  CHECK(result.verdict.key_tag == zone().zsk()->tag());
  // With a second DS that does match the signing key, all is well.
  CHECK(check(zone().dnskeys(), *ds_of({zsk_ds, ksk_ds(DigestType::sha256)})).verdict.reason ==
        Reason::validated);
}

TEST_CASE("a wrong digest, or a DS for a key that is gone, matches nothing") {
  dns::DsRdata wrong = ksk_ds(DigestType::sha256);
  wrong.digest.back() ^= 1;
  CHECK(check(zone().dnskeys(), *ds_of({wrong})).verdict.reason == Reason::no_key_matches_ds);
  const KeyPairPtr gone = make_key("gone");
  const auto result = check(zone().dnskeys(), *ds_rrset(zone().apex(), gone->dnskey()));
  CHECK(result.verdict.reason == Reason::no_key_matches_ds);
  CHECK(result.verdict.key_tag == gone->tag());
}

TEST_CASE("failures of the DNSKEY RRset's own signature keep their reason") {
  const auto reason = [](const dns::SignedRRset& entry) {
    return check(entry, *zone().ds()).verdict.reason;
  };
  const dns::RRsetPtr rrset = zone().dnskeys().rrset;
  constexpr auto t = static_cast<std::uint32_t>(now_s);
  CHECK(reason({rrset, {}}) == Reason::signature_missing);
  CHECK(reason(signed_by(rrset, zone().ksk(), zone().apex(), {t - 9, t - 1})) ==
        Reason::signature_expired);
  CHECK(reason(signed_by(rrset, zone().ksk(), zone().apex(), {t + 1, t + 9})) ==
        Reason::signature_not_yet_valid);
  const auto other = dnskey_rrset(zone().apex(), {zone().ksk()->dnskey()});
  CHECK(reason({rrset, signed_by(other, zone().ksk(), zone().apex()).rrsigs}) ==
        Reason::signature_crypto_failed);
  // Signed by the ZSK alone, which no DS names.
  CHECK(reason(zone().sign(rrset)) == Reason::no_key_matches_ds);
}

TEST_CASE("only unsupported DS records make the zone insecure") {
  dns::DsRdata algorithm = ksk_ds(DigestType::sha256);
  algorithm.algorithm = 12;  // GOST R 34.10-2001
  dns::DsRdata digest = ksk_ds(DigestType::sha256);
  digest.digest_type = 3;  // GOST R 34.11-94
  const auto reason = [](const dns::RRset& ds) {
    const RRsetVerdict result = check(zone().dnskeys(), ds);
    if (result.verdict.security == Security::insecure) CHECK(result.verdict.type == RRType::ds);
    return result.verdict.reason;
  };
  CHECK(reason(*ds_of({algorithm})) == Reason::unsupported_algorithm);
  CHECK(reason(*ds_of({digest})) == Reason::unsupported_digest);
  CHECK(reason(*ds_of({algorithm, digest})) == Reason::unsupported_digest);
  CHECK(reason(*ds_of({algorithm, digest, ksk_ds(DigestType::sha256)})) == Reason::validated);
  // A supported DS that fails is not saved by unsupported ones.
  dns::DsRdata wrong = ksk_ds(DigestType::sha256);
  wrong.digest.back() ^= 1;
  CHECK(reason(*ds_of({algorithm, digest, wrong})) == Reason::no_key_matches_ds);
}

TEST_CASE("SHA-1 DS records do not count beside SHA-2 ones") {
  dns::DsRdata wrong = ksk_ds(DigestType::sha256);
  wrong.digest.back() ^= 1;
  CHECK(check(zone().dnskeys(), *ds_of({ksk_ds(DigestType::sha1), wrong})).verdict.reason ==
        Reason::no_key_matches_ds);
  dns::DsRdata wrong_sha1 = ksk_ds(DigestType::sha1);
  wrong_sha1.digest.back() ^= 1;
  CHECK(check(zone().dnskeys(), *ds_of({wrong_sha1, ksk_ds(DigestType::sha256)})).verdict.reason ==
        Reason::validated);
}

TEST_CASE("a DS cannot use a revoked key or one without the zone key flag") {
  const auto reason_with = [](std::uint16_t flags) {
    const KeyPairPtr key = make_key("flags", flags);
    const auto entry = signed_by(dnskey_rrset(zone().apex(), {key->dnskey()}), key, zone().apex());
    return check(entry, *ds_rrset(zone().apex(), key->dnskey())).verdict.reason;
  };
  CHECK(reason_with(0x0100) == Reason::validated);
  CHECK(reason_with(0x0000) == Reason::dnskey_not_zone_key);
  CHECK(reason_with(0x0180) == Reason::no_key_matches_ds);
}

TEST_CASE("a bound on DS records ends the work") {
  std::vector<dns::DsRdata> records;
  dns::DsRdata wrong = ksk_ds(DigestType::sha256);
  wrong.digest[1] ^= 1;
  for (std::uint8_t i = 0; i < 20; ++i) {
    wrong.digest[0] = i;
    records.push_back(wrong);
  }
  CHECK(check(zone().dnskeys(), *ds_of(records)).verdict.reason == Reason::validation_limit);
  ValidationLimits limits;
  limits.ds_per_rrset_max = 20;
  CHECK(check(zone().dnskeys(), *ds_of(records), limits).verdict.reason ==
        Reason::no_key_matches_ds);
}

// KeyTrap (CVE-2023-50387): keys that share a tag must each be digested for a DS that names it.
TEST_CASE("a bound on keys of one tag ends the search for the key of a DS") {
  dns::DsRdata wrong = ksk_ds(DigestType::sha256);
  wrong.digest.back() ^= 1;
  const auto reason_with = [&](std::size_t keys_of_the_tag) {
    std::vector<dns::DnskeyRdata> keys;
    for (std::size_t i = 0; i < keys_of_the_tag; ++i) {
      keys.push_back(zone().ksk()->dnskey());
      // Octets swapped two by two leave the checksum of RFC 4034 appendix B alone.
      if (i > 0) std::swap(keys.back().public_key[i], keys.back().public_key[i + 2]);
      REQUIRE(key_tag(keys.back()) == wrong.key_tag);
    }
    return check(zone().sign(dnskey_rrset(zone().apex(), keys)), *ds_of({wrong})).verdict.reason;
  };
  const std::size_t keys_max = ValidationLimits().keys_per_tag_max;
  CHECK(reason_with(keys_max) == Reason::no_key_matches_ds);
  CHECK(reason_with(keys_max + 1) == Reason::validation_limit);
}

TEST_CASE("the DNSKEY RRsets of the RFC examples validate from a DS of their KSK") {
  struct Example {
    std::string_view text;
    std::string_view at;
    std::uint16_t ksk_tag;
  };
  for (const Example& example : {Example{rfc4035_zone, "2004-05-01T00:00:00Z", 9465},
                                 Example{rfc5155_zone, "2010-01-01T00:00:00Z", 12708}}) {
    const SimTime at = SimTime::parse(example.at).value();
    const Records records(example.text);
    const dns::SignedRRset& dnskeys = records.at("example.", RRType::dnskey);
    for (const dns::RdataList::Rdata rdata : dnskeys.rrset->rdatas()) {
      const dns::DnskeyRdata key = dns::decode_dnskey(rdata).value();
      if (key_tag(key) != example.ksk_tag) continue;
      const dns::RRsetPtr ds = ds_rrset(name("example."), key);
      const RRsetVerdict result =
          with_both([&](const Validator& v) { return validate_dnskeys(v, dnskeys, *ds, at); });
      CHECK(result.verdict.reason == Reason::validated);
      CHECK(result.verdict.key_tag == example.ksk_tag);
    }
  }
}

}  // namespace
}  // namespace zonefall::dnssec
