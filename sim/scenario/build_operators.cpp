#include "scenario/build_operators.h"

#include <algorithm>

namespace zonefall::scenario {

namespace {

using resolver::Flush;
using resolver::NtaFlush;

resolver::NtaWatch nta_watch(const OperatorAction& action) {
  const WatchSpec& spec = *action.watch;
  resolver::NtaWatch watch;
  watch.name = action.name;
  watch.look = spec.look;
  watch.window = spec.window;
  watch.share_ppm = spec.share_ppm;
  watch.failures_min = spec.failures_min;
  watch.lasting = spec.lasting;
  watch.reaction = spec.reaction_min;
  watch.lifetime = spec.lifetime;
  watch.probe = spec.probe;
  watch.flush = action.flush;
  return watch;
}

resolver::OperatorAction resolver_action(const OperatorAction& action, const dns::Name& name) {
  switch (action.act) {
    case OperatorAct::install_nta: return resolver::InstallNta{name};
    case OperatorAct::remove_nta: return resolver::RemoveNta{name};
    case OperatorAct::flush_name: return Flush{Flush::What::name, name};
    case OperatorAct::flush_subtree: return Flush{Flush::What::subtree, name};
    case OperatorAct::flush_bogus: return Flush{Flush::What::bogus, name};
    case OperatorAct::flush_everything: return Flush{Flush::What::everything, name};
    case OperatorAct::watch_failures: return nta_watch(action);
  }
  return Flush{Flush::What::everything, name};
}

std::vector<dns::Name> names_of(const OperatorAction& action, const AskedNames& asked) {
  if (action.popular == 0) return {action.name};
  return popular_names(action.popular, asked);
}

// All that an operator does at once is drawn once: whether he does it, and when.
void add(const OperatorAction& action, const AskedNames& asked,
         std::vector<replay::ScheduledAction>& actions) {
  replay::ScheduledAction next{action.from, action.until - action.from, {}, action.share_ppm};
  if (action.watch) next.reaction_spread = action.watch->reaction_max - action.watch->reaction_min;
  const auto push = [&](resolver::OperatorAction what) {
    next.action = std::move(what);
    actions.push_back(next);
    next.goes_with_previous = true;
  };
  const bool flushes = action.act == OperatorAct::install_nta;  // a watch sees to it itself
  for (const dns::Name& name : names_of(action, asked)) {
    push(resolver_action(action, name));
    if (flushes && action.flush == NtaFlush::subtree) push(Flush{Flush::What::subtree, name});
  }
  if (flushes && action.flush == NtaFlush::bogus) push(Flush{Flush::What::bogus, action.name});
}

}  // namespace

std::vector<dns::Name> popular_names(std::uint32_t count, const AskedNames& asked) {
  std::vector<dns::Name> names;
  names.reserve(count);
  for (std::uint32_t rank = 0; rank < count; ++rank) {
    names.push_back(asked.names.name(asked.popularity.head_id(rank)));
  }
  return names;
}

std::optional<replay::Attacker> build_attacker(const ResolvedScenario& scenario,
                                               const AskedNames& asked) {
  if (!scenario.attacker) return std::nullopt;
  const AttackerSpec& spec = *scenario.attacker;
  replay::Attacker attacker;
  attacker.position = spec.position;
  attacker.names = spec.popular == 0 ? spec.names : popular_names(spec.popular, asked);
  std::sort(attacker.names.begin(), attacker.names.end());
  const auto twice = std::unique(attacker.names.begin(), attacker.names.end());
  attacker.names.erase(twice, attacker.names.end());
  attacker.from = spec.from;
  attacker.until = spec.until;
  attacker.success_ppm = spec.success_ppm;
  attacker.ttl_s = static_cast<std::uint32_t>(spec.ttl.to_seconds());
  return attacker;
}

std::vector<replay::ScheduledAction> build_actions(const ResolvedScenario& scenario,
                                                   std::string_view cohort,
                                                   const AskedNames& asked) {
  std::vector<replay::ScheduledAction> actions;
  for (const OperatorAction& action : scenario.operators) {
    if (action.is_of(cohort)) add(action, asked, actions);
  }
  std::stable_sort(actions.begin(), actions.end(),
                   [](const replay::ScheduledAction& a, const replay::ScheduledAction& b) {
                     return a.at < b.at;
                   });
  return actions;
}

}  // namespace zonefall::scenario
