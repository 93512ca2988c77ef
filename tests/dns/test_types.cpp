// Mnemonics of types, classes and codes, in both directions.
#include <catch2/catch.hpp>

#include "zonefall/dns/types.h"

namespace zonefall::dns {
namespace {

TEST_CASE("every type and class value survives text") {
  for (unsigned value = 0; value <= 0xffff; ++value) {
    const RRType type{static_cast<std::uint16_t>(value)};
    const RRClass rclass{static_cast<std::uint16_t>(value)};
    REQUIRE(parse_rrtype(to_text(type)).value() == type);
    REQUIRE(parse_rrclass(to_text(rclass)).value() == rclass);
  }
}

TEST_CASE("types are known by mnemonic in any case and by number") {
  CHECK(to_text(RRType::nsec3param) == "NSEC3PARAM");
  CHECK(parse_rrtype("nsec3Param").value() == RRType::nsec3param);
  CHECK(parse_rrtype("TYPE1").value() == RRType::a);
  CHECK(parse_rrtype("type65280").value() == RRType{65280});
  CHECK(to_text(RRType{65280}) == "TYPE65280");
  // The registry's others are read by name and written by number.
  CHECK(parse_rrtype("dlv").value() == RRType{32769});
  CHECK(parse_rrtype("NSAP-PTR").value() == RRType{23});
  CHECK(to_text(RRType{32769}) == "TYPE32769");
  CHECK(to_text(RRClass{32}) == "CLASS32");
  CHECK(parse_rrclass("ch").value() == RRClass::ch);
}

TEST_CASE("texts that name no type are errors") {
  for (const char* text :
       {"", "TYPE", "TYPE65536", "TYPE-1", "TYPE+1", "TYPE1x", "TYP1", "A ", "BOGUS", "TYPE 1"}) {
    CHECK_FALSE(parse_rrtype(text).ok());
  }
  CHECK_FALSE(parse_rrclass("CLASS65536").ok());
  CHECK(parse_rrtype("BOGUS").error().message ==
        "'BOGUS' is not a record type; others are written TYPEnnn");
}

TEST_CASE("codes print as the registry writes them") {
  CHECK(to_text(Opcode::notify) == "NOTIFY");
  CHECK(to_text(Opcode{7}) == "OPCODE7");
  CHECK(to_text(Rcode::servfail) == "SERVFAIL");
  CHECK(to_text(Rcode{23}) == "RCODE23");
  CHECK(to_text(EdeCode::dnssec_bogus) == "DNSSEC Bogus");
  CHECK(to_text(EdeCode::stale_nxdomain_answer) == "Stale NXDOMAIN Answer");
  CHECK(to_text(EdeCode{4711}) == "EDE 4711");
}

}  // namespace
}  // namespace zonefall::dns
