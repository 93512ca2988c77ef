// Goal: each lookup counts for the class of its name, whether it is an event or one of many hits
// that are counted as rate times time.
#include <cmath>
#include <memory>
#include <vector>

#include <catch2/catch.hpp>

#include "small_world.h"

namespace zonefall::replay {

using namespace testing;  // NOLINT: test helpers
using outcome::Delegated;
using outcome::NameClass;
using outcome::Outcome;

namespace {

/// One name of another space, which is all that clients ask for.
class OneName final : public NameSpace {
 public:
  OneName(std::shared_ptr<const NameSpace> names, std::uint64_t id)
      : names_(std::move(names)), id_(id) {}
  [[nodiscard]] dns::Name name(std::uint64_t) const override { return names_->name(id_); }
  [[nodiscard]] Delegated delegated(std::uint64_t) const override { return names_->delegated(id_); }

 private:
  std::shared_ptr<const NameSpace> names_;
  std::uint64_t id_;
};

std::uint64_t first_id(const NameSpace& names, Delegated delegated) {
  std::uint64_t id = 0;
  while (names.delegated(id) != delegated) ++id;
  return id;
}

/// Clients ask for nothing but one name, a few times a minute: nearly all lookups are hits.
outcome::Tally tally_of_one(const Tld& tld, Delegated delegated, std::uint32_t head_share_ppm,
                            Hits hits) {
  Cohort asking = cohort("asking", unbound_like());
  asking.popularity = std::make_shared<const clients::Popularity>(
      clients::Popularity::make(
          {.population = 1, .head_names = 1, .head_share_ppm = head_share_ppm, .seed = 1})
          .value());
  World world = make_world(tld, {asking});
  const auto all = world.names;
  world.names = std::make_shared<const OneName>(all, first_id(*all, delegated));
  ReplayOptions options;
  options.hits = hits;
  return run(world, options).tally;
}

/// The sum of what two runs should have alike, of several Poisson counts.
bool is_alike(std::int64_t a, std::int64_t b) {
  const auto larger = static_cast<double>(std::max(a, b));
  return std::abs(static_cast<double>(a - b)) <= 5 * std::sqrt(larger) + 1;
}

}  // namespace

TEST_CASE("A signed, an unsigned and a missing name count for their own class, and fail for it") {
  struct Case {
    Delegated delegated;
    Outcome good;
    std::uint32_t head_share_ppm;
    NameClass names;
  };
  const auto [delegated, good, head_share_ppm, names] =
      GENERATE(Case{Delegated::with_ds, Outcome::secure, 500'000, NameClass::popular_signed},
               Case{Delegated::without_ds, Outcome::insecure, 500'000, NameClass::popular_unsigned},
               Case{Delegated::never, Outcome::nxdomain, 500'000, NameClass::popular_missing},
               Case{Delegated::with_ds, Outcome::secure, 0, NameClass::rare_signed},
               Case{Delegated::without_ds, Outcome::insecure, 0, NameClass::rare_unsigned},
               Case{Delegated::never, Outcome::nxdomain, 0, NameClass::rare_missing});
  INFO(outcome::to_text(names));
  const outcome::Tally tally =
      tally_of_one(healthy_tld(), delegated, head_share_ppm, Hits::rate_times_time);
  for (const NameClass other : outcome::all_name_classes())
    CHECK(tally.has(other) == (other == names));
  CHECK(lookups_of(names, tally) == all_lookups(tally, 0));
  CHECK(lookups_of(names, tally, good) == all_lookups(tally, 0));
  // 4 resolvers, 15,000 lookups a day, 2 hours: 5,000 with a standard deviation of 71.
  CHECK(std::abs(lookups_of(names, tally) - 5'000) < 400);
  const outcome::Tally drawn = tally_of_one(healthy_tld(), delegated, head_share_ppm, Hits::events);
  CHECK(is_alike(lookups_of(names, tally), lookups_of(names, drawn)));

  const outcome::Tally faulty =
      tally_of_one(faulty_tld(), delegated, head_share_ppm, Hits::rate_times_time);
  std::int64_t failed = 0;
  for (const Outcome o : outcome::all_outcomes()) {
    if (outcome::is_failure(o)) failed += lookups_of(names, faulty, o);
  }
  CHECK(std::abs(failed - failed_lookups(faulty, 0)) <= 2);  // roundings
}

TEST_CASE(
    "Only signed names are validated, only unsigned ones insecure, only missing ones denied") {
  const World world =
      make_world(healthy_tld(), {cohort("unbound", unbound_like()), cohort("bind", bind_like())});
  const outcome::Tally tally = run(world).tally;
  struct Case {
    NameClass popular;
    NameClass rare;
    Outcome good;
  };
  std::int64_t popular = 0;
  std::int64_t rare = 0;
  for (const auto& [popular_names, rare_names, good] :
       {Case{NameClass::popular_signed, NameClass::rare_signed, Outcome::secure},
        Case{NameClass::popular_unsigned, NameClass::rare_unsigned, Outcome::insecure},
        Case{NameClass::popular_missing, NameClass::rare_missing, Outcome::nxdomain}}) {
    for (const NameClass names : {popular_names, rare_names}) {
      INFO(outcome::to_text(names));
      CHECK(lookups_of(names, tally) > 50);
      CHECK(lookups_of(names, tally, good) == lookups_of(names, tally));
    }
    popular += lookups_of(popular_names, tally);
    rare += lookups_of(rare_names, tally);
  }
  // 70 % of lookups are for 200 popular names of 5,250, and so are their part of all others.
  const double expected = 0.7 + 0.3 * 200 / 5'250;
  const auto all = static_cast<double>(popular + rare);
  CHECK(std::abs(static_cast<double>(popular) / all - expected) <
        5 * std::sqrt(expected * (1 - expected) / all));
}

}  // namespace zonefall::replay
