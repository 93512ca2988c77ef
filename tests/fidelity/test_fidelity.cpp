// Goal: the simulated resolver, set to a profile, answers as the real implementation did in the
// measured outage, and asks as much of the TLD. Each column reaches its threshold over all tables,
// and in each table and profile that is not listed as missing it; every cell that differs is known
// and has a reason.
#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "comparison.h"
#include "known.h"
#include "lab_runs.h"
#include "replay.h"
#include "report.h"
#include "tsv.h"

namespace zonefall::fidelity {
namespace {

template <typename T>
T required(Result<T> result) {
  if (!result.ok()) FAIL(result.error().to_text());
  return std::move(result).value();
}

/// For people: of these tables only ("qx,qt"), every cell, with its upstream queries.
std::vector<std::string> tables_in_detail() {
  const char* text = std::getenv("ZONEFALL_FIDELITY_TABLES");
  const auto names = text == nullptr ? std::vector<std::string>{} : split(text, ',');
  for (const std::string& name : names) static_cast<void>(table_of(name));
  return names;
}

void print_in_detail(const Comparison& comparison) {
  const bool same =
      std::all_of(column_rules.begin(), column_rules.end(),
                  [&](const ColumnRule& rule) { return comparison.agrees(rule.column); });
  fmt::print("  {} {}\n      {}\n", same ? ' ' : '!', to_text(comparison),
             comparison.simulated.upstream.detail);
}

void check_warm_up(const Comparison& comparison) {
  INFO(to_text(comparison));
  CHECK(comparison.agrees(Column::rcode));
  CHECK(comparison.agrees(Column::ad));
  CHECK(comparison.agrees(Column::ede));
}

void replay_into(Report& report, const Table& table, const std::vector<Instance>& instances,
                 bool in_detail) {
  std::optional<LabZones> zones;  // slow to make
  for (const Instance& instance : instances) {
    if (instance.cells_of(table.tld.label).empty()) continue;
    if (!zones) zones.emplace(table.tld, at_s(0));
    if (in_detail) fmt::print("{} {}\n", table.tld.label, instance.name);
    for (const Comparison& comparison : replay(table, *zones, instance)) {
      if (in_detail) print_in_detail(comparison);
      if (comparison.measured.is_warm_up()) {
        check_warm_up(comparison);
      } else {
        report.add(instance, comparison);
      }
    }
  }
}

/// All tables, or those of tables_in_detail().
void replay_wanted_into(Report& report, const std::vector<Instance>& instances) {
  const std::vector<std::string> wanted = tables_in_detail();
  for (const Table& table : tables()) {
    const bool is_wanted = std::find(wanted.begin(), wanted.end(), table.tld.label) != wanted.end();
    if (wanted.empty() || is_wanted) replay_into(report, table, instances, is_wanted);
  }
  report.print();
}

void check_total(const Report& report, const Shortfalls& shortfalls) {
  for (const ColumnRule& rule : column_rules) {
    INFO(rule.name << " over all tables: " << report.total().to_text());
    const bool is_missed = shortfalls.contains({"all", rule.column});
    CHECK(report.total().reaches_threshold(rule.column) == !is_missed);
  }
}

void check_lines(const std::vector<std::string>& lines, const std::string& what) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  INFO(what << ":\n" << text);
  CHECK(lines.empty());
}

/// A threshold is missed exactly where below_threshold.tsv says so.
void check_thresholds(const std::map<std::string, Shares>& by_name, const Shortfalls& shortfalls) {
  for (const auto& [name, shares] : by_name) {
    for (const ColumnRule& rule : column_rules) {
      INFO(name << ", " << rule.name << ": " << shares.to_text());
      CHECK(shares.reaches_threshold(rule.column) == !shortfalls.contains({name, rule.column}));
    }
  }
}

TEST_CASE("every table agrees with what was measured, or differs for a known reason") {
  const std::vector<Instance> instances = required(load_instances());
  const auto known = required(KnownDifferences::load());
  const auto shortfalls = required(load_shortfalls());
  Report report(known);
  replay_wanted_into(report, instances);
  check_lines(report.not_known(), "these differ, and are no known differences");
  check_lines(report.out_of_date(), "these agree: no longer known differences");
  check_lines(report.without_cell(), "no such cell was measured");
  check_thresholds(report.by_table(), shortfalls);
  if (!tables_in_detail().empty()) return;
  check_thresholds(report.by_instance(), shortfalls);
  check_total(report, shortfalls);
  for (const auto& [name, column] : shortfalls) {
    INFO("below_threshold.tsv names " << name);
    CHECK(
        (name == "all" || report.by_table().contains(name) || report.by_instance().contains(name)));
  }
}

// For people (tools/fidelity --cells): whatever the cells of another folder are. Nothing is known
// of their differences, so only the thresholds over all tables count.
TEST_CASE("cells of another folder agree", "[.][cells]") {
  REQUIRE(cells_folder() != own_cells_folder);
  const std::vector<Instance> instances = required(load_instances());
  const KnownDifferences nothing_known;
  Report report(nothing_known);
  replay_wanted_into(report, instances);
  check_total(report, {});
}

TEST_CASE("every row of the measured tables belongs to a table, and every reason to a cell") {
  for (const Instance& instance : required(load_instances())) {
    for (const MeasuredCell& cell : instance.cells) static_cast<void>(table_of(cell.table));
  }
  const auto known = required(KnownDifferences::load());
  for (const auto& [name, text] : known.reasons()) {
    INFO("reason " << name);
    const auto names_it = [&name = name](const auto& entry) { return entry.second == name; };
    CHECK(std::any_of(known.all().begin(), known.all().end(), names_it));
    CHECK_FALSE(text.empty());
  }
}

}  // namespace
}  // namespace zonefall::fidelity
