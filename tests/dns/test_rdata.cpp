// RDATA in its three forms, octets, structs and text: known answers of the RFCs, round trips over
// random data, canonical form, and what malformed input gives.
#include <catch2/catch.hpp>

#include "random_data.h"
#include "zonefall/core/encoding.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::dns {
namespace {

Octets hex(std::string_view text) {
  return from_hex(text).value();
}

/// Tokens must not hold quotes: one blank separates two.
Result<Octets> from_text(RRType type, std::string_view text) {
  std::vector<std::string> tokens;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    tokens.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return rdata_from_tokens(type, tokens, Name::literal("example."));
}

std::string message_of(RRType type, std::string_view text) {
  return from_text(type, text).error().message;
}

TEST_CASE("the NSEC record of RFC 4034 4.3 has the octets given there") {
  const NsecRdata nsec{
      Name::literal("host.example.com."),
      TypeBitmap({RRType{1234}, RRType::nsec, RRType::a, RRType::rrsig, RRType::mx})};
  const Octets expected =
      hex("04686f7374076578616d706c6503636f6d00"
          "0006400100000003"
          "041b000000000000000000000000000000000000000000000000000020");
  CHECK(encode(nsec) == expected);
  CHECK(decode_nsec(expected).value() == nsec);
  CHECK(rdata_to_text(RRType::nsec, expected) == "host.example.com. A MX RRSIG NSEC TYPE1234");
  CHECK(from_text(RRType::nsec, "host.example.com. A MX RRSIG NSEC TYPE1234").value() == expected);
  CHECK(nsec.types.contains(RRType{1234}));
  CHECK_FALSE(nsec.types.contains(RRType::ns));
}

TEST_CASE("the DS record of RFC 4034 5.4 reads and writes") {
  const Octets rdata =
      from_text(RRType::ds, "60485 5 1 2BB183AF5F22588179A53B0A 98631FAD1A292118").value();
  const DsRdata ds = decode_ds(rdata).value();
  CHECK(ds.key_tag == 60485);
  CHECK(ds.algorithm == 5);
  CHECK(ds.digest_type == 1);
  CHECK(ds.digest == hex("2bb183af5f22588179a53b0a98631fad1a292118"));
  CHECK(encode(ds) == rdata);
  CHECK(rdata_to_text(RRType::ds, rdata) == "60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118");
}

TEST_CASE("the RRSIG record of RFC 4034 3.3 reads and writes") {
  const std::string text =
      "A RSASHA1 3 86400 20030322173103 20030220173103 2642 example.com. "
      "oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTrPYGv07h108dUKGMeDPKijVCHX3DDKdfb+v6o"
      "B9wfuh3DTJXUAfI/M0zmO/zz8bW0Rznl8O3tGNazPwQKkRN20XPXV6nwwfoXmJQbsLNrLfkG"
      "J5D6fwFm8nN+6pBzeDQfsS3Ap3o=";
  const Octets rdata = from_text(RRType::rrsig, text).value();
  const DecodedRrsig rrsig = decode_rrsig(rdata).value();
  CHECK(rrsig.fields == RrsigFields{RRType::a, 5, 3, 86400, 1048354263, 1045762263, 2642,
                                    Name::literal("example.com.")});
  CHECK(rrsig.signature.size() == 128);
  CHECK(encode(rrsig.fields, rrsig.signature) == rdata);
  CHECK(rdata_to_text(RRType::rrsig, rdata) ==
        "A 5" + text.substr(std::string("A RSASHA1").size()));
  // RFC 4034 3.2: times may also be plain seconds.
  CHECK(from_text(RRType::rrsig,
                  "A 5 3 86400 1048354263 1045762263 2642 example.com. "
                  "oJB1")
            .value() == encode(rrsig.fields, from_base64("oJB1").value()));
}

TEST_CASE("signature times wrap around in 2106") {
  const RrsigFields fields{RRType::a, 8, 1, 60, 0xffffffff, 0, 1, Name()};
  CHECK(rdata_to_text(RRType::rrsig, encode(fields, hex("00"))) ==
        "A 8 1 60 21060207062815 19700101000000 1 . AA==");
  const Octets rdata =
      from_text(RRType::rrsig, "A 8 1 60 21060207062816 19700101000000 1 . AA==").value();
  CHECK(decode_rrsig(rdata).value().fields.expiration == 0);
  CHECK(message_of(RRType::rrsig, "A 8 1 60 20261301000000 0 1 . AA==") ==
        "RRSIG expiration: '20261301000000' is not a time from 1970 on (YYYYMMDDHHMMSS)");
}

TEST_CASE("the apex NSEC3 of RFC 5155 appendix A reads and writes") {
  const Octets rdata = from_text(RRType::nsec3,
                                 "1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS "
                                 "SOA NSEC3PARAM RRSIG")
                           .value();
  const Nsec3Rdata nsec3 = decode_nsec3(rdata).value();
  CHECK(nsec3.flags == Nsec3Rdata::flag_opt_out);
  CHECK(nsec3.iterations == 12);
  CHECK(nsec3.salt == hex("aabbccdd"));
  CHECK(nsec3.next_hash.size() == 20);
  CHECK(encode(nsec3) == rdata);
  CHECK(rdata_to_text(RRType::nsec3, rdata) ==
        "1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY NSEC3PARAM");
  const Octets bare = encode(Nsec3Rdata{1, 0, 0, {}, Octets(20, 0), {}});
  CHECK(rdata_to_text(RRType::nsec3, bare) == "1 0 0 - 00000000000000000000000000000000");
  CHECK(from_text(RRType::nsec3, "1 0 0 - 00000000000000000000000000000000").value() == bare);
  CHECK(rdata_to_text(RRType::nsec3param, encode(Nsec3ParamRdata{1, 0, 5, hex("ab")})) ==
        "1 0 5 ab");
}

TEST_CASE("IPv6 addresses are written as RFC 5952 recommends") {
  struct Row {
    const char *given, *written;
  };
  const Row rows[] = {
      {"2001:0DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},    // 4.2.3, first of equal runs
      {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},         // 4.2.1
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // 4.2.2, one group stays
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},           // 4.2.3, the longest run
      {"0:0:0:0:0:0:0:0", "::"},
      {"0:0:0:0:0:0:0:1", "::1"},
      {"1:0:0:0:0:0:0:0", "1::"},
      {"0:0:1:0:0:0:0:0", "0:0:1::"},
      {"0:0:0:0:0:FFFF:192.0.2.33", "::ffff:192.0.2.33"},  // 5
      {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
  };
  for (const Row& row : rows) {
    const Octets rdata = from_text(RRType::aaaa, row.given).value();
    CHECK(rdata_to_text(RRType::aaaa, rdata) == row.written);
    CHECK(from_text(RRType::aaaa, row.written).value() == rdata);
  }
}

TEST_CASE("text formats of the other types") {
  struct Row {
    RRType type;
    const char *given, *octets, *written;
  };
  const Row rows[] = {
      {RRType::a, "192.0.2.1", "c0000201", "192.0.2.1"},
      {RRType::ns, "ns", "026e73076578616d706c6500", "ns.example."},
      {RRType::mx, "10 @", "000a076578616d706c6500", "10 example."},
      {RRType::srv, "1 2 443 .", "0001000201bb00", "1 2 443 ."},
      {RRType::txt, "a b\\\"\\255", "0161036222ff", R"("a" "b\"\255")"},
      {RRType::hinfo, "PC Unix",
       "025043"
       "04556e6978",
       R"("PC" "Unix")"},
      {RRType::caa, "0 issue ca.example",
       "00056973737565"
       "63612e6578616d706c65",
       R"(0 issue "ca.example")"},
      {RRType::naptr, "100 10 u E2U+sip !^.*$!sip:x! .",
       "0064000a01750745"
       "32552b736970"
       "0c215e2e2a24217369703a7821"
       "00",
       R"(100 10 "u" "E2U+sip" "!^.*$!sip:x!" .)"},
      {RRType::tlsa, "3 1 1 AB CD", "030101abcd", "3 1 1 abcd"},
      {RRType::dnskey, "257 3 13 AAEC Aw==",
       "0101030d"
       "00010203",
       "257 3 13 AAECAw=="},
      {RRType::cds, "0 0 0 00", "0000000000", "0 0 0 00"},          // RFC 8078 4
      {RRType::cdnskey, "0 3 0 AA==", "0000030000", "0 3 0 AA=="},  // RFC 8078 4
      {RRType::soa, "a b 1 1h 15m 1w2d 0",
       "0161076578616d706c6500"
       "0162076578616d706c6500"
       "00000001"
       "00000e10"
       "00000384"
       "000bdd80"
       "00000000",
       "a.example. b.example. 1 3600 900 777600 0"},
      {RRType{731}, "\\# 6 abcd ef012345", "abcdef012345", "\\# 6 abcdef012345"},  // RFC 3597 5
      {RRType::a, "\\# 4 0A000001", "0a000001", "10.0.0.1"},                       // RFC 3597 5
      {RRType::svcb, "\\# 0", "", "\\# 0"},
  };
  for (const Row& row : rows) {
    INFO(to_text(row.type) << ' ' << row.given);
    const auto rdata = from_text(row.type, row.given);
    REQUIRE(rdata.ok());
    CHECK(to_hex(rdata.value()) == row.octets);
    CHECK(rdata_to_text(row.type, rdata.value()) == row.written);
  }
}

TEST_CASE("further types are read by their formats and written in the generic one") {
  struct Row {
    RRType type;
    const char* given;
    std::string octets;
  };
  const std::vector<Row> rows = {
      {RRType::https, "0 a.", "0000016100"},
      {RRType::svcb, "1 . port=53", "000100000300020035"},
      {RRType::svcb, "16 a. key65280=ab alpn=h2,h3 no-default-alpn",
       "00100161000001000602683202683300020000ff0000026162"},
      {RRType::svcb, "1 . ipv6hint=::1 ipv4hint=1.2.3.4,5.6.7.8 mandatory=ipv4hint,alpn ech=AQI=",
       "0001000000000400040001000400080102030405060708000500020102000600100000000000000000000000000"
       "0000001"},
      {RRType{18}, "1 a.", "0001016100"},
      {RRType{7}, "a.", "016100"},
      {RRType{17}, "a. b.", "016100016200"},
      {RRType{25}, "256 3 5 AQ==", "0100030501"},
      {RRType{24}, "A 5 1 60 0 0 7 a. AQ==", "000105010000003c0000000000000000000701610001"},
      {RRType{44}, "1 2 ab cd", "0102abcd"},
      {RRType{53}, "3 1 1 ab", "030101ab"},
      {RRType{61}, "AQI=", "0102"},
      {RRType{62}, "66 3 A NS", "000000420003000160"},
      {RRType{63}, "5 1 1 abcd", "000000050101abcd"},
      {RRType{99}, "a b", "01610162"},
      {RRType{256}, "10 1 u:", "000a0001753a"},
      {RRType{32769}, "1 RSASHA1 2 00", "0001050200"},
  };
  for (const Row& row : rows) {
    INFO(to_text(row.type) << ' ' << row.given);
    const auto rdata = from_text(row.type, row.given);
    REQUIRE(rdata.ok());
    CHECK(to_hex(rdata.value()) == row.octets);
    CHECK(rdata_to_text(row.type, rdata.value()) ==
          "\\# " + std::to_string(row.octets.size() / 2) + " " + row.octets);
  }
}

TEST_CASE("errors in text name the type, the field and what is wrong") {
  CHECK(message_of(RRType::a, "192.0.2.256") == "A address: '192.0.2.256' is not an IPv4 address");
  CHECK(message_of(RRType::a, "010.0.0.1") == "A address: '010.0.0.1' is not an IPv4 address");
  CHECK(message_of(RRType::a, "") == "A address: missing");
  CHECK(message_of(RRType::a, "1.2.3.4 5") == "'5' after the last field of A");
  CHECK(message_of(RRType::mx, "65536 a.") ==
        "MX preference: '65536' is not a number from 0 to 65535");
  CHECK(message_of(RRType::mx, "-1 a.") == "MX preference: '-1' is not a number from 0 to 65535");
  CHECK(message_of(RRType::ds, "1 NOSUCH 1 00") ==
        "DS algorithm: 'NOSUCH' is not a number from 0 to 255, nor an algorithm's mnemonic");
  CHECK(message_of(RRType::ds, "1 8 2") == "DS digest: missing");
  CHECK(message_of(RRType::ds, "1 8 2 0g") ==
        "DS digest: 'g' at character 2 is not a hexadecimal digit");
  CHECK(message_of(RRType::txt, "a\\25") ==
        "TXT text: '\\25' is not an octet in three decimal digits");
  CHECK(message_of(RRType::txt, "a\\256") ==
        "TXT text: '\\256' is not an octet in three decimal digits");
  CHECK(message_of(RRType::txt, std::string(256, 'x')) ==
        "TXT text: 256 octets are more than a string's 255");
  CHECK(message_of(RRType::caa, "0 is-sue x") ==
        "CAA tag: 'is-sue' is not made of letters and digits");
  CHECK(message_of(RRType::opt, "1") ==
        "RDATA of type OPT is written as \\# LENGTH HEX (RFC 3597)");
  CHECK(message_of(RRType::https, "1 . alpm=h2") ==
        "HTTPS parameters: 'alpm' is not a service parameter");
  CHECK(message_of(RRType::https, "1 . port=1 port=2") ==
        "HTTPS parameters: 'port' is there twice");
  CHECK(message_of(RRType::https, "1 . ipv4hint=1") ==
        "HTTPS parameters: '1' is not an IPv4 address");
  CHECK(message_of(RRType{731}, "\\# 3 0102") == "\\# announces 3 octets but 2 follow");
  CHECK(message_of(RRType::nsec, "a. A BOGUS") ==
        "NSEC types: 'BOGUS' is not a record type; others are written TYPEnnn");
  CHECK(message_of(RRType::soa, "a b 1 2 3 4 1h30") ==
        "SOA minimum: '1h30' is not a TTL (seconds, or numbers with w, d, h, m, s)");
}

TEST_CASE("RDATA that does not parse as its type is written in the generic format") {
  CHECK(rdata_to_text(RRType::a, hex("c00002")) == "\\# 3 c00002");
  CHECK(rdata_to_text(RRType::a, hex("c000020101")) == "\\# 5 c000020101");
  CHECK(rdata_to_text(RRType::ns, hex("c00c")) == "\\# 2 c00c");  // compressed
  CHECK(rdata_to_text(RRType::ns, hex("0161")) == "\\# 2 0161");  // no root label
  CHECK(rdata_to_text(RRType::txt, hex("")) == "\\# 0");
  CHECK(rdata_to_text(RRType::txt, hex("0261")) == "\\# 2 0261");
  CHECK(rdata_to_text(RRType::nsec, hex("00000100")) == "\\# 4 00000100");
}

TEST_CASE("structs survive octets, and cut or longer octets are errors") {
  RandomData random(1);
  for (int round = 0; round < 200; ++round) {
    for (const RRType type : {RRType::soa, RRType::nsec3param, RRType::ns}) {
      Octets rdata = random.rdata(type);
      const auto decodes = [&](const Octets& octets) {
        if (type == RRType::soa) return decode_soa(octets).ok();
        if (type == RRType::nsec3param) return decode_nsec3param(octets).ok();
        return decode_name(octets).ok();
      };
      REQUIRE(decodes(rdata));
      Octets longer = rdata;
      longer.push_back(0);
      REQUIRE_FALSE(decodes(longer));
      rdata.pop_back();
      REQUIRE_FALSE(decodes(rdata));
    }
    const Octets soa = random.rdata(RRType::soa);
    REQUIRE(encode(decode_soa(soa).value()) == soa);
    const Octets nsec3 = random.rdata(RRType::nsec3);
    REQUIRE(encode(decode_nsec3(nsec3).value()) == nsec3);
    const Octets nsec = random.rdata(RRType::nsec);
    REQUIRE(encode(decode_nsec(nsec).value()) == nsec);
    const Octets dnskey = random.rdata(RRType::dnskey);
    REQUIRE(encode(decode_dnskey(dnskey).value()) == dnskey);
  }
  CHECK_FALSE(decode_dnskey(hex("010103")).ok());
  CHECK_FALSE(decode_ds(hex("010103")).ok());
  CHECK_FALSE(decode_rrsig(hex("00010801000000000000000000000000000003")).ok());
  CHECK(decode_soa(hex("0000")).error().message == "SOA RDATA is cut short or malformed");
}

TEST_CASE("type bitmaps have one encoding") {
  CHECK(TypeBitmap::from_wire({}).value() == TypeBitmap());
  CHECK(TypeBitmap().empty());
  CHECK_FALSE(TypeBitmap({RRType::a}).empty());
  CHECK_FALSE(TypeBitmap({RRType{256}}).empty());
  CHECK_FALSE(TypeBitmap::from_wire(hex("0000")).ok());          // empty block
  CHECK_FALSE(TypeBitmap::from_wire(hex("00024000")).ok());      // trailing zero octet
  CHECK_FALSE(TypeBitmap::from_wire(hex("000140000140")).ok());  // window twice
  CHECK_FALSE(TypeBitmap::from_wire(hex("010140000140")).ok());  // descending windows
  CHECK_FALSE(TypeBitmap::from_wire(hex("000240")).ok());        // cut short
  CHECK_FALSE(TypeBitmap::from_wire(hex("0021" + std::string(64, 'f') + "ff")).ok());
  CHECK(TypeBitmap({RRType::ns, RRType::a, RRType::ns}).types() ==
        std::vector{RRType::a, RRType::ns});
  CHECK(TypeBitmap({RRType{513}, RRType{256}, RRType{513}, RRType::a}).types() ==
        std::vector{RRType::a, RRType{256}, RRType{513}});
  Octets wire;
  TypeBitmap({RRType{255}, RRType{65535}}).append_wire(wire);
  CHECK(wire == hex("0020" + std::string(62, '0') +
                    "01"
                    "ff20" +
                    std::string(62, '0') + "01"));
  CHECK(TypeBitmap::from_wire(wire).value() == TypeBitmap({RRType{255}, RRType{65535}}));
}

TEST_CASE("canonical form lowers names of the listed types only") {
  const Octets name = encode_name(Name::literal("A.ExAmple."));
  const Octets lowered = encode_name(Name::literal("a.example."));
  const auto joined = [](Octets left, const Octets& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
  };
  for (const RRType type : {RRType::ns, RRType::cname, RRType::ptr, RRType::dname, RRType{3}}) {
    CHECK(canonical_rdata(type, name) == lowered);
  }
  const Octets lead = hex("4141");  // looks like letters and must stay
  CHECK(canonical_rdata(RRType::mx, joined(lead, name)) == joined(lead, lowered));
  const Octets srv_lead = hex("414141414141");
  CHECK(canonical_rdata(RRType::srv, joined(srv_lead, name)) == joined(srv_lead, lowered));
  const Octets naptr_lead =
      hex("4141414101550141"
          "0142");
  CHECK(canonical_rdata(RRType::naptr, joined(naptr_lead, name)) == joined(naptr_lead, lowered));

  const Octets timers(20, 'A');
  CHECK(canonical_rdata(RRType::soa, joined(joined(name, name), timers)) ==
        joined(joined(lowered, lowered), timers));

  RrsigFields fields{RRType::a, 8, 2, 60, 2, 1, 5, Name::literal("A.ExAmple.")};
  const Octets signature = hex("414141");
  const Octets rrsig = encode(fields, signature);
  fields.signer = fields.signer.canonical();
  CHECK(canonical_rdata(RRType::rrsig, rrsig) == encode(fields, signature));

  // RFC 6840 5.1: not NSEC. Nor types that RFC 4034 does not list.
  const Octets nsec = encode(NsecRdata{Name::literal("A.ExAmple."), TypeBitmap({RRType::a})});
  CHECK(canonical_rdata(RRType::nsec, nsec) == nsec);
  CHECK(canonical_rdata(RRType{65280}, name) == name);
  CHECK(canonical_rdata(RRType::svcb, joined(lead, name)) == joined(lead, name));
  // What does not parse stays as it is.
  CHECK(canonical_rdata(RRType::ns, joined(name, hex("00"))) == joined(name, hex("00")));
  CHECK(canonical_rdata(RRType::soa, joined(name, name)) == joined(name, name));
  CHECK(canonical_rdata(RRType::ns, hex("0241")) == hex("0241"));
}

}  // namespace
}  // namespace zonefall::dns
