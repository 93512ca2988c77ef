// The columns in which a measured and a simulated cell are compared, and what each is held to.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace zonefall::fidelity {

enum class Column : std::uint8_t {
  rcode,
  ad,
  ede,
  stale,
  up_tld,
  up_child,
  up_root,
  ttl,
  recovery,  // seconds from the repair until the answer is as wanted
};

struct ColumnRule {
  Column column;
  std::string_view name;
  /// Percent of the stable cells that must agree; 0: shown only. Where it is held, each cell that
  /// differs has a reason.
  std::size_t threshold_percent;
};

inline constexpr std::array<ColumnRule, 9> column_rules{{
    {Column::rcode, "rcode", 99},
    {Column::ad, "ad", 99},
    {Column::ede, "ede", 97},
    {Column::stale, "stale", 99},
    {Column::up_tld, "up_tld", 90},
    {Column::up_child, "up_child", 0},
    {Column::up_root, "up_root", 0},
    {Column::ttl, "ttl", 0},
    {Column::recovery, "recovery", 99},
}};

constexpr const ColumnRule& rule_of(Column column) {
  return column_rules[static_cast<std::size_t>(column)];
}

constexpr std::optional<Column> column_named(std::string_view name) {
  for (const ColumnRule& rule : column_rules) {
    if (rule.name == name) return rule.column;
  }
  return std::nullopt;
}

}  // namespace zonefall::fidelity
