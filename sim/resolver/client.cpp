// Client queries: what the cache answers, what is fetched, and the replies.
#include <algorithm>

#include <fmt/format.h>

#include "resolver/state.h"

namespace zonefall::resolver {

void Resolver::State::begin_call(SimTime now, Actions& actions) {
  ZF_ASSERT(now >= now_);
  now_ = now;
  actions_ = &actions;
  run_timers();
}

void Resolver::State::end_call() {
  run_ready_tasks();
  wake_at_ = next_wake();
  actions_->wake_at.reset();
  if (wake_at_ != SimTime::max()) actions_->wake_at = wake_at_;
  actions_ = nullptr;
}

AnswerView Resolver::State::key_for(const dns::Question& question, bool checking_disabled) const {
  return {question.qname, question.qtype, checking_disabled && profile().failures_apart_by_cd};
}

AnswerView Resolver::State::lookup_key(const dns::Question& question,
                                       bool checking_disabled) const {
  const AnswerView own = key_for(question, checking_disabled);
  if (!own.apart) return own;
  const AnswerEntry* entry = answers_.find(own);
  if (entry != nullptr && is_fresh(*entry)) return own;
  const AnswerView shared = key_for(question, false);
  entry = answers_.find(shared);
  return entry != nullptr && !entry->failure ? shared : own;
}

SimTime Resolver::State::fresh_until(const AnswerEntry& entry) const {
  const bool last_second_counts = entry.failure ? profile().failure_caching.last_second_counts
                                                : profile().cache.serves_ttl_zero;
  return entry.expires_at + Duration::seconds(last_second_counts ? 1 : 0);
}

bool Resolver::State::is_fresh(const AnswerEntry& entry) const {
  if (now_ >= fresh_until(entry)) return false;
  return !entry.failure || proof_is_unchanged(entry);
}

// An alias may lead under an NTA that does not cover the alias itself.
bool Resolver::State::concerns(const Nta& nta, const AnswerEntry& entry, const dns::Name& qname) {
  return qname.is_at_or_below(nta.name) ||
         (entry.result == FetchResult::under_nta && entry.verdict->owner == nta.name);
}

bool Resolver::State::is_under_nta(const AnswerEntry& entry, const dns::Name& qname) const {
  return anchors_.nta_for(qname).has_value() ||
         std::any_of(anchors_.ntas().begin(), anchors_.ntas().end(), [&](const Nta& nta) {
           return entry.result == FetchResult::under_nta && entry.verdict->owner == nta.name;
         });
}

std::optional<SimTime> Resolver::State::standing(const AnswerEntry& entry, const ClientQuery& query,
                                                 SimTime until) const {
  for (const WatchedName& watched : watched_) until = std::min(until, watched.quiet_until());
  for (const Nta& nta : anchors_.ntas()) {
    if (!concerns(nta, entry, query.question.qname)) continue;
    until = std::min({until, nta.until, nta.recheck_at});
    const auto& tasks = tasks_.slots();
    const bool may_be_lifted = std::any_of(tasks.begin(), tasks.end(), [&](const Task& task) {
      return task.id != 0 && task.ignores_ntas && task.question.qname == nta.name;
    });
    if (may_be_lifted) return std::nullopt;
  }
  return until;
}

// RRSIG RRsets have no signatures (RFC 4035 2.2), so nobody would learn more by asking again.
bool Resolver::State::holds_signatures_only(const AnswerEntry& entry) {
  return !entry.data->signatures().empty() && entry.data->answer().empty();
}

bool Resolver::State::answers(const AnswerEntry& entry, const ClientQuery& query) const {
  switch (entry.result) {
    case FetchResult::validated: return true;
    case FetchResult::unvalidated:
      return query.checking_disabled || !profile().validates || holds_signatures_only(entry);
    case FetchResult::under_nta:
      return query.checking_disabled || profile().nta.answers_outlive_removal ||
             is_under_nta(entry, query.question.qname);
    case FetchResult::bogus:
    case FetchResult::unreachable:
    case FetchResult::limit_reached: break;
  }
  if (entry.failed_negative) {
    return !query.checking_disabled && anchors_.nta_for(query.question.qname).has_value();
  }
  if (!query.checking_disabled || profile().failures_apart_by_cd) return true;
  return entry.data != nullptr && profile().answers_cd_from_cache;
}

bool Resolver::State::is_stale_candidate(const AnswerEntry& entry) const {
  const ServeStale& settings = profile().serve_stale;
  return settings.enabled && !entry.failure && entry.data != nullptr && !is_fresh(entry) &&
         now_ < entry.usable_until && (!entry.negative || settings.serves_negative_answers);
}

StaleCandidate Resolver::State::stale_candidate(const AnswerEntry& entry) const {
  return {entry.expires_at, entry.usable_until,        entry.ttl_s,
          entry.negative,   proof_is_unchanged(entry), entry.data->rcode() == dns::Rcode::nxdomain};
}

void Resolver::State::client_query(const ClientQuery& query, SimTime now, Actions& actions) {
  begin_call(now, actions);
  counters.client_queries += 1;
  const bool is_requested = query.dnssec_ok || query.authentic_data;
  if (profile().validates_on_request && !is_requested && !query.checking_disabled) {
    ClientQuery unvalidated = query;
    unvalidated.checking_disabled = true;
    answer(unvalidated, false);
  } else {
    answer(query, true);
  }
  end_call();
}

// Who joins a task takes what comes of it.
void Resolver::State::answer(const ClientQuery& query, bool is_to_validate) {
  if (tracer != nullptr) {
    trace(TraceKind::client_query, query, query.checking_disabled ? "+cd" : "");
  }
  if (profile().denies_any && query.question.qtype == dns::RRType::any) {
    reply_to_any(query);
  } else if (!is_cacheable(query.question) || !reply_from_cache(query)) {
    if (!query.recursion_desired && refer(query)) return;
    counters.resolutions += 1;
    const bool pursues_cd = query.checking_disabled;
    Task* task = tasks_.find(query.question, pursues_cd);
    if (task == nullptr) {
      task = &start_task(query.question, pursues_cd, 0);
      task->is_unvalidated = !is_to_validate;
    }
    trace_wait(query, *task);
    task->clients.push_back({query, false});
    const AnswerEntry* expired = profile().serve_stale.enabled
                                     ? answers_.find(lookup_key(query.question, pursues_cd))
                                     : nullptr;
    if (expired != nullptr && is_stale_candidate(*expired)) {
      const BeforeFetch before = decide_before_fetch(
          profile().serve_stale, stale_candidate(*expired), expired->no_refresh_until, now_);
      if (before.client_timer) {
        tasks_.set_client_timer(*task, now_ + *before.client_timer);
      }
    }
  }
}

// RFC 8482 4: a server may choose to give less than all there is.
void Resolver::State::reply_to_any(const ClientQuery& query) {
  ClientReply reply;
  reply.rcode = dns::Rcode::noerror;
  reply.served = Served::unvalidated;
  reply.verdict = std::make_shared<const dnssec::Verdict>(dnssec::Verdict::of(
      dnssec::Reason::no_trust_anchor, query.question.qname, query.question.qtype));
  reply.why = "queries of type ANY get an empty answer (RFC 8482)";
  send_reply(std::move(reply), query);
}

// Whether a failure's data are the answer.
bool Resolver::State::gives_anyway(const AnswerEntry& failure, const ClientQuery& query) const {
  if (failure.data == nullptr) return false;
  switch (decide_bogus_answer(profile(), query.checking_disabled).answer) {
    case BogusAnswer::withheld: return false;
    case BogusAnswer::asked_for: return true;
    case BogusAnswer::permitted: return failure.result == FetchResult::bogus;
  }
  return false;
}

bool Resolver::State::reply_from_cache(const ClientQuery& query) {
  AnswerEntry* entry = answers_.find(lookup_key(query.question, query.checking_disabled));
  if (entry == nullptr) return false;
  if (is_fresh(*entry)) {
    if (!answers(*entry, query)) return false;
    if (tracer != nullptr) trace(TraceKind::cache_hit, query, entry->failure ? "a failure" : "");
    if (entry->failure && !gives_anyway(*entry, query)) {
      reply_failure_entry(*entry, query);
    } else {
      // With CD set the fetch would be for data that others may not get.
      const bool is_due = now_ >= entry->refresh_from && !query.checking_disabled;
      reply_fresh_entry(*entry, query);
      if (is_due) {
        entry->refresh_from = SimTime::max();
        const SimTime needed_until = entry->expires_at;
        Task* task = refresh(query);
        if (task != nullptr && profile().prefetch.renews_delegations) {
          task->cuts_good_until = needed_until;
        }
      }
    }
    return true;
  }
  if (!is_stale_candidate(*entry)) return false;
  const BeforeFetch before = decide_before_fetch(profile().serve_stale, stale_candidate(*entry),
                                                 entry->no_refresh_until, now_);
  if (tracer != nullptr) trace(TraceKind::policy, query, std::string(before.why));
  switch (before.action) {
    case StaleNow::fetch_and_wait: return false;
    case StaleNow::serve_and_refresh:
      reply_stale_entry(*entry, query, before.why, std::nullopt);
      refresh(query);
      return true;
    case StaleNow::serve_without_fetch:
      reply_stale_entry(
          *entry, query, before.why,
          standing(*entry, query, std::min(entry->no_refresh_until, entry->usable_until)));
      return true;
  }
  return false;
}

// On the clock that TTLs are counted on.
SimTime Resolver::State::refresh_from(const AnswerEntry& entry, Duration lifetime) const {
  const Prefetch& prefetch = profile().prefetch;
  const std::int64_t share_s = lifetime.to_seconds() * prefetch.left_max_ppm / 1'000'000;
  const Duration left = std::max(prefetch.left_max, Duration::seconds(share_s));
  const bool is_eligible = !entry.failure && lifetime >= prefetch.ttl_min &&
                           (prefetch.of_negative_answers || !entry.negative);
  const bool is_ever = is_eligible && left > Duration() && left < lifetime;
  return is_ever ? entry.expires_at - left : SimTime::max();
}

bool Resolver::State::is_being_refreshed(const ClientQuery& query) {
  const Task* task = tasks_.find(query.question, false);
  return task != nullptr && task->is_refresh;
}

Task* Resolver::State::refresh(const ClientQuery& query) {
  if (tasks_.find(query.question, query.checking_disabled) != nullptr) return nullptr;
  counters.resolutions += 1;
  Task& task = start_task(query.question, query.checking_disabled, 0);
  task.is_refresh = true;
  return &task;
}

void Resolver::State::send_reply(ClientReply reply, const ClientQuery& query) {
  reply.token = query.token;
  if (tracer != nullptr) {
    trace(TraceKind::client_reply, query,
          fmt::format("{}: {}", dns::to_text(reply.rcode), reply.why));
  }
  actions_->replies.push_back(std::move(reply));
}

void Resolver::State::reply_fresh_entry(const AnswerEntry& entry, const ClientQuery& query) {
  ClientReply reply;
  reply.rcode = entry.data->rcode();
  reply.data = entry.data;
  reply.verdict = entry.verdict;
  reply.from_cache = true;
  reply.ttl_s = now_ < entry.expires_at
                    ? static_cast<std::uint32_t>((entry.expires_at - second()).to_seconds())
                    : 0;
  reply.age_s = entry.ttl_s - std::min(entry.ttl_s, reply.ttl_s);
  if (now_ < entry.refresh_from && !is_being_refreshed(query) && !may_end_sooner(entry)) {
    reply.standing_until = standing(entry, query, std::min(fresh_until(entry), entry.refresh_from));
  }
  reply.why = "from the cache";
  switch (entry.result) {
    case FetchResult::validated:
      reply.served =
          entry.verdict->security == dnssec::Security::secure ? Served::secure : Served::insecure;
      break;
    case FetchResult::under_nta:
      reply.served = Served::under_nta;
      if (profile().nta.sends_ede_from_cache) {
        reply.ede = dns::EdeCode::negative_trust_anchor;
      }
      break;
    case FetchResult::unvalidated: reply.served = Served::unvalidated; break;
    case FetchResult::bogus:
    case FetchResult::unreachable:
    case FetchResult::limit_reached: {
      const BogusAnswerRule rule = decide_bogus_answer(profile(), query.checking_disabled);
      reply.served = rule.answer == BogusAnswer::permitted ? Served::bogus : Served::unvalidated;
      if (rule.has_ede) {
        reply.ede = failure_ede(
            profile(), {*entry.verdict, entry.chain_failed, FailureSource::remembered_answer});
      }
      break;
    }
  }
  reply.authentic_data = reply.served == Served::secure && !query.checking_disabled &&
                         (query.dnssec_ok || query.authentic_data);
  if (profile().cache.serves_original_ttl) {
    reply.ttl_s = entry.ttl_s;
    reply.age_s = 0;
  }
  apply_root_key_sentinel(reply, query);
  send_reply(std::move(reply), query);
}

// A negative failure may end before it expires, with the answer to another question.
bool Resolver::State::may_end_sooner(const AnswerEntry& entry) const {
  return entry.failure && entry.negative && profile().serve_stale.negative_needs_unchanged_proof;
}

void Resolver::State::reply_failure_entry(const AnswerEntry& entry, const ClientQuery& query) {
  ClientReply reply;
  reply.rcode = dns::Rcode::servfail;
  reply.served = Served::failed_cached;
  reply.verdict = entry.verdict;
  reply.from_cache = true;
  if (!may_end_sooner(entry)) reply.standing_until = standing(entry, query, fresh_until(entry));
  reply.why = "this failure is remembered (RFC 9520)";
  if (!entry.failed_negative && entry.result == FetchResult::bogus) {
    reply.ede = failure_ede(profile(),
                            {*entry.verdict, entry.chain_failed, FailureSource::remembered_answer});
  }
  send_reply(std::move(reply), query);
}

void Resolver::State::reply_stale_entry(const AnswerEntry& entry, const ClientQuery& query,
                                        std::string_view why,
                                        std::optional<SimTime> standing_until) {
  const ServeStale& settings = profile().serve_stale;
  ClientReply reply;
  reply.rcode = entry.data->rcode();
  reply.data = entry.data;
  reply.verdict = entry.verdict;
  reply.served = Served::stale;
  reply.from_cache = true;
  reply.ttl_s = stale_ttl_s(settings, entry.ttl_s);
  // RFC 8767 is silent; unbound and BIND keep AD on what was secure when it was stored.
  reply.authentic_data = entry.verdict->security == dnssec::Security::secure &&
                         entry.result == FetchResult::validated && !query.checking_disabled &&
                         (query.dnssec_ok || query.authentic_data);
  reply.ede = stale_ede(profile(), reply.rcode == dns::Rcode::nxdomain);
  reply.standing_until = standing_until;
  reply.why = why;
  send_reply(std::move(reply), query);
}

}  // namespace zonefall::resolver
