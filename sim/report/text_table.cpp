#include "report/text_table.h"

#include <algorithm>
#include <utility>

#include "report/text.h"
#include "zonefall/core/assert.h"

namespace zonefall::report {
namespace {

std::string padded(const std::string& cell, std::size_t width, Align align) {
  const std::size_t own = width_of(cell);
  const std::string spaces(own < width ? width - own : 0, ' ');
  return align == Align::left ? cell + spaces : spaces + cell;
}

}  // namespace

void TextTable::add(std::vector<std::string> cells) {
  ZF_ASSERT(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> TextTable::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = std::max<std::size_t>(width_of(columns_[i].header), 3);
    for (const auto& row : rows_) {
      const std::size_t cell = width_of(row[i]);
      if (cell <= cell_width_max) width = std::max(width, cell);
    }
    widths.push_back(width);
  }
  return widths;
}

std::string TextTable::to_markdown() const {
  const std::vector<std::size_t> wide = widths();
  std::string head = "|";
  std::string rule = "|";
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    head += " " + padded(columns_[i].header, wide[i], columns_[i].align) + " |";
    rule += " " + std::string(wide[i] - 1, '-');
    rule += columns_[i].align == Align::right ? ": |" : "- |";
  }
  std::string text = head + "\n" + rule + "\n";
  for (const auto& row : rows_) {
    text += "|";
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      text += " " + padded(row[i], wide[i], columns_[i].align) + " |";
    }
    text += "\n";
  }
  return text;
}

}  // namespace zonefall::report
