// Replaying a world: groups of resolvers through a run, in virtual time.
//
// A group (one resolver, or a few that a stub knows) is replayed from start to end in one go, with
// its own event queue; groups run in parallel and meet only through the World. Every query is an
// event in this mode; it is the reference for faster ones. Results are equal on any number of
// threads.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/outcome/store.h"
#include "zonefall/outcome/tally.h"
#include "zonefall/replay/world.h"
#include "zonefall/resolver/trace.h"

namespace zonefall::replay {

struct ReplayOptions {
  unsigned threads = 1;
  /// Of counted lookups, this share is kept as samples with a full explanation.
  std::uint32_t sample_ppm = 0;
  std::uint32_t samples_max = 1000;  // the first ones in order of (resolver, time)
  std::function<bool()> stop;
  std::function<void(std::uint64_t groups_done, std::uint64_t groups)> progress;
};

struct ReplayResult {
  outcome::Tally tally;
  std::vector<outcome::SampleRow> samples;
  bool stopped = false;
  /// Of what happened, in order, per group, combined in order of groups.
  std::uint64_t fingerprint = 0;
};

Result<ReplayResult> replay(const World& world, const ReplayOptions& options);

/// One question asked of one resolver at one time, after that resolver has lived its run up to
/// then: what `zonefall query --explain` shows.
struct Inquiry {
  std::uint32_t cohort = 0;
  std::uint32_t resolver = 0;  // within the cohort
  dns::Question question;
  SimTime at;
  bool checking_disabled = false;
};
struct InquiryResult {
  resolver::ClientReply reply;
  Duration latency;
  std::vector<resolver::TraceStep> steps;
};
Result<InquiryResult> inquire(const World& world, const Inquiry& inquiry);

/// The lines that explain an inquiry or a sample.
std::string explain(const std::vector<resolver::TraceStep>& steps);

}  // namespace zonefall::replay
