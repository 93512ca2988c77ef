#include "tsv.h"

#include <fstream>
#include <optional>

#include <fmt/format.h>

namespace zonefall::fidelity {
namespace {

/// All fields of a line, the empty ones too.
std::vector<std::string> fields_of(std::string_view text) {
  std::vector<std::string> fields;
  while (true) {
    const std::size_t end = text.find('\t');
    fields.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return fields;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::pair<std::string, std::string>> head_of(const std::string& text) {
  const std::size_t colon = text.find(": ");
  if (!text.starts_with("# ") || colon == std::string::npos) return std::nullopt;
  return std::pair{text.substr(2, colon - 2), text.substr(colon + 2)};
}

}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parts;
}

Result<Tsv> read_tsv(const std::string& path, std::string_view header) {
  std::ifstream file(path);
  if (!file) return Error{"cannot read the table", path};
  const std::size_t columns = fields_of(header).size();
  Tsv table;
  std::string text;
  bool header_seen = false;
  for (int number = 1; std::getline(file, text); ++number) {
    const std::string where = fmt::format("{}:{}", path, number);
    if (!header_seen) {
      if (auto head = head_of(text)) {
        table.head.push_back(std::move(*head));
        continue;
      }
      if (text != header) return Error{"unexpected header: " + text, where};
      header_seen = true;
      continue;
    }
    TsvLine line{where, fields_of(text)};
    if (line.fields.size() != columns) {
      return Error{fmt::format("{} fields instead of {}", line.fields.size(), columns), where};
    }
    table.lines.push_back(std::move(line));
  }
  if (!header_seen) return Error{"no header", path};
  return table;
}

}  // namespace zonefall::fidelity
