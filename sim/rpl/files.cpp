#include "rpl/files.h"

#include <algorithm>

#include "zonefall/core/spelling.h"

namespace zonefall::rpl {
namespace {

using Files = std::map<std::string, ScriptFile>;

constexpr std::size_t depth_max = 8;
constexpr std::size_t includes_max = 100;
constexpr std::size_t octets_max = 1U << 20U;

class FileReader {
 public:
  FileReader(const Files& files, std::string_view script_name)
      : files_(files), script_name_(script_name) {}

  // The file `name`, which the script's line `asked_at` asks for.
  Status append(const std::string& name, std::uint32_t asked_at, std::size_t depth) {
    const auto found = files_.find(name);
    if (found == files_.end()) {
      return error_at(script_name_, asked_at, "the script has no file " + in_quotes(name));
    }
    count_ += 1;
    if (depth == depth_max || count_ > includes_max) {
      return error_at(script_name_, asked_at, "files include each other");
    }
    Lines inner(found->second.text, script_name_);
    while (const auto line = inner.next_raw()) {
      const std::uint32_t number = found->second.line + line->number - 1;
      const auto words = words_of(line->text);
      if (words.size() > 1 && words.front() == "$INCLUDE_TEMPFILE") {
        Status status = append(std::string(words[1]), number, depth + 1);
        if (!status) return status;
        continue;
      }
      lines.push_back({line->text, number});
      octets_ += line->text.size() + 1;
      if (octets_ > octets_max) {
        return error_at(script_name_, asked_at, in_quotes(name) + " grows too long");
      }
    }
    return Done{};
  }

  std::vector<Line> lines;

 private:
  const Files& files_;
  std::string_view script_name_;
  std::size_t count_ = 0;
  std::size_t octets_ = 0;
};

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

Result<std::vector<Line>> file_lines(const Files& files, const Option& option,
                                     std::string_view script_name) {
  FileReader reader(files, script_name);
  if (Status status = reader.append(option.value, option.line, 0); !status) return status.error();
  return std::move(reader.lines);
}

Result<std::vector<Option>> anchors_in(const Script& script, const Option& file) {
  if (!file.is_file) return Error{"unsupported: a file outside of the script"};
  const auto lines = file_lines(script.files, file, script.file_name);
  if (!lines) return lines.error();
  std::vector<Option> anchors;
  Option record = file;
  record.value.clear();
  bool is_open = false;  // parentheses go on over the end of the line
  bool counts = true;
  for (const Line& line : lines.value()) {
    const std::size_t end = comment_in(line.text);
    const std::string_view comment = line.text.substr(end);
    // The whole zone was given up: it counts as insecure.
    if (comment.starts_with(";;REVOKED")) return std::vector<Option>();
    counts = counts && is_trusted(comment);
    if (record.value.empty()) record.line = line.number;
    record.value += line.text.substr(0, end);
    for (const char c : line.text.substr(0, end)) is_open = (is_open || c == '(') && c != ')';
    if (is_open) {
      record.value += '\n';
      continue;
    }
    const std::string_view text = trimmed(record.value);
    if (!text.empty() && text.front() != '$' && counts) anchors.push_back(record);
    record.value.clear();
    counts = true;
  }
  if (is_open) anchors.push_back(record);  // for what is wrong with it to be said
  return anchors;
}

}  // namespace zonefall::rpl
