// SvcParams (RFC 9460 2.1): "key=value" fields, in the order of their keys on the wire.
#include "dns/svc_params.h"

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "zonefall/core/encoding.h"

namespace zonefall::dns {
namespace {

// RFC 9460 14.3.2, RFC 9461 5, RFC 9540 7.1; the place is the number.
constexpr std::array<std::string_view, 9> key_names = {"mandatory", "alpn",     "no-default-alpn",
                                                       "port",      "ipv4hint", "ech",
                                                       "ipv6hint",  "dohpath",  "ohttp"};
constexpr std::uint16_t mandatory = 0;
constexpr std::uint16_t alpn = 1;
constexpr std::uint16_t port = 3;
constexpr std::uint16_t ipv4_hint = 4;
constexpr std::uint16_t ech = 5;
constexpr std::uint16_t ipv6_hint = 6;

Result<std::uint16_t> number(std::string_view text) {
  std::uint16_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, value);
  if (text.empty() || status != std::errc{} || stop != end) {
    return Error{fmt::format("'{}' is not a number from 0 to 65535", text)};
  }
  return value;
}

Result<std::uint16_t> key_of(std::string_view name) {
  for (std::size_t i = 0; i < key_names.size(); ++i) {
    if (key_names[i] == name) return static_cast<std::uint16_t>(i);
  }
  if (name.starts_with("key")) return number(name.substr(3));
  return Error{fmt::format("'{}' is not a service parameter", name)};
}

Status append_one(std::uint16_t key, std::string_view text, Octets& out) {
  if (key == mandatory) {
    const auto required = key_of(text);
    if (!required) return required.error();
    append_u16(out, required.value());
    return Done{};
  }
  if (key == alpn) {
    if (text.empty() || text.size() > 255) return Error{"a protocol's name has 1 to 255 octets"};
    append_u8(out, static_cast<std::uint8_t>(text.size()));
    out.insert(out.end(), text.begin(), text.end());
    return Done{};
  }
  std::array<std::uint8_t, 16> address{};
  const bool is_v4 = key == ipv4_hint;
  const std::string written(text);
  if (inet_pton(is_v4 ? AF_INET : AF_INET6, written.c_str(), address.data()) != 1) {
    return Error{fmt::format("'{}' is not an IPv{} address", text, is_v4 ? 4 : 6)};
  }
  append_octets(out, std::span(address).first(is_v4 ? 4 : 16));
  return Done{};
}

Result<Octets> value_octets(std::uint16_t key, std::string_view text) {
  Octets octets;
  if (key == port) {
    const auto value = number(text);
    if (!value) return value.error();
    append_u16(octets, value.value());
    return octets;
  }
  if (key == ech) return from_base64(text);
  const bool is_list = key == mandatory || key == alpn || key == ipv4_hint || key == ipv6_hint;
  if (!is_list) return Octets(text.begin(), text.end());
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (Status status = append_one(key, text.substr(0, comma), octets); !status) {
      return status.error();
    }
    if (comma == text.size()) return octets;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

Status parse_svc_params(TokenCursor& from, const Name& /*origin*/, Octets& out) {
  std::map<std::uint16_t, Octets> params;
  while (!from.at_end()) {
    std::string token = from.take();
    // A value in quotes is a token of its own.
    if (token.ends_with('=') && !from.at_end()) token += from.take();
    const std::size_t equals = std::min(token.find('='), token.size());
    const std::string_view text = token;
    const auto key = key_of(text.substr(0, equals));
    if (!key) return key.error();
    auto value = value_octets(key.value(), text.substr(std::min(equals + 1, text.size())));
    if (!value) return value.error();
    if (!params.emplace(key.value(), std::move(value).value()).second) {
      return Error{fmt::format("'{}' is there twice", text.substr(0, equals))};
    }
  }
  for (const auto& [key, value] : params) {
    if (value.size() > 65'535) return Error{"a value is longer than 65535 octets"};
    append_u16(out, key);
    append_u16(out, static_cast<std::uint16_t>(value.size()));
    append_octets(out, value);
  }
  return Done{};
}

}  // namespace zonefall::dns
