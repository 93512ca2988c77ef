#include "scenario/profile_knobs.h"

#include <array>

namespace zonefall::scenario {
namespace {

using namespace resolver;

constexpr std::string_view minimisation_word(QnameMinimisation mode) {
  switch (mode) {
    case QnameMinimisation::off: return "off";
    case QnameMinimisation::ask_a: return "ask_a";
    case QnameMinimisation::ask_ns: return "ask_ns";
  }
  return "";
}

constexpr std::string_view no_ds_proof_word(NoDsProof proof) {
  switch (proof) {
    case NoDsProof::referral: return "referral";
    case NoDsProof::query: return "query";
  }
  return "";
}

constexpr std::string_view chain_timing_word(ChainTiming timing) {
  switch (timing) {
    case ChainTiming::before_child: return "before_child";
    case ChainTiming::unsigned_before_child: return "unsigned_before_child";
    case ChainTiming::after_answer: return "after_answer";
  }
  return "";
}

constexpr std::string_view stale_rule_word(StaleRule rule) {
  switch (rule) {
    case StaleRule::never: return "never";
    case StaleRule::first_answer_only: return "first_answer_only";
    case StaleRule::until_max_stale: return "until_max_stale";
  }
  return "";
}

constexpr std::string_view more_in_answers_word(MoreInAnswers more) {
  switch (more) {
    case MoreInAnswers::never: return "never";
    case MoreInAnswers::with_proofs: return "with_proofs";
    case MoreInAnswers::always: return "always";
  }
  return {};
}

constexpr std::string_view ede_style_word(EdeStyle style) {
  switch (style) {
    case EdeStyle::none: return "none";
    case EdeStyle::stale_only: return "stale_only";
    case EdeStyle::stale_and_times: return "stale_and_times";
    case EdeStyle::bogus_6: return "bogus_6";
    case EdeStyle::bogus_6_key_9: return "bogus_6_key_9";
    case EdeStyle::bogus_6_denial_12: return "bogus_6_denial_12";
    case EdeStyle::bogus_6_ds_9: return "bogus_6_ds_9";
    case EdeStyle::chain_9_then_6: return "chain_9_then_6";
    case EdeStyle::by_reason: return "by_reason";
    case EdeStyle::by_record: return "by_record";
    case EdeStyle::no_reachable_authority_22: return "no_reachable_authority_22";
  }
  return "";
}

constexpr Duration zero = Duration::seconds(0);
constexpr std::array<DurationWord, 1> off_words = {{{"off", zero}}};
constexpr std::array<DurationWord, 1> never_words = {{{"never", zero}}};
constexpr std::array<DurationWord, 1> lifetime_words = {{{"until_removed", zero}}};
constexpr std::array<DurationWord, 1> negative_ttl_min_words = {{{"ttl_min", Duration::max()}}};
constexpr std::array<DurationWord, 2> client_timeout_words = {
    {{"at_once", zero}, {"until_failed", Duration::max()}}};

constexpr DurationRange any_duration = {};
constexpr DurationRange off_or_duration = {.words = off_words};
constexpr DurationRange never_or_duration = {.words = never_words};
// A wait of a client or for a server.
constexpr DurationRange wait = {Duration::milliseconds(1), Duration::minutes(10)};
constexpr CountRange tries = {1, 1'000, "queries"};

void describe_retry(Fields& f, BogusRetry& r) {
  f.count(fact("answer_queries_max", "queries for an answer that stays bogus, the first included"),
          r.answer_queries_max, tries);
  f.count(fact("ds_queries_max", "the same for DS"), r.ds_queries_max, tries);
  f.count(fact("dnskey_queries_max", "the same for DNSKEY"), r.dnskey_queries_max, tries);
  f.count(fact("dnskey_fetches_per_denial",
               "fetches of bogus DNSKEY, each with its own budget, for one denial"),
          r.dnskey_fetches_per_denial, tries);
  f.flag(fact("shared_budget", "one budget for a whole client query"), r.shared_budget);
  f.count(fact("failed_delegation_unsigned_queries",
               "queries for an unsigned answer while its delegation is remembered as failed"),
          r.failed_delegation_unsigned_queries, {0, 1'000, "queries"});
  f.count(fact("failed_delegation_signed_queries", "the same for a signed answer"),
          r.failed_delegation_signed_queries, {0, 1'000, "queries"});
  f.count(fact("crypto_failures_max", "failed signatures that one fetch may see"),
          r.crypto_failures_max, {0, 1'000, "signatures"});
  f.flag(fact("bogus_denial_asks_ds", "a bogus negative answer makes it ask for DS of the name"),
         r.bogus_denial_asks_ds);
  f.flag(fact("referral_counts", "a DS RRset in the referral is the first of ds_queries_max"),
         r.referral_counts);
  f.flag(fact("walks_denial_owners", "a bogus denial starts a search for zone cuts at its owners"),
         r.walks_denial_owners);
  f.flag(
      fact("unknown_key_asks_ds", "a denial by an unknown key makes it ask for DS of its owners"),
      r.unknown_key_asks_ds);
  f.count(fact("denial_walk_depth_max", "how deep that search goes, at most"),
          r.denial_walk_depth_max, tries);
  f.flag(fact("walk_skips_own_name", "that search does not ask for a name from below it"),
         r.walk_skips_own_name);
  f.flag(fact("retries_unproved_denials", "a denial without proof is asked for elsewhere too"),
         r.retries_unproved_denials);
}

void describe_failures(Fields& f, FailureCaching& c) {
  f.duration(fact("answer_ttl", "how long a bogus answer's failure is remembered"), c.answer_ttl,
             off_or_duration);
  f.flag(fact("bounded_by_rr_ttl", "at most the answer's smallest TTL"), c.bounded_by_rr_ttl);
  f.flag(fact("last_second_counts", "a failure still holds in the second it ends in"),
         c.last_second_counts);
  f.duration(fact("unreachable_ttl", "how long a failure without an answer is remembered"),
             c.unreachable_ttl, off_or_duration);
  f.duration(fact("delegation_ttl", "how long a zone with bogus DS or DNSKEY is remembered"),
             c.delegation_ttl, off_or_duration);
  f.duration(fact("bogus_record_ttl_max", "bound on the caching of bogus records themselves"),
             c.bogus_record_ttl_max, off_or_duration);
}

void describe_stale(Fields& f, ServeStale& s) {
  f.flag(fact("enabled", "serve stale data at all (RFC 8767)"), s.enabled);
  f.word<stale_rule_word>(fact("on_bogus", "when the refresh is bogus"), s.on_bogus);
  f.word<stale_rule_word>(fact("on_unreachable", "when no server answers"), s.on_unreachable);
  f.duration(fact("client_timeout", "wait for fresh data before stale data is served"),
             s.client_timeout, {zero, Duration::minutes(10), client_timeout_words});
  f.duration(fact("recheck_on_bogus", "no new refresh this long after a bogus one"),
             s.recheck_on_bogus, off_or_duration);
  f.duration(fact("recheck_on_unreachable", "no new refresh this long after an unanswered one"),
             s.recheck_on_unreachable, off_or_duration);
  f.duration(fact("stale_ttl", "TTL in stale answers"), s.stale_ttl, any_duration);
  f.flag(fact("stale_ttl_bounded_by_rr_ttl", "but at most the record's own TTL"),
         s.stale_ttl_bounded_by_rr_ttl);
  f.duration(fact("max_stale", "how long after its expiry an answer may be served"), s.max_stale,
             off_or_duration);
  f.flag(fact("serves_after_limits", "also where a bound on time or work ended the fetch"),
         s.serves_after_limits);
  f.flag(fact("failed_fetch_begins_anew", "what failed and is not stale is fetched once more"),
         s.failed_fetch_begins_anew);
  f.flag(fact("failed_refresh_restarts_max_stale", "a failed refresh restarts max_stale"),
         s.failed_refresh_restarts_max_stale);
  f.flag(fact("serves_negative_answers", "expired NXDOMAIN and NODATA may be served too"),
         s.serves_negative_answers);
  f.flag(fact("negative_needs_unchanged_proof",
              "a stale or failed negative answer needs its proof's RRsets unchanged"),
         s.negative_needs_unchanged_proof);
}

void describe_nta(Fields& f, NtaSettings& n) {
  f.duration(fact("lifetime", "of a negative trust anchor (RFC 7646)"), n.lifetime,
             {.words = lifetime_words});
  f.duration(fact("recheck", "interval at which an NTA is tested and dropped if not needed"),
             n.recheck, never_or_duration);
  f.flag(fact("flushes_on_install", "the subtree is flushed on installation and removal"),
         n.flushes_on_install);
  f.flag(fact("cached_keys_win", "cached keys and failures are used before the NTA is looked at"),
         n.cached_keys_win);
  f.flag(fact("keeps_failed_negatives", "bogus negative answers stay in the way under an NTA"),
         n.keeps_failed_negatives);
  f.flag(fact("answers_outlive_removal", "answers cached under an NTA outlive it"),
         n.answers_outlive_removal);
  f.flag(fact("delegations_stay_insecure",
              "delegations seen under an NTA over a zone without good keys outlive it, insecure"),
         n.delegations_stay_insecure);
  f.flag(fact("sends_ede", "EDE 33 on answers that needed an upstream query"), n.sends_ede);
  f.flag(fact("sends_ede_from_cache", "EDE 33 on answers from the cache"), n.sends_ede_from_cache);
}

void describe_cache(Fields& f, CacheLimits& c) {
  f.duration(fact("ttl_min", "lower bound on cached TTLs"), c.ttl_min, any_duration);
  f.duration(fact("ttl_max", "upper bound on cached TTLs"), c.ttl_max, any_duration);
  f.duration(fact("negative_ttl_max", "upper bound on negative TTLs (RFC 2308)"),
             c.negative_ttl_max, any_duration);
  f.duration(fact("negative_ttl_min", "lower bound on negative TTLs"), c.negative_ttl_min,
             {.words = negative_ttl_min_words});
  f.flag(fact("serves_original_ttl", "answers carry the TTLs that came, not what is left of them"),
         c.serves_original_ttl);
  f.flag(fact("serves_ttl_zero", "entries are still answered in their last second, at TTL 0"),
         c.serves_ttl_zero);
}

void describe_prefetch(Fields& f, Prefetch& p) {
  f.duration(fact("left_max", "with at most this much of its TTL left"), p.left_max,
             off_or_duration);
  f.share_ppm(fact("left_max_share", "or at most this share of it"), p.left_max_ppm);
  f.duration(fact("ttl_min", "only if its TTL is at least this"), p.ttl_min, any_duration);
  f.flag(fact("of_negative_answers", "negative answers too"), p.of_negative_answers);
  f.flag(fact("renews_delegations", "relying on no delegation that ends before the answer"),
         p.renews_delegations);
  f.duration(fact("retry_after", "again after one that failed; off: never again"), p.retry_after,
             off_or_duration);
}

void describe_answers(Fields& f, AnswerSections& a) {
  f.word<more_in_answers_word>(
      fact("more", "positive answers have more than was asked for: name servers, addresses"),
      a.more);
  f.flag(fact("drops_ns_in_positive", "name servers beside a positive answer are not believed"),
         a.drops_ns_in_positive);
  f.flag(fact("keeps_ns_in_negative", "those beside a negative answer's SOA are passed on"),
         a.keeps_ns_in_negative);
  f.flag(fact("keeps_unproved_additional", "additional data that do not validate stay in answers"),
         a.keeps_unproved_additional);
  f.flag(fact("drops_unknown", "beside the answer only records that resolvers know a use for"),
         a.drops_unknown);
}

void describe_upstream(Fields& f, UpstreamSettings& u) {
  f.duration(fact("timeout_initial", "for a server whose round trip is not known"),
             u.timeout_initial, wait);
  f.duration(fact("timeout_min", "shortest, by the round trips measured; off: the initial one"),
             u.timeout_min, off_or_duration);
  f.count(fact("timeouts_per_doubling", "timeouts in a row until the next wait is twice as long"),
          u.timeouts_per_doubling, {1, 1'000'000, "timeouts"});
  f.duration(fact("timeout_max", "longest wait for one reply"), u.timeout_max, wait);
  f.duration(fact("query_deadline", "a client query fails after this"), u.query_deadline, wait);
  f.count(fact("sends_per_query_max", "upstream queries for one question"), u.sends_per_query_max,
          {1, 100'000, "queries"});
  f.count(fact("sends_per_tree_max", "for all that one client query needs; 0: four times as many"),
          u.sends_per_tree_max, {0, 400'000, "queries"});
  f.count(fact("sends_per_server_max", "upstream queries to one server for one question"),
          u.sends_per_server_max, tries);
  f.count(fact("udp_payload_octets", "UDP size advertised (RFC 6891)"), u.udp_payload_octets,
          {512, 65'535, "octets"});
  f.count(fact("timeouts_before_backoff", "timeouts in a row before a server is left alone"),
          u.timeouts_before_backoff, {1, 1'000, "timeouts"});
  f.duration(fact("backoff", "how long it is left alone"), u.backoff, off_or_duration);
  f.duration(fact("rtt_band", "servers this near to the fastest are chosen among at random"),
             u.rtt_band, any_duration);
  f.count(fact("dnssec_lame_tries", "unsigned responses of signed zones that are thrown away"),
          u.dnssec_lame_tries, {0, 1'000, "responses"});
  f.flag(fact("asks_caches_last", "who answers from a cache is asked last, and then to resolve"),
         u.asks_caches_last);
  f.flag(fact("doubts_empty", "a response without any record is asked for once more"),
         u.doubts_empty);
  f.flag(fact("errors_are_for_edns", "FORMERR and NOTIMP, be it with OPT, are taken for no EDNS"),
         u.errors_are_for_edns);
  f.count(fact("rounds_max", "rounds through the servers; 0: until the deadline"), u.rounds_max,
          {0, 1'000, "rounds"});
  f.flag(fact("uses_others_glue", "glue of a name server's own zone serves other zones too"),
         u.uses_others_glue);
  f.flag(fact("believes_any_glue", "glue outside the zone of the server that gave it counts"),
         u.believes_any_glue);
  f.flag(fact("verifies_glue", "glue outside the delegated zone is used only if nothing else is"),
         u.verifies_glue);
  f.count(fact("ns_per_rrset_max", "NS records that are kept of one RRset"), u.ns_per_rrset_max,
          {1, 65'535, "records"});
  f.count(fact("signatures_per_rrset_max", "signatures that are kept of one RRset"),
          u.signatures_per_rrset_max, {1, 65'535, "signatures"});
  f.flag(fact("has_tcp", "truncated responses are asked for over TCP"), u.has_tcp);
  f.flag(fact("prefers_fastest", "always the fastest server"), u.prefers_fastest);
}

void describe_validation(Fields& f, ValidationSettings& v) {
  f.duration(fact("skew_min", "signatures are valid by at least this much longer"), v.skew_min,
             off_or_duration);
  f.duration(fact("skew_max", "and at most this; between, by a tenth of their period"), v.skew_max,
             off_or_duration);
  f.count(fact("nsec3_iterations_max", "more make a zone insecure (RFC 9276)"),
          v.nsec3_iterations_max, {0, 65'535, "iterations"});
  f.flag(fact("drops_failed_anchors", "trust anchors under which no key validates count as none"),
         v.drops_failed_anchors);
  f.flag(fact("needs_all_ds_algorithms", "each algorithm of a DS RRset must have signed all"),
         v.needs_all_ds_algorithms);
}

}  // namespace

void describe(Fields& f, ResolverProfile& p) {
  f.flag(fact("validates", "DNSSEC validation"), p.validates);
  f.flag(fact("validates_on_request", "only for clients that set DO or AD"),
         p.validates_on_request);
  f.flag(fact("permissive", "bogus answers are given to clients, without AD, instead of SERVFAIL"),
         p.permissive);
  f.word<minimisation_word>(fact("qname_minimisation", "RFC 9156"), p.qname_minimisation);
  f.count(fact("minimised_timeouts_max", "timeouts at a hidden label; 0: any number"),
          p.minimised_timeouts_max, {0, 1'000, "timeouts"});
  f.flag(fact("minimisation_is_strict", "errors at hidden labels are final"),
         p.minimisation_is_strict);
  f.flag(fact("primes_root", "the root's servers are asked who they are first (RFC 8109)"),
         p.primes_root);
  f.flag(fact("denies_any", "queries of type ANY get an empty answer (RFC 8482)"), p.denies_any);
  f.flag(fact("has_root_key_sentinel", "names that ask for root keys are answered (RFC 8509)"),
         p.has_root_key_sentinel);
  f.count(fact("aliases_max", "CNAME and DNAME steps of one query"), p.aliases_max,
          {1, 1'000, "aliases"});
  f.word<no_ds_proof_word>(
      fact("no_ds_proof", "where the proof that a delegation has no DS comes from"), p.no_ds_proof);
  f.word<chain_timing_word>(fact("chain_timing", "when a zone's chain of trust is built"),
                            p.chain_timing);
  f.flag(fact("asks_ds_before_keys", "DS come before the keys above; unsigned data need no keys"),
         p.asks_ds_before_keys);
  f.flag(fact("learns_cuts", "who answers for a child zone at once may name its servers"),
         p.learns_cuts);
  f.flag(fact("missing_keys_are_bogus", "keys that no server gives count as bogus ones"),
         p.missing_keys_are_bogus);
  f.flag(fact("synthesises_no_ds", "NSEC and NSEC3 in the cache prove \"no DS\" (RFC 8198)"),
         p.synthesises_no_ds);
  f.flag(fact("synthesises_denials", "cached NSEC deny names and types (RFC 8198)"),
         p.synthesises_denials);
  f.flag(fact("nxdomain_covers_below", "secure NXDOMAIN in the cache denies all below (RFC 8020)"),
         p.nxdomain_covers_below);
  f.flag(fact("validates_cd_queries", "+cd queries are validated, failures remembered"),
         p.validates_cd_queries);
  f.flag(fact("answers_cd_from_cache", "cached bogus data answers +cd queries"),
         p.answers_cd_from_cache);
  f.flag(fact("failures_apart_by_cd", "failures of +cd and other queries are kept apart"),
         p.failures_apart_by_cd);
  f.block(fact("bogus_retry", "tries after a failed validation"),
          [&] { describe_retry(f, p.bogus_retry); });
  f.block(fact("failure_caching", "RFC 9520"), [&] { describe_failures(f, p.failure_caching); });
  f.block(fact("serve_stale", "RFC 8767"), [&] { describe_stale(f, p.serve_stale); });
  f.block(fact("nta", "RFC 7646"), [&] { describe_nta(f, p.nta); });
  f.word<ede_style_word>(fact("ede_style", "which EDE codes reach the client (RFC 8914)"),
                         p.ede_style);
  f.flag(fact("ede_from_failure_cache", "remembered failures carry the code too"),
         p.ede_from_failure_cache);
  f.flag(fact("ede_on_unreachable", "EDE 22 where no server gave an answer"), p.ede_on_unreachable);
  f.flag(fact("ede_on_cd_answers", "bogus data given to +cd queries carries the code"),
         p.ede_on_cd_answers);
  f.flag(fact("ede_on_permissive_answers", "bogus data that `permissive` gives carries the code"),
         p.ede_on_permissive_answers);
  f.flag(fact("stale_nxdomain_ede", "EDE 19 instead of 3 on stale NXDOMAIN"), p.stale_nxdomain_ede);
  f.block(fact("cache", "bounds of the cache"), [&] { describe_cache(f, p.cache); });
  f.block(fact("upstream", "queries to servers"), [&] { describe_upstream(f, p.upstream); });
  f.count(fact("signature_validations_max", "signature validations for one client query"),
          p.signature_validations_max, {1, 1'000'000, "validations"});
  f.block(fact("prefetch", "a hit refreshes an answer that is about to expire"),
          [&] { describe_prefetch(f, p.prefetch); });
  f.block(fact("answers", "what answers hold beside what was asked for"),
          [&] { describe_answers(f, p.answers); });
  f.block(fact("validation", "how strictly signatures are judged"),
          [&] { describe_validation(f, p.validation); });
}

}  // namespace zonefall::scenario
