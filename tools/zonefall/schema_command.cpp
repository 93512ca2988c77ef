// zonefall schema: what editors need to know of scenario and profile files.
#include <memory>

#include "commands.h"
#include "output.h"
#include "zonefall/scenario/profile_file.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::command {

void add_schema_command(CLI::App& app, ExitCode& exit_code) {
  auto of_profiles = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand(
      "schema", "Print the JSON Schema of scenario files, with which editors complete them");
  command->add_flag("--profile", *of_profiles, "That of resolver profiles instead");
  command->footer(
      "An editor that knows yaml-language-server uses it for files that begin with the line\n"
      "  # yaml-language-server: $schema=scenario.schema.json\n"
      "Example:\n  zonefall schema > scenario.schema.json");
  command->callback([of_profiles, &exit_code] {
    exit_code = code_of(
        write_stdout(*of_profiles ? scenario::profile_schema() : scenario::scenario_schema()));
  });
}

}  // namespace zonefall::command
