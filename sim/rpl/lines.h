// The lines of a script without blanks and comments, for the sources of this module.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/rpl/script.h"

namespace zonefall::rpl {

struct Line {
  std::string_view text;  // without blanks around it
  std::uint32_t number = 0;
};

/// What stands between blanks.
std::vector<std::string_view> words_of(std::string_view text);
/// As words_of(), up to a word that begins with one of `comment_starts`.
std::vector<std::string_view> words_before(std::string_view text, std::string_view comment_starts);
/// All of `text` as a decimal number.
std::optional<std::uint32_t> number_of(std::string_view text);
/// Without blanks around it.
std::string_view trimmed(std::string_view text);

/// Whether a line begins with a keyword: Deckard's are whole words, testbound's are beginnings.
bool has_keyword(const Line& line, std::string_view keyword, Dialect dialect);
/// Of a script's line.
Error error_at(std::string_view file_name, std::uint32_t line, std::string message);

class Lines {
 public:
  Lines(std::string_view text, std::string_view file_name) : rest_(text), file_name_(file_name) {}

  /// The next line as it is, with its comments; nullopt at the end.
  std::optional<Line> next_raw();
  /// The next line with something on it, by the rules for comments of scenarios: testbound's are
  /// whole lines, Deckard's begin anywhere with a semicolon.
  std::optional<Line> next(Dialect dialect);
  /// Gives the last line again.
  void back() { is_repeated_ = true; }

  [[nodiscard]] Error error(std::uint32_t line, std::string message) const;
  [[nodiscard]] std::string_view file_name() const { return file_name_; }
  [[nodiscard]] std::uint32_t number() const { return last_.number; }

 private:
  std::string_view rest_;
  std::string_view file_name_;
  Line last_;
  bool is_repeated_ = false;
};

}  // namespace zonefall::rpl
