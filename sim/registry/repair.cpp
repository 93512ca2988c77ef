#include "registry/repair.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "registry/publication.h"
#include "zonefall/core/assert.h"

namespace zonefall::registry {
namespace {

void take_over(std::vector<KeyActivation>& activations, const KeyActivation& by) {
  std::erase_if(activations, [&](const KeyActivation& planned) {
    return planned.role == by.role && planned.from >= by.from;
  });
  const auto later = std::find_if(activations.begin(), activations.end(),
                                  [&](const KeyActivation& a) { return a.from > by.from; });
  activations.insert(later, by);
}

void sign_everything(std::vector<SigningBatch>& batches, SimTime at) {
  std::erase_if(batches, [&](const SigningBatch& planned) { return planned.at == at; });
  const auto later = std::find_if(batches.begin(), batches.end(),
                                  [&](const SigningBatch& b) { return b.at > at; });
  batches.insert(later, SigningBatch{.at = at});
}

void withdraw(std::vector<KeyPublication>& publications, const std::string& label, SimTime at) {
  std::erase_if(publications, [&](const KeyPublication& publication) {
    return publication.label == label && publication.from >= at;
  });
  for (KeyPublication& publication : publications) {
    if (publication.label == label) publication.until = std::min(publication.until, at);
  }
}

/// A version of its own at `at`, and then on in the rhythm of the phase it falls in.
void publish_anew(std::vector<PublicationPhase>& phases, SimTime at) {
  auto next = std::find_if(phases.begin(), phases.end(),
                           [&](const PublicationPhase& phase) { return phase.from > at; });
  ZF_ASSERT(next != phases.begin());
  const PublicationPhase current = *std::prev(next);
  if (current.from < at) phases.insert(next, {at, current.interval});
}

/// The DNSKEY RRset of `back.at` is that of `back.to`.
void restore_keys(std::vector<KeyPublication>& publications, const RollBack& back) {
  std::vector<KeyPublication> restored;
  for (KeyPublication& publication : publications) {
    if (publication.from >= back.at) continue;  // planned for later
    if (publication.from > back.to) {
      publication.until = std::min(publication.until, back.at);
    } else if (publication.until > back.to && publication.until <= back.at) {
      restored.push_back({.label = publication.label, .from = back.at});
    }
  }
  publications.insert(publications.end(), restored.begin(), restored.end());
}

/// The next contents have what was lost, and it is signed then.
void sign_lost_changes_again(RegistryPlan& plan, const RollBack& back) {
  const auto next =
      std::find_if(plan.content_changes.begin(), plan.content_changes.end(),
                   [&](const ContentChange& change) { return change.from >= back.at; });
  if (next == plan.content_changes.end()) return;
  std::vector<RRsetChange> again;
  for (const RRsetChange& change : plan.signing.changes) {
    if (change.at <= back.to || change.at >= back.at) continue;
    again.push_back({change.owner, change.type, next->from});
  }
  plan.signing.changes.insert(plan.signing.changes.end(), again.begin(), again.end());
}

Status roll_back(RegistryPlan& plan, SimTime to, SimTime at) {
  const auto version = last_signing_time(plan, to);
  if (to >= at || !version) {
    return Error{
        fmt::format("the repair at {} cannot go back to the zone of {}: no version was "
                    "signed before both",
                    at.to_text(), to.to_text())};
  }
  const RollBack back{.at = at, .to = *version};
  plan.signing.roll_back = back;
  restore_keys(plan.publications, back);
  sign_lost_changes_again(plan, back);
  return Done{};
}

}  // namespace

SimTime repair_time(const RepairDecision& repair, SimTime alert_at) {
  const SimTime at = std::max(alert_at + repair.delay_after_alert, repair.not_before);
  const SimTime second = SimTime::from_unix_s(at.to_unix_s());
  return second == at ? at : second + Duration::seconds(1);
}

Result<RegistryPlan> with_repair(RegistryPlan plan, const KeyStore& keys, SimTime at) {
  const RepairDecision repair = *plan.repair;
  const KeyRecord* key = keys.find(repair.key_label);
  ZF_ASSERT(key != nullptr);
  take_over(plan.signing.activations, {.from = at, .role = key->role, .label = key->label});
  if (repair.roll_back_to == SimTime::max()) {
    sign_everything(plan.signing.batches, at);
  } else if (const Status done = roll_back(plan, repair.roll_back_to, at); !done) {
    return done.error();
  }
  withdraw(plan.publications, repair.withdraw_label, at);
  publish_anew(plan.phases, at);
  if (repair.distribution_delay_max > Duration()) {
    plan.holds.push_back({.held_from = at,
                          .held_until = at + repair.distribution_delay_max,
                          .release_from = at + repair.distribution_delay_min,
                          .release_until = at + repair.distribution_delay_max});
  }
  return plan;
}

}  // namespace zonefall::registry
