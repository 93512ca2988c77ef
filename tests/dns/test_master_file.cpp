// Master files: the grammar, the place of each error, round trips, and the judgement of BIND and
// ldns on what is written.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "random_data.h"
#include "zonefall/dns/master_file.h"

namespace zonefall::dns {
namespace {

MasterFileOptions options() {
  return {"z", Name::literal("example."), std::nullopt};
}

std::vector<SignedRRset> parse(std::string_view text) {
  auto zone = parse_master_file(text, options());
  INFO(text);
  if (!zone.ok()) FAIL(zone.error().to_text());
  return std::move(zone).value();
}

std::string error_of(std::string_view text) {
  INFO(text);
  const auto zone = parse_master_file(text, options());
  REQUIRE_FALSE(zone.ok());
  return zone.error().to_text();
}

std::string written(const std::vector<SignedRRset>& zone) {
  std::string text;
  for (const SignedRRset& entry : zone) text += to_master_text(entry);
  return text;
}

void check_equal(const std::vector<SignedRRset>& left, const std::vector<SignedRRset>& right) {
  REQUIRE(left.size() == right.size());
  for (std::size_t i = 0; i < left.size(); ++i) {
    INFO(to_master_text(left[i]) << to_master_text(right[i]));
    REQUIRE((left[i].rrset->content_id() == right[i].rrset->content_id()));
    REQUIRE(left[i].rrsigs.size() == right[i].rrsigs.size());
    for (std::size_t j = 0; j < left[i].rrsigs.size(); ++j) {
      REQUIRE(left[i].rrsigs[j]->fields() == right[i].rrsigs[j]->fields());
      REQUIRE(std::ranges::equal(left[i].rrsigs[j]->signature(), right[i].rrsigs[j]->signature()));
    }
  }
}

TEST_CASE("the example zone file of RFC 1035 5.3 reads") {
  const auto zone = parse_master_file(
      "@   IN  SOA     VENERA      Action\\.domains (\n"
      "                                 20     ; SERIAL\n"
      "                                 7200   ; REFRESH\n"
      "                                 600    ; RETRY\n"
      "                                 3600000; EXPIRE\n"
      "                                 60)    ; MINIMUM\n"
      "\n"
      "        NS      A.ISI.EDU.\n"
      "        NS      VENERA\n"
      "        NS      VAXA\n"
      "        MX      10      VENERA\n"
      "        MX      20      VAXA\n"
      "\n"
      "A       A       26.3.0.103\n"
      "\n"
      "VENERA  A       10.1.0.52\n"
      "        A       128.9.0.32\n"
      "\n"
      "VAXA    A       10.2.0.27\n"
      "        A       128.9.0.33\n",
      {"isi", Name::literal("ISI.EDU."), 60});
  REQUIRE(zone.ok());
  CHECK(written(zone.value()) ==
        "ISI.EDU. 60 IN NS A.ISI.EDU.\n"
        "ISI.EDU. 60 IN NS VAXA.ISI.EDU.\n"
        "ISI.EDU. 60 IN NS VENERA.ISI.EDU.\n"
        "ISI.EDU. 60 IN SOA VENERA.ISI.EDU. Action\\.domains.ISI.EDU. 20 7200 600 3600000 60\n"
        "ISI.EDU. 60 IN MX 10 VENERA.ISI.EDU.\n"
        "ISI.EDU. 60 IN MX 20 VAXA.ISI.EDU.\n"
        "A.ISI.EDU. 60 IN A 26.3.0.103\n"
        "VAXA.ISI.EDU. 60 IN A 10.2.0.27\n"
        "VAXA.ISI.EDU. 60 IN A 128.9.0.33\n"
        "VENERA.ISI.EDU. 60 IN A 10.1.0.52\n"
        "VENERA.ISI.EDU. 60 IN A 128.9.0.32\n");
}

TEST_CASE("owner, TTL and class may be left out, in the ways of RFC 1035 5.1 and RFC 2308 4") {
  CHECK(written(parse("a 5 IN TXT 1\nb IN 6 TXT 2\nc TXT 3\n TYPE65280 \\# 0\n"
                      "$TTL 1m\nd TXT 4\ne 7 TXT 5\nf IN TXT 6\n$ORIGIN sub\n@ TXT 7\n"
                      "$ORIGIN x.\n\tA 192.0.2.1 ; the owner before\ny 1W2D3H4M5S TXT 8")) ==
        "a.example. 5 IN TXT \"1\"\n"
        "b.example. 6 IN TXT \"2\"\n"
        "c.example. 6 IN TXT \"3\"\n"
        "c.example. 6 IN TYPE65280 \\# 0\n"
        "d.example. 60 IN TXT \"4\"\n"
        "e.example. 7 IN TXT \"5\"\n"
        "f.example. 60 IN TXT \"6\"\n"
        "sub.example. 60 IN A 192.0.2.1\n"
        "sub.example. 60 IN TXT \"7\"\n"
        "y.x. 788645 IN TXT \"8\"\n");
  CHECK(written(parse("ns 5 ch txt x\na a \\# 4 01020304\n")) ==
        "a.example. 5 CH A 1.2.3.4\nns.example. 5 CH TXT \"x\"\n");
}

TEST_CASE("parentheses, comments, quotes and escapes") {
  CHECK(written(parse("a 5 TXT ( one ; (comment \"\n\n two\n)three\r\n"
                      "b 5 TXT \"a;b (c)\" d\\;e\\ f \"\" g\\(\\\" \"x\"\n"
                      "c 5 TXT x\"y\" \"1\"2\n"
                      "h 5 TXT \"\\#\" 1 ; no generic RDATA\n"
                      "( d 5 \n TXT x )  ; last line without newline")) ==
        "a.example. 5 IN TXT \"one\" \"two\" \"three\"\n"
        "b.example. 5 IN TXT \"a;b (c)\" \"d;e f\" \"\" \"g(\\\"\" \"x\"\n"
        "c.example. 5 IN TXT \"x\\\"y\\\"\" \"1\" \"2\"\n"
        "d.example. 5 IN TXT \"x\"\n"
        "h.example. 5 IN TXT \"#\" \"1\"\n");
  CHECK(parse("").empty());
  CHECK(parse(" \n\t; nothing\n()\n").empty());
}

TEST_CASE("RRSIGs go to the RRset they cover, wherever they stand") {
  const auto zone = parse(
      "a 5 RRSIG A 13 2 5 20260601000000 20260501000000 7 example. b25l\n"
      "a 5 A 192.0.2.1\n"
      "A 5 RRSIG A 13 2 5 20260601000000 20260501000000 8 example. dHdv\n"
      "a 5 RRSIG A 13 2 5 20260601000000 20260501000000 7 example. b25l ; again\n"
      "a 5 AAAA ::1\n");
  REQUIRE(zone.size() == 2);
  REQUIRE(zone[0].rrsigs.size() == 2);
  CHECK(zone[0].rrsigs[0]->fields().key_tag == 7);
  CHECK(zone[0].rrsigs[1]->fields().key_tag == 8);
  CHECK(zone[1].rrset->type() == RRType::aaaa);
  CHECK(zone[1].rrsigs.empty());
  CHECK(error_of("a 5 A 192.0.2.1\na 5 RRSIG MX 13 2 5 2 1 7 example. b25l\n") ==
        "z:2:1: the RRSIG covers MX records of a.example., which has none");
  CHECK(error_of("a 5 A 192.0.2.1\na 6 RRSIG A 13 2 5 2 1 7 example. b25l\n") ==
        "z:2:3: TTL 6 differs from 5 of the RRset it covers on line 1 (RFC 4034 3)");
  CHECK(error_of("a 5 A 192.0.2.1\na 5 RRSIG \\# 2 0001\n") ==
        "z:2:1: RRSIG RDATA is cut short or malformed");
}

TEST_CASE("each error has its line and column") {
  CHECK(error_of("$TTL 5\na A 192.0.2.1\nb   A   192.0.2.x\n") ==
        "z:3:9: A address: '192.0.2.x' is not an IPv4 address");
  CHECK(error_of("a 5 SOA a b (\n 1\n  2x 3 4 5 )") ==
        "z:3:3: SOA refresh: '2x' is not a TTL (seconds, or numbers with w, d, h, m, s)");
  CHECK(error_of("a 5 MX 10\n") == "z:1:10: MX exchange: missing");
  CHECK(error_of("a 5 MX 10 b c\n") == "z:1:13: 'c' after the last field of MX");
  CHECK(error_of("a 5 DS 1 8 2 00 ( 11\n 2z )\n") ==
        "z:1:14: DS digest: 'z' at character 6 is not a hexadecimal digit");
  CHECK(error_of("$INCLUDE x\n") ==
        "z:1:1: $INCLUDE is not supported: put all records in one file");
  CHECK(error_of("\n$GENERATE 1-2 a A 192.0.2.$\n") ==
        "z:2:1: '$GENERATE' is not a directive ($ORIGIN, $TTL)");
  CHECK(error_of("$TTL\n") == "z:1:5: $TTL has no value");
  CHECK(error_of("$TTL 1 2\n") == "z:1:8: '2' after the value of $TTL");
  CHECK(error_of("$TTL 1y\n") ==
        "z:1:6: '1y' is not a TTL (seconds, or numbers with w, d, h, m, s)");
  CHECK(error_of("$TTL 2147483648\n") == "z:1:6: a TTL of 2147483648 s is more than 2147483647 s");
  CHECK(error_of("$TTL 99999999999999999999\n") ==
        "z:1:6: '99999999999999999999' is more than 4294967295 seconds");
  CHECK(error_of("a A 192.0.2.1\n") ==
        "z:1:1: the record has no TTL, and there is no $TTL before it");
  CHECK(error_of(" 5 A 192.0.2.1\n") == "z:1:2: the first record of a file needs an owner name");
  CHECK(error_of("a 5 IN\n") == "z:1:7: the record has no type");
  CHECK(error_of("a 5 IN IN A 192.0.2.1\n") ==
        "z:1:8: 'IN' is not a record type; others are written TYPEnnn");
  CHECK(error_of("a 5 OPT \\# 0\n") == "z:1:5: OPT is not a type of zone data");
  CHECK(error_of("a 5 TYPE252 \\# 0\n") == "z:1:5: TYPE252 is not a type of zone data");
  CHECK(error_of("a 5 NONE A 192.0.2.1\n") == "z:1:5: NONE is not a class of zone data");
  CHECK(error_of("a 5 A 192.0.2.1\nb CH A 192.0.2.1\n") ==
        "z:2:3: class CH after records of class IN");
  CHECK(error_of("a 5 TXT (\n ( x )\n") == "z:1:9: '(' is not closed");
  CHECK(error_of("a 5 TXT x )\n") == "z:1:11: ')' without '('");
  CHECK(error_of("a 5 TXT \"x\ny\"\n") == "z:1:9: the quote is not closed on its line");
  CHECK(error_of("a 5 TXT xy\\\n") == "z:1:11: a backslash ends the line");
  CHECK(error_of("a 5 TXT \"xy\\") == "z:1:12: a backslash ends the line");
  CHECK(error_of("a 5 TXT ok\na..b 5 TXT x\n").starts_with("z:2:1: "));
  CHECK(error_of("a 5 NS b..c\n").starts_with("z:1:8: NS name: "));
  CHECK(error_of("$ORIGIN a..b\n").starts_with("z:1:9: "));
}

TEST_CASE("what may not stand together is an error at the later record") {
  CHECK(error_of("a 5 A 192.0.2.1\nb 5 A 192.0.2.1\nA 6 A 192.0.2.2\n") ==
        "z:3:3: TTL 6 differs from 5 of the same RRset on line 1 (RFC 2181 5.2)");
  CHECK(error_of("a 5 CNAME b\na 5 A 192.0.2.1\n") ==
        "z:2:1: a.example. has a CNAME and also A records");
  CHECK(error_of("a 5 TXT x\nb 5 TXT x\n  \n  \na 5 CNAME b\n") ==
        "z:5:1: a.example. has a CNAME and also TXT records");
  CHECK(error_of("a 5 CNAME b\na 5 CNAME c\n") ==
        "z:2:1: a.example. has a CNAME and other CNAME records");
  // RFC 4035 2.5
  CHECK(parse("a 5 CNAME b\na 5 CNAME B\na 5 NSEC c CNAME RRSIG NSEC\n"
              "a 5 RRSIG CNAME 13 2 5 2 1 7 example. b25l\n")
            .size() == 2);
}

TEST_CASE("what is written reads back equal, for random records of every type") {
  RandomData random(42);
  for (int round = 0; round < 40; ++round) {
    std::map<std::pair<Name, RRType>, SignedRRset> zone;
    for (const RRType type : zone_types()) {
      if (type == RRType::cname) continue;  // cannot stand beside others; has a case of its own
      const RRset::Header header{random.below(3) == 0 ? Name() : random.name(), type, RRClass::in,
                                 random.u32() >> 1};
      std::vector<Octets> rdatas;
      for (std::uint64_t n = 1 + random.below(3); n > 0; --n) {
        // One in four is malformed, and must take the generic format.
        rdatas.push_back(random.below(4) == 0 ? random.octets(random.below(30))
                                              : random.rdata(type));
      }
      SignedRRset entry{RRset::make(header, std::move(rdatas)), {}};
      for (std::uint64_t n = random.below(3); n > 0; --n) {
        const RrsigFields fields = random.rrsig_fields(type);
        entry.rrsigs.push_back(make_octet_rrsig(fields, random.octets(random.below(60))));
      }
      zone.insert_or_assign({header.owner, type}, std::move(entry));
    }
    std::vector<SignedRRset> entries;
    entries.reserve(zone.size());
    for (auto& [key, entry] : zone) entries.push_back(entry);
    const std::string text = written(entries);
    const auto again = parse(text);
    check_equal(entries, again);
    REQUIRE(written(again) == text);
    std::reverse(entries.begin(), entries.end());
    check_equal(parse(written(entries)), again);
  }
}

TEST_CASE("a random CNAME reads back equal") {
  RandomData random(43);
  for (int round = 0; round < 50; ++round) {
    const RRset::Header header{random.name(), RRType::cname, RRClass::in, 60};
    const SignedRRset entry{RRset::make(header, {random.rdata(RRType::cname)}), {}};
    check_equal({entry}, parse(to_master_text(entry)));
  }
}

// A zone that BIND loads: its signatures need not verify, but their fields must make sense.
constexpr std::string_view judged_zone =
    R"($TTL 3600
@ SOA ns hostmaster 2026050500 7200 900 1209600 3600
@ NS ns
@ NS Ns.Other.Example.org.
@ MX 10 mail
@ TXT "v=spf1 -all" "a;b(c)\"\\ \000\255" ""
@ CAA 0 issue "ca.example; policy=ev"
@ DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=
@ CDNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=
@ CDS 3613 15 2 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b
@ RRSIG SOA 15 1 3600 20360601000000 20260501000000 3613 example. )"
    R"(oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==
@ NSEC3PARAM 1 0 12 aabbccdd
ns 300 A 192.0.2.1
ns 300 AAAA 2001:db8::53
mapped AAAA ::ffff:192.0.2.33
mail A 192.0.2.2
_443._tcp.www 60 TLSA 3 1 1 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b
_sip._udp SRV 1 2 5060 ns
sip NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:a@b!" .
sub NS ns.sub
sub DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118
ns.sub A 192.0.2.3
*.wild CNAME target
d DNAME elsewhere.example.org.
ptr PTR Target.example.net.
odd\032\"owner\.\200 HINFO "PC \"x\"" Unix
generic TYPE65280 \# 3 abcdef
empty TYPE65281 \# 0
n NSEC host A MX RRSIG NSEC TYPE1234
2t7b4g4vsa5smi47k61mv5bv1a22bojr NSEC3 1 1 12 aabbccdd 2vptu5timamqttgl4luu9kg21e0aor3s A RRSIG
)";

/// What a command prints, and "" if it fails.
std::string output_of(const std::string& command) {
  std::FILE* const pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  char buffer[4096];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) {
    output.append(buffer, size);
  }
  return pclose(pipe) == 0 ? output : std::string();
}

class TemporaryZoneFile {
 public:
  explicit TemporaryZoneFile(std::string_view text)
      : path_(std::filesystem::temp_directory_path() /
              ("zonefall_test_" + std::to_string(getpid()) + ".zone")) {
    std::ofstream(path_) << text;
  }
  ~TemporaryZoneFile() { std::filesystem::remove(path_); }
  TemporaryZoneFile(const TemporaryZoneFile&) = delete;
  TemporaryZoneFile& operator=(const TemporaryZoneFile&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// A tool reads what we write and prints it in its own words: those must mean the same to us.
void check_judged_by(const std::string& tool, const std::string& arguments) {
  if (!std::filesystem::exists(tool)) {
    WARN(tool << " is not installed");
    return;
  }
  const auto zone = parse(judged_zone);
  const TemporaryZoneFile file(written(zone));
  const std::string printed = output_of(tool + ' ' + arguments + ' ' + file.path() + " 2>&1");
  INFO(printed);
  REQUIRE_FALSE(printed.empty());
  check_equal(zone, parse(printed));
}

TEST_CASE("BIND reads what is written, and its dump reads back equal") {
  check_judged_by("/usr/bin/named-checkzone", "-q -i none -k ignore -D -o - example");
}

TEST_CASE("ldns reads what is written, and its dump reads back equal") {
  check_judged_by("/usr/bin/ldns-read-zone", "");
}

}  // namespace
}  // namespace zonefall::dns
