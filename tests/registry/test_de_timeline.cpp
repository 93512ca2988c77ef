// The failure of `.de` on 2026-05-05 follows from its cause: one key pair per HSM under one tag,
// one public half published. Nothing else in the plan is wrong.

#include <algorithm>
#include <cmath>
#include <set>

#include <catch2/catch.hpp>

#include "de_world.h"
#include "registry/checker.h"
#include "zonefall/authority/answer.h"
#include "zonefall/authority/server.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::registry {
namespace {

using dns::RRType;
using dnssec::Reason;
using dnssec::Security;

const dnssec::IdentityVerifier identities;
const dnssec::ByteVerifier octets;

/// |observed - n/3| in standard deviations.
double sigmas_from_third(std::size_t observed, std::size_t n) {
  const auto trials = static_cast<double>(n);
  return std::abs(static_cast<double>(observed) - trials / 3) / std::sqrt(trials * 2 / 9);
}

const Audited& find(const std::vector<Audited>& audited, const dns::Name& owner, RRType type) {
  const auto found = std::find_if(audited.begin(), audited.end(), [&](const Audited& entry) {
    return entry.type == type && entry.owner == owner;
  });
  REQUIRE(found != audited.end());
  return *found;
}

bool all_secure(const DeWorld& world, const RegistryRun& run, std::size_t site, SimTime at) {
  const auto version = served(run, site, at);
  return failures(audit(identities, *version, *world.parent_ds, at)).empty();
}

const DeWorld& world() {
  static const DeWorld made(KeyGeneration::once_per_hsm);
  return made;
}

const RegistryRun& outage() {
  static const RegistryRun run = world().run();
  return run;
}

}  // namespace

TEST_CASE("before the switch every RRset of every site is secure") {
  for (std::size_t site = 0; site < world().plan.site_names.size(); ++site) {
    CHECK(all_secure(world(), outage(), site, utc("18:00")));
    CHECK(all_secure(world(), outage(), site, utc("19:29:59")));
    CHECK_FALSE(all_secure(world(), outage(), site, utc("19:30")));
  }
  const auto version = served(outage(), 0, utc("19:00"));
  CHECK(audit(identities, *version, *world().parent_ds, utc("19:00")).size() > 1200);
  CHECK(failures(audit(octets, *version, *world().parent_ds, utc("19:00"))).empty());
  for (const dns::Name& member : world().unsigned_members) {
    REQUIRE(referral_verdict(identities, *version, member, utc("19:00")).security ==
            Security::insecure);
  }
}

TEST_CASE("after the switch a third of the signatures verify") {
  const SimTime now = utc("20:00");
  const auto version = served(outage(), 0, now);
  const auto audited = audit(identities, *version, *world().parent_ds, now);
  std::size_t ds_total = 0, ds_secure = 0, nsec3_total = 0, nsec3_secure = 0;
  for (const Audited& entry : audited) {
    const bool secure = entry.verdict.security == Security::secure;
    if (!secure) {
      CHECK(entry.verdict.reason == Reason::signature_crypto_failed);
      CHECK(entry.verdict.key_tag == 33834);
      CHECK(dnssec::info(entry.verdict.reason).ede == dns::EdeCode::dnssec_bogus);
    }
    ds_total += entry.type == RRType::ds;
    ds_secure += entry.type == RRType::ds && secure;
    nsec3_total += entry.type == RRType::nsec3;
    nsec3_secure += entry.type == RRType::nsec3 && secure;
  }
  CHECK(ds_total == world().signed_members.size());
  CHECK(sigmas_from_third(ds_secure, ds_total) < 3);
  CHECK(sigmas_from_third(nsec3_secure, nsec3_total) < 3);
  CHECK(find(audited, world().plan.zone, RRType::dnskey).verdict.security == Security::secure);
  CHECK(find(audited, world().apex_nsec3, RRType::nsec3).verdict.security == Security::bogus);
  // Octets and identities say the same of every RRset.
  CHECK(failures(audited) == failures(audit(octets, *version, *world().parent_ds, now)));
}

TEST_CASE("the apex NSEC3 takes every unsigned delegation down") {
  const SimTime now = utc("20:00");
  const auto version = served(outage(), 0, now);
  CHECK(world().apex_nsec3.to_text() == "a0d5d1p51kijsevll74k523htmq406bk.de.");
  REQUIRE(world().unsigned_members.size() > 1300);
  for (const dns::Name& member : world().unsigned_members) {
    const dnssec::Verdict verdict = referral_verdict(identities, *version, member, now);
    REQUIRE(verdict.security == Security::bogus);
    REQUIRE(verdict.reason == Reason::signature_crypto_failed);
    REQUIRE(verdict.owner == world().apex_nsec3);
    REQUIRE(verdict.key_tag == 33834);
  }
  const dnssec::Verdict one =
      referral_verdict(identities, *version, world().unsigned_members[0], now);
  CHECK_THAT(one.to_text(), Catch::Contains("a0d5d1p51kijsevll74k523htmq406bk.de"));
  CHECK_THAT(one.to_text(), Catch::Contains("33834"));
}

TEST_CASE("the SOA's validity flips from serial to serial") {
  std::size_t serials = 0, valid = 0, flips = 0;
  std::optional<bool> previous;
  for (const auto& entry : outage().history->entries()) {
    const authority::ZoneVersion& version = *entry.version;
    if (version.signed_at() < utc("19:19") || version.signed_at() >= utc("21:45:14")) continue;
    const auto verdict = verdict_on({identities}, version, world().parent_ds,
                                    {world().plan.zone, RRType::soa}, version.signed_at());
    const bool secure = verdict.security == Security::secure;
    serials += 1;
    valid += secure;
    flips += previous.has_value() && *previous != secure;
    previous = secure;
  }
  CHECK(serials == 74);
  CHECK(sigmas_from_third(valid, serials) < 3);
  CHECK(flips > 15);  // 32 expected of independent draws
}

TEST_CASE("the repair heals site by site between 22:08 and 23:15") {
  const RegistryRun& run = outage();
  REQUIRE(run.first_alert.has_value());
  CHECK(*run.first_alert > utc("19:30"));
  CHECK(*run.first_alert < utc("19:37"));
  CHECK(run.repaired_at == utc("21:45:14"));
  const std::size_t sites = world().plan.site_names.size();
  const auto good_sites = [&](SimTime at) {
    std::size_t good = 0;
    for (std::size_t site = 0; site < sites; ++site) {
      good += all_secure(world(), run, site, at);
    }
    return good;
  };
  CHECK(good_sites(utc("22:07:59")) == 0);
  CHECK(good_sites(utc("22:08")) == 1);
  const std::size_t half_way = good_sites(utc("22:41"));
  CHECK(half_way > 1);
  CHECK(half_way < sites - 1);
  CHECK(good_sites(utc("23:14:59")) == sites - 1);
  CHECK(good_sites(utc("23:15")) == sites);
  CHECK(good_sites(utc("2026-05-06T00:30:00Z")) == sites);
}

TEST_CASE("the repaired zone looks like the one that was seen") {
  // Verisign's debugger, 2026-05-06 01:29:55: two keys, all signed at 21:45:14 with 32911.
  const SimTime now = utc("23:30");
  const auto version = served(outage(), 0, now);
  CHECK(version->dnskeys()->rdatas().size() == 2);
  const auto by_ksk = version->signatures(version->dnskeys()).rrsigs.at(0);
  CHECK(by_ksk->fields().key_tag == 26755);
  CHECK(by_ksk->fields().inception == utc("20:15:14").to_unix_s());
  CHECK(by_ksk->fields().expiration == utc("2026-05-19T21:45:14Z").to_unix_s());
  std::size_t in_batch = 0;
  for (const dns::Name& member : world().signed_members) {
    const auto ds = version->node(member).find(RRType::ds);
    const auto rrsig = version->signatures(ds).rrsigs.at(0);
    CHECK(rrsig->fields().key_tag == 32911);
    in_batch += rrsig->fields().inception == utc("20:15:14").to_unix_s();
  }
  CHECK(in_batch > world().signed_members.size() * 95 / 100);
}

TEST_CASE("versions carry the second of their signing, and are seen 11 minutes later") {
  const auto version = served(outage(), 3, utc("19:30"));
  CHECK(version->signed_at() == utc("19:19"));
  CHECK(version->serial() == utc("19:19").to_unix_s());
  CHECK(served(outage(), 3, utc("19:29:59"))->signed_at() == utc("19:17"));
  // Until the repair comes, sites keep what was signed before it.
  CHECK(served(outage(), 3, utc("22:07:59"))->signed_at() == utc("21:45"));
}

TEST_CASE("counterfactual: with one pair in every HSM nothing happens") {
  const DeWorld normal(KeyGeneration::once_for_all_hsms);
  const RegistryRun run = normal.run();
  CHECK_FALSE(run.first_alert.has_value());
  CHECK_FALSE(run.repaired_at.has_value());
  for (const char* at : {"18:00", "19:30", "20:00", "21:50", "23:30"}) {
    CHECK(all_secure(normal, run, 0, utc(at)));
  }
  CHECK(served(run, 0, utc("23:30"))->dnskeys()->rdatas().size() == 3);
}

TEST_CASE("signing with a key that was never published is another failure") {
  const DeWorld unpublished(KeyGeneration::once_for_all_hsms, NewZsk::never_published);
  const RegistryRun run = unpublished.run();
  const SimTime now = utc("20:00");
  const auto version = served(run, 0, now);
  for (const Audited& entry : audit(identities, *version, *unpublished.parent_ds, now)) {
    const bool is_dnskey = entry.type == RRType::dnskey;
    REQUIRE(entry.verdict.security == (is_dnskey ? Security::secure : Security::bogus));
    if (is_dnskey) continue;
    REQUIRE(entry.verdict.reason == Reason::dnskey_missing);
    REQUIRE(dnssec::info(entry.verdict.reason).ede == dns::EdeCode::dnskey_missing);
  }
  CHECK(run.repaired_at == utc("21:45:14"));
  CHECK(all_secure(unpublished, run, 0, utc("23:30")));
}

TEST_CASE("an answer stays the same exactly as long as it says") {
  const RegistryRun& run = outage();
  authority::AnswerMemo memo;
  std::vector<dns::Question> questions = {{world().plan.zone, RRType::soa},
                                          {world().plan.zone, RRType::dnskey},
                                          {world().plan.zone, RRType::mx}};
  for (std::size_t i = 0; i < 5; ++i) {
    questions.push_back({world().signed_members[i], RRType::a});
    questions.push_back({world().unsigned_members[i], RRType::a});
  }
  const authority::AnswerOptions options;
  // What is asked for a second time is remembered.
  for (const dns::Question& question : questions) memo.get(run.history, 0, {question, options});
  // And of referrals the last few: those to others take their place.
  REQUIRE(world().unsigned_members.size() > 500);
  for (std::size_t i = 5; i < 500; ++i) {
    memo.get(run.history, 0, {{world().unsigned_members[i], RRType::a}, options});
  }
  const std::uint64_t misses_before = memo.misses();
  for (std::size_t i = 0; i < run.history->entries().size(); ++i) {
    const authority::ZoneVersion& version = *run.history->entries()[i].version;
    for (const dns::Question& question : questions) {
      const auto& remembered = memo.get(run.history, i, {question, options});
      const auto fresh = authority::answer(version, question, options);
      REQUIRE(dns::encode(*remembered.message).octets == dns::encode(*fresh.message).octets);
    }
  }
  // Three questions have the SOA or DNSKEY RRset in their answer. The other ten change at the
  // switch, at the repair, and seldom between.
  const std::size_t versions = run.history->entries().size();
  const std::uint64_t misses = memo.misses() - misses_before;
  CHECK(misses >= 3 * versions + 30);
  CHECK(misses <= 3 * versions + 40);
}

}  // namespace zonefall::registry
