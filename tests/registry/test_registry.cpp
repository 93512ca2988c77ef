// A registry's run: versions, serials, propagation, holds, checkers, repair, log, refusals.

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "zonefall/authority/server.h"
#include "zonefall/dns/rdata.h"
#include "zonefall/registry/registry.h"

namespace zonefall::registry {
namespace {

using dns::Name;
using dns::RRType;

const SimTime start = SimTime::from_unix_s(1'777'000'000);
const Name zone = Name::literal("test.");

SimTime minute(int n) {
  return start + Duration::minutes(n);
}

const KeyStore& store() {
  static const KeyStore keys = [] {
    KeyStore made(3, {"hsm-a", "hsm-b", "hsm-c"});
    const auto add = [&](const char* label, KeyRole role, KeyGeneration how) {
      KeyRequest request{.label = label, .role = role, .algorithm = dnssec::Algorithm::ed25519};
      ZF_ASSERT(made.generate(request, how).ok());
    };
    add("ksk", KeyRole::ksk, KeyGeneration::once_for_all_hsms);
    add("ksk-2", KeyRole::ksk, KeyGeneration::once_for_all_hsms);
    add("old", KeyRole::zsk, KeyGeneration::once_for_all_hsms);
    add("new", KeyRole::zsk, KeyGeneration::once_for_all_hsms);
    add("spare", KeyRole::zsk, KeyGeneration::once_for_all_hsms);
    return made;
  }();
  return keys;
}

authority::ZoneContentPtr small_content(const std::optional<authority::DenialSettings>& denial =
                                            authority::DenialSettings{.opt_out = true},
                                        const std::vector<std::string>& with_ds = {}) {
  authority::ListedZone listed;
  listed.apex = zone;
  for (const char* owner : {"test.", "a.test.", "b.test."}) {
    listed.rrsets.push_back(
        dns::RRset::make({.owner = Name::literal(owner), .type = RRType::ns, .ttl_s = 3600},
                         {dns::encode_name(Name::literal("ns.example."))}));
  }
  for (const std::string& owner : with_ds) {
    listed.rrsets.push_back(dns::RRset::make(
        {.owner = Name::literal(owner), .type = RRType::ds, .ttl_s = 3600},
        {dns::encode(dns::DsRdata{
            .key_tag = 1, .algorithm = 13, .digest_type = 2, .digest = dns::Octets(32, 7)})}));
  }
  listed.denial = denial;
  auto content = authority::make_listed_content(std::move(listed));
  ZF_ASSERT(content.ok());
  return content.value();
}

/// Two hours, a version every ten minutes, three sites a minute away, nothing wrong.
RegistryPlan quiet_plan() {
  RegistryPlan plan;
  plan.zone = zone;
  plan.seed = 9;
  plan.content = small_content();
  plan.soa.serial = 4'294'967'290;
  plan.signing.activations = {{start, KeyRole::ksk, "ksk"}, {start, KeyRole::zsk, "old"}};
  plan.publications = {{.label = "ksk"}, {.label = "old"}};
  plan.phases = {{.from = minute(-60), .interval = Duration::minutes(10)}};
  plan.site_names = {"north", "south", "west"};
  plan.propagation = {Duration::minutes(1), Duration::minutes(1)};
  plan.checked_names = {Name::literal("a.test."), Name::literal("b.test.")};
  plan.checkers = {{.name = "checker-1"}, {.name = "checker-2"}};
  plan.from = start;
  plan.until = minute(120);
  return plan;
}

/// From minute 30 on signs with a key that is not published; people repair 20 minutes later.
RegistryPlan failing_plan() {
  RegistryPlan plan = quiet_plan();
  plan.signing.activations.push_back({minute(30), KeyRole::zsk, "new"});
  plan.signing.batches = {{minute(30)}};
  RepairDecision repair;
  repair.delay_after_alert = Duration::minutes(20);
  repair.key_label = "old";
  plan.repair = repair;
  return plan;
}

RegistryRun run_of(const RegistryPlan& plan) {
  auto run = run_registry(plan, store());
  if (!run) FAIL(run.error().message);
  return std::move(run).value();
}

std::vector<SimTime> signing_times(const RegistryRun& run) {
  std::vector<SimTime> times;
  for (const auto& entry : run.history->entries()) {
    CHECK(entry.published_at == entry.version->signed_at());
    times.push_back(entry.published_at);
  }
  return times;
}

std::vector<std::string> log_lines(const RegistryRun& run, const std::string& part) {
  std::vector<std::string> lines;
  for (const RegistryEvent& event : run.log) {
    if (event.what.find(part) == std::string::npos) continue;
    lines.push_back(event.at.to_text() + " " + event.what);
  }
  return lines;
}

bool same(const RegistryRun& a, const RegistryRun& b) {
  const auto same_event = [](const RegistryEvent& x, const RegistryEvent& y) {
    return x.at == y.at && x.what == y.what;
  };
  const auto same_loads = [](const authority::SiteZone& x, const authority::SiteZone& y) {
    return x.loaded_at == y.loaded_at;
  };
  return std::equal(a.sites.begin(), a.sites.end(), b.sites.begin(), b.sites.end(), same_loads) &&
         a.repaired_at == b.repaired_at &&
         std::equal(a.log.begin(), a.log.end(), b.log.begin(), b.log.end(), same_event);
}

/// What is said about failing_plan() with that change.
std::string refusal(const std::function<void(RegistryPlan&)>& change) {
  RegistryPlan plan = failing_plan();
  change(plan);
  const auto run = run_registry(plan, store());
  return run ? std::string("accepted") : run.error().message;
}

}  // namespace

TEST_CASE("versions are signed from the last one that all sites have at the start") {
  const auto times = signing_times(run_of(quiet_plan()));
  CHECK(times.front() == minute(-10));
  CHECK(times[1] == minute(0));  // reaches the sites a minute after the start
  CHECK(times.back() == minute(120));
  CHECK(times.size() == 14);
}

TEST_CASE("phases change the rhythm, and an interval of zero ends it") {
  RegistryPlan plan = quiet_plan();
  plan.phases.push_back({minute(33), Duration::minutes(2)});
  plan.phases.push_back({minute(38), Duration()});
  plan.phases.push_back({minute(100), Duration::minutes(15)});
  const std::vector<SimTime> expected = {minute(-10), minute(0),   minute(10), minute(20),
                                         minute(30),  minute(33),  minute(35), minute(37),
                                         minute(38),  minute(100), minute(115)};
  CHECK(signing_times(run_of(plan)) == expected);
}

TEST_CASE("serials are the signing second or count up, across 2^32 too") {
  RegistryPlan plan = quiet_plan();
  const RegistryRun by_time = run_of(plan);
  for (const auto& entry : by_time.history->entries()) {
    CHECK(entry.version->serial() == entry.version->signed_at().to_unix_s());
  }
  plan.serial_rule = SerialRule::increment;
  std::uint32_t expected = plan.soa.serial;
  const RegistryRun counting = run_of(plan);
  for (const auto& entry : counting.history->entries()) {
    CHECK(entry.version->serial() == expected++);
  }
  CHECK(expected == 8);  // 14 versions from 4294967290 on
}

TEST_CASE("each site has a delay of its own within the range") {
  RegistryPlan plan = quiet_plan();
  plan.propagation = {Duration::minutes(2), Duration::minutes(8)};
  const RegistryRun run = run_of(plan);
  const auto times = signing_times(run);
  std::vector<Duration> delays;
  for (const authority::SiteZone& site : run.sites) {
    const std::vector<SimTime>& loads = site.loaded_at;
    REQUIRE(loads.size() == times.size());
    delays.push_back(loads[0] - times[0]);
    CHECK(delays.back() >= Duration::minutes(2));
    CHECK(delays.back() <= Duration::minutes(8));
    for (std::size_t i = 0; i < times.size(); ++i) CHECK(loads[i] - times[i] == delays.back());
  }
  CHECK(delays[0] != delays[1]);
  CHECK(delays[1] != delays[2]);

  plan.site_names = {"south", "new site", "west", "north"};
  const RegistryRun other = run_of(plan);
  CHECK(other.sites[0].loaded_at[0] - signing_times(other)[0] == delays[1]);
  CHECK(other.sites[3].loaded_at[0] - signing_times(other)[0] == delays[0]);
}

TEST_CASE("held versions wait for their site's release, unless a later one overtakes them") {
  RegistryPlan plan = quiet_plan();
  plan.holds = {{minute(20), minute(50), minute(45), minute(65)}};
  const RegistryRun run = run_of(plan);
  const auto times = signing_times(run);
  std::vector<SimTime> releases;
  for (const authority::SiteZone& site : run.sites) {
    const std::vector<SimTime>& loads = site.loaded_at;
    CHECK(std::is_sorted(loads.begin(), loads.end()));
    CHECK(loads[2] == minute(11));  // signed at 10, before the hold
    for (std::size_t i = 0; i < times.size(); ++i) {
      const bool held = times[i] >= minute(20) && times[i] < minute(50);
      if (!held) CHECK(loads[i] == times[i] + Duration::minutes(1));
      if (held) CHECK(loads[i] >= minute(45));
      if (held) CHECK(loads[i] <= minute(51));  // when the version of minute 50 arrives
    }
    releases.push_back(loads[3]);
  }
  CHECK(*std::min_element(releases.begin(), releases.end()) == minute(45));
  CHECK(*std::max_element(releases.begin(), releases.end()) == minute(51));
}

TEST_CASE("a quiet registry has no alert, and a log of what it published") {
  const RegistryRun run = run_of(quiet_plan());
  CHECK_FALSE(run.first_alert.has_value());
  CHECK_FALSE(run.repaired_at.has_value());
  CHECK(log_lines(run, "publish serial").size() == 14);
  CHECK(log_lines(run, "alert").empty());
  CHECK(log_lines(run, "KSK 'ksk' (tag").size() == 1);
}

TEST_CASE("checkers find what a validator finds, and the repair follows the first alert") {
  const RegistryRun run = run_of(failing_plan());
  REQUIRE(run.first_alert.has_value());
  CHECK(*run.first_alert >= minute(32));  // served from 31 on, processed for a minute
  CHECK(*run.first_alert <= minute(37));  // looked at every five minutes
  REQUIRE(run.repaired_at.has_value());
  CHECK(*run.repaired_at == *run.first_alert + Duration::minutes(20));
  const auto times = signing_times(run);
  CHECK(std::find(times.begin(), times.end(), *run.repaired_at) != times.end());
  CHECK(times.back() > minute(110));  // the rhythm goes on from there

  const auto alerts = log_lines(run, "alert by checker-");
  REQUIRE(alerts.size() == 2);
  CHECK_THAT(alerts[0], Catch::Contains(fmt::format("key tag {}", store().find("new")->tag)));
  CHECK(log_lines(run, "repair: everything is signed again with ZSK 'old'").size() == 1);
  CHECK(log_lines(run, "loads the repaired zone").size() == 3);
  const auto by_time = [](const RegistryEvent& a, const RegistryEvent& b) { return a.at < b.at; };
  CHECK(std::is_sorted(run.log.begin(), run.log.end(), by_time));

  const SigningEvent before =
      run.signing_plan->event_at(zone, RRType::ns, *run.repaired_at - Duration::seconds(1));
  CHECK(run.signing_plan->key_label(before) == "new");
  CHECK(before.next_at == *run.repaired_at);
  const SigningEvent after = run.signing_plan->event_at(zone, RRType::ns, *run.repaired_at);
  CHECK(after.at == *run.repaired_at);
  CHECK(run.signing_plan->key_label(after) == "old");
}

TEST_CASE("a repair waits for its hour, calls later switches off, and withdraws a key") {
  RegistryPlan plan = failing_plan();
  plan.publications.push_back({.label = "new", .from = minute(40)});
  plan.signing.activations.push_back({minute(100), KeyRole::zsk, "new"});
  plan.repair->not_before = minute(77);
  plan.repair->withdraw_label = "new";
  const RegistryRun run = run_of(plan);
  CHECK(run.repaired_at == minute(77));
  const SigningEvent soa = run.signing_plan->event_in_version(zone, RRType::soa, minute(119));
  CHECK(run.signing_plan->key_label(soa) == "old");
  for (const auto& entry : run.history->entries()) {
    const SimTime at = entry.version->signed_at();
    const bool with_new = at >= minute(40) && at < minute(77);
    CHECK(entry.version->dnskeys()->rdatas().size() == (with_new ? 3 : 2));
  }
}

TEST_CASE("an alert waits for its processing, and a repair for the next whole second") {
  RegistryPlan plan = failing_plan();
  for (Checker& checker : plan.checkers) checker.processing = Duration();
  const RegistryRun at_once = run_of(plan);
  for (Checker& checker : plan.checkers) checker.processing = Duration::milliseconds(90'500);
  const RegistryRun later = run_of(plan);
  CHECK(*later.first_alert == *at_once.first_alert + Duration::milliseconds(90'500));
  CHECK(*later.repaired_at == *at_once.repaired_at + Duration::seconds(91));
}

TEST_CASE("who looks after the repair only has nothing to report") {
  RegistryPlan plan = failing_plan();
  plan.checkers = {{.name = "quick"}};
  for (int n = 0; n < 10; ++n) {
    plan.checkers.push_back({.name = fmt::format("slow-{}", n), .interval = Duration::minutes(55)});
  }
  const RegistryRun repaired = run_of(plan);
  const std::size_t alerts = log_lines(repaired, "alert by slow").size();
  for (const RegistryEvent& event : repaired.log) {
    const bool is_alert = event.what.find("alert by") == 0;
    if (is_alert) CHECK(event.at <= *repaired.repaired_at + Duration::minutes(2));
  }
  CHECK(alerts > 0);
  CHECK(alerts < 10);
  plan.repair.reset();
  CHECK(log_lines(run_of(plan), "alert by slow").size() == 10);
}

TEST_CASE("the DNSKEY RRset is signed when a key comes, goes, or takes over") {
  RegistryPlan plan = quiet_plan();
  plan.publications.push_back({.label = "ksk-2", .from = minute(20)});
  plan.publications.push_back({.label = "new", .from = minute(-600), .until = minute(50)});
  plan.signing.activations.push_back({minute(70), KeyRole::ksk, "ksk-2"});
  const RegistryRun run = run_of(plan);
  for (int changed : {20, 50, 70}) {
    const SimTime at = minute(changed);
    const SimTime just_before = at - Duration::seconds(1);
    CHECK(run.signing_plan->event_at(zone, RRType::dnskey, just_before).next_at == at);
    CHECK(run.signing_plan->event_at(zone, RRType::dnskey, at).at == at);
  }
  const SigningEvent last = run.signing_plan->event_at(zone, RRType::dnskey, minute(70));
  CHECK(run.signing_plan->key_label(last) == "ksk-2");
  // Versions share the RRset until it changes.
  const auto& entries = run.history->entries();
  REQUIRE(entries[3].version->signed_at() == minute(20));
  CHECK(entries[1].version->dnskeys() == entries[2].version->dnskeys());
  CHECK(entries[2].version->dnskeys() != entries[3].version->dnskeys());
  CHECK(entries[3].version->dnskeys() == entries[4].version->dnskeys());
}

TEST_CASE("a roll back loses what changed since, and the next change brings it back, signed then") {
  RegistryPlan plan = failing_plan();
  const auto denial = authority::DenialSettings{.opt_out = true};
  plan.content_changes = {{minute(20), small_content(denial, {"a.test."})},
                          {minute(80), small_content(denial, {"a.test.", "b.test."})}};
  const Name a = Name::literal("a.test.");
  plan.signing.changes = {{a, RRType::ds, minute(20)},
                          {Name::literal("b.test."), RRType::ds, minute(80)}};
  plan.repair->roll_back_to = minute(15);
  const RegistryRun run = run_of(plan);
  REQUIRE(run.repaired_at.has_value());
  REQUIRE(*run.repaired_at < minute(60));
  for (const auto& entry : run.history->entries()) {
    const SimTime at = entry.version->signed_at();
    const bool has_ds = (at >= minute(20) && at < *run.repaired_at) || at >= minute(80);
    CHECK((entry.version->node(a).find(RRType::ds) != nullptr) == has_ds);
  }
  CHECK(run.signing_plan->event_at(a, RRType::ds, minute(79)).at < minute(10));
  CHECK(run.signing_plan->event_at(a, RRType::ds, minute(80)).at == minute(80));
}

TEST_CASE("a roll back restores the DNSKEY RRset and its signature, and may still withdraw a key") {
  RegistryPlan plan = failing_plan();
  // Since the version of minute 10 one key came and one went; another comes as planned.
  plan.publications.push_back({.label = "spare", .from = minute(25)});
  plan.publications.push_back({.label = "ksk-2", .until = minute(15)});
  plan.publications.push_back({.label = "new", .from = minute(110)});
  plan.repair->roll_back_to = minute(14);
  const auto keys_at = [](const RegistryRun& run, SimTime at) {
    const auto& entries = run.history->entries();
    return entries[run.history->index_at(at)].version;
  };
  const RegistryRun run = run_of(plan);
  REQUIRE(run.repaired_at.has_value());
  const auto then = keys_at(run, minute(10));
  const auto now = keys_at(run, *run.repaired_at);
  CHECK(now->dnskeys()->content_id() == then->dnskeys()->content_id());
  CHECK(then->dnskeys()->rdatas().size() == 3);
  CHECK(now->signatures(now->dnskeys()).rrsigs.at(0)->fields() ==
        then->signatures(then->dnskeys()).rrsigs.at(0)->fields());
  CHECK(keys_at(run, minute(119))->dnskeys()->rdatas().size() == 4);

  plan.repair->withdraw_label = "ksk-2";
  const RegistryRun less = run_of(plan);
  const auto changed = keys_at(less, *less.repaired_at);
  CHECK(changed->dnskeys()->rdatas().size() == 2);
  CHECK(less.signing_plan->event_at(zone, RRType::dnskey, *less.repaired_at).at ==
        *less.repaired_at);
}

TEST_CASE("a repair after the end of the run does not happen") {
  RegistryPlan plan = failing_plan();
  plan.repair->delay_after_alert = Duration::hours(2);
  const RegistryRun run = run_of(plan);
  CHECK(run.first_alert.has_value());
  CHECK_FALSE(run.repaired_at.has_value());
  CHECK(log_lines(run, "repair").empty());
}

TEST_CASE("a KSK that does not match the parent's DS is found, and so is the lack of any key") {
  RegistryPlan plan = quiet_plan();
  plan.signing.activations.push_back({minute(30), KeyRole::ksk, "ksk-2"});
  plan.publications = {{"ksk", SimTime::min(), minute(30)}, {"ksk-2", minute(30)}, {"old"}};
  CHECK_THAT(log_lines(run_of(plan), "alert").at(0), Catch::Contains("EDE 9"));

  plan = quiet_plan();
  for (KeyPublication& publication : plan.publications) publication.until = minute(30);
  const RegistryRun run = run_of(plan);
  CHECK(run.history->entries().back().version->dnskeys() == nullptr);
  CHECK_THAT(log_lines(run, "alert").at(0), Catch::Contains("DNSKEY"));
}

TEST_CASE("a run follows from its plan, and an added checker or site moves nothing else") {
  CHECK(same(run_of(failing_plan()), run_of(failing_plan())));

  RegistryPlan plan = failing_plan();
  plan.checkers.push_back({.name = "checker-3", .interval = Duration::minutes(60)});
  const auto alerts_of_first_two = [](const RegistryRun& run) {
    auto lines = log_lines(run, "alert by checker-1");
    const auto second = log_lines(run, "alert by checker-2");
    lines.insert(lines.end(), second.begin(), second.end());
    return lines;
  };
  CHECK(alerts_of_first_two(run_of(plan)) == alerts_of_first_two(run_of(failing_plan())));
}

TEST_CASE("plans that make no sense are refused by name") {
  using P = RegistryPlan;
  using Catch::Contains;
  CHECK(refusal([](P&) {}) == "accepted");
  CHECK_THAT(refusal([](P& p) { p.content = nullptr; }), Contains("no zone content"));
  CHECK_THAT(refusal([](P& p) { p.zone = Name::literal("other."); }), Contains("not of other."));
  CHECK_THAT(refusal([](P& p) { p.content = small_content(std::nullopt); }),
             Contains("this one has no denial chain"));
  CHECK_THAT(refusal([](P& p) {
               p.content_changes = {{minute(5), small_content(std::nullopt)}};
             }),
             Contains("the zone becomes unsigned"));
  CHECK_THAT(refusal([](P& p) { p.until = p.from; }), Contains("ends before it begins"));
  CHECK_THAT(refusal([](P& p) { p.site_names.clear(); }), Contains("no site"));
  CHECK_THAT(refusal([](P& p) { p.site_names[2] = "north"; }), Contains("'north'"));
  CHECK_THAT(refusal([](P& p) { p.publications[1].label = "lost"; }), Contains("'lost'"));
  CHECK_THAT(refusal([](P& p) { p.publications[1].until = SimTime::min(); }),
             Contains("before it is published"));
  CHECK_THAT(refusal([](P& p) { p.phases.clear(); }), Contains("does not begin before"));
  CHECK_THAT(refusal([](P& p) { p.phases[0].from = minute(1); }), Contains("does not begin"));
  CHECK_THAT(refusal([](P& p) { p.phases.push_back(p.phases[0]); }), Contains("is not after"));
  CHECK_THAT(refusal([](P& p) { p.phases[0].interval = Duration::milliseconds(500); }),
             Contains("whole seconds"));
  CHECK_THAT(refusal([](P& p) { p.phases[0].from = minute(0); }), Contains("every site"));
  CHECK_THAT(refusal([](P& p) {
               p.phases[0] = {minute(-30'000), Duration::seconds(1)};
             }),
             Contains("more than 1000000 versions"));
  CHECK_THAT(refusal([](P& p) { p.propagation.delay_min = Duration::hours(1); }),
             Contains("no range"));
  CHECK_THAT(refusal([](P& p) {
               p.holds = {{minute(1), minute(2), minute(0), minute(5)}};
             }),
             Contains("not in order"));
  CHECK_THAT(refusal([](P& p) { p.checkers[1].name = "checker-1"; }), Contains("'checker-1'"));
  CHECK_THAT(refusal([](P& p) { p.checkers[1].interval = Duration(); }), Contains("at least 1 s"));
  CHECK_THAT(refusal([](P& p) { p.checked_names = {Name::literal("x.")}; }),
             Contains("x. is not below"));
  CHECK_THAT(refusal([](P& p) { p.repair->key_label = "lost"; }), Contains("'lost'"));
  CHECK_THAT(refusal([](P& p) { p.repair->withdraw_label = "lost"; }), Contains("'lost'"));
  CHECK_THAT(refusal([](P& p) { p.repair->withdraw_label = "old"; }), Contains("signs with"));
  CHECK_THAT(refusal([](P& p) { p.repair->delay_after_alert = Duration::seconds(-1); }),
             Contains("precede the alert"));
  CHECK_THAT(refusal([](P& p) { p.repair->distribution_delay_min = Duration::seconds(1); }),
             Contains("no range"));
  CHECK_THAT(refusal([](P& p) { p.signing.activations.clear(); }), Contains("no KSK"));
}

TEST_CASE("gates and roll backs that make no sense are refused by name") {
  using P = RegistryPlan;
  using Catch::Contains;
  for (const Duration wrong : {Duration::seconds(-1), Duration::hours(7)}) {
    CHECK_THAT(refusal([=](P& p) { p.gate = PublicationGate{.check_time = wrong}; }),
               Contains("a gate's check takes from 0 s to 6 h"));
  }
  CHECK_THAT(refusal([](P& p) { p.gate = PublicationGate{.processing = Duration::seconds(-1)}; }),
             Contains("cannot precede its check"));
  CHECK_THAT(refusal([](P& p) {
               p.gate = PublicationGate{.scope = GateScope::sample};
               p.checked_names.clear();
             }),
             Contains("no names to draw"));
  CHECK_THAT(refusal([](P& p) { p.repair->roll_back_to = minute(-61); }),
             Contains("before the zone was ever published"));
  CHECK_THAT(refusal([](P& p) { p.repair->roll_back_to = minute(119); }),
             Contains("no version was signed before both"));
  CHECK_THAT(refusal([](P& p) {
               p.signing.roll_back = RollBack{minute(20), minute(10)};
             }),
             Contains("follows from a repair"));
}

}  // namespace zonefall::registry
