// The open tasks of a resolver: found by id, by question, and by what runs out first.
//
// No step of a resolver looks at all its tasks: a busy one has hundreds, a kilobyte each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "resolver/task.h"

namespace zonefall::resolver {

/// Instants at which something of a task runs out, earliest first. A task that ends leaves its
/// entry behind, which is dropped when it comes to the front. Each is set a constant time ahead of
/// a clock that never goes back, so a new one goes to the end or close to it.
class TimerQueue {
 public:
  void add(SimTime at, TaskId task);
  /// The first instant of those for which `is_live(at, task)`; SimTime::max() if there is none.
  template <typename IsLive>
  SimTime next(IsLive&& is_live) {
    while (first_ < timers_.size() && !is_live(timers_[first_].at, timers_[first_].task)) {
      first_ += 1;
    }
    if (first_ < timers_.size()) return timers_[first_].at;
    timers_.clear();
    first_ = 0;
    return SimTime::max();
  }

 private:
  struct Timer {
    SimTime at;
    TaskId task = 0;
  };
  std::vector<Timer> timers_;
  std::size_t first_ = 0;  // those before it are done with
};

class TaskSet {
 public:
  /// A new task at its beginning, with id, question, target, deadline and root set. References to
  /// other tasks stay good.
  Task& start(const dns::Question& question, bool checking_disabled, SimTime deadline);
  void end(Task& task);
  /// Null if that task has ended.
  [[nodiscard]] Task* find(TaskId id);
  /// The open task for that question, rechecks of NTAs apart; null if there is none.
  [[nodiscard]] Task* find(const dns::Question& question, bool checking_disabled);
  /// The client timer of `task` runs out at `at`, if not before that.
  void set_client_timer(Task& task, SimTime at);
  /// When the first deadline or client timer runs out; SimTime::max() without tasks.
  [[nodiscard]] SimTime next_timer();

  /// All slots in a fixed order; those of tasks that have ended have id 0.
  [[nodiscard]] std::deque<Task>& slots() { return slots_; }
  [[nodiscard]] const std::deque<Task>& slots() const { return slots_; }

 private:
  [[nodiscard]] std::uint32_t& chain_of(const dns::Question& question) {
    return chains_[static_cast<std::size_t>(question.qname.hash()) & (chains_.size() - 1)];
  }
  void rebuild_chains();
  void link(Task& task);
  void unlink(const Task& task);

  std::deque<Task> slots_;  // references stay good while it grows
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t next_number_ = 1;
  // Open tasks whose names have one hash modulo the (power of two) size: slot of the first, plus
  // one; Task::next_in_chain leads on.
  std::vector<std::uint32_t> chains_;
  TimerQueue deadlines_;
  TimerQueue client_timers_;
};

}  // namespace zonefall::resolver
