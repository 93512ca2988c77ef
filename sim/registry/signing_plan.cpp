#include "zonefall/registry/signing_plan.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "registry/whole_seconds.h"
#include "zonefall/core/assert.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/rng.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::registry {
namespace {

/// An RRset, or one signing event of it, as an entity with random streams of its own.
std::uint64_t entity_of(const dns::Name& owner, dns::RRType type) {
  return hash_combine(owner.hash(), static_cast<std::uint64_t>(type));
}
std::uint64_t entity_of(const dns::Name& owner, dns::RRType type, SimTime at) {
  return hash_combine(entity_of(owner, type), static_cast<std::uint64_t>(at.to_nanoseconds()));
}

/// The private halves that the HSMs hold under a label. The signer writes down the key store's tag
/// and algorithm; every HSM's pair has the same.
std::vector<dnssec::KeyPairPtr> pairs_of(const KeyStore& keys, const std::string& label) {
  const KeyRecord* record = keys.find(label);
  ZF_ASSERT(record != nullptr);
  std::vector<dnssec::KeyPairPtr> pairs;
  for (const Hsm& hsm : keys.hsms()) {
    dnssec::KeyPairPtr pair = hsm.pair(label);
    ZF_ASSERT(pair != nullptr && pair->tag() == record->tag);
    ZF_ASSERT(pair->dnskey().algorithm == record->dnskey.algorithm);
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

/// The events around an instant: the last one up to it, and the first one after it.
struct Neighbours {
  SimTime at;
  SimTime last = SimTime::min();
  SimTime next = SimTime::max();

  /// Whether an event between these two instants could be a nearer one.
  [[nodiscard]] bool may_change(SimTime from, SimTime until) const {
    return last < until && from < next;
  }
  void add(SimTime event) {
    if (event <= at) {
      last = std::max(last, event);
    } else {
      next = std::min(next, event);
    }
  }
};

/// Re-signing for age: every lifetime - refresh, since that is the age at which it is due.
void add_periodic(const SigningPlanSettings& settings, const dns::Name& owner, dns::RRType type,
                  Neighbours& events) {
  static const std::uint64_t phases = purpose("signing phase");
  const std::int64_t period_s = (settings.policy.lifetime - settings.policy.refresh).to_seconds();
  Rng rng({settings.seed, entity_of(owner, type), phases});
  const auto phase_s = static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(period_s)));
  const std::int64_t cycle = Duration::floor_divide(events.at.to_unix_s() - phase_s, period_s);
  events.add(SimTime::from_unix_s(cycle * period_s + phase_s));
  events.add(SimTime::from_unix_s((cycle + 1) * period_s + phase_s));
}

void add_batches(const SigningPlanSettings& settings, const dns::Name& owner, dns::RRType type,
                 Neighbours& events) {
  static const std::uint64_t batches = purpose("signing batch");
  for (const SigningBatch& batch : settings.batches) {
    if (!events.may_change(batch.at, batch.at + batch.spread)) continue;
    Rng rng({settings.seed, entity_of(owner, type, batch.at), batches});
    if (!rng.chance(batch.share_ppm, 1'000'000)) continue;
    const auto seconds = static_cast<std::uint64_t>(batch.spread.to_seconds()) + 1;
    events.add(batch.at + Duration::seconds(static_cast<std::int64_t>(rng.below(seconds))));
  }
}

KeyRole role_for(dns::RRType type) {
  return type == dns::RRType::dnskey ? KeyRole::ksk : KeyRole::zsk;
}

std::optional<std::size_t> find_hsm(const KeyStore& keys, const std::string& name) {
  for (std::size_t i = 0; i < keys.hsms().size(); ++i) {
    if (keys.hsms()[i].name() == name) return i;
  }
  return std::nullopt;
}

Status check_policy(const SignaturePolicy& policy) {
  if (policy.refresh < Duration() || policy.backdating < Duration()) {
    return Error{"signature refresh and backdating must not be negative"};
  }
  if (policy.refresh >= policy.lifetime) {
    return Error{fmt::format("signature refresh ({}) must be shorter than the lifetime ({})",
                             policy.refresh.to_text(), policy.lifetime.to_text())};
  }
  if (!is_whole_seconds(policy.lifetime) || !is_whole_seconds(policy.refresh) ||
      !is_whole_seconds(policy.backdating)) {
    return Error{"signature lifetime, refresh and backdating must be whole seconds"};
  }
  return Done{};
}

Status check_overlap(const KeyActivation& activation, bool has_one_before) {
  if (activation.overlap == Duration()) return Done{};
  if (activation.overlap < Duration() || !is_whole_seconds(activation.overlap)) {
    return Error{fmt::format("activation of '{}': the overlap must be whole seconds, not negative",
                             activation.label)};
  }
  if (!has_one_before) {
    return Error{
        fmt::format("activation of '{}' overlaps with no key before it", activation.label)};
  }
  return Done{};
}

Status check_activations(const std::vector<KeyActivation>& activations, const KeyStore& keys) {
  bool has_ksk = false;
  bool has_zsk = false;
  SimTime previous = SimTime::min();
  for (const KeyActivation& activation : activations) {
    const KeyRecord* record = keys.find(activation.label);
    if (record == nullptr) {
      return Error{fmt::format("activation of an unknown key '{}'", activation.label)};
    }
    if (record->role != activation.role) {
      return Error{fmt::format("key '{}' is activated in the role of a {}", activation.label,
                               activation.role == KeyRole::ksk ? "KSK" : "ZSK")};
    }
    if (activation.from < previous) {
      return Error{fmt::format("activation of '{}' stands after a later one", activation.label)};
    }
    previous = activation.from;
    bool& has_one = activation.role == KeyRole::ksk ? has_ksk : has_zsk;
    if (const Status check = check_overlap(activation, has_one); !check) return check.error();
    has_one = true;
  }
  if (!has_ksk) return Error{"no KSK is ever activated"};
  if (!has_zsk) return Error{"no ZSK is ever activated"};
  return Done{};
}

Status check_batches(const std::vector<SigningBatch>& batches) {
  SimTime previous = SimTime::min();
  for (const SigningBatch& batch : batches) {
    const std::string at = batch.at.to_text();
    if (batch.at <= previous) {
      return Error{fmt::format("signing batch at {} is not after the one before it", at)};
    }
    if (batch.spread < Duration() || !is_whole_seconds(batch.spread) ||
        !is_whole_seconds(batch.at)) {
      return Error{
          fmt::format("signing batch at {}: times must be whole seconds, the spread not "
                      "negative",
                      at)};
    }
    if (batch.share_ppm > 1'000'000) {
      return Error{fmt::format("signing batch at {}: a share of {} ppm is over 1000000", at,
                               batch.share_ppm)};
    }
    previous = batch.at;
  }
  return Done{};
}

Status check_pins(const std::vector<HsmPin>& pins, const KeyStore& keys) {
  for (const HsmPin& pin : pins) {
    if (!find_hsm(keys, pin.hsm)) {
      return Error{fmt::format("pin of {} {} to an unknown HSM '{}'", pin.owner.to_text(),
                               dns::to_text(pin.type), pin.hsm)};
    }
    if (pin.from >= pin.until) {
      return Error{fmt::format("pin of {} {} ends before it begins", pin.owner.to_text(),
                               dns::to_text(pin.type))};
    }
  }
  return Done{};
}

/// The signatures of one version.
class PlannedSignatures final : public authority::SignatureSource {
 public:
  PlannedSignatures(SigningPlanPtr plan, SimTime signed_at, Duration shift)
      : plan_(std::move(plan)), signed_at_(signed_at), shift_(shift) {}

  [[nodiscard]] Signatures signatures(const dns::RRsetPtr& rrset) const override {
    const SigningEvent event = plan_->event_in_version(rrset->owner(), rrset->type(), signed_at_);
    return {plan_->sign(rrset, event, shift_), std::min(event.next_at, event.beside_until)};
  }

 private:
  SigningPlanPtr plan_;
  SimTime signed_at_;
  Duration shift_;
};

}  // namespace

Result<SigningPlanPtr> SigningPlan::make(SigningPlanSettings settings, const KeyStore& keys) {
  const Status checks[] = {check_policy(settings.policy),
                           check_activations(settings.activations, keys),
                           check_batches(settings.batches), check_pins(settings.pins, keys)};
  for (const Status& check : checks) {
    if (!check) return check.error();
  }
  if (settings.roll_back && settings.roll_back->to >= settings.roll_back->at) {
    return Error{fmt::format("a roll back at {} leads to {}, which is not before it",
                             settings.roll_back->at.to_text(), settings.roll_back->to.to_text())};
  }
  if (!std::is_sorted(settings.dnskey_changes.begin(), settings.dnskey_changes.end())) {
    return Error{"changes of the DNSKEY RRset must be in order of time"};
  }
  return SigningPlanPtr(new SigningPlan(std::move(settings), keys));
}

SigningPlan::SigningPlan(SigningPlanSettings settings, const KeyStore& keys)
    : settings_(std::move(settings)), keys_(keys) {
  for (const KeyActivation& activation : settings_.activations) {
    pairs_.push_back(pairs_of(keys_, activation.label));
  }
}

SigningEvent SigningPlan::event_at(const dns::Name& owner, dns::RRType type, SimTime at) const {
  SigningEvent event = scheduled_event_at(owner, type, at);
  if (!settings_.roll_back) return event;
  const RollBack& back = *settings_.roll_back;
  if (at < back.at) {
    event.next_at = std::min(event.next_at, back.at);
    return event;
  }
  if (event.at >= back.at) return event;
  SigningEvent old = scheduled_event_at(owner, type, back.to);
  old.next_at = event.next_at;
  old.beside.reset();
  old.beside_until = SimTime::max();
  add_key_beside(old, at);
  return old;
}

// As if nothing was ever rolled back.
SigningEvent SigningPlan::scheduled_event_at(const dns::Name& owner, dns::RRType type,
                                             SimTime at) const {
  Neighbours events{.at = at};
  add_periodic(settings_, owner, type, events);
  add_batches(settings_, owner, type, events);
  if (type == dns::RRType::dnskey) {
    for (SimTime change : settings_.dnskey_changes) events.add(change);
  }
  for (const RRsetChange& change : settings_.changes) {
    if (change.type == type && change.owner == owner) events.add(change.at);
  }
  SigningEvent event{.at = events.last,
                     .activation = activation_at(role_for(type), events.last),
                     .hsm = hsm_of(owner, type, events.last),
                     .next_at = events.next};
  add_key_beside(event, at);
  return event;
}

SigningEvent SigningPlan::event_in_version(const dns::Name& owner, dns::RRType type,
                                           SimTime signed_at) const {
  if (type != dns::RRType::soa) return event_at(owner, type, signed_at);
  SigningEvent event{.at = signed_at,
                     .activation = activation_at(KeyRole::zsk, signed_at),
                     .hsm = hsm_of(owner, type, signed_at),
                     .next_at = signed_at};
  add_key_beside(event, signed_at);
  return event;
}

// Of the key that signed before, as of a version signed at `at`.
void SigningPlan::add_key_beside(SigningEvent& event, SimTime at) const {
  const KeyActivation& activation = settings_.activations[event.activation];
  if (activation.overlap == Duration()) return;
  const SimTime until = activation.from + activation.overlap;
  if (event.at < activation.from || event.at >= until || at >= until) return;
  for (std::size_t i = event.activation; i-- > 0;) {
    if (settings_.activations[i].role != activation.role) continue;
    event.beside = i;
    event.beside_until = until;
    return;
  }
}

const std::string& SigningPlan::key_label(const SigningEvent& event) const {
  return settings_.activations[event.activation].label;
}

dns::RrsigList SigningPlan::sign(const dns::RRsetPtr& rrset, const SigningEvent& event,
                                 Duration shift) const {
  const SimTime inception = event.at - settings_.policy.backdating + shift;
  const SimTime expiration = event.at + settings_.policy.lifetime + shift;
  const dnssec::SignatureWindow window = {
      .inception = static_cast<std::uint32_t>(inception.to_unix_s()),
      .expiration = static_cast<std::uint32_t>(expiration.to_unix_s())};
  const auto signed_with = [&](std::size_t activation) {
    return dnssec::sign(rrset, pairs_[activation][event.hsm], settings_.zone, window);
  };
  if (!event.beside) return {signed_with(event.activation)};
  return {signed_with(*event.beside), signed_with(event.activation)};
}

std::uint64_t SigningPlan::digest_at(SimTime signed_at) const {
  Fingerprint digest;
  const auto mix_time = [&](SimTime t) {
    digest.mix(static_cast<std::uint64_t>(std::min(t, signed_at).to_nanoseconds()));
  };
  mix_time(signed_at);
  digest.mix(settings_.zone.hash());
  digest.mix(settings_.seed);
  const SignaturePolicy& policy = settings_.policy;
  for (const Duration d : {policy.lifetime, policy.backdating, policy.refresh}) {
    digest.mix(static_cast<std::uint64_t>(d.to_nanoseconds()));
  }
  for (std::size_t i = 0; i < settings_.activations.size(); ++i) {
    const KeyActivation& activation = settings_.activations[i];
    const bool is_first = activation_at(activation.role, SimTime::min()) == i;
    if (activation.from > signed_at && !is_first) continue;
    digest.mix(static_cast<std::uint64_t>(activation.role));
    mix_time(activation.from);
    // Those of the key before it are still there up to the last instant of the overlap.
    const bool has_overlap = activation.overlap > Duration();
    const Duration last = has_overlap ? activation.overlap - Duration::nanoseconds(1) : Duration();
    mix_time(activation.from + last);
    digest.mix(std::uint64_t{has_overlap});
    for (const dnssec::KeyPairPtr& pair : pairs_[i]) digest.mix(pair->id());
  }
  digest.mix("batches");
  for (const SigningBatch& batch : settings_.batches) {
    if (batch.at > signed_at) continue;
    mix_time(batch.at);
    digest.mix(static_cast<std::uint64_t>(batch.spread.to_nanoseconds()));
    digest.mix(batch.share_ppm);
  }
  digest.mix("pins");
  for (const HsmPin& pin : settings_.pins) {
    if (pin.from > signed_at) continue;
    digest.mix(pin.owner.hash());
    digest.mix(static_cast<std::uint64_t>(pin.type));
    digest.mix(*find_hsm(keys_, pin.hsm));
    mix_time(pin.from);
    mix_time(pin.until - Duration::nanoseconds(1));
  }
  digest.mix("changes");
  for (const RRsetChange& change : settings_.changes) {
    if (change.at > signed_at) continue;
    digest.mix(change.owner.hash());
    digest.mix(static_cast<std::uint64_t>(change.type));
    mix_time(change.at);
  }
  digest.mix("DNSKEY changes");
  for (const SimTime change : settings_.dnskey_changes) {
    if (change <= signed_at) mix_time(change);
  }
  digest.mix("roll back");
  if (settings_.roll_back && settings_.roll_back->at <= signed_at) {
    mix_time(settings_.roll_back->at);
    mix_time(settings_.roll_back->to);
  }
  return digest.value();
}

// A lower bound of the events in force at `at`, as if nothing was ever rolled back: nothing is
// older than its turn, nor than a batch over everything.
SimTime SigningPlan::earliest_event(SimTime at) const {
  SimTime earliest = at - (settings_.policy.lifetime - settings_.policy.refresh);
  for (const SigningBatch& batch : settings_.batches) {
    if (batch.share_ppm < 1'000'000 || batch.at + batch.spread > at) continue;
    earliest = std::max(earliest, batch.at);
  }
  return earliest;
}

// Whether all ZSK signatures that such events made, and that stand in that version, are good.
bool SigningPlan::are_good(const Events& events, SimTime signed_at, const IsGood& good) const {
  const auto all_good = [&](std::size_t activation) {
    const std::vector<dnssec::KeyPairPtr>& pairs = pairs_[activation];
    return std::all_of(pairs.begin(), pairs.end(),
                       [&](const dnssec::KeyPairPtr& pair) { return good(*pair); });
  };
  const std::size_t last = activation_at(KeyRole::zsk, events.until);
  for (std::size_t i = activation_at(KeyRole::zsk, events.from); i <= last; ++i) {
    if (settings_.activations[i].role != KeyRole::zsk || all_good(i)) continue;
    SigningEvent event{.at = std::max(events.from, settings_.activations[i].from), .activation = i};
    add_key_beside(event, signed_at);
    if (!event.beside || !all_good(*event.beside)) return false;
  }
  return true;
}

bool SigningPlan::is_good_throughout(SimTime signed_at, SimTime now, const IsGood& good) const {
  std::vector<Events> spans = {{earliest_event(signed_at), signed_at}};
  const std::optional<RollBack>& back = settings_.roll_back;
  if (back && signed_at >= back->at) {
    spans.front().from = std::max(spans.front().from, back->at);
    spans.push_back({earliest_event(back->to), back->to});
  }
  return std::all_of(spans.begin(), spans.end(), [&](const Events& events) {
    const bool is_in_time = signed_at <= now && now <= events.from + settings_.policy.lifetime;
    return is_in_time && are_good(events, signed_at, good);
  });
}

authority::SignatureSourcePtr SigningPlan::source_at(SimTime signed_at, Duration shift) const {
  return std::make_shared<PlannedSignatures>(shared_from_this(), signed_at, shift);
}

std::size_t SigningPlan::activation_at(KeyRole role, SimTime at) const {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < settings_.activations.size(); ++i) {
    const KeyActivation& activation = settings_.activations[i];
    if (activation.role != role) continue;
    if (found && activation.from > at) break;
    found = i;
  }
  ZF_ASSERT(found.has_value());
  return *found;
}

std::size_t SigningPlan::hsm_of(const dns::Name& owner, dns::RRType type, SimTime at) const {
  for (const HsmPin& pin : settings_.pins) {
    if (pin.type == type && pin.from <= at && at < pin.until && pin.owner == owner) {
      return *find_hsm(keys_, pin.hsm);
    }
  }
  static const std::uint64_t choices = purpose("signing HSM");
  Rng rng({settings_.seed, entity_of(owner, type, at), choices});
  return rng.below(keys_.hsms().size());
}

}  // namespace zonefall::registry
