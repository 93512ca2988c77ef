#include "known.h"

#include "tsv.h"

namespace zonefall::fidelity {
namespace {

const std::string folder = "tests/fidelity/";

Result<Column> held_column(const std::string& name, const std::string& where) {
  const auto column = column_named(name);
  if (!column) return Error{"no column is called " + name, where};
  if (rule_of(*column).threshold_percent == 0) return Error{name + " is not held", where};
  return *column;
}

}  // namespace

Result<KnownDifferences> KnownDifferences::load() {
  const auto reasons = read_tsv(folder + "reasons.tsv", "reason\ttext");
  if (!reasons.ok()) return reasons.error();
  KnownDifferences known;
  for (const TsvLine& line : reasons.value().lines) {
    known.reasons_[line.fields[0]] = line.fields[1];
  }
  const auto cells =
      read_tsv(folder + "known_differences.tsv", "table\tinst\tstate\tqname\tcolumns\treason");
  if (!cells.ok()) return cells.error();
  for (const auto& [where, f] : cells.value().lines) {
    if (!known.reasons_.contains(f[5])) return Error{"no reason is called " + f[5], where};
    for (const std::string& name : split(f[4], ',')) {
      const auto column = held_column(name, where);
      if (!column.ok()) return column.error();
      if (!known.differences_.emplace(Key{f[0], f[1], f[2], f[3], column.value()}, f[5]).second) {
        return Error{"this cell is listed twice", where};
      }
    }
  }
  return known;
}

const std::string* KnownDifferences::find(const Key& key) const {
  const auto found = differences_.find(key);
  return found == differences_.end() ? nullptr : &found->second;
}

Result<Shortfalls> load_shortfalls() {
  const auto table = read_tsv(folder + "below_threshold.tsv", "table or inst\tcolumn");
  if (!table.ok()) return table.error();
  Shortfalls shortfalls;
  for (const auto& [where, f] : table.value().lines) {
    const auto column = held_column(f[1], where);
    if (!column.ok()) return column.error();
    shortfalls.emplace(f[0], column.value());
  }
  return shortfalls;
}

}  // namespace zonefall::fidelity
