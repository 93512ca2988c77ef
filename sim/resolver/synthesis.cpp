// Answers that nobody is asked for: denials from the NSEC RRsets of earlier ones (RFC 8198).
#include <algorithm>

#include "resolver/known_denials.h"
#include "resolver/state.h"

namespace zonefall::resolver {

using dns::RRType;
using dnssec::Security;

namespace {

// Types about which the RRset at a name says nothing: ANY is no type, and NSEC and RRSIG are there
// wherever it is.
bool is_deniable(RRType type) {
  return type != RRType::any && type != RRType::nsec && type != RRType::rrsig;
}

std::uint32_t left_s(const KnownRRset& known, SimTime second) {
  return static_cast<std::uint32_t>((known.expires_at - second).to_seconds());
}

}  // namespace

// `message` was found to be secure with `keys`; what else it holds is judged here, one by one.
void Resolver::State::remember_denials(Task& task, const dns::Message& message,
                                       const dnssec::ZoneKeys& keys) {
  const bool is_wanted = profile().synthesises_denials || profile().synthesises_no_ds;
  if (!is_wanted || task.checking_disabled) return;
  if (!has_proofs(message)) return;
  auto ttl_s_max = static_cast<std::uint32_t>(profile().cache.ttl_max.to_seconds());
  // RFC 9077 3: a denial lasts no longer than the zone wants negative answers to.
  if (find_soa(message) != nullptr) ttl_s_max = std::min(ttl_s_max, negative_ttl_s(message));
  const std::uint16_t iterations_max = dnssec::nsec3_iterations_max(limits_, keys);
  for (const dns::SignedRRset& entry : message.authority) {
    const RRType type = entry.rrset->type();
    const bool is_soa = type == RRType::soa && entry.rrset->owner() == keys.zone;
    const bool is_nsec = type == RRType::nsec && entry.rrset->owner().is_at_or_below(keys.zone);
    const bool is_kept =
        is_soa || is_nsec || is_of_insecure_delegation(*entry.rrset, keys.zone, iterations_max);
    if (!is_kept) continue;
    const Judged judged = judge_rrset(task, entry, keys);
    // One that a wildcard has made is at the wildcard, not here (RFC 4035 5.4).
    if (judged.verdict->security != Security::secure || judged.wildcard_labels) continue;
    const std::uint32_t ttl_s = std::min({entry.rrset->ttl_s(), judged.ttl_s_max, ttl_s_max});
    if (ttl_s == 0) continue;
    ZoneDenials& zone = denials_.at_or_new({keys.zone});
    const KnownRRset known{entry, second() + Duration::seconds(ttl_s)};
    if (is_soa) {
      zone.soa = known;
    } else if (is_nsec) {
      zone.nsecs[entry.rrset->owner()] = known;
    } else {
      remember_insecure(zone, keys.zone, known);
    }
  }
}

// The deepest zone whose denials may be about the target: of a DS RRset, the parent's.
const ZoneDenials* Resolver::State::denials_for(const Task& task, dns::Name& zone) const {
  const dns::Name& name = task.target;
  const bool parent_side = task.question.qtype == RRType::ds && !name.is_root();
  for (std::size_t labels = name.label_count() + 1 - (parent_side ? 1 : 0); labels-- > 0;) {
    zone = name.suffix(labels);
    if (const ZoneDenials* known = denials_.find({zone})) return known;
  }
  return nullptr;
}

// As use_referral_denial, with what came beside another answer of the parent zone.
bool Resolver::State::has_cached_no_ds(Task& task, const ZoneCut& cut,
                                       const dnssec::ZoneKeys& parent_keys) {
  if (!profile().synthesises_no_ds) return false;
  const ZoneDenials* zone = denials_.find({cut.zone});
  const KnownRRset* known = zone != nullptr ? cached_no_ds(*zone, cut.child, now_) : nullptr;
  if (known == nullptr) return false;
  const KnownRRset proof = *known;
  const dnssec::DenialQuestion question{dnssec::Denial::no_ds_referral, cut.child, RRType::ds, 0};
  const Judged judged = judge_denial(task, question, {&proof.entry, 1}, parent_keys);
  if (judged.verdict->security == Security::bogus) return false;  // no delegation, or it has one
  if (tracer != nullptr) {
    trace(TraceKind::validation, task, {cut.child, RRType::ds, dns::RRClass::in},
          "no DS, from the cache (RFC 8198): " + judged.verdict->to_text());
  }
  const SimTime expires_at =
      std::min(proof.expires_at, second() + Duration::seconds(judged.ttl_s_max));
  remember_ds(cut.child, DsState::insecure, judged.verdict, expires_at);
  return true;
}

bool Resolver::State::use_cached_denial(Task& task) {
  const bool wants_fresh =
      task.is_refresh || task.ignores_ntas || task.checking_disabled || !is_at_cacheable(task);
  if (!profile().synthesises_denials || wants_fresh || !validates(task)) return false;
  if (!is_deniable(task.question.qtype)) return false;
  if (task.question.qclass != dns::RRClass::in) return false;
  dns::Name zone;
  const ZoneDenials* known = denials_for(task, zone);
  if (known == nullptr || now_ >= known->soa.expires_at || nta_for(task, task.target)) return false;
  const FixedServers* fixed = fixed_servers(task, zone);
  if (fixed != nullptr && fixed->zone.is_below(zone)) return false;  // not that zone's any more
  const ZoneEntry* cut = zones_.find({zone});
  const bool has_keys = cut != nullptr && cut->keys != nullptr && now_ < cut->keys_expire_at;
  if (!has_keys) return false;
  const auto denial = cached_denial(*known, task.target, now_);
  if (!denial) return false;

  std::vector<dns::SignedRRset> authority = {known->soa.entry};
  std::uint32_t ttl_s = left_s(known->soa, second());
  for (const KnownRRset* nsec : denial->nsecs) {
    authority.push_back(nsec->entry);
    ttl_s = std::min(ttl_s, left_s(*nsec, second()));
  }
  const std::shared_ptr<const dnssec::ZoneKeys> keys = cut->keys;
  const Judged judged =
      judge_denial(task, {denial->denial, task.target, task.question.qtype, 0}, authority, *keys);
  if (judged.verdict->security != Security::secure) return false;
  if (tracer != nullptr) {
    trace(TraceKind::validation, task, task.question,
          "denied by NSEC RRsets in the cache (RFC 8198): " + judged.verdict->to_text());
  }
  ttl_s = std::min(ttl_s, judged.ttl_s_max);
  const dns::Rcode rcode =
      denial->denial == dnssec::Denial::name_error ? dns::Rcode::nxdomain : dns::Rcode::noerror;
  auto data = std::make_shared<const AnswerData>(rcode, AnswerData::Section(),
                                                 AnswerData::Section(authority));
  take_cached(task,
              step_entry(FetchResult::validated, judged.verdict, ttl_s, std::move(data), true));
  end_with_cached(task, rcode, true);
  return true;
}

}  // namespace zonefall::resolver
