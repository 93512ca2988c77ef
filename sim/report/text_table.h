// A Markdown table that is also readable as it stands: columns are aligned with spaces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace zonefall::report {

enum class Align : std::uint8_t { left, right };

class TextTable {
 public:
  struct Column {
    std::string header;
    Align align = Align::left;
  };
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// One cell per column, each escaped already. Long cells do not widen their column past
  /// `cell_width_max`; their row is wider than the others.
  void add(std::vector<std::string> cells);
  [[nodiscard]] std::string to_markdown() const;

  static constexpr std::size_t cell_width_max = 60;

 private:
  [[nodiscard]] std::vector<std::size_t> widths() const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace zonefall::report
