// Goal: every group is replayed exactly once a pass on any number of threads, tallies do not
// depend on the number of threads, passes settle, and what does not settle is an error.
#include <atomic>
#include <vector>

#include <catch2/catch.hpp>

#include "zonefall/core/rng.h"
#include "zonefall/engine/passes.h"

using namespace zonefall;
using namespace zonefall::engine;

namespace {

// A toy world: the shared value moves towards a fixed point by the mean of what groups report.
class Halving final : public Passes {
 public:
  Halving(unsigned threads, std::uint64_t start, std::uint64_t floor)
      : tallies_(threads), shared_(start), floor_(floor) {}

  std::uint64_t group_count() const override { return 100; }
  void replay(unsigned worker, std::uint64_t group) override {
    Rng rng({shared_, group, purpose("halving")});
    tallies_[worker].sum += rng.below(1'000);
    replays += 1;
  }
  std::uint64_t react() override {
    std::uint64_t sum = 0;
    for (const Tally& t : tallies_) sum += t.sum;
    sums.push_back(sum);
    const std::uint64_t next = shared_ / 2 < floor_ ? floor_ : shared_ / 2;
    const std::uint64_t moved = shared_ - next;
    shared_ = next;
    return moved;
  }
  void clear_tallies() override {
    for (Tally& t : tallies_) t.sum = 0;
  }

  std::atomic<int> replays{0};
  std::vector<std::uint64_t> sums;

 private:
  struct alignas(64) Tally {
    std::uint64_t sum = 0;
  };
  std::vector<Tally> tallies_;
  std::uint64_t shared_;
  std::uint64_t floor_;
};

}  // namespace

TEST_CASE("each index is done once, on any number of threads") {
  for (const unsigned threads : {1U, 2U, 4U}) {
    std::vector<std::atomic<int>> done(1'000);
    std::atomic<std::uint64_t> last{0};
    std::atomic<bool> workers_are_good{true};  // Catch's assertions are for one thread
    ParallelFor plan;
    plan.count = done.size();
    plan.threads = threads;
    plan.progress = [&](std::uint64_t n) {
      if (n == 1'000) last = n;
    };
    CHECK(parallel_for(plan, [&](unsigned worker, std::uint64_t index) {
      if (worker >= threads) workers_are_good = false;
      done[index] += 1;
    }));
    CHECK(workers_are_good);
    for (const auto& count : done) REQUIRE(count == 1);
    CHECK(last == 1'000);
  }
}

TEST_CASE("an empty range is done at once") {
  ParallelFor plan;
  plan.threads = 2;
  CHECK(parallel_for(plan, [](unsigned, std::uint64_t) { FAIL("nothing to do"); }));
}

TEST_CASE("stop ends the loop early and says so") {
  std::atomic<int> count{0};
  ParallelFor plan;
  plan.count = 1'000'000;
  plan.threads = 2;
  plan.stop = [&] { return count > 10; };
  CHECK_FALSE(parallel_for(plan, [&](unsigned, std::uint64_t) { count += 1; }));
  CHECK(count < 1'000);
}

TEST_CASE("passes repeat until nothing moves, with the same tallies on any number of threads") {
  std::vector<std::vector<std::uint64_t>> sums;
  for (const unsigned threads : {1U, 2U, 4U}) {
    Halving world(threads, 8, 1);
    PassLimits limits;
    limits.threads = threads;
    const auto report = run_passes(world, limits);
    REQUIRE(report.ok());
    CHECK(report.value().passes == 4);  // 8 -> 4 -> 2 -> 1 -> 1
    CHECK(world.replays == 400);
    sums.push_back(world.sums);
  }
  CHECK(sums[0] == sums[1]);
  CHECK(sums[0] == sums[2]);
}

TEST_CASE("what does not settle is an error that names the residual") {
  Halving world(1, 1'024, 0);
  PassLimits limits;
  limits.passes_max = 3;
  const auto report = run_passes(world, limits);
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().message ==
        "the shared timeline did not settle within 3 passes: it still moved by 128 in the last "
        "one");
}
