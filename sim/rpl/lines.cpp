#include "rpl/lines.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace zonefall::rpl {
namespace {

constexpr std::string_view blanks = " \t\r\f\v";

}  // namespace

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t start = text.find_first_not_of(blanks);
    if (start == std::string_view::npos) return words;
    text.remove_prefix(start);
    const std::size_t end = std::min(text.find_first_of(blanks), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::vector<std::string_view> words_before(std::string_view text, std::string_view comment_starts) {
  std::vector<std::string_view> words = words_of(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (comment_starts.find(words[i].front()) == std::string_view::npos) continue;
    words.resize(i);
    break;
  }
  return words;
}

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t start = text.find_first_not_of(blanks);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(blanks) - start + 1);
}

bool has_keyword(const Line& line, std::string_view keyword, Dialect dialect) {
  if (!line.text.starts_with(keyword)) return false;
  return dialect == Dialect::testbound || line.text.size() == keyword.size() ||
         blanks.find(line.text[keyword.size()]) != std::string_view::npos;
}

Error error_at(std::string_view file_name, std::uint32_t line, std::string message) {
  return {std::move(message), fmt::format("{}:{}", file_name, line)};
}

std::optional<Line> Lines::next_raw() {
  if (is_repeated_) {
    is_repeated_ = false;
    return last_;
  }
  if (rest_.empty()) return std::nullopt;
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  last_.text = rest_.substr(0, end);
  last_.number += 1;
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  return last_;
}

std::optional<Line> Lines::next(Dialect dialect) {
  while (auto line = next_raw()) {
    std::string_view text = line->text;
    if (dialect == Dialect::deckard) text = text.substr(0, text.find(';'));
    text = trimmed(text);
    const bool is_comment = dialect == Dialect::testbound && !text.empty() &&
                            (text.front() == ';' || text.front() == '#');
    if (text.empty() || is_comment) continue;
    return Line{text, line->number};
  }
  return std::nullopt;
}

Error Lines::error(std::uint32_t line, std::string message) const {
  return error_at(file_name_, line, std::move(message));
}

}  // namespace zonefall::rpl
