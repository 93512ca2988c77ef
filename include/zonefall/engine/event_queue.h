// The event queue of one group: a total order, and time that never moves backward.
//
// An event's key is (time, phase, origin, origin's own counter): no two live events are equal, no
// counter is shared between groups, and adding an entity never renumbers the others' events. The
// queue is a monotone radix heap over the time since the group's start: pushes go forward in time
// only, which is what a simulation does, and memory is touched in order. What moves from bucket to
// bucket is a time and a place; the event itself stays where it was put.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "zonefall/core/assert.h"
#include "zonefall/core/time.h"

namespace zonefall::engine {

/// Order is behaviour: what operators do takes effect before what arrives at the same instant, and
/// what arrives is seen before timers run out.
enum class Phase : std::uint8_t { operator_action, delivery, timer, arrival };

struct EventKey {
  SimTime at;
  Phase phase = Phase::delivery;
  std::uint32_t origin = 0;           // entity within the group that scheduled it
  std::uint64_t origin_sequence = 0;  // that entity's own counter
  auto operator<=>(const EventKey&) const = default;
};

/// `Payload` is movable. Equal keys and pushes before the last popped key are broken invariants.
template <typename Payload>
class EventQueue {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] SimTime now() const { return last_; }

  struct Event {
    EventKey key;
    Payload payload;
  };

  void push(const EventKey& key, Payload payload) {
    ZF_ASSERT(key.at >= last_);
    const std::uint32_t slot = free_slot();
    events_[slot] = {key, std::move(payload)};
    place({key.at, slot});
    size_ += 1;
  }

  /// The event with the smallest key. The queue must not be empty.
  Event pop() {
    fill_first_bucket();
    std::vector<Handle>& first = buckets_[0];
    if (first.size() > 1) std::pop_heap(first.begin(), first.end(), later());
    const std::uint32_t slot = first.back().slot;
    first.pop_back();
    free_.push_back(slot);
    size_ -= 1;
    return std::move(events_[slot]);
  }

  /// The time of the next event. The queue must not be empty. May move now() up to it.
  [[nodiscard]] SimTime next_at() {
    fill_first_bucket();
    return last_;
  }

 private:
  // Bucket b > 0 holds events whose time differs from last_ first in bit b - 1 (from below); bucket
  // 0 holds events at last_ itself, as a binary heap over the rest of the key.
  static constexpr std::size_t bucket_count = 65;

  struct Handle {
    SimTime at;
    std::uint32_t slot = 0;  // in events_
  };

  [[nodiscard]] auto later() const {
    return [this](const Handle& a, const Handle& b) {
      const EventKey& x = events_[a.slot].key;
      const EventKey& y = events_[b.slot].key;
      ZF_ASSERT(x != y || a.slot == b.slot);
      return x > y;
    };
  }

  std::uint32_t free_slot() {
    if (free_.empty()) {
      events_.emplace_back();
      return static_cast<std::uint32_t>(events_.size() - 1);
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    return slot;
  }

  [[nodiscard]] std::size_t bucket_of(SimTime at) const {
    const auto differing = static_cast<std::uint64_t>(at.to_nanoseconds()) ^
                           static_cast<std::uint64_t>(last_.to_nanoseconds());
    return static_cast<std::size_t>(std::bit_width(differing));
  }

  void place(const Handle& handle) {
    std::vector<Handle>& bucket = buckets_[bucket_of(handle.at)];
    bucket.push_back(handle);
    if (&bucket == &buckets_[0]) std::push_heap(bucket.begin(), bucket.end(), later());
  }

  // Moves last_ to the earliest time in the queue and spreads that time's bucket over the lower
  // ones: each handle moves at most once per bit of its time.
  void fill_first_bucket() {
    ZF_ASSERT(size_ > 0);
    if (!buckets_[0].empty()) return;
    const auto lowest = std::find_if(buckets_.begin(), buckets_.end(),
                                     [](const std::vector<Handle>& b) { return !b.empty(); });
    const auto earliest =
        std::min_element(lowest->begin(), lowest->end(),
                         [](const Handle& a, const Handle& b) { return a.at < b.at; });
    last_ = earliest->at;
    std::vector<Handle> moving = std::exchange(*lowest, {});
    for (const Handle& handle : moving) place(handle);
    moving.clear();
    if (lowest->empty()) *lowest = std::move(moving);  // keep the capacity
  }

  std::vector<Event> events_;        // at their slots; those in free_ are moved from
  std::vector<std::uint32_t> free_;  // slots
  std::array<std::vector<Handle>, bucket_count> buckets_;
  SimTime last_ = SimTime::from_nanoseconds(0);
  std::size_t size_ = 0;
};

}  // namespace zonefall::engine
