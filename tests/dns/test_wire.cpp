// Goal: the octets are those of the RFCs, and nothing a stranger sends is believed.
#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "dns/rdata_layout.h"
#include "dns/wire_reader.h"
#include "message_json.h"
#include "message_samples.h"
#include "zonefall/dns/message.h"

using namespace zonefall;
using namespace zonefall::dns;
using namespace zonefall::dns::testing;

namespace {

/// A response about "example." (octets 12 to 20), then `records`; counts as 16-bit hexadecimal.
Octets datagram(std::string_view counts, std::string_view records) {
  return from_hex(
      fmt::format("0001 8000 0001 {} 07 6578616d706c65 00 0001 0001 {}", counts, records));
}

constexpr std::string_view one_answer = "0001 0000 0000";
constexpr std::string_view one_additional = "0000 0000 0001";
constexpr std::size_t records_at = 25;

Message decoded(const Octets& octets) {
  auto message = decode(octets);
  INFO((message.ok() ? "" : message.error().message));
  REQUIRE(message.ok());
  return std::move(message).value();
}

std::string failure(const Octets& octets) {
  const auto message = decode(octets);
  return message.ok() ? "no error" : message.error().message;
}

std::string rrsig_record(std::string_view owner, std::string_view type, std::string_view ttl,
                         std::string_view signature) {
  return fmt::format("{} 002e 0001 {} {:04x} {} 0802 00000e10 6a000000 69000000 842a 00 {}", owner,
                     ttl, 19 + signature.size() / 2, type, signature);
}

}  // namespace

TEST_CASE("names are read as in the figure of RFC 1035 4.1.4") {
  Octets octets(93, 0xff);
  const auto put = [&octets](std::size_t at, std::string_view hex) {
    const Octets part = from_hex(hex);
    std::copy(part.begin(), part.end(), octets.begin() + static_cast<std::ptrdiff_t>(at));
  };
  put(20, "01 46 03 495349 04 41525041 00");
  put(40, "03 464f4f c0 14");
  put(64, "c0 1a");
  put(92, "00");
  const auto name_at = [&octets](std::size_t at) {
    WireReader reader(octets);
    reader.octets(at, "filler");
    const Name name = reader.name("a name");
    REQUIRE(reader.ok());
    return name.to_text() + fmt::format(" to {}", reader.position());
  };
  CHECK(name_at(20) == "F.ISI.ARPA. to 32");
  CHECK(name_at(40) == "FOO.F.ISI.ARPA. to 46");
  CHECK(name_at(64) == "ARPA. to 66");
  CHECK(name_at(92) == ". to 93");
}

TEST_CASE("a query is these octets (RFC 1035 4.1, RFC 6891 6.1)") {
  Message query = make_query({Name::literal("Example.de."), RRType::ds, RRClass::in},
                             Edns{.dnssec_ok = true}, {.rd = true, .cd = true});
  query.id = 0x1234;
  const Encoded encoded = encode(query);
  CHECK(to_hex(encoded.octets) == to_hex(from_hex("1234 0110 0001 0000 0000 0001"
                                                  "07 4578616d706c65 02 6465 00 002b 0001"
                                                  "00 0029 04d0 00 00 8000 0000")));
  const Message again = decoded(encoded.octets);
  CHECK(again.question->qname.to_text() == "Example.de.");
  CHECK(again.flags == query.flags);
  CHECK(again.edns == query.edns);
}

TEST_CASE("names are compressed in any case, and the first spelling stays") {
  Message message;
  message.flags.qr = true;
  message.question = Question{Name::literal("WWW.Example.")};
  message.answer = {
      {make_rrset("www.example.", RRType::cname, {encode_name(Name::literal("a.EXAMPLE."))}), {}},
      {make_rrset("a.example.", RRType::a, {encode_a({1, 2, 3, 4}), encode_a({1, 2, 3, 5})}), {}}};
  CHECK(to_hex(encode(message).octets) ==
        to_hex(from_hex("0000 8000 0001 0003 0000 0000"
                        "03 575757 07 4578616d706c65 00 0001 0001"
                        "c00c 0005 0001 00000e10 0004 01 61 c010"
                        "c029 0001 0001 00000e10 0004 01020304"
                        "c029 0001 0001 00000e10 0004 01020305")));
}

TEST_CASE("names that only look alike are not compressed into each other") {
  Message message;
  message.flags.qr = true;
  message.question = Question{Name::literal("abcdefgh-one-stuvwxyz.example.")};
  // The same ends; octets that differ by the case bit and are no letters; the same in another case.
  for (const char* owner : {"abcdefgh-two-stuvwxyz.example.", "a[.example.", "a{.example.",
                            "ABCDEFGH-Two-STUVWXYZ.example."}) {
    message.answer.push_back({make_rrset(owner, RRType::a, {encode_a({1, 2, 3, 4})}), {}});
  }
  const Octets octets = encode(message).octets;
  constexpr std::size_t record = 10 + 4;  // behind the owner name
  CHECK(octets.size() == 12 + 35 + (24 + record) + 2 * (5 + record) + (2 + record));
  CHECK(wire_size(message) == octets.size());
  const Message read = decoded(octets);
  REQUIRE(read.answer.size() == 3);  // the last record belongs to the first RRset
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(read.answer[i].rrset->owner() == message.answer[i].rrset->owner());
  }
}

TEST_CASE("names in RDATA of newer types are written whole") {
  Message message;
  message.flags.qr = true;
  message.question = Question{Name::literal("example.")};
  Octets srv = {0, 1, 0, 2, 0, 53};
  const Octets target = encode_name(Name::literal("example."));
  srv.insert(srv.end(), target.begin(), target.end());
  const RRsetPtr rrset = make_rrset("example.", RRType::srv, {srv});
  message.answer = {
      {rrset, {make_rrsig(*rrset, "example.", 1)}},
      {make_rrset("example.", RRType::dname, {target}), {}},
      {make_rrset("example.", RRType::nsec,
                  {encode(NsecRdata{Name::literal("example."), TypeBitmap({RRType::a})})}),
       {}}};
  CHECK(to_hex(encode(message).octets) ==
        to_hex(from_hex("0000 8000 0001 0004 0000 0000 07 6578616d706c65 00 0001 0001"
                        "c00c 0021 0001 00000e10 000f 0001 0002 0035 07 6578616d706c65 00"
                        "c00c 002e 0001 00000e10 001c 0021 08 01 00000e10 6a0378b0 69f0f8c0"
                        "842a 07 6578616d706c65 00 5a"
                        "c00c 0027 0001 00000e10 0009 07 6578616d706c65 00"
                        "c00c 002f 0001 00000e10 000c 07 6578616d706c65 00 00 01 40")));
}

TEST_CASE("names in RDATA are decompressed for the types of RFC 3597 4") {
  const auto rdata_of = [](std::string_view type, std::string_view rdata) {
    const Octets octets = datagram(one_answer, fmt::format("c00c {} 0001 00000000 {:04x} {}", type,
                                                           from_hex(rdata).size(), rdata));
    return to_hex(decoded(octets).answer.at(0).rrset->rdatas().at(0));
  };
  const std::string name = "076578616d706c6500";
  const std::string longer = "0161" + name;
  CHECK(rdata_of("0002", "c00c") == name);                                // NS
  CHECK(rdata_of("000e", "c00c 0161c00c") == name + longer);              // MINFO
  CHECK(rdata_of("000f", "0005 0161c00c") == "0005" + longer);            // MX
  CHECK(rdata_of("0011", "0161c00c c00c") == longer + name);              // RP
  CHECK(rdata_of("0012", "0001 c00c") == "0001" + name);                  // AFSDB
  CHECK(rdata_of("0015", "0001 c00c") == "0001" + name);                  // RT
  CHECK(rdata_of("001a", "0001 c00c c00c") == "0001" + name + name);      // PX
  CHECK(rdata_of("001e", "c00c 40") == name + "40");                      // NXT
  CHECK(rdata_of("0021", "000100020035 c00c") == "000100020035" + name);  // SRV
  CHECK(rdata_of("0023", "00010002 0173 00 0178 c00c") ==
        "0001000201730001"
        "78" +
            name);  // NAPTR
  CHECK(rdata_of("0018", "00010801 00000000 00000000 00000000 0001 c00c ff") ==
        "000108010000000000000000000000000001" + name + "ff");  // SIG
  // Opaque types are not looked into, whatever their octets look like.
  CHECK(rdata_of("ff00", "c00c") == "c00c");
  CHECK(rdata_of("ff00", "") == "");
}

TEST_CASE("a name of 255 octets passes, one of 256 does not") {
  Message message;
  const Name longest = longest_name(Name::literal("example."));
  REQUIRE(longest.wire_size() == 255);
  message.question = Question{longest};
  message.answer = {
      {RRset::make({longest, RRType::ns, RRClass::in, 5}, {encode_name(longest)}), {}}};
  const Encoded encoded = encode(message);
  CHECK(encoded.octets.size() == 12 + 259 + 12 + 2);
  CHECK(decoded(encoded.octets).answer[0].rrset->owner() == longest);

  // The same question, and an owner that puts one more label in front.
  std::string records = "01 61 c00c 0001 0001 00000000 0004 01020304";
  Octets longer(encoded.octets.begin(), encoded.octets.begin() + 271);
  const Octets record = from_hex(records);
  longer.insert(longer.end(), record.begin(), record.end());
  CHECK_THAT(failure(longer), Catch::Contains("an owner name is longer than 255 octets"));
}

TEST_CASE("compression pointers lead backwards or are an error with its offset") {
  const auto with_owner = [](std::string_view owner) {
    return failure(datagram(one_answer, fmt::format("{} 0001 0001 00000000 0004 01020304", owner)));
  };
  CHECK(with_owner("c00c") == "no error");
  CHECK(with_owner("c014") == "no error");  // the root label of the question
  CHECK(with_owner("c019") ==
        "octet 25: an owner name has a compression pointer to octet 25, which is not before it");
  CHECK(with_owner("c01b") ==
        "octet 25: an owner name has a compression pointer to octet 27, which is not before it");
  CHECK(with_owner("0161 c019") ==
        "octet 27: an owner name has a compression pointer to octet 25, which is not before it");
  CHECK(with_owner("c004") ==
        "octet 25: an owner name has a compression pointer to octet 4, which is not before it");
  CHECK(with_owner("ffff") ==
        "octet 25: an owner name has a compression pointer to octet 16383, which is not before it");
  CHECK(with_owner("40") == "octet 25: an owner name has a label of unknown type 0x40");
  CHECK(with_owner("80") == "octet 25: an owner name has a label of unknown type 0x80");
}

TEST_CASE("a chain of pointers has an end") {
  // An opaque RDATA of pointers, each to the one before it, and an owner that enters at the end.
  const auto chain = [](std::size_t pointers) {
    std::string rdata = "00";
    for (std::size_t i = 0; i + 1 < pointers; ++i) {
      const std::size_t target = records_at + 12 + (i == 0 ? 0 : 1 + 2 * (i - 1));
      rdata += fmt::format("{:04x}", 0xc000U | static_cast<unsigned>(target));
    }
    const std::size_t last = records_at + 12 + 1 + 2 * (pointers - 2);
    return failure(datagram(
        "0002 0000 0000",
        fmt::format("c00c ff00 0001 00000000 {:04x} {} {:04x} 0001 0001 00000000 0004 01020304",
                    rdata.size() / 2, rdata, 0xc000U | static_cast<unsigned>(last))));
  };
  CHECK(chain(127) == "no error");
  CHECK_THAT(chain(128), Catch::Contains("an owner name has more than 127 compression pointers"));
}

TEST_CASE("every prefix of a message is an error") {
  const Octets whole = encode(nsec3_referral("example.de.", 3)).octets;
  REQUIRE(decode(whole).ok());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Octets prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const std::string message = failure(prefix);
    REQUIRE(message.starts_with("octet "));
  }
}

TEST_CASE("what does not add up is an error that names the octet") {
  CHECK(failure({}) == "octet 0: ID needs 2 octets, 0 are left");
  CHECK(failure(from_hex("0001 8000 0002 0000 0000 0000 00 0001 0001 00 0001 0001")) ==
        "octet 4: QDCOUNT is 2, at most one question is allowed");
  CHECK(failure(datagram("ffff ffff ffff", "")) ==
        "octet 6: the header counts 196605 records, more than 13 octets can hold");
  CHECK(failure(datagram("0000 0000 0000", "00 00")) ==
        "octet 25: 2 octets follow the end of the message");
  CHECK(failure(datagram(one_answer, "00 0001 0001 00000000 0005 01020304")) ==
        "octet 36: RDATA needs 5 octets, 4 are left");
  CHECK(failure(datagram(one_answer, "00 0001 0001 00000000 0005 0102030405")) ==
        "octet 40: RDATA has 1 octets more than its type");
  CHECK(failure(datagram(one_answer, "00 0001 0001 00000000 0003 010203")) ==
        "octet 36: RDATA needs 4 octets, 3 are left");
  CHECK(failure(datagram(one_answer, "00 001c 0001 00000000 0000")) ==
        "octet 36: RDATA needs 16 octets, 0 are left");
  CHECK(failure(datagram(one_answer, "00 0002 0001 00000000 0003 c00c ff")) ==
        "octet 38: RDATA has 1 octets more than its type");
  CHECK(failure(datagram(one_answer, "00 0002 0001 00000000 0002 0161 c00c")) ==
        "octet 38: a name in RDATA runs past octet 38, where its data ends");
  CHECK_THAT(failure(datagram(one_answer, "00 002e 0001 00000000 0003 010203")),
             Catch::StartsWith("octet 36: "));
  // Another class has other addresses, and updates say things with empty RDATA (RFC 2136 2.4).
  CHECK(failure(datagram(one_answer, "00 0001 0003 00000000 0004 00 000001")) == "no error");
  CHECK(failure(datagram(one_answer, "00 0001 00ff 00000000 0000")) == "no error");
}

TEST_CASE("addresses of wrong length are left out where that is wanted, and their RRsets named") {
  const std::string records =
      "00 0001 0001 00000000 0004 01020304  00 0001 0001 00000000 0005 0102030405"
      "00 0001 0001 00000000 0000"
      "00 001c 0001 00000000 0000  00 0001 0003 00000000 0001 05"
      "00 0001 0001 00000000 0003 010203";
  const Octets octets = datagram("0005 0000 0001", records);
  CHECK(!decode(octets).ok());
  const auto message = decode(octets, MalformedAddresses::left_out);
  REQUIRE(message.ok());
  const std::vector<IncompleteRRset> incomplete = {{Section::answer, Name(), RRType::a},
                                                   {Section::answer, Name(), RRType::aaaa},
                                                   {Section::additional, Name(), RRType::a}};
  CHECK(message.value().incomplete_rrsets == incomplete);
  REQUIRE(message.value().answer.size() == 2);  // the other is of another class
  CHECK(message.value().answer.front().rrset->rdatas().size() == 1);
}

TEST_CASE("OPT carries what RFC 6891 and RFC 8914 put into it") {
  const Message message =
      decoded(datagram(one_additional,
                       "00 0029 0200 01 02 ffff 0023"
                       "000f 0002 0006"
                       "fde9 0003 0a0b0c"
                       "000f 0008 0021 4e5441 0000 00"  // terminated by NULs, which are not text
                       "fde9 0000"
                       "000f 0002 ffff"));
  REQUIRE(message.edns);
  CHECK(message.rcode == Rcode::badvers);
  CHECK(message.additional.empty());
  CHECK(*message.edns == Edns{.udp_payload_octets = 512,
                              .version = 2,
                              .dnssec_ok = true,
                              .extended_errors = {{EdeCode::dnssec_bogus, ""},
                                                  {EdeCode::negative_trust_anchor, "NTA"},
                                                  {static_cast<EdeCode>(65535), ""}},
                              .other_options = {{65001, {10, 11, 12}}, {65001, {}}}});
}

TEST_CASE("an OPT in the wrong place or shape is an error") {
  const std::string opt = "00 0029 04d0 00 00 8000 0000";
  CHECK(failure(datagram(one_additional, opt)) == "no error");
  CHECK(failure(datagram("0000 0000 0002", opt + opt)) == "octet 36: a second OPT");
  CHECK(failure(datagram(one_answer, opt)) == "octet 25: OPT outside additional data");
  CHECK(failure(datagram(one_additional, "c00c 0029 04d0 00000000 0000")) ==
        "octet 25: the owner of OPT is not the root");
  const auto with_options = [](std::string_view options) {
    return failure(datagram(one_additional, fmt::format("00 0029 04d0 00000000 {:04x} {}",
                                                        from_hex(options).size(), options)));
  };
  CHECK(with_options("000a") == "octet 38: OPTION-LENGTH needs 2 octets, 0 are left");
  CHECK_THAT(with_options("000a 0003 0102"), Catch::Contains("needs 3 octets, 2 are left"));
  CHECK(with_options("000f 0001 00") == "octet 38: an extended DNS error without INFO-CODE");
  CHECK_THAT(with_options("000f 0004 0006 41"), Catch::Contains("EXTRA-TEXT needs 2 octets"));
}

TEST_CASE("extended RCODE bits go through OPT (RFC 6891 6.1.3)") {
  Message message;
  message.flags.qr = true;
  message.rcode = static_cast<Rcode>(0xabc);
  message.edns = Edns{};
  const Octets octets = encode(message).octets;
  CHECK((octets[3] & 0x0f) == 0x0c);
  CHECK(octets[12 + 5] == 0xab);
  CHECK(decoded(octets).rcode == message.rcode);
}

TEST_CASE("an RRset has the smallest TTL of its records (RFC 2181 5.2 and 8)") {
  const auto ttl_of = [](std::string_view first, std::string_view second) {
    const Message message =
        decoded(datagram("0002 0000 0000", fmt::format("c00c 0001 0001 {} 0004 01020304"
                                                       "c00c 0001 0001 {} 0004 01020305",
                                                       first, second)));
    REQUIRE(message.answer.size() == 1);
    CHECK(message.answer[0].rrset->rdatas().size() == 2);
    return message.answer[0].rrset->ttl_s();
  };
  CHECK(ttl_of("0000012c", "0000003c") == 60);
  CHECK(ttl_of("0000003c", "0000012c") == 60);
  CHECK(ttl_of("7fffffff", "7fffffff") == 0x7fffffff);
  CHECK(ttl_of("80000000", "0000003c") == 0);
}

TEST_CASE("records become RRsets by owner in any case, type and class") {
  const Message message =
      decoded(datagram("0006 0000 0001",
                       "c00c 0001 0001 0000003c 0004 01020305"
                       "c00c 001c 0001 0000003c 0010 00000000000000000000000000000001"
                       "07 4558414d504c45 00 0001 0001 0000003c 0004 01020304"
                       "c00c 0001 0003 0000003c 0004 01020304"
                       "c00c 0001 0001 0000003c 0004 01020305"  // a duplicate
                       "c00c 0002 0001 0000003c 0002 c00c"
                       "c00c 0001 0001 0000003c 0004 01020306"));
  REQUIRE(message.answer.size() == 4);
  CHECK(message.answer[0].rrset->rdatas() == std::vector<Octets>{{1, 2, 3, 4}, {1, 2, 3, 5}});
  CHECK(message.answer[0].rrset->owner().to_text() == "example.");
  CHECK(message.answer[1].rrset->type() == RRType::aaaa);
  CHECK(message.answer[2].rrset->rclass() == RRClass::ch);
  CHECK(message.answer[3].rrset->type() == RRType::ns);
  CHECK(message.additional.size() == 1);
}

TEST_CASE("RRSIGs join the RRset they cover in their section, or stay bare") {
  const std::string address = "c00c 0001 0001 0000012c 0004 01020304";
  const auto record = [](std::string_view type, std::string_view ttl, std::string_view signature) {
    return rrsig_record("c00c", type, ttl, signature);
  };

  SECTION("before it, after it, and once") {
    const Message message = decoded(datagram(
        "0004 0000 0000", record("0001", "0000012c", "aa") + address +
                              record("0001", "0000003c", "bb") + record("0001", "0000012c", "aa")));
    REQUIRE(message.answer.size() == 1);
    CHECK(message.bare_rrsigs.empty());
    const SignedRRset& entry = message.answer[0];
    REQUIRE(entry.rrsigs.size() == 2);
    CHECK(to_hex(entry.rrsigs[0]->signature()) == "aa");
    CHECK(to_hex(entry.rrsigs[1]->signature()) == "bb");
    CHECK(entry.rrsigs[0]->fields().key_tag == 0x842a);
    CHECK(entry.rrset->ttl_s() == 60);  // RFC 4035 5.3.3: not longer than the RRSIG's
  }
  SECTION("in another section, of another owner or of another type") {
    const Message message = decoded(datagram(
        "0003 0001 0001", address + record("001c", "00000001", "aa") +
                              rrsig_record("0161c00c", "0001", "00000002", "bb") +
                              record("0001", "00000003", "cc") + record("002e", "80000000", "dd")));
    CHECK(message.answer.size() == 1);
    CHECK(message.answer[0].rrsigs.empty());
    CHECK(message.authority.empty());
    REQUIRE(message.bare_rrsigs.size() == 4);
    const std::array sections = {Section::answer, Section::answer, Section::authority,
                                 Section::additional};
    const std::array ttls_s = {1U, 2U, 3U, 0U};
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(message.bare_rrsigs[i].section == sections[i]);
      CHECK(message.bare_rrsigs[i].ttl_s == ttls_s[i]);
    }
    CHECK(message.bare_rrsigs[1].owner == Name::literal("a.example."));
    CHECK(message_json(decoded(encode(message).octets)) == message_json(message));
  }
  SECTION("an answer to QTYPE RRSIG") {
    const Message message = decoded(datagram(
        "0002 0000 0000", record("0001", "0000012c", "aa") + record("0006", "0000012c", "aa")));
    CHECK(message.answer.empty());
    CHECK(message.bare_rrsigs.size() == 2);
    CHECK(wire_size(message) == encode(message).octets.size());
  }
}

TEST_CASE("RDATA splits by its layout, and what does not fit it is sent as it is") {
  const RdataLayout& layout = *rdata_layout(RRType::mx);
  const Octets rdata = from_hex("0005 0161 00");
  CHECK(to_hex(split_rdata(layout, rdata)->names[0]) == "016100");
  for (const std::string_view bad :
       {"", "00", "0005", "0005 0161", "0005 c000", "0005 0161 00 00"}) {
    const Octets octets = from_hex(bad);
    CHECK_FALSE(split_rdata(layout, octets));
    Message message;
    message.answer = {{make_rrset("a.", RRType::mx, {octets}), {}}};
    CHECK(encode(message).octets.size() == 12 + 13 + octets.size());
  }
  CHECK(rdata_layout(RRType::https) == nullptr);
  CHECK(rdata_layout(static_cast<RRType>(1000)) == nullptr);
}

TEST_CASE("the seeds of the fuzzer are messages") {
  std::size_t seeds = 0;
  for (const auto& entry : std::filesystem::directory_iterator("tests/dns/corpus/message")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const Octets octets((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    INFO(entry.path());
    CHECK(failure(octets) == "no error");
    seeds += 1;
  }
  CHECK(seeds >= 5);
}
