// A digest that is made when somebody asks for it first.
//
// RRsets and signatures are identified by digests of their content, and of most of those that a
// simulated zone makes nobody ever wants to know them.
#pragma once

#include <atomic>
#include <cstdint>

#include "zonefall/core/hash.h"

namespace zonefall {

/// Threads that meet here must make the same digest: each keeps its own, and it does not matter
/// whose stays.
class LateDigest {
 public:
  LateDigest() = default;
  LateDigest(const LateDigest& other) { *this = other; }
  LateDigest& operator=(const LateDigest& other) {
    if (other.is_made()) keep(other.made());
    return *this;
  }
  ~LateDigest() = default;

  template <typename Make>
  [[nodiscard]] Digest128 get(const Make& make) const {
    if (!is_made()) keep(make());
    return made();
  }

 private:
  [[nodiscard]] bool is_made() const { return is_made_.load(std::memory_order_acquire); }
  [[nodiscard]] Digest128 made() const {
    return {high_.load(std::memory_order_relaxed), low_.load(std::memory_order_relaxed)};
  }
  void keep(const Digest128& digest) const {
    high_.store(digest.high, std::memory_order_relaxed);
    low_.store(digest.low, std::memory_order_relaxed);
    is_made_.store(true, std::memory_order_release);
  }

  mutable std::atomic<std::uint64_t> high_ = 0;
  mutable std::atomic<std::uint64_t> low_ = 0;
  mutable std::atomic<bool> is_made_ = false;
};

}  // namespace zonefall
