// Policies: pure functions from a situation to a decision with its reason.
//
// A policy sees no cache, clock or random number; the resolver does the effects. This is where
// implementations and operators differ and what users of the simulator compare, so each policy is
// one small file (sim/resolver/policy_*.cpp) that can be tested as a table. The `why` of a decision
// is a sentence for the person who asks "why did this query fail?".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "zonefall/core/time.h"
#include "zonefall/dns/types.h"
#include "zonefall/dnssec/verdict.h"
#include "zonefall/resolver/nta_watch.h"
#include "zonefall/resolver/profile.h"

namespace zonefall::resolver {

/// How fetching and validating ended.
enum class FetchResult : std::uint8_t {
  validated,    // secure or insecure
  under_nta,    // not validated because an NTA covers the name
  unvalidated,  // the profile does not validate, or CD asked not to
  bogus,
  unreachable,    // no server gave a usable answer in time
  limit_reached,  // a bound on work threw: on validations, or on queries for one client query
};

/// An expired answer that is still in the cache.
struct StaleCandidate {
  SimTime expired_at;
  SimTime usable_until;          // expiry + max_stale, or later if restarted
  std::uint32_t original_ttl_s;  // smallest TTL of the answer's RRsets
  bool negative = false;         // NXDOMAIN or NODATA
  bool proof_unchanged = true;   // see ServeStale::negative_needs_unchanged_proof
  bool nxdomain = false;
};

/// All a policy may look at after a fetch has ended (or the client timer has run out).
struct Situation {
  FetchResult result = FetchResult::validated;
  dnssec::Verdict verdict;
  std::optional<StaleCandidate> stale;
  bool checking_disabled = false;   // the client set CD
  bool chain_failed = false;        // the failure is in DS / DNSKEY, not in the answer itself
  bool failure_remembered = false;  // and was found by an earlier query
  bool at_new_delegation = false;   // the query came by the referral to the zone
  bool ended_by_deadline = false;   // before all was tried
  bool negative = false;            // the fresh answer is NXDOMAIN or NODATA
  bool has_data = true;             // there is an answer to give, bogus or not
  std::uint32_t answer_ttl_s = 0;   // smallest TTL of a fresh answer's RRsets
  SimTime now;
};

enum class Serve : std::uint8_t { fresh, stale, failure };

/// What becomes of the expired cache entry.
enum class ExpiredEntry : std::uint8_t { replace, keep, keep_and_restart };

struct Decision {
  Serve serve = Serve::failure;
  Duration cache_for;  // of the answer or of the failure
  ExpiredEntry expired_entry = ExpiredEntry::replace;
  Duration no_refresh_for;  // recheck timer, for kept entries
  std::uint32_t ttl_s = 0;  // TTL in the answer, for stale answers
  std::optional<dns::EdeCode> ede;
  std::string_view why;
};

/// Why a client is given an answer that failed validation.
enum class BogusAnswer : std::uint8_t {
  withheld,   // it is not: SERVFAIL (RFC 4035 5.5)
  asked_for,  // the client set CD (RFC 4035 3.2.2)
  permitted,  // the resolver is permissive
};
struct BogusAnswerRule {
  BogusAnswer answer = BogusAnswer::withheld;
  bool has_ede = false;  // it carries the code of its failure, as any RCODE may (RFC 8914 2)
  std::string_view why;
};
BogusAnswerRule decide_bogus_answer(const ResolverProfile& profile, bool checking_disabled);

/// How long an answer with this TTL is fresh.
Duration fresh_lifetime(const CacheLimits& limits, std::uint32_t ttl_s, bool is_negative);

/// After a fetch: serve it, serve stale, or fail (RFC 8767 4 and 5, RFC 9520 3, RFC 4035 5.5).
Decision decide_after_fetch(const ResolverProfile& profile, const Situation& situation);

/// Before a fetch, with an expired answer in the cache: what the client gets now.
enum class StaleNow : std::uint8_t {
  fetch_and_wait,       // nothing stale (yet): the client waits for the fetch
  serve_and_refresh,    // stale at once, refresh in the background
  serve_without_fetch,  // stale at once, the recheck timer forbids a refresh
};
struct BeforeFetch {
  StaleNow action = StaleNow::fetch_and_wait;
  std::optional<Duration> client_timer;  // stale after this long if the fetch is not done
  std::string_view why;
};
BeforeFetch decide_before_fetch(const ServeStale& settings, const StaleCandidate& stale,
                                std::optional<SimTime> no_refresh_until, SimTime now);

/// The TTL that stale answers carry (RFC 8767 4: about 30 s).
std::uint32_t stale_ttl_s(const ServeStale& settings, std::uint32_t original_ttl_s);
/// The EDE code of stale answers: 3, or 19 for NXDOMAIN where the profile says so.
std::optional<dns::EdeCode> stale_ede(const ResolverProfile& profile, bool nxdomain);

/// Where a failure is known from: this query, an earlier one that broke the chain, or one for the
/// same answer.
enum class FailureSource : std::uint8_t { this_query, remembered_chain, remembered_answer };
struct KnownFailure {
  const dnssec::Verdict& verdict;
  bool chain_failed = false;
  FailureSource source = FailureSource::this_query;
  bool at_new_delegation = false;
};
/// The EDE code for a failure.
std::optional<dns::EdeCode> failure_ede(const ResolverProfile& profile,
                                        const KnownFailure& failure);

/// What an operator who watches a name has made up his mind about.
struct Alarm {
  std::optional<SimTime> failing_since;  // the first of the looks that all saw failing
  std::optional<SimTime> install_at;     // of the NTA
  bool operator==(const Alarm&) const = default;
};
/// At a look: what ended within the window.
struct WatchSituation {
  Alarm alarm;  // as the last look left it
  std::uint64_t resolutions = 0;
  std::uint64_t failures = 0;  // of them: validation failed
  bool nta_stands = false;     // over the name
  SimTime now;
};
struct WatchDecision {
  Alarm alarm;
  std::string_view why;
};
/// RFC 7646 2.
WatchDecision decide_at_look(const NtaWatch& watch, const WatchSituation& seen);
/// Before this instant no NTA is installed, whatever the looks from `next_look` on see.
SimTime earliest_install(const NtaWatch& watch, const Alarm& alarm, SimTime next_look);

}  // namespace zonefall::resolver
