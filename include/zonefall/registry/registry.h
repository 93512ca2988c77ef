// A registry's run: rollover plan, publication, propagation to sites, checkers, people, repair.
//
// run_registry() is a pure function from a plan to what the registry published when, and a log of
// what it did. A rollover follows ZSK pre-publication (RFC 6781 4.1.1.1): publish, wait, activate,
// re-sign, withdraw. Nothing in a plan says "bogus": a fault is a wrong action (key_store.h:
// once_per_hsm; here: activating a key that was never published). Checkers look at the zone as
// served and alert when our validator does not find it secure; people act some time after the
// alert. Times are UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zonefall/authority/server.h"
#include "zonefall/authority/zone_version.h"
#include "zonefall/core/result.h"
#include "zonefall/core/time.h"
#include "zonefall/registry/key_store.h"
#include "zonefall/registry/signing_plan.h"

namespace zonefall::registry {

/// `label` is in the DNSKEY RRset of versions signed in [from, until).
struct KeyPublication {
  std::string label;
  SimTime from = SimTime::min();
  SimTime until = SimTime::max();
};

/// From `from` on a new version is signed every `interval`, first at `from`; until the next phase.
/// An interval of zero stops publication.
struct PublicationPhase {
  SimTime from;
  Duration interval = Duration::minutes(2);
};

enum class SerialRule : std::uint8_t { unix_time, increment };

/// Signing to serving, for each site. Delays are drawn per site in [delay_min, delay_max].
struct Propagation {
  Duration delay_min = Duration::seconds(0);
  Duration delay_max = Duration::seconds(0);
};

/// Versions signed in [held_from, held_until) reach a site only from its release on, an instant
/// drawn per site in [release_from, release_until]: a repair that is distributed site by site.
struct HeldDistribution {
  SimTime held_from;
  SimTime held_until;
  SimTime release_from;
  SimTime release_until;
};

/// Looks at one random site every `interval` and validates SOA, DNSKEY, the apex denial record and
/// `sample` random members. Alerts `processing` after the first look that is not secure.
struct Checker {
  std::string name;
  Duration interval = Duration::minutes(5);
  Duration processing = Duration::minutes(1);
  std::uint32_t sample = 20;
};

/// The repair people decide on: `delay` after the first alert everything is signed again with
/// `key_label`, `withdraw_label` leaves the DNSKEY RRset, and distribution starts later.
struct RepairDecision {
  Duration delay_after_alert = Duration::hours(2);
  std::string key_label;
  std::string withdraw_label;
  Duration distribution_delay_min;  // repair to the first site's release
  Duration distribution_delay_max;  // repair to the last site's release
};

struct RegistryPlan {
  dns::Name zone;
  std::uint64_t seed = 0;
  authority::ZoneContentPtr content;
  dns::SoaRdata soa;  // the serial is replaced
  std::uint32_t soa_ttl_s = 86400;
  std::uint32_t dnskey_ttl_s = 3600;
  SerialRule serial_rule = SerialRule::unix_time;
  SigningPlanSettings signing;  // activations and batches known beforehand
  std::vector<KeyPublication> publications;
  std::vector<PublicationPhase> phases;  // rising times, the first at or before `from`
  std::vector<std::string> site_names;   // in the order of the result's site_loads
  Propagation propagation;
  std::vector<HeldDistribution> holds;
  std::vector<Checker> checkers;
  std::optional<RepairDecision> repair;
  SimTime from;  // the run: versions are made so that every site has one at `from`
  SimTime until;
};

struct RegistryEvent {
  SimTime at;
  std::string what;  // "publish serial 1778012345", "alert by checker-1: ...", "repair: ..."
};

struct RegistryRun {
  authority::ZoneHistoryPtr history;
  std::vector<std::vector<SimTime>> site_loads;  // per site: loading time of each version
  std::vector<RegistryEvent> log;                // rising times
  std::optional<SimTime> first_alert;
  std::optional<SimTime> repaired_at;
  SigningPlanPtr signing_plan;  // with the repair's batch and activation
};

/// Errors: labels, times or phases that make no sense; named.
Result<RegistryRun> run_registry(const RegistryPlan& plan, const KeyStore& keys);

}  // namespace zonefall::registry
