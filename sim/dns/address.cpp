#include "zonefall/dns/address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>

#include <fmt/format.h>

namespace zonefall::dns {

namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

Address Address::v4(std::array<std::uint8_t, 4> octets) {
  Address address;
  std::copy(v4_prefix.begin(), v4_prefix.end(), address.octets.begin());
  std::copy(octets.begin(), octets.end(), address.octets.begin() + v4_prefix.size());
  return address;
}

Result<Address> Address::parse(std::string_view text) {
  const std::string terminated(text);
  const bool holds_nul = terminated.find('\0') != std::string::npos;
  std::array<std::uint8_t, 4> v4_octets{};
  if (!holds_nul && inet_pton(AF_INET, terminated.c_str(), v4_octets.data()) == 1) {
    return v4(v4_octets);
  }
  Address address;
  if (!holds_nul && inet_pton(AF_INET6, terminated.c_str(), address.octets.data()) == 1) {
    return address;
  }
  return Error{fmt::format("'{}' is neither an IPv4 nor an IPv6 address", terminated)};
}

bool Address::is_v4() const {
  return std::equal(v4_prefix.begin(), v4_prefix.end(), octets.begin());
}

std::string Address::to_text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4()) {
    inet_ntop(AF_INET, octets.data() + v4_prefix.size(), text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, octets.data(), text.data(), text.size());
  }
  return text.data();
}

Result<AddressBlock> AddressBlock::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  auto first = Address::parse(text.substr(0, slash));
  if (!first) return first.error();
  AddressBlock block{first.value()};
  if (slash == std::string_view::npos) return block;
  const std::string_view digits = text.substr(slash + 1);
  const unsigned before = block.first.is_v4() ? 8 * v4_prefix.size() : 0;
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size() || bits > 128 - before) {
    return Error{fmt::format("'{}' has no length of a prefix behind the '/'", text)};
  }
  block.bits = static_cast<std::uint8_t>(before + bits);
  return block;
}

bool AddressBlock::contains(const Address& address) const {
  const std::size_t whole = bits / 8;
  if (!std::equal(first.octets.begin(), first.octets.begin() + static_cast<std::ptrdiff_t>(whole),
                  address.octets.begin())) {
    return false;
  }
  const unsigned rest = bits % 8U;
  if (rest == 0) return true;
  const unsigned differing = static_cast<unsigned>(first.octets[whole] ^ address.octets[whole]);
  return differing >> (8U - rest) == 0;
}

}  // namespace zonefall::dns
