// Goal: every count lands in its own cell, only there, and sums do not depend on who counted what.
#include <algorithm>
#include <set>
#include <vector>

#include <catch2/catch.hpp>

#include "../core/aborts.h"
#include "zonefall/core/rng.h"
#include "zonefall/outcome/tally.h"

using namespace zonefall;
using namespace zonefall::outcome;
using resolver::ClientReply;
using resolver::Served;

namespace {

const SimTime start = SimTime::from_unix_s(1'777'939'200);
const TallyShape shape{{start, Duration::minutes(10), 7}, 3, 4, 5};

FixedCount n(std::int64_t count) {
  return FixedCount::from_count(count);
}

SimTime in_bin(std::uint32_t bin) {
  return shape.bins.start_of(bin) + Duration::seconds(1);
}

/// One of many things to count, named by a number.
void count_one(Tally& tally, std::uint64_t item) {
  Rng rng({1, item, purpose("tally test")});
  const auto below = [&](std::uint32_t bound) {
    return static_cast<std::uint32_t>(rng.below(bound));
  };
  // Now and then before or after the bins.
  const SimTime at = start + Duration::seconds(static_cast<std::int64_t>(below(80 * 60)) - 300);
  const auto count = FixedCount::from_raw(static_cast<std::int64_t>(rng.below(1 << 24)));
  const auto outcome = static_cast<Outcome>(below(outcome_count));
  switch (item % 7) {
    case 0:
      return tally.count_lookups(below(3), at, outcome, count,
                                 static_cast<NameClass>(below(name_class_count)));
    case 1: return tally.count_queries(below(3), at, outcome, count);
    case 2: return tally.count_ede(below(3), at, static_cast<std::uint16_t>(below(40)), count);
    case 3: return tally.count_load(below(4), at, count, count + count);
    case 4: return tally.count_work(below(9), below(9), below(9));
    case 5: return tally.count_harm(below(3), at, static_cast<Harm>(below(harm_count)), count);
    default: {  // 6
      Milestones& milestones = tally.milestones(below(5));
      milestones.first_failure = std::min(milestones.first_failure, at);
      milestones.nta_removed = std::max(milestones.nta_removed, at);
      milestones.merge(
          {SimTime::max(), at, SimTime::max(), SimTime::min(), at + Duration::seconds(below(100))});
    }
  }
}

}  // namespace

TEST_CASE("each outcome has its own name and meaning, and five of them fail") {
  std::set<std::string_view> names;
  std::set<std::string_view> meanings;
  std::set<std::string_view> failures;
  for (const Outcome outcome : all_outcomes()) {
    names.insert(to_text(outcome));
    meanings.insert(meaning(outcome));
    if (is_failure(outcome)) failures.insert(to_text(outcome));
  }
  CHECK(names.size() == outcome_count);
  CHECK(meanings.size() == outcome_count);
  CHECK(names.count("") + meanings.count("") == 0);
  CHECK(failures == std::set<std::string_view>{"bogus_servfail", "cached_servfail",
                                               "unreachable_servfail", "limit_servfail",
                                               "timeout"});
}

TEST_CASE("a reply's outcome follows what was served, and NXDOMAIN where it is fresh") {
  using dns::Rcode;
  struct Row {
    Served served;
    Rcode rcode;
    Outcome outcome;
  };
  const Row rows[] = {
      {Served::secure, Rcode::noerror, Outcome::secure},
      {Served::secure, Rcode::nxdomain, Outcome::nxdomain},
      {Served::insecure, Rcode::noerror, Outcome::insecure},
      {Served::insecure, Rcode::nxdomain, Outcome::nxdomain},
      {Served::unvalidated, Rcode::noerror, Outcome::unvalidated},
      {Served::unvalidated, Rcode::nxdomain, Outcome::nxdomain},
      {Served::under_nta, Rcode::noerror, Outcome::under_nta},
      {Served::under_nta, Rcode::nxdomain, Outcome::nxdomain},
      {Served::stale, Rcode::noerror, Outcome::stale},
      {Served::stale, Rcode::nxdomain, Outcome::stale},
      {Served::failed_bogus, Rcode::servfail, Outcome::bogus_servfail},
      {Served::failed_cached, Rcode::servfail, Outcome::cached_servfail},
      {Served::failed_unreachable, Rcode::servfail, Outcome::unreachable_servfail},
      {Served::failed_limit, Rcode::servfail, Outcome::limit_servfail},
      {Served::bogus, Rcode::noerror, Outcome::bogus},
      {Served::bogus, Rcode::nxdomain, Outcome::nxdomain},
  };
  for (const Row& row : rows) {
    ClientReply reply;
    reply.served = row.served;
    reply.rcode = row.rcode;
    CHECK(to_text(outcome_of(reply)) == to_text(row.outcome));
  }
}

TEST_CASE("a bin begins with its first instant and ends before the next bin's") {
  const Bins bins{start, Duration::minutes(10), 3};
  const Duration ns = Duration::nanoseconds(1);
  CHECK(bins.until() == start + Duration::minutes(30));
  CHECK_FALSE(bins.contains(start - ns));
  CHECK(bins.index(start) == 0);
  CHECK(bins.index(start + Duration::minutes(10) - ns) == 0);
  CHECK(bins.index(start + Duration::minutes(10)) == 1);
  CHECK(bins.index(bins.start_of(2)) == 2);
  CHECK(bins.index(bins.until() - ns) == 2);
  CHECK_FALSE(bins.contains(bins.until()));
  CHECK_FALSE(bins.contains(SimTime::max()));
  CHECK_FALSE(bins.contains(SimTime::min()));
}

TEST_CASE("every cell of every count stands for itself") {
  Tally tally(shape);
  std::int64_t next = 1;
  for (std::uint32_t c = 0; c < shape.cohorts; ++c) {
    for (std::uint32_t b = 0; b < shape.bins.count; ++b) {
      for (const Outcome o : all_outcomes()) {
        tally.count_lookups(c, in_bin(b), o, n(next));
        tally.count_queries(c, in_bin(b), o, n(-next++));
      }
    }
  }
  for (std::uint32_t s = 0; s < shape.sites; ++s) {
    for (std::uint32_t b = 0; b < shape.bins.count; ++b) {
      tally.count_load(s, in_bin(b), n(next), n(-next));
      ++next;
    }
  }
  std::int64_t expected = 1;
  for (std::uint32_t c = 0; c < shape.cohorts; ++c) {
    for (std::uint32_t b = 0; b < shape.bins.count; ++b) {
      for (const Outcome o : all_outcomes()) {
        REQUIRE(tally.lookups(c, b, o) == n(expected));
        REQUIRE(tally.queries(c, b, o) == n(-expected++));
      }
    }
  }
  for (std::uint32_t s = 0; s < shape.sites; ++s) {
    for (std::uint32_t b = 0; b < shape.bins.count; ++b) {
      REQUIRE(tally.load_queries(s, b) == n(expected));
      REQUIRE(tally.load_octets(s, b) == n(-expected++));
    }
  }
}

TEST_CASE("lookups of all classes of names add up to the lookups, to the last bit") {
  Tally tally(shape);
  Tally other(shape);
  std::int64_t raw = 1;
  for (const NameClass names : all_name_classes()) {
    CHECK_FALSE(tally.has(names));
    for (std::uint32_t c = 0; c < shape.cohorts; ++c) {
      for (std::uint32_t b = 0; b < shape.bins.count; ++b) {
        for (const Outcome o : all_outcomes()) {
          raw = raw * 31 % 1'000'003;
          (raw % 2 == 0 ? tally : other)
              .count_lookups(c, in_bin(b), o, FixedCount::from_raw(raw), names);
        }
      }
    }
  }
  tally.merge(other);
  raw = 1;
  std::vector<std::int64_t> sums(shape.cohorts * shape.bins.count * outcome_count);
  for (const NameClass names : all_name_classes()) {
    CHECK(tally.has(names));
    std::size_t cell = 0;
    for (std::uint32_t c = 0; c < shape.cohorts; ++c) {
      for (std::uint32_t b = 0; b < shape.bins.count; ++b) {
        for (const Outcome o : all_outcomes()) {
          raw = raw * 31 % 1'000'003;
          REQUIRE(tally.lookups_of(names, c, b, o).raw() == raw);
          sums[cell++] += raw;
        }
      }
    }
  }
  std::size_t cell = 0;
  for (std::uint32_t c = 0; c < shape.cohorts; ++c) {
    for (std::uint32_t b = 0; b < shape.bins.count; ++b) {
      for (const Outcome o : all_outcomes()) REQUIRE(tally.lookups(c, b, o).raw() == sums[cell++]);
    }
  }
}

TEST_CASE("each class of names has its own name, title and meaning, and is made of what it says") {
  std::set<std::string_view> texts;
  std::set<NameClass> made;
  for (const NameClass names : all_name_classes()) {
    texts.insert({to_text(names), title(names), meaning(names)});
  }
  CHECK(texts.size() == 3 * name_class_count);
  CHECK(texts.count("") == 0);
  for (const Demanded demanded : {Demanded::often, Demanded::rarely}) {
    for (const Delegated delegated :
         {Delegated::with_ds, Delegated::without_ds, Delegated::never}) {
      made.insert(name_class_of(demanded, delegated));
    }
  }
  CHECK(made.size() == name_class_count);
  CHECK(name_class_of(Demanded::often, Delegated::with_ds) == NameClass::popular_signed);
  CHECK(name_class_of(Demanded::rarely, Delegated::never) == NameClass::rare_missing);
}

TEST_CASE("EDE codes are counted by cohort, bin and code, registered or not") {
  Tally tally(shape);
  tally.count_ede(2, in_bin(6), 65535, n(1));
  tally.count_ede(2, in_bin(6), 33, n(2));
  tally.count_ede(2, in_bin(6), 34, n(3));
  tally.count_ede(0, in_bin(1), 6, n(4));
  tally.count_ede(0, in_bin(0), 22, n(5));
  tally.count_ede(0, in_bin(0), 22, n(6));
  tally.count_ede(0, in_bin(0), 0, n(0));
  tally.count_ede(1, in_bin(0), 4711, n(0));
  const std::map<Tally::EdeKey, FixedCount> expected = {
      {{0, 0, 22}, n(11)}, {{0, 1, 6}, n(4)},     {{2, 6, 33}, n(2)},
      {{2, 6, 34}, n(3)},  {{2, 6, 65535}, n(1)},
  };
  CHECK(tally.ede() == expected);
}

TEST_CASE("what happens outside the bins is not counted") {
  Tally tally(shape);
  for (const SimTime at : {start - Duration::nanoseconds(1), shape.bins.until(), SimTime::max()}) {
    tally.count_lookups(0, at, Outcome::secure, n(1));
    tally.count_queries(0, at, Outcome::secure, n(1));
    tally.count_ede(0, at, 6, n(1));
    tally.count_ede(0, at, 4711, n(1));
    tally.count_load(0, at, n(1), n(1));
  }
  CHECK(tally == Tally(shape));
}

TEST_CASE("who counts outside the shape aborts") {
  Tally t(shape);
  CHECK(aborts([&] { t.count_lookups(3, in_bin(0), Outcome::secure, n(1)); }));
  CHECK(aborts([&] { t.count_queries(3, in_bin(0), Outcome::secure, n(1)); }));
  CHECK(aborts([&] { t.count_lookups(0, in_bin(0), static_cast<Outcome>(outcome_count), n(1)); }));
  CHECK(aborts([&] {
    t.count_lookups(0, in_bin(0), Outcome::secure, n(1), static_cast<NameClass>(name_class_count));
  }));
  CHECK(aborts([&] { t.count_ede(3, in_bin(0), 6, n(1)); }));
  CHECK(aborts([&] { t.count_ede(3, in_bin(0), 4711, n(1)); }));
  CHECK(aborts([&] { t.count_load(4, in_bin(0), n(1), n(1)); }));
  CHECK(aborts([&] { t.milestones(5); }));
  CHECK(aborts([&] { static_cast<void>(t.lookups(0, 7, Outcome::secure)); }));
  CHECK(aborts([&] { static_cast<void>(t.load_queries(0, 7)); }));
  CHECK(aborts([&] { t.merge(Tally({shape.bins, 2, 4, 5})); }));
  CHECK(aborts([&] { Tally({{start, Duration(), 1}, 1, 1, 1}); }));
  CHECK_FALSE(aborts([&] { t.count_load(3, in_bin(6), n(1), n(1)); }));
}

TEST_CASE("a resolver's milestones tell first from last, and recovery from relapse") {
  const auto at = [](std::int64_t s) { return start + Duration::seconds(s); };
  Milestones m;
  m.record_success(at(1));
  CHECK(m == Milestones());  // nothing to recover from
  m.record_failure(at(2));
  m.record_success(at(3));
  CHECK(m.recovered());
  m.record_failure(at(4));
  CHECK_FALSE(m.recovered());
  m.record_success(at(5));
  m.record_success(at(6));
  CHECK(m.first_failure == at(2));
  CHECK(m.last_failure == at(4));
  CHECK(m.first_success_after_last_failure == at(5));

  m.record_nta_installed(at(3));
  m.record_nta_removed(at(4));
  CHECK(m.nta_removed == at(4));
  m.record_nta_installed(at(5));
  CHECK(m.nta_installed == at(3));
  CHECK(m.nta_removed == SimTime::min());  // one stands again
  CHECK(aborts([] { Milestones().record_nta_removed(start); }));
}

TEST_CASE("merging with a tally that knows nothing of a resolver keeps its milestones") {
  Tally known(shape);
  known.milestones(2).record_failure(in_bin(1));
  known.milestones(2).record_success(in_bin(2));
  known.milestones(2).record_nta_installed(in_bin(3));
  const Milestones before = known.milestones(2);
  Tally unknown(shape);
  unknown.merge(known);
  known.merge(Tally(shape));
  CHECK(known.milestones(2) == before);
  CHECK(unknown.milestones(2) == before);
  CHECK(unknown.milestones(1) == Milestones());
}

TEST_CASE("merging gives the same however the work was split, in whatever order it is merged") {
  constexpr std::uint64_t items = 3000;
  Tally whole(shape);
  for (std::uint64_t item = 0; item < items; ++item) count_one(whole, item);
  REQUIRE(whole.ede().size() > 100);
  REQUIRE(whole.resolutions() > 0);

  for (std::uint64_t round = 0; round < 20; ++round) {
    Rng rng({2, round, purpose("tally test split")});
    std::vector<Tally> parts(1 + rng.below(8), Tally(shape));
    for (std::uint64_t item = 0; item < items; ++item) {
      count_one(parts[rng.below(parts.size())], item);
    }
    while (parts.size() > 1) {  // any two at a time: other orders, other brackets
      const std::size_t from = rng.below(parts.size());
      const Tally taken = parts[from];
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(from));
      parts[rng.below(parts.size())].merge(taken);
    }
    REQUIRE(parts[0] == whole);
  }
}

TEST_CASE("clearing forgets everything but the shape") {
  Tally tally(shape);
  for (std::uint64_t item = 0; item < 500; ++item) count_one(tally, item);
  CHECK_FALSE(tally == Tally(shape));
  tally.clear();
  CHECK(tally == Tally(shape));
}
