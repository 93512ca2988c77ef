// The octets that drive a fuzzer, read one by one; zeros after their end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace zonefall::resolver::testing {

class Input {
 public:
  explicit Input(std::span<const std::uint8_t> octets) : octets_(octets) {}
  [[nodiscard]] bool is_over() const { return octets_.empty(); }
  std::uint8_t next() {
    if (octets_.empty()) return 0;
    const std::uint8_t octet = octets_.front();
    octets_ = octets_.subspan(1);
    return octet;
  }
  std::size_t below(std::size_t bound) { return next() % bound; }
  bool flag() { return (next() & 1) != 0; }
  std::span<const std::uint8_t> take(std::size_t count) {
    const auto taken = octets_.first(std::min(count, octets_.size()));
    octets_ = octets_.subspan(taken.size());
    return taken;
  }

 private:
  std::span<const std::uint8_t> octets_;
};

}  // namespace zonefall::resolver::testing
