#include "registry/repair.h"

#include <algorithm>
#include <vector>

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

}  // namespace

SimTime repair_time(const RepairDecision& repair, SimTime alert_at) {
  const SimTime at = std::max(alert_at + repair.delay_after_alert, repair.not_before);
  const SimTime second = SimTime::from_unix_s(at.to_unix_s());
  return second == at ? at : second + Duration::seconds(1);
}

RegistryPlan with_repair(RegistryPlan plan, const KeyStore& keys, SimTime at) {
  const RepairDecision repair = *plan.repair;
  const KeyRecord* key = keys.find(repair.key_label);
  ZF_ASSERT(key != nullptr);
  take_over(plan.signing.activations, {.from = at, .role = key->role, .label = key->label});
  sign_everything(plan.signing.batches, at);
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
