// What is wrong with a file: all problems, with their places, reported together in order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/core/spelling.h"

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

}  // namespace zonefall::scenario
