// Goal: what a scenario says of DS, pins and catchments is what its world does.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "minimal_scenario.h"
#include "zonefall/authority/answer.h"
#include "zonefall/dnssec/validate.h"
#include "zonefall/replay/replay.h"
#include "zonefall/scenario/build.h"
#include "zonefall/scenario/run.h"

using namespace zonefall;
using namespace zonefall::scenario;

namespace {

const std::string path = "scenarios/t.yaml";

// The minimal scenario with a signed root that publishes every hour, and the KSK of xy in its DS.
std::string signed_root(const std::string& ds, const std::string& root_denial) {
  std::string text = damaged(
      "{apex: ., servers: [ns.root]}",
      "{apex: ., servers: [ns.root], denial: {kind: " + root_denial + "}, ttls: {ds: 1 h}}");
  const auto replace = [&](const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  };
  replace("bits: 2048, published: [{from: always}]}",
          "bits: 2048, published: [{from: always}], ds: [" + ds + "]}");
  replace("registries:\n",
          "registries:\n"
          "  - zone: .\n"
          "    hsms: [r]\n"
          "    keys:\n"
          "      - {label: k, role: ksk, bits: 2048, published: [{from: always}]}\n"
          "      - {label: z, role: zsk, bits: 2048, published: [{from: always}]}\n"
          "    activations:\n"
          "      - {from: always, role: ksk, key: k}\n"
          "      - {from: always, role: zsk, key: z}\n"
          "    publication: [{from: 2025-12-31, interval: 1 h}]\n");
  return text;
}

Result<BuiltScenario> built_from(const std::string& yaml, const Changes& changes = {}) {
  auto file = parse_scenario(yaml, path, changes);
  INFO((file.ok() ? "" : file.error().to_text()));
  REQUIRE(file.ok());
  return build(file.value().scenario, {default_lead_in});
}

BuiltScenario world_of(const std::string& yaml, const Changes& changes = {}) {
  auto built = built_from(yaml, changes);
  INFO((built.ok() ? "" : built.error().to_text()));
  REQUIRE(built.ok());
  return std::move(built).value();
}

dns::Name name(const char* text) {
  return dns::Name::parse(text).value();
}

SimTime at(const char* text) {
  return SimTime::parse(text).value();
}

// What a validator makes of the root's referral to xy: the DS verifies (RFC 4035 5.2), or there is
// a proof that there is none.
struct Referral {
  bool has_ds = false;
  dnssec::Security security = dnssec::Security::bogus;
  bool operator==(const Referral&) const = default;
};
Referral referral_at(const BuiltScenario& built, SimTime now) {
  const authority::ZoneHistory& root = *built.find_zone(dns::Name())->history;
  const authority::ZoneVersion& version = *root.entries()[root.index_at(now)].version;
  const dnssec::ZoneKeys keys = dnssec::zone_keys(*version.dnskeys());
  const dnssec::IdentityVerifier verifier;
  const authority::Answer answer = authority::answer(version, {name("n1.xy"), dns::RRType::a}, {});
  for (const dns::SignedRRset& entry : answer.message->authority) {
    if (entry.rrset->type() != dns::RRType::ds) continue;
    return {true, dnssec::validate_rrset({verifier}, entry, keys, now).verdict.security};
  }
  const auto judged = dnssec::validate_denial(
      {verifier}, {dnssec::Denial::no_ds_referral, name("xy"), dns::RRType::ds},
      answer.message->authority, keys, now);
  return {false, judged.verdict.security};
}

outcome::Outcome asked(const BuiltScenario& built, const char* when) {
  replay::Inquiry inquiry;
  inquiry.at = at(when);
  inquiry.question = {name("n1.xy"), dns::RRType::a};
  const auto result = replay::inquire(built.world, inquiry);
  REQUIRE(result.ok());
  return outcome::outcome_of(result.value().reply);
}

}  // namespace

TEST_CASE("an NTA for popular names is one for each, and what is flushed with it goes with it") {
  const Changes popular = {"demand.head_names = 5", "demand.head_share = 50 %",
                           "operators[0].name = ~", "operators[0].popular = 3",
                           "operators[0].flush = subtree"};
  const std::string yaml = signed_root("{from: always}", "nsec");
  const BuiltScenario built = world_of(yaml, popular);
  const replay::Cohort& cohort = built.world.cohorts[0];
  REQUIRE(cohort.actions.size() == 6);
  for (std::uint32_t rank = 0; rank < 3; ++rank) {
    const dns::Name wanted = built.world.names->name(cohort.popularity->head_id(rank));
    const auto& install = cohort.actions[2 * rank];
    const auto& flush = cohort.actions[2 * rank + 1];
    CHECK(std::get<resolver::InstallNta>(install.action).name == wanted);
    CHECK(std::get<resolver::Flush>(flush.action).what == resolver::Flush::What::subtree);
    CHECK(std::get<resolver::Flush>(flush.action).name == wanted);
    CHECK(install.goes_with_previous == (rank > 0));
    CHECK(flush.goes_with_previous);
  }
  CHECK(replay::check(built.world).ok());
  const BuiltScenario bogus = world_of(yaml, {"operators[0].flush = bogus"});
  REQUIRE(bogus.world.cohorts[0].actions.size() == 2);
  CHECK(std::get<resolver::Flush>(bogus.world.cohorts[0].actions[1].action).what ==
        resolver::Flush::What::bogus);
}

TEST_CASE("who watches does so with the numbers of the file") {
  const BuiltScenario built = world_of(
      signed_root("{from: always}", "nsec"),
      {"operators[0].act = watch_failures", "operators[0].flush = subtree",
       "operators[0].watch = {look: 30 s, window: 2 min, share: 25 %, failures_min: 7, "
       "lasting: 4 min, reaction_min: 3 min, reaction_max: 8 min, lifetime: 2 h, probe: 9 min}"});
  REQUIRE(built.world.cohorts[0].actions.size() == 1);
  const replay::ScheduledAction& action = built.world.cohorts[0].actions[0];
  resolver::NtaWatch wanted;
  wanted.name = name("xy");
  wanted.look = Duration::seconds(30);
  wanted.window = Duration::minutes(2);
  wanted.share_ppm = 250'000;
  wanted.failures_min = 7;
  wanted.lasting = Duration::minutes(4);
  wanted.reaction = Duration::minutes(3);
  wanted.lifetime = Duration::hours(2);
  wanted.probe = Duration::minutes(9);
  wanted.flush = resolver::NtaFlush::subtree;
  CHECK(std::get<resolver::NtaWatch>(action.action) == wanted);
  CHECK(action.reaction_spread == Duration::minutes(5));
}

TEST_CASE("a DS comes and goes with the parent's next version, with its proof") {
  const Referral with_ds{true, dnssec::Security::secure};
  const Referral without{false, dnssec::Security::insecure};
  for (const std::string denial : {"nsec", "nsec3"}) {
    INFO(denial);
    const BuiltScenario built = world_of(signed_root(
        "{until: 2026-01-01T06:30Z}, {from: 2026-01-01T09:15Z, until: 2026-01-01T11:00Z}", denial));
    CHECK(referral_at(built, at("2026-01-01T00:30Z")) == with_ds);
    // The root is published on the hour.
    CHECK(referral_at(built, at("2026-01-01T06:59Z")) == with_ds);
    CHECK(referral_at(built, at("2026-01-01T07:00Z")) == without);
    CHECK(referral_at(built, at("2026-01-01T09:59Z")) == without);
    CHECK(referral_at(built, at("2026-01-01T10:00Z")) == with_ds);
    CHECK(referral_at(built, at("2026-01-01T11:00Z")) == without);
    CHECK(built.ds_of(name("xy"), at("2026-01-01T06:59Z")) != nullptr);
    CHECK(built.ds_of(name("xy"), at("2026-01-01T07:00Z")) == nullptr);
  }
}

// From 12:00 on the zone's signing key is not published any more.
TEST_CASE("names resolve again once the DS has left the root and its TTL is over") {
  const BuiltScenario kept = world_of(signed_root("{from: always}", "nsec"));
  const BuiltScenario removed = world_of(signed_root("{until: 2026-01-01T15:00Z}", "nsec"));
  for (const BuiltScenario* built : {&kept, &removed}) {
    CHECK(!outcome::is_failure(asked(*built, "2026-01-01T11:00Z")));
    CHECK(outcome::is_failure(asked(*built, "2026-01-01T14:30Z")));
  }
  CHECK(outcome::is_failure(asked(kept, "2026-01-01T18:00Z")));
  CHECK(asked(removed, "2026-01-01T18:00Z") == outcome::Outcome::insecure);
}

TEST_CASE("a DS cannot change in a zone that nobody publishes") {
  const std::string yaml = damaged("{apex: ., servers: [ns.root]}",
                                   "{apex: ., servers: [ns.root], denial: {kind: unsigned}}");
  const auto built = built_from(yaml, {"registries[xy].keys[k].ds = [{until: 2026-01-01T06:00Z}]"});
  REQUIRE(!built.ok());
  CHECK(built.error().message ==
        "zone .: the DS of xy. changes, but no registry publishes the zone");
}

TEST_CASE("a pin of what is not in its zone is refused") {
  const std::string yaml = signed_root("{from: always}", "nsec");
  const auto pinned = [&](const std::string& owner, const std::string& type) {
    return built_from(
        yaml, {"registries[xy].pins = [{owner: " + owner + ", type: " + type + ", hsm: h1}]"});
  };
  CHECK(pinned("xy", "SOA").ok());
  CHECK(pinned("xy", "DNSKEY").ok());
  CHECK(pinned("xy", "NS").ok());
  const BuiltScenario built = world_of(yaml);
  const auto& content = built.find_zone(name("xy"))->history->entries().front().version->content();
  std::string last;
  content.denial()->for_each([&](const dns::RRsetPtr& rrset) { last = rrset->owner().to_text(); });
  CHECK(pinned(last, "NSEC3").ok());
  CHECK(pinned(content.denial()->matching(name("xy"))->owner().to_text(), "NSEC3").ok());
  const auto wrong = pinned("a.xy", "NSEC3");
  REQUIRE(!wrong.ok());
  CHECK(wrong.error().message == "registries[xy.].pins[0]: the zone has no NSEC3 RRset at a.xy.");
  CHECK(!pinned("xy", "NSEC").ok());
  CHECK(!pinned("xy", "MX").ok());
  CHECK(!pinned("none.xy", "DS").ok());
}

TEST_CASE("a pin outside its zone is refused with its place") {
  const auto file = parse_scenario(
      damaged("    publication:", "    pins: [{owner: yz, type: SOA, hsm: h1}]\n    publication:"),
      path);
  REQUIRE(!file.ok());
  CHECK(file.error().to_text() == "scenarios/t.yaml:28:20: yz. is not in zone xy.");
}

TEST_CASE("sites are reached by the share of resolvers that they are given") {
  const std::string yaml = signed_root("{from: always}", "nsec");
  const auto replayed = [&](const std::string& two, const std::string& three) {
    const BuiltScenario built = world_of(
        yaml, {"cohorts[all].resolvers = 300", "cohorts[all].lookups_per_day_mean = 20",
               "cohorts[all].rate_shape = 10", "servers[ns.xy].sites[two].reached_by = " + two,
               "servers[ns.xy].sites[three].reached_by = " + three});
    auto result = replay::replay(built.world, {});
    REQUIRE(result.ok());
    return std::move(result).value();
  };
  const auto part_of_two = [](const replay::ReplayResult& result) {
    double loads[2] = {};
    for (std::uint32_t site : {0U, 1U}) {
      for (std::uint32_t bin = 0; bin < result.tally.shape().bins.count; ++bin) {
        loads[site] += result.tally.load_queries(1 + site, bin).to_double();
      }
    }
    return loads[0] / (loads[0] + loads[1]);
  };
  const auto none = replayed("0 %", "0 %");
  const auto equal = replayed("50 %", "50 %");
  CHECK(none.fingerprint == equal.fingerprint);
  // Three deviations of 300 draws.
  CHECK(part_of_two(equal) == Approx(0.5).margin(0.09));
  CHECK(part_of_two(replayed("90 %", "10 %")) == Approx(0.9).margin(0.06));
  CHECK(part_of_two(replayed("0 %", "100 %")) == 0);
}

TEST_CASE("an attacker forges what the file says, and is a cause for harm") {
  const std::string yaml = signed_root("{from: always}", "nsec");
  const std::string rest =
      "position: on_path, from: 2026-01-01T06:00Z, "
      "until: 2026-01-01T07:00Z, success: 5 %, ttl: 10 min}";
  const Changes popular = {"demand.head_names = 5", "demand.head_share = 50 %",
                           "attacker = {popular: 3, " + rest};
  const BuiltScenario built = world_of(yaml, popular);
  REQUIRE(built.world.attacker);
  const replay::Attacker& attacker = *built.world.attacker;
  CHECK(attacker.position == replay::Attacker::Position::on_path);
  CHECK(attacker.success_ppm == 50'000);
  CHECK(attacker.ttl_s == 600);
  CHECK(attacker.until - attacker.from == Duration::hours(1));
  std::vector<dns::Name> wanted;
  for (std::uint32_t rank = 0; rank < 3; ++rank) {
    const clients::Popularity& popularity = *built.world.cohorts[0].popularity;
    wanted.push_back(built.world.names->name(popularity.head_id(rank)));
  }
  std::sort(wanted.begin(), wanted.end());
  CHECK(attacker.names == wanted);
  const BuiltScenario listed =
      world_of(yaml, {"attacker = {names: [n9.xy, n1.xy, n9.xy], " + rest});
  CHECK(listed.world.attacker->names == std::vector<dns::Name>{name("n1.xy"), name("n9.xy")});

  const auto harms = [&](const Changes& changes) {
    return possible_harms(parse_scenario(yaml, path, changes).value().scenario);
  };
  using outcome::Harm;
  const std::string moves =
      "zones[xy].population.moves = {share: 1 %, from: 2026-01-01, until: 2026-01-02}";
  CHECK(harms({}).empty());
  CHECK(harms(popular) == std::vector{Harm::spoofed});
  CHECK(harms({moves}) == std::vector{Harm::outdated});
}

TEST_CASE("how a name is delegated is what the zone has of it") {
  const BuiltScenario built =
      world_of(signed_root("{from: always}", "nsec"),
               {"zones[xy].population.size = 40", "zones[xy].population.signed = 50 %"});
  const auto& entries = built.find_zone(name("xy"))->history->entries();
  int found[3] = {};
  for (std::uint64_t id = 0; id < 50; ++id) {
    const authority::Node& node = entries.front().version->node(built.world.names->name(id));
    const outcome::Delegated delegated = built.world.names->delegated(id);
    INFO(id);
    CHECK((delegated != outcome::Delegated::never) == (node.find(dns::RRType::ns) != nullptr));
    CHECK((delegated == outcome::Delegated::with_ds) == (node.find(dns::RRType::ds) != nullptr));
    found[static_cast<int>(delegated)] += 1;
  }
  CHECK(found[0] > 5);
  CHECK(found[1] > 5);
  CHECK(found[2] == 10);
}
