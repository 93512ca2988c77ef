// Goal: addresses read and print as RFC 4291 and RFC 5952 say.
#include <catch2/catch.hpp>

#include "zonefall/dns/address.h"

namespace zonefall::dns {

TEST_CASE("addresses read back as the text that stands for them") {
  struct Row {
    const char* text;
    const char* canonical;
    bool is_v4;
  };
  const Row rows[] = {
      {"192.0.2.1", "192.0.2.1", true},
      {"0.0.0.0", "0.0.0.0", true},
      {"::ffff:192.0.2.1", "192.0.2.1", true},
      {"2001:DB8:0:0:0:0:0:1", "2001:db8::1", false},
      {"2001:db8::1", "2001:db8::1", false},
      // RFC 5952 4.2.2 and 4.2.3: no "::" for one group, the longest run, the first of equals.
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", false},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1", false},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", false},
      {"::", "::", false},
      {"::1", "::1", false},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const auto address = Address::parse(row.text);
    REQUIRE(address.ok());
    CHECK(address.value().to_text() == row.canonical);
    CHECK(address.value().is_v4() == row.is_v4);
    CHECK(Address::parse(row.canonical).value() == address.value());
  }
  CHECK(Address::v4({192, 0, 2, 1}) == Address::parse("192.0.2.1").value());
}

TEST_CASE("texts that are no address are errors") {
  for (const char* text : {"", "192.0.2", "192.0.2.256", "192.0.2.1 ", "1:2:3:4:5:6:7",
                           "::1::", "2001:db8::g", "2001:db8::1%eth0", "localhost"}) {
    INFO(text);
    CHECK(!Address::parse(text).ok());
  }
  CHECK(!Address::parse(std::string_view("192.0.2.1\0", 10)).ok());
  CHECK(Address::parse("nonsense").error().message ==
        "'nonsense' is neither an IPv4 nor an IPv6 address");
}

TEST_CASE("a block holds the addresses that begin with its bits") {
  struct Row {
    const char* block;
    const char* address;
    bool holds;
  };
  const Row rows[] = {
      {"192.0.2.0/24", "192.0.2.255", true},
      {"192.0.2.0/24", "192.0.3.0", false},
      {"192.0.2.128/25", "192.0.2.1", false},
      {"192.0.2.129/25", "192.0.2.200", true},
      {"0.0.0.0/0", "203.0.113.1", true},
      {"0.0.0.0/0", "2001:db8::1", false},
      {"::/0", "203.0.113.1", true},
      {"2001:db8::/33", "2001:db8:7fff::1", true},
      {"2001:db8::/33", "2001:db8:8000::1", false},
      {"192.0.2.1", "192.0.2.1", true},
      {"192.0.2.1", "192.0.2.2", false},
      {"192.0.2.1/32", "192.0.2.1", true},
  };
  for (const Row& row : rows) {
    INFO(row.block << " and " << row.address);
    const auto block = AddressBlock::parse(row.block);
    REQUIRE(block.ok());
    CHECK(block.value().contains(Address::parse(row.address).value()) == row.holds);
  }
  for (const char* text : {"192.0.2.0/33", "192.0.2.0/", "192.0.2.0/x", "::/129", "/8", "a/8"}) {
    INFO(text);
    CHECK(!AddressBlock::parse(text).ok());
  }
}

}  // namespace zonefall::dns
