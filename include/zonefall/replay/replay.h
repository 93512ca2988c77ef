// Replaying a world: groups of resolvers through a run, in virtual time.
//
// A group (one resolver, or a few that a stub knows) is replayed from start to end in one go, with
// its own event queue; groups run in parallel and meet only through the World. Results are equal on
// any number of threads. Errors: a world that makes no sense (check() of world.h), an inquiry
// outside the run.
//
// Names that are popular at a resolver have arrivals of their own. A lookup of such a name that the
// cache answers at once with promises to stand (resolver::ClientReply::standing_until) stands for
// those after it until then: they are counted as rate times time and need no events. With
// Hits::events each of them is drawn and made instead, in streams of its own: what changes a
// resolver's state is bit-identical either way, and the counts agree within their sampling error.
//
// A lookup asks for A and AAAA at once. Each half ends with what its last try gave; the lookup ends
// with the half that brought addresses (A before AAAA), else with a failure if there is one, else
// with the denial of A. It is counted at its start, by its first resolver's cohort; a query is
// counted when it is sent. On SERVFAIL and on silence the stub tries again as its rule says, at the
// next resolver of its group where the rule lets it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/message.h"
#include "zonefall/outcome/store.h"
#include "zonefall/outcome/tally.h"
#include "zonefall/replay/world.h"
#include "zonefall/resolver/actions.h"
#include "zonefall/resolver/trace.h"

namespace zonefall::replay {

enum class Hits : std::uint8_t { rate_times_time, events };

struct ReplayOptions {
  unsigned threads = 1;
  Hits hits = Hits::rate_times_time;
  /// Of counted lookups, this share is kept as samples with a full explanation.
  std::uint32_t sample_ppm = 0;
  std::uint32_t samples_max = 1000;  // the first ones in order of (resolver, time)
  std::function<bool()> stop;
  std::function<void(std::uint64_t groups_done, std::uint64_t groups)> progress;
};

struct ReplayResult {
  outcome::Tally tally;
  std::vector<outcome::SampleRow> samples;
  bool stopped = false;  // before its end: the rest is of no use
  /// Of what happened (but for hits of Hits::events) and of the resolvers' states at the end, in
  /// order, per group, combined in order of groups.
  std::uint64_t fingerprint = 0;
  /// Hits of Hits::events that were not answered as promised. Always 0, or a resolver is wrong.
  std::uint64_t broken_promises = 0;
  /// Answers of servers that were remembered / made. These depend on the number of threads.
  std::uint64_t memo_hits = 0;
  std::uint64_t memo_misses = 0;
};

Result<ReplayResult> replay(const World& world, const ReplayOptions& options);

/// Two runs that differ in nothing but what servers answer: `world`, and `world` with
/// `other_servers`. Each result is the one that replay() gives, but what a group lives through
/// before it meets the first difference is lived once. Samples are of the first run alone; memo
/// counts are, in each, of both together. Errors: those of replay(), other servers or sites than
/// the world's.
struct PairedResult {
  ReplayResult first;
  ReplayResult second;
  std::uint64_t groups_parted = 0;  // the others never met a difference
};
Result<PairedResult> replay_pair(
    const World& world, const std::shared_ptr<const authority::ServerDirectory>& other_servers,
    const ReplayOptions& options);

/// One question asked of one resolver at one time, after that resolver has lived its run up to
/// then: what `zonefall query --explain` shows.
struct Inquiry {
  std::uint32_t cohort = 0;
  std::uint32_t resolver = 0;  // within the cohort
  dns::Question question;
  SimTime at;
  bool checking_disabled = false;
  /// The resolver forgets all it knows first, so that its answer shows the whole way from the root.
  bool from_empty_cache = false;
};
struct InquiryResult {
  resolver::ClientReply reply;
  Duration latency;
  std::vector<resolver::TraceStep> steps;
};
Result<InquiryResult> inquire(const World& world, const Inquiry& inquiry);

/// The lines that explain an inquiry or a sample, one a step, each with the time since the first
/// and indented by depth: who was asked what, the verdict with key tag and reason, the policy's
/// decision.
std::string explain(const std::vector<resolver::TraceStep>& steps);

}  // namespace zonefall::replay
