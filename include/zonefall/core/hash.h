// Deterministic, non-cryptographic hashes: the same input gives the same value on every platform,
// compiler and run.
//
// Used for content ids, procedural populations and run fingerprints, never against an adversary.
// Not for DNSSEC digests: those come from OpenSSL (dnssec/).
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace zonefall {

/// A bijective 64-bit mix (every input bit flips each output bit with probability near 1/2).
constexpr std::uint64_t mix64(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  x ^= x >> 31;
  return x;
}

/// A word of an ordered hash chain: hash_combine(hash_combine(seed, a), b).
constexpr std::uint64_t hash_combine(std::uint64_t state, std::uint64_t word) {
  return mix64(state * 0x9e3779b97f4a7c15ULL + mix64(word ^ 0xd6e8feb86659fd93ULL));
}

/// Hash of octets under a key. Equal prefixes, lengths and all-zero inputs give unrelated values.
std::uint64_t hash_bytes(std::span<const std::uint8_t> octets, std::uint64_t key = 0);
std::uint64_t hash_text(std::string_view text, std::uint64_t key = 0);

/// A 128-bit content id.
struct Digest128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const Digest128&) const = default;
};
Digest128 digest_bytes(std::span<const std::uint8_t> octets, std::uint64_t key = 0);
Digest128 digest_combine(const Digest128& state, const Digest128& word);

/// An order-dependent 64-bit fingerprint of a sequence of words and texts.
class Fingerprint {
 public:
  void mix(std::uint64_t word) { state_ = hash_combine(state_, word); }
  void mix(std::string_view text) { mix(hash_text(text)); }
  [[nodiscard]] std::uint64_t value() const { return state_; }
  /// 16 lower-case hexadecimal digits.
  [[nodiscard]] std::string to_text() const;

 private:
  std::uint64_t state_ = 0x7a6f6e6566616c6cULL;  // "zonefall"
};

}  // namespace zonefall
