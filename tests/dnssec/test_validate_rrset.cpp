// Goal: RFC 4035 5.3 on single RRsets: each way to fail gives its own reason, the limits of the
// validity period are inclusive, and the verdict's period, TTL and wildcard are right.
#include <algorithm>

#include <catch2/catch.hpp>

#include "rfc_examples.h"
#include "signed_zone.h"

namespace zonefall::dnssec {
namespace {

using namespace testing;
using dns::RRType;

constexpr std::string_view zone_text = R"(
@       SOA ns1 host 1 7200 3600 1209600 300
@       NS  ns1
www     A   192.0.2.1
        A   192.0.2.2
*       TXT "wild"
)";

const SignedZone& zone() {
  static const SignedZone made("example.", zone_text, ChainKind::nsec);
  return made;
}

dns::SignedRRset www() {
  return zone().at("www.example.", RRType::a);
}

RRsetVerdict check(const dns::SignedRRset& entry, SimTime at = now) {
  return check_rrset(entry, zone().keys(), at);
}

TEST_CASE("a good signature is secure") {
  const RRsetVerdict result = check(www());
  CHECK(result.verdict.reason == Reason::validated);
  CHECK(result.verdict.owner == name("www.example."));
  CHECK(result.verdict.type == RRType::a);
  CHECK(result.verdict.key_tag == zone().zsk()->tag());
  CHECK(result.ttl_s_max == 3600);
  CHECK(result.holds == Period{window_around_now.inception, window_around_now.expiration});
  CHECK_FALSE(result.wildcard_labels.has_value());
}

TEST_CASE("each damage gives its reason") {
  for (const Damage& damage : damages(zone())) {
    INFO(damage.what);
    const RRsetVerdict result = check(damage.apply(www()));
    CHECK(result.verdict.reason == damage.reason);
    CHECK(result.verdict.owner == name("www.example."));
    CHECK(result.ttl_s_max == 0);
    CHECK(result.holds.contains(now));
  }
}

TEST_CASE("both ends of the validity period are inside") {
  constexpr std::int64_t from_s = window_around_now.inception;
  constexpr std::int64_t until_s = window_around_now.expiration;
  const auto reason_at = [](std::int64_t s) {
    return check(www(), SimTime::from_unix_s(s)).verdict.reason;
  };
  CHECK(reason_at(from_s - 1) == Reason::signature_not_yet_valid);
  CHECK(reason_at(from_s) == Reason::validated);
  CHECK(reason_at(until_s) == Reason::validated);
  CHECK(reason_at(until_s + 1) == Reason::signature_expired);
  // The last second counts to its end.
  const SimTime last = SimTime::from_unix_s(until_s + 1) - Duration::nanoseconds(1);
  CHECK(check(www(), last).verdict.reason == Reason::validated);
}

TEST_CASE("a verdict holds for exactly the instants that give the same verdict") {
  std::vector<dns::SignedRRset> entries{www()};
  for (const Damage& damage : damages(zone())) entries.push_back(damage.apply(www()));
  for (const dns::SignedRRset& entry : entries) {
    const RRsetVerdict result = check(entry);
    INFO(result.verdict.to_text());
    constexpr auto far_s = std::int64_t{1} << 40;
    if (result.holds.from_s > -far_s) {
      const auto reason = [&](std::int64_t s) {
        return check(entry, SimTime::from_unix_s(s)).verdict.reason;
      };
      CHECK(reason(result.holds.from_s) == result.verdict.reason);
      CHECK(reason(result.holds.from_s - 1) != result.verdict.reason);
    }
    if (result.holds.until_s < far_s) {
      const auto reason = [&](std::int64_t s) {
        return check(entry, SimTime::from_unix_s(s)).verdict.reason;
      };
      CHECK(reason(result.holds.until_s) == result.verdict.reason);
      CHECK(reason(result.holds.until_s + 1) != result.verdict.reason);
    }
  }
}

TEST_CASE("times are serial numbers that wrap in 2106") {
  // 2106-02-07T06:28:16Z is 2^32.
  constexpr std::int64_t wrap_s = std::int64_t{1} << 32;
  const auto entry = signed_by(www().rrset, zone().zsk(), zone().apex(), {0xffffff00U, 0x100U});
  const RRsetVerdict result = check(entry, SimTime::from_unix_s(wrap_s));
  CHECK(result.verdict.reason == Reason::validated);
  CHECK(result.holds == Period{wrap_s - 0x100, wrap_s + 0x100});
  CHECK(result.ttl_s_max == 0x100);
  CHECK(check(entry, SimTime::from_unix_s(wrap_s + 0x101)).verdict.reason ==
        Reason::signature_expired);
  CHECK(check(entry, SimTime::from_unix_s(wrap_s - 0x101)).verdict.reason ==
        Reason::signature_not_yet_valid);
}

TEST_CASE("the TTL is bounded by the original TTL and the time left") {
  const auto raised = dns::SignedRRset{www().rrset->with_ttl(86400), www().rrsigs};
  CHECK(check(raised).verdict.reason == Reason::validated);
  CHECK(check(raised).ttl_s_max == 3600);
  const auto lowered = dns::SignedRRset{www().rrset->with_ttl(60), www().rrsigs};
  CHECK(check(lowered).ttl_s_max == 60);
  CHECK(check(www(), SimTime::from_unix_s(window_around_now.expiration - 7)).ttl_s_max == 7);
}

TEST_CASE("one good signature among bad ones is enough") {
  dns::SignedRRset entry{www().rrset, {}};
  for (const Damage& damage : damages(zone())) {
    for (const auto& rrsig : damage.apply(www()).rrsigs) entry.rrsigs.push_back(rrsig);
  }
  CHECK(check(entry).verdict.reason == Reason::signature_crypto_failed);
  entry.rrsigs.push_back(www().rrsigs.front());
  CHECK(check(entry).verdict.reason == Reason::validated);
}

TEST_CASE("of several failures the one that got furthest is reported, in any order") {
  const std::vector<Damage> all = damages(zone());
  const std::vector<Reason> by_progress{
      Reason::signature_crypto_failed, Reason::signature_expired,
      Reason::signature_not_yet_valid, Reason::signature_expired_before_inception,
      Reason::dnskey_missing,          Reason::labels_invalid,
      Reason::signer_mismatch,         Reason::signature_missing};
  const auto rank = [&](Reason reason) {
    return std::find(by_progress.begin(), by_progress.end(), reason) - by_progress.begin();
  };
  for (const Damage& a : all) {
    for (const Damage& b : all) {
      dns::SignedRRset entry{www().rrset, a.apply(www()).rrsigs};
      for (const auto& rrsig : b.apply(www()).rrsigs) entry.rrsigs.push_back(rrsig);
      INFO(a.what << ", " << b.what);
      CHECK(check(entry).verdict.reason == (rank(a.reason) < rank(b.reason) ? a.reason : b.reason));
    }
  }
}

TEST_CASE("a DS RRset at the apex belongs to the parent") {
  const auto entry = zone().sign(zone().ds());
  CHECK(check(entry).verdict.reason == Reason::signer_mismatch);
}

TEST_CASE("an owner outside the zone is not its signer's to sign") {
  const auto outside = zone().sign(make_rrset(name("www.other."), RRType::a, {{192, 0, 2, 1}}));
  CHECK(check(outside).verdict.reason == Reason::signer_mismatch);
}

TEST_CASE("wildcard expansions are told apart from the wildcard itself") {
  const auto expanded = zone().expanded("*.example.", RRType::txt, "a.b.example.");
  const RRsetVerdict result = check(expanded);
  CHECK(result.verdict.reason == Reason::validated);
  CHECK(result.wildcard_labels == 1);
  const RRsetVerdict itself = check(zone().at("*.example.", RRType::txt));
  CHECK(itself.verdict.reason == Reason::validated);
  CHECK_FALSE(itself.wildcard_labels.has_value());
  // A signature over a plain name does not stretch to others.
  auto moved = www();
  moved.rrset = moved.rrset->with_owner(name("ftp.example."));
  CHECK(check(moved).verdict.reason == Reason::signature_crypto_failed);
}

// RFC 4035 5.3.1: the covered type is the RRset's, and the key's algorithm the signature's.
TEST_CASE("a signature over another type is none") {
  const auto entry =
      with_fields(www(), [](dns::RrsigFields& fields) { fields.type_covered = RRType::txt; });
  CHECK(check(entry).verdict.reason == Reason::signature_missing);
}

TEST_CASE("a key of another algorithm with the same tag is not the signer") {
  ZoneKeys keys = zone().keys();
  for (dns::DnskeyRdata& key : keys.keys) {
    key.algorithm = static_cast<std::uint8_t>(Algorithm::ecdsap384sha384);
  }
  const RRsetVerdict result = check_rrset(www(), keys);
  CHECK(result.verdict.reason == Reason::dnskey_missing);
  CHECK(result.verdict.key_tag == zone().zsk()->tag());
}

TEST_CASE("owner and signer compare without case") {
  auto entry = www();
  entry.rrset = entry.rrset->with_owner(name("WWW.eXample."));
  CHECK(check(entry).verdict.reason == Reason::validated);
  CHECK(check(signed_by(www().rrset, zone().zsk(), name("EXAMPLE."))).verdict.reason ==
        Reason::validated);
}

TEST_CASE("keys that are not zone keys, or revoked, or of another protocol sign nothing") {
  const auto keys_with = [](std::uint16_t flags, std::uint8_t protocol) {
    dns::DnskeyRdata key = zone().zsk()->dnskey();
    key.flags = flags;
    key.protocol = protocol;
    return std::pair(zone_keys(*dnskey_rrset(zone().apex(), {key})), key_tag(key));
  };
  const auto reason_with = [&](std::uint16_t flags, std::uint8_t protocol) {
    const auto [keys, tag] = keys_with(flags, protocol);
    const auto entry = with_fields(www(), [tag = tag](dns::RrsigFields& f) { f.key_tag = tag; });
    return check_rrset(entry, keys).verdict.reason;
  };
  CHECK(reason_with(0, 3) == Reason::dnskey_not_zone_key);
  CHECK(reason_with(dns::DnskeyRdata::flag_zone_key | dns::DnskeyRdata::flag_revoke, 3) ==
        Reason::dnskey_missing);
  CHECK(reason_with(dns::DnskeyRdata::flag_zone_key, 2) == Reason::dnskey_missing);
  // Its changed tag is all that is wrong with this one: the octets cover another tag.
  CHECK(reason_with(0x0101, 3) == Reason::signature_crypto_failed);
}

TEST_CASE("a bound on signatures and on keys of one tag ends the work") {
  dns::SignedRRset entry{www().rrset, {}};
  const Damage crypto = damages(zone()).front();
  for (int i = 0; i < 3; ++i) entry.rrsigs.push_back(crypto.apply(www()).rrsigs.front());
  entry.rrsigs.push_back(www().rrsigs.front());
  ValidationLimits limits;
  const auto reason = [&](const ZoneKeys& keys) {
    return with_both([&](const Validator& v) { return validate_rrset(v, entry, keys, now); },
                     limits)
        .verdict.reason;
  };
  limits.signatures_per_rrset_max = 4;
  CHECK(reason(zone().keys()) == Reason::validated);
  limits.signatures_per_rrset_max = 3;
  CHECK(reason(zone().keys()) == Reason::validation_limit);

  // Keys that share the tag, put in front of the right one: octets swapped two by two leave the
  // checksum of RFC 4034 appendix B alone.
  ZoneKeys keys = zone().keys();
  dns::DnskeyRdata decoy = zone().zsk()->dnskey();
  std::swap(decoy.public_key[0], decoy.public_key[2]);
  REQUIRE(key_tag(decoy) == zone().zsk()->tag());
  entry = www();
  limits = {};
  for (std::uint32_t i = 1; i < limits.keys_per_tag_max; ++i) {
    keys.keys.insert(keys.keys.begin(), decoy);
    keys.tags.insert(keys.tags.begin(), zone().zsk()->tag());
  }
  CHECK(reason(keys) == Reason::validated);
  keys.keys.insert(keys.keys.begin(), decoy);
  keys.tags.insert(keys.tags.begin(), zone().zsk()->tag());
  CHECK(reason(keys) == Reason::validation_limit);
}

TEST_CASE("signatures of RFC 4035 appendix A and RFC 5155 appendix A") {
  struct Case {
    std::string_view text;
    std::string_view at;
    std::uint16_t zsk_tag;
  };
  for (const Case& example : {Case{rfc4035_zone, "2004-05-01T00:00:00Z", 38519},
                              Case{rfc5155_zone, "2010-01-01T00:00:00Z", 40430}}) {
    const Records records(example.text);
    const ZoneKeys keys = zone_keys(*records.at("example.", RRType::dnskey).rrset);
    const SimTime at = SimTime::parse(example.at).value();
    for (const dns::SignedRRset& entry : records.all()) {
      const RRsetVerdict result = check_rrset(entry, keys, at);
      INFO(result.verdict.to_text());
      CHECK(result.verdict.reason == Reason::validated);
      if (entry.rrset->type() != RRType::dnskey) CHECK(result.verdict.key_tag == example.zsk_tag);
      const bool expanded = entry.rrset->owner() == name("a.z.w.example.");
      CHECK(result.wildcard_labels == (expanded ? std::optional<std::uint8_t>(2) : std::nullopt));
      CHECK(check_rrset(entry, keys, now).verdict.reason == Reason::signature_expired);
    }
  }
}

}  // namespace
}  // namespace zonefall::dnssec
