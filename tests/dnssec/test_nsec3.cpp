// Goal: NSEC3 hashes, their text, and intervals on the ring of hashes, boundaries included.
#include <chrono>
#include <string>

#include <catch2/catch.hpp>

#include "signed_zone.h"
#include "zonefall/dnssec/nsec3.h"

namespace zonefall::dnssec {
namespace {

using testing::name;

std::string hash_text(std::string_view of, const Nsec3Params& params) {
  return to_base32hex(nsec3_hash(name(of), params));
}

TEST_CASE("hashes of RFC 5155 appendix A") {
  const Nsec3Params params{12, {0xaa, 0xbb, 0xcc, 0xdd}};
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"},
      {"a.example.", "35mthgpgcu1qg68fab165klnsnk3dpvl"},
      {"ai.example.", "gjeqe526plbf1g8mklp59enfd789njgi"},
      {"ns1.example.", "2t7b4g4vsa5smi47k61mv5bv1a22bojr"},
      {"ns2.example.", "q04jkcevqvmu85r014c7dkba38o0ji5r"},
      {"w.example.", "k8udemvp1j2f7eg6jebps17vp3n8i58h"},
      {"*.w.example.", "r53bq7cc2uvmubfu5ocmm6pers9tk9en"},
      {"x.w.example.", "b4um86eghhds6nea196smvmlo4ors995"},
      {"y.w.example.", "ji6neoaepv8b5o6k4ev33abha8ht9fgc"},
      {"x.y.w.example.", "2vptu5timamqttgl4luu9kg21e0aor3s"},
      {"xx.example.", "t644ebqk9bibcna874givr6joj62mlhv"},
      {"2t7b4g4vsa5smi47k61mv5bv1a22bojr.example.", "kohar7mbb8dc2ce8a9qvl8hon4k53uhi"},
  };
  for (const auto& [of, expected] : vectors) CHECK(hash_text(of, params) == expected);
  CHECK(hash_text("EXAMPLE.", params) == "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom");
}

TEST_CASE("hashes of de, as its zone publishes them") {
  CHECK(hash_text("de.", {}) == "a0d5d1p51kijsevll74k523htmq406bk");
  CHECK(hash_text("DE", {}) == "a0d5d1p51kijsevll74k523htmq406bk");
  const Nsec3Params salted{15, {0xca, 0x12, 0xb7, 0x4a, 0xdb, 0x90, 0x59, 0x1a}};
  CHECK(hash_text("de.", salted) == "tjlb7qbojvmlf1s6gdriru7vsms1lg16");
}

TEST_CASE("the longest name and salt hash, and earlier hashes leave no trace") {
  const std::string label(63, 'x');
  const dns::Name longest =
      name(label + "." + label + "." + label + "." + std::string(61, 'y') + ".");
  REQUIRE(longest.wire_size() == 255);
  const Nsec3Params salted{3, dns::Octets(255, 0x5a)};
  const Nsec3Hash first = nsec3_hash(longest, salted);
  CHECK(hash_text("de.", {}) == "a0d5d1p51kijsevll74k523htmq406bk");
  CHECK(nsec3_hash(longest, salted) == first);
  // Computed with Python's hashlib.
  CHECK(to_base32hex(first) == "gaec6jm66joeacfjdv3ccn3p8ca7j5ih");
}

TEST_CASE("hash text round trips and rejects what is not a hash") {
  const Nsec3Hash hash = nsec3_hash(name("de"), {});
  CHECK(parse_base32hex(to_base32hex(hash)).value() == hash);
  CHECK(parse_base32hex("A0D5D1P51KIJSEVLL74K523HTMQ406BK").value() == hash);
  CHECK_FALSE(parse_base32hex("").ok());
  CHECK_FALSE(parse_base32hex("a0d5d1p51kijsevll74k523htmq406b").ok());
  CHECK_FALSE(parse_base32hex("a0d5d1p51kijsevll74k523htmq406bkk").ok());
  CHECK_FALSE(parse_base32hex("a0d5d1p51kijsevll74k523htmq406bw").ok());
  CHECK_FALSE(parse_base32hex(std::string(31, 'a') + '\0').ok());
  CHECK(nsec3_owner(hash, name("de")) == name("a0d5d1p51kijsevll74k523htmq406bk.de."));
}

Nsec3Hash hash_of(std::uint8_t first, std::uint8_t last) {
  Nsec3Hash hash{};
  hash.front() = first;
  hash.back() = last;
  return hash;
}

TEST_CASE("intervals cover what lies strictly between their ends, round the ring") {
  Nsec3Interval interval;
  interval.owner_hash = hash_of(0x20, 0);
  interval.next_hash = hash_of(0x30, 0);
  CHECK(covers(interval, hash_of(0x20, 1)));
  CHECK(covers(interval, hash_of(0x2f, 0xff)));
  CHECK_FALSE(covers(interval, hash_of(0x20, 0)));
  CHECK_FALSE(covers(interval, hash_of(0x30, 0)));
  CHECK_FALSE(covers(interval, hash_of(0x1f, 0xff)));
  CHECK_FALSE(covers(interval, hash_of(0x30, 1)));

  SECTION("the last interval wraps") {
    std::swap(interval.owner_hash, interval.next_hash);
    CHECK(covers(interval, hash_of(0x30, 1)));
    CHECK(covers(interval, hash_of(0xff, 0xff)));
    CHECK(covers(interval, hash_of(0, 0)));
    CHECK(covers(interval, hash_of(0x1f, 0xff)));
    CHECK_FALSE(covers(interval, hash_of(0x20, 0)));
    CHECK_FALSE(covers(interval, hash_of(0x30, 0)));
    CHECK_FALSE(covers(interval, hash_of(0x28, 0)));
  }
  SECTION("a ring of one covers all but its owner") {
    interval.next_hash = interval.owner_hash;
    CHECK(covers(interval, hash_of(0, 0)));
    CHECK(covers(interval, hash_of(0x20, 1)));
    CHECK_FALSE(covers(interval, hash_of(0x20, 0)));
  }
}

TEST_CASE("decoding ignores NSEC3 records that a validator must ignore") {
  const dns::Name zone = name("de");
  const Nsec3Hash hash = nsec3_hash(zone, {});
  const dns::Name owner = nsec3_owner(hash, zone);
  dns::Nsec3Rdata rdata;
  rdata.flags = dns::Nsec3Rdata::flag_opt_out;
  rdata.iterations = 7;
  rdata.salt = {1, 2};
  rdata.next_hash = dns::Octets(20, 0xee);
  rdata.types = dns::TypeBitmap({dns::RRType::soa});
  const auto decode = [&](const dns::Name& at) {
    return decode_interval(*testing::make_rrset(at, dns::RRType::nsec3, {dns::encode(rdata)}),
                           zone);
  };

  const auto interval = decode(owner);
  REQUIRE(interval.has_value());
  CHECK(interval->owner_hash == hash);
  CHECK(interval->next_hash.front() == 0xee);
  CHECK(interval->params == Nsec3Params{7, {1, 2}});
  CHECK(interval->opt_out);
  CHECK(interval->types.contains(dns::RRType::soa));

  SECTION("other hash algorithm") {
    rdata.hash_algorithm = 2;
    CHECK_FALSE(decode(owner).has_value());
  }
  SECTION("unknown flag") {
    rdata.flags = 3;
    CHECK_FALSE(decode(owner).has_value());
  }
  SECTION("next hash of another length") {
    rdata.next_hash.push_back(0);
    CHECK_FALSE(decode(owner).has_value());
  }
  SECTION("owner not directly under the zone, or not a hash") {
    CHECK_FALSE(decode(nsec3_owner(hash, name("sub.de"))).has_value());
    CHECK_FALSE(decode(nsec3_owner(hash, name("org"))).has_value());
    CHECK_FALSE(decode(name("www.de")).has_value());
    CHECK_FALSE(decode(zone).has_value());
  }
  SECTION("two records, or another type") {
    dns::Nsec3Rdata other = rdata;
    other.iterations = 8;
    CHECK_FALSE(decode_interval(*testing::make_rrset(owner, dns::RRType::nsec3,
                                                     {dns::encode(rdata), dns::encode(other)}),
                                zone)
                    .has_value());
    CHECK_FALSE(
        decode_interval(*testing::make_rrset(owner, dns::RRType::txt, {dns::encode(rdata)}), zone)
            .has_value());
  }
}

// Hidden from ctest; run with `test_dnssec "[.speed]"`.
TEST_CASE("time of one hash", "[.speed]") {
  constexpr int rounds = 1'000'000;
  const dns::Name owner = name("some-registered-name.de.");
  unsigned sum = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < rounds; ++i) sum += nsec3_hash(owner, {}).front();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  WARN("ns per hash: " << took.count() / rounds);
  CHECK(sum > 0);
}

}  // namespace
}  // namespace zonefall::dnssec
