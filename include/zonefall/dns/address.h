// Network addresses as values: what delegations lead to and what a host sends to.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "zonefall/core/result.h"

namespace zonefall::dns {

/// An IPv4 or IPv6 address in network order; IPv4 as ::ffff:a.b.c.d (RFC 4291 2.5.5.2).
struct Address {
  std::array<std::uint8_t, 16> octets{};
  auto operator<=>(const Address&) const = default;

  static Address v4(std::array<std::uint8_t, 4> octets);
  /// Dotted quad, or RFC 4291 text with or without "::".
  static Result<Address> parse(std::string_view text);
  [[nodiscard]] bool is_v4() const;
  /// Dotted quad, or RFC 5952 text.
  [[nodiscard]] std::string to_text() const;
};

/// Addresses that begin with the same bits (RFC 4632), those of IPv4 as in Address.
struct AddressBlock {
  Address first;
  std::uint8_t bits = 128;  // of the 128 of Address

  /// "192.0.2.0/24", "2001:db8::/32", or an address by itself. Bits behind the prefix do not count.
  static Result<AddressBlock> parse(std::string_view text);
  [[nodiscard]] bool contains(const Address& address) const;
};

}  // namespace zonefall::dns
