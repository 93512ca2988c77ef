// Goal: events leave the queue in the total order of their keys, whatever order they came in, and
// ties and steps back in time are caught.
#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

#include "../core/aborts.h"
#include "zonefall/core/rng.h"
#include "zonefall/engine/event_queue.h"

using namespace zonefall;
using namespace zonefall::engine;

namespace {

EventKey key(std::int64_t at_ns, Phase phase, std::uint32_t origin, std::uint64_t sequence) {
  return {SimTime::from_nanoseconds(at_ns), phase, origin, sequence};
}

}  // namespace

TEST_CASE("a random schedule with pushes between pops comes out sorted") {
  Rng rng({1, 2, purpose("event queue test")});
  for (const std::uint64_t horizon_ns : {10ULL, 1'000ULL, 86'400'000'000'000ULL}) {
    EventQueue<int> queue;
    std::vector<EventKey> expected;
    std::vector<EventKey> popped;
    std::uint64_t sequence = 0;
    SimTime now = SimTime::from_unix_s(1'778'000'000);
    for (int step = 0; step < 5'000; ++step) {
      const std::uint64_t pushes = rng.below(3);
      for (std::uint64_t i = 0; i < pushes; ++i) {
        const EventKey k{
            now + Duration::nanoseconds(static_cast<std::int64_t>(rng.below(horizon_ns))),
            static_cast<Phase>(rng.below(4)), static_cast<std::uint32_t>(rng.below(3)), sequence++};
        queue.push(k, 0);
        expected.push_back(k);
      }
      if (queue.empty()) continue;
      popped.push_back(queue.pop().key);
      now = popped.back().at;
    }
    while (!queue.empty()) popped.push_back(queue.pop().key);
    CHECK(popped.size() == expected.size());
    // Pushes never lie before what was popped, so the whole must be sorted by time; and within
    // one instant an event can come late only if it was pushed late.
    CHECK(std::is_sorted(popped.begin(), popped.end(),
                         [](const EventKey& a, const EventKey& b) { return a.at < b.at; }));
    std::sort(expected.begin(), expected.end());
    std::sort(popped.begin(), popped.end());
    CHECK(popped == expected);
  }
}

TEST_CASE("at one instant the order is phase, origin, sequence") {
  EventQueue<int> queue;
  queue.push(key(5, Phase::arrival, 0, 0), 3);
  queue.push(key(5, Phase::delivery, 1, 0), 2);
  queue.push(key(5, Phase::delivery, 0, 7), 1);
  queue.push(key(5, Phase::operator_action, 9, 9), 0);
  for (int expected = 0; expected < 4; ++expected) CHECK(queue.pop().payload == expected);
}

TEST_CASE("next_at tells the next event's time") {
  EventQueue<int> queue;
  queue.push(key(7, Phase::timer, 0, 0), 0);
  queue.push(key(3, Phase::timer, 0, 1), 0);
  CHECK(queue.next_at() == SimTime::from_nanoseconds(3));
  CHECK(queue.size() == 2);
}

TEST_CASE("time cannot go back, and two events cannot be equal") {
  CHECK(aborts([] {
    EventQueue<int> queue;
    queue.push(key(9, Phase::timer, 0, 0), 0);
    queue.pop();
    queue.push(key(8, Phase::timer, 0, 1), 0);
  }));
  CHECK(aborts([] {
    EventQueue<int> queue;
    queue.push(key(9, Phase::timer, 0, 0), 0);
    queue.push(key(9, Phase::timer, 0, 0), 0);
    queue.pop();
    queue.pop();
  }));
}
