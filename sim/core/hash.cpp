#include "zonefall/core/hash.h"

#include <fmt/format.h>

#include "zonefall/core/words.h"

namespace zonefall {
namespace {

// Odd words without pattern: the first 64 bits of the fractional parts of the square roots of
// 2, 3, 5 and 7 (as in FIPS 180-4, 5.3.5), the last bit set.
constexpr std::uint64_t root_2 = 0x6a09e667f3bcc909ULL;
constexpr std::uint64_t root_3 = 0xbb67ae8584caa73bULL;
constexpr std::uint64_t root_5 = 0x3c6ef372fe94f82bULL;
constexpr std::uint64_t root_7 = 0xa54ff53a5f1d36f1ULL;

// One lane. The addition keeps a state of zero from staying there over zero words.
constexpr std::uint64_t absorb(std::uint64_t state, std::uint64_t word, std::uint64_t factor) {
  return multiply_fold(state ^ word, factor) + root_7;
}

constexpr std::uint64_t start(std::uint64_t key, std::uint64_t size, std::uint64_t factor) {
  return hash_combine(hash_combine(factor, key), size);
}

}  // namespace

std::uint64_t hash_bytes(std::span<const std::uint8_t> octets, std::uint64_t key) {
  std::uint64_t state = start(key, octets.size(), root_2);
  for_each_word(octets.data(), octets.size(),
                [&](std::uint64_t word) { state = absorb(state, word, root_2); });
  return mix64(state);
}

std::uint64_t hash_text(std::string_view text, std::uint64_t key) {
  return hash_bytes({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, key);
}

Digest128 digest_bytes(std::span<const std::uint8_t> octets, std::uint64_t key) {
  std::uint64_t high = start(key, octets.size(), root_3);
  std::uint64_t low = start(key, octets.size(), root_5);
  for_each_word(octets.data(), octets.size(), [&](std::uint64_t word) {
    high = absorb(high, word, root_3);
    low = absorb(low, mix64(word), root_5);
  });
  return {hash_combine(high, low), hash_combine(low ^ root_2, high)};
}

Digest128 digest_combine(const Digest128& state, const Digest128& word) {
  const std::uint64_t high =
      absorb(absorb(state.high ^ root_5, word.high, root_3), word.low, root_2);
  const std::uint64_t low = absorb(absorb(state.low ^ root_3, word.low, root_5), word.high, root_2);
  return {hash_combine(high, low), hash_combine(low ^ root_2, high)};
}

std::string Fingerprint::to_text() const {
  return fmt::format("{:016x}", state_);
}

}  // namespace zonefall
