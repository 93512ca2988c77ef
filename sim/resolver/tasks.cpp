// Starting, finding, joining and running tasks.
#include <algorithm>

#include "resolver/state.h"

namespace zonefall::resolver {

namespace {

// A task id is a sequence number over the index of the slot that holds the task.
constexpr unsigned slot_bits = 20;
constexpr std::uint64_t slot_mask = (std::uint64_t{1} << slot_bits) - 1;

// Deeper than any sane chain of "to learn this, first learn that" (RFC 9619 is about less).
constexpr std::uint32_t depth_max = 24;

// Tasks that one client query may start: referrals that multiply must come to an end (RFC 1035
// 7.1, RFC 1034 5.3.3; CVE-2020-8616).
constexpr std::uint32_t tree_starts_max = 100;

// Empties a task for reuse without giving back the memory of its lists.
void reset(Task& task) {
  Task empty;
  const auto reuse = [](auto& kept, auto& fresh) {
    kept.clear();
    fresh.swap(kept);
  };
  reuse(task.clients, empty.clients);
  reuse(task.parents, empty.parents);
  reuse(task.candidates, empty.candidates);
  reuse(task.asked_ns_names, empty.asked_ns_names);
  reuse(task.fetched_addresses, empty.fetched_addresses);
  reuse(task.answer, empty.answer);
  reuse(task.authority, empty.authority);
  reuse(task.needed, empty.needed);
  reuse(task.failures, empty.failures);
  reuse(task.walk_owners, empty.walk_owners);
  task = std::move(empty);
}

}  // namespace

Task& Resolver::State::start_task(const dns::Question& question, bool checking_disabled,
                                  std::uint32_t depth) {
  std::size_t slot = tasks_.size();
  if (free_tasks_.empty()) {
    tasks_.emplace_back();
  } else {
    slot = free_tasks_.back();
    free_tasks_.pop_back();
  }
  ZF_ASSERT(slot <= slot_mask);
  Task& task = tasks_[slot];
  reset(task);
  task.id = (next_task_++ << slot_bits) | slot;
  task.question = question;
  task.target = question.qname;
  task.checking_disabled = checking_disabled;
  task.depth = depth;
  task.root = task.id;
  task.deadline = now_ + profile().upstream.query_deadline;
  make_ready(task.id);
  return task;
}

void Resolver::State::free_task(Task& task) {
  free_tasks_.push_back(static_cast<std::size_t>(task.id & slot_mask));
  task.id = 0;
  task.phase = TaskPhase::done;
}

Task* Resolver::State::find_task(TaskId id) {
  Task& task = tasks_[static_cast<std::size_t>(id & slot_mask)];
  return task.id == id ? &task : nullptr;
}

Task* Resolver::State::find_open_task(const dns::Question& question, bool checking_disabled) {
  for (Task& task : tasks_) {
    if (task.id != 0 && task.checking_disabled == checking_disabled && !task.ignores_ntas &&
        task.question == question) {
      return &task;
    }
  }
  return nullptr;
}

// Who started it may have ended, at its deadline; then it works for whoever waits for it.
Task* Resolver::State::root_of(Task& task) {
  Task* root = find_task(task.root);
  for (auto parent = task.parents.begin(); root == nullptr && parent != task.parents.end();
       ++parent) {
    if (Task* waiting = find_task(*parent)) root = find_task(waiting->root);
  }
  if (root == nullptr && !task.clients.empty()) root = &task;
  if (root != nullptr) task.root = root->id;
  return root;
}

bool Resolver::State::waits_for(TaskId waiting, TaskId on) {
  if (waiting == on) return true;
  const Task* task = find_task(on);
  if (task == nullptr) return false;
  // `on` waits for its children, which list it as a parent: look for a path down to `waiting`.
  for (const Task& child : tasks_) {
    const bool is_child = child.id != 0 && std::find(child.parents.begin(), child.parents.end(),
                                                     on) != child.parents.end();
    if (is_child && waits_for(waiting, child.id)) return true;
  }
  return false;
}

bool Resolver::State::wait_for(Task& task, const dns::Question& question,
                               std::uint32_t counted_queries) {
  if (task.depth >= depth_max) return false;
  Task* child = find_open_task(question, false);
  if (child != nullptr) {
    if (waits_for(task.id, child->id)) return false;
  } else {
    Task* root = root_of(task);
    if (root == nullptr || root->tree_starts >= tree_starts_max) return false;
    root->tree_starts += 1;
    child = &start_task(question, false, task.depth + 1);
    child->root = root->id;
    child->bogus_queries = counted_queries;
    child->ignores_ntas = task.ignores_ntas;
  }
  trace_wait(task, *child);
  child->parents.push_back(task.id);
  task.waiting_for += 1;
  return true;
}

void Resolver::State::make_ready(TaskId id) {
  ready_.push_back(id);
}

void Resolver::State::run_ready_tasks() {
  // By index, because running one task may make others ready.
  // NOLINTNEXTLINE(modernize-loop-convert)
  for (std::size_t i = 0; i < ready_.size(); ++i) {
    Task* task = find_task(ready_[i]);
    if (task != nullptr) run(*task);
  }
  ready_.clear();
}

void Resolver::State::run(Task& task) {
  const TaskId id = task.id;
  while (task.id == id && task.waiting_for == 0) {
    switch (task.phase) {
      case TaskPhase::locate: locate(task); break;
      case TaskPhase::validate: validate(task); break;
      case TaskPhase::ask:
      case TaskPhase::done: return;
    }
  }
}

std::optional<SimTime> Resolver::State::next_wake() const {
  SimTime wake = SimTime::max();
  for (const Task& task : tasks_) {
    if (task.id == 0) continue;
    wake = std::min({wake, task.deadline, task.client_timer_at});
  }
  for (const Nta& nta : anchors_.ntas()) wake = std::min({wake, nta.until, nta.recheck_at});
  if (wake == SimTime::max()) return std::nullopt;
  return wake;
}

}  // namespace zonefall::resolver
