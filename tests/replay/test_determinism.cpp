// Goal: the same world gives the same result at any number of threads and in another process; what
// is not changed in a world stays as it was.
#include <array>
#include <cstdio>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "small_world.h"
#include "zonefall/core/hash.h"

namespace zonefall::replay {

using namespace testing;  // NOLINT: test helpers

namespace {

std::vector<Cohort> busy_cohorts() {
  Cohort pairs = cohort("pairs", knot_like());
  pairs.group_size = 2;
  pairs.stubs[0].rule.retries_on_servfail = 1;
  pairs.latency.loss_ppm = 10'000;
  Cohort helped = cohort("helped", bind_like());
  helped.actions = {{minute(80), Duration::minutes(10),
                     resolver::InstallNta{dns::Name::literal("de."), std::nullopt}}};
  return {pairs, helped, cohort("stale", stale_like())};
}

ReplayResult run_with(unsigned threads) {
  ReplayOptions options;
  options.threads = threads;
  options.sample_ppm = 20'000;
  options.samples_max = 60;
  return run(make_world(faulty_tld(), busy_cohorts()), options);
}

std::uint64_t hash_of(const ReplayResult& result) {
  Fingerprint all;
  all.mix(result.fingerprint);
  for (std::uint32_t c = 0; c < result.tally.shape().cohorts; ++c) {
    for (const std::int64_t n : rows_of(result.tally, c)) all.mix(static_cast<std::uint64_t>(n));
  }
  for (const outcome::SampleRow& row : result.samples) {
    all.mix(row.question);
    all.mix(row.explanation);
  }
  all.mix(result.tally.events());
  return all.value();
}

std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 256> line{};
  while (std::fgets(line.data(), line.size(), pipe) != nullptr) text += line.data();
  REQUIRE(pclose(pipe) == 0);
  return text;
}

}  // namespace

TEST_CASE("A run is the same on 1, 2 and 4 threads") {
  const ReplayResult one = run_with(1);
  for (const unsigned threads : {2U, 4U}) {
    const ReplayResult several = run_with(threads);
    CHECK(several.fingerprint == one.fingerprint);
    CHECK(several.tally == one.tally);
    CHECK(hash_of(several) == hash_of(one));
  }
  CHECK(one.samples.size() == 60);
}

// Not a test by itself: what the next case runs in another process.
TEST_CASE("Print the hash of a run", "[.]") {
  fmt::print("run {:016x}\n", hash_of(run_with(2)));
}

TEST_CASE("A run is the same in another process") {
  const std::string expected = fmt::format("run {:016x}\n", hash_of(run_with(1)));
  // The shell between has an exe of its own.
  const std::string text =
      output_of(fmt::format("/proc/{}/exe 'Print the hash of a run'", getpid()));
  CHECK(text.find(expected) != std::string::npos);
}

TEST_CASE("Adding a cohort changes no other cohort's rows") {
  std::vector<Cohort> cohorts = busy_cohorts();
  const ReplayResult before = run(make_world(faulty_tld(), cohorts));
  cohorts.insert(cohorts.begin() + 1, cohort("new", unbound_like()));
  const ReplayResult after = run(make_world(faulty_tld(), cohorts));
  CHECK(rows_of(after.tally, 0) == rows_of(before.tally, 0));
  CHECK(rows_of(after.tally, 2) == rows_of(before.tally, 1));
  CHECK(rows_of(after.tally, 3) == rows_of(before.tally, 2));
  CHECK(after.tally.milestones(8) == before.tally.milestones(4));
}

TEST_CASE("A world an hour later gives the same rows an hour later") {
  const Duration hour = Duration::hours(1);
  const ReplayResult now = run(make_world(faulty_tld(), busy_cohorts()));
  const ReplayResult later = run(make_world(faulty_tld(), busy_cohorts(), hour));
  REQUIRE(later.tally.shape().bins.from == now.tally.shape().bins.from + hour);
  for (std::uint32_t c = 0; c < 3; ++c) {
    CHECK(rows_of(later.tally, c) == rows_of(now.tally, c));
  }
  CHECK(later.tally.milestones(0).first_failure == now.tally.milestones(0).first_failure + hour);
  CHECK(later.tally.events() == now.tally.events());
}

TEST_CASE("Samples change nothing") {
  const World world = make_world(faulty_tld(), busy_cohorts());
  const ReplayResult plain = run(world);
  ReplayOptions options;
  options.sample_ppm = 1'000'000;
  options.samples_max = 5;
  const ReplayResult sampled = run(world, options);
  CHECK(sampled.fingerprint == plain.fingerprint);
  CHECK(sampled.tally == plain.tally);
  CHECK(sampled.samples.size() == 5);
}

TEST_CASE("Cohorts of one name under two policies live through the same arrivals") {
  Cohort a = cohort("twin", bind_like());
  Cohort b = cohort("twin", bind_like());
  b.policy = "other";
  const ReplayResult result = run(make_world(faulty_tld(), {a, b}));
  CHECK(rows_of(result.tally, 0) == rows_of(result.tally, 1));
}

TEST_CASE("A stopped run says so") {
  int calls = 0;
  ReplayOptions options;
  options.stop = [&calls] { return ++calls > 3; };
  CHECK(run(make_world(faulty_tld(), busy_cohorts()), options).stopped);
}

}  // namespace zonefall::replay
