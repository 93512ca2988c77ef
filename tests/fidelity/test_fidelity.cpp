// Goal: the simulated resolver, set to a profile, answers as the real implementation did in the
// measured outage: RCODE and AD in at least 95 % of the cells, EDE codes in 85 %. Every cell that
// differs is known and has a reason.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "cells.h"
#include "lab_host.h"
#include "lab_plan.h"
#include "lab_runs.h"
#include "lab_world.h"

namespace zonefall::fidelity {
namespace {

const std::string folder = "tests/fidelity/";

struct Table {
  LabTld tld;
  PlanKind plan = PlanKind::main;
};

const std::map<std::string, Table>& tables() {
  using enum TtlFamily;
  using enum LabFault;
  static const std::map<std::string, Table> all{
      {"de", {{"de", as_de, other_private_key, 1}, PlanKind::main}},
      {"ld", {{"ld", as_de, ds_mismatch, 2}, PlanKind::main}},
      {"lk", {{"lk", as_de, other_private_key, 5}, PlanKind::cd}},
      {"lm", {{"lm", as_de, other_private_key, 9}, PlanKind::nta_flush}},
      {"ln", {{"ln", as_de, other_private_key, 8}, PlanKind::nta}},
      {"lr", {{"lr", as_de, other_private_key, 10}, PlanKind::repair}},
      {"ls", {{"ls", as_de, other_private_key, 4}, PlanKind::signed_expired}},
      {"lx", {{"lx", as_de, other_private_key, 3}, PlanKind::expired}},
      {"qa", {{"qa", thirty_seconds, other_private_key, 11}, PlanKind::main}},
      {"qd", {{"qd", thirty_seconds, ds_mismatch, 12}, PlanKind::main}},
      {"qk", {{"qk", thirty_seconds, other_private_key, 16}, PlanKind::cd}},
      {"qm", {{"qm", thirty_seconds, other_private_key, 18}, PlanKind::nta_flush}},
      {"qn", {{"qn", thirty_seconds, other_private_key, 17}, PlanKind::nta}},
      {"qr", {{"qr", thirty_seconds, other_private_key, 19}, PlanKind::repair}},
      {"qt", {{"qt", thirty_seconds, silence, 13}, PlanKind::expired}},
      {"qx", {{"qx", thirty_seconds, other_private_key, 14}, PlanKind::expired}},
      {"qy", {{"qy", thirty_seconds, ds_mismatch, 15}, PlanKind::expired}},
  };
  return all;
}

template <typename T>
T required(Result<T> result) {
  if (!result.ok()) FAIL(result.error().to_text());
  return std::move(result).value();
}

std::string own_profile(const std::vector<MeasuredCell>& cells) {
  return required(profile_of(cells.front().instance));
}

/// The first cell that `belongs`, or null.
template <typename Belongs>
const MeasuredCell* first(const std::vector<MeasuredCell>& cells, const Belongs& belongs) {
  const auto found = std::find_if(cells.begin(), cells.end(), belongs);
  return found == cells.end() ? nullptr : &*found;
}

/// The measured run's own times: the first query of each phase.
Schedule schedule_of(const std::vector<MeasuredCell>& cells, PlanKind kind) {
  const auto* warm = first(cells, [](const auto& c) { return c.state == "warm"; });
  const auto* again = first(cells, [](const auto& c) { return c.state == "warm again"; });
  const auto* matrix = first(cells, [](const auto& c) { return !c.state.starts_with("warm"); });
  const auto* recovery =
      first(cells, [](const auto& c) { return c.state.starts_with("recovery"); });
  REQUIRE((warm != nullptr && again != nullptr && matrix != nullptr));
  Schedule schedule;
  schedule.warm_up = at_s(warm->asked_at_s);
  schedule.keep_warm = at_s(again->asked_at_s);
  schedule.matrix = at_s(matrix->asked_at_s);
  if (recovery == nullptr) return schedule;
  double polled_s = recovery->polled_s.value_or(0);
  if (kind == PlanKind::repair) {  // rows were written half a second after the last name was good
    for (const MeasuredCell& cell : cells) {
      polled_s = std::max(polled_s, cell.polled_s.value_or(0) + 0.5);
    }
  }
  schedule.repaired = at_s(recovery->asked_at_s - polled_s);
  return schedule;
}

/// The lab gave NTAs a lifetime where the implementation knows one.
PlanKind plan_of(const Table& table, const std::vector<MeasuredCell>& cells) {
  const auto* lifetime =
      first(cells, [](const auto& c) { return c.state.starts_with("NTA with lifetime"); });
  return lifetime != nullptr ? PlanKind::nta_lifetime : table.plan;
}

enum class Outage : std::uint8_t { as_measured, none };

/// What may differ from the measured instance's own.
struct Variant {
  std::string profile;
  Outage outage = Outage::as_measured;
  std::uint64_t seed = 1;
};

std::vector<Comparison> replay(const Table& table, const LabZones& zones,
                               const std::vector<MeasuredCell>& cells, const Variant& variant) {
  const std::string& instance = cells.front().instance;
  resolver::ResolverConfig config =
      required(resolver_config(zones, {variant.profile, variant.seed}));
  LabTimes times = required(times_of(cells.front().run));
  if (variant.outage == Outage::none) {
    times.fault_at = times.fault_at + Duration::days(1);
    times.repaired_at = times.repaired_at + Duration::days(1);
  }
  LabHost host(std::move(config), zones, times);
  const PlanKind plan = plan_of(table, cells);
  const auto observations = LabPlan(host, table.tld).run(plan, schedule_of(cells, plan));
  REQUIRE(observations.size() == cells.size());
  std::vector<Comparison> comparisons;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    INFO(instance << " query " << i << ": " << cells[i].state);
    REQUIRE(observations[i].state == cells[i].state);
    REQUIRE(observations[i].qname == cells[i].qname);
    REQUIRE(observations[i].qtype == cells[i].qtype);
    REQUIRE(observations[i].checking_disabled == cells[i].checking_disabled);
    comparisons.push_back({cells[i], observations[i]});
  }
  return comparisons;
}

/// With ZONEFALL_FIDELITY_DETAIL set: every cell with its upstream queries, not only differences.
void print(const Comparison& c, const std::string& remark) {
  static const bool detail = std::getenv("ZONEFALL_FIDELITY_DETAIL") != nullptr;
  if (!detail && c.agrees()) return;
  if (!detail && c.is_warm_up()) return;
  fmt::print("  {} {}{}\n", c.agrees() ? (c.counts_agree() ? ' ' : '~') : '!', to_text(c), remark);
  if (detail) fmt::print("      {}\n", c.simulated.upstream.detail);
}

/// The cells of a table, one list an instance, in order of the file.
std::vector<std::vector<MeasuredCell>> cells_by_instance(const std::string& table) {
  const auto cells = load_cells(folder + "cells/" + table + ".tsv");
  if (!cells.ok()) FAIL(cells.error().to_text());
  std::vector<std::vector<MeasuredCell>> lists;
  for (const MeasuredCell& cell : cells.value()) {
    const bool starts = lists.empty() || lists.back().front().instance != cell.instance;
    if (starts) lists.emplace_back();
    lists.back().push_back(cell);
  }
  return lists;
}

void judge(const std::string& name, const KnownDifferences& known) {
  const Table& table = tables().at(name);
  const LabZones zones(table.tld, at_s(0));
  Shares total;
  for (const std::vector<MeasuredCell>& cells : cells_by_instance(name)) {
    const std::string& instance = cells.front().instance;
    Shares shares;
    for (const Comparison& c : replay(table, zones, cells, {own_profile(cells)})) {
      const KnownDifferences::Key key{name, instance, c.measured.state, c.measured.qname};
      const std::string* reason = known.find(key);
      print(c, c.agrees() ? "" : reason != nullptr ? "  [" + *reason + "]" : "  [NOT KNOWN]");
      if (c.is_warm_up()) {
        CHECK(c.agrees());
        continue;
      }
      shares.add(c);
      INFO(name << " " << to_text(c));
      if (!c.agrees() && reason == nullptr) FAIL_CHECK("differs, and is not a known difference");
      if (c.agrees() && reason != nullptr) FAIL_CHECK("agrees: no longer a known difference");
    }
    fmt::print("{} {:<10} {}\n", name, instance, shares.to_text());
    total.add(shares);
  }
  fmt::print("{} {:<10} {}\n", name, "together", total.to_text());
  CHECK(total.reach_thresholds());
}

KnownDifferences load_known_differences() {
  const auto known = KnownDifferences::load(folder + "known_differences.tsv");
  if (!known.ok()) FAIL(known.error().to_text());
  return known.value();
}

TEST_CASE("an outage with the TTLs of .de: table de") {
  judge("de", load_known_differences());
}
TEST_CASE("an outage with TTLs of 30 s: table qa") {
  judge("qa", load_known_differences());
}
TEST_CASE("an NTA with the TTLs of .de: table ln") {
  judge("ln", load_known_differences());
}
TEST_CASE("an NTA with TTLs of 30 s: table qn") {
  judge("qn", load_known_differences());
}
TEST_CASE("a wrong DS in the root with the TTLs of .de: table ld") {
  judge("ld", load_known_differences());
}
TEST_CASE("a wrong DS in the root with TTLs of 30 s: table qd") {
  judge("qd", load_known_differences());
}
TEST_CASE("checking disabled with the TTLs of .de: table lk") {
  judge("lk", load_known_differences());
}
TEST_CASE("checking disabled with TTLs of 30 s: table qk") {
  judge("qk", load_known_differences());
}
TEST_CASE("expired answers with the TTLs of .de: table lx") {
  judge("lx", load_known_differences());
}
TEST_CASE("expired signed answers with the TTLs of .de: table ls") {
  judge("ls", load_known_differences());
}
TEST_CASE("an NTA and a flush with the TTLs of .de: table lm") {
  judge("lm", load_known_differences());
}
TEST_CASE("an NTA and a flush with TTLs of 30 s: table qm") {
  judge("qm", load_known_differences());
}
TEST_CASE("recovery with the TTLs of .de: table lr") {
  judge("lr", load_known_differences());
}
TEST_CASE("recovery with TTLs of 30 s: table qr") {
  judge("qr", load_known_differences());
}
TEST_CASE("serve-stale under a wrong DS: table qy") {
  judge("qy", load_known_differences());
}
TEST_CASE("silent servers: table qt") {
  judge("qt", load_known_differences());
}
TEST_CASE("expired answers and serve-stale: table qx") {
  judge("qx", load_known_differences());
}

Shares shares_of(const std::vector<Comparison>& comparisons) {
  Shares shares;
  for (const Comparison& comparison : comparisons) {
    if (!comparison.is_warm_up()) shares.add(comparison);
  }
  return shares;
}

TEST_CASE("without the fault the cells are missed") {
  const Table& table = tables().at("qa");
  const LabZones zones(table.tld, at_s(0));
  for (const auto& cells : cells_by_instance("qa")) {
    const std::string own = own_profile(cells);
    const Shares shares = shares_of(replay(table, zones, cells, {own, Outage::none}));
    INFO(own << ": " << shares.to_text());
    CHECK_FALSE(shares.reach_thresholds());
    CHECK(shares.rcode_and_ad * 100 < shares.cells * 50);
  }
}

TEST_CASE("each implementation is met best by its own profile") {
  const Table& table = tables().at("qa");
  const LabZones zones(table.tld, at_s(0));
  const auto all = cells_by_instance("qa");
  for (const auto& cells : all) {
    const std::string own = own_profile(cells);
    const std::size_t own_cells = shares_of(replay(table, zones, cells, {own})).everything;
    for (const auto& others : all) {
      const std::string other = own_profile(others);
      if (other == own) continue;
      INFO("cells of " << own << " under " << other);
      CHECK(shares_of(replay(table, zones, cells, {other})).everything < own_cells);
    }
  }
}

TEST_CASE("the random choice of servers does not matter to clients") {
  const Table& table = tables().at("qn");
  const LabZones zones(table.tld, at_s(0));
  for (const auto& cells : cells_by_instance("qn")) {
    const std::string own = own_profile(cells);
    const auto reference = replay(table, zones, cells, {own});
    for (const std::uint64_t seed : {2U, 3U}) {
      const auto other = replay(table, zones, cells, {own, Outage::as_measured, seed});
      for (std::size_t i = 0; i < cells.size(); ++i) {
        INFO(own << ", seed " << seed << ", " << cells[i].state);
        CHECK(other[i].seen() == reference[i].seen());
      }
    }
  }
}

TEST_CASE("every known difference names a measured cell") {
  const KnownDifferences known = load_known_differences();
  for (const auto& [key, reason] : known.reasons()) {
    INFO(key.table << " " << key.instance << " " << key.state << " " << key.qname);
    REQUIRE(tables().contains(key.table));
    const auto cells = load_cells(folder + "cells/" + key.table + ".tsv");
    REQUIRE(cells.ok());
    bool found = false;
    for (const MeasuredCell& cell : cells.value()) {
      found = found ||
              (cell.instance == key.instance && cell.state == key.state && cell.qname == key.qname);
    }
    CHECK(found);
  }
}

}  // namespace
}  // namespace zonefall::fidelity
