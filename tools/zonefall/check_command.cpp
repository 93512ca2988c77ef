// zonefall check: reads scenarios as a run would, and says what is wrong with them.
#include <memory>

#include <fmt/format.h>

#include "commands.h"
#include "output.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::command {

void add_check_command(CLI::App& app, ExitCode& exit_code) {
  struct Arguments {
    std::vector<std::string> paths;
    bool print = false;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("check", "Check scenario files without running them");
  command->add_option("scenarios", arguments->paths, "Scenario files")->required();
  command->add_flag("--print", arguments->print,
                    "Print the normalised scenario, with every default written out");
  command->footer("Example:\n  zonefall check scenarios/*.yaml");
  command->callback([arguments, &exit_code] {
    for (const std::string& path : arguments->paths) {
      const auto file = scenario::load_scenario(path);
      if (!file) {
        complain(file.error());
        exit_code = ExitCode::bad_input;
        continue;
      }
      if (arguments->print) {
        fmt::print("{}", scenario::write_scenario(file.value()));
      } else {
        fmt::print(stderr, "{}: fine, {} expectations\n", path,
                   file.value().scenario.expect.size());
      }
    }
  });
}

}  // namespace zonefall::command
