// A registry's run: rollover plan, publication, propagation to sites, checkers, people, repair.
//
// run_registry() is a pure function from a plan to what the registry published when, and a log of
// what it did. A rollover follows ZSK pre-publication (RFC 6781 4.1.1.1): publish, wait, activate,
// re-sign, withdraw. Nothing in a plan says "bogus": a fault is a wrong action (key_store.h:
// once_per_hsm; here: activating a key that was never published). Checkers look at the zone as
// served and alert when our validator does not find it secure, and a gate may look at each version
// before it is published; people act some time after the alert. Times are UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zonefall/authority/server.h"
#include "zonefall/authority/zone_version.h"
#include "zonefall/core/result.h"
#include "zonefall/core/time.h"
#include "zonefall/dnssec/verdict.h"
#include "zonefall/registry/key_store.h"
#include "zonefall/registry/signing_plan.h"

namespace zonefall::registry {

/// `label` is in the DNSKEY RRset of versions signed in [from, until).
struct KeyPublication {
  std::string label;
  SimTime from = SimTime::min();
  SimTime until = SimTime::max();
};

/// A new version is signed at `from` and then every `interval` until the next phase; an interval of
/// zero: only the one at `from`. Versions carry whole seconds.
struct PublicationPhase {
  SimTime from;
  Duration interval = Duration::minutes(2);
};

/// Versions signed from `from` on have `content`.
struct ContentChange {
  SimTime from;
  authority::ZoneContentPtr content;
};

enum class SerialRule : std::uint8_t { unix_time, increment };

/// Publishing to serving: each site has one delay of its own, drawn in [delay_min, delay_max].
struct Propagation {
  Duration delay_min = Duration::seconds(0);
  Duration delay_max = Duration::seconds(0);
};

/// Versions signed in [held_from, held_until) reach a site only from its release on: a repair that
/// is distributed site by site. One site (drawn) is released at `release_from`, one at
/// `release_until`, the others at instants drawn in between.
struct HeldDistribution {
  SimTime held_from;
  SimTime held_until;
  SimTime release_from;
  SimTime release_until;
};

/// Looks at one random site every `interval`: what does a validator that trusts the parent's DS
/// make of DNSKEY, SOA, the denial of a type at the apex, and DS or no DS of `sample` of the plan's
/// `checked_names`? Alerts once, `processing` after the first look that finds something bogus.
struct Checker {
  std::string name;
  Duration interval = Duration::minutes(5);
  Duration processing = Duration::minutes(1);
  std::uint32_t sample = 20;
};

/// What a gate verifies of a version, against the DNSKEY RRset in it and the parent's DS RRset.
enum class GateScope : std::uint8_t {
  apex,        // the RRsets at the apex, and the denial record of the apex
  sample,      // those, and DS or its denial for a few of the plan's `checked_names`
  whole_zone,  // every signed RRset
};

/// Validates before it publishes. Each version is checked when it is made, one at a time; a check
/// takes `check_time`, so that a version leaves the registry that much later than it was made, on
/// good days too. While one is checked, only the newest of those made waits for its turn. A version
/// with an RRset that a validator would not accept is held back for good: sites keep what they
/// have, whose signatures age, until a later version passes, with a serial higher than those of all
/// that were held. The first failure alerts people `processing` later, as a checker does.
struct PublicationGate {
  GateScope scope = GateScope::whole_zone;
  std::uint32_t sample = 50;  // of checked names, drawn for each version
  Duration check_time = Duration::seconds(30);
  Duration processing = Duration::minutes(1);
  static constexpr Duration check_time_max = Duration::hours(6);
};

/// The repair people decide on. `delay_after_alert` after the first alert, but not before
/// `not_before` (the hour on record, for a replay), `key_label` takes over, everything is signed
/// again with it in one batch and a version of its own, and `withdraw_label` (if any) leaves the
/// DNSKEY RRset. Later activations of that role are called off. Distribution starts later.
///
/// With a `roll_back_to` nothing is signed again: the zone goes back to what it was in the last
/// version signed at or before that instant, contents, DNSKEY RRset and signatures, under a new SOA
/// with a higher serial (RFC 1982), which `key_label` signs. Incremental publication goes on from
/// there: an RRset is signed when it changes or when its turn comes, which for one that was renewed
/// since is lifetime - refresh later. Contents that changed since are lost until the next change;
/// only those that the plan has (DS of a child) are modelled, not the registrations of the day.
struct RepairDecision {
  Duration delay_after_alert = Duration::hours(2);
  SimTime not_before = SimTime::min();
  std::string key_label = {};
  std::string withdraw_label = {};
  SimTime roll_back_to = SimTime::max();  // max(): everything is signed again
  Duration distribution_delay_min = {};   // repair to the first site's release
  Duration distribution_delay_max = {};   // repair to the last site's release
};

struct RegistryPlan {
  dns::Name zone;
  std::uint64_t seed = 0;
  authority::ZoneContentPtr content;                // until the first change
  std::vector<ContentChange> content_changes = {};  // rising times
  dns::SoaRdata soa;  // SerialRule::increment: with the serial of the first version
  std::uint32_t soa_ttl_s = 86400;
  std::uint32_t dnskey_ttl_s = 3600;
  SerialRule serial_rule = SerialRule::unix_time;
  /// Activations and batches known beforehand; zone, seed and dnskey_changes follow from this plan.
  /// With a `roll_back` contents go back too.
  SigningPlanSettings signing;
  std::vector<KeyPublication> publications;
  std::vector<PublicationPhase> phases;  // rising times, the first at or before `from`
  std::vector<std::string> site_names;
  Propagation propagation;
  std::vector<HeldDistribution> holds;
  dns::RRsetPtr parent_ds;  // what checkers trust; null: the DS of the KSK that signs at `from`
  std::vector<dns::Name> checked_names;  // delegations, for the checkers to draw from
  std::vector<Checker> checkers;
  std::optional<PublicationGate> gate = std::nullopt;
  std::optional<RepairDecision> repair;
  /// The run. Published at full detail from the last version on that all sites have at `from`.
  SimTime from;
  SimTime until;
  /// How long before `from` the zone is served too: with a version every `past_interval`, which
  /// renews signatures and changes keys as planned, and leaves out what came between.
  Duration past;
  static constexpr Duration past_interval = Duration::hours(12);
};

struct RegistryEvent {
  SimTime at;
  std::string what;  // "publish serial 1778012345", "alert by checker-1: ...", "repair: ..."
};

/// A version that its gate held back: no site ever had it.
struct HeldVersion {
  std::uint32_t serial = 0;
  SimTime signed_at;
  SimTime checked_at;  // when the check had ended
  dnssec::Verdict verdict;
};

struct RegistryRun {
  authority::ZoneHistoryPtr history;       // of what was published
  std::vector<HeldVersion> held;           // rising times
  std::vector<authority::SiteZone> sites;  // what each serves when, in the plan's order
  std::vector<RegistryEvent> log;          // rising times
  std::optional<SimTime> first_alert;
  std::optional<SimTime> repaired_at;
  SigningPlanPtr signing_plan;  // with the repair's batch and activation
};

/// Errors: labels, times or phases that make no sense; named.
Result<RegistryRun> run_registry(const RegistryPlan& plan, const KeyStore& keys);

/// `version` with the same signing choices and all windows of validity moved by `shift`. `plan` is
/// the one of its run.
authority::ZoneVersionPtr redated(const authority::ZoneVersionPtr& version, const SigningPlan& plan,
                                  Duration shift);

}  // namespace zonefall::registry
