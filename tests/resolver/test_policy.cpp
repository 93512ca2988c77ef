// Goal: the policies are tables. Each row is a situation that resolvers.md measured or an RFC
// states, and the decision it must lead to.
#include <catch2/catch.hpp>

#include "zonefall/resolver/policy.h"

using namespace zonefall;
using namespace zonefall::resolver;
using dnssec::Reason;
using dnssec::Verdict;

namespace {

const SimTime now = SimTime::from_unix_s(1'778'010'000);

Situation bogus_refresh_of_stale() {
  Situation s;
  s.result = FetchResult::bogus;
  s.verdict =
      Verdict::of(Reason::signature_crypto_failed, dns::Name::literal("de."), dns::RRType::nsec3);
  s.stale =
      StaleCandidate{now - Duration::minutes(5), now + Duration::hours(1), 10, false, true, false};
  s.answer_ttl_s = 10;
  s.now = now;
  return s;
}

ResolverProfile stale_profile(StaleRule on_bogus) {
  ResolverProfile p;
  p.serve_stale.enabled = true;
  p.serve_stale.on_bogus = on_bogus;
  p.serve_stale.on_unreachable = StaleRule::until_max_stale;
  p.serve_stale.recheck_on_bogus = Duration::seconds(5);
  p.serve_stale.stale_ttl_bounded_by_rr_ttl = true;
  return p;
}

}  // namespace

TEST_CASE("a bogus refresh keeps the expired answer where the profile says so") {
  const Decision d =
      decide_after_fetch(stale_profile(StaleRule::until_max_stale), bogus_refresh_of_stale());
  CHECK(d.serve == Serve::stale);
  CHECK(d.expired_entry == ExpiredEntry::keep);
  CHECK(d.no_refresh_for == Duration::seconds(5));
  CHECK(d.ttl_s == 10);  // min(30, the record's own TTL)
  CHECK(d.ede == dns::EdeCode::stale_answer);
}

TEST_CASE("with first_answer_only a waiting client of a bogus refresh gets SERVFAIL") {
  const Decision d =
      decide_after_fetch(stale_profile(StaleRule::first_answer_only), bogus_refresh_of_stale());
  CHECK(d.serve == Serve::failure);
  CHECK(d.expired_entry == ExpiredEntry::replace);
  CHECK(d.ede == dns::EdeCode::dnssec_bogus);
}

TEST_CASE("max_stale ends stale answers") {
  Situation s = bogus_refresh_of_stale();
  s.stale->usable_until = s.now;
  CHECK(decide_after_fetch(stale_profile(StaleRule::until_max_stale), s).serve == Serve::failure);
}

TEST_CASE("a stale negative answer needs its own proof where the profile says so") {
  Situation s = bogus_refresh_of_stale();
  s.stale->negative = true;
  s.stale->proof_unchanged = false;
  ResolverProfile p = stale_profile(StaleRule::until_max_stale);
  CHECK(decide_after_fetch(p, s).serve == Serve::stale);
  p.serve_stale.negative_needs_unchanged_proof = true;
  const Decision d = decide_after_fetch(p, s);
  CHECK(d.serve == Serve::failure);
  CHECK(d.expired_entry == ExpiredEntry::keep);  // measured: not cached, no EDE (8.2, 4)
  CHECK(d.cache_for == Duration::seconds(0));
  CHECK_FALSE(d.ede.has_value());
}

TEST_CASE("restarting max_stale is for bogus refreshes only") {
  ResolverProfile p = stale_profile(StaleRule::until_max_stale);
  p.serve_stale.failed_refresh_restarts_max_stale = true;
  Situation s = bogus_refresh_of_stale();
  CHECK(decide_after_fetch(p, s).expired_entry == ExpiredEntry::keep_and_restart);
  s.result = FetchResult::unreachable;
  CHECK(decide_after_fetch(p, s).expired_entry == ExpiredEntry::keep);
}

TEST_CASE("failures are remembered for as long as the profile says") {
  ResolverProfile p;
  p.failure_caching.answer_ttl = Duration::seconds(60);
  p.failure_caching.unreachable_ttl = Duration::seconds(5);
  Situation s = bogus_refresh_of_stale();
  s.stale.reset();
  CHECK(decide_after_fetch(p, s).cache_for == Duration::seconds(60));
  p.failure_caching.bounded_by_rr_ttl = true;
  CHECK(decide_after_fetch(p, s).cache_for == Duration::seconds(10));
  s.result = FetchResult::unreachable;
  CHECK(decide_after_fetch(p, s).cache_for == Duration::seconds(5));
}

TEST_CASE("EDE 22 is for failures without an answer, where the profile sends it (RFC 8914 4.23)") {
  Situation s = bogus_refresh_of_stale();
  s.stale.reset();
  ResolverProfile p;
  for (const FetchResult result :
       {FetchResult::unreachable, FetchResult::bogus, FetchResult::limit_reached}) {
    s.result = result;
    p.ede_on_unreachable = false;
    CHECK(decide_after_fetch(p, s).ede != dns::EdeCode::no_reachable_authority);
    p.ede_on_unreachable = true;
    CHECK((decide_after_fetch(p, s).ede == dns::EdeCode::no_reachable_authority) ==
          (result == FetchResult::unreachable));
  }
}

TEST_CASE("a client that set CD gets bogus data, and the failure is remembered all the same") {
  ResolverProfile p;
  Situation s = bogus_refresh_of_stale();
  s.stale.reset();
  s.checking_disabled = true;
  const Decision d = decide_after_fetch(p, s);
  CHECK(d.serve == Serve::fresh);
  CHECK(d.cache_for == p.failure_caching.answer_ttl);
  CHECK_FALSE(d.ede.has_value());
  s.result = FetchResult::unreachable;  // no data to give
  CHECK(decide_after_fetch(p, s).serve == Serve::failure);
}

TEST_CASE("a permissive profile gives bogus data rather than stale data or SERVFAIL") {
  ResolverProfile p = stale_profile(StaleRule::until_max_stale);
  Situation s = bogus_refresh_of_stale();
  CHECK(decide_after_fetch(p, s).serve == Serve::stale);
  p.permissive = true;
  const Decision d = decide_after_fetch(p, s);
  CHECK(d.serve == Serve::fresh);
  CHECK(d.expired_entry == ExpiredEntry::replace);
  CHECK(d.cache_for == p.failure_caching.answer_ttl);
  CHECK(d.ttl_s == s.answer_ttl_s);
  CHECK_FALSE(d.ede.has_value());
  p.ede_on_permissive_answers = true;
  CHECK(decide_after_fetch(p, s).ede == dns::EdeCode::dnssec_bogus);
  s.has_data = false;
  CHECK(decide_after_fetch(p, s).serve == Serve::stale);
  s.stale.reset();
  CHECK(decide_after_fetch(p, s).serve == Serve::failure);
}

TEST_CASE("who may have bogus answers: clients that set CD, and those of a permissive resolver") {
  ResolverProfile p;
  p.ede_on_cd_answers = true;
  CHECK(decide_bogus_answer(p, false).answer == BogusAnswer::withheld);
  CHECK(decide_bogus_answer(p, true).answer == BogusAnswer::asked_for);
  CHECK(decide_bogus_answer(p, true).has_ede);
  p.permissive = true;
  CHECK(decide_bogus_answer(p, false).answer == BogusAnswer::permitted);
  CHECK_FALSE(decide_bogus_answer(p, false).has_ede);
  CHECK(decide_bogus_answer(p, true).answer == BogusAnswer::asked_for);
}

TEST_CASE("fresh answers are cached within the profile's bounds") {
  ResolverProfile p;
  p.cache.ttl_max = Duration::seconds(100);
  p.cache.ttl_min = Duration::seconds(5);
  p.cache.negative_ttl_max = Duration::seconds(50);
  Situation s;
  s.verdict = Verdict::of(Reason::validated, dns::Name(), dns::RRType::a);
  s.answer_ttl_s = 3600;
  CHECK(decide_after_fetch(p, s).cache_for == Duration::seconds(100));
  s.negative = true;
  CHECK(decide_after_fetch(p, s).cache_for == Duration::seconds(50));
  s.answer_ttl_s = 1;
  CHECK(decide_after_fetch(p, s).cache_for == Duration::seconds(5));
}

TEST_CASE("of bounds on lifetimes that contradict each other the upper one wins") {
  CacheLimits limits;
  limits.ttl_min = Duration::seconds(60);
  limits.negative_ttl_max = Duration::seconds(50);
  CHECK(fresh_lifetime(limits, 1, true) == Duration::seconds(50));
  limits.ttl_max = Duration::seconds(40);
  for (const bool is_negative : {true, false}) {
    CHECK(fresh_lifetime(limits, 1, is_negative) == Duration::seconds(40));
    CHECK(fresh_lifetime(limits, 3600, is_negative) == Duration::seconds(40));
  }
}

TEST_CASE("answers under an NTA carry EDE 33 where the profile sends it") {
  ResolverProfile p;
  Situation s;
  s.result = FetchResult::under_nta;
  s.answer_ttl_s = 10;
  CHECK_FALSE(decide_after_fetch(p, s).ede.has_value());
  p.nta.sends_ede = true;
  CHECK(decide_after_fetch(p, s).ede == dns::EdeCode::negative_trust_anchor);
}

TEST_CASE("before a fetch: wait, stale at once, or stale without a refresh") {
  ServeStale settings = stale_profile(StaleRule::until_max_stale).serve_stale;
  const StaleCandidate stale = *bogus_refresh_of_stale().stale;
  BeforeFetch b = decide_before_fetch(settings, stale, std::nullopt, now);
  CHECK(b.action == StaleNow::fetch_and_wait);
  CHECK(b.client_timer == Duration::milliseconds(1800));
  settings.client_timeout = Duration::seconds(0);
  CHECK(decide_before_fetch(settings, stale, std::nullopt, now).action ==
        StaleNow::serve_and_refresh);
  CHECK(decide_before_fetch(settings, stale, now + Duration::seconds(1), now).action ==
        StaleNow::serve_without_fetch);
  settings.enabled = false;
  b = decide_before_fetch(settings, stale, std::nullopt, now);
  CHECK(b.action == StaleNow::fetch_and_wait);
  CHECK_FALSE(b.client_timer.has_value());
}

TEST_CASE("EDE codes of failures by style") {
  struct Row {
    EdeStyle style;
    Reason reason;
    bool chain_failed;
    FailureSource source;
    std::optional<dns::EdeCode> ede;
  };
  using dns::EdeCode;
  using enum EdeStyle;
  constexpr auto first = FailureSource::this_query;
  constexpr auto chain = FailureSource::remembered_chain;
  constexpr auto answer = FailureSource::remembered_answer;
  const std::vector<Row> rows = {
      {none, Reason::signature_crypto_failed, true, first, std::nullopt},
      {stale_only, Reason::signature_crypto_failed, true, first, std::nullopt},
      {bogus_6, Reason::dnskey_missing, true, first, EdeCode::dnssec_bogus},
      {bogus_6_key_9, Reason::dnskey_missing, false, answer, EdeCode::dnskey_missing},
      {bogus_6_key_9, Reason::signature_crypto_failed, true, first, EdeCode::dnssec_bogus},
      {bogus_6_denial_12, Reason::dnskey_missing, true, first, EdeCode::dnssec_bogus},
      {bogus_6_denial_12, Reason::dnskey_rrset_missing, true, first, EdeCode::other},
      {bogus_6_denial_12, Reason::denial_missing, false, first, EdeCode::rrsigs_missing},
      {bogus_6_denial_12, Reason::signature_expired, true, first, EdeCode::signature_expired},
      {bogus_6_denial_12, Reason::no_key_matches_ds, true, first, EdeCode::dnssec_bogus},
      {bogus_6_ds_9, Reason::no_key_matches_ds, true, first, EdeCode::dnskey_missing},
      {bogus_6_ds_9, Reason::dnskey_missing, true, first, EdeCode::dnssec_bogus},
      {chain_9_then_6, Reason::signature_crypto_failed, true, first, EdeCode::dnskey_missing},
      {chain_9_then_6, Reason::signature_crypto_failed, true, chain, EdeCode::dnssec_bogus},
      {chain_9_then_6, Reason::signature_crypto_failed, false, first, EdeCode::dnssec_bogus},
      {chain_9_then_6, Reason::dnskey_missing, false, first, EdeCode::dnskey_missing},
      {chain_9_then_6, Reason::dnskey_missing, true, chain, EdeCode::dnskey_missing},
      {chain_9_then_6, Reason::signature_expired, true, first, EdeCode::signature_expired},
      {chain_9_then_6, Reason::signature_expired, true, chain, EdeCode::signature_expired},
      {chain_9_then_6, Reason::signature_expired, true, answer, EdeCode::dnssec_bogus},
      {by_reason, Reason::signature_expired, false, first, EdeCode::signature_expired},
      {by_reason, Reason::dnskey_missing, false, first, EdeCode::dnskey_missing},
      {by_record, Reason::dnskey_missing, false, first, EdeCode::dnssec_bogus},
      {by_record, Reason::dnskey_rrset_missing, true, first, EdeCode::rrsigs_missing},
      {by_record, Reason::no_key_matches_ds, true, first, EdeCode::dnskey_missing},
      {no_reachable_authority_22, Reason::signature_crypto_failed, false, first,
       EdeCode::no_reachable_authority},
  };
  for (const Row& row : rows) {
    ResolverProfile p;
    p.ede_style = row.style;
    const Verdict v = Verdict::of(row.reason, dns::Name(), dns::RRType::a);
    CAPTURE(static_cast<int>(row.style), static_cast<int>(row.reason));
    CHECK(failure_ede(p, {v, row.chain_failed, row.source}) == row.ede);
  }
  ResolverProfile p;
  p.ede_style = bogus_6_denial_12;
  const Verdict no_keys = Verdict::of(Reason::dnskey_rrset_missing, dns::Name(), dns::RRType::a);
  CHECK(failure_ede(p, {no_keys, true, first, true}) == EdeCode::nsec_missing);
  p.ede_from_failure_cache = false;
  const Verdict expired = Verdict::of(Reason::signature_expired, dns::Name(), dns::RRType::a);
  CHECK_FALSE(failure_ede(p, {expired, false, answer}).has_value());
}
