// The gate: what a validator makes of a version before it is published.
#pragma once

#include <optional>
#include <vector>

#include "zonefall/authority/zone_version.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/rrset.h"
#include "zonefall/dnssec/verdict.h"
#include "zonefall/registry/registry.h"
#include "zonefall/registry/signing_plan.h"

namespace zonefall::registry {

/// A version that leaves the registry, or does not.
struct Release {
  SimTime signed_at;
  SimTime published_at;  // or held back, by the failure
  std::optional<dnssec::Verdict> failure = std::nullopt;
};

/// Verifies versions of one plan, best in order of time: it looks first at what failed last. The
/// plan must outlive it.
class Gate {
 public:
  Gate(const RegistryPlan& plan, SigningPlanPtr signing_plan, dns::RRsetPtr parent_ds);

  /// The first failure that a check of `version` at `now` finds; nullopt: it passes.
  std::optional<dnssec::Verdict> failure(const authority::ZoneVersion& version, SimTime now);

 private:
  struct Checked;
  std::optional<dnssec::Verdict> failure_in_whole_zone(const Checked& checked);
  [[nodiscard]] std::optional<dnssec::Verdict> failure_in_sample(const Checked& checked) const;

  const RegistryPlan& plan_;
  SigningPlanPtr signing_plan_;
  dns::RRsetPtr parent_ds_;
  dns::RRsetPtr last_bad_;  // of the content `last_content_`
  const authority::ZoneContent* last_content_ = nullptr;
};

/// What becomes of versions, in the order in which they are made and with rising times: those that
/// another overtakes while they wait for their check are left out.
std::vector<Release> pass_gate(Gate& gate, Duration check_time,
                               const std::vector<authority::ZoneVersionPtr>& versions);

}  // namespace zonefall::registry
