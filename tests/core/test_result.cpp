// Goal: a Result gives its value or its error, and reading the wrong one stops the program.
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "aborts.h"
#include "zonefall/core/result.h"

using zonefall::Error;
using zonefall::Result;

namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return Error{"odd number", "test:1:2"};
  return number / 2;
}

}  // namespace

TEST_CASE("a Result holds a value or an error") {
  const auto good = half(4);
  REQUIRE(good.ok());
  CHECK(static_cast<bool>(good));
  CHECK(good.value() == 2);
  CHECK(good.value_or(7) == 2);
  const auto bad = half(3);
  REQUIRE_FALSE(bad.ok());
  CHECK_FALSE(static_cast<bool>(bad));
  CHECK(bad.value_or(7) == 7);
  CHECK(bad.error().to_text() == "test:1:2: odd number");
  CHECK(Error{"alone"}.to_text() == "alone");
}

TEST_CASE("a value can be changed in place and moved out") {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  *result.value() = 6;
  const std::unique_ptr<int> moved = std::move(result).value();
  CHECK(*moved == 6);
}

TEST_CASE("a Result of an Error-like text keeps the two apart") {
  const Result<std::string> text(std::string("odd number"));
  CHECK(text.ok());
}

TEST_CASE("reading the wrong side aborts, reading the right one does not") {
  CHECK(aborts([] { static_cast<void>(half(3).value()); }));
  CHECK(aborts([] { static_cast<void>(half(4).error()); }));
  CHECK_FALSE(aborts([] { static_cast<void>(half(4).value()); }));
  CHECK_FALSE(aborts([] { static_cast<void>(half(3).error()); }));
}
