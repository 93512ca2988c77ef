// zonefall zone: a zone as it was published at an instant, as master-file text.
#include <ctime>
#include <memory>

#include <fmt/format.h>

#include "commands.h"
#include "output.h"
#include "scenario_arguments.h"
#include "verdicts.h"
#include "zonefall/core/spelling.h"
#include "zonefall/registry/registry.h"
#include "zonefall/scenario/build.h"

namespace zonefall::command {

namespace {

struct Arguments {
  ScenarioArguments scenario;
  std::string zone;
  std::string at;
  bool now_shift = false;
  bool verdicts = false;
};

// The version in force, its window of validity moved so that `at` becomes the present.
authority::ZoneVersionPtr moved_to_now(const scenario::BuiltZone& zone,
                                       const authority::ZoneVersionPtr& version, SimTime at) {
  if (!zone.run) return version;
  const Duration shift = SimTime::from_unix_s(std::time(nullptr)) - at;
  return registry::redated(version, *zone.run->signing_plan, Duration::seconds(shift.to_seconds()));
}

Error unknown_zone(const scenario::BuiltScenario& built, const dns::Name& apex) {
  std::vector<std::string> names;
  for (const scenario::BuiltZone& zone : built.zones) names.push_back(zone.apex.to_text());
  const std::vector<std::string_view> views(names.begin(), names.end());
  return Error{unknown_word("zone", apex.to_text(), views)};
}

Status write_zone(const authority::ZoneVersion& version) {
  Status status = Done{};
  version.write_master_text([&](std::string_view text) {
    if (status) status = write_stdout(text);
  });
  return status;
}

// Where nothing was published yet, or nothing any more, what is shown is not of that instant.
void note_version(const scenario::BuiltZone& zone, SimTime at) {
  const auto& entries = zone.history->entries();
  const bool is_before = at < entries.front().published_at;
  if (!zone.run || (!is_before && at <= entries.back().published_at)) return;
  const authority::ZoneHistory::Entry& shown = is_before ? entries.front() : entries.back();
  say(fmt::format(
      "{} is {} publication of {} in the scenario: this is serial {}, published at {}\n",
      at.to_text(), is_before ? "before the first" : "after the last", zone.apex.to_text(),
      shown.version->serial(), shown.published_at.to_text()));
}

ExitCode print_zone(const Arguments& arguments) {
  const auto at = SimTime::parse(arguments.at);
  if (!at) return refuse({at.error().message, "--at"});
  const auto apex = dns::Name::parse(arguments.zone);
  if (!apex) return refuse(apex.error());
  const auto file = load(arguments.scenario);
  if (!file) return refuse(file.error());
  const auto built = scenario::build_zones(file.value().scenario, {});
  if (!built) return refuse({built.error().message, arguments.scenario.path});
  const scenario::BuiltZone* zone = built.value().find_zone(apex.value());
  if (zone == nullptr) return refuse(unknown_zone(built.value(), apex.value()));
  note_version(*zone, at.value());
  Status status = Done{};
  if (arguments.verdicts) {
    const auto table = verdict_table(built.value(), *zone, at.value());
    if (!table) return refuse(table.error());
    status = write_stdout(table.value());
  } else {
    const auto& entries = zone->history->entries();
    authority::ZoneVersionPtr version = entries[zone->history->index_at(at.value())].version;
    if (arguments.now_shift) version = moved_to_now(*zone, version, at.value());
    status = write_zone(*version);
  }
  return code_of(status);
}

}  // namespace

void add_zone_command(CLI::App& app, ExitCode& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("zone", "Print a zone as it was published, as master-file text");
  add_scenario_arguments(*command, arguments->scenario);
  command->add_option("zone", arguments->zone, "The zone's name")->required();
  command->add_option("--at", arguments->at, "The instant, UTC: 2026-05-05T20:00Z")->required();
  CLI::Option* now_shift =
      command->add_flag("--now-shift", arguments->now_shift,
                        "Re-date the signatures so that the instant becomes the present, for "
                        "judges without a clock option");
  command
      ->add_flag("--verdicts", arguments->verdicts,
                 "Instead of the zone print what a validator makes of each RRset: owner, type, "
                 "verdict, reason, key tag")
      ->excludes(now_shift);
  command->footer(
      "A zone of millions of names is long; make it smaller with --set.\n"
      "Example:\n  zonefall zone scenarios/de-2026-05-05.yaml de --at 2026-05-05T20:00Z \\\n"
      "           --set \"zones[de].population.size = 2000\"");
  command->callback([arguments, &exit_code] { exit_code = print_zone(*arguments); });
}

}  // namespace zonefall::command
