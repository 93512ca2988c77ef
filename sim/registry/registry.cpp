#include "zonefall/registry/registry.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "registry/checker.h"
#include "registry/event_log.h"
#include "registry/plan_check.h"
#include "registry/publication.h"
#include "registry/repair.h"
#include "zonefall/core/assert.h"
#include "zonefall/dnssec/key.h"

namespace zonefall::registry {
namespace {

/// The DS RRset that stands at the parent all through the run.
dns::RRsetPtr parent_ds_of(const RegistryPlan& plan, const SigningPlan& signing) {
  if (plan.parent_ds != nullptr) return plan.parent_ds;
  constexpr std::uint32_t ttl_s = 86400;
  const SigningEvent event = signing.event_at(plan.zone, dns::RRType::dnskey, plan.from);
  const KeyRecord* ksk = signing.keys().find(signing.key_label(event));
  ZF_ASSERT(ksk != nullptr);
  const dns::DsRdata ds = dnssec::make_ds(plan.zone, ksk->dnskey, dnssec::DigestType::sha256);
  return dns::RRset::make({.owner = plan.zone, .type = dns::RRType::ds, .ttl_s = ttl_s},
                          {dns::encode(ds)});
}

Alerts watch(const RegistryPlan& plan, const Publication& publication,
             const dns::RRsetPtr& parent_ds) {
  Alerts alerts;
  for (const Checker& checker : plan.checkers) {
    alerts.push_back(first_alert(plan, checker, publication, parent_ds));
  }
  return alerts;
}

std::optional<SimTime> earliest(const Alerts& alerts) {
  std::optional<SimTime> at;
  for (const auto& alert : alerts) {
    if (alert && (!at || alert->at < *at)) at = alert->at;
  }
  return at;
}

RegistryRun finished_run(const RegistryPlan& plan, const Publication& publication,
                         const Alerts& alerts, std::optional<SimTime> repaired_at) {
  RegistryRun run;
  run.history = publication.history;
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
  const dns::RRsetPtr parent_ds = parent_ds_of(plan, *draft.value().signing_plan);
  Alerts alerts = watch(plan, draft.value(), parent_ds);
  const std::optional<SimTime> alert_at = earliest(alerts);
  if (!alert_at || !plan.repair) return finished_run(plan, draft.value(), alerts, std::nullopt);

  const SimTime repaired_at = repair_time(*plan.repair, *alert_at);
  if (repaired_at >= plan.until) return finished_run(plan, draft.value(), alerts, std::nullopt);
  const auto repaired_plan = with_repair(plan, keys, repaired_at);
  if (!repaired_plan) return repaired_plan.error();
  auto repaired = publish(repaired_plan.value(), keys);
  if (!repaired) return repaired.error();
  alerts = watch(repaired_plan.value(), repaired.value(), parent_ds);
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
