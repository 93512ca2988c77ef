// Goal: the comparison with measured cells bites. Without the fault most cells are missed, each
// implementation is met best by its own profile, and chance has no part in it.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "lab_runs.h"
#include "replay.h"

namespace zonefall::fidelity {
namespace {

/// Those that the table was measured of.
std::vector<Instance> instances_of(const std::string& table) {
  auto instances = load_instances();
  if (!instances.ok()) FAIL(instances.error().to_text());
  std::vector<Instance> some = std::move(instances).value();
  const auto has_none = [&table](const Instance& one) { return one.cells_of(table).empty(); };
  some.erase(std::remove_if(some.begin(), some.end(), has_none), some.end());
  return some;
}

/// "unbound" of "unbound-1.17-stale"
std::string implementation(const std::string& profile) {
  return profile.substr(0, profile.find('-'));
}

std::size_t cells_met(const std::vector<Comparison>& comparisons) {
  const auto is_met = [](const Comparison& one) {
    return !one.measured.is_warm_up() && one.agrees(Column::rcode) && one.agrees(Column::ad) &&
           one.agrees(Column::ede) && one.agrees(Column::recovery) && one.agrees(Column::up_tld) &&
           one.agrees(Column::up_child) && one.agrees(Column::up_root);
  };
  return static_cast<std::size_t>(std::count_if(comparisons.begin(), comparisons.end(), is_met));
}

TEST_CASE("without the fault the cells are missed") {
  const Table& table = table_of("qa");
  const LabZones zones(table.tld, at_s(0));
  for (const Instance& instance : instances_of("qa")) {
    Shares shares;
    for (const auto& one : replay(table, zones, instance, {instance.profile, Outage::none})) {
      if (!one.measured.is_warm_up()) shares.add(one);
    }
    INFO(instance.name << ": " << shares.to_text());
    CHECK_FALSE(shares.reaches(Column::rcode, 50));
  }
}

TEST_CASE("each implementation is met best by its own profile") {
  const Table& table = table_of("qa");
  const LabZones zones(table.tld, at_s(0));
  const std::vector<Instance> all = instances_of("qa");
  for (const Instance& instance : all) {
    const std::size_t own = cells_met(replay(table, zones, instance));
    for (const Instance& other : all) {
      if (other.profile == instance.profile) continue;
      INFO("cells of " << instance.name << " under " << other.profile);
      const std::size_t others = cells_met(replay(table, zones, instance, {other.profile}));
      CHECK(others <= own);  // two versions may do the same, two implementations do not
      CHECK((implementation(other.profile) == implementation(instance.profile) || others < own));
    }
  }
}

TEST_CASE("the random choice of servers does not matter to clients") {
  const Table& table = table_of("qn");
  const LabZones zones(table.tld, at_s(0));
  for (const Instance& instance : instances_of("qn")) {
    const auto reference = replay(table, zones, instance);
    for (const std::uint64_t seed : {2U, 3U}) {
      const auto other =
          replay(table, zones, instance, {instance.profile, Outage::as_measured, seed});
      for (std::size_t i = 0; i < other.size(); ++i) {
        INFO(instance.name << ", seed " << seed << ", " << other[i].measured.state);
        CHECK(other[i].seen() == reference[i].seen());
      }
    }
  }
}

}  // namespace
}  // namespace zonefall::fidelity
