// The event queue of one group: a total order, and time that never moves backward.
//
// An event's key is (time, phase, origin, origin's own counter): no two live events are equal, no
// counter is shared between groups, and adding an entity never renumbers the others' events. The
// queue is a monotone radix heap over the time since the group's start: pushes go forward in time
// only, which is what a simulation does, and memory is touched in order.
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
    place({key, std::move(payload)});
    size_ += 1;
  }

  /// The event with the smallest key. The queue must not be empty.
  Event pop() {
    fill_first_bucket();
    std::vector<Event>& first = buckets_[0];
    std::pop_heap(first.begin(), first.end(), later);
    Event event = std::move(first.back());
    first.pop_back();
    size_ -= 1;
    return event;
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

  static bool later(const Event& a, const Event& b) {
    ZF_ASSERT(a.key != b.key || &a == &b);
    return a.key > b.key;
  }

  [[nodiscard]] std::size_t bucket_of(SimTime at) const {
    const auto differing = static_cast<std::uint64_t>(at.to_nanoseconds()) ^
                           static_cast<std::uint64_t>(last_.to_nanoseconds());
    return static_cast<std::size_t>(std::bit_width(differing));
  }

  void place(Event event) {
    std::vector<Event>& bucket = buckets_[bucket_of(event.key.at)];
    bucket.push_back(std::move(event));
    if (&bucket == &buckets_[0]) std::push_heap(bucket.begin(), bucket.end(), later);
  }

  // Moves last_ to the earliest time in the queue and spreads that time's bucket over the lower
  // ones: each event moves at most once per bit of its time.
  void fill_first_bucket() {
    ZF_ASSERT(size_ > 0);
    if (!buckets_[0].empty()) return;
    const auto lowest = std::find_if(buckets_.begin(), buckets_.end(),
                                     [](const std::vector<Event>& b) { return !b.empty(); });
    const auto earliest =
        std::min_element(lowest->begin(), lowest->end(),
                         [](const Event& a, const Event& b) { return a.key.at < b.key.at; });
    last_ = earliest->key.at;
    std::vector<Event> moving = std::exchange(*lowest, {});
    for (Event& event : moving) place(std::move(event));
    moving.clear();
    if (lowest->empty()) *lowest = std::move(moving);  // keep the capacity
  }

  std::array<std::vector<Event>, bucket_count> buckets_;
  SimTime last_ = SimTime::from_nanoseconds(0);
  std::size_t size_ = 0;
};

}  // namespace zonefall::engine
