#include "report.h"

#include <fmt/format.h>

namespace zonefall::fidelity {
namespace {

std::string to_line(const KnownDifferences::Key& key, const std::string& reason) {
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}", key.table, key.instance, key.state, key.qname,
                     rule_of(key.column).name, reason);
}

void print_row(const std::string& table, const std::string& name, const std::string& what,
               const std::string& shares) {
  fmt::print("{:<5} {:<11} {:<29}{}\n", table, name, what, shares);
}

}  // namespace

void Report::add(const Instance& instance, const Comparison& comparison) {
  by_table_and_instance_[comparison.measured.table][instance.name].add(comparison);
  by_table_[comparison.measured.table].add(comparison);
  by_instance_[instance.name].add(comparison);
  instances_[instance.name] = &instance;
  total_.add(comparison);
  judge(instance, comparison);
}

void Report::judge(const Instance& instance, const Comparison& comparison) {
  const MeasuredCell& cell = comparison.measured;
  std::map<std::string, std::string> columns_by_reason;
  for (const ColumnRule& rule : column_rules) {
    if (rule.threshold_percent == 0) continue;
    const KnownDifferences::Key key{cell.table, instance.name, cell.state, cell.qname, rule.column};
    const std::string* reason = known_.find(key);
    const bool agrees = comparison.agrees(rule.column);
    seen_.insert(key);
    if (agrees && reason != nullptr) out_of_date_.push_back(to_line(key, *reason));
    if (agrees) continue;
    if (reason == nullptr) not_known_.push_back(to_line(key, "?"));
    std::string& columns = columns_by_reason[reason == nullptr ? "?" : *reason];
    columns += (columns.empty() ? "" : ",") + std::string(rule.name);
  }
  for (const auto& [reason, columns] : columns_by_reason) {
    differing_[reason].push_back(fmt::format("{} {:<10} {:<10} {}", cell.table, instance.name,
                                             columns, to_text(comparison)));
  }
}

std::vector<std::string> Report::without_cell() const {
  std::vector<std::string> lines;
  for (const auto& [key, reason] : known_.all()) {
    const bool asked = by_table_.contains(key.table);
    if (asked && !seen_.contains(key)) lines.push_back(to_line(key, reason));
  }
  return lines;
}

void Report::print() const {
  print_row("table", "instance", "profile", Shares::header());
  for (const auto& [table, instances] : by_table_and_instance_) {
    for (const auto& [name, shares] : instances) {
      print_row(table, name, instances_.at(name)->profile, shares.to_text());
    }
    print_row(table, "together", "", by_table_.at(table).to_text());
  }
  fmt::print("\n");
  print_row("table", "instance", "profile", Shares::header());
  for (const auto& [name, shares] : by_instance_) {
    print_row("all", name, instances_.at(name)->profile, shares.to_text());
  }
  print_row("all", "together", "", total_.to_text());
  print_row("all", "left out", "(the lab does not repeat it)", total_.left_out_text());
  fmt::print("\nCells that differ in a held column, measured | simulated, and why\n");
  for (const auto& [reason, lines] : differing_) {
    const auto text = known_.reasons().find(reason);
    fmt::print("\n{}: {}\n", reason, text == known_.reasons().end() ? "not known" : text->second);
    for (const std::string& line : lines) fmt::print("  {}\n", line);
  }
  fmt::print("\n");
}

}  // namespace zonefall::fidelity
