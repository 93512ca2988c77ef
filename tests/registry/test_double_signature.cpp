// Double-signature rollover of a ZSK (RFC 6781 4.1.1.2): two keys sign, either signature is enough,
// and when the older key goes its signatures go with it.

#include <algorithm>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "de_world.h"
#include "judges.h"
#include "zonefall/authority/answer.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::registry {
namespace {

using dns::RRType;
using dnssec::Security;

const dnssec::IdentityVerifier identities;
const dnssec::ByteVerifier octets;

/// The rollover of `.de` with double signatures: the new key comes when it begins to sign, and the
/// old one leaves when it stops.
DeWorld double_signature(KeyGeneration generation, Duration overlap = Duration::hours(3)) {
  DeWorld world(generation);
  world.plan.signing.activations[2].overlap = overlap;
  world.plan.publications[1].until = utc("19:19") + overlap;
  world.plan.publications[2].from = utc("19:19");
  world.plan.repair.reset();
  return world;
}

std::vector<std::uint16_t> tags(const dns::RrsigList& rrsigs) {
  std::vector<std::uint16_t> all;
  for (const dns::RrsigPtr& rrsig : rrsigs) all.push_back(rrsig->fields().key_tag);
  return all;
}

std::vector<std::string> failures_at(const DeWorld& world, const RegistryRun& run, SimTime at) {
  return failures(audit(identities, *served(run, 0, at), *world.parent_ds, at));
}

using Tags = std::vector<std::uint16_t>;

}  // namespace

TEST_CASE("In the overlap every RRset has two signatures and the DNSKEY RRset one") {
  const DeWorld world = double_signature(KeyGeneration::once_for_all_hsms);
  const RegistryRun run = world.run();
  struct Phase {
    const char* at;
    Tags zsks;
    std::size_t keys;
  };
  for (const Phase& phase : {Phase{"19:00", {32911}, 2}, Phase{"20:00", {32911, 33834}, 3},
                             Phase{"22:40", {33834}, 2}}) {
    INFO(phase.at);
    const auto version = served(run, 0, utc(phase.at));
    CHECK(version->dnskeys()->rdatas().size() == phase.keys);
    CHECK(tags(version->signatures(version->dnskeys()).rrsigs) == Tags{26755});
    CHECK(tags(version->signatures(version->soa()).rrsigs) == phase.zsks);
    const auto& apex_denial = version->content().denial()->matching(world.plan.zone);
    CHECK(tags(version->signatures(apex_denial).rrsigs) == phase.zsks);
    for (const dns::Name& member : world.signed_members) {
      const auto ds = version->node(member).find(RRType::ds);
      REQUIRE(tags(version->signatures(ds).rrsigs) == phase.zsks);
    }
    CHECK(failures_at(world, run, utc(phase.at)).empty());
  }
}

TEST_CASE("When the overlap ends the older signatures go and nothing is signed again") {
  const DeWorld world = double_signature(KeyGeneration::once_for_all_hsms);
  const RegistryRun run = world.run();
  const SimTime end = utc("19:19") + Duration::hours(3);
  int renewed = 0;
  for (const dns::Name& member : world.signed_members) {
    const auto ds = world.plan.content->node(member).find(RRType::ds);
    const SimTime last = end - Duration::seconds(1);
    const auto before = run.signing_plan->source_at(last)->signatures(ds);
    const auto after = run.signing_plan->source_at(end)->signatures(ds);
    REQUIRE(before.rrsigs.size() == 2);
    REQUIRE(after.rrsigs.size() == 1);
    CHECK(before.unchanged_until == end);
    CHECK(after.unchanged_until > end);
    renewed += before.rrsigs[1]->fields().inception != after.rrsigs[0]->fields().inception;
    // Both are of one event: same HSM, same window.
    CHECK(before.rrsigs[0]->fields().inception == before.rrsigs[1]->fields().inception);
    const SigningEvent event = run.signing_plan->event_at(member, RRType::ds, last);
    const KeyStore& keys = run.signing_plan->keys();
    for (const dns::RrsigPtr& rrsig : before.rrsigs) {
      const std::string label = fmt::format("zsk-{}", rrsig->fields().key_tag);
      CHECK(rrsig->identity()->key_pair == keys.hsms()[event.hsm].pair(label)->id());
    }
  }
  CHECK(renewed <= 1);  // for age, in that very second
}

TEST_CASE("Signatures stay as they are until exactly when they say") {
  DeWorld world = double_signature(KeyGeneration::once_for_all_hsms, Duration::minutes(30));
  world.plan.signing.batches = {{utc("19:25"), Duration::minutes(10), 500'000}};
  const RegistryRun run = world.run();
  for (std::size_t n = 0; n < 20; ++n) {
    const auto ds = world.plan.content->node(world.signed_members[n]).find(RRType::ds);
    auto in_force = run.signing_plan->source_at(utc("19:10"))->signatures(ds);
    for (SimTime at = utc("19:10"); at < utc("20:00"); at += Duration::seconds(1)) {
      const auto now = run.signing_plan->source_at(at)->signatures(ds);
      const bool same =
          std::equal(now.rrsigs.begin(), now.rrsigs.end(), in_force.rrsigs.begin(),
                     in_force.rrsigs.end(), [](const dns::RrsigPtr& a, const dns::RrsigPtr& b) {
                       return a->fields() == b->fields() && a->identity() == b->identity();
                     });
      REQUIRE(same == (at < in_force.unchanged_until));
      in_force = now;
    }
  }
}

TEST_CASE("A new key that does not verify harms nobody while the old one signs beside it") {
  const DeWorld world = double_signature(KeyGeneration::once_per_hsm);
  const RegistryRun run = world.run();
  for (const char* at : {"19:00", "19:30", "20:30", "22:29:59"}) {
    INFO(at);
    const auto version = served(run, 0, utc(at));
    CHECK(failures_at(world, run, utc(at)).empty());
    CHECK(failures(audit(octets, *version, *world.parent_ds, utc(at))).empty());
    for (const dns::Name& member : world.unsigned_members) {
      REQUIRE(referral_verdict(identities, *version, member, utc(at)).security ==
              Security::insecure);
    }
  }
  // Its own signatures are as bad as ever, and alone they are all there is.
  const SimTime alone = utc("22:40");
  CHECK(failures_at(world, run, alone).size() > 500);
  REQUIRE(run.first_alert.has_value());
  CHECK(*run.first_alert >= utc("19:19") + Duration::hours(3));
}

TEST_CASE("Validators that have the old DNSKEY RRset in their caches find the new answers good") {
  const DeWorld world = double_signature(KeyGeneration::once_per_hsm);
  const RegistryRun run = world.run();
  const dnssec::ZoneKeys old_keys = dnssec::zone_keys(*served(run, 0, utc("19:00"))->dnskeys());
  const auto version = served(run, 0, utc("20:00"));
  REQUIRE(old_keys.keys.size() == 2);
  for (const dns::Name& member : world.signed_members) {
    const auto ds = version->node(member).find(RRType::ds);
    const dns::SignedRRset entry{ds, version->signatures(ds).rrsigs};
    REQUIRE(dnssec::validate_rrset({identities}, entry, old_keys, utc("20:00")).verdict.security ==
            Security::secure);
  }
}

TEST_CASE("Two signatures make answers larger, up to truncation over UDP") {
  const DeWorld world = double_signature(KeyGeneration::once_for_all_hsms);
  const RegistryRun run = world.run();
  const auto size_of = [&](const char* at, const dns::Name& qname) {
    return authority::answer(*served(run, 0, utc(at)), {qname, RRType::a}, {}).wire_octets;
  };
  // RFC 4034 3.1: 18 octets, the signer's name (de: 4), 128 octets of RSA 1024; and 12 of the RR's
  // own with a compressed owner. A referral has one RRset that is signed, or two.
  constexpr std::size_t rrsig_octets = 12 + 18 + 4 + 128;
  const dns::Name& secure = world.signed_members[0];
  const dns::Name& insecure = world.unsigned_members[0];
  CHECK(size_of("20:00", secure) == size_of("19:00", secure) + rrsig_octets);
  CHECK(size_of("20:00", insecure) == size_of("19:00", insecure) + 2 * rrsig_octets);
  CHECK(size_of("22:40", insecure) == size_of("19:00", insecure));

  const auto at_most = [&](const char* at, std::size_t octets_max) {
    const auto answer = authority::answer(*served(run, 0, utc(at)), {insecure, RRType::a}, {});
    return authority::fit_answer(answer, octets_max).message->flags.tc;
  };
  const std::size_t room = size_of("19:00", insecure) + rrsig_octets;
  CHECK_FALSE(at_most("19:00", room));
  CHECK(at_most("20:00", room));
}

TEST_CASE("The log says who signs beside whom and when that ends") {
  const auto lines = [](const RegistryRun& run, const std::string& part) {
    return std::count_if(run.log.begin(), run.log.end(), [&](const RegistryEvent& event) {
      return event.what.find(part) != std::string::npos;
    });
  };
  const RegistryRun run = double_signature(KeyGeneration::once_for_all_hsms).run();
  const std::string names = "ZSK 'zsk-33834' (tag 33834) signs ";
  CHECK(lines(run, names + "beside ZSK 'zsk-32911' (tag 32911)") == 1);
  CHECK(lines(run, names + "alone: signatures of ZSK 'zsk-32911' (tag 32911) leave") == 1);

  // A repair in the middle of it makes the old key the only one.
  DeWorld repaired = double_signature(KeyGeneration::once_per_hsm);
  repaired.plan.signing.activations.push_back({utc("21:00"), KeyRole::zsk, "zsk-32911"});
  CHECK(lines(repaired.run(), names + "alone") == 0);
}

TEST_CASE("BIND finds a zone with double signatures good, and bad once the bad key signs alone") {
  const DeWorld world = double_signature(KeyGeneration::once_per_hsm);
  const RegistryRun run = world.run();
  const auto is_good = [&](const char* clock_time) {
    const SimTime now = utc(clock_time);
    // dnssec-verify cannot be told the time, so the zone comes to its time.
    const Duration shift = SimTime::from_unix_s(std::time(nullptr)) - now;
    const judges::TemporaryFolder folder;
    const auto shown = redated(served(run, 0, now), *run.signing_plan, shift);
    folder.write("zone", judges::master_text(*shown));
    const judges::Run judged = folder.run("/usr/bin/dnssec-verify -o de zone");
    INFO(judged.output.substr(0, 2000));
    return judged.good;
  };
  CHECK(is_good("20:00"));
  CHECK_FALSE(is_good("22:40"));
}

}  // namespace zonefall::registry
