#include "zonefall/engine/passes.h"

#include <atomic>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>

#include "zonefall/core/assert.h"

namespace zonefall::engine {

bool parallel_for(const ParallelFor& plan,
                  const std::function<void(unsigned worker, std::uint64_t index)>& work) {
  ZF_ASSERT(plan.threads > 0);
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> done{0};
  std::atomic<bool> stopped{false};
  const auto run_worker = [&](unsigned worker) {
    while (true) {
      if (plan.stop && plan.stop()) stopped = true;
      if (stopped) return;
      const std::uint64_t index = next.fetch_add(1);
      if (index >= plan.count) return;
      work(worker, index);
      const std::uint64_t so_far = done.fetch_add(1) + 1;
      if (plan.progress) plan.progress(so_far);
    }
  };
  if (plan.threads == 1) {
    run_worker(0);
    return !stopped;
  }
  boost::asio::thread_pool pool(plan.threads);
  for (unsigned worker = 0; worker < plan.threads; ++worker) {
    boost::asio::post(pool, [&run_worker, worker] { run_worker(worker); });
  }
  pool.join();
  return !stopped;
}

Result<PassReport> run_passes(Passes& passes, const PassLimits& limits) {
  PassReport report;
  std::uint64_t residual = 0;
  while (report.passes < limits.passes_max) {
    report.passes += 1;
    passes.clear_tallies();
    ParallelFor plan;
    plan.count = passes.group_count();
    plan.threads = limits.threads;
    plan.stop = limits.stop;
    if (limits.progress) {
      plan.progress = [&](std::uint64_t done) { limits.progress(report.passes, done); };
    }
    const bool finished = parallel_for(
        plan, [&](unsigned worker, std::uint64_t group) { passes.replay(worker, group); });
    if (!finished) {
      report.stopped = true;
      return report;
    }
    residual = passes.react();
    if (residual == 0) return report;
  }
  return Error{
      fmt::format("the shared timeline did not settle within {} passes: it still moved by "
                  "{} in the last one",
                  limits.passes_max, residual)};
}

}  // namespace zonefall::engine
