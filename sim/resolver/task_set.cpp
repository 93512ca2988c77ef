#include "resolver/task_set.h"

#include <algorithm>

#include "zonefall/core/assert.h"

namespace zonefall::resolver {

namespace {

// A task id is a sequence number over the index of the slot that holds the task.
constexpr unsigned slot_bits = 20;
constexpr std::uint64_t slot_mask = (std::uint64_t{1} << slot_bits) - 1;

std::uint32_t slot_of(TaskId id) {
  return static_cast<std::uint32_t>(id & slot_mask);
}

}  // namespace

void TimerQueue::add(SimTime at, TaskId task) {
  constexpr std::size_t worth_moving = 64;
  if (first_ >= worth_moving && first_ * 2 >= timers_.size()) {
    timers_.erase(timers_.begin(), timers_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  auto place = timers_.end();
  const auto first = timers_.begin() + static_cast<std::ptrdiff_t>(first_);
  while (place != first && at < std::prev(place)->at) --place;
  timers_.insert(place, {at, task});
}

Task& TaskSet::start(const dns::Question& question, bool checking_disabled, SimTime deadline) {
  auto slot = static_cast<std::uint32_t>(slots_.size());
  if (free_slots_.empty()) {
    ZF_ASSERT(slot <= slot_mask);
    slots_.emplace_back();
    if (slots_.size() > chains_.size()) rebuild_chains();
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  Task& task = slots_[slot];
  task.reset();
  task.id = (next_number_++ << slot_bits) | slot;
  task.question = question;
  task.target = question.qname;
  task.checking_disabled = checking_disabled;
  task.root = task.id;
  task.deadline = deadline;
  link(task);
  deadlines_.add(deadline, task.id);
  return task;
}

void TaskSet::end(Task& task) {
  unlink(task);
  free_slots_.push_back(slot_of(task.id));
  task.id = 0;
  task.phase = TaskPhase::done;
}

Task* TaskSet::find(TaskId id) {
  Task& task = slots_[slot_of(id)];
  return task.id == id ? &task : nullptr;
}

Task* TaskSet::find(const dns::Question& question, bool checking_disabled) {
  if (chains_.empty()) return nullptr;
  for (std::uint32_t at = chain_of(question); at != 0; at = slots_[at - 1].next_in_chain) {
    Task& task = slots_[at - 1];
    if (task.checking_disabled == checking_disabled && !task.ignores_ntas &&
        task.question == question) {
      return &task;
    }
  }
  return nullptr;
}

void TaskSet::set_client_timer(Task& task, SimTime at) {
  if (at >= task.client_timer_at) return;
  task.client_timer_at = at;
  client_timers_.add(at, task.id);
}

SimTime TaskSet::next_timer() {
  const SimTime deadline = deadlines_.next([&](SimTime, TaskId id) { return find(id) != nullptr; });
  const SimTime client_timer = client_timers_.next([&](SimTime at, TaskId id) {
    const Task* task = find(id);
    return task != nullptr && task->client_timer_at == at;
  });
  return std::min(deadline, client_timer);
}

void TaskSet::rebuild_chains() {
  chains_.assign(std::max<std::size_t>(16, chains_.size() * 2), 0);
  for (Task& task : slots_) {
    if (task.id != 0) link(task);
  }
}

void TaskSet::link(Task& task) {
  std::uint32_t& first = chain_of(task.question);
  task.next_in_chain = first;
  first = slot_of(task.id) + 1;
}

void TaskSet::unlink(const Task& task) {
  std::uint32_t* at = &chain_of(task.question);
  while (*at != slot_of(task.id) + 1) at = &slots_[*at - 1].next_in_chain;
  *at = task.next_in_chain;
}

}  // namespace zonefall::resolver
