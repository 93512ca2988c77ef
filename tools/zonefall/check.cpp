// zonefall check: reads and builds scenarios as a run would, and says what is wrong with them.
#include <memory>

#include <fmt/format.h>

#include "command.h"
#include "zonefall/scenario/build.h"

namespace zonefall::command {

namespace {

struct Arguments {
  std::vector<std::string> paths;
  std::vector<std::string> set;
  bool print = false;
};

int check(const std::string& path, const Arguments& arguments) {
  const auto file = load({path, arguments.set});
  if (!file) return refuse(file.error());
  const auto built = scenario::build(file.value().scenario, {scenario::default_lead_in});
  if (!built) return refuse({built.error().message, path});
  if (arguments.print) {
    const Status written = write_stdout(scenario::write_scenario(file.value()));
    if (!written) {
      complain(written.error());
      return run_failed;
    }
    return fine;
  }
  const std::size_t expectations = file.value().scenario.expect.size();
  say(fmt::format("{}: fine, {} expectation{}\n", path, expectations, expectations == 1 ? "" : "s"));
  return fine;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("check", "Check scenario files without running them");
  command->add_option("scenarios", arguments->paths, "Scenario files")->required();
  add_set_option(*command, arguments->set);
  command->add_flag("--print", arguments->print,
                    "Print the normalised scenario, with every default written out");
  command->footer("Example: zonefall check scenarios/*.yaml");
  command->callback([arguments, &exit_code] {
    for (const std::string& path : arguments->paths) {
      exit_code = std::max(exit_code, check(path, *arguments));
    }
  });
}

}  // namespace zonefall::command
