#include "zonefall/core/spelling.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace zonefall {
namespace {

// Optimal string alignment: insert, delete, replace, or swap two neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = std::move(last);
    last = std::move(row);
    row.assign(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replace, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row.back();
}

std::string folded(std::string_view word) {
  std::string out(word);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    if (c == '-' || c == ' ') c = '_';
  }
  return out;
}

constexpr std::size_t word_octets_max = 64;
constexpr std::size_t listed_max = 16;

}  // namespace

std::string_view nearest_word(std::string_view written, std::span<const std::string_view> valid) {
  if (written.size() > word_octets_max) return "";
  const std::string wanted = folded(written);
  std::string_view best;
  std::size_t best_distance = 0;
  for (const std::string_view word : valid) {
    const std::size_t distance = edit_distance(wanted, folded(word));
    // About a third of the word may be wrong, but never all of it.
    const std::size_t longer = std::max(wanted.size(), word.size());
    const std::size_t allowed = std::max<std::size_t>(1, (longer + 1) / 3);
    if (distance <= allowed && distance < longer && (best.empty() || distance < best_distance)) {
      best = word;
      best_distance = distance;
    }
  }
  return best;
}

std::string unknown_word(std::string_view what, std::string_view written,
                         std::span<const std::string_view> valid) {
  std::string message = fmt::format("unknown {} {}", what, in_quotes(written));
  const std::string_view nearest = nearest_word(written, valid);
  if (!nearest.empty()) return message + fmt::format("; did you mean \"{}\"?", nearest);
  if (valid.empty()) return message;
  const std::size_t shown = std::min(valid.size(), listed_max);
  message += fmt::format("; valid: {}", fmt::join(valid.first(shown), ", "));
  return shown < valid.size() ? message + ", ..." : message;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t shown_max = 40;
  std::size_t end = std::min(text.size(), shown_max);
  // Not in the middle of a character of UTF-8.
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
    --end;
  }
  std::string out = "\"";
  for (const char c : text.substr(0, end)) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  return out + (end < text.size() ? "...\"" : "\"");
}

}  // namespace zonefall
