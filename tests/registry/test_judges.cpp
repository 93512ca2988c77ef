// ldns and BIND judge the zone as published during the `.de` replay: good, bad, good; and where it
// is bad, they name exactly the RRsets that our validator calls bogus.

#include <ctime>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "de_world.h"
#include "judges.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::registry {
namespace {

struct Judgement {
  bool good = false;
  std::vector<std::string> failures;  // as registry::failures() writes them
  std::string output;
};

/// What stands after `mark` in the judge's output is "owner type".
Judgement judgement(const judges::Run& run, const std::string& mark) {
  return {run.good, judges::named_rrsets(run.output, mark), run.output};
}

Judgement ask_ldns(const authority::ZoneVersion& version, SimTime now) {
  const judges::TemporaryFolder folder;
  folder.write("zone", judges::master_text(version));
  const std::string command =
      fmt::format("/usr/bin/ldns-verify-zone -t {} zone", now.to_rrsig_text());
  return judgement(folder.run(command), "Bogus DNSSEC signature for ");
}

Judgement ask_bind(const authority::ZoneVersion& version) {
  const judges::TemporaryFolder folder;
  folder.write("zone", judges::master_text(version));
  return judgement(folder.run("/usr/bin/dnssec-verify -o de zone"),
                   "No correct RSASHA256 signature for ");
}

}  // namespace

TEST_CASE("ldns and BIND find the zone good, bad and good, in the same RRsets as we do") {
  const DeWorld world(KeyGeneration::once_per_hsm);
  const RegistryRun run = world.run();
  const auto judge_at = [&](const char* clock_time) {
    const SimTime now = utc(clock_time);
    const authority::ZoneVersionPtr version = served(run, 0, now);
    const dnssec::IdentityVerifier identities;
    const auto ours = failures(audit(identities, *version, *world.parent_ds, now));
    INFO("at " << clock_time);

    const Judgement ldns = ask_ldns(*version, now);
    INFO(ldns.output.substr(0, 2000));
    CHECK(ldns.good == ours.empty());
    CHECK(ldns.failures == ours);

    // dnssec-verify cannot be told the time, so the zone comes to its time.
    const Duration shift = SimTime::from_unix_s(std::time(nullptr)) - now;
    const Judgement bind = ask_bind(*redated(version, *run.signing_plan, shift));
    INFO(bind.output.substr(0, 2000));
    CHECK(bind.good == ours.empty());
    CHECK(bind.failures == ours);
    return ours.size();
  };
  CHECK(judge_at("19:00") == 0);
  CHECK(judge_at("20:00") > 500);
  CHECK(judge_at("23:30") == 0);
}

TEST_CASE("signatures are good for their window only, and a shift moves it") {
  const DeWorld world(KeyGeneration::once_for_all_hsms);
  const RegistryRun run = world.run();
  const authority::ZoneVersionPtr version = served(run, 0, utc("19:00"));
  const SimTime much_later = utc("19:00") + Duration::days(30);
  CHECK(ask_ldns(*version, utc("19:00")).good);
  CHECK_FALSE(ask_ldns(*version, much_later).good);
  CHECK(ask_ldns(*redated(version, *run.signing_plan, Duration::days(30)), much_later).good);
}

}  // namespace zonefall::registry
