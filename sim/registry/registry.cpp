#include "zonefall/registry/registry.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "registry/checker.h"
#include "registry/event_log.h"
#include "registry/plan_check.h"
#include "registry/publication.h"
#include "registry/repair.h"

namespace zonefall::registry {
namespace {

/// Of the first version held back within the run.
std::optional<Alert> gate_alert(const RegistryPlan& plan, const Publication& publication) {
  for (const HeldVersion& held : publication.held) {
    if (held.checked_at < plan.from || held.checked_at >= plan.until) continue;
    return Alert{held.checked_at, held.checked_at + plan.gate->processing, "", held.verdict};
  }
  return std::nullopt;
}

Alerts watch(const RegistryPlan& plan, const Publication& publication) {
  Alerts alerts;
  for (const Checker& checker : plan.checkers) {
    alerts.of_checkers.push_back(first_alert(plan, checker, publication, publication.parent_ds));
  }
  alerts.of_gate = gate_alert(plan, publication);
  return alerts;
}

std::optional<SimTime> earliest(const Alerts& alerts) {
  std::optional<SimTime> at;
  if (alerts.of_gate) at = alerts.of_gate->at;
  for (const auto& alert : alerts.of_checkers) {
    if (alert && (!at || alert->at < *at)) at = alert->at;
  }
  return at;
}

RegistryRun finished_run(const RegistryPlan& plan, const Publication& publication,
                         const Alerts& alerts, std::optional<SimTime> repaired_at) {
  RegistryRun run;
  run.history = publication.history;
  run.held = publication.held;
  run.sites = publication.sites;
  run.log = make_log(plan, publication, alerts, repaired_at);
  run.first_alert = earliest(alerts);
  run.repaired_at = repaired_at;
  run.signing_plan = publication.signing_plan;
  return run;
}

}  // namespace

// The repair hangs on the alert, and the alert on what was published before: so publish without a
// repair, look, and publish again with the repair that the looks lead to. Until the repair both are
// the same, hence also the first alert.
Result<RegistryRun> run_registry(const RegistryPlan& plan, const KeyStore& keys) {
  if (const Status check = check_plan(plan, keys); !check) return check.error();
  auto draft = publish(plan, keys);
  if (!draft) return draft.error();
  Alerts alerts = watch(plan, draft.value());
  const std::optional<SimTime> alert_at = earliest(alerts);
  if (!alert_at || !plan.repair) return finished_run(plan, draft.value(), alerts, std::nullopt);

  const SimTime repaired_at = repair_time(*plan.repair, *alert_at);
  if (repaired_at >= plan.until) return finished_run(plan, draft.value(), alerts, std::nullopt);
  const auto repaired_plan = with_repair(plan, keys, repaired_at);
  if (!repaired_plan) return repaired_plan.error();
  auto repaired = publish(repaired_plan.value(), keys);
  if (!repaired) return repaired.error();
  alerts = watch(repaired_plan.value(), repaired.value());
  return finished_run(repaired_plan.value(), repaired.value(), alerts, repaired_at);
}

authority::ZoneVersionPtr redated(const authority::ZoneVersionPtr& version, const SigningPlan& plan,
                                  Duration shift) {
  authority::ZoneVersionParts parts;
  parts.content = authority::ZoneContentPtr(version, &version->content());
  parts.soa = version->soa();
  parts.dnskeys = version->dnskeys();
  parts.signatures = plan.source_at(version->signed_at(), shift);
  parts.signed_at = version->signed_at();
  return std::make_shared<authority::ZoneVersion>(std::move(parts));
}

}  // namespace zonefall::registry
