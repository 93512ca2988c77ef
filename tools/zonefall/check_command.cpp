// zonefall check: reads and builds scenarios as a run would, and says what is wrong with them.
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "commands.h"
#include "output.h"
#include "scenario_arguments.h"
#include "zonefall/scenario/build.h"

namespace zonefall::command {

namespace {

struct Arguments {
  std::vector<std::string> paths;
  std::vector<std::string> set;
  bool print = false;
};

ExitCode check(const std::string& path, const Arguments& arguments) {
  const auto file = load({path, arguments.set});
  if (!file) return refuse(file.error());
  const auto built = scenario::build(file.value().scenario, {});
  if (!built) return refuse({built.error().message, path});
  if (arguments.print) {
    return code_of(write_stdout(scenario::write_scenario(file.value())));
  }
  const std::size_t expectations = file.value().scenario.expect.size();
  say(fmt::format("{}: fine, {} expectation{}\n", path, expectations,
                  expectations == 1 ? "" : "s"));
  return ExitCode::fine;
}

}  // namespace

void add_check_command(CLI::App& app, ExitCode& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("check", "Check scenario files without running them");
  command->add_option("scenarios", arguments->paths, "Scenario files")->required();
  add_set_option(*command, arguments->set);
  command->add_flag("--print", arguments->print,
                    "Print the normalised scenario, with every default written out");
  command->footer("Example:\n  zonefall check scenarios/*.yaml");
  command->callback([arguments, &exit_code] {
    for (const std::string& path : arguments->paths) {
      exit_code = std::max(exit_code, check(path, *arguments));
    }
  });
}

}  // namespace zonefall::command
