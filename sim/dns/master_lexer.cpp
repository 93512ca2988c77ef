#include "dns/master_lexer.h"

#include <fmt/format.h>

namespace zonefall::dns {
namespace {

bool ends_word(char c) {
  // A quote inside a word is part of it, as ldns writes names and BIND reads them.
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ';' || c == '(' || c == ')';
}

}  // namespace

Error MasterLexer::error_at(TextPlace place, std::string message) const {
  return Error{std::move(message), fmt::format("{}:{}:{}", file_name_, place.line, place.column)};
}

char MasterLexer::take() {
  const char c = text_[position_++];
  if (c == '\n') {
    place_.line += 1;
    place_.column = 1;
  } else {
    place_.column += 1;
  }
  return c;
}

Status MasterLexer::take_escape(std::string& token) {
  const TextPlace start = place_;
  token += take();
  if (at_end() || peek() == '\n') return error_at(start, "a backslash ends the line");
  token += take();
  return Done{};
}

Status MasterLexer::take_word(MasterLine& line) {
  const TextPlace start = place_;
  std::string token;
  while (!at_end() && !ends_word(peek())) {
    if (peek() == '\\') {
      if (Status status = take_escape(token); !status) return status;
    } else {
      token += take();
    }
  }
  line.tokens.push_back(std::move(token));
  line.places.push_back(start);
  line.end = place_;
  return Done{};
}

Status MasterLexer::take_quoted(MasterLine& line) {
  const TextPlace start = place_;
  take();
  std::string token;
  while (true) {
    if (at_end() || peek() == '\n') {
      return error_at(start, "the quote is not closed on its line");
    }
    if (peek() == '"') break;
    if (peek() == '\\') {
      if (Status status = take_escape(token); !status) return status;
    } else {
      token += take();
    }
  }
  take();
  // In quotes \# is just a '#'; without them it starts RDATA in the generic format (RFC 3597 5).
  if (token.starts_with("\\#")) token.erase(0, 1);
  line.tokens.push_back(std::move(token));
  line.places.push_back(start);
  line.end = place_;
  return Done{};
}

Status MasterLexer::step(MasterLine& line, bool& line_done) {
  switch (peek()) {
    case '\n':
      take();
      if (!open_parentheses_.empty()) break;
      line_done = !line.tokens.empty();
      if (!line_done) line.starts_with_blank = false;
      break;
    case ' ':
    case '\t':
    case '\r':
      if (place_.column == 1 && line.tokens.empty() && open_parentheses_.empty()) {
        line.starts_with_blank = true;
      }
      take();
      break;
    case ';':
      while (!at_end() && peek() != '\n') take();
      break;
    case '(':
      open_parentheses_.push_back(place_);
      take();
      break;
    case ')':
      if (open_parentheses_.empty()) return error_at(place_, "')' without '('");
      open_parentheses_.pop_back();
      take();
      break;
    case '"': return take_quoted(line);
    default: return take_word(line);
  }
  return Done{};
}

Result<std::optional<MasterLine>> MasterLexer::next_line() {
  MasterLine line;
  bool line_done = false;
  while (!at_end() && !line_done) {
    if (Status status = step(line, line_done); !status) return status.error();
  }
  if (!open_parentheses_.empty()) {
    return error_at(open_parentheses_.back(), "'(' is not closed");
  }
  if (line.tokens.empty()) return std::optional<MasterLine>();
  return std::optional(std::move(line));
}

}  // namespace zonefall::dns
