// Roll back: a higher serial with the zone as it was, its signatures included, which are as old as
// they are.

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "de_world.h"
#include "zonefall/core/ids.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::registry {
namespace {

using dns::RRType;
using dnssec::Reason;

const dnssec::IdentityVerifier identities;

/// The outage of `.de`, ended by going back to the version of 19:17, the last before the switch.
DeWorld rolled_back() {
  DeWorld world(KeyGeneration::once_per_hsm);
  world.plan.repair->roll_back_to = utc("19:18");
  world.plan.repair->withdraw_label = "";
  return world;
}

std::vector<Audited> audit_at(const DeWorld& world, const RegistryRun& run, SimTime at) {
  return audit(identities, *served(run, 0, at), *world.parent_ds, at);
}

std::size_t expired(const std::vector<Audited>& audited) {
  const auto count = std::count_if(audited.begin(), audited.end(), [](const Audited& entry) {
    return entry.verdict.reason == Reason::signature_expired;
  });
  return static_cast<std::size_t>(count);
}

bool is_same_signature(const dns::RrsigPtr& a, const dns::RrsigPtr& b) {
  return a->fields() == b->fields() && a->identity() == b->identity();
}

}  // namespace

TEST_CASE("The zone after a roll back is the one before the switch with a higher serial") {
  const DeWorld world = rolled_back();
  const RegistryRun run = world.run();
  REQUIRE(run.repaired_at == utc("21:45:14"));
  const auto& entries = run.history->entries();
  const auto at_19_17 = entries[run.history->index_at(utc("19:18"))].version;
  const auto before = entries[run.history->index_at(utc("21:45:13"))].version;
  const auto after = entries[run.history->index_at(utc("21:45:14"))].version;
  REQUIRE(at_19_17->signed_at() == utc("19:17"));
  REQUIRE(after->signed_at() == utc("21:45:14"));
  CHECK(serial_after(after->serial(), before->serial()));

  CHECK(&after->content() == &at_19_17->content());
  CHECK(after->dnskeys()->content_id() == at_19_17->dnskeys()->content_id());
  const auto is_old = [&](const dns::RRsetPtr& rrset) {
    const auto then = at_19_17->signatures(rrset).rrsigs;
    const auto now = after->signatures(rrset).rrsigs;
    REQUIRE(then.size() == 1);
    REQUIRE(now.size() == 1);
    return is_same_signature(then.at(0), now.at(0));
  };
  CHECK(is_old(after->dnskeys()));
  CHECK(is_old(after->content().denial()->matching(world.plan.zone)));
  std::size_t signed_just_then = 0;  // because their turn came in that very second
  for (const dns::Name& member : world.signed_members) {
    signed_just_then += !is_old(after->node(member).find(RRType::ds));
  }
  CHECK(signed_just_then <= 1);
  const auto soa = after->signatures(after->soa()).rrsigs.at(0);
  CHECK(soa->fields().key_tag == 32911);
  CHECK(soa->fields().inception == (utc("21:45:14") - Duration::minutes(90)).to_unix_s());
}

TEST_CASE("A roll back heals site by site and publication goes on from there") {
  const DeWorld world = rolled_back();
  const RegistryRun run = world.run();
  CHECK(failures(audit_at(world, run, utc("20:00"))).size() > 500);
  for (std::size_t site = 0; site < world.plan.site_names.size(); ++site) {
    for (const char* clock_time : {"23:15", "2026-05-06T00:59:00Z"}) {
      const SimTime at = utc(clock_time);
      CHECK(failures(audit(identities, *served(run, site, at), *world.parent_ds, at)).empty());
    }
  }
  CHECK(served(run, 0, utc("23:30"))->signed_at() > utc("23:15"));
  // What has its turn after that is signed with the old key.
  std::size_t renewed = 0;
  const auto version = served(run, 0, utc("2026-05-06T00:59:00Z"));
  for (const dns::Name& member : world.signed_members) {
    const auto rrsig = version->signatures(version->node(member).find(RRType::ds)).rrsigs.at(0);
    CHECK(rrsig->fields().key_tag == 32911);
    renewed += rrsig->fields().inception > (utc("21:45:14") - Duration::minutes(90)).to_unix_s();
  }
  CHECK(renewed > 0);
  CHECK(renewed < world.signed_members.size() / 10);
  const auto lines = std::count_if(run.log.begin(), run.log.end(), [](const RegistryEvent& event) {
    return event.what ==
           "repair: the zone goes back to the version signed at 2026-05-05T19:17:00Z; ZSK "
           "'zsk-32911' (tag 32911) signs from now on";
  });
  CHECK(lines == 1);
}

TEST_CASE("A roll back that comes too late brings back signatures that have expired") {
  DeWorld world = rolled_back();
  world.plan.signing.policy = {.lifetime = Duration::hours(2),
                               .backdating = Duration::minutes(90),
                               .refresh = Duration::minutes(30)};
  world.plan.repair->distribution_delay_min = {};
  world.plan.repair->distribution_delay_max = {};
  const RegistryRun late = world.run();
  REQUIRE(late.repaired_at == utc("21:45:14"));
  // 19:17 is more than a lifetime before 22:00. What had its turn since the repair is well.
  const auto audited = audit_at(world, late, utc("22:00"));
  CHECK(expired(audited) > audited.size() * 3 / 4);
  CHECK(expired(audited) == failures(audited).size());
  // Everything has its turn within lifetime - refresh.
  CHECK(failures(audit_at(world, late, utc("23:30"))).empty());

  // Sooner, it brings back what still verifies, and what does not any more.
  world.plan.repair->not_before = SimTime::min();
  world.plan.repair->delay_after_alert = Duration::seconds(0);
  const RegistryRun soon = world.run();
  REQUIRE(*soon.repaired_at < utc("19:45"));
  CHECK(failures(audit_at(world, soon, *soon.repaired_at + Duration::minutes(11))).empty());
  const auto an_hour_later = audit_at(world, soon, *soon.repaired_at + Duration::hours(1));
  CHECK(expired(an_hour_later) > 0);
  CHECK(expired(an_hour_later) < audited.size() / 2);
}

TEST_CASE("Serials that count up go on counting over a roll back across 2^32 too") {
  DeWorld world = rolled_back();
  world.plan.serial_rule = SerialRule::increment;
  world.plan.soa.serial = 0xffff'ffff - 130;  // the 131st version is number 0: about the repair
  const RegistryRun run = world.run();
  std::uint32_t expected = world.plan.soa.serial;
  for (const auto& entry : run.history->entries()) CHECK(entry.version->serial() == expected++);
  const auto& entries = run.history->entries();
  const std::size_t repaired = run.history->index_at(*run.repaired_at);
  CHECK(serial_after(entries[repaired].version->serial(), entries[repaired - 1].version->serial()));
  CHECK(entries.front().version->serial() > entries.back().version->serial());
}

}  // namespace zonefall::registry
