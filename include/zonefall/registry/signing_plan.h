// The signing plan: for each RRset and instant, which signing event made the signature in force.
//
// A signing event has a time, a key label and an HSM. The plan is a pure function of (seed, RRset,
// time): a zone of 17.9 million names has a signature for every RRset at every instant, and none is
// stored. Signing follows what a signer does (Knot's manual for `.de`'s numbers): each RRset is
// signed again `refresh` before its signature expires, at a phase of its own; a batch (a key
// switch, a repair) signs many at once. Which key signs at an instant is the rollover plan's doing;
// which HSM serves a signing event is drawn uniformly per (RRset, event), unless pinned. Adding a
// batch, a pin or an activation changes only the events it is about. Where two keys sign beside
// each other, an event makes a signature with each of them, in the same HSM.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "zonefall/authority/zone_version.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/rrset.h"
#include "zonefall/registry/key_store.h"

namespace zonefall::registry {

/// All in whole seconds.
struct SignaturePolicy {
  Duration lifetime = Duration::days(14);       // expiration - signing time
  Duration backdating = Duration::minutes(90);  // signing time - inception
  Duration refresh = Duration::days(7);         // re-sign this long before expiration
};

/// From `from` on, `label` signs with the given role's work: the KSK signs the DNSKEY RRset, the
/// ZSK everything else. Nothing asks whether the key is published.
///
/// With an `overlap` this is a double-signature rollover (RFC 6781 4.1.1.2): the key that signed
/// before signs beside this one until from + overlap, and from then on its signatures are gone from
/// the zone, without anything being signed again. RRsets not signed since `from` have the old key's
/// signature alone, so a batch at `from` is what makes the rollover complete.
struct KeyActivation {
  SimTime from;
  KeyRole role = KeyRole::zsk;
  std::string label;
  Duration overlap = Duration::seconds(0);
};

/// At `at`, RRsets are signed again whatever their age: `share_ppm` of them, chosen by hash, each
/// at a second of its own within [at, at + spread]. It does not shift the periodic events.
struct SigningBatch {
  SimTime at;
  Duration spread = Duration::seconds(0);
  std::uint32_t share_ppm = 1'000'000;
};

/// An observed choice: signing events of this RRset in [from, until) use this HSM. Owner may be an
/// NSEC3 owner name.
struct HsmPin {
  dns::Name owner;
  dns::RRType type = dns::RRType::nsec3;
  std::string hsm;
  SimTime from = SimTime::min();
  SimTime until = SimTime::max();
};

/// This RRset gets another content at `at`, and is signed then.
struct RRsetChange {
  dns::Name owner;
  dns::RRType type = dns::RRType::ds;
  SimTime at;
};

/// In versions signed from `at` on, each RRset has the signature that it had in the version signed
/// at `to` < `at`, until its next signing event. Whatever was signed in between is gone, and what
/// has expired since `to` has expired.
struct RollBack {
  SimTime at;
  SimTime to;
};

struct SigningPlanSettings {
  dns::Name zone;
  std::uint64_t seed = 0;
  SignaturePolicy policy;
  /// Rising times, at least one of each role. The first of a role signs before its time as well.
  std::vector<KeyActivation> activations;
  std::vector<SigningBatch> batches;    // strictly rising times
  std::vector<HsmPin> pins;             // of several that fit, the first counts
  std::vector<RRsetChange> changes;     // in any order
  std::vector<SimTime> dnskey_changes;  // the DNSKEY RRset changes and is signed; rising times
  std::optional<RollBack> roll_back = std::nullopt;
};

struct SigningEvent {
  SimTime at;
  std::size_t activation = 0;        // index into the settings' activations: which key signed
  std::size_t hsm = 0;               // index into the key store's HSMs
  SimTime next_at = SimTime::max();  // of the following event of the same RRset
  /// Which key signed beside it, as long as its signature stands in the zone.
  std::optional<std::size_t> beside = std::nullopt;
  SimTime beside_until = SimTime::max();  // when that signature goes; max() without one
  bool operator==(const SigningEvent&) const = default;
};

class SigningPlan : public std::enable_shared_from_this<SigningPlan> {
 public:
  /// Keeps a copy of `keys`, which shares the key pairs. Errors: labels or HSMs the key store does
  /// not know, an activation of the wrong role, refresh not shorter than the lifetime, times that
  /// do not rise or are no whole seconds where they must be.
  static Result<std::shared_ptr<const SigningPlan>> make(SigningPlanSettings settings,
                                                         const KeyStore& keys);

  [[nodiscard]] const KeyStore& keys() const { return keys_; }

  /// The event whose signature over the RRset named by (owner, type) is in force at `at`.
  [[nodiscard]] SigningEvent event_at(const dns::Name& owner, dns::RRType type, SimTime at) const;

  /// event_at(), but the SOA RRset, which changes with every version, is signed at `signed_at`
  /// itself and for this version alone (next_at is `signed_at`).
  [[nodiscard]] SigningEvent event_in_version(const dns::Name& owner, dns::RRType type,
                                              SimTime signed_at) const;

  /// The label of the key that signed in an event of this plan; where two did, the newer one.
  [[nodiscard]] const std::string& key_label(const SigningEvent& event) const;

  /// Signs `rrset` as that event did: the private half that this HSM holds under the label, the tag
  /// and algorithm that the key store has recorded. One signature, or the older key's and then the
  /// newer one's. `shift` moves the window of validity.
  [[nodiscard]] dns::RrsigList sign(const dns::RRsetPtr& rrset, const SigningEvent& event,
                                    Duration shift = {}) const;

  using IsGood = std::function<bool(const dnssec::KeyPair&)>;
  /// True: in a version signed at `signed_at` every RRset but the DNSKEY one has a signature of a
  /// good key pair, whichever HSMs were drawn, and all are within their times at `now`. False: it
  /// may be otherwise. Looks at keys and batches, and at no RRset.
  [[nodiscard]] bool is_good_throughout(SimTime signed_at, SimTime now, const IsGood& good) const;

  /// Of all that the signatures in a version signed at `signed_at` follow from: plans that differ
  /// in what comes later only have the same.
  [[nodiscard]] std::uint64_t digest_at(SimTime signed_at) const;

  /// The signatures in force in a version signed at `signed_at`. With a `shift` the same signing
  /// choices with another window, for judges that cannot be told the time.
  [[nodiscard]] authority::SignatureSourcePtr source_at(SimTime signed_at,
                                                        Duration shift = {}) const;

 private:
  SigningPlan(SigningPlanSettings settings, const KeyStore& keys);
  [[nodiscard]] std::size_t activation_at(KeyRole role, SimTime at) const;
  void add_key_beside(SigningEvent& event, SimTime at) const;
  [[nodiscard]] SimTime earliest_event(SimTime at) const;
  struct Events {
    SimTime from;  // both included
    SimTime until;
  };
  [[nodiscard]] bool are_good(const Events& events, SimTime signed_at, const IsGood& good) const;
  [[nodiscard]] SigningEvent scheduled_event_at(const dns::Name& owner, dns::RRType type,
                                                SimTime at) const;
  [[nodiscard]] std::size_t hsm_of(const dns::Name& owner, dns::RRType type, SimTime at) const;

  SigningPlanSettings settings_;
  KeyStore keys_;
  std::vector<std::vector<dnssec::KeyPairPtr>> pairs_;  // by activation, then by HSM
};
using SigningPlanPtr = std::shared_ptr<const SigningPlan>;

}  // namespace zonefall::registry
