#include "replay.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
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
  const auto* recovery = first(cells, [](const auto& c) {
    return c.state.starts_with("recovery") || c.state.starts_with("NTA recheck");
  });
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

/// The lab gave NTAs a lifetime where the implementation knows one, and tried flushes on Unbound.
PlanKind plan_of(const Table& table, const std::vector<MeasuredCell>& cells) {
  const auto has = [&cells](std::string_view state) {
    return first(cells, [&](const auto& c) { return c.state.starts_with(state); }) != nullptr;
  };
  if (table.plan == PlanKind::nta_flush && has("NTA with lifetime")) return PlanKind::nta_lifetime;
  if (table.plan == PlanKind::nta_flushes && !has("NTA set, flush")) return PlanKind::nta_waits;
  return table.plan;
}

}  // namespace

const std::vector<Table>& tables() {
  static const std::vector<Table> all = [] {
    auto loaded = load_tables("tests/fidelity/tables.tsv");
    const std::string folder = cells_folder();
    const std::string others = folder + "/tables.tsv";
    if (folder != own_cells_folder && std::filesystem::exists(others)) loaded = load_tables(others);
    if (!loaded.ok()) FAIL(loaded.error().to_text());
    return std::move(loaded).value();
  }();
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
