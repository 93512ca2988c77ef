// Goal: hashes spread every input bit over all output bits, keep inputs and keys apart, and are
// the same everywhere. All inputs are fixed, so no bound here can fail by chance.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "zonefall/core/hash.h"

using namespace zonefall;

namespace {

using Octets = std::vector<std::uint8_t>;

Octets sample(std::size_t size, std::uint64_t seed) {
  Octets octets(size);
  for (std::size_t i = 0; i < size; ++i) {
    octets[i] = static_cast<std::uint8_t>(mix64(seed * 1000003 + i + 1) >> 17);
  }
  return octets;
}

// Flips each of the first `input_bits` bits of inputs that `flipped(trial, bit)` hashes, bit -1
// meaning none, and returns the largest distance of a flip rate from 1/2 in standard deviations.
template <typename Hash>
double worst_flip_sigma(int input_bits, int trials, Hash hash) {
  double worst = 0;
  for (int bit = 0; bit < input_bits; ++bit) {
    std::array<int, 64> flips{};
    for (int trial = 0; trial < trials; ++trial) {
      const std::uint64_t changed = hash(trial, -1) ^ hash(trial, bit);
      for (std::size_t out = 0; out < 64; ++out) flips[out] += static_cast<int>(changed >> out & 1);
    }
    for (const int count : flips) {
      worst = std::max(worst, std::abs(count - trials / 2.0) / std::sqrt(trials / 4.0));
    }
  }
  return worst;
}

template <typename Hash>
double worst_octet_flip_sigma(std::size_t size, Hash hash) {
  return worst_flip_sigma(static_cast<int>(size * 8), 1000, [&](int trial, int bit) {
    Octets octets = sample(size, static_cast<std::uint64_t>(trial));
    if (bit >= 0) {
      auto& octet = octets[static_cast<std::size_t>(bit) / 8];
      octet = static_cast<std::uint8_t>(octet ^ (1 << (bit % 8)));
    }
    return hash(octets);
  });
}

// Of up to 30 * 8 * 64 rates the largest stays below 5.5 sigma but once in 1700 cases.
constexpr double sigma_max = 5.5;

}  // namespace

TEST_CASE("every input bit flips every output bit of hash_bytes half the time") {
  for (const std::size_t size : {3U, 7U, 8U, 9U, 15U, 16U, 20U, 30U}) {
    CAPTURE(size);
    CHECK(worst_octet_flip_sigma(size, [](const Octets& o) { return hash_bytes(o); }) < sigma_max);
  }
}

TEST_CASE("every input bit flips every output bit of both halves of digest_bytes") {
  for (const std::size_t size : {4U, 8U, 20U}) {
    CAPTURE(size);
    CHECK(worst_octet_flip_sigma(size, [](const Octets& o) { return digest_bytes(o).high; }) <
          sigma_max);
    CHECK(worst_octet_flip_sigma(size, [](const Octets& o) { return digest_bytes(o).low; }) <
          sigma_max);
    CHECK(worst_octet_flip_sigma(size, [](const Octets& o) {
            return digest_bytes(o).low ^ digest_bytes(o).high;
          }) < sigma_max);
  }
}

TEST_CASE("every key, state and word bit flips every output bit half the time") {
  const auto flipped = [](int trial, int bit) {
    const std::uint64_t word = mix64(static_cast<std::uint64_t>(trial) + 77);
    return bit < 0 ? word : word ^ (1ULL << bit);
  };
  const Octets octets = {1, 2, 3};
  const Digest128 other{1, 2};
  CHECK(worst_flip_sigma(
            64, 1000, [&](int t, int b) { return hash_bytes(octets, flipped(t, b)); }) < sigma_max);
  CHECK(worst_flip_sigma(64, 1000, [&](int t, int b) { return hash_combine(flipped(t, b), 5); }) <
        sigma_max);
  CHECK(worst_flip_sigma(64, 1000, [&](int t, int b) { return hash_combine(5, flipped(t, b)); }) <
        sigma_max);
  const auto combined = [&](auto make) {
    return std::max(worst_flip_sigma(64, 1000, [&](int t, int b) { return make(t, b).high; }),
                    worst_flip_sigma(64, 1000, [&](int t, int b) { return make(t, b).low; }));
  };
  CHECK(combined([&](int t, int b) {
          return digest_combine({flipped(t, b), 9}, other);
        }) < sigma_max);
  CHECK(combined([&](int t, int b) {
          return digest_combine({9, flipped(t, b)}, other);
        }) < sigma_max);
  CHECK(combined([&](int t, int b) {
          return digest_combine(other, {flipped(t, b), 9});
        }) < sigma_max);
  CHECK(combined([&](int t, int b) {
          return digest_combine(other, {9, flipped(t, b)});
        }) < sigma_max);
}

TEST_CASE("zeros of every length, prefixes and keys give different hashes") {
  std::set<std::uint64_t> hashes;
  std::set<Digest128> digests;
  std::size_t inputs = 0;
  const Octets text = sample(300, 5);
  for (std::size_t size = 0; size <= 300; ++size) {
    for (const std::uint64_t key : {0ULL, 1ULL, ~0ULL}) {
      const Octets zeros(size);
      hashes.insert(hash_bytes(zeros, key));
      digests.insert(digest_bytes(zeros, key));
      inputs += 1;
      if (size == 0) continue;
      hashes.insert(hash_bytes({text.data(), size}, key));
      digests.insert(digest_bytes({text.data(), size}, key));
      inputs += 1;
    }
  }
  CHECK(hashes.size() == inputs);
  CHECK(digests.size() == inputs);
}

TEST_CASE("a million counters collide in half the bits as often as chance would have it") {
  // Expected pairs with equal 32 bits among 10^6: 10^12 / 2 / 2^32 = 116.4, standard
  // deviation 10.8.
  std::array<std::vector<std::uint32_t>, 4> halves;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    Octets octets(16);
    for (std::size_t k = 0; k < 8; ++k) octets[k + 4] = static_cast<std::uint8_t>(i >> (8 * k));
    const std::uint64_t hash = hash_bytes(octets);
    const Digest128 digest = digest_bytes(octets);
    halves[0].push_back(static_cast<std::uint32_t>(hash));
    halves[1].push_back(static_cast<std::uint32_t>(hash >> 32));
    halves[2].push_back(static_cast<std::uint32_t>(digest.high));
    halves[3].push_back(static_cast<std::uint32_t>(digest.low >> 32));
  }
  for (auto& half : halves) {
    std::sort(half.begin(), half.end());
    const auto distinct = std::unique(half.begin(), half.end()) - half.begin();
    const double repeats = static_cast<double>(1'000'000 - distinct);
    CHECK(repeats == Approx(116.4).margin(45).epsilon(0));
  }
}

TEST_CASE("order matters for chains, fingerprints and combined digests") {
  CHECK(hash_combine(hash_combine(0, 1), 2) != hash_combine(hash_combine(0, 2), 1));
  CHECK(digest_combine({1, 2}, {3, 4}) != digest_combine({3, 4}, {1, 2}));
  CHECK(digest_combine({1, 2}, {3, 4}) != digest_combine({1, 2}, {4, 3}));
  Fingerprint a;
  a.mix("ab");
  a.mix("c");
  Fingerprint b;
  b.mix("a");
  b.mix("bc");
  CHECK(a.value() != b.value());
  CHECK(a.to_text().size() == 16);
  CHECK(std::stoull(a.to_text(), nullptr, 16) == a.value());
}

TEST_CASE("mix64 is a bijection: its inverse gives the input back") {
  const auto unshift = [](std::uint64_t x, int shift) {
    std::uint64_t out = x;
    for (int done = shift; done < 64; done += shift) out = x ^ (out >> shift);
    return out;
  };
  for (std::uint64_t i = 0; i < 10000; ++i) {
    const std::uint64_t x = i * 0x9e3779b97f4a7c15ULL;
    // Inverses of the two factors modulo 2^64.
    std::uint64_t y = unshift(mix64(x), 31) * 0x319642b2d24d8ec3ULL;
    y = unshift(y, 27) * 0x96de1b173f119089ULL;
    REQUIRE(unshift(y, 30) == x);
  }
}

TEST_CASE("hashes are the same on every platform") {
  CHECK(hash_text("") == 0x470ab68a33a4638a);
  CHECK(hash_text("zonefall") == 0x126e57fd6587e5cd);
  CHECK(hash_text("de.", 7) == 0xa65eadda6a3a7e22);
  CHECK(hash_bytes(sample(100, 1)) == 0xfc86bf0a8f95308d);
  CHECK(digest_bytes(sample(100, 1)) == Digest128{0x5c01d27ad3c19c7b, 0x055b60814de35db3});
  CHECK(digest_combine({1, 2}, {3, 4}) == Digest128{0x1e939737927fa417, 0xae69d135fd2b84a5});
  CHECK(Fingerprint().to_text() == "7a6f6e6566616c6c");
}
