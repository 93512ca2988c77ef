#include "rpl/files.h"

#include <algorithm>

#include <fmt/format.h>

#include "rpl/lines.h"
#include "zonefall/core/spelling.h"

namespace zonefall::rpl {
namespace {

using Files = std::map<std::string, ScriptFile>;

constexpr std::size_t depth_max = 8;
constexpr std::size_t includes_max = 100;
constexpr std::size_t octets_max = 1U << 20U;

struct Included {
  std::string text;
  std::size_t count = 0;
};

Status append(const Files& files, const std::string& name, std::size_t depth, Included& out) {
  const auto found = files.find(name);
  if (found == files.end()) return Error{"the script has no file " + in_quotes(name)};
  out.count += 1;
  if (depth == depth_max || out.count > includes_max) return Error{"files include each other"};
  Lines lines(found->second.text, "");
  while (const auto line = lines.next_raw()) {
    const auto words = words_of(line->text);
    if (words.size() > 1 && words.front() == "$INCLUDE_TEMPFILE") {
      const Status status = append(files, std::string(words[1]), depth + 1, out);
      if (!status) return status;
      continue;
    }
    out.text += line->text;
    out.text += '\n';
    if (out.text.size() > octets_max) return Error{in_quotes(name) + " grows too long"};
  }
  return Done{};
}

// A semicolon outside of quotes.
std::size_t comment_in(std::string_view line) {
  bool is_quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') is_quoted = !is_quoted;
    if (line[i] == ';' && !is_quoted) return i;
  }
  return line.size();
}

// RFC 5011 4.2: keys are trusted in the states VALID (2) and MISSING (3).
bool is_trusted(std::string_view comment) {
  constexpr std::string_view state = "state=";
  const std::size_t at = comment.find(state);
  if (at == std::string_view::npos || at + state.size() == comment.size()) return true;
  const char number = comment[at + state.size()];
  return number == '2' || number == '3';
}

}  // namespace

std::string autotrust_name(const std::string& id) {
  return "autotrust " + id;  // ids have no blanks
}

Result<std::string> file_text(const Files& files, const std::string& name) {
  Included out;
  if (Status status = append(files, name, 0, out); !status) return status.error();
  return std::move(out.text);
}

Result<std::vector<Option>> anchors_in(const Script& script, const Option& file) {
  if (!file.is_file) return Error{"unsupported: a file outside of the script"};
  const auto text = file_text(script.files, file.value);
  if (!text) return text.error();
  std::vector<Option> anchors;
  std::string record;
  bool is_open = false;  // parentheses go on over the end of the line
  bool counts = true;
  Lines lines(text.value(), "");
  const std::uint32_t first_line = script.files.at(file.value).line;
  while (const auto line = lines.next_raw()) {
    const std::size_t end = comment_in(line->text);
    const std::string_view comment = line->text.substr(end);
    // The whole zone was given up: it counts as insecure.
    if (comment.starts_with(";;REVOKED")) return std::vector<Option>();
    counts = counts && is_trusted(comment);
    for (const char c : line->text.substr(0, end)) {
      is_open = (is_open || c == '(') && c != ')';
      record += c == '(' || c == ')' ? ' ' : c;
    }
    if (is_open) continue;
    const bool is_record = !trimmed(record).empty() && trimmed(record).front() != '$';
    if (is_record && counts) {
      Option anchor = file;
      anchor.value = record;
      anchor.line = first_line + line->number - 1;
      anchors.push_back(std::move(anchor));
    }
    record.clear();
    counts = true;
  }
  return anchors;
}

}  // namespace zonefall::rpl
