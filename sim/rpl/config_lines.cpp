#include "rpl/config_lines.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rpl/files.h"

namespace zonefall::rpl {
namespace {

// unbound.conf(5): words that open a clause and have no value.
constexpr std::array<std::string_view, 12> clauses = {
    "server:", "stub-zone:", "forward-zone:", "remote-control:", "auth-zone:", "rpz:",
    "view:",   "python:",    "dynlib:",       "cachedb:",        "dnscrypt:",  "dnstap:"};

bool opens_clause(std::string_view word) {
  return std::find(clauses.begin(), clauses.end(), word) != clauses.end();
}

std::string_view unquoted(std::string_view text) {
  const bool is_quoted = text.size() > 1 && (text.front() == '"' || text.front() == '\'') &&
                         text.back() == text.front();
  return is_quoted ? text.substr(1, text.size() - 2) : text;
}

struct Word {
  std::string text;
  std::uint32_t line = 0;
  bool is_quoted = false;
  bool is_file = false;  // one that the script brings along
};

// Words of unbound.conf: bare or in quotes, up to a '#'.
Status split_unbound(const Lines& lines, const Line& line, std::vector<Word>& words) {
  std::string_view rest = line.text;
  while (true) {
    rest = trimmed(rest);
    if (rest.empty() || rest.front() == '#') return Done{};
    if (rest.front() == '"' || rest.front() == '\'') {
      const std::size_t end = rest.find(rest.front(), 1);
      if (end == std::string_view::npos) return lines.error(line.number, "a quote is not closed");
      words.push_back({std::string(rest.substr(1, end - 1)), line.number, true});
      rest.remove_prefix(end + 1);
      continue;
    }
    // A quote may follow the colon at once.
    const std::size_t blank = std::min(rest.find_first_of(" \t\r"), rest.size());
    const std::size_t colon = rest.substr(0, blank).find(":\"");
    const std::size_t end = colon == std::string_view::npos ? blank : colon + 1;
    words.push_back({std::string(rest.substr(0, end)), line.number, false});
    rest.remove_prefix(end);
  }
}

// "name:", which no value is by chance: IPv6 addresses have two colons.
bool names_option(std::string_view word) {
  if (word.size() < 2 || word.back() != ':') return false;
  word.remove_suffix(1);
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return is_letter(word.front()) && std::all_of(word.begin(), word.end(), [&](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
         });
}

struct ManyValues {
  std::string_view name;
  std::size_t count;
};

// unbound.conf(5): all others have one.
constexpr std::array many_values = {
    ManyValues{"local-zone:", 2},
    ManyValues{"local-zone-tag:", 2},
    ManyValues{"local-zone-override:", 3},
    ManyValues{"access-control:", 2},
    ManyValues{"access-control-tag:", 2},
    ManyValues{"access-control-tag-action:", 3},
    ManyValues{"access-control-tag-data:", 3},
    ManyValues{"access-control-view:", 2},
    ManyValues{"interface-action:", 2},
    ManyValues{"interface-tag:", 2},
    ManyValues{"interface-tag-action:", 3},
    ManyValues{"interface-tag-data:", 3},
    ManyValues{"interface-view:", 2},
    ManyValues{"response-ip:", 2},
    ManyValues{"response-ip-data:", 2},
    ManyValues{"response-ip-tag:", 2},
    ManyValues{"ratelimit-for-domain:", 2},
    ManyValues{"ratelimit-below-domain:", 2},
    ManyValues{"edns-client-string:", 2},
    ManyValues{"wait-limit-netblock:", 2},
    ManyValues{"wait-limit-cookie-netblock:", 2},
};

std::size_t value_count(std::string_view name) {
  for (const ManyValues& one : many_values) {
    if (one.name == name) return one.count;
  }
  return 1;
}

// testbound's config section: words of unbound.conf, and lines of its own that make files.
class UnboundConfig {
 public:
  UnboundConfig(const Lines& lines, const std::vector<Line>& section)
      : lines_(lines), section_(section) {}

  Result<ConfigLines> read() {
    for (next_ = 0; next_ < section_.size(); ++next_) {
      const std::string_view text = trimmed(section_[next_].text);
      if (text.empty() || text.front() == ';') continue;
      if (Status status = take({text, section_[next_].number}); !status) return status.error();
    }
    if (Status status = take_options(words_, 0); !status) return status.error();
    return std::move(config_);
  }

 private:
  Status take(const Line& line) {
    const auto words = words_of(line.text);
    const std::string_view first = words.front();
    if (first == "COMMANDLINE") return Done{};  // of the program: what it logs, where it runs
    const bool has_id =
        first == "AUTOTRUST_FILE" || first == "TEMPFILE_NAME" || first == "TEMPFILE_CONTENTS";
    if (!has_id) return split_unbound(lines_, line, words_);
    if (words.size() < 2) return lines_.error(line.number, fmt::format("{} needs an id", first));
    const std::string id(words[1]);
    if (first == "TEMPFILE_NAME") {
      words_.push_back({id, line.number, true, true});
      return Done{};
    }
    if (first == "TEMPFILE_CONTENTS") return take_file(id, "TEMPFILE_END", line);
    const std::string name = autotrust_name(id);
    words_.push_back({"server:", line.number});
    words_.push_back({"auto-trust-anchor-file:", line.number});
    words_.push_back({name, line.number, true, true});
    return take_file(name, "AUTOTRUST_END", line);
  }

  Status take_file(const std::string& name, std::string_view end, const Line& begin) {
    ScriptFile file;
    file.line = begin.number + 1;
    for (next_ += 1; next_ < section_.size(); ++next_) {
      if (trimmed(section_[next_].text).starts_with(end)) {
        config_.files.insert_or_assign(name, std::move(file));
        return Done{};
      }
      file.text += section_[next_].text;
      file.text += '\n';
    }
    return lines_.error(begin.number, fmt::format("there is no {}", end));
  }

  Status take_options(const std::vector<Word>& words, std::size_t depth) {
    for (std::size_t i = 0; i < words.size();) {
      const Word& word = words[i++];
      // "name:value" is legal, too.
      const std::size_t colon = word.is_quoted ? std::string::npos : word.text.find(':');
      if (colon == std::string::npos || colon == 0) return no_option(words, i - 1);
      const std::string_view name = std::string_view(word.text).substr(0, colon + 1);
      const std::string_view glued = std::string_view(word.text).substr(colon + 1);
      if (glued.empty() && opens_clause(name)) {
        clause_ = name.substr(0, colon);
        clause_number_ += 1;
        config_.options.push_back({clause_, clause_number_, "", "", word.line});
        continue;
      }
      Option option{clause_, clause_number_, std::string(name.substr(0, colon)), std::string(glued),
                    word.line};
      std::size_t missing = value_count(name) - (glued.empty() ? 0 : 1);
      if (glued.empty() && i == words.size()) {
        return lines_.error(word.line, fmt::format("{} has no value", name));
      }
      for (; missing > 0 && i < words.size(); --missing) {
        if (!words[i].is_quoted && names_option(words[i].text)) {
          return swallows(word.line, name, words[i].text);
        }
        const bool is_first = option.value.empty();
        option.value += (is_first ? "" : " ") + words[i].text;
        option.is_file = option.is_file || words[i].is_file;
        i += 1;
      }
      if (Status status = take_option(std::move(option), depth); !status) return status;
    }
    return Done{};
  }

  // Most often the rest of a value with blanks.
  [[nodiscard]] Error no_option(const std::vector<Word>& words, std::size_t at) const {
    const Word& word = words[at];
    std::string message = fmt::format("expected an option, got '{}'", word.text);
    const bool follows_value = at > 0 && words[at - 1].line == word.line &&
                               !words[at - 1].is_quoted && !config_.options.empty() &&
                               config_.options.back().value.ends_with(words[at - 1].text);
    if (follows_value) {
      message +=
          fmt::format("; a value of {}: with blanks needs quotes", config_.options.back().name);
    }
    return lines_.error(word.line, std::move(message));
  }

  [[nodiscard]] Error swallows(std::uint32_t line, std::string_view name,
                               std::string_view next) const {
    const std::size_t count = value_count(name);
    return lines_.error(
        line, fmt::format("{} needs {} before '{}', which is a value in quotes only", name,
                          count == 1 ? "a value" : fmt::format("{} values", count), next));
  }

  Status take_option(Option option, std::size_t depth) {
    if (option.is_file && option.name == "include") return include(option, depth);
    config_.options.push_back(std::move(option));
    return Done{};
  }

  Status include(const Option& option, std::size_t depth) {
    constexpr std::size_t depth_max = 4;
    constexpr std::size_t includes_max = 20;
    includes_ += 1;
    if (includes_ > includes_max) return lines_.error(option.line, "more than 20 includes");
    if (depth == depth_max) return lines_.error(option.line, "includes within includes");
    const auto included = file_lines(config_.files, option, lines_.file_name());
    if (!included) return included.error();
    std::vector<Word> words;
    for (const Line& line : included.value()) {
      if (Status status = split_unbound(lines_, line, words); !status) return status;
    }
    return take_options(words, depth + 1);
  }

  const Lines& lines_;
  const std::vector<Line>& section_;
  std::size_t next_ = 0;
  std::vector<Word> words_;
  ConfigLines config_;
  std::string clause_ = "server";
  std::uint32_t clause_number_ = 0;
  std::size_t includes_ = 0;
};

Result<std::vector<Option>> deckard_options(const Lines& lines, const std::vector<Line>& section) {
  std::vector<Option> options;
  for (const Line& line : section) {
    if (!line.text.empty() && line.text.front() == ';') continue;
    const std::string_view text = trimmed(line.text.substr(0, line.text.find('#')));
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = trimmed(text.substr(0, colon));
    const std::string_view value = trimmed(text.substr(colon + 1));
    const bool is_quoted = unquoted(value).size() != value.size();
    for (const std::string_view word : words_before(value, ";\"'")) {
      if (is_quoted || !names_option(word)) continue;
      return lines.error(line.number, fmt::format("the value of {} goes on to the end of its line, "
                                                  "over '{}'; write one option on a line",
                                                  name, word));
    }
    options.push_back({"", 0, std::string(name), std::string(unquoted(value)), line.number});
  }
  return options;
}

bool has_clause(const std::vector<Line>& section) {
  return std::any_of(section.begin(), section.end(), [](const Line& line) {
    const auto words = words_of(line.text);
    return !words.empty() && opens_clause(words.front());
  });
}

}  // namespace

Result<ConfigLines> read_config(Lines& lines, std::optional<Dialect> dialect) {
  std::vector<Line> section;
  bool has_end = false;
  while (const auto line = lines.next_raw()) {
    const auto words = words_of(line->text);
    if (!words.empty() && words.front().starts_with("SCENARIO_BEGIN")) {
      lines.back();
      break;
    }
    has_end = !words.empty() && words.front().starts_with("CONFIG_END");
    if (has_end) break;
    section.push_back(*line);
  }
  ConfigLines config;
  config.dialect = dialect.value_or(has_clause(section) ? Dialect::testbound : Dialect::deckard);
  if (config.dialect == Dialect::deckard) {
    auto options = deckard_options(lines, section);
    if (!options) return options.error();
    config.options = std::move(options).value();
    return config;
  }
  if (!has_end) return lines.error(lines.number(), "there is no CONFIG_END");
  return UnboundConfig(lines, section).read();
}

}  // namespace zonefall::rpl
