#include "zonefall/replay/world.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace zonefall::replay {

namespace {

constexpr std::uint32_t ppm_all = 1'000'000;

Error problem(const Cohort& cohort, std::string_view what) {
  return Error{fmt::format("cohort '{}': {}", cohort.name, what)};
}

Status check_actions(const Cohort& cohort, SimTime start) {
  SimTime previous = start;
  for (const ScheduledAction& action : cohort.actions) {
    if (const auto* watch = std::get_if<resolver::NtaWatch>(&action.action)) {
      if (Status checked = resolver::check(*watch); !checked) {
        return problem(cohort, "a watch: " + checked.error().message);
      }
      if (action.reaction_spread < Duration()) {
        return problem(cohort, "a reaction has a negative spread");
      }
    }
    if (action.goes_with_previous) {
      if (&action == &cohort.actions.front()) return problem(cohort, "no action before the first");
      continue;
    }
    if (action.at < start) return problem(cohort, "an action stands before the start of the run");
    if (action.at < previous) return problem(cohort, "actions are not in order of time");
    if (action.spread < Duration()) return problem(cohort, "an action has a negative spread");
    if (action.share_ppm > ppm_all) return problem(cohort, "an action of over 1000000 ppm");
    previous = action.at;
  }
  return Done{};
}

Status check_stubs(const Cohort& cohort) {
  std::uint64_t together_ppm = 0;
  for (const StubShare& stub : cohort.stubs) {
    if (stub.rule.timeout <= Duration()) {
      return problem(cohort, "the stub's timeout must be above 0");
    }
    together_ppm += stub.share_ppm;
  }
  if (together_ppm != ppm_all) {
    return problem(cohort, "the shares of stubs must be 1000000 ppm together");
  }
  return Done{};
}

Status check_cohort(const Cohort& cohort, SimTime start) {
  if (cohort.profile == nullptr) return problem(cohort, "no resolver profile");
  if (cohort.popularity == nullptr) return problem(cohort, "no popularity of names");
  if (cohort.resolvers == 0) return problem(cohort, "no resolvers");
  if (cohort.group_size == 0) return problem(cohort, "groups of 0 resolvers");
  if (cohort.rates.mean_per_day == 0) return problem(cohort, "no lookups");
  if (!(cohort.rates.shape > 1.0)) return problem(cohort, "the Pareto shape must be above 1");
  if (cohort.dnssec_ok_ppm > ppm_all) return problem(cohort, "over 1000000 ppm of queries with DO");
  if (Status stubs = check_stubs(cohort); !stubs) return stubs;
  const Latency& latency = cohort.latency;
  if (latency.rtt_min <= Duration() || latency.rtt_max < latency.rtt_min) {
    return problem(cohort, "round-trip times must be above 0, the largest not below the smallest");
  }
  if (latency.loss_ppm > ppm_all) return problem(cohort, "a loss of over 1000000 ppm");
  return check_actions(cohort, start);
}

Status check_times(const World& world) {
  if (world.until <= world.from) return Error{"the run ends before it begins"};
  if (world.lead_in < Duration()) return Error{"the lead-in is negative"};
  if (world.past < Duration()) return Error{"the past is negative"};
  if (world.bin_width <= Duration()) return Error{"bins need a width above 0"};
  return Done{};
}

Status check_attacker(const Attacker& attacker) {
  const auto& names = attacker.names;
  if (names.empty()) return Error{"the attacker has chosen no name"};
  const auto falls = std::adjacent_find(names.begin(), names.end(),
                                        [](const auto& a, const auto& b) { return !(a < b); });
  if (falls != names.end()) return Error{"the attacker's names are not in order"};
  if (attacker.until < attacker.from) return Error{"the attack ends before it begins"};
  if (attacker.success_ppm > ppm_all) return Error{"the attacker wins over 1000000 ppm"};
  return Done{};
}

}  // namespace

Status check(const World& world) {
  if (Status times = check_times(world); !times) return times;
  if (world.servers == nullptr || world.verifier == nullptr || world.names == nullptr) {
    return Error{"a world needs servers, a verifier and names"};
  }
  if (world.root_hints.empty()) return Error{"a world needs root hints"};
  if (world.cohorts.empty()) return Error{"a world needs a cohort of resolvers"};
  if (world.attacker) {
    if (Status checked = check_attacker(*world.attacker); !checked) return checked;
  }
  std::set<std::pair<std::string_view, std::string_view>> names;
  for (const Cohort& cohort : world.cohorts) {
    if (Status checked = check_cohort(cohort, world.from - world.lead_in); !checked) return checked;
    if (!names.emplace(cohort.name, cohort.policy).second) {
      return problem(cohort, fmt::format("there are two under policy '{}'", cohort.policy));
    }
  }
  return Done{};
}

outcome::TallyShape tally_shape(const World& world) {
  outcome::TallyShape shape;
  const std::int64_t width_ns = world.bin_width.to_nanoseconds();
  const std::int64_t length_ns = (world.until - world.from).to_nanoseconds();
  const std::int64_t bins = length_ns / width_ns + (length_ns % width_ns != 0 ? 1 : 0);
  shape.bins = {world.from, world.bin_width, static_cast<std::uint32_t>(bins)};
  shape.cohorts = static_cast<std::uint32_t>(world.cohorts.size());
  for (const authority::NameServer& server : world.servers->servers()) {
    shape.sites += static_cast<std::uint32_t>(server.sites.size());
  }
  for (const Cohort& cohort : world.cohorts) shape.resolvers += cohort.resolvers;
  return shape;
}

}  // namespace zonefall::replay
