// Strong integer types: a serial is not a key tag is not a site number.
#pragma once

#include <compare>
#include <cstdint>

namespace zonefall {

/// `Tag` makes types distinct; `Integer` is the representation. Ordered, hashable by value.
template <typename Tag, typename Integer>
struct StrongId {
  Integer value{};
  constexpr auto operator<=>(const StrongId&) const = default;
};

/// RFC 1982 serial arithmetic over 32 bits: true if `a` is after `b`. Equal or opposite (2^31
/// apart, where the RFC leaves the order undefined) is false.
constexpr bool serial_after(std::uint32_t a, std::uint32_t b) {
  return a != b && static_cast<std::uint32_t>(a - b) < 0x80000000U;
}

}  // namespace zonefall
