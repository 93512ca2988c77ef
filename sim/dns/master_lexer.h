// Splits master-file text into logical lines of tokens (RFC 1035 5.1), for the sources of this
// module: comments and parentheses are gone, quotes too, escapes are kept.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonefall/core/result.h"

namespace zonefall::dns {

/// Line and column from 1; columns count octets.
struct TextPlace {
  std::size_t line = 1;
  std::size_t column = 1;
  auto operator<=>(const TextPlace&) const = default;
};

/// At least one token; `places` runs beside `tokens`.
struct MasterLine {
  std::vector<std::string> tokens;
  std::vector<TextPlace> places;
  TextPlace end;                   // just behind the last token
  bool starts_with_blank = false;  // the owner is left out
};

class MasterLexer {
 public:
  MasterLexer(std::string_view text, std::string_view file_name, std::size_t first_line = 1)
      : text_(text), file_name_(file_name), place_{first_line, 1} {}

  /// The next line that has tokens, nullopt at the end of the text.
  Result<std::optional<MasterLine>> next_line();
  [[nodiscard]] Error error_at(TextPlace place, std::string message) const;

 private:
  [[nodiscard]] bool at_end() const { return position_ == text_.size(); }
  [[nodiscard]] char peek() const { return text_[position_]; }
  char take();
  /// Appends a backslash and what it escapes to `token`.
  Status take_escape(std::string& token);
  Status take_word(MasterLine& line);
  Status take_quoted(MasterLine& line);
  /// Handles what is at the position; `line_done` becomes true behind the line's newline.
  Status step(MasterLine& line, bool& line_done);

  std::string_view text_;
  std::string_view file_name_;
  std::size_t position_ = 0;
  TextPlace place_;
  std::vector<TextPlace> open_parentheses_;
};

}  // namespace zonefall::dns
