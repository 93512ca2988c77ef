// What is wrong with a file: all problems, with their places, reported together in order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/core/spelling.h"

namespace zonefall::scenario {

/// Counted from 1, as editors do; or the change that brought a value, which stands in no line.
struct Mark {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::uint32_t change = 0;  // 0: none, else its number of Problems::add_change()
  auto operator<=>(const Mark&) const = default;
};

class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}
  /// What a change is called where it is the place of a problem; its number for marks.
  std::uint32_t add_change(std::string name) {
    changes_.push_back(std::move(name));
    return static_cast<std::uint32_t>(changes_.size());
  }
  /// None yet, of the same file with the same changes.
  [[nodiscard]] Problems none_yet() const {
    Problems none(file_);
    none.changes_ = changes_;
    return none;
  }
  void add(Mark at, std::string message);
  /// Problems of another file, met on the way; they are reported after those of this one.
  void add_foreign(const Error& error) { foreign_.push_back(error.to_text()); }
  [[nodiscard]] bool any() const { return !found_.empty() || !foreign_.empty(); }
  [[nodiscard]] const std::string& file() const { return file_; }
  /// One Error for all: the first one's place and message, the others on lines of their own; those
  /// of changes first, because the file was fine, or nobody would have changed it. At most
  /// `shown_max` are written out. There must be one.
  [[nodiscard]] Error to_error() const;

  static constexpr std::size_t shown_max = 50;

 private:
  struct Problem {
    Mark at;
    std::string message;
  };
  [[nodiscard]] std::string place_text(Mark at) const;

  std::string file_;
  std::vector<std::string> changes_;
  std::vector<Problem> found_;
  std::vector<std::string> foreign_;
};

}  // namespace zonefall::scenario
