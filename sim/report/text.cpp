#include "report/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace zonefall::report {
namespace {

constexpr char32_t replacement = 0xfffd;

struct Range {
  char32_t first;
  char32_t last;
};
template <std::size_t N>
bool is_in(char32_t c, const std::array<Range, N>& ranges) {
  for (const Range& range : ranges) {
    if (c >= range.first && c <= range.last) return true;
  }
  return false;
}

// Controls C0 and C1, separators of lines and paragraphs, marks and overrides of direction.
constexpr std::array<Range, 8> steering = {{{0, 0x1f},
                                            {0x7f, 0x9f},
                                            {0x61c, 0x61c},
                                            {0x200e, 0x200f},
                                            {0x2028, 0x202e},
                                            {0x2066, 0x2069},
                                            {0xfff9, 0xfffb},
                                            {0xe0000, 0xe007f}}};
constexpr std::array<Range, 6> zero_width = {{{0x300, 0x36f},
                                              {0x1ab0, 0x1aff},
                                              {0x200b, 0x200d},
                                              {0x20d0, 0x20ff},
                                              {0xfe00, 0xfe0f},
                                              {0xfeff, 0xfeff}}};
constexpr std::array<Range, 8> double_width = {{{0x1100, 0x115f},
                                                {0x2e80, 0x303e},
                                                {0x3041, 0xa4cf},
                                                {0xac00, 0xd7a3},
                                                {0xf900, 0xfaff},
                                                {0xfe30, 0xfe6f},
                                                {0xff00, 0xff60},
                                                {0x1f300, 0x1faff}}};

/// Takes one character off the front (RFC 3629); broken octets give U+FFFD one by one.
char32_t take_character(std::string_view& text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = octet(0);
  std::size_t length = 1;
  char32_t c = first;
  char32_t smallest = 0;
  if (first >= 0xf0 && first < 0xf8) {
    length = 4, c = first & 0x07, smallest = 0x10000;
  } else if (first >= 0xe0 && first < 0xf0) {
    length = 3, c = first & 0x0f, smallest = 0x800;
  } else if (first >= 0xc0 && first < 0xe0) {
    length = 2, c = first & 0x1f, smallest = 0x80;
  } else if (first >= 0x80) {
    c = replacement;
  }
  bool is_broken = length > text.size();
  for (std::size_t i = 1; i < length && !is_broken; ++i) {
    is_broken = (octet(i) & 0xc0) != 0x80;
    c = c << 6 | (octet(i) & 0x3f);
  }
  is_broken = is_broken || c < smallest || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff);
  text.remove_prefix(is_broken ? 1 : length);
  return is_broken ? replacement : c;
}

void append(std::string& text, char32_t c) {
  const auto put = [&](char32_t octet) { text += static_cast<char>(octet); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6), put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 0x3f)), put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

std::size_t width_of(char32_t c) {
  if (is_in(c, zero_width)) return 0;
  return is_in(c, double_width) ? 2 : 1;
}

bool is_word(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet >= 0x80 || (octet >= '0' && octet <= '9') || (octet >= 'a' && octet <= 'z') ||
         (octet >= 'A' && octet <= 'Z') || octet == '_';
}

}  // namespace

std::string clean_line(std::string_view text) {
  std::string line;
  while (!text.empty()) {
    const char32_t c = take_character(text);
    const bool is_nothing = (c & 0xfffe) == 0xfffe;  // no characters, and not allowed in XML
    append(line, is_in(c, steering) ? U' ' : is_nothing ? replacement : c);
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line.substr(std::min(line.find_first_not_of(' '), line.size()));
}

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) width += width_of(take_character(text));
  return width;
}

std::string shorten(std::string_view text, std::size_t width_max) {
  if (width_of(text) <= width_max) return std::string(text);
  std::string start;
  std::size_t width = 1;  // the ellipsis
  while (!text.empty()) {
    const char32_t c = take_character(text);
    width += width_of(c);
    if (width > width_max) break;
    append(start, c);
  }
  while (!start.empty() && start.back() == ' ') start.pop_back();
  return start + "\u2026";
}

std::string escape_markdown(std::string_view text) {
  const std::string line = clean_line(text);
  std::string escaped;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool is_inside_word =
        i > 0 && i + 1 < line.size() && is_word(line[i - 1]) && is_word(line[i + 1]);
    if (c == '<') {
      escaped += "&lt;";
    } else if (c == '&') {
      escaped +=
          i + 1 < line.size() && (is_word(line[i + 1]) || line[i + 1] == '#') ? "&amp;" : "&";
    } else {
      const bool is_mark = std::string_view("\\|`*[]~").find(c) != std::string_view::npos;
      if (is_mark || (c == '_' && !is_inside_word)) escaped += '\\';
      escaped += c;
    }
  }
  return escaped;
}

std::string escape_xml(std::string_view text) {
  std::string escaped;
  for (const char c : clean_line(text)) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string percent(std::optional<double> share) {
  if (!share) return "-";
  if (*share > 0 && *share < 0.0005) return "<0.1 %";
  if (*share < 1 && *share >= 0.9995) return ">99.9 %";
  if (*share == 0) return "0 %";
  return fmt::format("{:.1f} %", *share * 100);
}

std::string count(double n) {
  if (n > 0 && n < 0.5) return "<1";
  const std::string digits = fmt::format("{:.0f}", n);
  std::string grouped;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const bool ends_group = i > (n < 0 ? 1U : 0U) && (digits.size() - i) % 3 == 0;
    if (ends_group) grouped += ',';
    grouped += digits[i];
  }
  return grouped;
}

std::string rate(double n) {
  if (n >= 100 || n == 0) return count(n);
  return fmt::format("{:.{}f}", n, n >= 10 ? 1 : n >= 1 ? 2 : 3);
}

std::string long_time(std::optional<SimTime> at) {
  return at ? SimTime::from_unix_s(at->to_unix_s()).to_text() : "-";
}

std::string short_time(std::optional<SimTime> at) {
  if (!at) return "-";
  std::string text = long_time(at).substr(5, 11);
  text[5] = ' ';
  return text;
}

std::string clock_time(SimTime at) {
  return long_time(at).substr(11, 5);
}

std::string span(double seconds) {
  struct Unit {
    double seconds;
    const char* name;
  };
  for (const Unit unit : {Unit{86400, "d"}, Unit{3600, "h"}, Unit{60, "min"}}) {
    if (seconds >= unit.seconds && std::fmod(seconds, unit.seconds) == 0) {
      return fmt::format("{:.0f} {}", seconds / unit.seconds, unit.name);
    }
  }
  return fmt::format("{} s", seconds);
}

double seconds_between(SimTime from, SimTime to) {
  // Microseconds: a difference of nanoseconds might not fit.
  const std::int64_t from_us = from.to_nanoseconds() / 1000;
  const std::int64_t to_us = to.to_nanoseconds() / 1000;
  return static_cast<double>(to_us - from_us) / 1e6;
}

}  // namespace zonefall::report
