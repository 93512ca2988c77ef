// The end of a task: the policy decides, caches and waiters get the result.
#include <algorithm>

#include <fmt/format.h>

#include "resolver/servers.h"
#include "resolver/state.h"

namespace zonefall::resolver {

using dns::RRType;
using dnssec::Reason;
using dnssec::Security;
using dnssec::Verdict;

namespace {

// Only a delegation can be insecure: the record at the name has the NS bit and not the SOA bit (RFC
// 4035 5.2, RFC 5155 8.9, RFC 6840 4.4). Those of `proof_type` in `denial` are validated and deny
// the DS RRset.
bool is_denied_at_a_cut(std::span<const dns::SignedRRset> denial, RRType proof_type,
                        const dns::Name& name) {
  const auto is_cut = [](const dns::TypeBitmap& types) {
    return types.contains(RRType::ns) && !types.contains(RRType::soa);
  };
  for (const dns::SignedRRset& entry : denial) {
    if (entry.rrset->type() != proof_type) continue;
    if (proof_type == RRType::nsec && entry.rrset->owner() == name) {
      const auto nsec = dns::decode_nsec(entry.rrset->rdatas().front());
      return nsec.ok() && is_cut(nsec.value().types);
    }
    if (proof_type != RRType::nsec3 || entry.rrset->owner().is_root()) continue;
    const auto interval = dnssec::decode_interval(*entry.rrset, entry.rrset->owner().parent());
    if (interval && interval->owner_hash == dnssec::nsec3_hash(name, interval->params)) {
      return is_cut(interval->types);
    }
  }
  return false;
}

bool is_failure(FetchResult result) {
  return result == FetchResult::bogus || result == FetchResult::unreachable ||
         result == FetchResult::limit_reached;
}

Served served_by(FetchResult result, const Verdict& verdict) {
  switch (result) {
    case FetchResult::validated:
      return verdict.security == Security::secure ? Served::secure : Served::insecure;
    case FetchResult::under_nta: return Served::under_nta;
    case FetchResult::unvalidated: return Served::unvalidated;
    case FetchResult::bogus: return Served::failed_bogus;
    case FetchResult::unreachable: return Served::failed_unreachable;
    case FetchResult::limit_reached: return Served::failed_limit;
  }
  return Served::failed_unreachable;
}

// What was fetched: the accepted RRsets, or the bogus response for clients that set CD.
std::shared_ptr<const AnswerData> take_data(Task& task, FetchResult result) {
  using Section = AnswerData::Section;
  if (is_failure(result)) {
    if (!task.response || task.walk.is_on()) return nullptr;
    return std::make_shared<const AnswerData>(task.response->rcode, task.response->answer,
                                              task.response->authority);
  }
  if (task.cached_end) {
    auto signatures =
        task.response ? signatures_at(*task.response, task.asked) : std::vector<dns::BareRrsig>();
    return std::make_shared<const AnswerData>(task.cached_end->rcode, task.aliases,
                                              task.more.authority, task.more.additional,
                                              std::move(signatures));
  }
  const dns::Rcode rcode = task.response->rcode;
  const bool is_as_it_came = task.accepted == nullptr && !task.more.is_chosen;
  const Section authority =
      is_as_it_came ? Section(task.response->authority) : Section(task.more.authority);
  // One RRset goes as it came, for others to share.
  const bool is_one = task.aliases.empty() && task.question.qtype != RRType::any;
  if (is_one) {
    const Section answer = task.accepted != nullptr ? Section(task.accepted, 1) : Section();
    return std::make_shared<const AnswerData>(rcode, answer, authority, task.more.additional);
  }
  if (task.accepted != nullptr) {
    visit_answer(*task.response, task.asked, *task.accepted, [&](const dns::SignedRRset& entry) {
      task.aliases.push_back(with_ttl_at_most(entry, task.last_ttl_s_max));
    });
  }
  return std::make_shared<const AnswerData>(rcode, task.aliases, authority, task.more.additional);
}

std::uint32_t failed_answer_ttl_s(const Task& task) {
  if (!task.response || task.walk.is_on()) return 0;
  const auto& section =
      task.response->answer.empty() ? task.response->authority : task.response->answer;
  const std::uint32_t ttl_s = smallest_ttl_s(section);
  return ttl_s == 0xffffffff ? 0 : ttl_s;
}

}  // namespace

void Resolver::State::conclude(Task& task, FetchResult result, const VerdictPtr& given,
                               bool chain_failed) {
  if (is_failure(result) && begins_anew(task, result)) return;
  count_watched(task, result);
  VerdictPtr verdict = given;
  if (!verdict) {
    const Reason reason = is_failure(result) ? Reason::chain_unavailable : Reason::no_trust_anchor;
    verdict = std::make_shared<const Verdict>(
        Verdict::of(reason, task.question.qname, task.question.qtype));
  }
  Situation situation;
  situation.result = result;
  situation.verdict = *verdict;
  situation.checking_disabled = task.checking_disabled;
  situation.chain_failed = chain_failed;
  situation.failure_remembered = task.chain_failure_remembered;
  situation.at_new_delegation = task.took_referral;
  situation.ended_by_deadline = now_ >= task.deadline;
  situation.now = now_;
  situation.negative = task.cached_end ? task.cached_end->is_negative
                                       : task.response && task.response->answer.empty();
  situation.answer_ttl_s = is_failure(result) ? failed_answer_ttl_s(task) : task.ttl_s;
  if (profile().serve_stale.enabled) {
    const AnswerEntry* existing = answers_.find(lookup_key(task.question, task.checking_disabled));
    if (existing != nullptr && is_stale_candidate(*existing)) {
      situation.stale = stale_candidate(*existing);
    }
  }
  const std::shared_ptr<const AnswerData> data = take_data(task, result);
  situation.has_data = data != nullptr;
  const Decision decision = decide_after_fetch(profile(), situation);
  if (tracer != nullptr) {
    // What nobody validated has no verdict to tell.
    const bool has_verdict = result != FetchResult::unvalidated;
    trace(TraceKind::policy, task, task.question,
          has_verdict ? fmt::format("{} ({})", decision.why, verdict->to_text())
                      : std::string(decision.why));
  }
  if (!is_failure(result) || tells_address(data.get(), task.question.qname)) {
    hand_addresses_on(task, *data);
  }
  const bool recheck_failed = task.ignores_ntas && is_failure(result);
  const bool leaves_no_trace = is_failure(result) && came_too_early(task);
  if (leaves_no_trace && profile().prefetch.retry_after > Duration()) {
    answers_.find(key_for(task.question, task.checking_disabled))->refresh_from =
        now_ + profile().prefetch.retry_after;
  }
  if (!leaves_no_trace) remember_chain_result(task, result, verdict, data.get());
  const bool is_kept = !task.saw_uncacheable && is_at_cacheable(task);
  if (!recheck_failed && !leaves_no_trace && is_kept) {
    store(task, situation, decision, verdict, data);
  }
  store_steps(task);
  reply_to_clients(task, situation, decision, verdict, data);
  finish(task, result, verdict);
}

// What it was to refresh is still fresh.
bool Resolver::State::came_too_early(const Task& task) const {
  if (!task.is_refresh) return false;
  const AnswerEntry* kept = answers_.find(key_for(task.question, task.checking_disabled));
  return kept != nullptr && !kept->failure && is_fresh(*kept);
}

// DS and DNSKEY RRsets also complete or break the chain of their zone.
void Resolver::State::remember_chain_result(Task& task, FetchResult result,
                                            const VerdictPtr& verdict, const AnswerData* data) {
  const RRType type = task.question.qtype;
  if (type != RRType::ds && type != RRType::dnskey) return;
  if (!task.aliases.empty()) return;  // of the alias's owner it says nothing
  const dns::Name& zone = task.question.qname;
  // What a recheck learns must not win over its NTA: unbound has none, and its operator's tool is
  // not the resolver.
  const bool is_apart = task.ignores_ntas && profile().nta.cached_keys_win;
  // A zone's keys are its keys whoever asks; a DS that a client asks for completes no chain.
  if (!is_apart && result == FetchResult::bogus &&
      (type == RRType::dnskey || !task.parents.empty())) {
    const bool has_ds = task.response && !task.response->answer.empty();
    const FailedPiece piece = type == RRType::dnskey ? FailedPiece::dnskey
                              : has_ds               ? FailedPiece::ds
                                                     : FailedPiece::no_ds;
    remember_failure(zone, verdict, piece, failed_answer_ttl_s(task));
  }
  if (result != FetchResult::validated || data->answer().size() > 1) return;
  const SimTime expires_at =
      second() + std::min(Duration::seconds(task.ttl_s), profile().cache.ttl_max);
  if (type == RRType::ds) {
    const bool has_ds =
        !data->answer().empty() && data->answer().front().rrset->type() == RRType::ds;
    if (verdict->security != Security::secure) {
      remember_ds(zone, DsState::insecure, verdict, expires_at);
    } else if (has_ds) {
      zones_.at_or_new({zone}).ds = data->answer().front();
      take_secure_ds(zone, verdict, expires_at);
    } else if (is_denied_at_a_cut(data->authority(), verdict->type, zone)) {
      const Verdict no_ds = Verdict::of(Reason::no_ds_proved, zone, RRType::ds);
      remember_ds(zone, DsState::insecure, std::make_shared<const Verdict>(no_ds), expires_at);
    }
  } else if (verdict->security == Security::secure && !data->answer().empty()) {
    ZoneEntry& entry = zones_.at_or_new({zone});
    entry.keys = std::make_shared<const dnssec::ZoneKeys>(keys_in(*data->answer().front().rrset));
    entry.keys_are_of_recheck = is_apart;
    entry.keys_expire_at = while_in_use(expires_at);
    entry.failure = nullptr;
    entry.failed_until = SimTime::min();
  } else if (verdict->security == Security::insecure) {
    remember_ds(zone, DsState::insecure, verdict, expires_at);
  }
}

void Resolver::State::store(Task& task, const Situation& situation, const Decision& decision,
                            const VerdictPtr& verdict,
                            const std::shared_ptr<const AnswerData>& data) {
  const AnswerView key = key_for(task.question, task.checking_disabled);
  const bool failed = is_failure(situation.result);
  // A piece of a chain that fails is remembered with the chain, and as an answer only where bogus
  // records themselves are cached.
  const bool own_record = profile().failure_caching.bogus_record_ttl_max > Duration();
  if (task.depth > 0 && situation.result == FetchResult::bogus && !own_record) {
    if (AnswerEntry* expired = answers_.find(key)) expired->usable_until = now_;
    return;
  }
  if (failed && decision.expired_entry != ExpiredEntry::replace) {
    AnswerEntry& kept = *answers_.find(lookup_key(task.question, task.checking_disabled));
    kept.no_refresh_until = second() + decision.no_refresh_for;
    if (decision.expired_entry == ExpiredEntry::keep_and_restart) {
      kept.usable_until = second() + profile().serve_stale.max_stale;
    }
    return;
  }
  Duration hold = decision.cache_for;
  const bool failed_negative = failed && situation.negative && hold == Duration() &&
                               situation.result == FetchResult::bogus &&
                               profile().nta.keeps_failed_negatives;
  if (failed_negative) hold = Duration::seconds(situation.answer_ttl_s);
  if (hold == Duration()) {
    if (!failed) forget_superseded(key);
    return;
  }
  if (key.apart && !failed) {
    // New data take the place of expired data, validated or not.
    AnswerEntry* shared = answers_.find(key_for(task.question, false));
    if (shared != nullptr && !is_fresh(*shared)) shared->usable_until = now_;
  }
  has_steps_ =
      has_steps_ || task.question.qtype == RRType::cname || task.question.qtype == RRType::dname;
  AnswerEntry& entry = answers_.at_or_new(key);
  entry = AnswerEntry();
  entry.result = situation.result;
  entry.verdict = verdict;
  entry.data = data;
  entry.failure = failed;
  entry.negative = situation.negative;
  entry.proof = entry.negative && entry.data ? proof_identity(*entry.data) : 0;
  entry.chain_failed = situation.chain_failed;
  entry.failed_negative = failed_negative;
  entry.ttl_s = situation.answer_ttl_s;
  entry.expires_at = second() + hold;
  entry.refresh_from = refresh_from(entry, hold);
  entry.usable_until = entry.expires_at + profile().serve_stale.max_stale;
  purge_if_large();
}

// What is not to be kept is newer all the same than an expired answer or a failure, which would go
// on to be given in its place (RFC 8767 4).
void Resolver::State::forget_superseded(const AnswerView& key) {
  AnswerEntry* known = answers_.find(key);
  if (known == nullptr || (is_fresh(*known) && !known->failure)) return;
  known->expires_at = std::min(known->expires_at, second() - Duration::seconds(2));
  known->usable_until = now_;
}

// Entries that can answer nothing any more go, whenever the tables have doubled since.
void Resolver::State::purge_if_large() {
  if (answers_.size() + zones_.size() < purge_at_) return;
  answers_.erase_if([&](const AnswerKey&, const AnswerEntry& entry) {
    return !is_fresh(entry) && !is_stale_candidate(entry);
  });
  zones_.erase_if([&](const NameKey&, const ZoneEntry& zone) {
    return now_ >= zone.ns_expires_at && now_ >= zone.ds_expires_at &&
           now_ >= zone.keys_expire_at && now_ >= zone.failed_until;
  });
  denied_names_.erase_if(
      [&](const NameKey&, const AnswerEntry& entry) { return !is_fresh(entry); });
  denials_.erase_if([&](const NameKey&, ZoneDenials& zone) {
    const auto is_over = [&](const auto& known) { return now_ >= known.second.expires_at; };
    std::erase_if(zone.nsecs, is_over);
    std::erase_if(zone.insecure_nsec3s, is_over);
    return zone.nsecs.empty() && zone.insecure_nsec3s.empty();
  });
  const auto is_over = [&](const NameKey&, const LameServers& lame) { return now_ >= lame.until; };
  lame_.erase_if(is_over);
  caches_.erase_if(is_over);
  // What may still be compared with: answers live at most this long, expired or not.
  const ServeStale& stale = profile().serve_stale;
  const Duration comparable =
      profile().cache.ttl_max + (stale.enabled ? stale.max_stale : Duration());
  proofs_.erase_if([&](const AnswerKey&, const ProofEntry& proof) {
    return now_ >= proof.kept_until && now_ - proof.stored_at > comparable;
  });
  purge_at_ = std::max<std::size_t>(1024, 2 * (answers_.size() + zones_.size()));
}

void Resolver::State::reply_to_clients(Task& task, const Situation& situation,
                                       const Decision& decision, const VerdictPtr& verdict,
                                       const std::shared_ptr<const AnswerData>& data) {
  const AnswerEntry* stale = decision.serve == Serve::stale
                                 ? answers_.find(lookup_key(task.question, task.checking_disabled))
                                 : nullptr;
  for (const ClientWaiter& waiter : task.clients) {
    if (waiter.replied) continue;
    if (decision.serve == Serve::stale) {
      reply_stale_entry(*stale, waiter.query, decision.why, std::nullopt);
      continue;
    }
    ClientReply reply;
    reply.verdict = verdict;
    reply.served = served_by(situation.result, *verdict);
    reply.why = decision.why;
    reply.ede = decision.ede;
    if (decision.serve == Serve::fresh) {
      reply.data = data;
      reply.rcode = data->rcode();
      reply.ttl_s = decision.ttl_s;
      if (is_failure(situation.result)) {
        reply.served = waiter.query.checking_disabled ? Served::unvalidated : Served::bogus;
      }
      reply.authentic_data = reply.served == Served::secure && !waiter.query.checking_disabled &&
                             (waiter.query.dnssec_ok || waiter.query.authentic_data);
      apply_root_key_sentinel(reply, waiter.query);
    }
    send_reply(std::move(reply), waiter.query);
  }
}

// To the tasks that want to ask a name server of that name, whatever the cache will keep.
void Resolver::State::hand_addresses_on(const Task& task, const AnswerData& data) {
  for (const TaskId id : task.parents) {
    Task* parent = tasks_.find(id);
    if (parent == nullptr) continue;
    const auto& asked = parent->asked_ns;
    if (std::find(asked.begin(), asked.end(), task.question) == asked.end()) continue;
    for (const dns::SignedRRset& entry : data.answer()) {
      append_servers(entry, servers_, parent->fetched_servers);
    }
  }
}

void Resolver::State::finish(Task& task, FetchResult result, const VerdictPtr& verdict) {
  const bool lifts_nta = task.ignores_ntas && task.depth == 0 && result == FetchResult::validated &&
                         verdict->security == Security::secure;
  for (const TaskId id : task.parents) {
    Task* parent = tasks_.find(id);
    if (parent == nullptr) continue;
    parent->waiting_for -= 1;
    if (is_failure(result)) parent->failures.push_back({task.question, verdict, result});
    if (parent->waiting_for == 0) make_ready(id);
  }
  tasks_.end(task);
  if (lifts_nta) remove_nta(task.question.qname);  // which it keeps until it begins anew
}

}  // namespace zonefall::resolver
