// Starting, finding, joining and running tasks.
#include <algorithm>

#include "resolver/state.h"

namespace zonefall::resolver {

namespace {

// Deeper than any sane chain of "to learn this, first learn that" (RFC 9619 is about less).
constexpr std::uint32_t depth_max = 24;

// Tasks that one client query may start: referrals that multiply must come to an end (RFC 1035
// 7.1, RFC 1034 5.3.3; CVE-2020-8616).
constexpr std::uint32_t tree_starts_max = 100;

}  // namespace

Task& Resolver::State::start_task(const dns::Question& question, bool checking_disabled,
                                  std::uint32_t depth) {
  Task& task = tasks_.start(question, checking_disabled, now_ + profile().upstream.query_deadline);
  task.depth = depth;
  make_ready(task.id);
  return task;
}

// Who started it may have ended, at its deadline; then it works for whoever waits for it.
Task* Resolver::State::root_of(Task& task) {
  Task* root = tasks_.find(task.root);
  for (auto parent = task.parents.begin(); root == nullptr && parent != task.parents.end();
       ++parent) {
    if (Task* waiting = tasks_.find(*parent)) root = tasks_.find(waiting->root);
  }
  if (root == nullptr && !task.clients.empty()) root = &task;
  if (root != nullptr) task.root = root->id;
  return root;
}

Task& Resolver::State::accountable_for(Task& task) {
  Task* root = root_of(task);
  return root != nullptr ? *root : task;
}

bool Resolver::State::has_checked_enough(Task& task) {
  return accountable_for(task).tree_checks >= profile().signature_validations_max;
}

// Upwards, by each task once: there may be more paths than anybody can walk.
bool Resolver::State::is_waited_for_by(TaskId awaited, TaskId waiting) {
  walks_ += 1;
  to_walk_.assign(1, awaited);
  while (!to_walk_.empty()) {
    Task* task = tasks_.find(to_walk_.back());
    to_walk_.pop_back();
    if (task == nullptr || task->last_walk == walks_) continue;
    if (task->id == waiting) return true;
    task->last_walk = walks_;
    to_walk_.insert(to_walk_.end(), task->parents.begin(), task->parents.end());
  }
  return false;
}

// ServeStale::failed_fetch_begins_anew.
bool Resolver::State::begins_anew(Task& task, FetchResult result) {
  const ServeStale& settings = profile().serve_stale;
  if (!settings.enabled || !settings.failed_fetch_begins_anew || task.has_begun_anew) return false;
  const bool is_for_client = !task.clients.empty() && !task.is_refresh && now_ < task.deadline;
  const bool has_learnt = task.zone.label_count() > task.first_zone_labels;
  if (!is_for_client || (!has_learnt && task.question.qtype != dns::RRType::ds)) return false;
  const AnswerEntry* existing = answers_.find(lookup_key(task.question, task.checking_disabled));
  const StaleRule rule = result == FetchResult::bogus ? settings.on_bogus : settings.on_unreachable;
  const bool has_stale = existing != nullptr && is_stale_candidate(*existing);
  if (has_stale && rule == StaleRule::until_max_stale) return false;
  task.begin_anew();
  make_ready(task.id);
  return true;
}

bool Resolver::State::wait_for(Task& task, const dns::Question& question,
                               std::uint32_t counted_queries) {
  if (task.depth >= depth_max) return false;
  Task* child = tasks_.find(question, false);
  if (child != nullptr) {
    if (is_waited_for_by(task.id, child->id)) return false;
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
    Task* task = tasks_.find(ready_[i]);
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

SimTime Resolver::State::next_wake() {
  SimTime wake = tasks_.next_timer();
  for (const Nta& nta : anchors_.ntas()) wake = std::min({wake, nta.until, nta.recheck_at});
  for (const WatchedName& watched : watched_) wake = std::min(wake, watched.wake_at());
  return wake;
}

}  // namespace zonefall::resolver
