#include "rpl/macros.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "rpl/lines.h"
#include "zonefall/core/spelling.h"
#include "zonefall/core/time.h"

namespace zonefall::rpl {
namespace {

constexpr std::size_t depth_max = 16;
constexpr std::size_t octets_max = 4096;
constexpr std::size_t variables_max = 1000;
constexpr double magnitude_max = 1e15;  // beyond, whole numbers are not exact for long

std::string to_text(double value) {
  return fmt::format("{:.12g}", value);
}

bool is_in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Up to the brace that closes the ${ before `text`; npos if none does.
std::size_t end_of_braces(std::string_view text) {
  std::size_t open = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') open += 1;
    if (text[i] == '}' && --open == 0) return i;
  }
  return std::string_view::npos;
}

// "Thu Jan  1 00:00:00 1970", as ctime(3) has it, in UTC.
Result<std::string> date_text(double unix_s) {
  constexpr std::array days = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr double end_of_clock_s = 9e9;  // that of SimTime
  if (unix_s < 0 || unix_s > end_of_clock_s) {
    return Error{fmt::format("{} is no time that ctime can write", to_text(unix_s))};
  }
  const auto seconds = static_cast<std::int64_t>(unix_s);
  const std::string text = SimTime::from_unix_s(seconds).to_text();  // 1970-01-01T00:00:00Z
  const auto month = number_of(std::string_view(text).substr(5, 2)).value_or(1);
  const auto day = number_of(std::string_view(text).substr(8, 2)).value_or(1);
  return fmt::format("{} {} {:2} {} {}", days[static_cast<std::size_t>(seconds / 86'400 % 7)],
                     months[month - 1], day, text.substr(11, 8), text.substr(0, 4));
}

class Expander {
 public:
  Expander(const std::map<std::string, std::string, std::less<>>& variables,
           const MacroFacts& facts)
      : variables_(variables), facts_(facts) {}

  Result<std::string> expand(std::string_view text) {
    std::string out;
    while (!text.empty()) {
      const std::size_t dollar = std::min(text.find('$'), text.size());
      out += text.substr(0, dollar);
      text.remove_prefix(dollar);
      if (text.empty()) break;
      auto piece = take_piece(text);
      if (!piece) return piece.error();
      out += piece.value();
      if (out.size() > octets_max) return Error{"a macro grows too long"};
    }
    return out;
  }

 private:
  // From a dollar sign: "${...}" or "$name", which is taken off `text`.
  Result<std::string> take_piece(std::string_view& text) {
    text.remove_prefix(1);
    if (text.starts_with('{')) {
      text.remove_prefix(1);
      const std::size_t end = end_of_braces(text);
      if (end == std::string_view::npos) return Error{"a ${ is not closed"};
      const std::string_view inner = text.substr(0, end);
      text.remove_prefix(end + 1);
      if (depth_ == depth_max) return Error{fmt::format("${{}} within more than {}", depth_max)};
      depth_ += 1;
      auto value = evaluate(inner);
      depth_ -= 1;
      return value;
    }
    std::size_t end = 0;
    while (end < text.size() && is_in_name(text[end])) end += 1;
    const std::string_view name = text.substr(0, end);
    text.remove_prefix(end);
    const auto found = variables_.find(name);
    if (found == variables_.end()) return Error{"no step has assigned " + in_quotes(name)};
    return found->second;
  }

  Result<std::string> evaluate(std::string_view text) {
    auto expanded = expand(text);
    if (!expanded) return expanded.error();
    const std::string all = std::move(expanded).value();
    const auto words = words_of(all);
    if (words.empty()) return std::string();
    const std::string_view first = words.front();
    if (first == "time" && words.size() == 1) return std::to_string(facts_.now_s);
    if (first == "timeout" && words.size() == 1) return std::to_string(facts_.timeout_s);
    if (first == "ctime") return evaluate_ctime(words);
    if (first == "range") return evaluate_range(words);
    return arithmetic(words);
  }

  static Result<std::string> evaluate_ctime(const std::vector<std::string_view>& words) {
    if (words.size() != 2) return Error{"ctime needs one number"};
    const auto seconds = macro_number(words[1]);
    if (!seconds) return seconds.error();
    return date_text(seconds.value());
  }

  static Result<std::string> evaluate_range(const std::vector<std::string_view>& words) {
    if (words.size() != 4) return Error{"range needs a lower bound, a number and an upper bound"};
    std::array<double, 3> numbers{};
    for (std::size_t i = 0; i < 3; ++i) {
      const auto number = macro_number(words[i + 1]);
      if (!number) return number.error();
      numbers[i] = number.value();
    }
    if (numbers[1] < numbers[0] || numbers[1] > numbers[2]) {
      return Error{fmt::format("{} is not from {} to {}", words[2], words[1], words[3])};
    }
    return to_text(numbers[1]);
  }

  // A text that is no sum stands for itself.
  static Result<std::string> arithmetic(const std::vector<std::string_view>& words) {
    auto left = macro_number(words[0]);
    if (words.size() == 1 && !left) return std::string(words[0]);
    if (!left) return left.error();
    for (std::size_t i = 1; i < words.size(); i += 2) {
      if (i + 1 == words.size()) return Error{fmt::format("nothing follows {}", words[i])};
      const auto right = macro_number(words[i + 1]);
      if (!right) return right.error();
      left = calculated(left.value(), words[i], right.value());
      if (!left) return left.error();
    }
    return to_text(left.value());
  }

  static Result<double> calculated(double left, std::string_view sign, double right) {
    double value = 0;
    if (sign == "+") {
      value = left + right;
    } else if (sign == "-") {
      value = left - right;
    } else if (sign == "*") {
      value = left * right;
    } else if (sign == "/") {
      if (right == 0) return Error{"a division by 0"};
      value = left / right;
    } else {
      return Error{"expected + - * or /, got " + in_quotes(sign)};
    }
    if (value > magnitude_max || value < -magnitude_max) return Error{"a number grows too large"};
    return value;
  }

  const std::map<std::string, std::string, std::less<>>& variables_;
  const MacroFacts& facts_;
  std::size_t depth_ = 0;
};

}  // namespace

Status Macros::assign(std::string_view variable, std::string_view text, const MacroFacts& facts) {
  auto value = expand(text, facts);
  if (!value) return value.error();
  if (variables_.size() >= variables_max && variables_.find(variable) == variables_.end()) {
    return Error{fmt::format("more than {} variables", variables_max)};
  }
  variables_.insert_or_assign(std::string(variable), std::move(value).value());
  return Done{};
}

Result<std::string> Macros::expand(std::string_view text, const MacroFacts& facts) const {
  return Expander(variables_, facts).expand(text);
}

Result<double> macro_number(std::string_view text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  const bool is_number = error == std::errc() && end == text.data() + text.size() &&
                         value >= -magnitude_max && value <= magnitude_max;  // no NaN either
  if (!is_number) return Error{in_quotes(text) + " is not a number"};
  return value;
}

}  // namespace zonefall::rpl
