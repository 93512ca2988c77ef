// What is wrong with a file: all problems, with their places, reported together in order.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zonefall/core/result.h"

namespace zonefall::scenario {

/// Counted from 1, as editors do.
struct Mark {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  auto operator<=>(const Mark&) const = default;
};

class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}
  void add(Mark at, std::string message);
  /// Problems of another file, met on the way; they are reported after those of this one.
  void add_foreign(const Error& error) { foreign_.push_back(error.to_text()); }
  [[nodiscard]] bool any() const { return !found_.empty() || !foreign_.empty(); }
  [[nodiscard]] const std::string& file() const { return file_; }
  /// One Error for all: the first one's place and message, the others on lines of their own. At
  /// most `shown_max` are written out. There must be one.
  [[nodiscard]] Error to_error() const;

  static constexpr std::size_t shown_max = 50;

 private:
  struct Problem {
    Mark at;
    std::string message;
  };
  std::string file_;
  std::vector<Problem> found_;
  std::vector<std::string> foreign_;
};

/// The word of `valid` that `written` was probably meant to be, or "".
std::string_view nearest_word(std::string_view written, std::span<const std::string_view> valid);

/// `unknown <what> "<written>"; did you mean "..."?`, or the valid ones where none is near.
std::string unknown_word(std::string_view what, std::string_view written,
                         std::span<const std::string_view> valid);

/// `text` in double quotes for a message: cut after 40 octets, controls left out.
std::string in_quotes(std::string_view text);

}  // namespace zonefall::scenario
