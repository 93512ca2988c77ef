// Measures a replay in which every query is an event: bench_replay [resolvers per cohort
// [threads]].
//
// Prints one line of JSON; `fingerprint` is the run's and must not change with the machine.
#include <chrono>
#include <cstdlib>

#include <fmt/format.h>

#include "small_world.h"

namespace zonefall::replay {

using namespace testing;  // NOLINT: test helpers

namespace {

double counted_queries(const outcome::Tally& tally) {
  std::int64_t sum = 0;
  for (std::uint32_t cohort = 0; cohort < tally.shape().cohorts; ++cohort) {
    sum += all_queries(tally, cohort);
  }
  return static_cast<double>(sum);
}

int run_bench(std::uint32_t resolvers, unsigned threads) {
  std::vector<Cohort> cohorts = {cohort("unbound", unbound_like()), cohort("bind", bind_like()),
                                 cohort("knot", knot_like())};
  for (Cohort& c : cohorts) c.resolvers = resolvers;
  World world = make_world(faulty_tld(), cohorts);
  world.from = world.from - world.lead_in;  // all queries are counted
  world.lead_in = Duration();
  ReplayOptions options;
  options.threads = threads;
  const auto start = std::chrono::steady_clock::now();
  const ReplayResult result = run(world, options);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const auto per_s = [&](std::uint64_t n) { return static_cast<double>(n) / took.count(); };
  const outcome::Tally& tally = result.tally;
  const double asked = static_cast<double>(result.memo_hits + result.memo_misses);
  fmt::print(
      "{{\"resolvers\": {}, \"threads\": {}, \"seconds\": {:.2f}, \"queries_per_s\": {:.0f}, "
      "\"resolutions_per_s\": {:.0f}, \"exchanges_per_s\": {:.0f}, \"events_per_s\": {:.0f}, "
      "\"memo_hit_rate\": {:.3f}, \"fingerprint\": \"{:016x}\"}}\n",
      tally.shape().resolvers, threads, took.count(), counted_queries(tally) / took.count(),
      per_s(tally.resolutions()), per_s(tally.exchanges()), per_s(tally.events()),
      static_cast<double>(result.memo_hits) / asked, result.fingerprint);
  return tally.resolutions() > 0 ? 0 : 1;
}

}  // namespace

}  // namespace zonefall::replay

int main(int argc, char** argv) {
  const long resolvers = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 50;
  const long threads = argc > 2 ? std::strtol(argv[2], nullptr, 10) : 1;
  return zonefall::replay::run_bench(static_cast<std::uint32_t>(resolvers),
                                     static_cast<unsigned>(threads));
}
