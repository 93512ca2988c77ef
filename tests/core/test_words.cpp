// Goal: the words that stand for octets see every octet, in the same way on every platform.
#include <algorithm>
#include <numeric>
#include <vector>

#include <catch2/catch.hpp>

#include "zonefall/core/words.h"

namespace {

std::vector<std::uint64_t> words_of(const std::vector<std::uint8_t>& octets) {
  std::vector<std::uint64_t> words;
  zonefall::for_each_word(octets.data(), octets.size(),
                          [&](std::uint64_t word) { words.push_back(word); });
  return words;
}

}  // namespace

TEST_CASE("the first octet is the lowest") {
  CHECK(words_of({}).empty());
  CHECK(words_of({1}) == std::vector<std::uint64_t>{0x01});
  CHECK(words_of({1, 2, 3}) == std::vector<std::uint64_t>{0x030201});
  CHECK(words_of({1, 2, 3, 4, 5, 6, 7, 8}) == std::vector<std::uint64_t>{0x0807060504030201});
  CHECK(words_of({1, 2, 3, 4, 5, 6, 7, 8, 9}) ==
        std::vector<std::uint64_t>{0x0807060504030201, 0x0908070605040302});
}

TEST_CASE("every octet changes some word") {
  for (std::size_t size = 1; size < 40; ++size) {
    std::vector<std::uint8_t> octets(size);
    std::iota(octets.begin(), octets.end(), std::uint8_t{1});
    const auto words = words_of(octets);
    for (std::size_t at = 0; at < size; ++at) {
      auto other = octets;
      other[at] = 0xff;
      REQUIRE(words_of(other) != words);
    }
  }
}

TEST_CASE("multiply_fold xors both halves of the product") {
  CHECK(zonefall::multiply_fold(3, 5) == 15);
  // (2^64 - 1)^2 = 2^128 - 2^65 + 1: halves 2^64 - 2 and 1.
  CHECK(zonefall::multiply_fold(~0ULL, ~0ULL) == ~0ULL);
  CHECK(zonefall::multiply_fold(1ULL << 63, 4) == 2);
}
