// The gate validates before it publishes: what fails is held back, what passes is later for it, and
// sites keep what they have, which ages.

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "de_world.h"
#include "registry/gate.h"
#include "zonefall/core/ids.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::registry {
namespace {

using dns::RRType;
using dnssec::Reason;

const dnssec::IdentityVerifier identities;
const Duration half_minute = Duration::seconds(30);

DeWorld gated(KeyGeneration generation, GateScope scope = GateScope::whole_zone) {
  DeWorld world(generation);
  world.plan.gate = PublicationGate{.scope = scope, .check_time = half_minute};
  return world;
}

/// The HSM whose public half is published signs what is at the apex but the SOA, so that this alone
/// shows there what is wrong, in two versions of three.
void pin_apex_to_good_hsm(DeWorld& world) {
  world.plan.signing.pins = {{world.apex_nsec3, RRType::nsec3, "hsm-1"},
                             {world.plan.zone, RRType::ns, "hsm-1"},
                             {world.plan.zone, RRType::nsec3param, "hsm-1"}};
}

std::vector<std::string> failures_in(const DeWorld& world, const authority::ZoneVersion& version,
                                     SimTime at) {
  return failures(audit(identities, version, *world.parent_ds, at));
}

/// Versions signed during the outage that were published, and how many of them are bad.
struct Leaked {
  std::size_t versions = 0;
  std::size_t bad = 0;
};
Leaked leaked(const DeWorld& world, const RegistryRun& run) {
  Leaked leaked;
  for (const auto& entry : run.history->entries()) {
    const SimTime at = entry.version->signed_at();
    if (at < utc("19:19") || at >= utc("21:45:14")) continue;
    leaked.versions += 1;
    leaked.bad += !failures_in(world, *entry.version, entry.published_at).empty();
  }
  return leaked;
}

std::vector<std::string> log_lines(const RegistryRun& run, const std::string& part) {
  std::vector<std::string> lines;
  for (const RegistryEvent& event : run.log) {
    if (event.what.find(part) != std::string::npos) {
      lines.push_back(event.at.to_text() + " " + event.what);
    }
  }
  return lines;
}

}  // namespace

TEST_CASE("On good days a gate costs each version the time of its check") {
  const DeWorld world = gated(KeyGeneration::once_for_all_hsms);
  const RegistryRun run = world.run();
  const RegistryRun without = DeWorld(KeyGeneration::once_for_all_hsms).run();
  CHECK(run.held.empty());
  CHECK_FALSE(run.first_alert.has_value());
  const auto& entries = run.history->entries();
  // At the start sites have the version before the one that they would have without it.
  CHECK(entries.size() == without.history->entries().size() + 1);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    CHECK(entries[i].published_at - entries[i].version->signed_at() == half_minute);
    CHECK(run.sites[0].loaded_at[i] == entries[i].published_at + Duration::minutes(11));
  }
}

TEST_CASE("A gate holds bad versions back until one passes and no site ever has one") {
  const DeWorld world = gated(KeyGeneration::once_per_hsm);
  const RegistryRun run = world.run();
  for (const char* clock_time : {"19:00", "19:31", "20:30", "22:30", "23:30"}) {
    const SimTime at = utc(clock_time);
    for (const std::size_t site : {0U, 5U, 11U}) {
      CHECK(failures_in(world, *served(run, site, at), at).empty());
    }
  }
  CHECK(served(run, 0, utc("21:40"))->signed_at() == utc("19:17"));

  REQUIRE(run.held.size() == 74);  // every two minutes from 19:19 to 21:45
  CHECK(run.held.front().signed_at == utc("19:19"));
  CHECK(run.held.front().checked_at == utc("19:19:30"));
  CHECK(run.held.front().verdict.reason == Reason::signature_crypto_failed);
  CHECK(run.held.back().signed_at == utc("21:45"));
  CHECK(run.first_alert == utc("19:20:30"));
  CHECK(run.repaired_at == utc("21:45:14"));

  const auto& entries = run.history->entries();
  const std::size_t last = run.history->index_at(utc("21:45"));
  CHECK(entries[last].version->signed_at() == utc("19:17"));
  const auto& resumed = entries[last + 1];
  CHECK(resumed.version->signed_at() == utc("21:45:14"));
  CHECK(resumed.published_at == utc("21:46"));  // the version of 21:45 was checked until 21:45:30
  CHECK(serial_after(resumed.version->serial(), run.held.back().serial));

  CHECK(log_lines(run, "is held back by the gate: bogus: ").size() == 1);
  CHECK(log_lines(run, "alert by the gate: bogus: ").size() == 1);
  CHECK(log_lines(run, "alert by checker").empty());
  const auto lines = log_lines(run, "publication resumes with serial");
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], Catch::StartsWith("2026-05-05T21:46:00Z"));
  CHECK_THAT(lines[0], Catch::EndsWith("74 held back"));
}

TEST_CASE("What a gate looks at decides what gets past it") {
  const auto scope = GENERATE(GateScope::apex, GateScope::sample, GateScope::whole_zone);
  DeWorld world = gated(KeyGeneration::once_per_hsm, scope);
  CHECK(leaked(world, world.run()).versions == 0);  // the apex NSEC3 is bad

  pin_apex_to_good_hsm(world);
  const Leaked past = leaked(world, world.run());
  CHECK((past.versions > 0) == (scope == GateScope::apex));
  CHECK(past.bad == past.versions);
}

TEST_CASE("A gate over the whole zone finds a version good exactly when an audit does") {
  const auto kind = GENERATE(range(0, 7));
  DeWorld world(kind == 0 ? KeyGeneration::once_for_all_hsms : KeyGeneration::once_per_hsm);
  pin_apex_to_good_hsm(world);
  RegistryPlan& plan = world.plan;
  plan.checkers = {{.name = "checker", .interval = Duration::minutes(10)}};
  if (kind == 2) plan.signing.batches[0].share_ppm = 2'000;
  if (kind == 3) plan.signing.batches.clear();
  if (kind == 4) plan.signing.activations[2].overlap = Duration::minutes(45);
  if (kind == 5) plan.repair->roll_back_to = utc("19:18");
  if (kind == 6) {
    plan.signing.policy.lifetime = Duration::hours(4);
    plan.signing.policy.refresh = Duration::hours(2);
    plan.repair->roll_back_to = utc("17:05");
  }
  plan.repair->not_before = utc("20:30");
  plan.repair->delay_after_alert = {};
  plan.repair->distribution_delay_min = plan.repair->distribution_delay_max = {};
  plan.until = utc("22:00");
  const RegistryRun run = world.run();

  RegistryPlan looked_at = plan;
  looked_at.gate = PublicationGate{};
  Gate gate(looked_at, run.signing_plan, world.parent_ds);
  std::size_t good = 0;
  std::size_t bad = 0;
  for (const auto& entry : run.history->entries()) {
    const SimTime at = entry.version->signed_at() + half_minute;
    const bool is_good = failures_in(world, *entry.version, at).empty();
    INFO(kind << " at " << at.to_text());
    REQUIRE(gate.failure(*entry.version, at).has_value() == !is_good);
    (is_good ? good : bad) += 1;
  }
  CHECK(good > 30);
  CHECK((bad > 10) == (kind != 0));
}

TEST_CASE("Keys and batches tell that a zone is good where they can") {
  const DeWorld world(KeyGeneration::once_per_hsm);
  const RegistryRun run = world.run();
  const auto is_good = [&](const char* clock_time) {
    const auto version = run.history->entries()[run.history->index_at(utc(clock_time))].version;
    const auto keys = dnssec::zone_keys(*version->dnskeys());
    const auto is_published = [&](const dnssec::KeyPair& pair) {
      return std::any_of(keys.keys.begin(), keys.keys.end(), [&](const dns::DnskeyRdata& key) {
        return dnssec::key_pair_id(key) == pair.id();
      });
    };
    return run.signing_plan->is_good_throughout(version->signed_at(), version->signed_at(),
                                                is_published);
  };
  CHECK(is_good("19:18"));
  CHECK_FALSE(is_good("19:20"));
  CHECK_FALSE(is_good("21:45"));
  CHECK(is_good("21:46"));  // everything was signed again
}

TEST_CASE("Versions that are made during a check are overtaken by the newest of them") {
  DeWorld world = gated(KeyGeneration::once_for_all_hsms);
  world.plan.gate->check_time = Duration::minutes(5);
  const RegistryRun run = world.run();
  const auto& entries = run.history->entries();
  for (std::size_t i = 1; i < entries.size(); ++i) {
    CHECK(entries[i].published_at - entries[i - 1].published_at == Duration::minutes(5));
    if (entries[i].published_at > world.plan.until) continue;  // nothing newer is made
    const Duration delay = entries[i].published_at - entries[i].version->signed_at();
    CHECK(delay >= Duration::minutes(5));
    CHECK(delay < Duration::minutes(7));
  }
}

TEST_CASE("Signatures of the version that sites keep go on ageing while the gate holds") {
  DeWorld world = gated(KeyGeneration::once_per_hsm);
  world.plan.signing.policy = {.lifetime = Duration::hours(2),
                               .backdating = Duration::minutes(90),
                               .refresh = Duration::minutes(30)};
  world.plan.repair.reset();
  const RegistryRun run = world.run();
  const auto version = served(run, 0, utc("19:40"));
  REQUIRE(version->signed_at() == utc("19:17"));
  CHECK(served(run, 0, utc("23:00")) == version);
  CHECK(failures_in(world, *version, utc("19:46")).empty());  // each has half an hour at least
  const auto audited = audit(identities, *version, *world.parent_ds, utc("23:00"));
  CHECK(failures(audited).size() == audited.size());
  for (const Audited& entry : audited) CHECK(entry.verdict.reason == Reason::signature_expired);
}

TEST_CASE("Serials of held versions are not used again") {
  DeWorld world = gated(KeyGeneration::once_per_hsm);
  world.plan.serial_rule = SerialRule::increment;
  const RegistryRun run = world.run();
  const auto& entries = run.history->entries();
  std::vector<std::uint32_t> serials;
  for (const auto& entry : entries) serials.push_back(entry.version->serial());
  for (const HeldVersion& held : run.held) serials.push_back(held.serial);
  std::sort(serials.begin(), serials.end());
  CHECK(std::adjacent_find(serials.begin(), serials.end()) == serials.end());
  CHECK(serials.back() - serials.front() + 1 == serials.size());
}

TEST_CASE("A repair that is no better is held back too") {
  DeWorld world = gated(KeyGeneration::once_per_hsm);
  world.plan.repair->key_label = "zsk-33834";
  world.plan.repair->withdraw_label = "zsk-32911";
  world.plan.signing.pins[0].until = SimTime::max();
  const RegistryRun run = world.run();
  CHECK(run.repaired_at == utc("21:45:14"));
  CHECK(served(run, 0, utc("2026-05-06T00:59:00Z"))->signed_at() == utc("19:17"));
  CHECK(log_lines(run, "publication resumes").empty());
  CHECK(log_lines(run, "loads the repaired zone").empty());
}

TEST_CASE("Double signatures and roll backs pass the gate") {
  DeWorld both = gated(KeyGeneration::once_per_hsm);
  both.plan.signing.activations[2].overlap = Duration::days(2);
  CHECK(both.run().held.empty());

  DeWorld back = gated(KeyGeneration::once_per_hsm);
  back.plan.repair->roll_back_to = utc("19:18");
  const RegistryRun run = back.run();
  CHECK(run.held.size() == 74);
  CHECK(served(run, 0, utc("23:30"))->signed_at() > utc("23:00"));
}

TEST_CASE("A zone whose versions never pass cannot be published at all") {
  DeWorld world = gated(KeyGeneration::once_per_hsm);
  world.plan.signing.activations[2].from = utc("2026-05-05T06:00:00Z");
  world.plan.signing.batches[0].at = utc("2026-05-05T06:00:00Z");
  world.plan.signing.pins[0].from = utc("2026-05-05T06:00:00Z");
  const auto run = run_registry(world.plan, world.keys);
  REQUIRE_FALSE(run.ok());
  CHECK_THAT(run.error().message, Catch::Contains("none passes the gate"));
}

}  // namespace zonefall::registry
