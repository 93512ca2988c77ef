// The signing plan: when each RRset is signed, with which key, in which HSM.

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "zonefall/core/hash.h"
#include "zonefall/dnssec/signature.h"
#include "zonefall/registry/signing_plan.h"

namespace zonefall::registry {
namespace {

using dns::Name;
using dns::RRType;

const SimTime start = SimTime::from_unix_s(1'777'000'000);
const Name zone = Name::literal("de.");

// Of all algorithms, RSA finds several pairs with one tag the soonest, by far.
KeyRequest key(const std::string& label, KeyRole role) {
  return {.label = label, .role = role, .algorithm = dnssec::Algorithm::rsasha256, .bits = 1024};
}

const KeyStore& store() {
  static const KeyStore keys = [] {
    KeyStore made(11, {"hsm-a", "hsm-b", "hsm-c"});
    const auto how = KeyGeneration::once_for_all_hsms;
    ZF_ASSERT(made.generate(key("ksk", KeyRole::ksk), how).ok());
    ZF_ASSERT(made.generate(key("old", KeyRole::zsk), how).ok());
    ZF_ASSERT(made.generate(key("new", KeyRole::zsk), KeyGeneration::once_per_hsm).ok());
    return made;
  }();
  return keys;
}

/// Re-signs every 30 minutes, so that many events fit into few seconds to walk.
SigningPlanSettings quick_settings() {
  SigningPlanSettings settings;
  settings.zone = zone;
  settings.seed = 5;
  settings.policy = {.lifetime = Duration::minutes(40),
                     .backdating = Duration::minutes(5),
                     .refresh = Duration::minutes(10)};
  settings.activations = {{start, KeyRole::ksk, "ksk"}, {start, KeyRole::zsk, "old"}};
  return settings;
}

SigningPlanPtr plan_of(const SigningPlanSettings& settings) {
  auto plan = SigningPlan::make(settings, store());
  if (!plan) FAIL(plan.error().message);
  return plan.value();
}

Name member(int n) {
  return Name::literal(fmt::format("n{}.de.", n));
}

/// The event times of an RRset in [from, until], by following next_at.
std::vector<SimTime> event_times(const SigningPlan& plan, const Name& owner, RRType type,
                                 SimTime from, SimTime until) {
  std::vector<SimTime> times;
  for (SigningEvent event = plan.event_at(owner, type, from); event.next_at <= until;
       event = plan.event_at(owner, type, event.next_at)) {
    times.push_back(event.next_at);
  }
  return times;
}

/// |observed - n p| in standard deviations of a binomial.
double sigmas(double observed, double n, double p) {
  return std::abs(observed - n * p) / std::sqrt(n * p * (1 - p));
}

}  // namespace

TEST_CASE("an event stays in force until exactly next_at") {
  SigningPlanSettings settings = quick_settings();
  settings.batches = {{start + Duration::minutes(20), Duration::minutes(8), 600'000},
                      {start + Duration::minutes(25), Duration::seconds(0), 1'000'000},
                      {start + Duration::minutes(61), Duration::minutes(40), 500'000}};
  settings.activations.push_back({start + Duration::minutes(25), KeyRole::zsk, "new"});
  settings.dnskey_changes = {start + Duration::minutes(33), start + Duration::minutes(34)};
  const bool goes_back = GENERATE(false, true);
  const RollBack back{.at = start + Duration::minutes(50), .to = start + Duration::minutes(24)};
  if (goes_back) settings.roll_back = back;
  const SigningPlanPtr plan = plan_of(settings);
  for (int n = 0; n < 15; ++n) {
    const Name owner = n == 0 ? zone : member(n);
    const RRType type = n == 0 ? RRType::dnskey : RRType::ds;
    SigningEvent in_force = plan->event_at(owner, type, start);
    int changes = 0;
    for (int second = 1; second < 2 * 3600; ++second) {
      const SimTime at = start + Duration::seconds(second);
      const SigningEvent event = plan->event_at(owner, type, at);
      if (at >= in_force.next_at) {
        REQUIRE(at == in_force.next_at);
        const SimTime made_at = goes_back && at == back.at ? event.at : at;
        REQUIRE(event.at == made_at);
        REQUIRE(event.next_at > at);
        in_force = event;
        changes += 1;
      }
      REQUIRE(event == in_force);
    }
    REQUIRE(changes >= (n == 0 ? 6 : 4));  // periodic ones, and the batch over everything
    REQUIRE(changes <= 9 + (goes_back ? 1 : 0));
  }
}

TEST_CASE("without batches an RRset is signed again `refresh` before its signature expires") {
  const SigningPlanPtr plan = plan_of(quick_settings());
  std::vector<double> phases;
  for (int n = 0; n < 1000; ++n) {
    const auto times = event_times(*plan, member(n), RRType::ds, start, start + Duration::hours(3));
    REQUIRE(times.size() == 6);
    for (std::size_t i = 1; i < times.size(); ++i) {
      REQUIRE(times[i] - times[i - 1] == Duration::minutes(30));
    }
    phases.push_back(static_cast<double>((times.front() - start).to_seconds()));
  }
  // Phases are uniform over the period: mean P/2, standard deviation P/sqrt(12).
  double sum = 0;
  for (double phase : phases) sum += phase;
  const double sigma_of_mean = 1800.0 / std::sqrt(12.0 * 1000.0);
  CHECK(std::abs(sum / 1000.0 - 900.0) < 4 * sigma_of_mean);
  std::sort(phases.begin(), phases.end());
  CHECK(phases.front() < 20.0);
  CHECK(phases.back() > 1780.0);
}

TEST_CASE("a batch signs its share of the RRsets, spread over its time") {
  SigningPlanSettings settings = quick_settings();
  const SigningPlanPtr before = plan_of(settings);
  const SimTime at = start + Duration::hours(1);
  settings.batches = {{at, Duration::seconds(100), 300'000}};
  const SigningPlanPtr after = plan_of(settings);
  int hits = 0;
  double offsets = 0;
  for (int n = 0; n < 10'000; ++n) {
    const SimTime end = start + Duration::hours(2);
    const auto periodic = event_times(*before, member(n), RRType::ds, start, end);
    const auto all = event_times(*after, member(n), RRType::ds, start, end);
    std::vector<SimTime> added;
    std::set_difference(all.begin(), all.end(), periodic.begin(), periodic.end(),
                        std::back_inserter(added));
    REQUIRE(std::includes(all.begin(), all.end(), periodic.begin(), periodic.end()));
    REQUIRE(added.size() <= 1);
    if (added.empty()) continue;
    REQUIRE(added[0] >= at);
    REQUIRE(added[0] <= at + Duration::seconds(100));
    hits += 1;
    offsets += static_cast<double>((added[0] - at).to_seconds());
  }
  CHECK(sigmas(hits, 10'000, 0.3) < 4);
  CHECK(std::abs(offsets / hits - 50) < 4 * 100 / std::sqrt(12.0 * hits));
}

TEST_CASE("HSMs are drawn uniformly, for each event anew") {
  const SigningPlanPtr plan = plan_of(quick_settings());
  std::array<std::array<int, 3>, 3> pairs{};  // by the HSMs of two events in a row
  constexpr int n_max = 9'000;
  for (int n = 0; n < n_max; ++n) {
    const SigningEvent first = plan->event_at(member(n), RRType::ds, start);
    const SigningEvent second = plan->event_at(member(n), RRType::ds, first.next_at);
    pairs.at(first.hsm).at(second.hsm) += 1;
  }
  for (const auto& row : pairs) {
    for (int count : row) CHECK(sigmas(count, n_max, 1.0 / 9) < 4);
  }
}

TEST_CASE("an event draws the same whatever else the plan holds") {
  SigningPlanSettings settings = quick_settings();
  const SigningPlanPtr plain = plan_of(settings);
  const SimTime batch_at = start + Duration::minutes(70);
  settings.batches = {{batch_at, Duration::seconds(0), 1'000'000}};
  settings.pins = {{member(3), RRType::ds, "hsm-b"}};
  settings.activations.push_back({batch_at, KeyRole::zsk, "new"});
  const SigningPlanPtr rich = plan_of(settings);
  int changed = 0;
  for (int n = 0; n < 500; ++n) {
    for (int minute = 0; minute < 140; minute += 7) {
      const SimTime at = start + Duration::minutes(minute);
      const SigningEvent then = plain->event_at(member(n), RRType::ds, at);
      const SigningEvent now = rich->event_at(member(n), RRType::ds, at);
      if (now.at == batch_at) continue;
      REQUIRE(then.at == now.at);
      REQUIRE(rich->key_label(now) == (now.at < batch_at ? "old" : "new"));
      if (n == 3) {
        REQUIRE(now.hsm == 1);
        changed += then.hsm != now.hsm;
      } else {
        REQUIRE(then.hsm == now.hsm);
      }
    }
  }
  CHECK(changed > 0);
}

TEST_CASE("draws are the same with every compiler and on every machine") {
  SigningPlanSettings settings = quick_settings();
  settings.batches = {{start + Duration::minutes(70), Duration::minutes(9), 700'000}};
  const SigningPlanPtr plan = plan_of(settings);
  Fingerprint events;
  for (int n = 0; n < 1000; ++n) {
    const SigningEvent event = plan->event_at(member(n), RRType::ds, start + Duration::minutes(80));
    events.mix(static_cast<std::uint64_t>(event.at.to_nanoseconds()));
    events.mix(static_cast<std::uint64_t>(event.next_at.to_nanoseconds()));
    events.mix(event.hsm);
  }
  // Whoever changes a draw changes every replay: then this value changes too, on purpose.
  CHECK(events.to_text() == "ba38249cfc0dd767");
}

TEST_CASE("a pin holds for its owner, type and time") {
  SigningPlanSettings settings = quick_settings();
  const SimTime until = start + Duration::hours(5);
  settings.pins = {{member(1), RRType::nsec3, "hsm-c", start + Duration::hours(1), until}};
  const SigningPlanPtr plan = plan_of(settings);
  std::set<std::size_t> pinned, earlier, other_type;
  for (SimTime at :
       event_times(*plan, member(1), RRType::nsec3, start, start + Duration::hours(60))) {
    const auto hsm = plan->event_at(member(1), RRType::nsec3, at).hsm;
    const bool in_time = at >= settings.pins[0].from && at < until;
    (in_time ? pinned : earlier).insert(hsm);
  }
  for (SimTime at : event_times(*plan, member(1), RRType::ds, start + Duration::hours(1), until)) {
    other_type.insert(plan->event_at(member(1), RRType::ds, at).hsm);
  }
  CHECK(pinned == std::set<std::size_t>{2});
  CHECK(earlier == std::set<std::size_t>{0, 1, 2});
  CHECK(other_type.size() > 1);
}

TEST_CASE("the first activation of a role signs before its time as well") {
  const SigningPlanPtr plan = plan_of(quick_settings());
  const SigningEvent event = plan->event_at(member(1), RRType::ds, start - Duration::days(3));
  CHECK(plan->key_label(event) == "old");
  CHECK(event.at > start - Duration::days(3) - Duration::minutes(30));
}

TEST_CASE("SOA and DNSKEY RRsets are signed when they change") {
  SigningPlanSettings settings = quick_settings();
  settings.policy = {};  // long
  const SimTime change = start + Duration::days(1);
  settings.dnskey_changes = {change};
  const SigningPlanPtr plan = plan_of(settings);
  const SimTime signed_at = change + Duration::minutes(2);
  const SigningEvent soa = plan->event_in_version(zone, RRType::soa, signed_at);
  CHECK(soa.at == signed_at);
  CHECK(soa.next_at == signed_at);
  CHECK(plan->key_label(soa) == "old");
  const SigningEvent dnskey = plan->event_in_version(zone, RRType::dnskey, signed_at);
  CHECK(dnskey.at == change);
  CHECK(dnskey.next_at > signed_at);
  CHECK(plan->key_label(dnskey) == "ksk");
  std::array<int, 3> hsms{};
  for (int n = 0; n < 3000; ++n) {
    const SimTime at = start + Duration::minutes(2) * n;
    hsms.at(plan->event_in_version(zone, RRType::soa, at).hsm) += 1;
  }
  for (int count : hsms) CHECK(sigmas(count, 3000, 1.0 / 3) < 4);
}

TEST_CASE("a signature carries the record's tag, the HSM's key and the policy's window") {
  SigningPlanSettings settings = quick_settings();
  settings.policy = {};
  settings.activations = {{start, KeyRole::ksk, "ksk"}, {start, KeyRole::zsk, "new"}};
  const SigningPlanPtr plan = plan_of(settings);
  const auto rrset = dns::RRset::make({.owner = member(1), .type = RRType::txt, .ttl_s = 60},
                                      {{3, 'a', 'b', 'c'}});
  const dnssec::ByteVerifier octets;
  const dnssec::IdentityVerifier identities;
  std::set<std::size_t> seen;
  for (SimTime at : event_times(*plan, member(1), RRType::txt, start, start + Duration::days(90))) {
    const SigningEvent event = plan->event_at(member(1), RRType::txt, at);
    const dns::RrsigPtr rrsig = plan->sign(rrset, event).at(0);
    const auto at_s = static_cast<std::uint32_t>(event.at.to_unix_s());
    CHECK(rrsig->fields().inception == at_s - 5400);
    CHECK(rrsig->fields().expiration == at_s + 14 * 86400);
    CHECK(rrsig->fields().key_tag == store().find("new")->tag);
    CHECK(rrsig->fields().signer == zone);
    // The key store recorded the public half of the first HSM's pair only.
    const dns::DnskeyRdata& published = store().find("new")->dnskey;
    CHECK(octets.verifies(*rrset, *rrsig, published) == (event.hsm == 0));
    CHECK(identities.verifies(*rrset, *rrsig, published) == (event.hsm == 0));
    const auto own = store().hsms()[event.hsm].pair("new");
    CHECK(octets.verifies(*rrset, *rrsig, own->dnskey()));
    seen.insert(event.hsm);
  }
  CHECK(seen.size() == 3);
}

TEST_CASE("a source gives the signatures in force, also with a shifted window") {
  const SigningPlanPtr plan = plan_of(quick_settings());
  const auto rrset = dns::RRset::make({.owner = member(1), .type = RRType::txt, .ttl_s = 60},
                                      {{3, 'a', 'b', 'c'}});
  const SigningEvent event = plan->event_at(member(1), RRType::txt, start);
  const auto given = plan->source_at(start)->signatures(rrset);
  REQUIRE(given.rrsigs.size() == 1);
  CHECK(given.unchanged_until == event.next_at);
  const auto shifted = plan->source_at(start, Duration::days(100))->signatures(rrset);
  CHECK(shifted.unchanged_until == event.next_at);
  const dns::RrsigFields& then = given.rrsigs[0]->fields();
  const dns::RrsigFields& later = shifted.rrsigs[0]->fields();
  CHECK(later.inception == then.inception + 100 * 86400);
  CHECK(later.expiration == then.expiration + 100 * 86400);
  CHECK(given.rrsigs[0]->identity()->key_pair == shifted.rrsigs[0]->identity()->key_pair);
}

TEST_CASE("settings that make no sense are refused by name") {
  const auto refusal = [](const auto& change) {
    SigningPlanSettings settings = quick_settings();
    change(settings);
    const auto plan = SigningPlan::make(settings, store());
    return plan ? std::string("accepted") : plan.error().message;
  };
  using S = SigningPlanSettings;
  CHECK(refusal([](S&) {}) == "accepted");
  CHECK_THAT(refusal([](S& s) { s.activations[1].label = "lost"; }), Catch::Contains("'lost'"));
  CHECK_THAT(refusal([](S& s) { s.activations[1].label = "ksk"; }), Catch::Contains("ZSK"));
  CHECK_THAT(refusal([](S& s) { s.activations.pop_back(); }), Catch::Contains("no ZSK"));
  CHECK_THAT(refusal([](S& s) { s.activations.erase(s.activations.begin()); }),
             Catch::Contains("no KSK"));
  CHECK_THAT(refusal([](S& s) { s.activations[0].from = start + Duration::days(1); }),
             Catch::Contains("after a later one"));
  CHECK_THAT(refusal([](S& s) { s.activations[1].overlap = Duration::days(1); }),
             Catch::Contains("no key before it"));
  for (const Duration wrong : {Duration::seconds(-1), Duration::milliseconds(1)}) {
    CHECK_THAT(refusal([=](S& s) {
                 s.activations.push_back({start, KeyRole::zsk, "new", wrong});
               }),
               Catch::Contains("the overlap must be whole seconds"));
  }
  CHECK_THAT(refusal([](S& s) { s.policy.refresh = s.policy.lifetime; }),
             Catch::Contains("shorter than the lifetime"));
  CHECK_THAT(refusal([](S& s) { s.policy.backdating = Duration::milliseconds(1); }),
             Catch::Contains("whole seconds"));
  CHECK_THAT(refusal([](S& s) {
               s.pins = {{zone, RRType::ns, "hsm-x"}};
             }),
             Catch::Contains("'hsm-x'"));
  CHECK_THAT(refusal([](S& s) {
               s.pins = {{zone, RRType::ns, "hsm-a", start, start}};
             }),
             Catch::Contains("ends before it begins"));
  CHECK_THAT(refusal([](S& s) { s.batches = {{start}, {start}}; }), Catch::Contains("not after"));
  CHECK_THAT(refusal([](S& s) {
               s.batches = {{start, Duration::seconds(-1)}};
             }),
             Catch::Contains("not negative"));
  CHECK_THAT(refusal([](S& s) {
               s.batches = {{start, Duration::seconds(1), 1'000'001}};
             }),
             Catch::Contains("1000001 ppm"));
  CHECK_THAT(refusal([](S& s) {
               s.dnskey_changes = {start, start - Duration::seconds(1)};
             }),
             Catch::Contains("order of time"));
  CHECK_THAT(refusal([](S& s) {
               s.roll_back = RollBack{start, start};
             }),
             Catch::Contains("not before it"));
}

namespace {

const SimTime late = start + Duration::days(1);
const SimTime later = late + Duration::seconds(1);

/// Two plans, and from when on versions show that they are two.
struct DigestRow {
  std::string what;
  SimTime seen_from;
  std::function<void(SigningPlanSettings&)> plain;
  std::function<void(SigningPlanSettings&)> changed;
};

/// Every HSM has its own pair under this label, so that signatures show which one made them.
SigningPlanSettings signed_by_new() {
  SigningPlanSettings settings = quick_settings();
  settings.activations[1].label = "new";
  return settings;
}

/// All is signed at `late` and `later` besides, with a choice of HSMs for a few.
std::function<void(SigningPlanSettings&)> pinned(const std::string& hsm, SimTime from,
                                                 SimTime until) {
  return [=](SigningPlanSettings& s) {
    s.batches = {{late}, {later}};
    for (int n = 0; n < 20; ++n) s.pins.push_back({member(n), RRType::ds, hsm, from, until});
  };
}
/// With everything signed at `late`.
std::function<void(SigningPlanSettings&)> old_takes_over(Duration overlap) {
  return [=](SigningPlanSettings& s) {
    s.batches = {{late}};
    s.activations.push_back({late, KeyRole::zsk, "old", overlap});
  };
}
std::function<void(SigningPlanSettings&)> batch(Duration spread, std::uint32_t share_ppm) {
  return [=](SigningPlanSettings& s) { s.batches = {{late, spread, share_ppm}}; };
}

std::function<void(SigningPlanSettings&)> rolled_back(SimTime at, Duration by) {
  return [=](SigningPlanSettings& s) { s.roll_back = RollBack{.at = at, .to = at - by}; };
}

std::vector<DigestRow> digest_rows() {
  using S = SigningPlanSettings;
  constexpr SimTime ever = SimTime::min();
  constexpr Duration second = Duration::seconds(1);
  const auto nothing = [](S&) {};
  return {{"seed", ever, nothing, [](S& s) { s.seed += 1; }},
          {"lifetime", ever, nothing, [=](S& s) { s.policy.lifetime += second; }},
          {"backdating", ever, nothing, [=](S& s) { s.policy.backdating += second; }},
          {"refresh", ever, nothing, [=](S& s) { s.policy.refresh += second; }},
          {"lifetime, with the same period", ever, nothing,
           [=](S& s) {
             s.policy.lifetime += second;
             s.policy.refresh += second;
           }},
          {"key", ever, nothing, [](S& s) { s.activations[1].label = "old"; }},
          {"activation", late, nothing,
           [](S& s) {
             s.activations.push_back({late, KeyRole::zsk, "old"});
           }},
          {"overlap", late, old_takes_over({}), old_takes_over(second)},
          {"overlap, a second more", later, old_takes_over(second), old_takes_over(second * 2)},
          {"batch", late, nothing, batch({}, 1'000'000)},
          {"batch spread", late, batch(second, 1'000'000), batch(second * 2, 1'000'000)},
          {"batch share", late, batch({}, 300'000), batch({}, 400'000)},
          {"pin", ever, pinned("hsm-a", late, later), pinned("hsm-a", SimTime::min(), later)},
          {"pin's from", late, pinned("hsm-a", later, SimTime::max()),
           pinned("hsm-a", late, SimTime::max())},
          {"pin's until", late, pinned("hsm-a", start, late), pinned("hsm-a", start, later)},
          {"pin's until, a second on", later, pinned("hsm-a", start, later),
           pinned("hsm-a", start, later + second)},
          {"pin's HSM", late, pinned("hsm-a", late, later), pinned("hsm-b", late, later)},
          {"roll back", late, nothing, rolled_back(late, Duration::hours(1))},
          {"roll back to another version", late, rolled_back(late, Duration::hours(1)),
           rolled_back(late, Duration::hours(2))},
          {"roll back a second later", late, rolled_back(late, Duration::hours(1)),
           rolled_back(later, Duration::hours(1) + second)},
          {"change of an RRset", late, nothing,
           [](S& s) {
             s.changes = {{member(1), RRType::ds, late}};
           }},
          {"change of the DNSKEY RRset", late, nothing, [](S& s) { s.dnskey_changes = {late}; }}};
}

dns::RrsigList signatures_at(const SigningPlan& plan, const Name& owner, RRType type, SimTime at) {
  const auto rrset = dns::RRset::make({.owner = owner, .type = type, .ttl_s = 60}, {{1, 2, 3}});
  return plan.source_at(at)->signatures(rrset).rrsigs;
}

/// Of versions signed at `at`: of the apex, and of enough members that a difference shows.
bool sign_alike(const SigningPlan& a, const SigningPlan& b, SimTime at) {
  const auto are_alike = [&](const Name& owner, RRType type) {
    const auto here = signatures_at(a, owner, type, at);
    const auto there = signatures_at(b, owner, type, at);
    return std::equal(here.begin(), here.end(), there.begin(), there.end(),
                      [](const dns::RrsigPtr& x, const dns::RrsigPtr& y) {
                        return x->fields() == y->fields() && x->identity() == y->identity();
                      });
  };
  if (!are_alike(zone, RRType::soa) || !are_alike(zone, RRType::dnskey)) return false;
  for (int n = 0; n < 200; ++n) {
    if (!are_alike(member(n), RRType::ds)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("Digests differ exactly from when on signatures can show a difference") {
  for (const DigestRow& row : digest_rows()) {
    INFO(row.what);
    SigningPlanSettings plain = signed_by_new();
    SigningPlanSettings changed = signed_by_new();
    row.plain(plain);
    row.changed(changed);
    const SigningPlanPtr a = plan_of(plain);
    const SigningPlanPtr b = plan_of(changed);
    for (const SimTime at : {late - Duration::seconds(1), late, later}) {
      INFO(at.to_text());
      CHECK(a->digest_at(at) != 0);
      CHECK((a->digest_at(at) != b->digest_at(at)) == (at >= row.seen_from));
      if (at < row.seen_from) CHECK(sign_alike(*a, *b, at));
    }
    CHECK_FALSE(sign_alike(*a, *b, std::max(row.seen_from, late - Duration::seconds(1))));
  }
}

TEST_CASE("Digests differ for other key pairs under the same labels, and for each instant") {
  KeyStore other(12, {"hsm-a", "hsm-b", "hsm-c"});
  REQUIRE(other.generate(key("ksk", KeyRole::ksk), KeyGeneration::once_for_all_hsms).ok());
  REQUIRE(other.generate(key("old", KeyRole::zsk), KeyGeneration::once_for_all_hsms).ok());
  const auto plan = SigningPlan::make(quick_settings(), other);
  REQUIRE(plan.ok());
  CHECK(plan.value()->digest_at(late) != plan_of(quick_settings())->digest_at(late));
  CHECK(plan.value()->digest_at(late) != plan.value()->digest_at(later));
}

}  // namespace zonefall::registry
