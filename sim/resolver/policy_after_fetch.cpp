// After a fetch: serve it, serve stale, or fail (RFC 8767 4 and 5, RFC 9520 3, RFC 4035 5.5).
#include <algorithm>

#include "zonefall/resolver/policy.h"

namespace zonefall::resolver {

namespace {

Duration failure_lifetime(const FailureCaching& caching, const Situation& situation) {
  if (situation.result == FetchResult::unreachable) return caching.unreachable_ttl;
  const Duration ttl = Duration::seconds(situation.answer_ttl_s);
  if (caching.bounded_by_rr_ttl && situation.answer_ttl_s > 0) {
    return std::min(caching.answer_ttl, ttl);
  }
  // A bogus denial itself may be kept for longer.
  const bool is_denial =
      situation.result == FetchResult::bogus && situation.negative && !situation.chain_failed;
  const Duration record = is_denial ? std::min(ttl, caching.bogus_record_ttl_max) : Duration();
  return std::max(caching.answer_ttl, record);
}

bool has_lost_its_proof(const ServeStale& settings, const StaleCandidate& stale) {
  return stale.negative && settings.negative_needs_unchanged_proof && !stale.proof_unchanged;
}

// Whether the failed refresh leaves the expired answer in place.
bool keeps_expired_answer(const ServeStale& settings, const Situation& situation) {
  if (!settings.enabled || !situation.stale) return false;
  if (situation.now >= situation.stale->usable_until) return false;
  // With first_answer_only the one stale answer went out before the fetch; the failed refresh has
  // replaced the entry when a waiting client comes to be answered.
  const bool bogus = situation.result == FetchResult::bogus;
  const bool ended_by_limit =
      situation.ended_by_deadline || situation.result == FetchResult::limit_reached;
  if (ended_by_limit && !bogus && !settings.serves_after_limits) return false;
  const StaleRule rule = bogus ? settings.on_bogus : settings.on_unreachable;
  return rule == StaleRule::until_max_stale;
}

Decision serve_stale(const ResolverProfile& profile, const Situation& situation) {
  const ServeStale& settings = profile.serve_stale;
  const StaleCandidate& stale = *situation.stale;
  const bool bogus = situation.result == FetchResult::bogus;
  Decision decision;
  decision.serve = Serve::stale;
  decision.expired_entry = settings.failed_refresh_restarts_max_stale && bogus
                               ? ExpiredEntry::keep_and_restart
                               : ExpiredEntry::keep;
  decision.no_refresh_for = bogus ? settings.recheck_on_bogus : settings.recheck_on_unreachable;
  decision.ttl_s = stale_ttl_s(settings, stale.original_ttl_s);
  decision.ede = stale_ede(profile, stale.nxdomain);
  decision.why = bogus ? "the refresh was bogus: the expired answer is kept and served"
                       : "no server answered: the expired answer is served";
  return decision;
}

Decision serve_fresh(const ResolverProfile& profile, const Situation& situation) {
  Decision decision;
  decision.serve = Serve::fresh;
  decision.cache_for = fresh_lifetime(profile.cache, situation.answer_ttl_s, situation.negative);
  decision.ttl_s = static_cast<std::uint32_t>(decision.cache_for.to_seconds());
  switch (situation.result) {
    case FetchResult::under_nta:
      if (profile.nta.sends_ede) decision.ede = dns::EdeCode::negative_trust_anchor;
      decision.why = "a negative trust anchor covers the name: not validated";
      break;
    case FetchResult::unvalidated:
      decision.why = profile.validates ? "not validated: the client set CD"
                                       : "not validated: this resolver does not validate";
      break;
    case FetchResult::validated:
    case FetchResult::bogus:
    case FetchResult::unreachable:
    case FetchResult::limit_reached:
      decision.why = situation.verdict.security == dnssec::Security::secure
                         ? "validated: secure"
                         : "proved insecure: nothing to validate";
      break;
  }
  return decision;
}

Decision fail(const ResolverProfile& profile, const Situation& situation) {
  Decision decision;
  decision.serve = Serve::failure;
  decision.cache_for = failure_lifetime(profile.failure_caching, situation);
  switch (situation.result) {
    case FetchResult::limit_reached:
      decision.why = "a bound on the work for one query was reached";
      break;
    case FetchResult::unreachable:
      if (profile.ede_on_unreachable) decision.ede = dns::EdeCode::no_reachable_authority;
      decision.why = "no server gave a usable answer, and there is nothing stale to serve";
      break;
    case FetchResult::validated:
    case FetchResult::under_nta:
    case FetchResult::unvalidated:
    case FetchResult::bogus:
      decision.ede =
          failure_ede(profile, {situation.verdict, situation.chain_failed,
                                situation.failure_remembered ? FailureSource::remembered_chain
                                                             : FailureSource::this_query,
                                situation.at_new_delegation});
      decision.why = "validation failed, and there is nothing stale to serve";
      break;
  }
  return decision;
}

// The failure is remembered all the same.
Decision give_bogus(const ResolverProfile& profile, const Situation& situation,
                    const BogusAnswerRule& rule) {
  Decision decision = fail(profile, situation);
  decision.serve = Serve::fresh;
  decision.ttl_s = situation.answer_ttl_s;
  if (!rule.has_ede) decision.ede.reset();
  decision.why = rule.why;
  return decision;
}

}  // namespace

Duration fresh_lifetime(const CacheLimits& limits, std::uint32_t ttl_s, bool is_negative) {
  const Duration longest =
      is_negative ? std::min(limits.negative_ttl_max, limits.ttl_max) : limits.ttl_max;
  const bool has_own_min = is_negative && limits.negative_ttl_min != Duration::max();
  const Duration shortest = has_own_min ? limits.negative_ttl_min : limits.ttl_min;
  return std::clamp(Duration::seconds(ttl_s), std::min(shortest, longest), longest);
}

Decision decide_after_fetch(const ResolverProfile& profile, const Situation& situation) {
  const bool failed = situation.result == FetchResult::bogus ||
                      situation.result == FetchResult::unreachable ||
                      situation.result == FetchResult::limit_reached;
  if (!failed) return serve_fresh(profile, situation);
  const bool is_bogus = situation.result == FetchResult::bogus && situation.has_data;
  const BogusAnswerRule rule =
      is_bogus ? decide_bogus_answer(profile, situation.checking_disabled) : BogusAnswerRule();
  // What is permitted is as good as fresh data: expired data are not asked for.
  if (rule.answer == BogusAnswer::permitted) return give_bogus(profile, situation, rule);
  if (keeps_expired_answer(profile.serve_stale, situation)) {
    if (!has_lost_its_proof(profile.serve_stale, *situation.stale)) {
      return serve_stale(profile, situation);
    }
    Decision decision;
    decision.expired_entry = ExpiredEntry::keep;
    decision.why = "the refresh failed, and the expired negative answer has lost its proof";
    return decision;
  }
  return rule.answer == BogusAnswer::asked_for ? give_bogus(profile, situation, rule)
                                               : fail(profile, situation);
}

}  // namespace zonefall::resolver
