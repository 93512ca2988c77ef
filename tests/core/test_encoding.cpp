// Hexadecimal, base64 and base32hex against the vectors of RFC 4648, both ways, and their errors.
#include <catch2/catch.hpp>

#include "zonefall/core/encoding.h"

namespace zonefall {
namespace {

std::vector<std::uint8_t> octets_of(std::string_view text) {
  return {text.begin(), text.end()};
}

TEST_CASE("the vectors of RFC 4648 10 hold in both directions") {
  struct Row {
    std::string_view plain, base64, base32hex, hex;
  };
  const Row rows[] = {
      {"", "", "", ""},
      {"f", "Zg==", "co", "66"},
      {"fo", "Zm8=", "cpng", "666f"},
      {"foo", "Zm9v", "cpnmu", "666f6f"},
      {"foob", "Zm9vYg==", "cpnmuog", "666f6f62"},
      {"fooba", "Zm9vYmE=", "cpnmuoj1", "666f6f6261"},
      {"foobar", "Zm9vYmFy", "cpnmuoj1e8", "666f6f626172"},
  };
  for (const Row& row : rows) {
    const auto octets = octets_of(row.plain);
    CHECK(to_base64(octets) == row.base64);
    CHECK(to_base32hex(octets) == row.base32hex);
    CHECK(to_hex(octets) == row.hex);
    CHECK(from_base64(row.base64).value() == octets);
    CHECK(from_base32hex(row.base32hex).value() == octets);
    CHECK(from_hex(row.hex).value() == octets);
  }
}

TEST_CASE("every octet value survives each encoding at every alignment") {
  std::vector<std::uint8_t> octets;
  for (unsigned i = 0; i < 259; ++i) octets.push_back(static_cast<std::uint8_t>(i * 37U));
  for (std::size_t skip = 0; skip < 6; ++skip) {
    const std::vector<std::uint8_t> part(octets.begin() + static_cast<std::ptrdiff_t>(skip),
                                         octets.end());
    CHECK(from_base64(to_base64(part)).value() == part);
    CHECK(from_base32hex(to_base32hex(part)).value() == part);
    CHECK(from_hex(to_hex(part)).value() == part);
  }
}

TEST_CASE("hexadecimal and base32hex take capitals, base64 tells case apart") {
  CHECK(from_hex("0aFF").value() == std::vector<std::uint8_t>{0x0a, 0xff});
  CHECK(from_base32hex("CPNMU").value() == octets_of("foo"));
  CHECK(from_base64("ZG==").ok() == false);
  CHECK(from_base64("zg==").value() != from_base64("Zg==").value());
}

TEST_CASE("text that is not an encoding of octets is an error that says why") {
  CHECK(from_hex("abc").error().message == "3 digits are no whole number of octets in hexadecimal");
  CHECK(from_hex("0g").error().message == "'g' at character 2 is not a hexadecimal digit");
  CHECK(from_hex("0 ").error().message == "octet 0x20 at character 2 is not a hexadecimal digit");
  CHECK_FALSE(from_base64("Zg").ok());    // no padding
  CHECK_FALSE(from_base64("Zh==").ok());  // bits beyond the octet
  CHECK_FALSE(from_base64("Z===").ok());
  CHECK_FALSE(from_base64("====").ok());
  CHECK_FALSE(from_base64("Zg==Zg==").ok());
  CHECK_FALSE(from_base64("Zm9\n").ok());
  CHECK_FALSE(from_base32hex("cp").ok());   // "co" is the only text of one octet 'f'
  CHECK_FALSE(from_base32hex("c").ok());    // five bits
  CHECK_FALSE(from_base32hex("cpn").ok());  // fifteen bits are one octet and seven bits
  CHECK_FALSE(from_base32hex("co======").ok());
  CHECK_FALSE(from_base32hex("w0").ok());
}

}  // namespace
}  // namespace zonefall
