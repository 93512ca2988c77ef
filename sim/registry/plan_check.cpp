#include "registry/plan_check.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "registry/whole_seconds.h"

namespace zonefall::registry {
namespace {

Status check_world(const RegistryPlan& plan) {
  if (plan.content == nullptr) return Error{"the registry has no zone content"};
  if (plan.content->apex() != plan.zone) {
    return Error{fmt::format("the content is that of {}, not of {}", plan.content->apex().to_text(),
                             plan.zone.to_text())};
  }
  if (plan.from >= plan.until) return Error{"the run ends before it begins"};
  if (plan.site_names.empty()) return Error{"no site serves the zone"};
  for (std::size_t i = 0; i < plan.site_names.size(); ++i) {
    const auto begin = plan.site_names.begin();
    const auto end = begin + static_cast<std::ptrdiff_t>(i);
    if (std::find(begin, end, plan.site_names[i]) != end) {
      return Error{fmt::format("two sites are named '{}'", plan.site_names[i])};
    }
  }
  return Done{};
}

Status check_publications(const RegistryPlan& plan, const KeyStore& keys) {
  for (const KeyPublication& publication : plan.publications) {
    if (keys.find(publication.label) == nullptr) {
      return Error{fmt::format("publication of an unknown key '{}'", publication.label)};
    }
    const bool is_never = publication.from == SimTime::max();
    if (!is_never && publication.from >= publication.until) {
      return Error{fmt::format("key '{}' is withdrawn before it is published", publication.label)};
    }
  }
  return Done{};
}

Status check_contents(const RegistryPlan& plan) {
  if (plan.content != nullptr && plan.content->denial() == nullptr) {
    return Error{"a registry signs its zone, and this one has no denial chain: it is unsigned"};
  }
  for (std::size_t i = 0; i < plan.content_changes.size(); ++i) {
    const ContentChange& change = plan.content_changes[i];
    if (change.content == nullptr || !(change.content->apex() == plan.zone)) {
      return Error{fmt::format("change at {}: no content of the zone", change.from.to_text())};
    }
    if (change.content->denial() == nullptr) {
      return Error{fmt::format("change at {}: the zone becomes unsigned", change.from.to_text())};
    }
    if (i > 0 && change.from <= plan.content_changes[i - 1].from) {
      return Error{
          fmt::format("change at {} is not after the one before it", change.from.to_text())};
    }
  }
  return Done{};
}

Status check_phases(const RegistryPlan& plan) {
  if (plan.phases.empty() || plan.phases.front().from > plan.from) {
    return Error{"publication does not begin before the run"};
  }
  SimTime previous = SimTime::min();
  for (const PublicationPhase& phase : plan.phases) {
    const std::string from = phase.from.to_text();
    if (phase.from <= previous) {
      return Error{fmt::format("publication phase of {} is not after the one before it", from)};
    }
    if (phase.interval < Duration() || !is_whole_seconds(phase.interval) ||
        !is_whole_seconds(phase.from)) {
      return Error{
          fmt::format("publication phase of {}: start and interval must be whole "
                      "seconds, the interval not negative",
                      from)};
    }
    previous = phase.from;
  }
  return Done{};
}

Status check_distribution(const RegistryPlan& plan) {
  const Propagation& propagation = plan.propagation;
  if (propagation.delay_min < Duration() || propagation.delay_min > propagation.delay_max) {
    return Error{fmt::format("propagation from {} to {} is no range of delays",
                             propagation.delay_min.to_text(), propagation.delay_max.to_text())};
  }
  for (const HeldDistribution& hold : plan.holds) {
    const bool in_order = hold.held_from < hold.held_until && hold.held_from <= hold.release_from &&
                          hold.release_from <= hold.release_until;
    if (!in_order) {
      return Error{fmt::format("hold of {}: its times are not in order", hold.held_from.to_text())};
    }
  }
  return Done{};
}

Status check_checkers(const RegistryPlan& plan) {
  for (std::size_t i = 0; i < plan.checkers.size(); ++i) {
    const Checker& checker = plan.checkers[i];
    for (std::size_t j = 0; j < i; ++j) {
      if (plan.checkers[j].name == checker.name) {
        return Error{fmt::format("two checkers are named '{}'", checker.name)};
      }
    }
    if (checker.interval < Duration::seconds(1) || checker.processing < Duration()) {
      return Error{
          fmt::format("checker '{}': the interval must be at least 1 s, the processing "
                      "time not negative",
                      checker.name)};
    }
  }
  for (const dns::Name& name : plan.checked_names) {
    if (!name.is_below(plan.zone)) {
      return Error{
          fmt::format("checked name {} is not below {}", name.to_text(), plan.zone.to_text())};
    }
  }
  return Done{};
}

Status check_gate(const RegistryPlan& plan) {
  if (!plan.gate) return Done{};
  const PublicationGate& gate = *plan.gate;
  if (gate.check_time < Duration() || gate.check_time > PublicationGate::check_time_max) {
    return Error{fmt::format("a gate's check takes from 0 s to {}, not {}",
                             PublicationGate::check_time_max.to_text(), gate.check_time.to_text())};
  }
  if (gate.processing < Duration()) return Error{"a gate's alert cannot precede its check"};
  if (gate.scope == GateScope::sample && plan.checked_names.empty()) {
    return Error{"the gate has no names to draw a sample from"};
  }
  return Done{};
}

Status check_repair(const RegistryPlan& plan, const KeyStore& keys) {
  if (!plan.repair) return Done{};
  const RepairDecision& repair = *plan.repair;
  if (keys.find(repair.key_label) == nullptr) {
    return Error{fmt::format("repair with an unknown key '{}'", repair.key_label)};
  }
  if (!repair.withdraw_label.empty() && keys.find(repair.withdraw_label) == nullptr) {
    return Error{fmt::format("repair withdraws an unknown key '{}'", repair.withdraw_label)};
  }
  if (repair.withdraw_label == repair.key_label) {
    return Error{fmt::format("repair withdraws the key it signs with, '{}'", repair.key_label)};
  }
  if (!plan.phases.empty() && repair.roll_back_to < plan.phases.front().from) {
    return Error{fmt::format("the repair goes back to {}, before the zone was ever published",
                             repair.roll_back_to.to_text())};
  }
  if (plan.signing.roll_back) return Error{"a roll back follows from a repair"};
  if (repair.delay_after_alert < Duration()) return Error{"a repair cannot precede the alert"};
  if (repair.distribution_delay_min < Duration() ||
      repair.distribution_delay_min > repair.distribution_delay_max) {
    return Error{"the repair's distribution delays are no range"};
  }
  return Done{};
}

}  // namespace

Status check_plan(const RegistryPlan& plan, const KeyStore& keys) {
  const Status checks[] = {check_world(plan),    check_publications(plan, keys),
                           check_phases(plan),   check_distribution(plan),
                           check_checkers(plan), check_repair(plan, keys),
                           check_contents(plan), check_gate(plan)};
  for (const Status& check : checks) {
    if (!check) return check.error();
  }
  return Done{};
}

}  // namespace zonefall::registry
