// Goal: a remembered verdict is the one that judging would give, at every instant, and never one
// about other data, other keys or another question.
#include <catch2/catch.hpp>

#include "zonefall/dnssec/signature.h"
#include "zonefall/resolver/verdict_memo.h"

namespace zonefall::resolver {

using dns::Name;
using dns::RRType;

namespace {

constexpr std::int64_t signed_at_s = 1'778'000'000;
constexpr std::uint32_t inception = 1'778'000'000;
constexpr std::uint32_t expiration = 1'778'010'000;
const Name zone = Name::literal("example.");

SimTime at(std::int64_t seconds_after_signing) {
  return SimTime::from_unix_s(signed_at_s + seconds_after_signing);
}

dnssec::KeyPairPtr make_key(const std::string& label) {
  return dnssec::make_key_pair({dnssec::Algorithm::ecdsap256sha256}, 1, label).value();
}

dnssec::ZoneKeys keys_of(const dnssec::KeyPairPtr& key) {
  return dnssec::zone_keys(
      *dns::RRset::make({zone, RRType::dnskey, dns::RRClass::in, 3600}, {encode(key->dnskey())}));
}

dns::RRsetPtr address(std::uint8_t last, std::uint32_t ttl_s = 300) {
  return dns::RRset::make({Name::literal("www.example."), RRType::a, dns::RRClass::in, ttl_s},
                          {dns::encode_a({192, 0, 2, last})});
}

dns::SignedRRset signed_by(const dnssec::KeyPairPtr& key, const dns::RRsetPtr& rrset) {
  return {rrset, {dnssec::sign(rrset, key, zone, {inception, expiration})}};
}

/// Through the memo, and the same without it.
struct Judge {
  dnssec::IdentityVerifier verifier;
  VerdictMemo memo;

  void check(const dns::SignedRRset& entry, const dnssec::ZoneKeys& keys, SimTime now) {
    const VerdictMemo::Subject subject{{&entry, 1}, keys};
    const auto fresh = dnssec::validate_rrset({verifier}, entry, keys, now);
    if (const auto known = memo.find(subject, now)) {
      CHECK(known->checks == 7);
      CHECK(known->verdict->reason == fresh.verdict.reason);
      CHECK(known->verdict->key_tag == fresh.verdict.key_tag);
      CHECK(known->verdict->owner == fresh.verdict.owner);
      CHECK(known->ttl_s_max == fresh.ttl_s_max);
    } else {
      memo.remember(subject, {fresh, 7}, now);
    }
  }
};

}  // namespace

TEST_CASE("A remembered verdict is that of judging again, before, within and after its validity") {
  const auto key = make_key("zsk");
  const dnssec::ZoneKeys keys = keys_of(key);
  const dns::SignedRRset entry = signed_by(key, address(1));
  Judge judge;
  for (const std::int64_t s : {0, 5'000, 9'700, 9'701, 9'900, 10'000, 10'001, 20'000, -1, -50}) {
    judge.check(entry, keys, at(s));
    judge.check(entry, keys, at(s));
  }
  CHECK(judge.memo.hits() >= 10);
}

TEST_CASE("What the end of a signature cut short is not taken for the whole TTL") {
  const auto key = make_key("zsk");
  const dnssec::ZoneKeys keys = keys_of(key);
  const dns::SignedRRset entry = signed_by(key, address(1, 3600));
  Judge judge;
  judge.check(entry, keys, at(9'000));
  judge.check(entry, keys, at(100));
  CHECK(judge.memo.hits() == 0);
  judge.check(entry, keys, at(200));
  CHECK(judge.memo.hits() == 1);
}

TEST_CASE("Equal content signed alike is known, whatever objects hold it") {
  const auto key = make_key("zsk");
  Judge judge;
  judge.check(signed_by(key, address(1)), keys_of(key), at(10));
  judge.check(signed_by(key, address(1)), keys_of(key), at(20));
  CHECK(judge.memo.hits() == 1);
}

TEST_CASE("Signatures from outside are known by their octets") {
  const auto key = make_key("zsk");
  const dns::SignedRRset made = signed_by(key, address(1));
  const dns::RrsigFields& fields = made.rrsigs.front()->fields();
  const auto signature = made.rrsigs.front()->signature();
  const dns::Octets octets(signature.begin(), signature.end());
  dns::Octets broken = octets;
  broken.back() ^= 1;
  Judge judge;
  judge.check({address(1), {dns::make_octet_rrsig(fields, octets)}}, keys_of(key), at(10));
  judge.check({address(1), {dns::make_octet_rrsig(fields, broken)}}, keys_of(key), at(10));
  CHECK(judge.memo.hits() == 0);
  judge.check({address(1), {dns::make_octet_rrsig(fields, octets)}}, keys_of(key), at(10));
  CHECK(judge.memo.hits() == 1);
  dns::RrsigFields longer = fields;
  longer.expiration += 1;
  judge.check({address(1), {dns::make_octet_rrsig(longer, octets)}}, keys_of(key), at(10));
  CHECK(judge.memo.hits() == 1);
}

TEST_CASE("Other data, signatures, keys and questions are judged by themselves") {
  const auto key = make_key("zsk");
  const auto other = make_key("other");
  Judge judge;
  judge.check(signed_by(key, address(1)), keys_of(key), at(10));
  judge.check(signed_by(key, address(2)), keys_of(key), at(10));
  judge.check(signed_by(other, address(1)), keys_of(key), at(10));
  judge.check(signed_by(key, address(1)), keys_of(other), at(10));
  judge.check({address(1), {}}, keys_of(key), at(10));
  CHECK(judge.memo.hits() == 0);
  const dns::SignedRRset entry = signed_by(key, address(1));
  const dnssec::ZoneKeys keys = keys_of(key);
  const dnssec::DenialQuestion question{dnssec::Denial::no_data, Name::literal("www.example.")};
  CHECK(!judge.memo.find({{&entry, 1}, keys, &question}, at(10)));
}

TEST_CASE("RRsets with several signatures, and keys of unknown origin, are not remembered") {
  const auto key = make_key("zsk");
  dns::SignedRRset twice = signed_by(key, address(1));
  twice.rrsigs.push_back(twice.rrsigs.front());
  dnssec::ZoneKeys unknown = keys_of(key);
  unknown.id = {};
  Judge judge;
  for (int i = 0; i < 2; ++i) {
    judge.check(twice, keys_of(key), at(10));
    judge.check(signed_by(key, address(1)), unknown, at(10));
  }
  CHECK(judge.memo.hits() == 0);
}

TEST_CASE("A denial is known by its NSEC RRsets: the SOA beside them may change") {
  const auto key = make_key("zsk");
  const dnssec::ZoneKeys keys = keys_of(key);
  const auto nsec = [&](std::string_view owner) {
    return signed_by(
        key, dns::RRset::make({Name::literal(owner), RRType::nsec, dns::RRClass::in, 300},
                              {encode(dns::NsecRdata{zone, dns::TypeBitmap({RRType::ns})})}));
  };
  const auto soa = [&](std::uint32_t serial) {
    dns::SoaRdata rdata;
    rdata.serial = serial;
    return signed_by(key,
                     dns::RRset::make({zone, RRType::soa, dns::RRClass::in, 300}, {encode(rdata)}));
  };
  const dnssec::DenialQuestion question{dnssec::Denial::name_error, Name::literal("b.example.")};
  const dnssec::DenialQuestion another{dnssec::Denial::name_error, Name::literal("c.example.")};
  const std::vector<dns::SignedRRset> first = {soa(1), nsec("a.example.")};
  const std::vector<dns::SignedRRset> later = {soa(2), nsec("a.example.")};
  const std::vector<dns::SignedRRset> longer = {soa(2), nsec("a.example."), nsec("example.")};
  const dnssec::IdentityVerifier verifier;
  VerdictMemo memo;
  const auto verdict = dnssec::validate_denial({verifier}, question, first, keys, at(10));
  memo.remember({first, keys, &question}, {verdict, 1}, at(10));
  CHECK(memo.find({later, keys, &question}, at(10)));
  CHECK(!memo.find({longer, keys, &question}, at(10)));
  CHECK(!memo.find({first, keys, &another}, at(10)));
  CHECK(!memo.find({first, keys}, at(10)));
}

TEST_CASE("A full memo forgets and goes on") {
  const auto key = make_key("zsk");
  Judge judge;
  judge.memo = VerdictMemo(2);
  for (std::uint8_t i = 0; i < 10; ++i) {
    judge.check(signed_by(key, address(i)), keys_of(key), at(10));
    judge.check(signed_by(key, address(i)), keys_of(key), at(10));
  }
  CHECK(judge.memo.hits() == 10);
}

}  // namespace zonefall::resolver
