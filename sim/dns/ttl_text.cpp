#include "dns/ttl_text.h"

#include <limits>

#include <fmt/format.h>

namespace zonefall::dns {
namespace {

constexpr std::uint64_t ttl_s_limit = std::numeric_limits<std::uint32_t>::max();

/// Seconds of a unit letter, 0 for any other character.
std::uint64_t unit_s(char unit) {
  switch (unit) {
    case 'w':
    case 'W': return std::uint64_t{7} * 86'400;
    case 'd':
    case 'D': return 86'400;
    case 'h':
    case 'H': return 3'600;
    case 'm':
    case 'M': return 60;
    case 's':
    case 'S': return 1;
    default: return 0;
  }
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

Result<std::uint32_t> parse_ttl(std::string_view text) {
  const auto no_ttl = [&] {
    return Error{fmt::format("'{}' is not a TTL (seconds, or numbers with w, d, h, m, s)", text)};
  };
  const auto too_long = [&] {
    return Error{fmt::format("'{}' is more than {} seconds", text, ttl_s_limit)};
  };
  std::uint64_t sum_s = 0;
  std::size_t i = 0;
  bool has_units = false;
  if (text.empty()) return no_ttl();
  while (i < text.size()) {
    if (!is_digit(text[i])) return no_ttl();
    std::uint64_t number = 0;
    for (; i < text.size() && is_digit(text[i]); ++i) {
      number = number * 10 + static_cast<std::uint64_t>(text[i] - '0');
      if (number > ttl_s_limit) return too_long();
    }
    if (i == text.size() && has_units) return no_ttl();
    std::uint64_t factor = 1;
    if (i < text.size()) {
      factor = unit_s(text[i]);
      if (factor == 0) return no_ttl();
      has_units = true;
      ++i;
    }
    sum_s += number * factor;
    if (sum_s > ttl_s_limit) return too_long();
  }
  return static_cast<std::uint32_t>(sum_s);
}

}  // namespace zonefall::dns
