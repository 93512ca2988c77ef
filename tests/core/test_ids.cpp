// Goal: serial numbers compare as RFC 1982 section 3.2 says; ids of two kinds do not mix.
#include <type_traits>

#include <catch2/catch.hpp>

#include "zonefall/core/ids.h"

using zonefall::serial_after;

TEST_CASE("RFC 1982: serials compare around the circle") {
  CHECK(serial_after(1, 0));
  CHECK_FALSE(serial_after(0, 1));
  CHECK(serial_after(0, 0xffffffffU));
  CHECK_FALSE(serial_after(0xffffffffU, 0));
  CHECK(serial_after(0x7fffffffU, 0));
  CHECK(serial_after(44, 0x80000000U + 45));
  CHECK_FALSE(serial_after(7, 7));
  CHECK_FALSE(serial_after(0x80000000U, 0));
  CHECK_FALSE(serial_after(0, 0x80000000U));
}

TEST_CASE("ids of one kind are ordered, ids of two kinds are two types") {
  using Site = zonefall::StrongId<struct SiteTag, unsigned>;
  using Key = zonefall::StrongId<struct KeyTag, unsigned>;
  CHECK(Site{1} < Site{2});
  CHECK(Site{2} == Site{2});
  CHECK_FALSE(std::is_convertible_v<Site, Key>);
  CHECK_FALSE(std::is_convertible_v<unsigned, Site>);
}
