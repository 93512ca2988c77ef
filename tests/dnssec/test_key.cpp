// Goal: key pairs are a function of (seed, label, spec), have the tag that was asked for, and
// impossible requests say why.
#include <array>
#include <chrono>
#include <cstdio>
#include <map>
#include <numeric>
#include <set>

#include <catch2/catch.hpp>

#include "dnssec/openssl_ecdsa.h"
#include "key_testing.h"

namespace zonefall::dnssec {

using namespace testing;  // NOLINT: test helpers

namespace {

using Sixteens = std::vector<std::uint16_t>;

/// Prints how long a search took; times are facts about a machine, so nothing is asserted.
KeyPairPtr timed_make(const KeySpec& spec, const std::string& label) {
  const auto start = std::chrono::steady_clock::now();
  KeyPairPtr pair = must_make(spec, label);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("%s %d bits, tag %d: %.3f s\n", to_text(spec.algorithm).c_str(), spec.bits,
              pair->tag(), took.count());
  return pair;
}

std::string error_of(const KeySpec& spec) {
  const Result<KeyPairPtr> made = make_key_pair(spec, 1, "refused");
  return made ? "made after all" : made.error().to_text();
}

/// RFC 4034 appendix B as the RFC defines it, over encoded RDATA.
std::uint16_t reference_tag(const dns::DnskeyRdata& dnskey) {
  const dns::Octets rdata = dns::encode(dnskey);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < rdata.size(); ++i) {
    sum += static_cast<std::uint64_t>(rdata[i]) << (i % 2 == 0 ? 8 : 0);
  }
  return static_cast<std::uint16_t>((sum + ((sum >> 16) & 0xffff)) & 0xffff);
}

}  // namespace

TEST_CASE("The size of a key is that of its modulus, prime or curve") {
  for (const KeySpec& spec : signing_specs()) {
    INFO(to_text(spec.algorithm));
    const std::uint32_t curve = spec.algorithm == Algorithm::ecdsap384sha384 ? 384
                                : spec.algorithm == Algorithm::ed448         ? 456
                                                                             : 256;
    CHECK(key_bits(must_make(spec, "size")->dnskey()) == (spec.bits > 0 ? spec.bits : curve));
  }
  const auto bits = [](std::uint8_t algorithm, const std::string& digits) {
    return key_bits({dns::DnskeyRdata::flag_zone_key, 3, algorithm, hex(digits)});
  };
  const std::string octets_64(128, 'f');
  for (const std::uint8_t algorithm : std::array<std::uint8_t, 5>{1, 5, 7, 8, 10}) {
    CHECK(bits(algorithm, "03010001" + octets_64) == 512);
    CHECK(bits(algorithm, "000003010001" + octets_64) == 512);  // RFC 3110 2: a long length
    CHECK(bits(algorithm, "03010001") == 0);
    CHECK(bits(algorithm, "0000") == 0);
    CHECK(bits(algorithm, "") == 0);
  }
  CHECK(bits(3, "00") == 512);  // RFC 2536 2: 64 + 8 T octets
  CHECK(bits(6, "08") == 1024);
  CHECK(bits(6, "") == 0);
  CHECK(bits(253, "00") == 0);
}

TEST_CASE("Equal arguments give equal pairs, others give other pairs") {
  for (const KeySpec& spec : signing_specs()) {
    INFO(to_text(spec.algorithm));
    const KeyPairPtr pair = must_make(spec, "zsk");
    const KeyPairPtr again = must_make(spec, "zsk");
    CHECK(pair->dnskey() == again->dnskey());
    CHECK(pair->private_text() == again->private_text());
    CHECK(pair->id() == again->id());
    CHECK(pair->id() == key_pair_id(pair->dnskey()));
    CHECK(pair->tag() == reference_tag(pair->dnskey()));

    CHECK(must_make(spec, "zsk2")->id() != pair->id());
    CHECK(must_make(spec, "")->id() != pair->id());
    CHECK(must_make(spec, "zsk", 2)->id() != pair->id());
    KeySpec as_ksk = spec;
    as_ksk.flags = 257;
    CHECK(must_make(as_ksk, "zsk")->dnskey().public_key == pair->dnskey().public_key);
  }
}

TEST_CASE("Private keys come from SHA-512 in counter mode, whatever built the program") {
  // From another implementation (Python's hashlib): SHA-512 over len | "zonefall key pair 1" | seed
  // | len | label | len | algorithm | counter, numbers as 64 bits; ECDSA: 40 octets modulo n - 1,
  // plus one.
  const auto private_line = [](Algorithm algorithm) {
    const std::string text = must_make({.algorithm = algorithm}, "golden")->private_text();
    return text.substr(text.find("PrivateKey: "));
  };
  CHECK(private_line(Algorithm::ed25519) ==
        "PrivateKey: hfRusTOqhFUYLzOdwyIIqCN3Fc2PcHxaMGiOhYEMO9k=\n");
  CHECK(private_line(Algorithm::ed448) ==
        "PrivateKey: "
        "77UX+zJHJL8ID3gqI2aXDrmX/sRGKG3LuHsILbTaNBaml1on1i3SpLsy3P/hq2XpusyTkKQZM/HJ\n");
  CHECK(private_line(Algorithm::ecdsap256sha256) ==
        "PrivateKey: 4760LkJo/LpUI/bxUDjS4Fr5tWzcHWNmWEvUgSkA48U=\n");
}

TEST_CASE("Pairs have the fields and sizes of their spec") {
  const std::map<Algorithm, std::pair<std::size_t, std::size_t>> sizes = {
      {Algorithm::rsasha256, {4 + 128, 128}}, {Algorithm::rsasha512, {4 + 128, 128}},
      {Algorithm::ecdsap256sha256, {64, 64}}, {Algorithm::ecdsap384sha384, {96, 96}},
      {Algorithm::ed25519, {32, 64}},         {Algorithm::ed448, {57, 114}}};
  const dns::Octets data = {1, 2, 3};
  for (KeySpec spec : signing_specs()) {
    INFO(to_text(spec.algorithm));
    spec.flags = 257;
    const KeyPairPtr pair = must_make(spec, "sizes");
    CHECK(pair->dnskey().flags == 257);
    CHECK(pair->dnskey().protocol == 3);
    CHECK(pair->dnskey().algorithm == static_cast<std::uint8_t>(spec.algorithm));
    CHECK(pair->dnskey().public_key.size() == sizes.at(spec.algorithm).first);
    CHECK(pair->signature_size() == sizes.at(spec.algorithm).second);
    CHECK(pair->sign(data).size() == pair->signature_size());
    CHECK(pair->sign(data) == pair->sign(data));
  }
  for (const std::uint16_t bits : Sixteens{1088, 2048, 3072}) {
    const KeyPairPtr pair = must_make({.algorithm = Algorithm::rsasha256, .bits = bits}, "bits");
    CHECK(pair->dnskey().public_key.size() == 4U + bits / 8U);
    CHECK(pair->dnskey().public_key[4] >= 0x80);  // the modulus has its full length
    CHECK(pair->signature_size() == bits / 8U);
  }
}

TEST_CASE("The id names algorithm and public key, not the flags") {
  dns::DnskeyRdata dnskey = must_make({.algorithm = Algorithm::ed25519}, "id")->dnskey();
  const std::uint64_t id = key_pair_id(dnskey);
  dnskey.flags |= dns::DnskeyRdata::flag_revoke;
  CHECK(key_pair_id(dnskey) == id);
  dnskey.algorithm = 16;
  CHECK(key_pair_id(dnskey) != id);
  dnskey.algorithm = 15;
  dnskey.public_key[0] ^= 1;
  CHECK(key_pair_id(dnskey) != id);
}

TEST_CASE("The tags of the .de incident can be asked for") {
  const KeySpec zsk = {.algorithm = Algorithm::rsasha256, .bits = 1024, .requested_tag = 33834};
  std::set<std::uint64_t> ids;
  for (const char* label : {"de/hsm1", "de/hsm2", "de/hsm3"}) {
    const KeyPairPtr pair = timed_make(zsk, label);
    CHECK(pair->tag() == 33834);
    CHECK(reference_tag(pair->dnskey()) == 33834);
    ids.insert(pair->id());
  }
  CHECK(ids.size() == 3);

  const KeyPairPtr old_zsk =
      timed_make({.algorithm = Algorithm::rsasha256, .bits = 1024, .requested_tag = 32911}, "de");
  CHECK(reference_tag(old_zsk->dnskey()) == 32911);
  const KeyPairPtr ksk = timed_make(
      {.algorithm = Algorithm::rsasha256, .bits = 2048, .flags = 257, .requested_tag = 26755},
      "de");
  CHECK(reference_tag(ksk->dnskey()) == 26755);
  CHECK(ksk->dnskey().flags == 257);
}

TEST_CASE("Curve keys walk to any tag, the extreme ones too") {
  for (const Algorithm algorithm :
       {Algorithm::ecdsap256sha256, Algorithm::ecdsap384sha384, Algorithm::ed25519}) {
    const KeyPairPtr pair = timed_make({.algorithm = algorithm, .requested_tag = 12345}, "walk");
    CHECK(reference_tag(pair->dnskey()) == 12345);
    CHECK(must_make({.algorithm = algorithm, .requested_tag = 12345}, "walk")->dnskey() ==
          pair->dnskey());
  }
  for (const std::uint16_t tag : Sixteens{0, 1, 65535}) {
    const KeySpec spec = {.algorithm = Algorithm::ecdsap256sha256, .requested_tag = tag};
    CHECK(reference_tag(timed_make(spec, "extreme")->dnskey()) == tag);
  }
}

TEST_CASE("An RSA tag is either reached or refused with a reason, never searched for ever") {
  int reached = 0;
  int refused = 0;
  std::vector<std::uint16_t> tags = {0, 1, 2, 30, 34, 35, 66, 67, 68, 69, 65533, 65534, 65535};
  for (std::uint16_t tag = 20000; tag < 20040; ++tag) tags.push_back(tag);
  for (const std::uint16_t tag : tags) {
    const Result<KeyPairPtr> made = make_key_pair(
        {.algorithm = Algorithm::rsasha256, .bits = 1024, .requested_tag = tag}, 1, "reach");
    INFO(tag << ": " << (made ? "made" : made.error().to_text()));
    if (made) {
      CHECK(reference_tag(made.value()->dnskey()) == tag);
      ++reached;
    } else {
      CHECK(made.error().message.find("has tag " + std::to_string(tag)) != std::string::npos);
      ++refused;
    }
  }
  CHECK(reached >= 15);  // phi(65535) / 65535 is just over one half
  CHECK(refused >= 15);
}

TEST_CASE("An RSA tag smaller than the carries loses one, which the search knows") {
  // The sum of the words is about 34 * 65536 for 1024 bits, so a tag up to 20 is always a sum that
  // overflowed once more: one more modulo 65535. 1802 is the sum without the modulus.
  int reached = 0;
  for (std::uint16_t tag = 0; tag <= 20; ++tag) {
    if (std::gcd(tag + 1 + 65535 - 1802, 65535) != 1) continue;
    const KeySpec spec = {.algorithm = Algorithm::rsasha256, .bits = 1024, .requested_tag = tag};
    CHECK(reference_tag(must_make(spec, "small")->dnskey()) == tag);
    ++reached;
  }
  CHECK(reached >= 5);
}

TEST_CASE("A refused RSA tag names the factor and a neighbour that works") {
  // 1802 is the sum of all words of such a DNSKEY but the modulus: tag 1802 + 15 k would make the
  // modulus a multiple of 15, and 1802 + 65535 k = 1802 a multiple of 65535.
  KeySpec spec = {.algorithm = Algorithm::rsasha256, .bits = 1024, .requested_tag = 1817};
  CHECK(error_of(spec) ==
        "no RSASHA256 key with flags 256 has tag 1817: a key tag fixes the modulus modulo 65535, "
        "and this one would make it a multiple of 15; the next tag in reach is 1818");
  spec.requested_tag = 1818;
  CHECK(reference_tag(must_make(spec, "next")->dnskey()) == 1818);
  spec.requested_tag = 1802;
  CHECK(error_of(spec).find("multiple of 65535") != std::string::npos);
}

TEST_CASE("Specs that make no sense are refused") {
  CHECK(error_of({.algorithm = Algorithm::rsasha1, .bits = 1024}).find("may not sign") !=
        std::string::npos);
  CHECK(error_of({.algorithm = Algorithm::rsasha1_nsec3_sha1, .bits = 2048}).find("RFC 8624") !=
        std::string::npos);
  for (const std::uint16_t bits : Sixteens{0, 512, 960, 1023, 1025, 1056, 4160}) {
    CHECK(error_of({.algorithm = Algorithm::rsasha256, .bits = bits}).find("1024 to 4096") !=
          std::string::npos);
  }
  CHECK(error_of({.algorithm = Algorithm::ed25519, .bits = 256}).find("must be 0") !=
        std::string::npos);
  CHECK(error_of({.algorithm = static_cast<Algorithm>(3)}).find("not supported") !=
        std::string::npos);
}

TEST_CASE("RSAMD5 keys have the tags of RFC 4034 appendix B.1") {
  // The most significant 16 of the least significant 24 bits.
  CHECK(key_tag({256, 3, 1, {1, 3, 0xaa, 0x12, 0x34, 0x56}}) == 0x1234);
  CHECK(key_tag({256, 3, 1, {0x12, 0x34}}) == 0);
  // An odd number of octets ends in half a word.
  CHECK(key_tag({0, 0, 13, {0x01}}) == 0x010d);
}

TEST_CASE("Nonces and signatures are those of RFC 6979 A.2.5 and A.2.6") {
  struct Vector {
    Algorithm algorithm;
    const char* message;
    const char* private_key;
    const char* nonce;
    const char* signature;
  };
  const char* p256_key = "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721";
  const char* p384_key =
      "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D8"
      "96D5724E4C70A825F872C9EA60D2EDF5";
  const std::array<Vector, 4> vectors = {{
      {Algorithm::ecdsap256sha256, "sample", p256_key,
       "A6E3C57DD01ABE90086538398355DD4C3B17AA873382B0F24D6129493D8AAD60",
       "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
       "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"},
      {Algorithm::ecdsap256sha256, "test", p256_key,
       "D16B6AE827F17175E040871A1C7EC3500192C4C92677336EC2537ACAEE0008E0",
       "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
       "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"},
      {Algorithm::ecdsap384sha384, "sample", p384_key,
       "94ED910D1A099DAD3254E9242AE85ABDE4BA15168EAF0CA87A555FD56D10FBCA"
       "2907E3E83BA95368623B8C4686915CF9",
       "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C"
       "81A648152E44ACF96E36DD1E80FABE46"
       "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94F"
       "A329C145786E679E7B82C71A38628AC8"},
      {Algorithm::ecdsap384sha384, "test", p384_key,
       "015EE46A5BF88773ED9123A5AB0807962D193719503C527B031B4C2D225092AD"
       "A71F4A459BC0DA98ADB95837DB8312EA",
       "8203B63D3C853E8D77227FB377BCF7B7B772E97892A80F36AB775D509D7A5FEB"
       "0542A7F0812998DA8F1DD3CA3CF023DB"
       "DDD0760448D42D8A43AF45AF836FCE4DE8BE06B485E9B61B827C2F13173923E0"
       "6A739F040649A667BF3B828246BAA5A5"},
  }};
  for (const Vector& vector : vectors) {
    INFO(to_text(vector.algorithm) << " " << vector.message);
    const Curve& curve = curve_of(vector.algorithm);
    const std::string_view message = vector.message;
    const dns::Octets data(message.begin(), message.end());
    dns::Octets digest(curve.octets);
    REQUIRE(EVP_Digest(data.data(), data.size(), digest.data(), nullptr, curve.digest, nullptr) ==
            1);
    const BignumPtr private_scalar = to_bignum(hex(vector.private_key));
    NonceGenerator nonces(curve, private_scalar.get(), digest);
    CHECK(to_octets(nonces.next().get(), curve.octets) == hex(vector.nonce));
    CHECK(ecdsa_sign(curve, private_scalar.get(), data) == hex(vector.signature));
  }
}

TEST_CASE("Walking point by point meets the points that multiplication gives") {
  for (const Algorithm algorithm : {Algorithm::ecdsap256sha256, Algorithm::ecdsap384sha384}) {
    const Curve& curve = curve_of(algorithm);
    const BignumContextPtr context = make_bignum_context();
    const BignumPtr scalar = to_bignum(dns::Octets(curve.octets - 1, 0xa5));
    PointWalk walk(curve, scalar.get());
    for (int step = 0; step < 600; ++step) {
      const dns::Octets walked = point_octets(curve, walk.next(), context.get());
      if (step % 37 == 0 || step == 255 || step == 256) {
        const EcPointPtr point = multiply_generator(curve, scalar.get(), context.get());
        CHECK(walked == point_octets(curve, point.get(), context.get()));
      }
      REQUIRE(BN_add_word(scalar.get(), 1) == 1);
    }
  }
}

}  // namespace zonefall::dnssec
