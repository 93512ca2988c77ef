// Random signed zones, or servers and delegations, with one fault each, asked of our resolver, of
// Unbound and of BIND. Works in the top folder of the source tree. README.md says more.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "loopback_server.h"
#include "real_resolver.h"
#include "report.h"
#include "sockets.h"

namespace zonefall::differential {
namespace {

constexpr int exit_good = 0;
constexpr int exit_differs = 1;
constexpr int exit_failed = 2;
constexpr int exit_skipped = 77;  // as CMakeLists.txt tells ctest
constexpr const char* known_path = "tests/differential/known_differences.tsv";
constexpr const char* known_servers_path = "tests/differential/known_server_differences.tsv";

struct Settings {
  WorldKind kind = WorldKind::zones;
  std::uint32_t zones = 500;
  std::uint32_t questions = 20;
  std::uint64_t seed = 1;
  std::optional<std::uint32_t> only_zone;
  std::optional<std::string> only_question;  // "www.z1.alpha. A"
  std::string fault;
  bool explains = false;
  bool minimises_all = false;
  bool minimises_none = false;
};

InternetSettings internet_settings(const Settings& settings) {
  InternetSettings made{.kind = settings.kind,
                        .seed = settings.seed,
                        .zones = {},
                        .questions_per_zone = settings.questions,
                        .fault = settings.fault,
                        .now = real_now()};
  for (std::uint32_t i = 0; i < settings.zones; ++i) made.zones.push_back(i);
  if (settings.only_zone) made.zones = {*settings.only_zone};
  return made;
}

std::vector<ZoneQuestions> questions_of(const Internet& internet, const Settings& settings) {
  std::vector<ZoneQuestions> zones;
  for (const RandomZone& zone : internet.zones()) {
    zones.push_back({&zone, zone.questions});
    if (!settings.only_question) continue;
    std::erase_if(zones.back().questions, [&](const dns::Question& question) {
      return question.qname.to_text() + " " + dns::to_text(question.qtype) !=
             *settings.only_question;
    });
  }
  return zones;
}

int fail(const std::string& why) {
  fmt::print(stderr, "differential: {}\n", why);
  return exit_failed;
}

int skip(const char* why) {
  fmt::print("skipped: {}\n", why);
  return exit_skipped;
}

int run(const Settings& settings) {
  if (!is_installed(Implementation::unbound) || !is_installed(Implementation::bind)) {
    return skip("Unbound or BIND is not installed; tools/setup --tests installs them");
  }
  const auto known =
      read_known_differences(settings.kind == WorldKind::zones ? known_path : known_servers_path);
  if (!known) return fail(known.error().to_text());
  if (!enter_private_network()) return skip("this system allows no network namespace");
  fmt::print("seed {}\n", settings.seed);
  const Internet internet(internet_settings(settings));
  const LoopbackServer server(internet);
  if (!server.is_serving()) return fail("cannot listen on port 53");
  const std::vector<ZoneQuestions> zones = questions_of(internet, settings);
  const Run run(internet, settings.explains);
  const auto cases = run.ask(zones);
  if (cases.empty()) return fail("Unbound or BIND does not start");
  const Minimise which = settings.minimises_none  ? Minimise::none
                         : settings.minimises_all ? Minimise::all
                                                  : Minimise::unknown;
  const Findings findings = report(run, zones, cases, known.value(), which);
  // Of a few zones the shares say little: then only what nobody has explained counts.
  const bool is_whole = settings.kind == WorldKind::zones && settings.zones >= Settings().zones &&
                        !settings.only_zone;
  const bool is_good = findings.unknown == 0 && (!is_whole || is_good_enough(findings.score));
  return is_good ? exit_good : exit_differs;
}

}  // namespace
}  // namespace zonefall::differential

int main(int argc, char** argv) {
  using zonefall::differential::WorldKind;
  zonefall::differential::Settings settings;
  CLI::App app("Asks our resolver, Unbound and BIND about random signed zones with one fault each");
  const std::map<std::string, WorldKind> kinds = {{"zones", WorldKind::zones},
                                                  {"servers", WorldKind::servers}};
  app.add_option("--kind", settings.kind, "zones: of signed content; servers: and delegations")
      ->transform(CLI::CheckedTransformer(kinds));
  app.add_option("--zones", settings.zones, "how many")->check(CLI::Range(1, 40'000));
  app.add_option("--questions", settings.questions, "for each zone")->check(CLI::Range(1, 200));
  app.add_option("--seed", settings.seed, "of zones, faults and questions");
  app.add_option("--zone", settings.only_zone, "only the zone of this number");
  app.add_option("--question", settings.only_question, "only this one, as \"www.z1.alpha. A\"");
  app.add_option("--fault", settings.fault, "this fault in each zone where it is possible");
  app.add_flag("--explain", settings.explains, "show each step of our resolver");
  app.add_flag("--minimise", settings.minimises_all, "known differences too");
  app.add_flag("--quick", settings.minimises_none, "minimise none");
  CLI11_PARSE(app, argc, argv);
  return zonefall::differential::run(settings);
}
