// Octets as text and back: hexadecimal, base64, base32hex.
//
// Strict: no white space, no characters outside the alphabet, no left-over bits that are not zero,
// so that each sequence of octets has one text (but for the case of letters where the alphabet
// allows both). Errors say what is wrong and at which character. Source: RFC 4648 4, 7 and 8.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zonefall/core/result.h"

namespace zonefall {

/// Lower-case digits, two an octet.
std::string to_hex(std::span<const std::uint8_t> octets);
/// Digits in any case, an even number of them; "" is no octets.
Result<std::vector<std::uint8_t>> from_hex(std::string_view text);

/// With padding.
std::string to_base64(std::span<const std::uint8_t> octets);
/// Padding is required; "" is no octets.
Result<std::vector<std::uint8_t>> from_base64(std::string_view text);

/// Lower-case, without padding, as RFC 5155 writes hashed owner names.
std::string to_base32hex(std::span<const std::uint8_t> octets);
/// Any case, without padding; "" is no octets.
Result<std::vector<std::uint8_t>> from_base32hex(std::string_view text);

}  // namespace zonefall
