// Random signed zones with one fault each, asked of our resolver, of Unbound and of BIND.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "comparison.h"
#include "internet.h"
#include "known_differences.h"
#include "loopback_server.h"
#include "own_resolver.h"
#include "real_resolver.h"
#include "sockets.h"
#include "../temp_folder.h"

namespace zonefall::differential {
namespace {

constexpr int exit_good = 0;
constexpr int exit_differs = 1;
constexpr int exit_failed = 2;
constexpr int exit_skipped = 77;  // what CMakeLists.txt tells ctest
constexpr unsigned zone_askers = 4;
constexpr unsigned bind_askers = 128;  // they wait most of the time: see real_resolver.cpp
constexpr const char* known_path = "tests/differential/known_differences.tsv";

struct Settings {
  std::uint32_t zones = 500;
  std::uint32_t questions = 20;
  std::uint64_t seed = 1;
  std::optional<std::uint32_t> only_zone;
  std::optional<std::uint32_t> only_question;
  std::string fault;
  bool explain = false;
};

SimTime real_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return SimTime::from_nanoseconds(
      std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

/// Both real resolvers, with empty caches.
class RealResolvers {
 public:
  explicit RealResolvers(const Internet& internet)
      : unbound_(Implementation::unbound, internet, folder("unbound")),
        bind_(Implementation::bind, internet, folder("bind")) {}
  [[nodiscard]] bool are_ready() const { return unbound_.is_ready() && bind_.is_ready(); }
  [[nodiscard]] const RealResolver& unbound() const { return unbound_; }
  [[nodiscard]] const RealResolver& bind() const { return bind_; }

 private:
  std::string folder(const std::string& name) const {
    const std::string path = folder_.file(name);
    std::filesystem::create_directory(path);
    return path;
  }
  TempFolder folder_;
  RealResolver unbound_;
  RealResolver bind_;
};

/// Questions of one zone, in the order they are asked.
struct ZoneQuestions {
  const RandomZone* zone = nullptr;
  std::vector<dns::Question> questions;
};

class Run {
 public:
  Run(const Internet& internet, const Settings& settings)
      : internet_(internet),
        settings_(settings),
        unbound_config_(own_config(internet, "unbound-1.17")),
        bind_config_(own_config(internet, "bind-9.18")) {}

  /// Asks each zone's questions one after the other, several zones at a time; BIND, which is slow
  /// with some, is asked many at a time. The cases of each zone, in its order; empty if the real
  /// resolvers do not start.
  [[nodiscard]] std::vector<std::vector<Case>> ask(const std::vector<ZoneQuestions>& zones) const {
    const RealResolvers real(internet_);
    std::vector<std::vector<Case>> cases(zones.size());
    if (!real.are_ready()) return {};
    std::vector<Case*> all;
    for (std::size_t i = 0; i < zones.size(); ++i) {
      for (const dns::Question& question : zones[i].questions) {
        cases[i].push_back({zones[i].zone->number, zones[i].zone->fault.name, question});
      }
      for (Case& asked : cases[i]) all.push_back(&asked);
    }
    std::thread bind([&] {
      in_parallel(bind_askers, all.size(), [&](std::size_t at) {
        all[at]->bind = outcome_of(real.bind().ask(all[at]->question));
        if (at % 1000 == 999) say_progress(at + 1);
      });
    });
    in_parallel(zone_askers, cases.size(), [&](std::size_t at) { ask_zone(real, cases[at]); });
    bind.join();
    return cases;
  }

 private:
  static void in_parallel(unsigned threads_max, std::size_t count,
                          const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next = 0;
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < threads_max; ++i) {
      threads.emplace_back([&] {
        for (std::size_t at = next++; at < count; at = next++) work(at);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  void ask_zone(const RealResolvers& real, std::vector<Case>& cases) const {
    const SimTime now = real_now();
    OwnResolver ours(internet_, unbound_config_, now);
    OwnResolver ours_bind(internet_, bind_config_, now);
    for (Case& asked : cases) {
      asked.unbound = outcome_of(real.unbound().ask(asked.question));
      asked.ours = outcome_of(ours.ask(asked.question));
      asked.ours_bind = outcome_of(ours_bind.ask(asked.question));
      if (settings_.explain) explain(ours);
    }
  }

  static void explain(OwnResolver& ours) {
    for (const std::string& line : ours.take_trace()) fmt::print("    {}\n", line);
  }

  static void say_progress(std::size_t questions) {
    fmt::print(stderr, "differential: {} questions asked\n", questions);
  }

  const Internet& internet_;
  const Settings& settings_;
  resolver::ResolverConfig unbound_config_;
  resolver::ResolverConfig bind_config_;
};

int run(const Settings& settings) {
  for (const Implementation implementation : {Implementation::unbound, Implementation::bind}) {
    if (is_installed(implementation)) continue;
    fmt::print("skipped: Unbound or BIND is not installed; tools/setup --tests installs them\n");
    return exit_skipped;
  }
  if (!enter_private_network()) {
    fmt::print("skipped: this system allows no network namespace\n");
    return exit_skipped;
  }
  fmt::print("seed {}\n", settings.seed);
  InternetSettings made{.seed = settings.seed,
                        .zones = {},
                        .questions_per_zone = settings.questions,
                        .fault = settings.fault,
                        .now = real_now()};
  for (std::uint32_t i = 0; i < settings.zones; ++i) made.zones.push_back(i);
  if (settings.only_zone) made.zones = {*settings.only_zone};
  const Internet internet(made);
  const LoopbackServer server(internet);
  if (!server.is_serving()) {
    fmt::print(stderr, "differential: cannot listen on port 53\n");
    return exit_failed;
  }
  const auto known = read_known_differences(known_path);
  if (!known) {
    fmt::print(stderr, "differential: {}\n", known.error().to_text());
    return exit_failed;
  }
  std::vector<ZoneQuestions> zones;
  for (const RandomZone& zone : internet.zones()) {
    zones.push_back({&zone, zone.questions});
    if (settings.only_question) {
      zones.back().questions = {zone.questions.at(*settings.only_question)};
    }
  }
  const auto cases = Run(internet, settings).ask(zones);
  if (cases.empty()) {
    fmt::print(stderr, "differential: a resolver does not start\n");
    return exit_failed;
  }
  Score score;
  std::size_t unknown = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    bool named = false;
    for (std::size_t q = 0; q < cases[i].size(); ++q) {
      const Case& asked = cases[i][q];
      score.add(asked);
      if (asked.agrees_with_both() && asked.ours_bind == asked.bind) continue;
      if (!named) fmt::print("\n{}\n", zones[i].zone->to_text());
      named = true;
      const KnownDifference* found = find_known(known.value(), asked);
      fmt::print("  {:2} {} {}\n     ours {} (bind-9.18 {}), Unbound {}, BIND {}{}\n", q,
                 asked.question.qname.to_text(), dns::to_text(asked.question.qtype),
                 asked.ours.label(), asked.ours_bind.label(), asked.unbound.label(),
                 asked.bind.label(), asked.agrees_with_both() ? "" : found ? "  known" : "  UNKNOWN");
      if (asked.agrees_with_both()) continue;
      if (found == nullptr) {
        unknown += 1;
      } else {
        fmt::print("     {}: {}\n", found->rule, found->why);
      }
    }
  }
  fmt::print("\n{}", score.to_text());
  return is_good_enough(score) && unknown == 0 ? exit_good : exit_differs;
}

}  // namespace
}  // namespace zonefall::differential

int main(int argc, char** argv) {
  zonefall::differential::Settings settings;
  CLI::App app("Asks our resolver, Unbound and BIND about random signed zones with one fault each");
  app.add_option("--zones", settings.zones, "how many")->check(CLI::Range(1, 40'000));
  app.add_option("--questions", settings.questions, "for each zone");
  app.add_option("--seed", settings.seed, "of zones, faults and questions");
  app.add_option("--zone", settings.only_zone, "only the zone of this number");
  app.add_option("--question", settings.only_question, "only the question of this number");
  app.add_option("--fault", settings.fault, "this fault in each zone where it is possible");
  app.add_flag("--explain", settings.explain, "show each step of our resolver");
  CLI11_PARSE(app, argc, argv);
  return zonefall::differential::run(settings);
}
