// ResolverProfile: everything in which recursive resolver implementations differ, as data.
//
// The resolver has one mechanism; a profile sets its knobs to what an implementation was measured
// or documented to do. Profiles are YAML files (scenarios/profiles/), each value with its source;
// this is their in-memory form. No knob names a fault, a zone or a test: a profile behaves as it
// does because of what it caches, asks, retries and serves.
#pragma once

#include <cstdint>
#include <string>

#include "zonefall/core/time.h"

namespace zonefall::resolver {

/// RFC 9156: how names are uncovered label by label on the way down.
enum class QnameMinimisation : std::uint8_t { off, ask_a, ask_ns };

/// Where the proof that a delegation has no DS comes from.
enum class NoDsProof : std::uint8_t {
  referral,  // the NSEC / NSEC3 RRsets in the referral count
  query,     // a DS query is sent; a signed DS in the referral still counts
};

/// When the chain of trust of a zone is built.
enum class ChainTiming : std::uint8_t {
  before_child,           // at the zone cut, before the child is asked
  unsigned_before_child,  // so for delegations without a DS; others once the answer is there
  after_answer,           // once the answer is there
};

/// What happens to an answer whose validation failed and is tried again elsewhere.
struct BogusRetry {
  /// Queries for the same data in all, the first included; servers are taken in turn.
  std::uint32_t answer_queries_max = 6;
  std::uint32_t ds_queries_max = 6;
  std::uint32_t dnskey_queries_max = 6;
  /// Fetches of a DNSKEY RRset that stays bogus, each with its own budget, for one denial:
  /// BIND 9.20 starts one for each RRset of the denial.
  std::uint32_t dnskey_fetches_per_denial = 1;
  /// True: one budget for a whole client query (Knot), not one for each piece of data.
  bool shared_budget = false;
  /// Queries for the answer while a failed delegation is remembered: unsigned / signed data.
  std::uint32_t failed_delegation_unsigned_queries = 1;
  std::uint32_t failed_delegation_signed_queries = 1;
  /// Checks of a signature with a key that may fail for one fetch, of a denial those of its SOA and
  /// of the first proof that fails; one more ends it (BIND since 9.20.30:
  /// max-validation-failures-per-fetch 1).
  std::uint32_t crypto_failures_max = 1000;
  /// A bogus negative answer makes it ask for DS of the name, as if that were a delegation (BIND
  /// 9.18); that failure is remembered, and then the answer is asked for once only.
  bool bogus_denial_asks_ds = false;
  /// A DS RRset in the referral counts as the first of ds_queries_max.
  bool referral_counts = true;
  /// PowerDNS: a bogus denial makes it look for zone cuts at the owner names of its NSEC3 RRsets,
  /// with DS queries, each of which gets another bogus denial, until signature_validations_max or
  /// a bound on recursion ends it: so deep. 5.4, other than 4.8, does not ask for DS of a name from
  /// below that same name, so that the search may come to an end.
  bool walks_denial_owners = false;
  std::uint32_t denial_walk_depth_max = 17;
  bool walk_skips_own_name = false;
  /// NSEC and NSEC3 RRsets signed by a key that the zone has not might be another zone's: before
  /// the denial counts as bogus, DS is asked for at their owner names (BIND).
  bool unknown_key_asks_ds = false;
  /// A denial without signed NSEC or NSEC3 RRsets is asked for elsewhere, as bogus ones are, and a
  /// delegation is looked for above it (Knot Resolver: neither).
  bool retries_unproved_denials = true;
  bool operator==(const BogusRetry&) const = default;
};

/// RFC 9520 and what implementations do: how long failures are remembered.
struct FailureCaching {
  /// SERVFAIL for one question. With `bounded_by_rr_ttl`: at most the smallest TTL of the answer.
  Duration answer_ttl = Duration::seconds(1);
  bool bounded_by_rr_ttl = false;
  /// Lifetimes are counted in whole seconds; a failure still holds in the second it ends in.
  bool last_second_counts = false;
  /// Failures that are not bogus (no server answered).
  Duration unreachable_ttl = Duration::seconds(1);
  /// A zone whose DS or DNSKEY failed to validate; zero: forgotten at once.
  Duration delegation_ttl = Duration::seconds(0);
  /// Bogus records themselves are cached for min(TTL, this), denials of DS too; zero: not at all.
  Duration bogus_record_ttl_max = Duration::seconds(0);
  bool operator==(const FailureCaching&) const = default;
};

/// RFC 8767. `never` for one cause does not exclude the other.
enum class StaleRule : std::uint8_t {
  never,
  first_answer_only,  // the refresh replaces the entry, bogus or not
  until_max_stale,    // a failed refresh leaves the expired entry in place
};

struct ServeStale {
  bool enabled = false;
  StaleRule on_bogus = StaleRule::never;
  StaleRule on_unreachable = StaleRule::never;
  /// How long a client waits for fresh data before it gets stale data; zero: stale at once,
  /// Duration::max(): until the fetch has failed.
  Duration client_timeout = Duration::milliseconds(1800);
  /// No new refresh this long after a failed one.
  Duration recheck_on_bogus = Duration::seconds(0);
  Duration recheck_on_unreachable = Duration::seconds(0);
  Duration stale_ttl = Duration::seconds(30);
  bool stale_ttl_bounded_by_rr_ttl = false;
  Duration max_stale = Duration::days(1);  // after expiry; zero: nothing is ever stale
  /// Also after a fetch that a bound ended (the deadline, validations), not only once all servers
  /// have been asked in vain.
  bool serves_after_limits = true;
  /// A client's fetch that has failed where nothing is stale begins anew, once, if it has learnt of
  /// a deeper zone cut than it began at, or is for DS (BIND, whose lookup of stale data that is);
  /// bounds on queries count from there.
  bool failed_fetch_begins_anew = false;
  bool failed_refresh_restarts_max_stale = false;
  bool serves_negative_answers = true;
  /// A negative answer counts as stale data, or as a remembered failure, only while its proof's
  /// RRsets in the cache are the same as when it was stored.
  bool negative_needs_unchanged_proof = false;
  bool operator==(const ServeStale&) const = default;
};

/// RFC 7646 and what implementations do with their caches.
struct NtaSettings {
  Duration lifetime = Duration::seconds(0);  // zero: until removed
  Duration recheck = Duration::seconds(0);   // zero: never
  bool flushes_on_install = false;           // the subtree, and again on removal
  /// True: keys and failures that are in the key cache are used before the NTA is looked at.
  bool cached_keys_win = false;
  /// Bogus negative answers stay in the packet cache for their TTL: not used while they can be
  /// fetched anew, but in the way once an NTA covers the name.
  bool keeps_failed_negatives = false;
  /// Answers cached under an NTA are still served after its removal.
  bool answers_outlive_removal = false;
  /// Delegations below an NTA over a zone whose keys were not known to be good stay insecure after
  /// its removal, as long as their NS RRsets are cached (Knot Resolver).
  bool delegations_stay_insecure = false;
  bool sends_ede = false;  // EDE 33 on answers that needed an upstream query
  bool sends_ede_from_cache = false;
  bool operator==(const NtaSettings&) const = default;
};

/// Which EDE codes reach the client.
enum class EdeStyle : std::uint8_t {
  none,
  stale_only,         // 3 and 19
  stale_and_times,    // so, and 7 and 8 for signatures out of their time (BIND since 9.20.8)
  bogus_6,            // 6 where no key or denial does, the verdict's own code otherwise
  bogus_6_key_9,      // as bogus_6, but 9 for signatures by keys not there (unbound 1.26)
  bogus_6_denial_12,  // as bogus_6, but 12 for DS and DNSKEY RRsets denied without proof,
                      // later 0 for DNSKEY (Knot Resolver)
  bogus_6_ds_9,       // as bogus_6_denial_12, but 9 where no key matches the DS RRset (Knot
                      // Resolver since 6)
  chain_9_then_6,     // as bogus_6_key_9, but 9 at first where the chain broke, and 6 for
                      // answers whose failure is remembered (unbound 1.17)
  by_reason,          // the verdict's own code
  by_record,          // so, but 6 for keys not there, 10 for a missing DNSKEY RRset: what is
                      // wrong with signatures, not with keys (PowerDNS)
  no_reachable_authority_22,  // 22 for every failure (1.1.1.1 in May 2026)
};

struct CacheLimits {
  Duration ttl_min = Duration::seconds(0);
  Duration ttl_max = Duration::days(1);
  Duration negative_ttl_max = Duration::hours(1);
  /// Of negative answers, instead of ttl_min; max(): that.
  Duration negative_ttl_min = Duration::max();
  /// Answers from the cache carry the TTLs that came, not what is left of them.
  bool serves_original_ttl = false;
  /// Entries at TTL 0 are still answered in their last second.
  bool serves_ttl_zero = false;
  bool operator==(const CacheLimits&) const = default;
};

/// A hit on an answer that is about to expire is answered and refreshes it: in the last
/// `left_max` of its TTL, or the last `left_max_ppm` of it, whichever is longer. Both zero: never.
struct Prefetch {
  Duration left_max = Duration::seconds(0);  // BIND's trigger
  std::uint32_t left_max_ppm = 0;            // unbound: a tenth
  Duration ttl_min = Duration::seconds(0);   // only of answers with this TTL or more
  bool of_negative_answers = true;
  /// A refresh does not rely on delegations that end before what it refreshes (Unbound).
  bool renews_delegations = false;
  Duration retry_after = Duration::seconds(0);  // a refresh that failed; zero: it was the only one
  bool operator==(const Prefetch&) const = default;
};

struct UpstreamSettings {
  Duration timeout_initial = Duration::milliseconds(376);
  /// The lower bound of the retransmission timer, where RFC 6298 2.4 has one second. For a server
  /// that has answered the timer is its smoothed round trip and four times the deviation (2.3;
  /// weights of 1/8 and 1/4), but the deviation starts at a quarter of `timeout_initial`, not at
  /// half a round trip (2.2), and at least 12 ms are added for it. Zero: no deviation is kept, and
  /// the timer is four times the smoothed round trip, but at least `timeout_initial`. Either way it
  /// doubles with timeouts (5.5), and is at most `timeout_max` (2.5); over TCP twice that.
  Duration timeout_min = Duration();
  /// Timeouts of a server in a row until its next wait is twice as long.
  std::uint32_t timeouts_per_doubling = 1;
  Duration timeout_max = Duration::seconds(12);
  Duration query_deadline = Duration::seconds(10);  // SERVFAIL after that
  /// For one question.
  std::uint32_t sends_per_query_max = 64;
  /// For a client query and all that is fetched for it (BIND: max-recursion-queries); 0: four times
  /// sends_per_query_max.
  std::uint32_t sends_per_tree_max = 0;
  /// For one question to one server of a zone (Unbound: outbound-msg-retry).
  std::uint32_t sends_per_server_max = 1000;
  std::uint16_t udp_payload_octets = 1232;
  /// A server that timed out this often in a row is left alone for `backoff`.
  std::uint32_t timeouts_before_backoff = 3;
  Duration backoff = Duration::seconds(60);
  /// Servers within this of the fastest RTT are chosen among at random.
  Duration rtt_band = Duration::milliseconds(400);
  /// Responses without DNSSEC from a zone that is signed: so many are thrown away for another
  /// server's (Unbound: 3, DNSSEC-lame servers), then one is taken.
  std::uint32_t dnssec_lame_tries = 0;
  /// Who answers a query without RD from a cache (RA and no AA, RFC 1035 4.1.1) is no server of the
  /// zone: others are asked first, and in the end these with RD (Unbound).
  bool asks_caches_last = false;
  /// A response without any record, not even an SOA (RFC 2308 2.2), is believed when there is a
  /// second one (Unbound).
  bool doubts_empty = false;
  /// FORMERR and NOTIMP, whatever they come with, are for EDNS, and the server is asked without
  /// (Unbound); else only FORMERR without OPT is (RFC 6891 7).
  bool errors_are_for_edns = false;
  /// After so many rounds through the servers a query fails; 0: its deadline ends it.
  std::uint32_t rounds_max = 0;
  /// Glue that came with the delegation of another zone, that of the name server, serves as well
  /// as an answer for its address would (Unbound).
  bool uses_others_glue = false;
  /// Glue is believed whatever its name, not only in the zone of the server that gave it (RFC 2181
  /// 5.4.1; Unbound: harden-glue off).
  bool believes_any_glue = false;
  /// Glue for names outside the zone that is delegated is not used while their own servers can tell
  /// the addresses (RFC 2181 5.4.1 ranks it lowest; Unbound: harden-unverified-glue).
  bool verifies_glue = false;
  /// NS records that are kept of one RRset, the first of them: more are an attempt to make the
  /// resolver work for others (CVE-2020-8616; Unbound: iter-scrub-ns).
  std::uint32_t ns_per_rrset_max = 65'535;
  /// The same of signatures: each may have to be checked (CVE-2023-50387; Unbound:
  /// iter-scrub-rrsig).
  std::uint32_t signatures_per_rrset_max = 65'535;
  /// A truncated response is asked for over TCP (RFC 7766 5); else the server has failed.
  bool has_tcp = true;
  bool prefers_fastest = false;  // always the fastest, else random inside the band

  /// sends_per_tree_max, resolved.
  [[nodiscard]] std::uint32_t tree_sends_max() const {
    return sends_per_tree_max > 0 ? sends_per_tree_max : 4 * sends_per_query_max;
  }
  bool operator==(const UpstreamSettings&) const = default;
};

/// Whether answers hold more than the RRset asked for and what proves it: an additional section,
/// and name servers in the authority section of a positive answer.
enum class MoreInAnswers : std::uint8_t {
  never,
  with_proofs,  // only positive answers with NSEC or NSEC3 beside them, or to type NS (Unbound)
  always,
};

/// What answers hold beside the RRset asked for.
struct AnswerSections {
  MoreInAnswers more = MoreInAnswers::never;
  /// Name servers that came along with a positive answer are dropped, and their addresses: they
  /// were not asked for (Unbound: iter-scrub-promiscuous). Else they also take the place of those
  /// that the parent names.
  bool drops_ns_in_positive = true;
  /// Those beside the SOA of a negative answer are passed on (Knot Resolver).
  bool keeps_ns_in_negative = false;
  /// Additional data that do not validate stay in secure answers (Unbound: val-clean-additional
  /// off).
  bool keeps_unproved_additional = false;
  /// Of the authority section only NS, SOA, DS, NSEC and NSEC3 are passed on, of the additional one
  /// only addresses (Unbound: harden-unknown-additional).
  bool drops_unknown = false;
  bool operator==(const AnswerSections&) const = default;
};

/// Where a resolver is laxer or stricter with signatures than RFC 4035 5.3 has it.
struct ValidationSettings {
  /// Signatures are valid by this much longer at both ends: a tenth of their validity period, at
  /// least skew_min and at most skew_max.
  Duration skew_min = Duration::seconds(0);
  Duration skew_max = Duration::seconds(0);
  /// RFC 9276 3.2: zones with more are insecure.
  std::uint32_t nsec3_iterations_max = 150;
  /// A trust anchor under which no DNSKEY RRset validates counts as none (Unbound:
  /// harden-dnssec-stripped off).
  bool drops_failed_anchors = false;
  /// Each supported algorithm of a DS RRset must have signed all of its zone (RFC 6840 5.11:
  /// validators should not insist on that, but may offer it; Unbound: harden-algo-downgrade).
  bool needs_all_ds_algorithms = false;
  bool operator==(const ValidationSettings&) const = default;
};

struct ResolverProfile {
  std::string name;
  bool validates = true;
  /// Only for clients that set DO or AD (RFC 6840 5.7); those of others are
  /// answered unvalidated (PowerDNS: dnssec=process).
  bool validates_on_request = false;
  /// Bogus answers are given to clients, without AD, where SERVFAIL is due (RFC 4035 5.5):
  /// Unbound's val-permissive-mode, dnssec=log-fail of PowerDNS. All else is done as without: other
  /// servers are tried, the failure is remembered (failure_caching), and while it is, its data are
  /// the answer.
  bool permissive = false;
  QnameMinimisation qname_minimisation = QnameMinimisation::ask_a;
  /// Timeouts of a zone's servers at a hidden label, after which the whole name is asked for; 0:
  /// it never is for that.
  std::uint32_t minimised_timeouts_max = 0;
  /// An error at a hidden label is the answer; else the whole name is asked for (RFC 9156 2.3).
  bool minimisation_is_strict = false;
  /// The root's servers are asked who they are before anything else (RFC 8109).
  bool primes_root = false;
  /// Queries of type ANY get an empty answer (RFC 8482 4 lets a server give less than all).
  bool denies_any = false;
  /// Names that ask whether a key is trusted for the root get SERVFAIL where it is not (RFC 8509).
  bool has_root_key_sentinel = false;
  /// CNAME and DNAME steps of one query (RFC 1034 5.2.2 wants a bound and sets none).
  std::uint32_t aliases_max = 11;
  NoDsProof no_ds_proof = NoDsProof::query;
  ChainTiming chain_timing = ChainTiming::after_answer;
  /// DS RRsets are asked for before the keys of the zone above, and data without signatures are
  /// bogus without a look at any key (BIND, PowerDNS).
  bool asks_ds_before_keys = false;
  /// Where a server answers for a child zone at once, it is believed who serves that (BIND, Knot
  /// Resolver, PowerDNS); else the child's names are asked for at its parent's servers.
  bool learns_cuts = false;
  /// Keys that no server gives are as bad as bogus ones, with EDE 9, and are remembered like them
  /// (Unbound); else whoever needs them fails as if nobody had answered him.
  bool missing_keys_are_bogus = false;
  /// RFC 8198 for DS: cached, validated NSEC or NSEC3 RRsets of a delegation, or opt-out NSEC3
  /// RRsets that cover it, prove "no DS", whatever answer they came with.
  bool synthesises_no_ds = false;
  /// RFC 8198 5.1: validated NSEC RRsets in the cache deny names and types without asking anybody.
  /// Wildcards are not expanded from the cache (5.3).
  bool synthesises_denials = false;
  /// RFC 8020: a secure NXDOMAIN in the cache answers for all names below.
  bool nxdomain_covers_below = false;
  /// +cd queries are validated all the same, and failures remembered.
  bool validates_cd_queries = false;
  /// Bogus data that is in the cache answers +cd queries.
  bool answers_cd_from_cache = true;
  /// A failure seen by a +cd query is not remembered for others, nor the other way round.
  bool failures_apart_by_cd = false;
  BogusRetry bogus_retry;
  FailureCaching failure_caching;
  ServeStale serve_stale;
  NtaSettings nta;
  EdeStyle ede_style = EdeStyle::by_reason;
  bool ede_from_failure_cache = true;
  bool ede_on_unreachable = false;         // 22 where no server gave an answer (RFC 8914 4.23)
  bool ede_on_cd_answers = false;          // bogus data given to a +cd query carries the code
  bool ede_on_permissive_answers = false;  // and so do those of `permissive`; Unbound: not
  bool stale_nxdomain_ede = false;         // 19 instead of 3 on stale NXDOMAIN (RFC 8914 4.20)
  CacheLimits cache;
  UpstreamSettings upstream;
  /// Bound on signature validations for one client query and all that is fetched for it; then the
  /// query fails without EDE, and the zone in hand is not remembered as failed. A denial that was
  /// begun is judged to its end (dnssec::ValidationLimits).
  std::uint32_t signature_validations_max = 1000;
  Prefetch prefetch;
  AnswerSections answers;
  ValidationSettings validation;
  bool operator==(const ResolverProfile&) const = default;
};

}  // namespace zonefall::resolver
