// A task: the pursuit of one question, with the clients and tasks that wait for it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "resolver/sections.h"
#include "resolver/servers.h"
#include "resolver/tables.h"
#include "zonefall/resolver/actions.h"

namespace zonefall::resolver {

using TaskId = std::uint64_t;  // 0: none

enum class TaskPhase : std::uint8_t {
  locate,    // find the zone cut and a server, then send
  ask,       // one exchange is open
  validate,  // a response is there; its chain of trust may be missing pieces
  done,
};

struct ClientWaiter {
  ClientQuery query;
  bool replied = false;  // with stale data; the fetch goes on
};

/// What a task that was waited for came to, if it was no success.
struct ChildFailure {
  dns::Question question;
  VerdictPtr verdict;
  FetchResult result = FetchResult::unreachable;
};

/// How a chain of aliases ends that the cache knew the rest of.
struct CachedEnd {
  dns::Rcode rcode = dns::Rcode::noerror;
  bool is_negative = false;
};

/// Whom a task works for and within which bounds: what it keeps when it begins anew.
struct TaskMandate {
  TaskId id = 0;
  bool checking_disabled = false;
  bool ignores_ntas = false;    // an NTA's recheck
  bool is_unvalidated = false;  // ResolverProfile::validates_on_request: nobody has
  bool is_refresh = false;      // what is in the cache stays if it fails
  bool has_begun_anew = false;  // ServeStale::failed_fetch_begins_anew
  std::uint32_t depth = 0;
  TaskId root = 0;                  // the task it works for in the end, perhaps itself
  std::uint32_t tree_starts = 0;    // of a root: tasks started for it
  std::uint32_t tree_checks = 0;    // of a root: signatures checked for it
  std::uint32_t next_in_chain = 0;  // of TaskSet
  std::uint32_t waiting_for = 0;    // child tasks that are not done
  SimTime deadline;
  SimTime client_timer_at = SimTime::max();
};

/// How far a task has come, but for its names and lists.
struct TaskProgress {
  TaskPhase phase = TaskPhase::locate;
  bool has_candidates = false;
  bool is_forwarded = false;  // the servers in hand resolve for us
  bool is_first_try = false;  // FixedServers::is_first_try of those in hand
  bool skips_first_tries = false;
  bool has_primed = false;
  bool saw_nta = false;
  bool saw_unvalidated = false;
  bool saw_uncacheable = false;           // on the way to the target: FixedServers::is_uncached
  bool chain_failure_remembered = false;  // the chain failed, and not for this task first
  bool took_referral = false;
  bool saw_empty = false;                    // of the target, ReplyKind::empty
  bool sought_parent = false;                // of the target, for its DS RRset
  std::uint32_t tree_sends = 0;              // of a root: queries sent for it
  std::uint64_t last_walk = 0;               // the last call of is_waited_for_by() that came by
  SimTime cuts_good_until = SimTime::min();  // delegations must hold longer than that

  static constexpr std::uint32_t no_labels_max = 0xffffffff;
  std::uint32_t zone_labels_max = no_labels_max;    // cuts with more labels have nobody to ask
  std::uint32_t first_zone_labels = no_labels_max;  // of the zone it began at
  std::size_t minimised_labels = 0;  // labels of the target known to exist in the zone
  std::uint32_t sends = 0;
  std::uint32_t lame_tries = 0;       // UpstreamSettings::dnssec_lame_tries
  std::uint32_t fruitless_sends = 0;  // to the candidates in hand
  std::uint32_t cnames = 0;

  std::uint64_t exchange = 0;                  // open; 0: none
  dns::MessagePtr response;                    // to Task::asked, under validation
  const dns::SignedRRset* accepted = nullptr;  // of the last response; null: its authority section
  std::optional<CachedEnd> cached_end;         // instead of a response: the cache had the target
  std::uint32_t last_ttl_s = 0;                // of what was accepted last
  std::uint32_t last_ttl_s_max = 0;            // by its signatures and the cache's bound

  std::uint32_t ttl_s = 0xffffffff;   // smallest so far
  VerdictPtr verdict;                 // weakest so far
  std::uint32_t bogus_queries = 0;    // queries whose answer failed validation
  VerdictPtr bogus_verdict;           // on the last of them
  std::uint32_t failed_checks = 0;    // signatures over the last response that do not verify
  std::uint32_t crypto_failures = 0;  // BogusRetry::crypto_failures_max: of all that were bogus
};

/// A search for zone cuts at the owner names of a bogus denial, depth first
/// (BogusRetry::walks_denial_owners).
struct DenialWalk {
  /// A bogus denial on the way.
  struct Level {
    dns::Name owner;  // that it was asked for; of the first level DenialWalk::cut
    std::vector<dns::Name>
        left;                 // owners of its NSEC3 RRsets, not looked at yet, the next one last
    std::uint32_t ttl_s = 0;  // the smallest of it
  };
  std::vector<Level> levels;
  std::vector<dns::Name> finished;  // below these there is nothing left
  dns::Name asked;                  // DS of this is asked for now
  std::optional<dns::Name> cut;     // the delegation whose denial of DS began it
  VerdictPtr verdict;               // on the denial that began it
  bool is_over = false;             // there is one only for each task

  [[nodiscard]] bool is_on() const { return !levels.empty(); }
};

/// What will be cached besides the answer to the question: a step of a chain of aliases, or that a
/// name does not exist.
struct Step {
  dns::Name owner;
  dns::RRType type = dns::RRType::a;
  bool denies_name = false;
  AnswerEntry entry;
};

struct Task : TaskMandate, TaskProgress {
  dns::Question question;
  dns::Name target;     // the question's name, or where a CNAME led
  dns::Name zone;       // the zone cut in hand
  dns::Name data_zone;  // whose data the response holds: `zone`, or one below that it also serves
  dns::Question asked;  // what the last exchange asked; until there was one, of no meaning

  std::vector<ClientWaiter> clients;
  std::vector<TaskId> parents;
  std::vector<Candidate> candidates;      // servers of the zone
  std::vector<dns::Question> asked_ns;    // for addresses of this zone's name servers
  std::vector<ServerId> fetched_servers;  // what came of that
  std::vector<dns::SignedRRset> aliases;  // accepted on the way to the target
  std::vector<Step> steps;                // of those aliases and of what they led to
  MoreSections more;                      // of the answer, if it has any
  std::vector<dns::Question> needed;      // for the chain of trust: each is fetched once
  std::vector<ChildFailure> failures;
  DenialWalk walk;

  /// Empties it for reuse without giving back the memory of its lists. Question and target are for
  /// the caller to set.
  void reset() {
    static_cast<TaskMandate&>(*this) = TaskMandate();
    clients.clear();
    parents.clear();
    forget_progress();
  }

  /// As if it had just been started, for the same clients and tasks.
  void begin_anew() {
    forget_progress();
    has_begun_anew = true;
    target = question.qname;
  }

  void forget_progress() {
    static_cast<TaskProgress&>(*this) = TaskProgress();
    zone = dns::Name();
    data_zone = dns::Name();
    candidates.clear();
    asked_ns.clear();
    fetched_servers.clear();
    aliases.clear();
    steps.clear();
    more.authority.clear();
    more.additional.clear();
    more.is_chosen = false;
    needed.clear();
    failures.clear();
    walk = DenialWalk();
  }
};

}  // namespace zonefall::resolver
