// Octets as 64-bit words, and the multiply step of our hashes; the same on every platform.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace zonefall {

__extension__ using uint128 = unsigned __int128;

/// Both halves of the 128-bit product, xored.
constexpr std::uint64_t multiply_fold(std::uint64_t a, std::uint64_t b) {
  const uint128 product = static_cast<uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// 0 .. bound - 1, from a uniform word.
constexpr std::uint64_t scale(std::uint64_t word, std::uint64_t bound) {
  return static_cast<std::uint64_t>(static_cast<uint128>(word) * bound >> 64);
}

/// Eight octets, the first one lowest.
inline std::uint64_t load_word(const std::uint8_t* octets) {
  std::uint64_t word = 0;
  std::memcpy(&word, octets, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// One to seven octets, the first one lowest, zeros above.
inline std::uint64_t load_short_word(const std::uint8_t* octets, std::size_t count) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < count; ++i) word |= std::uint64_t{octets[i]} << (8 * i);
  return word;
}

/// Calls `use(word)` for the words that cover `octets`: whole ones, then the last eight octets
/// again if some are left over. Under eight octets make one short word; none make no word.
template <typename Use>
void for_each_word(const std::uint8_t* octets, std::size_t count, Use use) {
  if (count < 8) {
    if (count > 0) use(load_short_word(octets, count));
    return;
  }
  std::size_t at = 0;
  for (; at + 8 <= count; at += 8) use(load_word(octets + at));
  if (at < count) use(load_word(octets + count - 8));
}

}  // namespace zonefall
