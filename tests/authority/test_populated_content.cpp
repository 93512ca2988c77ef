// Goal: a zone with a population behaves exactly as the same zone with every member listed.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "zone_testing.h"
#include "zonefall/core/rng.h"

namespace zonefall::authority {

using namespace testing;  // NOLINT: test helpers
using dns::Name;

namespace {

struct Pair {
  ZoneContentPtr populated;
  ZoneContentPtr listed;
};

Pair make_pair(const DenialSettings& denial, std::uint64_t size) {
  const auto population =
      make_procedural_population(population_settings("de.", size, 100'000)).value();
  ListedZone zone = tld_zone("de.");
  zone.denial = denial;
  const ZoneContentPtr populated = make_populated_content(zone, population).value();
  for (std::uint64_t id = 0; id < size; ++id) {
    const Delegation delegation = population->delegation(id);
    zone.rrsets.push_back(delegation.ns);
    if (delegation.ds != nullptr) zone.rrsets.push_back(delegation.ds);
  }
  return {populated, make_listed_content(std::move(zone)).value()};
}

std::vector<Digest128> chain_ids(const ZoneContent& content) {
  std::vector<Digest128> ids;
  content.denial()->for_each(
      [&](const dns::RRsetPtr& rrset) { ids.push_back(rrset->content_id()); });
  return ids;
}

Digest128 id_of(const dns::RRsetPtr& rrset) {
  return rrset == nullptr ? Digest128{} : rrset->content_id();
}

}  // namespace

TEST_CASE("the denial chain does not tell a population from listed names") {
  // Above 4096 members hashes are found by interpolation.
  const auto [denial, size] = GENERATE(table<DenialSettings, std::uint64_t>(
      {{nsec(), 1200}, {nsec3(), 6000}, {nsec3_opt_out(), 1200}}));
  const Pair zones = make_pair(denial, size);
  const DenialChain& populated = *zones.populated->denial();
  const DenialChain& listed = *zones.listed->denial();
  CHECK(populated.size() == listed.size());
  CHECK(chain_ids(*zones.populated) == chain_ids(*zones.listed));
  for (std::uint64_t id = 0; id < size + 300; ++id) {
    const Name name = Name::literal(fmt::format("n{}.de.", id));
    REQUIRE(id_of(populated.matching(name)) == id_of(listed.matching(name)));
    REQUIRE(id_of(populated.covering(name)) == id_of(listed.covering(name)));
  }
  for (const char* text :
       {"de.", "nic.de.", "a.nic.de.", "below.de.", "*.de.", "zz.de.", "-.de."}) {
    const Name name = Name::literal(text);
    CHECK(id_of(populated.matching(name)) == id_of(listed.matching(name)));
    CHECK(id_of(populated.covering(name)) == id_of(listed.covering(name)));
  }
}

TEST_CASE("the chain is one ring in order") {
  const Pair zones = make_pair(nsec3_opt_out(), 3000);
  std::vector<dnssec::Nsec3Interval> intervals;
  zones.populated->denial()->for_each([&](const dns::RRsetPtr& rrset) {
    intervals.push_back(dnssec::decode_interval(*rrset, Name::literal("de.")).value());
  });
  REQUIRE(intervals.size() == zones.populated->denial()->size());
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    const auto& next = intervals[(i + 1) % intervals.size()];
    REQUIRE(intervals[i].next_hash == next.owner_hash);
    if (i + 1 < intervals.size()) REQUIRE(intervals[i].owner_hash < next.owner_hash);
    REQUIRE(intervals[i].opt_out);
  }
}

TEST_CASE("answers do not tell a population from listed names") {
  const Pair zones = make_pair(nsec3_opt_out(), 500);
  const Keys keys = make_keys(1);
  const ZoneVersionPtr populated = sign_version(zones.populated, {keys, keys.zsk});
  const ZoneVersionPtr listed = sign_version(zones.listed, {keys, keys.zsk});
  for (int id = 0; id < 600; id += 7) {
    for (const char* pattern : {"n{}.de.", "www.n{}.de.", "n{}.nic.de.", "x{}.de."}) {
      for (const char* type : {"A", "DS", "NS"}) {
        const auto question = question_of(fmt::format(fmt::runtime(pattern), id), type);
        REQUIRE(dns::to_text(*answer(*populated, question, {}).message) ==
                dns::to_text(*answer(*listed, question, {}).message));
      }
    }
  }
}

TEST_CASE("zones that cannot hold a population are errors") {
  const auto population =
      make_procedural_population(population_settings("de.", 1000, 40'000)).value();
  ListedZone zone = tld_zone("de.");
  zone.denial = nsec3_opt_out();
  zone.rrsets.push_back(rrsets_of("n5 IN A 192.0.2.1\n", "de.").front());
  CHECK(make_populated_content(zone, population).error().message ==
        "n5.de. is listed, and at or below a member of the population");
  CHECK(make_populated_content(tld_zone("at."), population).error().message ==
        "the population lives under de., not under at.");
  const auto large =
      make_procedural_population(population_settings("de.", 2'000'001, 40'000)).value();
  zone = tld_zone("de.");
  zone.denial = nsec3();
  CHECK(make_populated_content(zone, large).error().message.find("2000001 members in the") == 0);
}

}  // namespace zonefall::authority
