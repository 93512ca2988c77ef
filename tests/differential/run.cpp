#include "run.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "../temp_folder.h"
#include "own_resolver.h"
#include "real_resolver.h"

namespace zonefall::differential {
namespace {

constexpr unsigned zone_askers = 4;
constexpr unsigned bind_askers = 128;  // they wait most of the time: see real_resolver.cpp
constexpr unsigned bind_askers_in_order = 16;
constexpr std::size_t progress_step = 1000;

void in_parallel(unsigned threads_max, std::size_t count,
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

}  // namespace

/// Both of them, in a folder that vanishes with them.
class RealResolvers {
 public:
  explicit RealResolvers(const Internet& internet)
      : unbound_(Implementation::unbound, internet, make_folder("unbound")),
        bind_(Implementation::bind, internet, make_folder("bind")) {}

  [[nodiscard]] bool are_ready() const { return unbound_.is_ready() && bind_.is_ready(); }
  [[nodiscard]] const RealResolver& unbound() const { return unbound_; }
  [[nodiscard]] const RealResolver& bind() const { return bind_; }

 private:
  [[nodiscard]] std::string make_folder(const std::string& name) const {
    std::string path = folder_.file(name);
    std::filesystem::create_directory(path);
    return path;
  }

  TempFolder folder_;
  RealResolver unbound_;
  RealResolver bind_;
};

SimTime real_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return SimTime::from_nanoseconds(
      std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

Run::Run(const Internet& internet, bool explains)
    : internet_(internet),
      explains_(explains),
      unbound_config_(own_config(internet, "unbound-1.17")),
      bind_config_(own_config(internet, "bind-9.18")) {}

std::vector<std::vector<Case>> Run::ask(const std::vector<ZoneQuestions>& zones) const {
  const RealResolvers real(internet_);
  if (!real.are_ready()) return {};
  std::vector<std::vector<Case>> cases(zones.size());
  for (std::size_t i = 0; i < zones.size(); ++i) {
    for (const dns::Question& question : zones[i].questions) {
      cases[i].push_back({zones[i].zone->number, zones[i].zone->fault.to_text(), question});
    }
  }
  std::thread bind([&] { ask_bind(real, cases); });
  in_parallel(zone_askers, cases.size(),
              [&](std::size_t at) { ask_zone(real, *zones[at].zone, cases[at]); });
  bind.join();
  return cases;
}

void Run::ask_bind(const RealResolvers& real, std::vector<std::vector<Case>>& cases) const {
  const bool has_order = internet_.kind() == WorldKind::servers;
  std::vector<std::vector<Case*>> in_order;
  for (std::vector<Case>& zone : cases) {
    if (has_order) in_order.emplace_back();
    for (Case& asked : zone) {
      if (!has_order) in_order.emplace_back();
      in_order.back().push_back(&asked);
    }
  }
  in_parallel(has_order ? bind_askers_in_order : bind_askers, in_order.size(), [&](std::size_t at) {
    for (Case* asked : in_order[at]) asked->bind = outcome_of(real.bind().ask(asked->question));
    if ((at + 1) % progress_step == 0) {
      fmt::print(stderr, "differential: {} of {} asked\n", at + 1, in_order.size());
    }
  });
}

void Run::ask_zone(const RealResolvers& real, const RandomZone& zone,
                   std::vector<Case>& cases) const {
  const SimTime now = real_now();
  OwnResolver ours(internet_, unbound_config_, now);
  OwnResolver ours_bind(internet_, bind_config_, now);
  for (Case& asked : cases) {
    asked.unbound = outcome_of(real.unbound().ask(asked.question));
    asked.ours = outcome_of(ours.ask(asked.question));
    asked.verdict = ours.verdict();
    asked.ours_bind = outcome_of(ours_bind.ask(asked.question));
    if (!explains_) continue;
    const Internet::Query query{asked.question, dns::Edns{.dnssec_ok = true}, true};
    fmt::print("{}\n", dns::to_text(*internet_.answer(zone.server, query)));
    for (const std::string& line : ours.take_trace()) fmt::print("    {}\n", line);
  }
}

}  // namespace zonefall::differential
