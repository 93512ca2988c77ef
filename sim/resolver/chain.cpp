// The chain of trust down to a zone (RFC 4035 5): DS and DNSKEY RRsets, remembered step by step.
#include <algorithm>

#include "resolver/state.h"

namespace zonefall::resolver {

using dns::RRType;
using Kind = ChainStatus::Kind;
using dnssec::Reason;
using dnssec::Security;
using dnssec::Verdict;

namespace {

VerdictPtr share(const Verdict& verdict) {
  return std::make_shared<const Verdict>(verdict);
}

ChainStatus status(Kind kind, VerdictPtr verdict) {
  ChainStatus s;
  s.kind = kind;
  s.verdict = std::move(verdict);
  return s;
}

// A failure of the query in hand, not of the zone: nothing is remembered.
ChainStatus limit_reached(VerdictPtr verdict) {
  ChainStatus s = status(Kind::failed, std::move(verdict));
  s.failure = FetchResult::limit_reached;
  return s;
}

}  // namespace

std::optional<dns::Name> Resolver::State::nta_for(const Task& task, const dns::Name& zone) const {
  if (task.ignores_ntas) return std::nullopt;
  return anchors_.nta_for(zone);
}

const ChildFailure* Resolver::State::child_failure(const Task& task,
                                                   const dns::Question& question) const {
  const auto failure = std::find_if(task.failures.begin(), task.failures.end(),
                                    [&](const ChildFailure& f) { return f.question == question; });
  return failure == task.failures.end() ? nullptr : &*failure;
}

bool Resolver::State::chain_comes_first(const Task& task, const dns::Name& cut) {
  if (!validates(task)) return false;
  // The DNSKEY RRset of the cut itself is what completes its chain.
  if (task.question.qtype == RRType::dnskey && task.target == cut) return false;
  switch (profile().chain_timing) {
    case ChainTiming::before_child: return true;
    case ChainTiming::after_answer: return false;
    case ChainTiming::unsigned_before_child: {
      const ZoneEntry* zone = zones_.find({cut});
      return zone != nullptr && zone->ds_state == DsState::pending_denial;
    }
  }
  return false;
}

dns::RRsetPtr Resolver::State::ds_above(const dns::Name& zone) const {
  const dns::RRsetPtr& anchor = anchors_.trust_anchor_for(zone);
  if (anchor != nullptr && anchor->owner() == zone) return anchor;
  const ZoneEntry* entry = zones_.find({zone});
  return entry != nullptr ? entry->ds.rrset : nullptr;
}

dnssec::ZoneKeys Resolver::State::keys_in(const dns::RRset& dnskeys) const {
  const dns::RRsetPtr ds = ds_above(dnskeys.owner());
  if (ds == nullptr) return dnssec::zone_keys(dnskeys);
  return dnssec::zone_keys({*config_.verifier, limits_}, dnskeys, *ds);
}

// Of a zone whose DS or DNSKEY RRset failed: the same, unless its anchor counts as none then.
ChainStatus Resolver::State::failed_keys(const dns::Name& zone, const VerdictPtr& verdict) const {
  const bool is_anchored = anchors_.trust_anchor_for(zone)->owner() == zone;
  if (!is_anchored || !profile().validation.drops_failed_anchors) {
    return status(Kind::failed, verdict);
  }
  return status(Kind::insecure, share(Verdict::of(Reason::no_trust_anchor, zone, RRType::ds)));
}

ChainStatus Resolver::State::chain_of(Task& task, const dns::Name& zone, ChainDepth depth) {
  const std::optional<dns::Name> nta = nta_for(task, zone);
  const VerdictPtr nta_verdict =
      nta ? share(Verdict::of(Reason::negative_trust_anchor, *nta, RRType::ds)) : nullptr;
  if (nta && !profile().nta.cached_keys_win) return status(Kind::under_nta, nta_verdict);
  if (!anchors_.trust_anchor_for(zone)) {
    return status(Kind::insecure, share(Verdict::of(Reason::no_trust_anchor, zone, RRType::ds)));
  }
  {
    const ZoneEntry* known = zones_.find({zone});
    const bool has_keys = known != nullptr && known->keys && now_ < known->keys_expire_at;
    if (has_keys && !(nta && known->keys_are_of_recheck)) {
      ChainStatus s;
      s.kind = Kind::secure;
      s.keys = known->keys.get();
      return s;
    }
    // Bogus keys are in nobody's way who needs none; a bogus DS is (RFC 9520 3.2).
    const bool is_about_it =
        known != nullptr && known->failure && now_ < known->failed_until &&
        (depth == ChainDepth::to_keys || known->failed_piece != FailedPiece::dnskey);
    if (is_about_it) {
      ChainStatus s = failed_keys(zone, known->failure);
      s.remembered = child_failure(task, {zone, RRType::ds, dns::RRClass::in}) == nullptr &&
                     child_failure(task, {zone, RRType::dnskey, dns::RRClass::in}) == nullptr;
      s.has_ds = known->failed_piece != FailedPiece::no_ds;
      return s;
    }
  }
  if (nta && zone == *nta) return status(Kind::under_nta, nta_verdict);
  ChainStatus ds = ds_of(task, zone);
  if (ds.kind != Kind::secure || depth == ChainDepth::to_ds) return ds;
  return need(task, {zone, RRType::dnskey, dns::RRClass::in}, 0);
}

// Whether a DNSKEY RRset that stayed bogus is fetched once more for the denial in hand: a negative
// response, or the missing DS of the zone that answered (with an SOA, once that DS is asked for).
bool Resolver::State::fetches_again(const Task& task, const dns::Question& question) const {
  if (question.qtype != RRType::dnskey || !task.response) return false;
  std::size_t rrsets = task.response->answer.empty() ? task.response->authority.size() : 0;
  const ZoneEntry* zone = zones_.find({task.zone});
  if (rrsets == 0 && zone != nullptr && zone->ds_state == DsState::pending_denial) {
    rrsets = 1 + static_cast<std::size_t>(std::count_if(
                     zone->denial().begin(), zone->denial().end(),
                     [](const auto& entry) { return is_proof_type(entry.rrset->type()); }));
  }
  const std::size_t fetches_max =
      std::min<std::size_t>(profile().bogus_retry.dnskey_fetches_per_denial, rrsets);
  const auto failed = std::count_if(task.failures.begin(), task.failures.end(),
                                    [&](const ChildFailure& f) { return f.question == question; });
  return static_cast<std::size_t>(failed) < fetches_max;
}

ChainStatus Resolver::State::need(Task& task, const dns::Question& question,
                                  std::uint32_t counted_queries) {
  const ChildFailure* failure = child_failure(task, question);
  const bool is_bad_key = failure != nullptr && question.qtype == RRType::dnskey &&
                          failure->result == FetchResult::unreachable &&
                          profile().missing_keys_are_bogus;
  if (is_bad_key) {
    const VerdictPtr missing =
        share(Verdict::of(Reason::dnskey_rrset_missing, question.qname, RRType::dnskey));
    remember_failure(question.qname, missing, FailedPiece::dnskey, 0);
    ChainStatus s = failed_keys(question.qname, missing);
    s.has_ds = true;
    return s;
  }
  if (failure != nullptr && !fetches_again(task, question)) {
    const bool is_key = question.qtype == RRType::dnskey;
    ChainStatus s = is_key && failure->result == FetchResult::bogus
                        ? failed_keys(question.qname, failure->verdict)
                        : status(Kind::failed, failure->verdict);
    s.failure = failure->result;
    s.has_ds = is_key;
    return s;
  }
  const auto& needed = task.needed;
  if (failure == nullptr && std::find(needed.begin(), needed.end(), question) != needed.end()) {
    // It came, and yet the chain does not hold: not a zone cut, though a signature says so.
    return status(Kind::failed,
                  share(Verdict::of(Reason::denial_incomplete, question.qname, question.qtype)));
  }
  task.needed.push_back(question);
  ChainStatus s;
  s.kind = Kind::need;
  s.need = &task.needed.back();
  s.need_counted_queries = counted_queries;
  return s;
}

ChainStatus Resolver::State::ds_of(Task& task, const dns::Name& zone) {
  const dns::RRsetPtr& anchor = anchors_.trust_anchor_for(zone);
  ChainStatus known;
  known.kind = Kind::secure;
  // Whether usable or not: it is the operator's word.
  if (anchor && anchor->owner() == zone) return known;
  dns::Name parent;
  if (const ZoneEntry* entry = zones_.find({zone})) {
    if (now_ < entry->ds_expires_at) {
      if (entry->ds_state == DsState::secure) return known;
      if (entry->ds_state == DsState::insecure) return status(Kind::insecure, entry->ds_verdict);
    }
    parent = entry->parent_of(zone);
  }
  // No referral has led to a zone whose servers the operator names: the anchor is above it.
  if (anchor && anchor->owner().is_below(parent)) parent = anchor->owner();
  if (profile().asks_ds_before_keys && !has_usable_referral(zone)) {
    const ChainStatus to_ds = chain_of(task, parent, ChainDepth::to_ds);
    if (to_ds.kind != Kind::secure) return to_ds;
    if (to_ds.keys == nullptr) return need(task, {zone, RRType::ds, dns::RRClass::in}, 0);
  }
  ChainStatus above = chain_of(task, parent);
  if (above.kind != Kind::secure) return above;
  return use_referral(task, zone, *above.keys);
}

// Whether what came with the referral says if there is a DS RRset.
bool Resolver::State::has_usable_referral(const dns::Name& zone) const {
  const ZoneEntry* entry = zones_.find({zone});
  if (entry == nullptr || now_ >= entry->ds_expires_at) return false;
  return entry->ds_state == DsState::pending_ds || (entry->ds_state == DsState::pending_denial &&
                                                    profile().no_ds_proof == NoDsProof::referral);
}

ChainStatus Resolver::State::use_referral(Task& task, const dns::Name& zone,
                                          const dnssec::ZoneKeys& parent_keys) {
  const dns::Question ds_question{zone, RRType::ds, dns::RRClass::in};
  ZoneEntry& entry = zones_.at_or_new({zone});
  if (now_ < entry.ds_expires_at) {
    if (entry.ds_state == DsState::pending_ds) {
      return use_referral_ds(task, zone, entry, parent_keys);
    }
    if (entry.ds_state == DsState::pending_denial && profile().no_ds_proof == NoDsProof::referral) {
      return use_referral_denial(task, zone, entry, parent_keys);
    }
  }
  const dns::Name parent = entry.parent_of(zone);
  const ZoneCut cut{parent, zone};
  if (has_cached_no_ds(task, cut, parent_keys) || is_in_opt_out(cut)) {
    return status(Kind::insecure, entry.ds_verdict);
  }
  const bool is_pending = now_ < entry.ds_expires_at && entry.ds_state == DsState::pending_denial;
  if (profile().synthesises_no_ds && is_pending &&
      may_prove_no_ds(spans_, cut, entry.denial(), now_)) {
    return use_referral_denial(task, zone, entry, parent_keys);
  }
  return need(task, ds_question, 0);
}

ChainStatus Resolver::State::use_referral_ds(Task& task, const dns::Name& zone, ZoneEntry& entry,
                                             const dnssec::ZoneKeys& parent_keys) {
  const Judged judged = judge_rrset(task, entry.ds, parent_keys);
  const VerdictPtr& verdict = judged.verdict;
  if (tracer != nullptr) {
    trace(TraceKind::validation, task, {zone, RRType::ds, dns::RRClass::in},
          "DS of the referral: " + verdict->to_text());
  }
  if (verdict->security == Security::secure) {
    const SimTime expires_at =
        std::min(entry.ds_expires_at, second() + Duration::seconds(judged.ttl_s_max));
    return take_secure_ds(zone, verdict, expires_at);
  }
  if (has_checked_enough(task)) return limit_reached(verdict);
  const std::uint32_t ttl_s = entry.ds.rrset->ttl_s();
  entry.ds_state = DsState::unknown;
  const BogusRetry& retry = profile().bogus_retry;
  const std::uint32_t counted_queries = retry.referral_counts ? 1 : 0;
  if (counted_queries >= retry.ds_queries_max) {
    remember_failure(zone, verdict, FailedPiece::ds, ttl_s);
    ChainStatus s = status(Kind::failed, verdict);
    s.has_ds = true;
    return s;
  }
  return need(task, {zone, RRType::ds, dns::RRClass::in}, counted_queries);
}

ChainStatus Resolver::State::use_referral_denial(Task& task, const dns::Name& zone,
                                                 ZoneEntry& entry,
                                                 const dnssec::ZoneKeys& parent_keys) {
  const dnssec::DenialQuestion question{dnssec::Denial::no_ds_referral, zone, RRType::ds, 0};
  const Judged judged = judge_denial(task, question, entry.denial(), parent_keys);
  const VerdictPtr& verdict = judged.verdict;
  if (tracer != nullptr) {
    trace(TraceKind::validation, task, {zone, RRType::ds, dns::RRClass::in},
          "no DS, from the referral: " + verdict->to_text());
  }
  remember_spans(task, entry.denial(), parent_keys, *verdict);
  remember_negative_proof(entry.denial(), verdict->security);
  if (verdict->security != Security::bogus) {
    const SimTime expires_at =
        std::min(entry.ds_expires_at, second() + Duration::seconds(judged.ttl_s_max));
    remember_ds(zone, DsState::insecure, verdict, expires_at);
    return status(Kind::insecure, verdict);
  }
  if (has_checked_enough(task)) return limit_reached(verdict);
  entry.ds_state = DsState::unknown;
  const BogusRetry& retry = profile().bogus_retry;
  if (start_walk(task, entry.denial(), verdict, &zone)) {
    ChainStatus s = status(Kind::failed, verdict);
    s.walks = true;
    return s;
  }
  // After a walk that came to its end DS is asked for all the same.
  const bool was_walked = task.walk.is_over && task.walk.cut == zone;
  const std::uint32_t counted_queries = retry.referral_counts && !was_walked ? 1 : 0;
  if (counted_queries >= retry.ds_queries_max) {
    remember_failure(zone, verdict, FailedPiece::no_ds, 0);
    return status(Kind::failed, verdict);
  }
  return need(task, {zone, RRType::ds, dns::RRClass::in}, counted_queries);
}

void Resolver::State::remember_ds(const dns::Name& zone, DsState state, const VerdictPtr& verdict,
                                  SimTime expires_at) {
  ZoneEntry& entry = zones_.at_or_new({zone});
  entry.ds_state = state;
  entry.ds_verdict = verdict;
  entry.ds_expires_at = while_in_use(expires_at);
  entry.referral = nullptr;
}

ChainStatus Resolver::State::take_secure_ds(const dns::Name& zone, const VerdictPtr& verdict,
                                            SimTime expires_at) {
  const ZoneEntry* entry = zones_.find({zone});
  const auto why_not = dnssec::why_unusable(*config_.verifier, *entry->ds.rrset);
  if (why_not) {
    const VerdictPtr insecure = share(Verdict::of(*why_not, zone, RRType::ds));
    remember_ds(zone, DsState::insecure, insecure, expires_at);
    return status(Kind::insecure, insecure);
  }
  remember_ds(zone, DsState::secure, verdict, expires_at);
  return status(Kind::secure, nullptr);
}

void Resolver::State::remember_failure(const dns::Name& zone, const VerdictPtr& verdict,
                                       FailedPiece piece, std::uint32_t ttl_s) {
  const FailureCaching& caching = profile().failure_caching;
  Duration hold = caching.delegation_ttl;
  hold = std::max(hold, std::min(Duration::seconds(ttl_s), caching.bogus_record_ttl_max));
  if (hold == Duration()) return;
  ZoneEntry& entry = zones_.at_or_new({zone});
  entry.failure = verdict;
  entry.failed_piece = piece;
  entry.failed_until = second() + hold + Duration::seconds(1);  // the last one counts
}

}  // namespace zonefall::resolver
