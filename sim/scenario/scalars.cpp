#include "scenario/scalars.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "scenario/problems.h"

namespace zonefall::scenario {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string without_grouping(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool groups = text[i] == '_' && i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) &&
                        is_digit(text[i + 1]);
    if (!groups) digits += text[i];
  }
  return digits;
}

std::string with_unit(std::string_view unit) {
  return unit.empty() ? "" : fmt::format(" {}", unit);
}

}  // namespace

Result<bool> parse_flag(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  for (const std::string_view yes : {"yes", "on", "y", "True", "TRUE", "1"}) {
    if (text == yes) return Error{fmt::format("expected true or false; write true for {}", text)};
  }
  for (const std::string_view no : {"no", "off", "n", "False", "FALSE", "0"}) {
    if (text == no) return Error{fmt::format("expected true or false; write false for {}", text)};
  }
  return Error{fmt::format("expected true or false, not {}", in_quotes(text))};
}

Result<std::uint64_t> parse_count(std::string_view text, const CountRange& range) {
  const std::string digits = without_grouping(text);
  const bool negative = digits.size() > 1 && digits[0] == '-';
  const auto begin = digits.begin() + (negative ? 1 : 0);
  if (begin == digits.end() || !std::all_of(begin, digits.end(), is_digit)) {
    return Error{
        fmt::format("expected a whole number from {}, not {}", range_text(range), in_quotes(text))};
  }
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (negative || parsed.ec != std::errc() || value < range.min || value > range.max) {
    return Error{fmt::format("{} is not from {}", text.substr(0, 40), range_text(range))};
  }
  return value;
}

Result<Duration> parse_duration(std::string_view text, const DurationRange& range) {
  for (const DurationWord& word : range.words) {
    if (text == word.word) return word.value;
  }
  if (text.empty() || (!is_digit(text[0]) && text[0] != '-')) {
    std::vector<std::string_view> words;
    for (const DurationWord& word : range.words) words.push_back(word.word);
    if (words.empty()) {
      return Error{fmt::format("expected a duration like 90 min, not {}", in_quotes(text))};
    }
    const std::string_view nearest = nearest_word(text, words);
    const std::string hint = nearest.empty() ? "" : fmt::format("; did you mean \"{}\"?", nearest);
    return Error{fmt::format("expected a duration like 90 min or one of {}, not {}{}",
                             fmt::join(words, ", "), in_quotes(text), hint)};
  }
  const auto parsed = Duration::parse(text);
  if (!parsed) return parsed;
  if (parsed.value() < range.min || parsed.value() > range.max) {
    return Error{fmt::format("{} is not from {}", text, range_text(range))};
  }
  return parsed;
}

Result<double> parse_decimal(std::string_view text, const DecimalRange& range) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::general);
  if (error != std::errc() || end != text.data() + text.size() || !(value == value)) {
    return Error{
        fmt::format("expected a number from {}, not {}", range_text(range), in_quotes(text))};
  }
  if (value < range.min || value > range.max) {
    return Error{fmt::format("{} is not from {}", text.substr(0, 40), range_text(range))};
  }
  return value;
}

Result<std::uint32_t> parse_share_ppm(std::string_view text) {
  const Error malformed{
      fmt::format("expected a percentage like 4 % (at most 4 decimals), not {}", in_quotes(text))};
  if (text.empty() || text.back() != '%') return malformed;
  std::string_view number = text.substr(0, text.size() - 1);
  while (!number.empty() && number.back() == ' ') number.remove_suffix(1);
  const std::size_t point = std::min(number.find('.'), number.size());
  const std::string_view whole = number.substr(0, point);
  const std::string_view decimals = number.substr(std::min(point + 1, number.size()));
  const bool has_point = point < number.size();
  if (whole.empty() || whole.size() > 9 || decimals.size() > 4 || has_point != !decimals.empty() ||
      !std::all_of(whole.begin(), whole.end(), is_digit) ||
      !std::all_of(decimals.begin(), decimals.end(), is_digit)) {
    return malformed;
  }
  std::uint64_t ppm = 0;
  for (const char c : whole) ppm = ppm * 10 + static_cast<std::uint64_t>(c - '0');
  for (std::size_t i = 0; i < 4; ++i) {
    ppm = ppm * 10 + (i < decimals.size() ? static_cast<std::uint64_t>(decimals[i] - '0') : 0);
  }
  if (ppm > 1'000'000) return Error{fmt::format("{} is over 100 %", text)};
  return static_cast<std::uint32_t>(ppm);
}

std::string duration_text(Duration value, std::span<const DurationWord> words) {
  for (const DurationWord& word : words) {
    if (word.value == value) return std::string(word.word);
  }
  return value.to_text();
}

std::string time_text(SimTime value) {
  if (value == SimTime::min()) return std::string(always_word);
  return value == SimTime::max() ? std::string(never_word) : value.to_text();
}

std::string share_text(std::uint32_t ppm) {
  std::string text = fmt::format("{}.{:04}", ppm / 10'000, ppm % 10'000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " %";
}

std::string yaml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string range_text(const CountRange& range) {
  return fmt::format("{} to {}{}", range.min, range.max, with_unit(range.unit));
}
std::string range_text(const DurationRange& range) {
  return fmt::format("{} to {}", range.min.to_text(), range.max.to_text());
}
std::string range_text(const DecimalRange& range) {
  return fmt::format("{} to {}", range.min, range.max);
}

}  // namespace zonefall::scenario
