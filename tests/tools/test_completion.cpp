// Goal: bash completes exactly what --help lists, for every subcommand, and the values of options.
#include <regex>
#include <set>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "program.h"

using namespace zonefall;
using Words = std::set<std::string>;

namespace {

/// What bash offers for the last of `words`.
Words completions(const std::string& words) {
  const Ended ended =
      run_shell(fmt::format("source tools/zonefall/completion.bash\n"
                            "COMP_WORDS=(zonefall {})\n"
                            "COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n"
                            "_zonefall\n"
                            "printf '%s\\n' \"${{COMPREPLY[@]}}\"",
                            words));
  CHECK(ended.err.empty());
  Words found;
  for (const std::string& line : lines_of(ended.out)) {
    if (!line.empty()) found.insert(line);
  }
  return found;
}

/// The options that `zonefall COMMAND --help` lists.
Words options_in_help(const std::string& command) {
  const Ended help = run_shell("zonefall " + command + " --help");
  CHECK(help.exit_code == 0);
  Words options;
  const std::regex line_of_option("^  (-[^ ]*).*");
  const std::regex option("--?[a-z-]+");
  for (const std::string& line : lines_of(help.out)) {
    std::smatch found;
    if (!std::regex_match(line, found, line_of_option)) continue;
    const std::string names = found[1];
    for (std::sregex_iterator i(names.begin(), names.end(), option), end; i != end; ++i) {
      options.insert(i->str());
    }
  }
  return options;
}

Words commands_in_help() {
  Words commands;
  bool is_list = false;
  for (const std::string& line : lines_of(run_shell("zonefall --help").out)) {
    if (is_list && line.rfind("  ", 0) == 0) commands.insert(line.substr(2, line.find(' ', 2) - 2));
    if (line == "Subcommands:") is_list = true;
    if (line.empty()) is_list = false;
  }
  return commands;
}

}  // namespace

TEST_CASE("completion knows every subcommand and every option, and no others") {
  const Words commands = commands_in_help();
  CHECK(commands.count("report") == 1);
  CHECK(completions("''") == commands);
  CHECK(options_in_help("") == Words{"-h", "--help", "--version"});
  CHECK(completions("-") == options_in_help(""));
  for (const std::string& command : commands) {
    INFO(command);
    CHECK(options_in_help(command).size() > 2);
    CHECK(completions(command + " -") == options_in_help(command));
  }
}

TEST_CASE("completion knows values, and files elsewhere") {
  const Words formats{"md", "html", "json", "csv", "svg"};
  CHECK(completions("report -f ''") == formats);
  CHECK(completions("report --format = ''") == formats);
  CHECK(completions("report --format =") == formats);
  CHECK(completions("report --format = j") == Words{"json"});
  CHECK(completions("report CMakeL") == Words{"CMakeLists.txt"});
  CHECK(completions("report -o CMakeL") == Words{"CMakeLists.txt"});
}

TEST_CASE("every subcommand's help has an example that names it") {
  for (const std::string& command : commands_in_help()) {
    const std::string help = run_shell("zonefall " + command + " --help").out;
    CHECK(help.find("\n  zonefall " + command + " ") != std::string::npos);
  }
}
