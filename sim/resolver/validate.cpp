// The verdict on a response: positive, negative, bogus and what is tried then.
#include <algorithm>

#include "resolver/reply_kind.h"
#include "resolver/state.h"

namespace zonefall::resolver {

using dns::RRType;
using Kind = ChainStatus::Kind;
using dnssec::Reason;
using dnssec::RRsetVerdict;
using dnssec::Security;
using dnssec::Verdict;
using Judged = VerdictMemo::Judged;

namespace {

const dns::SignedRRset* find_in(const std::vector<dns::SignedRRset>& section,
                                const dns::Name& owner, RRType type) {
  for (const dns::SignedRRset& entry : section) {
    if (entry.rrset->type() == type && entry.rrset->owner() == owner) return &entry;
  }
  return nullptr;
}

// The RRset that answers `asked`: a DNAME above it (the CNAME that comes with it is made from it
// and has no signature, RFC 6672 5.3.1), else one of its type or a CNAME. Where both are, against
// RFC 1034 3.6.2, the first one counts, as with Unbound and BIND.
const dns::SignedRRset* deciding_rrset(const Task& task) {
  const dns::Message& message = *task.response;
  const dns::Question& asked = task.asked;
  for (const dns::SignedRRset& entry : message.answer) {
    const bool dname =
        entry.rrset->type() == RRType::dname && asked.qname.is_below(entry.rrset->owner()) &&
        entry.rrset->owner().is_at_or_below(task.data_zone);  // others are not theirs to redirect
    if (dname) return &entry;
  }
  for (const dns::SignedRRset& entry : message.answer) {
    const RRType type = entry.rrset->type();
    const bool is_wanted =
        asked.qtype == RRType::any || type == asked.qtype || type == RRType::cname;
    if (is_wanted && entry.rrset->owner() == asked.qname) return &entry;
  }
  return nullptr;
}

dns::MessagePtr without_soa(dns::Message message) {
  std::erase_if(message.authority,
                [](const dns::SignedRRset& entry) { return entry.rrset->type() == RRType::soa; });
  return std::make_shared<const dns::Message>(std::move(message));
}

// Whether records of an RRset of the answer have been left out, because they are no addresses.
bool is_incomplete(const dns::Message& message, const dns::RRset& rrset) {
  const dns::IncompleteRRset one{dns::Section::answer, rrset.owner(), rrset.type()};
  const auto& all = message.incomplete_rrsets;
  return std::find(all.begin(), all.end(), one) != all.end();
}

// RFC 6672 5.3.1: a CNAME beside a DNAME has no signature and must be the one that follows from it.
bool is_forged_alias(const dns::Message& message, const dns::SignedRRset& dname,
                     const dns::Name& qname) {
  if (dname.rrset->type() != RRType::dname || !qname.is_below(dname.rrset->owner())) return false;
  const dns::SignedRRset* cname = find_in(message.answer, qname, RRType::cname);
  if (cname == nullptr) return false;
  const auto target = dns::decode_name(cname->rrset->rdatas().front());
  return !target || dname_target(*dname.rrset, qname) != target.value();
}

/// Whether an RRset sends the question on, and where to: nullopt if the name that a DNAME makes is
/// too long (RFC 6672 2.2).
struct Alias {
  bool is_alias = false;
  std::optional<dns::Name> target;
};

Alias alias_of(const dns::SignedRRset& entry, const dns::Question& asked) {
  const dns::RRset& rrset = *entry.rrset;
  if (rrset.type() == RRType::dname && asked.qname.is_below(rrset.owner())) {
    return {true, dname_target(rrset, asked.qname)};
  }
  // Of all types (RFC 1034 3.6.2) it is the answer itself.
  const bool is_asked_for = asked.qtype == RRType::cname || asked.qtype == RRType::any;
  if (rrset.type() != RRType::cname || is_asked_for) return {};
  const auto target = dns::decode_name(rrset.rdatas().front());
  return target ? Alias{true, target.value()} : Alias();
}

}  // namespace

bool Resolver::State::validates(const Task& task) const {
  return profile().validates && !task.is_unvalidated &&
         (!task.checking_disabled || profile().validates_cd_queries);
}

// ResolverProfile::asks_ds_before_keys.
bool Resolver::State::needs_no_keys(const Task& task) const {
  return profile().asks_ds_before_keys && is_without_signatures(*task.response);
}

ChainStatus Resolver::State::chain_for_response(Task& task, ChainDepth depth) {
  const bool own_keys = task.asked.qtype == RRType::dnskey && task.asked.qname == task.zone;
  if (!own_keys) return chain_of(task, task.zone, depth);
  const auto nta = nta_for(task, task.zone);
  if (nta && (!profile().nta.cached_keys_win || task.zone == *nta)) {
    ChainStatus s;
    s.kind = Kind::under_nta;
    s.verdict = std::make_shared<const Verdict>(
        Verdict::of(Reason::negative_trust_anchor, *nta, RRType::dnskey));
    return s;
  }
  return ds_of(task, task.zone);
}

void Resolver::State::validate(Task& task) {
  if (task.walk.is_on()) {
    walk_on(task);
    return;
  }
  if (take_signatures(task)) return;
  if (!validates(task)) {
    accept(task, FetchResult::unvalidated, nullptr, 0xffffffff);
    return;
  }
  const ChainStatus chain = chain_under_response(task);
  switch (chain.kind) {
    case Kind::need:
      if (!wait_for(task, *chain.need, chain.need_counted_queries)) {
        conclude(task, FetchResult::unreachable, nullptr, true);
      }
      return;
    case Kind::under_nta: accept(task, FetchResult::under_nta, chain.verdict, 0xffffffff); return;
    case Kind::insecure: accept(task, FetchResult::validated, chain.verdict, 0xffffffff); return;
    case Kind::failed:
      if (chain.walks) {
        task.phase = TaskPhase::locate;
      } else if (chain.failure == FetchResult::bogus) {
        answer_is_bogus(task, chain.verdict, &chain);
      } else {
        conclude(task, chain.failure, chain.verdict, true);
      }
      return;
    case Kind::secure: judge_response(task, chain); return;
  }
}

// RRSIG RRsets are asked for by nobody but people, and have no signatures themselves (RFC
// 4035 2.2).
bool Resolver::State::take_signatures(Task& task) {
  const std::vector<dns::BareRrsig> signatures = signatures_at(*task.response, task.asked);
  if (signatures.empty()) return false;
  for (const dns::BareRrsig& bare : signatures) task.ttl_s = std::min(task.ttl_s, bare.ttl_s);
  task.saw_unvalidated = true;
  task.cached_end = CachedEnd{dns::Rcode::noerror, false};
  conclude_accepted(task);
  return true;
}

void Resolver::State::judge_response(Task& task, const ChainStatus& chain) {
  task.failed_checks = 0;
  const bool positive = deciding_rrset(task) != nullptr;
  const bool own_keys = task.asked.qtype == RRType::dnskey && task.asked.qname == task.zone;
  const Judged judged = own_keys              ? judge_own_keys(task)
                        : needs_no_keys(task) ? judge_unsigned(task)
                        : positive            ? judge_positive(task, *chain.keys)
                                              : judge_negative(task, *chain.keys);
  if (tracer != nullptr) {
    trace(TraceKind::validation, task, task.asked, judged.verdict->to_text());
  }
  if (judged.verdict->security == Security::bogus) {
    answer_is_bogus(task, judged.verdict, nullptr);
    return;
  }
  const bool is_secure = judged.verdict->security == Security::secure;
  if (is_secure && chain.keys == nullptr) {  // it is the zone's own keys that say so
    const dnssec::ZoneKeys own = keys_in(*deciding_rrset(task)->rrset);
    accept(task, FetchResult::validated, judged.verdict, judged.ttl_s_max, &own);
    return;
  }
  accept(task, FetchResult::validated, judged.verdict, judged.ttl_s_max,
         is_secure ? chain.keys : nullptr);
}

// The DNSKEY RRset of the zone in hand, under its DS.
Judged Resolver::State::judge_own_keys(Task& task) {
  const dns::RRsetPtr ds = ds_above(task.zone);
  ZF_ASSERT(ds != nullptr);  // the chain began or came here by it
  const dns::SignedRRset* keys = find_in(task.response->answer, task.zone, RRType::dnskey);
  if (keys == nullptr) {
    RRsetVerdict missing;
    missing.verdict = Verdict::of(Reason::dnskey_rrset_missing, task.zone, RRType::dnskey);
    return {missing, 0};
  }
  return counted(task, [&](const dnssec::Validator& validator) {
    return dnssec::validate_dnskeys(validator, *keys, *ds, judged_at());
  });
}

// No signature, no key that could verify it.
Judged Resolver::State::judge_unsigned(const Task& task) {
  const dns::SignedRRset* entry = deciding_rrset(task);
  RRsetVerdict missing;
  missing.verdict =
      entry != nullptr
          ? Verdict::of(Reason::signature_missing, entry->rrset->owner(), entry->rrset->type())
          : Verdict::of(Reason::signature_missing, task.zone, RRType::soa);
  return {missing, 0};
}

Judged Resolver::State::not_judged(const Task& task) {
  RRsetVerdict limit;
  limit.verdict = Verdict::of(Reason::validation_limit, task.question.qname, task.question.qtype);
  return {limit, 0};
}

Judged Resolver::State::judge_rrset(Task& task, const dns::SignedRRset& entry,
                                    const dnssec::ZoneKeys& keys) {
  return remembered(task, {{&entry, 1}, keys}, [&](const dnssec::Validator& validator) {
    return dnssec::validate_rrset(validator, entry, keys, judged_at());
  });
}

Judged Resolver::State::judge_denial(Task& task, const dnssec::DenialQuestion& question,
                                     std::span<const dns::SignedRRset> proof,
                                     const dnssec::ZoneKeys& keys) {
  return remembered(task, {proof, keys, &question}, [&](const dnssec::Validator& validator) {
    return dnssec::validate_denial(validator, question, proof, keys, judged_at());
  });
}

Judged Resolver::State::judge_positive(Task& task, const dnssec::ZoneKeys& keys) {
  Judged judged;
  judged.ttl_s_max = 0xffffffff;
  visit_answer(*task.response, task.asked, *deciding_rrset(task), [&](const auto& entry) {
    if (judged.verdict && judged.verdict->security != Security::secure) return;
    Judged next = judge_answer(task, entry, keys);
    next.ttl_s_max = std::min(next.ttl_s_max, judged.ttl_s_max);
    judged = std::move(next);
  });
  if (judged.verdict->security != Security::secure) return judged;
  if (denies_own_answer(*task.response, task.asked)) {
    const dnssec::DenialQuestion question{dnssec::Denial::name_error, task.asked.qname,
                                          task.asked.qtype, 0};
    Judged proof = judge_denial(task, question, task.response->authority, keys);
    if (proof.verdict->security != Security::secure) return proof;
  }
  if (auto unproved = unproved_beside_answer(task, keys)) return *std::move(unproved);
  remember_denials(task, *task.response, keys);
  return judged;
}

// What is passed on with a secure answer must be secure as well (RFC 4035 3.2.3). Name servers are
// left out instead (choose_sections).
std::optional<Judged> Resolver::State::unproved_beside_answer(Task& task,
                                                              const dnssec::ZoneKeys& keys) {
  if (profile().answers.more == MoreInAnswers::never) return std::nullopt;
  AnswerSections all = profile().answers;
  all.more = MoreInAnswers::always;
  const MoreSections beside = more_sections(*task.response, task.asked, task.zone, false, all);
  for (const dns::SignedRRset& entry : task.response->authority) {
    const dns::RRset& rrset = *entry.rrset;
    const bool is_passed_on =
        std::any_of(beside.authority.begin(), beside.authority.end(),
                    [&](const dns::SignedRRset& one) { return one.rrset == entry.rrset; });
    if (!is_passed_on || rrset.type() == RRType::ns) continue;
    Judged judged = judge_rrset(task, entry, keys);
    if (judged.verdict->security != Security::secure) return judged;
  }
  return std::nullopt;
}

Judged Resolver::State::judge_answer(Task& task, const dns::SignedRRset& entry,
                                     const dnssec::ZoneKeys& keys) {
  const dns::Message& message = *task.response;
  if (is_forged_alias(message, entry, task.asked.qname)) {
    RRsetVerdict forged;
    forged.verdict = Verdict::of(Reason::signature_missing, task.asked.qname, RRType::cname);
    const Judged dname = judge_rrset(task, entry, keys);
    if (dname.verdict->security == Security::secure && !dname.wildcard_labels) {
      note_dname(task, entry, dname);  // which is right all the same
    }
    return {forged, 0};
  }
  Judged judged = judge_rrset(task, entry, keys);
  if (is_incomplete(message, *entry.rrset) &&
      judged.verdict->reason == Reason::signature_crypto_failed) {
    RRsetVerdict malformed;
    malformed.verdict =
        Verdict::of(Reason::rrset_malformed, entry.rrset->owner(), entry.rrset->type());
    return {malformed, 0};
  }
  if (judged.verdict->security != Security::secure || !judged.wildcard_labels) return judged;
  if (entry.rrset->type() == RRType::dname) {
    // What a DNAME of a wildcard means nobody can say (RFC 4592 4.4), and its owner is not signed.
    RRsetVerdict unproved;
    unproved.verdict = Verdict::of(Reason::wildcard_unproved, entry.rrset->owner(), RRType::dname);
    return {unproved, 0};
  }
  const dnssec::DenialQuestion question{dnssec::Denial::wildcard_expansion, task.asked.qname,
                                        task.asked.qtype, *judged.wildcard_labels};
  Judged proof = judge_denial(task, question, message.authority, keys);
  if (proof.verdict->security != Security::secure) return proof;
  judged.ttl_s_max = std::min(judged.ttl_s_max, proof.ttl_s_max);
  return judged;
}

// The SOA is judged first: its TTL is about to be trusted (RFC 2308 5), and implementations do.
Judged Resolver::State::judge_negative(Task& task, const dnssec::ZoneKeys& keys) {
  const dns::Message& message = *task.response;
  std::optional<Judged> soa_verdict;
  if (const dns::SignedRRset* soa = find_soa(message)) {
    soa_verdict = judge_rrset(task, *soa, keys);
  }
  const dnssec::Denial kind =
      message.rcode == dns::Rcode::nxdomain ? dnssec::Denial::name_error : dnssec::Denial::no_data;
  Judged proof =
      judge_denial(task, {kind, task.asked.qname, task.asked.qtype, 0}, message.authority, keys);
  remember_spans(task, message.authority, keys, *proof.verdict);
  const bool soa_is_bogus = soa_verdict && soa_verdict->verdict->security == Security::bogus;
  remember_negative_proof(message.authority,
                          soa_is_bogus ? Security::bogus : proof.verdict->security);
  if (soa_is_bogus && task.asked.qtype == RRType::ds &&
      proof.verdict->security != Security::bogus) {
    // NSEC and NSEC3 alone say whether there is a DS RRset (RFC 4035 5.2). What is left of the
    // response is not cached (RFC 2308 5).
    task.response = without_soa(message);
    return proof;
  }
  const bool lacks_ds_proof = soa_is_bogus && task.asked.qtype == RRType::ds &&
                              soa_verdict->verdict->reason == Reason::signature_missing;
  if (soa_is_bogus && !lacks_ds_proof) return *std::move(soa_verdict);
  if (proof.verdict->security == Security::secure) remember_denials(task, message, keys);
  if (soa_verdict) proof.ttl_s_max = std::min(proof.ttl_s_max, soa_verdict->ttl_s_max);
  return proof;
}

void Resolver::State::remember_spans(Task& task, std::span<const dns::SignedRRset> denial,
                                     const dnssec::ZoneKeys& keys, const Verdict& verdict) {
  if (!profile().synthesises_no_ds) return;
  const bool bogus = verdict.security == Security::bogus;
  for (const dns::SignedRRset& entry : denial) {
    if (entry.rrset->type() != RRType::nsec3) continue;
    SpanResult result{bogus, second() + profile().failure_caching.answer_ttl};
    if (bogus) {
      if (!(entry.rrset->owner() == verdict.owner)) continue;
    } else {
      const Judged judged = judge_rrset(task, entry, keys);
      if (judged.verdict->security != Security::secure) continue;
      result.expires_at = second() + Duration::seconds(judged.ttl_s_max);
    }
    remember_span(spans_, keys.zone, *entry.rrset, result, now_);
  }
}

// `keys`: of a secure response, those it was judged with.
void Resolver::State::accept(Task& task, FetchResult result, const VerdictPtr& verdict,
                             std::uint32_t ttl_s_max, const dnssec::ZoneKeys* keys) {
  const dns::Message& message = *task.response;
  task.saw_nta = task.saw_nta || result == FetchResult::under_nta;
  task.saw_unvalidated = task.saw_unvalidated || result == FetchResult::unvalidated;
  if (verdict && (!task.verdict || verdict->security != Security::secure)) task.verdict = verdict;
  const dns::SignedRRset* entry = deciding_rrset(task);
  task.accepted = entry;
  std::uint32_t own_ttl_s = entry != nullptr ? entry->rrset->ttl_s() : negative_ttl_s(message);
  if (entry != nullptr) {
    visit_answer(message, task.asked, *entry, [&](const dns::SignedRRset& one) {
      own_ttl_s = std::min(own_ttl_s, one.rrset->ttl_s());
    });
  }
  task.last_ttl_s_max = bounded_ttl_s(ttl_s_max);
  task.last_ttl_s = std::min(own_ttl_s, task.last_ttl_s_max);
  task.ttl_s = std::min(task.ttl_s, task.last_ttl_s);
  const Alias alias = entry != nullptr ? alias_of(*entry, task.asked) : Alias();
  const bool is_alias = alias.is_alias;
  const MoreSections own = choose_sections(task, is_alias, keys);
  if (!profile().answers.drops_ns_in_positive) take_own_ns(task, keys);
  const bool denies_name = entry == nullptr && message.rcode == dns::Rcode::nxdomain && keys;
  if (denies_name && profile().nxdomain_covers_below) note_nxdomain(task, verdict, own);
  if (is_alias || !task.aliases.empty()) note_step(task, result, verdict, own, is_alias);
  if (is_alias) {
    task.aliases.push_back(with_ttl_at_most(*entry, task.last_ttl_s));
    if (!alias.target) {  // the name is too long (RFC 6672 2.2)
      task.cached_end = CachedEnd{dns::Rcode::yxdomain, false};
      conclude_accepted(task);
      return;
    }
    if (entry->rrset->type() == RRType::dname) {
      task.aliases.push_back(
          synthesised_cname(task.asked.qname, *alias.target, task.aliases.back()));
    }
    // A CNAME that a DNAME makes is the answer to who asks for one.
    const bool is_asked_for = task.question.qtype == RRType::cname;
    if (!is_asked_for) {
      follow_cname(task, *alias.target);
      return;
    }
    task.cached_end = CachedEnd{dns::Rcode::noerror, false};
  }
  conclude_accepted(task);
}

void Resolver::State::conclude_accepted(Task& task) {
  const FetchResult combined = task.saw_unvalidated ? FetchResult::unvalidated
                               : task.saw_nta       ? FetchResult::under_nta
                                                    : FetchResult::validated;
  conclude(task, combined, task.verdict, false);
}

// What else of the response goes into the answer. Proofs of wildcards on the way stay with it (RFC
// 4035 3.1.3.3); the last response may add what the profile passes on. Beside secure data only
// what is secure itself may stand (RFC 4035 3.2.3).
MoreSections Resolver::State::choose_sections(Task& task, bool is_alias,
                                              const dnssec::ZoneKeys* keys) {
  const dns::Message& message = *task.response;
  const bool is_negative = task.accepted == nullptr;
  MoreSections own;
  if (is_alias) {
    if (!has_proofs(message)) return own;
    own.authority = proofs_of(message, task.zone);
  } else {
    const AnswerSections& rules = profile().answers;
    const bool is_plain = is_negative ? is_plain_denial(message, task.zone) : !has_proofs(message);
    const bool is_alone = task.aliases.empty() && !task.more.is_chosen;
    const bool has_more = passes_on_more(message, task.asked, is_negative, rules.more);
    if (!has_more && is_alone && is_plain) return own;
    own = more_sections(message, task.asked, task.zone, is_negative, rules);
  }
  const std::uint32_t ttl_s_max = is_negative ? task.last_ttl_s : bounded_ttl_s(0xffffffff);
  for (auto* section : {&own.authority, &own.additional}) {
    std::vector<dns::SignedRRset> kept;
    for (const dns::SignedRRset& entry : *section) {
      std::uint32_t kept_ttl_s_max = ttl_s_max;
      if (keys != nullptr) {
        const Judged judged = judge_rrset(task, entry, *keys);
        const bool is_secure = judged.verdict->security == Security::secure;
        const bool is_kept = is_secure || (section == &own.additional &&
                                           profile().answers.keeps_unproved_additional);
        // Without name servers nobody has a use for what came with them.
        if (!is_kept && entry.rrset->type() == RRType::ns) own.additional.clear();
        if (!is_kept) continue;
        if (is_secure) kept_ttl_s_max = std::min(kept_ttl_s_max, judged.ttl_s_max);
      }
      kept.push_back(with_ttl_at_most(entry, kept_ttl_s_max));
    }
    *section = std::move(kept);
  }
  for (const dns::SignedRRset& entry : own.authority) append_new(entry, task.more.authority);
  if (!is_alias) task.more.additional = own.additional;
  task.more.is_chosen = true;
  return own;
}

void Resolver::State::follow_cname(Task& task, const dns::Name& target) {
  task.cnames += 1;
  task.saw_uncacheable = task.saw_uncacheable || !is_at_cacheable(task);
  if (task.cnames > profile().aliases_max || target == task.target) {
    conclude(task, FetchResult::unreachable, nullptr, false);
    return;
  }
  task.target = target;
  task.response = nullptr;
  task.accepted = nullptr;
  task.has_candidates = false;
  task.zone_labels_max = Task::no_labels_max;
  task.saw_empty = false;
  task.sought_parent = false;
  task.bogus_queries = 0;
  task.bogus_verdict = nullptr;
  task.crypto_failures = 0;
  task.skips_first_tries = false;  // of the servers there nobody knows yet
  task.has_primed = false;
  task.phase = TaskPhase::locate;
}

std::uint32_t Resolver::State::bogus_queries_max(const Task& task, const ChainStatus* chain) const {
  const BogusRetry& retry = profile().bogus_retry;
  if (chain != nullptr) {
    if (!chain->remembered) return 0;  // the pieces of the chain had budgets of their own
    return chain->has_ds ? retry.failed_delegation_signed_queries
                         : retry.failed_delegation_unsigned_queries;
  }
  if (retry.shared_budget) return retry.answer_queries_max;
  if (task.asked.qtype == RRType::ds) return retry.ds_queries_max;
  if (task.asked.qtype == RRType::dnskey) return retry.dnskey_queries_max;
  return retry.answer_queries_max;
}

// BogusRetry::bogus_denial_asks_ds: true while DS is being asked for; false ends in the failure, by
// using up the budget, or goes on with it where the DS turned out to be fine.
bool Resolver::State::asks_ds_instead(Task& task) {
  if (task.asked.qtype == RRType::ds) return false;
  const dns::Question ds{task.asked.qname, RRType::ds, task.asked.qclass};
  const ZoneEntry* known = zones_.find({ds.qname});
  const bool remembered = known != nullptr && known->failure && now_ < known->failed_until;
  if (!remembered && task.bogus_queries == 1 && wait_for(task, ds, 0)) return true;
  if (remembered || child_failure(task, ds) != nullptr) {
    task.bogus_queries = bogus_queries_max(task, nullptr);
  }
  return false;
}

// BogusRetry::unknown_key_asks_ds: true while DS is being asked for. With the next response it is
// asked for again, where the failure was not remembered.
bool Resolver::State::asks_ds_of_owners(Task& task) {
  for (const dns::SignedRRset& entry : task.response->authority) {
    const dns::Question ds{entry.rrset->owner(), RRType::ds, task.asked.qclass};
    const bool is_denial = entry.rrset->type() == RRType::nsec3 ||
                           (entry.rrset->type() == RRType::nsec && !(ds.qname == task.zone));
    const ZoneEntry* known = is_denial ? zones_.find({ds.qname}) : nullptr;
    const bool has_failed = known != nullptr && known->failure && now_ < known->failed_until;
    if (!is_denial || has_failed || ds == task.asked) continue;
    const auto asked = std::find(task.needed.begin(), task.needed.end(), ds);
    if (asked != task.needed.end()) {
      task.needed.erase(asked);
      std::erase_if(task.failures, [&](const ChildFailure& one) { return one.question == ds; });
      return false;
    }
    if (!wait_for(task, ds, 0)) continue;
    task.needed.push_back(ds);
    return true;
  }
  return false;
}

void Resolver::State::answer_is_bogus(Task& task, const VerdictPtr& verdict,
                                      const ChainStatus* chain) {
  if (has_checked_enough(task)) {  // so that nobody knows whether it is
    conclude(task, FetchResult::limit_reached, not_judged(task).verdict, true);
    return;
  }
  const bool denial_failed = chain == nullptr && deciding_rrset(task) == nullptr;
  const bool has_unknown_key = denial_failed && verdict->reason == Reason::dnskey_missing;
  if (has_unknown_key && profile().bogus_retry.unknown_key_asks_ds && asks_ds_of_owners(task)) {
    return;
  }
  task.bogus_queries += 1;
  task.bogus_verdict = verdict;
  task.chain_failure_remembered = chain != nullptr && chain->remembered;
  if (denial_failed && start_walk(task, task.response->authority, verdict, nullptr)) return;
  if (denial_failed && profile().bogus_retry.bogus_denial_asks_ds && asks_ds_instead(task)) return;
  const bool is_unproved = denial_failed && !has_signed_proof(*task.response);
  if (chain == nullptr) task.crypto_failures += task.failed_checks;
  const bool is_final = (is_unproved && !profile().bogus_retry.retries_unproved_denials) ||
                        task.crypto_failures > profile().bogus_retry.crypto_failures_max;
  if (!is_final && task.bogus_queries < bogus_queries_max(task, chain)) {
    for (Candidate& candidate : task.candidates) candidate.sends = 0;  // that is another budget
    // Some servers deny empty non-terminals. So the whole name is asked for next (RFC 9156 2.3).
    if (task.asked.qname != task.target) task.minimised_labels = task.target.label_count();
    task.phase = TaskPhase::locate;
    return;
  }
  const bool own_keys = task.asked.qtype == RRType::dnskey && task.asked.qname == task.zone;
  conclude(task, FetchResult::bogus, verdict, chain != nullptr || own_keys);
}

}  // namespace zonefall::resolver
