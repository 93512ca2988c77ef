// Passes over groups: the main loop of a run.
//
// Resolvers meet only through what is shared (which zone version each site serves when, what was
// decided publicly), and that is read-only during a pass. So a group (a resolver, or a few that
// touch each other) is replayed from start to end in one go, groups run in parallel, and what flows
// back is tallied as integers. If the tallies change what is shared, another pass runs on it, until
// nothing changes; a residual at the last pass is an error, not a note. Knows nothing of DNS.
#pragma once

#include <cstdint>
#include <functional>

#include "zonefall/core/result.h"

namespace zonefall::engine {

/// Calls `work(worker, index)` for every index below `count` on `threads` threads. `worker` is
/// below `threads` and tells which thread's own data to use. Indices are handed out in rising
/// order; results must not depend on which worker gets which. `stop` ends early when it turns true
/// (an interrupted run). Returns false if it was stopped.
struct ParallelFor {
  std::uint64_t count = 0;
  unsigned threads = 1;
  std::function<bool()> stop;  // may be empty
  /// May be empty. Called with the number of indices done, from any thread.
  std::function<void(std::uint64_t)> progress;
};
bool parallel_for(const ParallelFor& plan,
                  const std::function<void(unsigned worker, std::uint64_t index)>& work);

/// What a run is to the engine.
class Passes {
 public:
  virtual ~Passes() = default;
  [[nodiscard]] virtual std::uint64_t group_count() const = 0;
  /// Replays one group on the current shared timeline into the worker's own tally.
  virtual void replay(unsigned worker, std::uint64_t group) = 0;
  /// Merges the workers' tallies and derives the next shared timeline. Returns the residual: how
  /// far it moved (0: unchanged, the run is done).
  virtual std::uint64_t react() = 0;
  /// Empties the tallies for the next pass.
  virtual void clear_tallies() = 0;
};

struct PassLimits {
  unsigned threads = 1;
  unsigned passes_max = 8;
  std::function<bool()> stop;
  std::function<void(unsigned pass, std::uint64_t groups_done)> progress;
};

struct PassReport {
  unsigned passes = 0;
  bool stopped = false;
};

/// Errors: the shared timeline did not settle within passes_max; the message has the residual.
Result<PassReport> run_passes(Passes& passes, const PassLimits& limits);

}  // namespace zonefall::engine
