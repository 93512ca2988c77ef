// Goal: what makes no sense in a world is an error that names it; the shape follows the world.
#include <functional>

#include <catch2/catch.hpp>

#include "replay/lookup.h"
#include "small_world.h"

namespace zonefall::replay {

using namespace testing;  // NOLINT: test helpers
using outcome::Outcome;

namespace {

std::string error_after(const std::function<void(World&)>& change) {
  World world = make_world(healthy_tld(), {cohort("bind", bind_like())});
  REQUIRE(check(world).ok());
  change(world);
  const auto result = replay(world, {});
  return result ? "" : result.error().to_text();
}

Lookup ended(Outcome a, bool a_has, Outcome aaaa, bool aaaa_has) {
  Lookup lookup;
  lookup.halves[0].outcome = a;
  lookup.halves[0].has_addresses = a_has;
  lookup.halves[1].outcome = aaaa;
  lookup.halves[1].has_addresses = aaaa_has;
  return lookup;
}

}  // namespace

TEST_CASE("A world that makes no sense is an error that says why") {
  using Catch::Matchers::Contains;
  CHECK_THAT(error_after([](World& w) { w.until = w.from; }), Contains("ends before"));
  CHECK_THAT(error_after([](World& w) { w.bin_width = Duration(); }), Contains("width"));
  CHECK_THAT(error_after([](World& w) { w.cohorts.clear(); }), Contains("cohort"));
  CHECK_THAT(error_after([](World& w) { w.cohorts.push_back(w.cohorts[0]); }), Contains("two"));
  CHECK_THAT(error_after([](World& w) { w.cohorts[0].profile = nullptr; }), Contains("profile"));
  CHECK_THAT(error_after([](World& w) { w.cohorts[0].group_size = 0; }), Contains("groups"));
  CHECK_THAT(error_after([](World& w) { w.cohorts[0].rates.shape = 1.0; }), Contains("Pareto"));
  CHECK_THAT(error_after([](World& w) { w.cohorts[0].latency.rtt_max = Duration(); }),
             Contains("round-trip"));
  CHECK_THAT(error_after([](World& w) {
               w.cohorts[0].actions = {{minute(-1), Duration(), resolver::Flush{}}};
             }),
             Contains("before the start"));
  CHECK_THAT(error_after([](World& w) {
               w.cohorts[0].actions = {{minute(50), Duration(), resolver::Flush{}},
                                       {minute(40), Duration(), resolver::Flush{}}};
             }),
             Contains("order of time"));
  CHECK_THAT(error_after([](World& w) {
               w.cohorts[0].actions = {{minute(50), Duration(), resolver::Flush{}, 1, true}};
             }),
             Contains("before the first"));
  CHECK_THAT(error_after([](World& w) {
               resolver::NtaWatch watch = watch_of_tld();
               watch.window = Duration::seconds(90);
               w.cohorts[0].actions = {{minute(50), Duration(), watch}};
             }),
             Contains("multiple"));
  CHECK_THAT(error_after([](World& w) {
               w.cohorts[0].actions = {
                   {minute(50), Duration(), watch_of_tld(), 1, false, Duration::seconds(-1)}};
             }),
             Contains("negative spread"));
  CHECK_THAT(error_after([](World& w) { w.root_hints.clear(); }), Contains("root hints"));
  CHECK(error_after([](World&) {}).empty());
}

TEST_CASE("The shape of tallies follows the world") {
  World world =
      make_world(healthy_tld(), {cohort("bind", bind_like()), cohort("knot", knot_like())});
  world.until = world.until + Duration::minutes(1);
  const outcome::TallyShape shape = tally_shape(world);
  CHECK(shape.cohorts == 2);
  CHECK(shape.resolvers == 8);
  CHECK(shape.sites == 10);
  CHECK(shape.bins.count == 13);  // the last one is begun
  CHECK(shape.bins.from == world.from);
}

TEST_CASE("A lookup ends with the half that gives its client most") {
  const auto half = [](const Lookup& lookup) { return deciding_half(lookup); };
  const Outcome good = Outcome::secure;
  const Outcome bad = Outcome::bogus_servfail;
  const Outcome none = Outcome::nxdomain;
  CHECK(half(ended(good, true, good, true)) == 0);
  CHECK(half(ended(bad, false, good, true)) == 1);
  CHECK(half(ended(good, true, bad, false)) == 0);
  CHECK(half(ended(good, false, bad, false)) == 1);  // NODATA for A, and AAAA failed
  CHECK(half(ended(bad, false, good, false)) == 0);
  CHECK(half(ended(none, false, none, false)) == 0);
  CHECK(half(ended(good, false, good, true)) == 1);
  CHECK(half(ended(bad, false, Outcome::timeout, false)) == 0);
}

}  // namespace zonefall::replay
