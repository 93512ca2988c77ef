// A whole script: config section, ranges, steps.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rpl/config_lines.h"
#include "rpl/parse_entry.h"
#include "zonefall/core/spelling.h"

namespace zonefall::rpl {
namespace {

struct NamedStep {
  std::string_view name;
  StepType type;
  bool has_entry;
  bool is_deckards;  // Deckard has it too
};

constexpr std::array step_types = {
    NamedStep{"QUERY", StepType::query, true, true},
    NamedStep{"CHECK_ANSWER", StepType::check_answer, true, true},
    NamedStep{"CHECK_OUT_QUERY", StepType::check_out_query, true, true},
    NamedStep{"REPLY", StepType::reply, true, true},
    NamedStep{"TIMEOUT", StepType::timeout, false, false},
    NamedStep{"ERROR", StepType::error, false, false},
    NamedStep{"NOTHING", StepType::nothing, false, false},
    NamedStep{"TRAFFIC", StepType::nothing, false, false},
    NamedStep{"TIME_PASSES", StepType::time_passes, false, true},
    NamedStep{"ASSIGN", StepType::assign, false, false},
    NamedStep{"INFRA_RTT", StepType::infra_rtt, false, false},
    NamedStep{"FLUSH_MESSAGE", StepType::flush_message, false, false},
    NamedStep{"EXPIRE_MESSAGE", StepType::expire_message, false, false},
};

// Seconds with at most nine digits behind the point.
std::optional<Duration> seconds_of(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto whole = number_of(text.substr(0, point));
  if (!whole) return std::nullopt;
  std::int64_t nanoseconds = 0;
  if (point < text.size()) {
    const std::string_view digits = text.substr(point + 1);
    const auto fraction = number_of(digits);
    if (!fraction || digits.size() > 9) return std::nullopt;
    nanoseconds = *fraction;
    for (std::size_t i = digits.size(); i < 9; ++i) nanoseconds *= 10;
  }
  return Duration::seconds(*whole) + Duration::nanoseconds(nanoseconds);
}

constexpr Duration elapsed_max = Duration::days(50 * 365);

class ScriptParser {
 public:
  ScriptParser(std::string_view text, const ParseOptions& options)
      : lines_(text, options.file_name) {
    script_.file_name = options.file_name;
    records_.file_name = options.file_name;
  }

  Result<Script> parse(std::optional<Dialect> dialect) {
    auto config = read_config(lines_, dialect);
    if (!config) return config.error();
    script_.dialect = config.value().dialect;
    script_.options = std::move(config.value().options);
    script_.files = std::move(config.value().files);
    const auto first = lines_.next(script_.dialect);
    if (!first) return lines_.error(lines_.number(), "there is no SCENARIO_BEGIN");
    if (Status status = begin(*first); !status) return status.error();
    while (const auto line = lines_.next(script_.dialect)) {
      if (is(*line, "SCENARIO_END")) return std::move(script_);
      if (Status status = take(*line); !status) return status.error();
    }
    return lines_.error(first->number, "the scenario has no SCENARIO_END");
  }

 private:
  [[nodiscard]] bool is(const Line& line, std::string_view keyword) const {
    return has_keyword(line, keyword, script_.dialect);
  }

  Status begin(const Line& line) {
    constexpr std::string_view keyword = "SCENARIO_BEGIN";
    if (!is(line, keyword)) {
      return lines_.error(line.number,
                          fmt::format("expected SCENARIO_BEGIN, got {}", in_quotes(line.text)));
    }
    script_.title = trimmed(line.text.substr(keyword.size()));
    if (script_.title.empty()) return lines_.error(line.number, "SCENARIO_BEGIN has no title");
    return Done{};
  }

  Status take(const Line& line) {
    if (is(line, "RANGE_BEGIN")) return take_range(line);
    if (is(line, "STEP")) return take_step(line);
    if (script_.dialect == Dialect::deckard) {
      return lines_.error(line.number, fmt::format("expected RANGE_BEGIN, STEP or SCENARIO_END, "
                                                   "got {}",
                                                   in_quotes(line.text)));
    }
    if (is(line, "FILE_BEGIN")) return skip_file(line);
    const auto words = words_before(line.text, ";#");
    const bool is_directive =
        !words.empty() && (words.front() == "$ORIGIN" || words.front() == "$TTL");
    if (!is_directive) return skip_between(line, words);
    records_.line = line.number;
    const auto directive = dns::apply_directive(line.text, records_);
    return directive ? Status(Done{}) : Status(directive.error());
  }

  // Whatever stands between ranges and steps is skipped, but for what was meant to be a step.
  Status skip_between(const Line& line, std::span<const std::string_view> words) const {
    if (words.size() < 3 || !number_of(words[1])) return Done{};
    const bool is_step = std::any_of(step_types.begin(), step_types.end(),
                                     [&](const NamedStep& one) { return one.name == words[2]; });
    if (!is_step) return Done{};
    constexpr std::array<std::string_view, 1> keywords = {"STEP"};
    return lines_.error(line.number, unknown_word("keyword", words[0], keywords));
  }

  // What a file is compared with, which has lines of any kind.
  Status skip_file(const Line& begin) {
    while (const auto line = lines_.next_raw()) {
      if (trimmed(line->text).starts_with("FILE_END")) return Done{};
    }
    return lines_.error(begin.number, "there is no FILE_END");
  }

  Status take_range(const Line& line) {
    const auto words = words_before(line.text, ";#");
    Range range;
    range.line = line.number;
    const auto first = words.size() > 1 ? number_of(words[1]) : std::nullopt;
    const auto last = words.size() > 2 ? number_of(words[2]) : std::nullopt;
    if (!first || !last || *last < *first) {
      return lines_.error(line.number, "RANGE_BEGIN needs the first and the last step's number");
    }
    range.first = *first;
    range.last = *last;
    for (std::size_t i = 3; i < words.size() && script_.dialect == Dialect::deckard; ++i) {
      if (Status status = add_address(line, words[i], range); !status) return status;
    }
    while (const auto inner = lines_.next(script_.dialect)) {
      if (is(*inner, "RANGE_END")) {
        script_.ranges.push_back(std::move(range));
        return Done{};
      }
      if (Status status = take_in_range(*inner, range); !status) return status;
    }
    return lines_.error(line.number, "the range has no RANGE_END");
  }

  Status take_in_range(const Line& line, Range& range) {
    constexpr std::string_view address = "ADDRESS";
    if (is(line, address)) {
      // testbound has one address, and the last line wins.
      if (script_.dialect == Dialect::testbound) range.addresses.clear();
      for (const std::string_view word : words_of(line.text.substr(address.size()))) {
        if (Status status = add_address(line, word, range); !status) return status;
      }
      return Done{};
    }
    if (is(line, "ENTRY_BEGIN")) {
      auto entry = parse_entry(lines_, line.number, script_.dialect, records_);
      if (!entry) return entry.error();
      range.entries.push_back(std::move(entry).value());
      return Done{};
    }
    records_.line = line.number;
    const auto directive = script_.dialect == Dialect::testbound
                               ? dns::apply_directive(line.text, records_)
                               : Result<bool>(false);
    if (!directive) return directive.error();
    if (directive.value()) return Done{};
    return lines_.error(
        line.number,
        fmt::format("expected ADDRESS, ENTRY_BEGIN or RANGE_END, got {}", in_quotes(line.text)));
  }

  Status add_address(const Line& line, std::string_view word, Range& range) const {
    // Unbound's "address@port": ports mean nothing here.
    auto address = dns::Address::parse(word.substr(0, word.find('@')));
    if (!address) return lines_.error(line.number, address.error().message);
    range.addresses.push_back(address.value());
    return Done{};
  }

  Status take_step(const Line& line) {
    const auto words = words_before(line.text, ";#");
    const auto number = words.size() > 1 ? number_of(words[1]) : std::nullopt;
    if (!number || words.size() < 3) {
      return lines_.error(line.number, "STEP needs a number and what is to be done");
    }
    const bool rises = script_.steps.empty() || script_.steps.back().number < *number;
    if (script_.dialect == Dialect::testbound && !rises) {
      return lines_.error(line.number, fmt::format("step {} comes after step {}", *number,
                                                   script_.steps.back().number));
    }
    Step step;
    step.line = line.number;
    step.number = *number;
    step.keyword = words[2];
    const NamedStep* known = nullptr;
    for (const NamedStep& one : step_types) {
      const bool is_there = script_.dialect == Dialect::testbound || one.is_deckards;
      if (is_there && one.name == words[2]) known = &one;
    }
    Status status = Done{};
    if (known == nullptr) {
      status = take_unsupported(step);
    } else {
      step.type = known->type;
      status = take_arguments(line, std::span(words).subspan(3), step);
      if (status && known->has_entry) status = take_entry(line, step);
    }
    if (!status) return status;
    script_.steps.push_back(std::move(step));
    return Done{};
  }

  // Why a step is none of this dialect's.
  static std::string reason_for(const std::string& keyword) {
    if (keyword == "CHECK_AUTOTRUST" || keyword == "CHECK_TEMPFILE") {
      return "unsupported step: files are not kept up to date (RFC 5011)";
    }
    std::array<std::string_view, step_types.size()> names;
    for (std::size_t i = 0; i < names.size(); ++i) {
      names[i] = step_types[i].name;
      if (names[i] == keyword) return "unsupported step: of testbound only";
    }
    return "unsupported step: " + unknown_word("step", keyword, names);
  }

  // It fails the script once it is reached; what comes before it is played.
  Status take_unsupported(Step& step) {
    step.type = StepType::unsupported;
    step.reason = reason_for(step.keyword);
    const auto next = lines_.next(script_.dialect);
    if (!next) return Done{};
    if (!is(*next, "ENTRY_BEGIN")) {
      lines_.back();
      return Done{};
    }
    auto entry = parse_entry(lines_, next->number, script_.dialect, records_);
    return entry ? Status(Done{}) : Status(entry.error());
  }

  Status take_arguments(const Line& line, std::span<const std::string_view> words, Step& step) {
    if (step.type == StepType::time_passes) return take_elapsed(line, words, step);
    if (step.type == StepType::assign) return take_assignment(line, words, step);
    if (step.type == StepType::flush_message || step.type == StepType::expire_message) {
      if (words.size() < 2) return lines_.error(line.number, "a name and a type are missing");
      records_.line = line.number;
      auto question = dns::parse_question(
          fmt::format("{} {} {}", words[0], words.size() > 2 ? words[2] : "IN", words[1]),
          records_);
      if (!question) return question.error();
      step.question = std::move(question).value();
      return Done{};
    }
    if (step.type == StepType::infra_rtt) return Done{};  // nobody measures time here
    if (words.empty()) return Done{};
    if (words.front() != "ADDRESS" || words.size() < 2) {
      return lines_.error(line.number,
                          fmt::format("expected ADDRESS and an address, got '{}'", words.front()));
    }
    auto address = dns::Address::parse(words[1].substr(0, words[1].find('@')));
    if (!address) return lines_.error(line.number, address.error().message);
    step.address = address.value();
    return Done{};
  }

  Status take_elapsed(const Line& line, std::span<const std::string_view> words, Step& step) {
    if (words.size() > 1 && words.front() == "EVAL" && script_.dialect == Dialect::testbound) {
      step.macro = trimmed(line.text.substr(line.text.find("EVAL") + 4));
      return Done{};
    }
    const auto elapsed =
        words.size() > 1 && words.front() == "ELAPSE" ? seconds_of(words[1]) : std::nullopt;
    if (!elapsed) return lines_.error(line.number, "TIME_PASSES needs ELAPSE and seconds");
    elapsed_ = elapsed_ + *elapsed;
    if (elapsed_ > elapsed_max) {
      return lines_.error(line.number, "more than 50 years pass in this script");
    }
    step.elapsed = *elapsed;
    return Done{};
  }

  // "name = expression", the blanks as one likes.
  Status take_assignment(const Line& line, std::span<const std::string_view> words, Step& step) {
    const std::size_t equals = line.text.find('=');
    if (words.empty() || equals == std::string_view::npos) {
      return lines_.error(line.number, "ASSIGN needs a variable, '=' and a value");
    }
    step.variable = words.front().substr(0, words.front().find('='));
    step.macro = trimmed(line.text.substr(equals + 1));
    if (!step.variable.empty()) return Done{};
    return lines_.error(line.number, "ASSIGN needs a variable's name");
  }

  Status take_entry(const Line& line, Step& step) {
    const auto begin = lines_.next(script_.dialect);
    if (!begin || !is(*begin, "ENTRY_BEGIN")) {
      return lines_.error(line.number, "the step has no ENTRY_BEGIN");
    }
    auto entry = parse_entry(lines_, begin->number, script_.dialect, records_);
    if (!entry) return entry.error();
    step.entry = std::move(entry).value();
    return Done{};
  }

  Lines lines_;
  Script script_;
  dns::RecordOptions records_;
  Duration elapsed_;  // by all steps so far
};

}  // namespace

Result<Script> parse_script(std::string_view text, const ParseOptions& options) {
  return ScriptParser(text, options).parse(options.dialect);
}

}  // namespace zonefall::rpl
