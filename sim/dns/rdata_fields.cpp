#include "dns/rdata_fields.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "dns/ttl_text.h"
#include "zonefall/core/encoding.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/types.h"

namespace zonefall::dns {

std::string_view TokenCursor::peek() const {
  return at_end() ? std::string_view() : std::string_view(tokens_[position_]);
}

const std::string& TokenCursor::take() {
  ZF_ASSERT(!at_end());
  place_ = position_++;
  return tokens_[place_];
}

Result<std::string_view> TokenCursor::take_or_error() {
  if (at_end()) {
    place_ = tokens_.size();
    return Error{"missing"};
  }
  return std::string_view(take());
}

Result<std::string> TokenCursor::take_joined() {
  if (at_end()) {
    place_ = tokens_.size();
    return Error{"missing"};
  }
  std::string joined = take();
  const std::size_t first = place_;
  while (!at_end()) joined += take();
  place_ = first;
  return joined;
}

namespace {

template <typename Integer>
Result<Integer> parse_integer(std::string_view text) {
  Integer value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, value);
  if (text.empty() || status != std::errc{} || stop != end) {
    return Error{fmt::format("'{}' is not a number from 0 to {}", text,
                             std::numeric_limits<Integer>::max())};
  }
  return value;
}

void append_integer(Octets& out, std::uint8_t value) {
  append_u8(out, value);
}
void append_integer(Octets& out, std::uint16_t value) {
  append_u16(out, value);
}
void append_integer(Octets& out, std::uint32_t value) {
  append_u32(out, value);
}

template <typename Integer>
Status parse_integer_field(TokenCursor& from, const Name&, Octets& out) {
  const auto token = from.take_or_error();
  if (!token) return token.error();
  const auto value = parse_integer<Integer>(token.value());
  if (!value) return value.error();
  append_integer(out, value.value());
  return Done{};
}

void print_u8(OctetReader& from, std::string& out) {
  out += std::to_string(from.u8());
}
void print_u16(OctetReader& from, std::string& out) {
  out += std::to_string(from.u16());
}
void print_u32(OctetReader& from, std::string& out) {
  out += std::to_string(from.u32());
}

Status parse_seconds(TokenCursor& from, const Name&, Octets& out) {
  const auto token = from.take_or_error();
  if (!token) return token.error();
  const auto value = parse_ttl(token.value());
  if (!value) return value.error();
  append_u32(out, value.value());
  return Done{};
}

void print_time(OctetReader& from, std::string& out) {
  out += SimTime::from_unix_s(from.u32()).to_rrsig_text();
}

/// YYYYMMDDHHMMSS, told apart by its 14 digits; later years wrap around (RFC 4034 3.1.5).
Result<std::uint32_t> parse_time_text(std::string_view text) {
  if (text.size() != 14 ||
      !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return parse_integer<std::uint32_t>(text);
  }
  const auto time = SimTime::parse(
      fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                  text.substr(8, 2), text.substr(10, 2), text.substr(12, 2)));
  if (!time || time.value().to_unix_s() < 0) {
    return Error{fmt::format("'{}' is not a time from 1970 on (YYYYMMDDHHMMSS)", text)};
  }
  return static_cast<std::uint32_t>(time.value().to_unix_s() & 0xffffffff);
}

Status parse_time(TokenCursor& from, const Name&, Octets& out) {
  const auto token = from.take_or_error();
  if (!token) return token.error();
  const auto value = parse_time_text(token.value());
  if (!value) return value.error();
  append_u32(out, value.value());
  return Done{};
}

struct AlgorithmMnemonic {
  std::string_view text;
  std::uint8_t number;
};
constexpr std::array algorithm_mnemonics = {
    AlgorithmMnemonic{"RSAMD5", 1},
    AlgorithmMnemonic{"DH", 2},
    AlgorithmMnemonic{"DSA", 3},
    AlgorithmMnemonic{"RSASHA1", 5},
    AlgorithmMnemonic{"DSA-NSEC3-SHA1", 6},
    AlgorithmMnemonic{"RSASHA1-NSEC3-SHA1", 7},
    AlgorithmMnemonic{"RSASHA256", 8},
    AlgorithmMnemonic{"RSASHA512", 10},
    AlgorithmMnemonic{"ECC-GOST", 12},
    AlgorithmMnemonic{"ECDSAP256SHA256", 13},
    AlgorithmMnemonic{"ECDSAP384SHA384", 14},
    AlgorithmMnemonic{"ED25519", 15},
    AlgorithmMnemonic{"ED448", 16},
};

bool equal_but_case(std::string_view text, std::string_view upper) {
  return std::equal(text.begin(), text.end(), upper.begin(), upper.end(), [](char t, char u) {
    return (t >= 'a' && t <= 'z' ? t - ('a' - 'A') : t) == u;
  });
}

Status parse_algorithm(TokenCursor& from, const Name&, Octets& out) {
  const auto token = from.take_or_error();
  if (!token) return token.error();
  for (const AlgorithmMnemonic& known : algorithm_mnemonics) {
    if (equal_but_case(token.value(), known.text)) {
      append_u8(out, known.number);
      return Done{};
    }
  }
  const auto value = parse_integer<std::uint8_t>(token.value());
  if (!value) return Error{value.error().message + ", nor an algorithm's mnemonic"};
  append_u8(out, value.value());
  return Done{};
}

void print_type(OctetReader& from, std::string& out) {
  out += to_text(RRType{from.u16()});
}

Status parse_type(TokenCursor& from, const Name&, Octets& out) {
  const auto token = from.take_or_error();
  if (!token) return token.error();
  const auto type = parse_rrtype(token.value());
  if (!type) return type.error();
  append_u16(out, static_cast<std::uint16_t>(type.value()));
  return Done{};
}

void print_types(OctetReader& from, std::string& out) {
  const auto bitmap = TypeBitmap::from_wire(from.rest());
  if (!bitmap) {
    from.fail();
    return;
  }
  for (const RRType type : bitmap.value().types()) {
    if (!out.empty() && out.back() != ' ') out += ' ';
    out += to_text(type);
  }
}

Status parse_types(TokenCursor& from, const Name&, Octets& out) {
  std::vector<RRType> types;
  while (!from.at_end()) {
    const auto type = parse_rrtype(from.take());
    if (!type) return type.error();
    types.push_back(type.value());
  }
  TypeBitmap(types).append_wire(out);
  return Done{};
}

void print_name(OctetReader& from, std::string& out) {
  out += from.name().to_text();
}

Status parse_name(TokenCursor& from, const Name& origin, Octets& out) {
  const auto token = from.take_or_error();
  if (!token) return token.error();
  const auto name = Name::parse_relative(token.value(), origin);
  if (!name) return name.error();
  append_octets(out, name.value().wire());
  return Done{};
}

void print_ipv4(OctetReader& from, std::string& out) {
  const auto octets = from.take(4);
  if (octets.empty()) return;
  out += fmt::format("{}.{}.{}.{}", octets[0], octets[1], octets[2], octets[3]);
}

template <int family, std::size_t octets>
Status parse_address(TokenCursor& from, const Name&, Octets& out) {
  const auto token = from.take_or_error();
  if (!token) return token.error();
  std::array<std::uint8_t, octets> address{};
  // inet_pton would stop at a zero octet inside the token.
  const std::string text(token.value());
  if (text.find('\0') != std::string::npos ||
      inet_pton(family, text.c_str(), address.data()) != 1) {
    return Error{fmt::format("'{}' is not an IPv{} address", text, family == AF_INET ? 4 : 6)};
  }
  append_octets(out, address);
  return Done{};
}

/// RFC 5952: the first of the longest runs of two or more zero groups becomes "::"; IPv4-mapped
/// addresses (section 5) end in dotted decimals.
void print_ipv6(OctetReader& from, std::string& out) {
  std::array<std::uint16_t, 8> groups{};
  for (std::uint16_t& group : groups) group = from.u16();
  const bool mapped =
      std::all_of(groups.begin(), groups.begin() + 5, [](std::uint16_t g) { return g == 0; }) &&
      groups[5] == 0xffff;
  if (mapped) {
    out += fmt::format("::ffff:{}.{}.{}.{}", groups[6] >> 8, groups[6] & 0xff, groups[7] >> 8,
                       groups[7] & 0xff);
    return;
  }
  std::size_t run_begin = groups.size();
  std::size_t run_size = 1;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::size_t end = i;
    while (end < groups.size() && groups[end] == 0) ++end;
    if (end - i > run_size) {
      run_begin = i;
      run_size = end - i;
    }
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i == run_begin) {
      out += "::";
      i += run_size - 1;
      continue;
    }
    if (i > 0 && i != run_begin + run_size) out += ':';
    out += fmt::format("{:x}", groups[i]);
  }
}

void append_quoted(std::string& out, std::span<const std::uint8_t> octets) {
  out += '"';
  for (const std::uint8_t octet : octets) {
    if (octet < 0x20 || octet >= 0x7f) {
      out += fmt::format("\\{:03}", octet);
    } else {
      if (octet == '"' || octet == '\\') out += '\\';
      out += static_cast<char>(octet);
    }
  }
  out += '"';
}

/// Resolves \X and \DDD (RFC 1035 5.1).
Result<Octets> unescape(std::string_view text) {
  Octets octets;
  octets.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      octets.push_back(static_cast<std::uint8_t>(text[i]));
      continue;
    }
    if (++i == text.size()) return Error{"a backslash at the end escapes nothing"};
    if (text[i] < '0' || text[i] > '9') {
      octets.push_back(static_cast<std::uint8_t>(text[i]));
      continue;
    }
    const std::string_view digits = text.substr(i, 3);
    const auto value = parse_integer<std::uint8_t>(digits);
    if (digits.size() != 3 || !value) {
      return Error{fmt::format("'\\{}' is not an octet in three decimal digits", digits)};
    }
    octets.push_back(value.value());
    i += 2;
  }
  return octets;
}

void print_character_string(OctetReader& from, std::string& out) {
  append_quoted(out, from.counted());
}

Status parse_character_string(TokenCursor& from, const Name&, Octets& out) {
  const auto token = from.take_or_error();
  if (!token) return token.error();
  const auto octets = unescape(token.value());
  if (!octets) return octets.error();
  if (octets.value().size() > 255) {
    return Error{fmt::format("{} octets are more than a string's 255", octets.value().size())};
  }
  append_counted(out, octets.value());
  return Done{};
}

void print_character_strings(OctetReader& from, std::string& out) {
  do {
    if (!out.empty()) out += ' ';
    print_character_string(from, out);
  } while (from.remaining() > 0 && !from.failed());
}

Status parse_character_strings(TokenCursor& from, const Name& origin, Octets& out) {
  do {
    if (Status status = parse_character_string(from, origin, out); !status) return status;
  } while (!from.at_end());
  return Done{};
}

/// RFC 8659 4.1: ASCII letters and digits, at least one.
template <typename Range>
bool is_caa_tag(const Range& tag) {
  return !tag.empty() && tag.size() <= 255 && std::all_of(tag.begin(), tag.end(), [](auto c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

void print_caa_tag(OctetReader& from, std::string& out) {
  const auto tag = from.counted();
  if (!is_caa_tag(tag)) {
    from.fail();
    return;
  }
  out.append(tag.begin(), tag.end());
}

Status parse_caa_tag(TokenCursor& from, const Name&, Octets& out) {
  const auto token = from.take_or_error();
  if (!token) return token.error();
  if (!is_caa_tag(token.value())) {
    return Error{fmt::format("'{}' is not made of letters and digits", token.value())};
  }
  append_counted(out, Octets(token.value().begin(), token.value().end()));
  return Done{};
}

void print_quoted_rest(OctetReader& from, std::string& out) {
  append_quoted(out, from.rest());
}

Status parse_quoted_rest(TokenCursor& from, const Name&, Octets& out) {
  const auto token = from.take_or_error();
  if (!token) return token.error();
  const auto octets = unescape(token.value());
  if (!octets) return octets.error();
  append_octets(out, octets.value());
  return Done{};
}

template <std::string (*encode_text)(std::span<const std::uint8_t>)>
void print_rest(OctetReader& from, std::string& out) {
  if (from.remaining() == 0) from.fail();
  out += encode_text(from.rest());
}

template <Result<Octets> (*decode_text)(std::string_view)>
Status parse_rest(TokenCursor& from, const Name&, Octets& out) {
  const auto text = from.take_joined();
  if (!text) return text.error();
  const auto octets = decode_text(text.value());
  if (!octets) return octets.error();
  if (octets.value().empty()) return Error{"no octets"};
  append_octets(out, octets.value());
  return Done{};
}

void print_salt(OctetReader& from, std::string& out) {
  const auto octets = from.counted();
  out += octets.empty() ? "-" : to_hex(octets);
}

template <Result<Octets> (*decode_text)(std::string_view)>
Status parse_counted(TokenCursor& from, Octets& out) {
  const auto token = from.take_or_error();
  if (!token) return token.error();
  const auto octets = decode_text(token.value());
  if (!octets) return octets.error();
  if (octets.value().empty() || octets.value().size() > 255) {
    return Error{fmt::format("{} octets are not between 1 and 255", octets.value().size())};
  }
  append_counted(out, octets.value());
  return Done{};
}

Status parse_salt(TokenCursor& from, const Name&, Octets& out) {
  if (from.peek() != "-") return parse_counted<from_hex>(from, out);
  from.take();
  append_counted(out, {});
  return Done{};
}

void print_base32hex(OctetReader& from, std::string& out) {
  const auto octets = from.counted();
  if (octets.empty()) from.fail();
  out += to_base32hex(octets);
}

Status parse_base32hex(TokenCursor& from, const Name&, Octets& out) {
  return parse_counted<from_base32hex>(from, out);
}

}  // namespace

namespace fields {

const Field u8{print_u8, parse_integer_field<std::uint8_t>};
const Field u16{print_u16, parse_integer_field<std::uint16_t>};
const Field u32{print_u32, parse_integer_field<std::uint32_t>};
const Field seconds{print_u32, parse_seconds};
const Field time{print_time, parse_time};
const Field algorithm{print_u8, parse_algorithm};
const Field type{print_type, parse_type};
const Field types{print_types, parse_types};
const Field name{print_name, parse_name};
const Field ipv4{print_ipv4, parse_address<AF_INET, 4>};
const Field ipv6{print_ipv6, parse_address<AF_INET6, 16>};
const Field character_string{print_character_string, parse_character_string};
const Field character_strings{print_character_strings, parse_character_strings};
const Field caa_tag{print_caa_tag, parse_caa_tag};
const Field quoted_rest{print_quoted_rest, parse_quoted_rest};
const Field hex_rest{print_rest<to_hex>, parse_rest<from_hex>};
const Field base64_rest{print_rest<to_base64>, parse_rest<from_base64>};
const Field salt{print_salt, parse_salt};
const Field base32hex_counted{print_base32hex, parse_base32hex};

}  // namespace fields
}  // namespace zonefall::dns
