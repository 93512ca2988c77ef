// CNAME and DNAME in the cache: an alias answers for its owner whatever is asked for, a DNAME for
// all names below it (RFC 1034 3.6.2, RFC 6672 3.2), and where they lead may be known.
#include "resolver/state.h"

namespace zonefall::resolver {

using dns::RRType;

void Resolver::State::note_step(Task& task, FetchResult result, const VerdictPtr& verdict,
                                std::uint32_t ttl_s, bool is_alias) {
  const bool is_whole = task.target == task.question.qname;  // the task itself stores the rest
  if (ttl_s == 0 || (is_whole && !is_alias)) return;
  using Section = AnswerData::Section;
  Step& kept = task.steps.emplace_back();
  AnswerEntry& step = kept.entry;
  const VerdictPtr known =
      verdict ? verdict
              : std::make_shared<const dnssec::Verdict>(dnssec::Verdict::of(
                    dnssec::Reason::no_trust_anchor, task.target, task.asked.qtype));
  finish_step(step, result, known, ttl_s);
  kept.owner = task.target;
  kept.type = task.asked.qtype;
  const Section answer = task.accepted != nullptr ? Section(task.accepted, 1) : Section();
  if (is_alias) {
    kept.owner = task.accepted->rrset->owner();
    kept.type = task.accepted->rrset->type();
    step.data =
        std::make_shared<const AnswerData>(dns::Rcode::noerror, answer, task.more.authority);
  } else {
    const Section authority = task.accepted != nullptr || !task.more.authority.empty()
                                  ? Section(task.more.authority)
                                  : Section(task.response->authority);
    step.negative = task.accepted == nullptr;
    step.data = std::make_shared<const AnswerData>(task.response->rcode, answer, authority,
                                                   task.more.additional);
  }
}

void Resolver::State::note_nxdomain(Task& task, const VerdictPtr& verdict, std::uint32_t ttl_s) {
  Step& kept = task.steps.emplace_back();
  kept.owner = task.target;
  kept.type = RRType::opt;
  kept.entry.negative = true;
  finish_step(kept.entry, FetchResult::validated, verdict, ttl_s);
  kept.entry.data = std::make_shared<const AnswerData>(
      dns::Rcode::nxdomain, AnswerData::Section(), AnswerData::Section(task.response->authority));
}

void Resolver::State::note_dname(Task& task, const dns::SignedRRset& dname, const Judged& judged) {
  Step& kept = task.steps.emplace_back();
  kept.owner = dname.rrset->owner();
  kept.type = RRType::dname;
  finish_step(kept.entry, FetchResult::validated, judged.verdict,
              std::min(dname.rrset->ttl_s(), judged.ttl_s_max));
  kept.entry.data = std::make_shared<const AnswerData>(
      dns::Rcode::noerror, AnswerData::Section(&dname, 1), AnswerData::Section());
}

void Resolver::State::finish_step(AnswerEntry& step, FetchResult result, const VerdictPtr& verdict,
                                  std::uint32_t ttl_s) const {
  step.verdict = verdict;
  step.result = result;
  step.ttl_s = ttl_s;
  step.expires_at = second() + std::min(Duration::seconds(ttl_s), profile().cache.ttl_max);
  step.usable_until = step.expires_at + profile().serve_stale.max_stale;
}

void Resolver::State::store_steps(Task& task) {
  for (Step& step : task.steps) {
    has_steps_ = true;
    answers_.at_or_new({step.owner, step.type, false}) = std::move(step.entry);
  }
}

const AnswerEntry* Resolver::State::cached_step(const Task& task, const dns::Name& name,
                                                RRType type) const {
  const AnswerEntry* entry = answers_.find({name, type, false});
  if (entry == nullptr || entry->failure || !is_fresh(*entry)) return nullptr;
  ClientQuery asked;
  asked.question = {name, type, dns::RRClass::in};
  asked.checking_disabled = task.checking_disabled;
  return answers(*entry, asked) ? entry : nullptr;
}

// The closest DNAME above the target, or a CNAME at it.
const AnswerEntry* Resolver::State::cached_alias(const Task& task) const {
  if (task.question.qtype != RRType::cname) {
    const AnswerEntry* cname = cached_step(task, task.target, RRType::cname);
    if (cname != nullptr && !cname->negative) return cname;
  }
  for (std::size_t labels = task.target.label_count(); labels-- > 0;) {
    const AnswerEntry* dname = cached_step(task, task.target.suffix(labels), RRType::dname);
    const bool is_one = dname != nullptr && dname->data->answer().size() == 1 &&
                        dname->data->answer().front().rrset->type() == RRType::dname;
    if (is_one) return dname;
  }
  return nullptr;
}

// Its TTL, verdict and standing count for the whole.
void Resolver::State::take_cached(Task& task, const AnswerEntry& entry) {
  task.saw_nta = task.saw_nta || entry.result == FetchResult::under_nta;
  task.saw_unvalidated = task.saw_unvalidated || entry.result == FetchResult::unvalidated;
  const bool is_weakest = !task.verdict || entry.verdict->security != dnssec::Security::secure;
  if (is_weakest && entry.result != FetchResult::unvalidated) task.verdict = entry.verdict;
  const auto left_s = static_cast<std::uint32_t>((entry.expires_at - second()).to_seconds());
  task.ttl_s = std::min(task.ttl_s, left_s);
}

// Kept under the name and a type that nobody asks for: it is of the name, whatever the type was.
const AnswerEntry* Resolver::State::cached_nxdomain(const Task& task) const {
  if (!profile().nxdomain_covers_below) return nullptr;
  // What the operator has put below it exists.
  const FixedServers* fixed = fixed_servers(task, {});
  const std::size_t labels_min = fixed != nullptr ? fixed->zone.label_count() : 0;
  for (std::size_t labels = task.target.label_count(); labels > labels_min; --labels) {
    const AnswerEntry* entry = answers_.find({task.target.suffix(labels), RRType::opt, false});
    if (entry != nullptr && is_fresh(*entry)) return entry;
  }
  return nullptr;
}

bool Resolver::State::use_cached_step(Task& task) {
  if (const AnswerEntry* denied = cached_nxdomain(task)) {
    take_cached(task, *denied);
    task.cached = denied->data;
    conclude_accepted(task);
    return true;
  }
  if (!(task.target == task.question.qname)) {
    if (const AnswerEntry* whole = cached_step(task, task.target, task.question.qtype)) {
      take_cached(task, *whole);
      task.cached = whole->data;
      conclude_accepted(task);
      return true;
    }
  }
  const AnswerEntry* alias = cached_alias(task);
  if (alias == nullptr) return false;
  const dns::SignedRRset entry = alias->data->answer().front();
  const bool is_dname = entry.rrset->type() == RRType::dname;
  std::optional<dns::Name> next;
  if (is_dname) {
    next = dname_target(*entry.rrset, task.target);
  } else if (const auto target = dns::decode_name(entry.rrset->rdatas().front())) {
    next = target.value();
  }
  if (!next) return false;
  take_cached(task, *alias);
  task.aliases.push_back(entry);
  if (is_dname) {
    task.aliases.push_back(
        {dns::RRset::make(
             {.owner = task.target, .type = RRType::cname, .ttl_s = entry.rrset->ttl_s()},
             {dns::encode_name(*next)}),
         {}});
  }
  if (task.question.qtype == RRType::cname) {  // which this one is
    task.cached = std::make_shared<const AnswerData>(dns::Rcode::noerror, AnswerData::Section(),
                                                     AnswerData::Section());
    conclude_accepted(task);
    return true;
  }
  follow_cname(task, *next);
  return true;
}

}  // namespace zonefall::resolver
