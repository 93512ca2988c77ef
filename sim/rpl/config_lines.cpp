#include "rpl/config_lines.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace zonefall::rpl {
namespace {

// unbound.conf(5): words that open a clause and have no value.
constexpr std::array<std::string_view, 12> clauses = {
    "server:", "stub-zone:", "forward-zone:", "remote-control:", "auth-zone:", "rpz:",
    "view:",   "python:",    "dynlib:",       "cachedb:",        "dnscrypt:",  "dnstap:"};

// testbound's own, with which it makes and fills files.
constexpr std::array<std::string_view, 4> harness_lines = {"COMMANDLINE", "AUTOTRUST_FILE",
                                                           "TEMPFILE_NAME", "TEMPFILE_CONTENTS"};

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
    // "key:value" is legal too.
    const std::size_t blank = std::min(rest.find_first_of(" \t\r"), rest.size());
    const std::size_t colon = rest.substr(0, blank).find(":\"");
    const std::size_t end = colon == std::string_view::npos ? blank : colon + 1;
    words.push_back({std::string(rest.substr(0, end)), line.number, false});
    rest.remove_prefix(end);
  }
}

// local-zone and the like have two values.
bool has_two_values(std::string_view name) {
  constexpr std::array<std::string_view, 6> names = {
      "local-zone:",         "access-control:", "local-zone-tag:",
      "access-control-tag:", "response-ip:",    "response-ip-data:"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

Result<std::vector<Option>> unbound_options(const Lines& lines, const std::vector<Word>& words) {
  std::vector<Option> options;
  std::string clause = "server";
  std::uint32_t clause_number = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Word& name = words[i];
    if (name.is_quoted || name.text.back() != ':') {
      return lines.error(name.line, fmt::format("expected an option, got '{}'", name.text));
    }
    if (opens_clause(name.text)) {
      clause = name.text.substr(0, name.text.size() - 1);
      clause_number += 1;
      options.push_back({clause, clause_number, "", "", name.line});
      continue;
    }
    if (i + 1 == words.size()) {
      return lines.error(name.line, fmt::format("{} has no value", name.text));
    }
    Option option{clause, clause_number, name.text.substr(0, name.text.size() - 1), words[++i].text,
                  name.line};
    if (has_two_values(name.text) && i + 1 < words.size()) option.value += " " + words[++i].text;
    options.push_back(std::move(option));
  }
  return options;
}

Result<std::vector<Option>> deckard_options(const std::vector<Line>& section) {
  std::vector<Option> options;
  for (const Line& line : section) {
    if (!line.text.empty() && line.text.front() == ';') continue;
    const std::string_view text = trimmed(line.text.substr(0, line.text.find('#')));
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) continue;
    options.push_back({"", 0, std::string(trimmed(text.substr(0, colon))),
                       std::string(unquoted(trimmed(text.substr(colon + 1)))), line.number});
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
    auto options = deckard_options(section);
    if (!options) return options.error();
    config.options = std::move(options).value();
    return config;
  }
  if (!has_end) return lines.error(lines.number(), "there is no CONFIG_END");
  std::vector<Word> words;
  for (const Line& line : section) {
    const std::string_view text = trimmed(line.text);
    if (text.empty() || text.front() == ';') continue;
    const std::string_view first = words_of(text).front();
    if (std::find(harness_lines.begin(), harness_lines.end(), first) != harness_lines.end()) {
      return lines.error(line.number, fmt::format("{} is not supported", first));
    }
    if (Status status = split_unbound(lines, {text, line.number}, words); !status) {
      return status.error();
    }
  }
  auto options = unbound_options(lines, words);
  if (!options) return options.error();
  config.options = std::move(options).value();
  return config;
}

}  // namespace zonefall::rpl
