// Goal: each measure is what its meaning says, from counts made by hand.
#include <algorithm>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "zonefall/experiment/measures.h"

using namespace zonefall;
using namespace zonefall::experiment;
using outcome::Outcome;

namespace {

constexpr std::uint32_t bins = 6;  // of ten minutes

struct Run {
  outcome::Tally tally{{{SimTime(), Duration::minutes(10), bins}, 2, 3, 0}};
  std::vector<CohortPart> parts = {{1, true}, {1, false}};
  std::vector<std::uint32_t> cohorts = {0, 1};
  std::vector<std::uint32_t> sites = {0, 2};
  std::vector<Publication> publications = {};

  void lookups(std::uint32_t cohort, std::uint32_t bin, Outcome outcome, int n) {
    tally.count_lookups(cohort, tally.shape().bins.start_of(bin), outcome,
                        FixedCount::from_count(n));
  }
  [[nodiscard]] double measure(std::string_view id) const {
    const auto found = std::find_if(measures().begin(), measures().end(),
                                    [&](const Measure& m) { return m.id == id; });
    REQUIRE(found != measures().end());
    return found->of({tally, parts, cohorts, sites, publications});
  }
  [[nodiscard]] std::vector<double> curve(std::string_view id) const {
    const auto found =
        std::find_if(curves().begin(), curves().end(), [&](const Curve& c) { return c.id == id; });
    REQUIRE(found != curves().end());
    return found->of({tally, parts, cohorts, sites, publications});
  }
};

// Of 100 lookups in each bin of cohort 0, so many fail.
void fill(Run& run, const std::vector<int>& failing) {
  REQUIRE(failing.size() == bins);
  for (std::uint32_t bin = 0; bin < bins; ++bin) {
    run.lookups(0, bin, Outcome::bogus_servfail, failing[bin]);
    run.lookups(0, bin, Outcome::secure, 100 - failing[bin]);
  }
}

}  // namespace

TEST_CASE("harm and its duration are counted in shares and bins") {
  Run run;
  fill(run, {0, 1, 50, 10, 5, 0});
  CHECK(run.measure("failed_lookups") == Approx(66 / 600.0));
  CHECK(run.measure("lost_minutes") == Approx(6.6));
  CHECK(run.measure("first_failure") == 10);
  CHECK(run.measure("recovery_90") == 20);  // 5 of 50; then it stays so
  CHECK(run.measure("recovery_99") == 30);
}

TEST_CASE("a relapse is no recovery, and what never ends lasts to the end of the run") {
  Run relapse;
  fill(relapse, {0, 50, 2, 20, 2, 0});
  CHECK(relapse.measure("recovery_90") == 30);
  Run endless;
  fill(endless, {0, 0, 50, 40, 40, 40});
  CHECK(endless.measure("recovery_90") == 40);
}

TEST_CASE("a run without an outage has no first failure and nothing to recover from") {
  Run run;
  fill(run, {0, 0, 0, 0, 0, 0});
  CHECK(run.measure("failed_lookups") == 0);
  CHECK(run.measure("first_failure") == 60);
  CHECK(run.measure("recovery_99") == 0);
  CHECK(Run().measure("failed_lookups") == 0);  // nor does one without lookups
}

TEST_CASE("answers with wrong data are shares of all lookups, weighted as they are") {
  Run run;
  run.lookups(0, 0, Outcome::stale, 8);
  run.lookups(1, 0, Outcome::insecure, 2);
  const auto harm = [&](std::uint32_t cohort, outcome::Harm what, int n) {
    run.tally.count_harm(cohort, run.tally.shape().bins.start_of(0), what,
                         FixedCount::from_count(n));
  };
  harm(0, outcome::Harm::outdated, 3);
  harm(1, outcome::Harm::spoofed, 1);
  CHECK(run.measure("wrong_stale_lookups") == Approx(0.3));
  CHECK(run.measure("spoofed_lookups") == Approx(0.1));
  run.parts[1].weight = 4;
  CHECK(run.measure("wrong_stale_lookups") == Approx(3 / 16.0));
  CHECK(run.measure("spoofed_lookups") == Approx(4 / 16.0));
}

TEST_CASE("cohorts count for as many resolvers as they stand for") {
  Run run;
  run.lookups(0, 0, Outcome::timeout, 10);
  run.lookups(1, 0, Outcome::insecure, 10);
  CHECK(run.measure("failed_lookups") == Approx(0.5));
  run.parts[1].weight = 4;
  CHECK(run.measure("failed_lookups") == Approx(0.2));
  run.cohorts = {0};
  CHECK(run.measure("failed_lookups") == 1);
}

TEST_CASE("failed lookups of a class are a share of its own lookups, cohorts weighted") {
  using outcome::NameClass;
  Run run;
  const SimTime start = run.tally.shape().bins.from;
  const auto count = [&](std::uint32_t cohort, Outcome outcome, NameClass names, int n) {
    run.tally.count_lookups(cohort, start, outcome, FixedCount::from_count(n), names);
  };
  count(0, Outcome::bogus_servfail, NameClass::popular_signed, 1);
  count(0, Outcome::secure, NameClass::popular_signed, 3);
  count(1, Outcome::timeout, NameClass::popular_signed, 4);
  count(0, Outcome::bogus_servfail, NameClass::rare_unsigned, 30);
  run.parts[1].weight = 3;
  const auto measured = [&](std::string_view id, NameClass names) {
    const std::vector<Measurand> all = measurands();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Measurand& m) {
      return m.measure->id == id && m.names == names;
    });
    REQUIRE(found != all.end());
    return found->of({run.tally, run.parts, run.cohorts, run.sites, run.publications});
  };
  CHECK(measured("failed_lookups", NameClass::popular_signed) == Approx(13 / 16.0));
  CHECK(measured("failed_lookups", NameClass::rare_unsigned) == 1);
  CHECK(measured("failed_lookups", NameClass::rare_missing) == 0);
  run.cohorts = {0};
  CHECK(measured("failed_lookups", NameClass::popular_signed) == Approx(0.25));
  // Of all names comes first, in the order of the measures.
  for (std::size_t i = 0; i < measures().size(); ++i) {
    CHECK(measurands()[i].measure == &measures()[i]);
    CHECK_FALSE(measurands()[i].names.has_value());
  }
}

TEST_CASE("only resolvers that validate can be exposed") {
  Run run;
  run.lookups(0, 0, Outcome::under_nta, 3);
  run.lookups(0, 1, Outcome::unvalidated, 2);
  run.lookups(0, 1, Outcome::bogus, 1);
  run.lookups(0, 2, Outcome::secure, 4);
  run.lookups(1, 0, Outcome::unvalidated, 10);
  run.lookups(1, 1, Outcome::stale, 5);
  CHECK(run.measure("unvalidated_lookups") == Approx(6 / 25.0));
  CHECK(run.measure("stale_lookups") == Approx(5 / 25.0));
  CHECK(run.curve("unvalidated") == std::vector<double>{3 / 13.0, 3 / 8.0, 0, 0, 0, 0});
  CHECK(run.curve("stale") == std::vector<double>{0, 5 / 8.0, 0, 0, 0, 0});
}

TEST_CASE("curves are shares by bin, cohorts weighted") {
  Run run;
  run.lookups(0, 1, Outcome::bogus_servfail, 10);
  run.lookups(1, 1, Outcome::insecure, 10);
  run.parts[1].weight = 4;
  CHECK(run.curve("failing") == std::vector<double>{0, 0.2, 0, 0, 0, 0});
}

TEST_CASE("what changes of delegations wait for is measured from version to version") {
  Run run;
  CHECK(run.measure("publication_delay") == 0);
  CHECK(run.measure("publication_gap") == 60);
  const SimTime start = run.tally.shape().bins.from;
  const auto publish = [&](int signed_s, int published_s) {
    run.publications.push_back(
        {start + Duration::seconds(signed_s), start + Duration::seconds(published_s)});
  };
  publish(-60, 30);
  publish(600, 630);
  publish(2400, 2460);
  CHECK(run.measure("publication_delay") == 1);
  CHECK(run.measure("publication_gap") == Approx(30.5));
  run.publications.pop_back();
  CHECK(run.measure("publication_gap") == Approx(49.5));  // to the end
}

TEST_CASE("queries are those of clients, and those at the zone's own sites") {
  Run run;
  const SimTime start = run.tally.shape().bins.from;
  run.tally.count_queries(0, start, Outcome::secure, FixedCount::from_count(2));
  run.tally.count_queries(1, start, Outcome::timeout, FixedCount::from_count(3));
  for (std::uint32_t site = 0; site < 3; ++site) {
    run.tally.count_load(site, start, FixedCount::from_count(site + 1), FixedCount());
  }
  CHECK(run.measure("client_queries") == 5);
  CHECK(run.measure("server_queries") == 4);
}
