// A task: the pursuit of one question, with the clients and tasks that wait for it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

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

struct Task {
  TaskId id = 0;
  dns::Question question;
  bool checking_disabled = false;
  bool ignores_ntas = false;  // an NTA's recheck
  std::uint32_t depth = 0;
  TaskId root = 0;                // the task it works for in the end, perhaps itself
  std::uint32_t tree_sends = 0;   // of a root: queries sent for it
  std::uint32_t tree_starts = 0;  // of a root: tasks started for it
  std::vector<ClientWaiter> clients;
  std::vector<TaskId> parents;
  SimTime deadline;
  SimTime client_timer_at = SimTime::max();

  TaskPhase phase = TaskPhase::locate;
  dns::Name target;                   // the question's name, or where a CNAME led
  dns::Name zone;                     // the zone cut in hand
  std::size_t minimised_labels = 0;   // labels of the target known to exist in the zone
  std::vector<Candidate> candidates;  // servers of candidates_zone
  dns::Name candidates_zone;
  bool has_candidates = false;
  std::vector<dns::Name> asked_ns_names;        // whose addresses were fetched for this zone
  std::vector<dns::Address> fetched_addresses;  // of those names
  std::uint32_t waiting_for = 0;                // child tasks that are not done
  std::uint32_t sends = 0;
  std::uint32_t cnames = 0;

  std::uint64_t exchange = 0;  // open; 0: none
  dns::Question asked;         // what the last exchange asked
  dns::MessagePtr response;    // to `asked`, under validation

  std::vector<dns::SignedRRset> answer;  // accepted so far (CNAME chains)
  std::vector<dns::SignedRRset> authority;
  std::uint32_t ttl_s = 0xffffffff;  // smallest so far
  VerdictPtr verdict;                // weakest so far
  bool saw_nta = false;
  bool saw_unvalidated = false;

  std::uint32_t bogus_queries = 0;        // queries whose answer failed validation
  bool chain_failure_remembered = false;  // the chain failed, and not for this task first
  std::uint32_t validations = 0;
  std::vector<dns::Question> needed;  // for the chain of trust: each is fetched once
  std::vector<ChildFailure> failures;
  std::vector<dns::Name> walk_owners;  // BogusRetry::walks_denial_owners
  std::size_t walk_next = 0;
};

}  // namespace zonefall::resolver
