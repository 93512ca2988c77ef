// zonefall rpl: plays other projects' test scripts (.rpl) against the recursive resolver.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "commands.h"
#include "output.h"
#include "zonefall/core/text_file.h"
#include "zonefall/rpl/play.h"

namespace zonefall::command {

namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::vector<std::string> paths;
  std::string junit;
  bool lists = false;
  bool traces = false;
};

struct Played {
  std::string path;
  std::vector<rpl::PlayResult> results;
  std::optional<Error> error;  // the script could not be read
  [[nodiscard]] bool passed() const {
    return !error && std::all_of(results.begin(), results.end(),
                                 [](const rpl::PlayResult& one) { return one.passed(); });
  }
};

/// The scripts among files and in folders, each folder's in order of name.
Result<std::vector<std::string>> scripts_at(const std::vector<std::string>& paths) {
  std::vector<std::string> scripts;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      scripts.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (auto at = fs::recursive_directory_iterator(path, error);
         !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
      if (at->path().extension() == ".rpl") found.push_back(at->path().string());
    }
    if (error) return Error{error.message(), path};
    if (found.empty()) return Error{"there is no .rpl file in this folder", path};
    std::sort(found.begin(), found.end());
    scripts.insert(scripts.end(), found.begin(), found.end());
  }
  return scripts;
}

constexpr std::size_t script_octets_max = std::size_t{64} << 20U;

Result<rpl::Script> read_script(const std::string& path) {
  const auto text = read_text_file(path, script_octets_max);
  if (!text) return text.error();
  return rpl::parse_script(text.value(), {path, std::nullopt});
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// Pieces that fit into a column: broken at blanks, and within words that are longer than it.
std::vector<std::string> wrapped(std::string_view line, std::size_t width) {
  constexpr std::string_view indentation = "      ";
  std::vector<std::string> pieces(1);
  while (pieces.back().size() + line.size() > width) {
    const std::size_t room = width - pieces.back().size();
    const std::size_t blank = line.substr(0, room + 1).rfind(' ');
    const bool has_words = blank != std::string_view::npos &&
                           line.substr(0, blank).find_first_not_of(' ') != std::string_view::npos;
    const std::size_t end = has_words ? blank : room;
    pieces.back() += line.substr(0, end);
    line.remove_prefix(has_words ? end + 1 : end);
    pieces.emplace_back(indentation);
  }
  pieces.back() += line;
  return pieces;
}

// Two columns, line by line.
std::string side_by_side(const rpl::Mismatch& mismatch) {
  constexpr std::size_t width = 72;
  const auto expected = lines_of(mismatch.expected);
  const auto got = lines_of(mismatch.got);
  std::string out = fmt::format("    {:{}} | got\n", "expected", width);
  for (std::size_t i = 0; i < std::max(expected.size(), got.size()); ++i) {
    const auto left = wrapped(i < expected.size() ? expected[i] : "", width);
    const auto right = wrapped(i < got.size() ? got[i] : "", width);
    for (std::size_t k = 0; k < std::max(left.size(), right.size()); ++k) {
      out += fmt::format("    {:{}} | {}\n", k < left.size() ? left[k] : "", width,
                         k < right.size() ? right[k] : "");
    }
  }
  return out;
}

std::string text_of(const std::string& path, const rpl::PlayResult& result, bool traces) {
  std::string out;
  for (const rpl::Mismatch& mismatch : result.mismatches) {
    const std::string mode = result.mode.empty() ? "" : fmt::format(" ({})", result.mode);
    out += fmt::format("  {}:{}: {}{}\n{}", path, mismatch.line, mismatch.what, mode,
                       side_by_side(mismatch));
  }
  if (!result.passed() || traces) {
    for (const std::string& step : result.trace) out += fmt::format("    {}\n", step);
  }
  for (const std::string& query : result.unscripted) {
    out += fmt::format("  not in the script: {}\n", query);
  }
  for (const std::string& query : result.open) out += fmt::format("  not answered: {}\n", query);
  return out;
}

std::string text_of(const Played& played, bool traces) {
  std::string out = fmt::format("{} {}\n", played.passed() ? "PASS" : "FAIL", played.path);
  if (played.error) out += fmt::format("  {}\n", played.error->to_text());
  for (const rpl::PlayResult& result : played.results) {
    out += text_of(played.path, result, traces);
  }
  return out;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ';
}

std::string xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += is_control(c) && c != '\n' && c != '\t' ? '?' : c;
    }
  }
  return out;
}

std::string junit_of(const std::vector<Played>& all, std::size_t failed) {
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"rpl\" tests=\"{}\" "
      "failures=\"{}\">\n",
      all.size(), failed);
  for (const Played& played : all) {
    out += fmt::format("  <testcase classname=\"rpl\" name=\"{}\"", xml(played.path));
    if (played.passed()) {
      out += "/>\n";
      continue;
    }
    out +=
        fmt::format(">\n    <failure>{}</failure>\n  </testcase>\n", xml(text_of(played, false)));
  }
  return out + "</testsuite>\n";
}

ExitCode list(const std::vector<std::string>& scripts) {
  std::string out;
  bool is_readable = true;
  for (const std::string& path : scripts) {
    const auto script = read_script(path);
    if (!script) {
      complain(script.error());
      is_readable = false;
      continue;
    }
    const bool is_deckard = script.value().dialect == rpl::Dialect::deckard;
    out += fmt::format("{}: {}, {} steps: {}\n", path, is_deckard ? "deckard" : "testbound",
                       script.value().steps.size(), script.value().title);
  }
  const ExitCode written = code_of(write_stdout(out));
  return is_readable || written != ExitCode::fine ? written : ExitCode::bad_input;
}

// So that a list of scripts behind --junit costs none of them.
bool is_one_of(const std::string& path, const std::vector<std::string>& scripts) {
  std::error_code ignored;
  return std::any_of(scripts.begin(), scripts.end(), [&](const std::string& script) {
    return fs::equivalent(path, script, ignored);
  });
}

ExitCode play_all(const std::vector<std::string>& scripts, const Arguments& arguments) {
  if (!arguments.junit.empty() && is_one_of(arguments.junit, scripts)) {
    return refuse({"is one of the scripts: results would take its place", arguments.junit});
  }
  std::vector<Played> all;
  std::size_t failed = 0;
  bool is_readable = true;
  for (const std::string& path : scripts) {
    Played& played = all.emplace_back();
    played.path = path;
    const auto script = read_script(path);
    if (script) {
      played.results = rpl::play(script.value(), {true});
    } else {
      played.error = script.error();
      is_readable = false;
    }
    if (!played.passed()) failed += 1;
    const Status written = write_stdout(text_of(played, arguments.traces));
    if (!written) return code_of(written);
  }
  const Status written =
      write_stdout(fmt::format("{} passed, {} failed\n", all.size() - failed, failed));
  if (!written) return code_of(written);
  if (!arguments.junit.empty()) {
    std::ofstream file(arguments.junit, std::ios::binary);
    file << junit_of(all, failed);
    if (!file.flush()) {
      complain({"cannot be written", arguments.junit});
      return ExitCode::run_failed;
    }
  }
  if (!is_readable) return ExitCode::bad_input;
  return failed == 0 ? ExitCode::fine : ExitCode::expectation_failed;
}

}  // namespace

void add_rpl_command(CLI::App& app, ExitCode& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "rpl", "Play resolver test scripts of Unbound (testbound) and Knot Resolver (Deckard)");
  command->add_option("scripts", arguments->paths, "Scripts (.rpl), or folders of them")
      ->required();
  command->add_flag("--list", arguments->lists, "List the scripts and what they test");
  command->add_flag("--trace", arguments->traces,
                    "Show what the resolver did, also where it passed");
  command->add_option("--junit", arguments->junit, "Write the results as JUnit XML to this file");
  command->footer("Example:\n  zonefall rpl --junit results.xml tests/rpl/scripts");
  command->callback([arguments, &exit_code] {
    const auto scripts = scripts_at(arguments->paths);
    if (!scripts) {
      exit_code = refuse(scripts.error());
      return;
    }
    exit_code = arguments->lists ? list(scripts.value()) : play_all(scripts.value(), *arguments);
  });
}

}  // namespace zonefall::command
