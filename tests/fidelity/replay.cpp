#include "replay.h"

#include <algorithm>
#include <utility>

#include <catch2/catch.hpp>

#include "lab_host.h"
#include "lab_runs.h"

namespace zonefall::fidelity {
namespace {

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
  const auto* matrix = first(cells, [](const auto& c) { return !c.is_warm_up(); });
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

}  // namespace

const std::vector<Table>& tables() {
  using enum TtlFamily;
  using enum LabFault;
  static const std::vector<Table> all{
      {{"de", as_de, other_private_key, 1}, PlanKind::main},
      {{"ld", as_de, ds_mismatch, 2}, PlanKind::main},
      {{"lk", as_de, other_private_key, 5}, PlanKind::cd},
      {{"lm", as_de, other_private_key, 9}, PlanKind::nta_flush},
      {{"ln", as_de, other_private_key, 8}, PlanKind::nta},
      {{"lr", as_de, other_private_key, 10}, PlanKind::repair},
      {{"ls", as_de, other_private_key, 4}, PlanKind::signed_expired},
      {{"lx", as_de, other_private_key, 3}, PlanKind::expired},
      {{"qa", thirty_seconds, other_private_key, 11}, PlanKind::main},
      {{"qd", thirty_seconds, ds_mismatch, 12}, PlanKind::main},
      {{"qk", thirty_seconds, other_private_key, 16}, PlanKind::cd},
      {{"qm", thirty_seconds, other_private_key, 18}, PlanKind::nta_flush},
      {{"qn", thirty_seconds, other_private_key, 17}, PlanKind::nta},
      {{"qr", thirty_seconds, other_private_key, 19}, PlanKind::repair},
      {{"qt", thirty_seconds, silence, 13}, PlanKind::expired},
      {{"qx", thirty_seconds, other_private_key, 14}, PlanKind::expired},
      {{"qy", thirty_seconds, ds_mismatch, 15}, PlanKind::expired},
  };
  return all;
}

const Table& table_of(const std::string& tld) {
  const auto found = std::find_if(tables().begin(), tables().end(),
                                  [&tld](const Table& table) { return table.tld.label == tld; });
  INFO("table " << tld);
  REQUIRE(found != tables().end());
  return *found;
}

std::vector<Comparison> replay(const Table& table, const LabZones& zones, const Instance& instance,
                               const Variant& variant) {
  auto config = resolver_config(zones, {variant.profile, variant.seed});
  if (!config.ok()) FAIL(config.error().to_text());
  LabTimes times = instance.times;
  if (variant.outage == Outage::none) {
    times.fault_at = times.fault_at + Duration::days(1);
    times.repaired_at = times.repaired_at + Duration::days(1);
  }
  LabHost host(std::move(config).value(), zones, times);
  const std::vector<MeasuredCell> cells = instance.cells_of(table.tld.label);
  const PlanKind plan = plan_of(table, cells);
  const auto observations = LabPlan(host, table.tld).run(plan, schedule_of(cells, plan));
  INFO(instance.name << " in table " << table.tld.label);
  REQUIRE(observations.size() == cells.size());
  std::vector<Comparison> comparisons;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    INFO("query " << i << ": " << cells[i].state);
    REQUIRE(observations[i].state == cells[i].state);
    REQUIRE(observations[i].qname == cells[i].qname);
    REQUIRE(observations[i].qtype == cells[i].qtype);
    REQUIRE(observations[i].checking_disabled == cells[i].checking_disabled);
    comparisons.push_back({cells[i], observations[i], table.tld.fault == LabFault::silence});
  }
  return comparisons;
}

std::vector<Comparison> replay(const Table& table, const LabZones& zones,
                               const Instance& instance) {
  return replay(table, zones, instance, {instance.profile});
}

}  // namespace zonefall::fidelity
