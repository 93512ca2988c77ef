#include "zonefall/core/encoding.h"

#include <array>
#include <cstddef>

#include <fmt/format.h>

namespace zonefall {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base32hex_digits = "0123456789abcdefghijklmnopqrstuv";
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum class LetterCase : std::uint8_t { matters, ignored };

/// The value of each character, or -1.
using ValueTable = std::array<std::int8_t, 256>;

constexpr ValueTable make_values(std::string_view digits, LetterCase letter_case) {
  ValueTable values{};
  values.fill(-1);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const auto value = static_cast<std::int8_t>(i);
    const char c = digits[i];
    values[static_cast<unsigned char>(c)] = value;
    if (letter_case == LetterCase::ignored && c >= 'a' && c <= 'z') {
      values[static_cast<unsigned char>(c - 'a' + 'A')] = value;
    }
  }
  return values;
}

constexpr ValueTable hex_values = make_values(hex_digits, LetterCase::ignored);
constexpr ValueTable base32hex_values = make_values(base32hex_digits, LetterCase::ignored);
constexpr ValueTable base64_values = make_values(base64_digits, LetterCase::matters);

struct Alphabet {
  std::string_view name;
  std::string_view digits;
  const ValueTable* values;
  unsigned bits;  // of one digit
};

constexpr Alphabet hex{"hexadecimal", hex_digits, &hex_values, 4};
constexpr Alphabet base32hex{"base32hex", base32hex_digits, &base32hex_values, 5};
constexpr Alphabet base64{"base64", base64_digits, &base64_values, 6};

std::string encode_digits(const Alphabet& alphabet, std::span<const std::uint8_t> octets) {
  std::string text;
  text.reserve((octets.size() * 8 + alphabet.bits - 1) / alphabet.bits + 2);
  const unsigned mask = (1U << alphabet.bits) - 1U;
  unsigned pending = 0;
  unsigned pending_bits = 0;
  for (const std::uint8_t octet : octets) {
    pending = ((pending << 8U) | octet) & 0xffffU;
    pending_bits += 8;
    while (pending_bits >= alphabet.bits) {
      pending_bits -= alphabet.bits;
      text += alphabet.digits[(pending >> pending_bits) & mask];
    }
  }
  if (pending_bits > 0) {
    text += alphabet.digits[(pending << (alphabet.bits - pending_bits)) & mask];
  }
  return text;
}

Error bad_character(const Alphabet& alphabet, std::string_view text, std::size_t i) {
  const auto c = static_cast<unsigned char>(text[i]);
  if (c > 0x20 && c < 0x7f) {
    return Error{
        fmt::format("'{}' at character {} is not a {} digit", text[i], i + 1, alphabet.name)};
  }
  return Error{fmt::format("octet 0x{:02x} at character {} is not a {} digit", unsigned{c}, i + 1,
                           alphabet.name)};
}

Result<std::vector<std::uint8_t>> decode_digits(const Alphabet& alphabet, std::string_view text) {
  std::vector<std::uint8_t> octets;
  octets.reserve(text.size() * alphabet.bits / 8);
  unsigned pending = 0;
  unsigned pending_bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    // Negative: not of the alphabet.  NOLINTNEXTLINE(bugprone-signed-char-misuse)
    const int value = (*alphabet.values)[static_cast<unsigned char>(text[i])];
    if (value < 0) return bad_character(alphabet, text, i);
    pending = ((pending << alphabet.bits) | static_cast<unsigned>(value)) & 0xffffU;
    pending_bits += alphabet.bits;
    if (pending_bits >= 8) {
      pending_bits -= 8;
      octets.push_back(static_cast<std::uint8_t>((pending >> pending_bits) & 0xffU));
    }
  }
  if (pending_bits >= alphabet.bits) {
    return Error{
        fmt::format("{} digits are no whole number of octets in {}", text.size(), alphabet.name)};
  }
  if ((pending & ((1U << pending_bits) - 1U)) != 0) {
    return Error{
        fmt::format("the last {} digit has bits set beyond the last octet", alphabet.name)};
  }
  return octets;
}

}  // namespace

std::string to_hex(std::span<const std::uint8_t> octets) {
  return encode_digits(hex, octets);
}

Result<std::vector<std::uint8_t>> from_hex(std::string_view text) {
  return decode_digits(hex, text);
}

std::string to_base64(std::span<const std::uint8_t> octets) {
  std::string text = encode_digits(base64, octets);
  while (text.size() % 4 != 0) text += '=';
  return text;
}

Result<std::vector<std::uint8_t>> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) {
    return Error{
        fmt::format("{} characters are no whole number of base64 groups of four", text.size())};
  }
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return decode_digits(base64, text);
}

std::string to_base32hex(std::span<const std::uint8_t> octets) {
  return encode_digits(base32hex, octets);
}

Result<std::vector<std::uint8_t>> from_base32hex(std::string_view text) {
  return decode_digits(base32hex, text);
}

}  // namespace zonefall
