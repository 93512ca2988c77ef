#include "scenario/record.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "scenario/scalars.h"
#include "zonefall/core/hash.h"

namespace zonefall::scenario {

namespace {

std::string flush_text(const OperatorAction& action, std::string_view name) {
  switch (action.flush) {
    case resolver::NtaFlush::nothing: return "";
    case resolver::NtaFlush::bogus: return " and flush what is remembered as bogus";
    case resolver::NtaFlush::subtree: return fmt::format(" and flush {} and all names below", name);
  }
  return "";
}

// "watch validation below de., and when 20 % of the resolutions of 5 min fail for 10 min, 5 min to
// 30 min later install a negative trust anchor"
std::string watch_text(const OperatorAction& action, std::string_view name) {
  const WatchSpec& watch = *action.watch;
  return fmt::format(
      "watch validation below {}, and when {} of the resolutions of {} fail for {}, {} to {} later "
      "install a negative trust anchor{}",
      name, share_text(watch.share_ppm), watch.window.to_text(), watch.lasting.to_text(),
      watch.reaction_min.to_text(), watch.reaction_max.to_text(), flush_text(action, name));
}

std::string act_text(const OperatorAction& action) {
  const std::string name = action.popular > 0
                               ? fmt::format("the {} most popular names", action.popular)
                               : action.name.to_text();
  switch (action.act) {
    case OperatorAct::install_nta:
      return fmt::format("install a negative trust anchor for {}{}", name,
                         flush_text(action, name));
    case OperatorAct::remove_nta:
      return fmt::format("remove the negative trust anchor for {}", name);
    case OperatorAct::flush_name: return fmt::format("flush {}", name);
    case OperatorAct::watch_failures: return watch_text(action, name);
    case OperatorAct::flush_subtree: return fmt::format("flush {} and all names below", name);
    case OperatorAct::flush_bogus: return "flush what is remembered as bogus";
    case OperatorAct::flush_everything: return "flush the whole cache";
  }
  ZF_ASSERT(false);
  return "";
}

// What sets a cohort apart from others of its profile: "own knobs nta.recheck; install a negative
// trust anchor for de. (15 %)".
std::string policy_text(const ScenarioFile& file, std::size_t cohort) {
  std::vector<std::string> parts;
  const std::string prefix = fmt::format("cohorts[{}].knobs.", cohort);
  std::vector<std::string_view> knobs;
  for (const ValueSource& source : file.sources) {
    const std::string_view path = source.path;
    if (path.starts_with(prefix)) knobs.push_back(path.substr(prefix.size()));
  }
  if (!knobs.empty()) parts.push_back(fmt::format("own knobs {}", fmt::join(knobs, ", ")));
  for (const OperatorAction& action : file.scenario.operators) {
    if (!action.is_of(file.scenario.cohorts[cohort].name)) continue;
    parts.push_back(fmt::format("{} ({})", act_text(action), share_text(action.share_ppm)));
  }
  return parts.empty() ? "plain" : fmt::format("{}", fmt::join(parts, "; "));
}

void add_cohorts(const ScenarioFile& file, const BuiltScenario& built, outcome::RunRecord& record) {
  for (std::uint32_t c = 0; c < built.world.cohorts.size(); ++c) {
    const replay::Cohort& cohort = built.world.cohorts[c];
    record.cohorts.push_back(
        {cohort.name, cohort.profile->name, policy_text(file, c), cohort.resolvers});
    for (std::uint32_t i = 0; i < cohort.resolvers; ++i) {
      record.resolvers.push_back({c, clients::pareto_rate(cohort.rates, i, cohort.resolvers)});
    }
  }
}

// The zone people know a site by: the first it serves, or that of the children it hosts.
std::string zone_of_site(const authority::Site& site) {
  if (!site.zones.empty()) return site.zones.back().history->apex().to_text();
  return site.finder ? "hosted children" : "";
}

void add_sites(const BuiltScenario& built, outcome::RunRecord& record) {
  for (const authority::NameServer& server : built.world.servers->servers()) {
    for (const authority::Site& site : server.sites) {
      record.sites.push_back({server.name.to_text(), site.name, zone_of_site(site)});
    }
  }
}

// When the first and the last site had version `index`; max() where that never came.
std::pair<SimTime, SimTime> loading_span(const registry::RegistryRun& run, std::size_t index) {
  SimTime first = SimTime::max();
  SimTime last = SimTime::min();
  for (const authority::SiteZone& site : run.sites) {
    const SimTime at =
        site.loaded_at.empty() ? run.history->entries()[index].published_at : site.loaded_at[index];
    first = std::min(first, at);
    last = std::max(last, at);
  }
  return {first, std::max(first, last)};
}

void add_publications(const ResolvedScenario& scenario, const BuiltScenario& built,
                      outcome::RunRecord& record) {
  for (const BuiltZone& zone : built.zones) {
    if (!zone.run) continue;
    for (std::size_t i = 0; i < zone.history->entries().size(); ++i) {
      const authority::ZoneHistory::Entry& entry = zone.history->entries()[i];
      if (entry.published_at < scenario.run.from || entry.published_at >= scenario.run.until) {
        continue;
      }
      const auto [first, last] = loading_span(*zone.run, i);
      record.publications.push_back({zone.apex.to_text(), entry.version->serial(),
                                     entry.version->signed_at(), entry.published_at, first, last});
    }
  }
}

// "flush de. and all names below on 0.5 % of resolvers, the last by 2026-05-05T22:30:00Z"
std::string action_text(const OperatorAction& action) {
  std::string text = act_text(action);
  const bool is_on_all = action.share_ppm == 1'000'000;
  text += is_on_all ? " on all resolvers"
                    : fmt::format(" on {} of resolvers", share_text(action.share_ppm));
  if (action.until > action.from) text += ", the last by " + action.until.to_text();
  return text;
}

// "2 % of the members of de. change their addresses, the last by 2026-05-06T02:00:00Z"
std::string moves_text(const ZoneSpec& zone) {
  const MovesSpec& moves = *zone.population->moves;
  std::string text = fmt::format("{} of the members of {} change their addresses",
                                 share_text(moves.share_ppm), zone.apex.to_text());
  if (moves.until > moves.from) text += ", the last by " + moves.until.to_text();
  return text;
}

// "forges responses about the 100 most popular names, off path, and comes first in 1 % of
// exchanges, until 2026-05-06T02:00:00Z"
std::string attack_text(const AttackerSpec& attacker) {
  std::string whom = fmt::format("the {} most popular names", attacker.popular);
  if (attacker.popular == 0) {
    std::vector<std::string> names;
    for (const dns::Name& name : attacker.names) names.push_back(name.to_text());
    whom = fmt::format("{}", fmt::join(names, ", "));
  }
  const bool is_on_path = attacker.position == replay::Attacker::Position::on_path;
  return fmt::format("forges responses about {}, {}, and comes first in {} of exchanges, until {}",
                     whom, is_on_path ? "on path" : "off path", share_text(attacker.success_ppm),
                     attacker.until.to_text());
}

void add_events(const ScenarioFile& file, const BuiltScenario& built, outcome::RunRecord& record) {
  const ResolvedScenario& scenario = file.scenario;
  const auto add = [&](SimTime at, std::string actor, std::string what, const std::string& path) {
    const ValueSource* source = find_source(file.sources, path);
    record.events.push_back(
        {at, std::move(actor), std::move(what),
         source == nullptr ? std::string(default_source) : source->source,
         std::string(to_text(source == nullptr ? Confidence::derived : source->confidence))});
  };
  for (std::size_t i = 0; i < scenario.events.size(); ++i) {
    add(scenario.events[i].at, "noted", scenario.events[i].what, fmt::format("events[{}]", i));
  }
  for (std::size_t i = 0; i < scenario.operators.size(); ++i) {
    const OperatorAction& action = scenario.operators[i];
    const bool is_every = action.cohort == every_cohort;
    add(action.from,
        fmt::format("operators of {}", is_every ? "all cohorts" : std::string_view(action.cohort)),
        action_text(action), fmt::format("operators[{}]", i));
  }
  if (scenario.attacker) {
    add(scenario.attacker->from, "attacker", attack_text(*scenario.attacker), "attacker.success");
  }
  for (std::size_t i = 0; i < scenario.zones.size(); ++i) {
    const ZoneSpec& zone = scenario.zones[i];
    if (!zone.population || !zone.population->moves) continue;
    add(zone.population->moves->from, "owners of names", moves_text(zone),
        fmt::format("zones[{}].population.moves.share", i));
  }
  for (const BuiltZone& zone : built.zones) {
    if (!zone.run) continue;
    for (const registry::RegistryEvent& event : zone.run->log) {
      const bool is_routine = event.what.rfind("publish", 0) == 0;
      if (is_routine || event.at < scenario.run.from || event.at >= scenario.run.until) continue;
      record.events.push_back({event.at, fmt::format("registry of {}", zone.apex.to_text()),
                               event.what, "what the run's registry did", "derived"});
    }
  }
}

}  // namespace

outcome::RunRecord make_record(const ScenarioFile& file, const BuiltScenario& built) {
  outcome::RunRecord record;
  record.scenario_title = file.scenario.title;
  record.scenario_yaml = write_scenario(file);
  record.scenario_hash = hash_text(record.scenario_yaml);
  record.seed = file.scenario.run.seed;
  record.scale = scale_text(file.scenario.run.scale_ppm);
  record.asked_zone = file.scenario.demand.zone.to_text();
  add_cohorts(file, built, record);
  add_sites(built, record);
  add_publications(file.scenario, built, record);
  add_events(file, built, record);
  return record;
}

std::string scale_text(std::uint32_t scale_ppm) {
  return fmt::format("{}", scale_ppm / 1'000'000.0);
}

}  // namespace zonefall::scenario
