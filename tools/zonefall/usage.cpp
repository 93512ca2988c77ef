#include "usage.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "output.h"
#include "zonefall/core/spelling.h"

namespace zonefall::command {

namespace {

std::string unknown(std::string_view what, const std::string& word,
                    const std::vector<std::string>& valid) {
  const std::vector<std::string_view> views(valid.begin(), valid.end());
  return unknown_word(what, word, views);
}

std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

// "" if each option is one that `command` knows.
std::string unknown_option(const CLI::App& command, const std::vector<std::string>& words) {
  const std::vector<std::string> known = option_names(command);
  for (const std::string& word : words) {
    if (word == "--") return "";
    if (!word.starts_with("--")) continue;
    const std::string name = word.substr(0, word.find('='));
    const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
    if (!is_known) return unknown("option", name, known);
  }
  return "";
}

std::string message_for(const CLI::App& app, const CLI::ParseError& error,
                        const std::vector<std::string>& words) {
  const auto is_option = [](const std::string& word) { return word.starts_with("-"); };
  const auto name = std::find_if_not(words.begin(), words.end(), is_option);
  const std::vector<std::string> commands = subcommand_names(app);
  const bool is_known =
      name != words.end() && std::find(commands.begin(), commands.end(), *name) != commands.end();
  std::string message = unknown_option(app, {words.begin(), name});
  if (message.empty() && is_known) {
    message = unknown_option(*app.get_subcommand(*name), {name + 1, words.end()});
  } else if (message.empty() && name != words.end()) {
    message = unknown("subcommand", *name, commands);
  }
  return message.empty() ? error.what() : message;
}

}  // namespace

ExitCode report_parse_error(const CLI::App& app, const CLI::ParseError& error,
                            const std::vector<std::string>& words) {
  if (error.get_exit_code() == 0) {
    app.exit(error);  // prints help, or the version
    return ExitCode::fine;
  }
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  const std::string command = chosen.empty() ? "" : " " + chosen.front()->get_name();
  complain({message_for(app, error, words)});
  say(fmt::format("`zonefall{} --help` explains it\n", command));
  return ExitCode::bad_input;
}

CLI::Validator whole_number() {
  return {[](const std::string& text) {
            std::uint64_t value = 0;
            const char* end = text.data() + text.size();
            const auto [stop, wrong] = std::from_chars(text.data(), end, value);
            if (wrong == std::errc() && stop == end) return std::string();
            return fmt::format("expected a whole number from 0 to {}, not {}", UINT64_MAX,
                               in_quotes(text));
          },
          "NUMBER"};
}

CLI::Validator share() {
  return {[](const std::string& text) {
            double value = 0;
            const char* end = text.data() + text.size();
            const auto [stop, wrong] = std::from_chars(text.data(), end, value);
            const bool fits = value >= 0.000'001 && value <= 1;  // false for NaN
            if (wrong == std::errc() && stop == end && fits) return std::string();
            return fmt::format("expected a share from 0.000001 to 1, like 0.05, not {}",
                               in_quotes(text));
          },
          "SHARE"};
}

}  // namespace zonefall::command
