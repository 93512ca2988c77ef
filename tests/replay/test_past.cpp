// Goal: a run begins in a steady state. What the thinned past leaves in a cache is what renewal
// theory and days of every lookup say.
#include <cmath>

#include <catch2/catch.hpp>

#include "replay/past.h"
#include "small_world.h"

namespace zonefall::replay {

using namespace testing;  // NOLINT: test helpers

namespace {

const SimTime start = minute(0);

clients::Popularity two_names() {
  // Ranks 1 and 2 with weights 1 and 1/2: two thirds and one third of lookups.
  clients::PopularitySettings s;
  s.population = 1'000;
  s.head_names = 2;
  s.zipf_exponent = 1.0;
  s.head_share_ppm = 1'000'000;
  return clients::Popularity::make(s).value();
}

Lifetimes lifetimes(Duration delegation, Duration a, Duration aaaa) {
  Lifetimes out;
  out.delegation = delegation;
  out.delegation_ds = Duration::minutes(30);
  out.answers = {Lifetimes::Answer{a, false}, Lifetimes::Answer{aaaa, false}};
  return out;
}

struct Seen {
  int pasts = 0;
  int fresh_a = 0;
  int fresh_delegation = 0;
  double age_s = 0;             // of fresh A answers
  double delegation_age_s = 0;  // of delegations
};

// What rank 0 leaves in `pasts` caches. The last lookup of A is the answer's; the earliest kept
// one within the delegation's lifetime is the one that renewed it.
Seen look_at(Duration gap, Duration delegation, Duration ttl, int pasts) {
  const clients::Popularity popularity = two_names();
  const clients::DiurnalCurve flat = clients::DiurnalCurve::flat();
  const resolver::ResolverProfile profile;
  const KnownLifetimes table = {{lifetimes(delegation, ttl, ttl), {}}, {}};
  Seen seen;
  for (int i = 0; i < pasts; ++i) {
    const auto past = thinned_past({popularity, table, flat, profile, gap * 2 / 3, 1,
                                    static_cast<std::uint64_t>(i), start, Duration::days(4)});
    seen.pasts += 1;
    SimTime last_a = SimTime::from_unix_s(0);
    SimTime at_before = SimTime::from_unix_s(0);
    for (const PastLookup& lookup : past) {
      REQUIRE(lookup.id == popularity.head_id(0));
      REQUIRE(lookup.at > at_before);
      REQUIRE(lookup.at < start);
      at_before = lookup.at;
      if (lookup.asks[0]) last_a = lookup.at;
    }
    if (start - last_a < ttl) {
      seen.fresh_a += 1;
      seen.age_s += static_cast<double>((start - last_a).to_seconds());
    }
  }
  return seen;
}

}  // namespace

TEST_CASE("An answer is fresh with probability T / (T + gap), at a uniform age") {
  for (const std::int64_t gap_s : {30, 300, 3'000}) {
    const Duration ttl = Duration::seconds(300);
    const int n = 2'000;
    const Seen seen = look_at(Duration::seconds(gap_s), Duration::days(1), ttl, n);
    const double p = 300.0 / (300.0 + static_cast<double>(gap_s));
    CAPTURE(gap_s, seen.fresh_a, n * p);
    CHECK(std::abs(seen.fresh_a - n * p) < 5 * std::sqrt(n * p * (1 - p)));
    const double mean_age_s = seen.age_s / seen.fresh_a;
    // Uniform over 300 s, told in whole seconds: mean 149.5, standard deviation 86.6.
    CHECK(std::abs(mean_age_s - 149.5) < 5 * 86.6 / std::sqrt(seen.fresh_a));
  }
}

TEST_CASE("A past is the same each time, and begins within its bounds") {
  const clients::Popularity popularity = two_names();
  const clients::DiurnalCurve flat = clients::DiurnalCurve::flat();
  const resolver::ResolverProfile profile;
  const Lifetimes each = lifetimes(Duration::days(1), Duration::minutes(5), Duration::hours(1));
  const KnownLifetimes table = {{each, each}, {}};
  const PastPlan plan{popularity, table, flat,  profile,          Duration::seconds(60),
                      1,          7,     start, Duration::days(4)};
  const auto past = thinned_past(plan);
  const auto again = thinned_past(plan);
  REQUIRE(past.size() == again.size());
  for (std::size_t i = 0; i < past.size(); ++i) CHECK(past[i].at == again[i].at);
  CHECK(past_begin(plan) >= start - Duration::days(4));
  CHECK(past_begin(plan) <= start - Duration::days(2));
  CHECK(past.front().at > past_begin(plan));
  // One for each half hour keeps alive what names share.
  for (std::size_t i = 1; i < past.size(); ++i) {
    CHECK(past[i].at - past[i - 1].at < anchor_gap * 2 + Duration::minutes(10));
  }
}

TEST_CASE("A name of which nothing is known has no past") {
  const clients::Popularity popularity = two_names();
  const clients::DiurnalCurve flat = clients::DiurnalCurve::flat();
  const resolver::ResolverProfile profile;
  const KnownLifetimes table = {std::vector<Lifetimes>(2), {}};
  CHECK(thinned_past({popularity, table, flat, profile, Duration::seconds(60), 1, 7, start,
                      Duration::days(4)})
            .empty());
}

// The judge: days of every lookup. From empty caches in one moment delegations of a day's TTL run
// out in step a day later, so the judge is the mean of four such starts, a quarter of a day apart.
TEST_CASE("A thinned past leads to the load that days of every lookup lead to", "[whole-runs]") {
  std::vector<Cohort> cohorts = {cohort("unbound", unbound_like()), cohort("knot", knot_like())};
  for (Cohort& c : cohorts) c.resolvers = 8;
  World world = make_world(healthy_tld(), cohorts);
  world.lead_in = Duration::minutes(15);
  const ReplayResult cold = run(world);
  world.past = Duration::days(4);
  const ReplayResult thinned = run(world);
  world.past = Duration();
  std::vector<ReplayResult> judges;
  for (const std::int64_t hours : {51, 57, 63, 69}) {
    world.lead_in = Duration::hours(hours);
    judges.push_back(run(world));
  }
  const auto load = [](const ReplayResult& result, std::uint32_t first, std::uint32_t sites,
                       Span span) {
    const outcome::Tally& tally = result.tally;
    double sum = 0;
    for (std::uint32_t site = first; site < first + sites; ++site) {
      for (std::uint32_t bin = 0; bin < tally.shape().bins.count; ++bin) {
        const SimTime at = tally.shape().bins.start_of(bin);
        const bool is_meant = at >= minute(span.from) && at < minute(span.until);
        if (is_meant) sum += tally.load_queries(site, bin).to_double();
      }
    }
    return sum;
  };
  // Sites: root, net, 3 x 2 of the TLD, 2 of the hoster.
  for (const auto& [first, count] : {std::pair{2U, 6U}, std::pair{8U, 2U}}) {
    for (const Span span : {Span{30, 60}, Span{30, 150}, Span{120, 150}}) {
      double expected = 0;
      for (const ReplayResult& judge : judges) expected += load(judge, first, count, span) / 4;
      const double got = load(thinned, first, count, span);
      CAPTURE(first, span.from, span.until, expected, got, load(cold, first, count, span));
      CHECK(std::abs(got - expected) < 0.04 * expected);
      // And the judge can tell: from empty caches things look different.
      if (first == 2) CHECK(load(cold, first, count, span) > 1.2 * expected);
    }
  }
}

}  // namespace zonefall::replay
