// CNAME and DNAME in the cache: an alias answers for its owner whatever is asked for, a DNAME for
// all names below it (RFC 1034 3.6.2, RFC 6672 3.2), and where they lead may be known. So may be
// that a name above does not exist (RFC 8020).
#include "resolver/state.h"

namespace zonefall::resolver {

using dns::RRType;
using Section = AnswerData::Section;

namespace {

void append_aged(Section from, std::uint32_t ttl_s_max, std::vector<dns::SignedRRset>& to) {
  for (const dns::SignedRRset& entry : from) to.push_back(with_ttl_at_most(entry, ttl_s_max));
}

}  // namespace

AnswerEntry Resolver::State::step_entry(FetchResult result, const VerdictPtr& verdict,
                                        std::uint32_t ttl_s, std::shared_ptr<const AnswerData> data,
                                        bool is_negative) const {
  AnswerEntry entry;
  entry.verdict = verdict;
  if (!verdict) {
    entry.verdict = std::make_shared<const dnssec::Verdict>(
        dnssec::Verdict::of(dnssec::Reason::no_trust_anchor, {}, RRType::a));
  }
  const Duration hold = fresh_lifetime(profile().cache, ttl_s, is_negative);
  entry.result = result;
  entry.negative = is_negative;
  entry.data = std::move(data);
  entry.proof = is_negative ? proof_identity(*entry.data) : 0;
  entry.ttl_s = ttl_s;
  entry.expires_at = second() + hold;
  entry.refresh_from = refresh_from(entry, hold);
  entry.usable_until = entry.expires_at + profile().serve_stale.max_stale;
  return entry;
}

void Resolver::State::note_step(Task& task, FetchResult result, const VerdictPtr& verdict,
                                const MoreSections& own, bool is_alias) {
  const bool is_whole = task.target == task.question.qname;  // the task itself stores the rest
  const bool is_partial = task.asked.qtype == RRType::any && !is_alias;  // one of several RRsets
  if (task.last_ttl_s == 0 || is_partial || (is_whole && !is_alias)) return;
  if (!is_at_cacheable(task)) return;
  const bool is_negative = task.accepted == nullptr;
  std::vector<dns::SignedRRset> answer;
  if (!is_negative) answer.push_back(with_ttl_at_most(*task.accepted, task.last_ttl_s));
  const dns::Rcode rcode = is_alias ? dns::Rcode::noerror : task.response->rcode;
  auto data = std::make_shared<const AnswerData>(rcode, answer, own.authority, own.additional);
  task.steps.push_back(
      {is_alias ? task.accepted->rrset->owner() : task.target,
       is_alias ? task.accepted->rrset->type() : task.asked.qtype, false,
       step_entry(result, verdict, task.last_ttl_s, std::move(data), is_negative)});
}

void Resolver::State::note_nxdomain(Task& task, const VerdictPtr& verdict,
                                    const MoreSections& own) {
  if (task.last_ttl_s == 0 || !is_at_cacheable(task)) return;
  const std::vector<dns::SignedRRset>& authority =
      task.more.is_chosen ? own.authority : task.response->authority;
  auto data =
      std::make_shared<const AnswerData>(dns::Rcode::nxdomain, Section(), Section(authority));
  task.steps.push_back(
      {task.asked.qname, RRType::any, true,
       step_entry(FetchResult::validated, verdict, task.last_ttl_s, std::move(data), true)});
}

void Resolver::State::note_dname(Task& task, const dns::SignedRRset& dname, const Judged& judged) {
  if (!is_at_cacheable(task)) return;
  const std::uint32_t ttl_s = std::min(dname.rrset->ttl_s(), judged.ttl_s_max);
  const dns::SignedRRset kept = with_ttl_at_most(dname, ttl_s);
  auto data = std::make_shared<const AnswerData>(dns::Rcode::noerror, Section(&kept, 1), Section());
  task.steps.push_back(
      {dname.rrset->owner(), RRType::dname, false,
       step_entry(FetchResult::validated, judged.verdict, ttl_s, std::move(data), false)});
}

// What is fresh stays: others may have been promised that it does.
void Resolver::State::store_steps(Task& task) {
  for (Step& step : task.steps) {
    has_steps_ = true;
    if (step.denies_name) {
      denied_names_.at_or_new({step.owner}) = std::move(step.entry);
      continue;
    }
    const bool apart = task.checking_disabled && profile().failures_apart_by_cd;
    const AnswerView key{step.owner, step.type, apart};
    const AnswerEntry* existing = answers_.find(key);
    const bool is_stale = existing != nullptr && is_stale_candidate(*existing);
    const bool is_kept = (existing != nullptr && is_fresh(*existing)) ||
                         (is_stale && (step.entry.result == FetchResult::unvalidated ||
                                       now_ < existing->no_refresh_until));
    if (!is_kept) answers_.at_or_new(key) = std::move(step.entry);
  }
}

const AnswerEntry* Resolver::State::cached_step(const Task& task, const dns::Name& name,
                                                RRType type) const {
  const AnswerEntry* entry = answers_.find({name, type, false});
  if (entry == nullptr || entry->failure || entry->data == nullptr || !is_fresh(*entry)) {
    return nullptr;
  }
  ClientQuery asked;
  asked.question = {name, type, dns::RRClass::in};
  asked.checking_disabled = task.checking_disabled;
  // RRSIG RRsets are given out as they came, not as a step to somewhere.
  return answers(*entry, asked) && entry->data->signatures().empty() ? entry : nullptr;
}

bool Resolver::State::holds_secure_alias(const Task& task, const dns::Name& name) const {
  const AnswerEntry* cname = cached_step(task, name, RRType::cname);
  return cname != nullptr && !cname->negative && cname->result == FetchResult::validated &&
         cname->verdict->security == dnssec::Security::secure;
}

// A CNAME at the target, or the closest DNAME above it. A CNAME has an RRSIG RRset beside it (RFC
// 4035 2.5).
const AnswerEntry* Resolver::State::cached_alias(const Task& task) const {
  const auto is_alias = [](const AnswerEntry* entry, const dns::Name& owner, RRType type) {
    if (entry == nullptr || entry->data->answer().size() != 1) return false;
    const dns::RRset& rrset = *entry->data->answer().front().rrset;
    return rrset.type() == type && rrset.owner() == owner;
  };
  const RRType qtype = task.question.qtype;
  if (qtype != RRType::cname && qtype != RRType::any && qtype != RRType::rrsig) {
    const AnswerEntry* cname = cached_step(task, task.target, RRType::cname);
    if (is_alias(cname, task.target, RRType::cname)) return cname;
  }
  for (std::size_t labels = task.target.label_count(); labels-- > 0;) {
    const dns::Name owner = task.target.suffix(labels);
    const AnswerEntry* dname = cached_step(task, owner, RRType::dname);
    if (is_alias(dname, owner, RRType::dname)) return dname;
  }
  return nullptr;
}

// ResolverProfile::nxdomain_covers_below; but what the operator has put below it exists.
const AnswerEntry* Resolver::State::cached_nxdomain(const Task& task) const {
  if (!profile().nxdomain_covers_below) return nullptr;
  const FixedServers* fixed = fixed_servers(task, {});
  const std::size_t labels_min = fixed != nullptr ? fixed->zone.label_count() : 0;
  for (std::size_t labels = task.target.label_count(); labels > labels_min; --labels) {
    const AnswerEntry* entry = denied_names_.find({task.target.suffix(labels)});
    if (entry != nullptr && is_fresh(*entry)) return entry;
  }
  return nullptr;
}

// Its verdict, what is left of its TTL and its proofs count for the whole.
void Resolver::State::take_cached(Task& task, const AnswerEntry& entry) {
  task.saw_nta = task.saw_nta || entry.result == FetchResult::under_nta;
  task.saw_unvalidated = task.saw_unvalidated || entry.result == FetchResult::unvalidated;
  const bool is_weakest = !task.verdict || entry.verdict->security != dnssec::Security::secure;
  if (is_weakest && entry.result != FetchResult::unvalidated) task.verdict = entry.verdict;
  const auto left_s = static_cast<std::uint32_t>((entry.expires_at - second()).to_seconds());
  task.ttl_s = std::min(task.ttl_s, left_s);
  append_aged(entry.data->answer(), left_s, task.aliases);
  for (const dns::SignedRRset& proof : entry.data->authority()) {
    append_new(with_ttl_at_most(proof, left_s), task.more.authority);
  }
  append_aged(entry.data->additional(), left_s, task.more.additional);
  task.more.is_chosen = true;
}

void Resolver::State::end_with_cached(Task& task, dns::Rcode rcode, bool is_negative) {
  task.cached_end = CachedEnd{rcode, is_negative};
  conclude_accepted(task);
}

bool Resolver::State::use_cached_step(Task& task) {
  // These are to find out how things are now.
  if (task.is_refresh || task.ignores_ntas || !is_at_cacheable(task)) return false;
  const AnswerEntry* whole = cached_nxdomain(task);
  if (whole == nullptr && !(task.target == task.question.qname)) {
    whole = cached_step(task, task.target, task.question.qtype);
  }
  if (whole != nullptr) {
    const dns::Rcode rcode = whole->data->rcode();
    const bool is_negative = whole->negative;
    take_cached(task, *whole);
    end_with_cached(task, rcode, is_negative);
    return true;
  }
  const AnswerEntry* alias = cached_alias(task);
  if (alias == nullptr) return false;
  const dns::RRsetPtr rrset = alias->data->answer().front().rrset;
  const bool is_dname = rrset->type() == RRType::dname;
  const auto target = dns::decode_name(rrset->rdatas().front());
  const std::optional<dns::Name> next = is_dname ? dname_target(*rrset, task.target)
                                        : target ? std::optional(target.value())
                                                 : std::nullopt;
  if (!next) return false;
  take_cached(task, *alias);
  if (is_dname) {
    task.aliases.push_back(synthesised_cname(task.target, *next, task.aliases.back()));
  }
  if (task.question.qtype == RRType::cname) {
    end_with_cached(task, dns::Rcode::noerror, false);  // the one that was made is the answer
  } else {
    follow_cname(task, *next);
  }
  return true;
}

}  // namespace zonefall::resolver
