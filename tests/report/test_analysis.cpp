// Goal: the derived numbers follow their definitions also at the edges: ties, pauses, single
// publications, resolvers that never heal, outages from the first bin on.
#include <catch2/catch.hpp>

#include "outage_run.h"
#include "outcome/store_testing.h"
#include "report/analysis.h"

using namespace zonefall;
using namespace zonefall::report;

namespace {

RunData with_bins(std::size_t bins) {
  RunData run;
  for (std::size_t i = 0; i < bins; ++i) {
    const auto from_s = static_cast<std::int64_t>(600 * i);
    run.bins.push_back({SimTime::from_unix_s(from_s), SimTime::from_unix_s(from_s + 600)});
  }
  return run;
}

/// One cohort; each pair is (lookups, failed) of a bin.
RunData with_counts(const std::vector<std::pair<double, double>>& by_bin) {
  RunData run = with_bins(by_bin.size());
  run.cohorts = {{"c", "p", "q", 4}};
  run.counts.resize(1);
  for (const auto& [lookups, failed] : by_bin) run.counts[0].push_back({lookups, failed, 0, 0, 0});
  return run;
}

RunData with_publications(const std::vector<std::int64_t>& minutes) {
  RunData run;
  for (const std::int64_t minute : minutes) {
    const SimTime at = SimTime::from_unix_s(60 * minute);
    run.publications.push_back({"z", minute, at, at, at, at});
  }
  return run;
}

std::vector<std::int64_t> versions_per_phase(const RunData& run) {
  std::vector<std::int64_t> versions;
  for (const Phase& phase : analyse(run).phases) versions.push_back(phase.versions);
  return versions;
}

}  // namespace

TEST_CASE("the worst bin is the first with the largest share, not the largest count") {
  const Analysis a = analyse(with_counts({{100, 0}, {1000, 300}, {10, 5}, {20, 10}, {0, 0}}));
  CHECK(a.cohorts[0].worst_bin == 2);
  CHECK(a.cohorts[0].worst_share() == 0.5);
  CHECK(a.cohorts[0].worst.failed == 5);
  CHECK(a.all.total.failed == 315);
  CHECK(a.all.failed_share() == Approx(315 / 1130.0));
}

TEST_CASE("the onset is where failures reach a tenth of their most") {
  CHECK(analyse(with_counts({{100, 1}, {100, 4}, {100, 5}, {100, 50}})).onset_bin == 2);
  CHECK(analyse(with_counts({{100, 50}, {100, 0}})).onset_bin == 0);
  CHECK_FALSE(analyse(with_counts({{100, 0}, {0, 0}})).onset_bin);
}

TEST_CASE("load before an onset in the first bin is unknown") {
  RunData run = with_counts({{100, 50}, {100, 0}});
  run.servers = {{"s", "z"}};
  run.loads = {{{600, 0}, {1200, 0}}};
  Analysis a = analyse(run);
  CHECK_FALSE(a.servers[0].before_per_s);
  CHECK_FALSE(a.servers[0].most_ratio());
  CHECK(a.servers[0].since_per_s == 1.5);
  CHECK(a.servers[0].most_bin == 1);
  run.counts[0] = {{100, 0, 0, 0, 0}, {100, 0, 0, 0, 0}};
  a = analyse(run);
  CHECK(a.servers[0].before_per_s == 1.5);
  CHECK_FALSE(a.servers[0].since_per_s);
}

TEST_CASE("recovery is of those that were hurt, by nearest rank, from the first failure") {
  RunData run = with_counts({{1, 1}});
  const auto at = [](std::int64_t minute) { return SimTime::from_unix_s(60 * minute); };
  run.resolvers = {{0, at(10), at(20), at(40), {}},
                   {0, at(12), at(12), at(22), {}},
                   {0, at(11), at(90), {}, at(80)},
                   {0, {}, {}, {}, at(80)}};
  const Hurt hurt = analyse(run).cohorts[0];
  CHECK(hurt.first_failure == at(10));
  CHECK(hurt.resolvers_hurt == 3);
  CHECK(hurt.resolvers_recovered == 2);
  CHECK(hurt.resolvers_with_nta == 2);
  CHECK(hurt.recovery_min[0] == 30.0);  // the 2nd of 3
  CHECK_FALSE(hurt.recovery_min[1]);
}

TEST_CASE("publications fall into phases at pauses and changes of pace") {
  CHECK(versions_per_phase(with_publications({})).empty());
  CHECK(versions_per_phase(with_publications({5})) == std::vector<std::int64_t>{1});
  CHECK(versions_per_phase(with_publications({0, 2, 4, 6, 8})) == std::vector<std::int64_t>{5});
  CHECK(versions_per_phase(with_publications({0, 2, 5, 6, 9})) == std::vector<std::int64_t>{5});
  CHECK(versions_per_phase(with_publications({0, 2, 4, 60, 62, 64})) ==
        std::vector<std::int64_t>{3, 3});
  CHECK(versions_per_phase(with_publications({0, 60, 62, 64})) == std::vector<std::int64_t>{1, 3});
  CHECK(versions_per_phase(with_publications({0, 2, 4, 60, 200})) ==
        std::vector<std::int64_t>{3, 2});
  CHECK(versions_per_phase(with_publications({0, 60, 120, 121, 122})) ==
        std::vector<std::int64_t>{3, 2});
}

TEST_CASE("equal events that follow each other are one") {
  RunData run;
  const auto event = [&](std::int64_t s, const char* what) {
    run.events.push_back({SimTime::from_unix_s(s), "a", what, "s", "c"});
  };
  event(1, "x");
  event(2, "x");
  event(3, "y");
  event(4, "x");
  const std::vector<EventGroup> groups = analyse(run).events;
  REQUIRE(groups.size() == 3);
  CHECK(groups[0].times == 2);
  CHECK(groups[0].last == SimTime::from_unix_s(2));
}

TEST_CASE("columns hold every bin once") {
  const RunData run = with_bins(7);
  const std::vector<Column> columns = columns_of(run, 3);
  REQUIRE(columns.size() == 3);
  CHECK(columns[0].bins == 3);
  CHECK(columns[2].first_bin == 6);
  CHECK(columns[2].bins == 1);
  CHECK(columns_of(with_bins(0), 3).empty());
  const std::vector<Counts> counts(7, Counts{10, 1, 0, 0, 0});
  CHECK(counts_in(counts, columns[0]).lookups == 30);
  CHECK(failed_shares(counts, columns)[2] == 0.1);
}

TEST_CASE("a file is read as it was written") {
  const TempFolder folder;
  const TestRun written = outage_run();
  const Result<RunData> run = read_run(write_run(written, folder.file("run")));
  REQUIRE(run.ok());
  CHECK(run.value().cohorts.size() == 3);
  CHECK(run.value().bins.size() == 72);
  CHECK(run.value().about("fingerprint") == "00c0ffee00c0ffee");
  CHECK(run.value().about("version") == "0.1.0");
  CHECK(run.value().about("no such key").empty());
  CHECK(run.value().resolvers.size() == 24);
  CHECK(run.value().servers.size() == 2);
  CHECK(run.value().loads[0][0].queries == 1800);  // two sites
  CHECK(run.value().counts[1][40].stale == 40.0 * 37);
  CHECK(run.value().publications.size() == written.record.publications.size());
  CHECK_FALSE(run.value().publications.back().last_site_at);
}
