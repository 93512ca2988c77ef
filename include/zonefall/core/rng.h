// Counter-based random numbers and our own distributions.
//
// A stream is named by (seed, entity, purpose); its n-th word is a pure function of that name and
// n, so adding an entity never reshuffles another, and a word can be drawn out of order. The
// generator is Philox4x32-10 (Salmon et al., SC'11, "Parallel random numbers: as easy as 1, 2,
// 3"), keyed by a hash of (seed, entity, purpose). Results are bit-identical for every compiler:
// no <random>, no libm (core/math.h has the logarithm).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "zonefall/core/time.h"

namespace zonefall {

/// Ten rounds of Philox4x32 on one counter block.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

/// Names a stream. `purpose` comes from purpose("text"), so that streams carry readable names.
struct StreamName {
  std::uint64_t seed = 0;
  std::uint64_t entity = 0;
  std::uint64_t purpose = 0;
};
std::uint64_t purpose(std::string_view text);

/// One stream with a position. Flat and copyable: a copy goes on from the same place.
class Rng {
 public:
  explicit Rng(const StreamName& name);

  /// The n-th 64-bit word of the stream, wherever the position is.
  [[nodiscard]] std::uint64_t word_at(std::uint64_t n) const;
  /// The word at the position; moves the position by one.
  std::uint64_t next();
  [[nodiscard]] std::uint64_t position() const { return position_; }
  void seek(std::uint64_t position) { position_ = position; }

  /// Uniform over 0 .. bound - 1 without bias; bound > 0. May use several words.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform over [0, 1) in steps of 2^-53.
  double unit();
  /// True with probability numerator / denominator, exactly; numerator <= denominator.
  bool chance(std::uint64_t numerator, std::uint64_t denominator);
  /// Exponential with this mean > 0, at least 1 ns and at most 45 times the mean or
  /// Duration::max().
  Duration exponential(Duration mean);
  /// Poisson with this mean, 0 <= mean < 2^31. Uses one word for means under 10, more above.
  std::uint64_t poisson(double mean);

 private:
  struct Block {
    std::uint64_t first;
    std::uint64_t second;
  };
  [[nodiscard]] Block block(std::uint64_t number) const;

  // 128 bits of the name's hash, so that no two streams of a run meet.
  std::uint64_t key_;
  std::uint64_t counter_high_;
  std::uint64_t position_ = 0;
  // A block of the generator is two words: next() keeps the second one for its next call.
  std::uint64_t kept_ = 0;
  std::uint64_t kept_position_ = 0;  // an odd one; 0: there is none
};

/// Draws an index with probability proportional to its weight in O(1) (Walker/Vose alias table in
/// integers). At least one weight must be positive; the sum must stay below 2^63.
class WeightedChoice {
 public:
  explicit WeightedChoice(std::span<const std::uint64_t> weights);
  [[nodiscard]] std::size_t draw(Rng& rng) const;
  [[nodiscard]] std::size_t size() const { return columns_.size(); }

 private:
  struct Column {
    std::uint64_t own_share;  // of total_: how much of the column is the index itself
    std::size_t alias;
  };
  std::vector<Column> columns_;
  std::uint64_t total_ = 0;
};

}  // namespace zonefall
