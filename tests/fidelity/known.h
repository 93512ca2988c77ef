// Which cells are known to differ, and why; and where so many do that a threshold is missed.
#pragma once

#include <compare>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "columns.h"
#include "zonefall/core/result.h"

namespace zonefall::fidelity {

class KnownDifferences {
 public:
  struct Key {
    std::string table;
    std::string instance;
    std::string state;
    std::string qname;
    Column column = Column::rcode;
    auto operator<=>(const Key&) const = default;
  };
  /// reasons.tsv (name, text) and known_differences.tsv, whose `columns` may be several and whose
  /// `reason` is the name of one of the reasons.
  static Result<KnownDifferences> load();
  /// The reason's name, or null.
  [[nodiscard]] const std::string* find(const Key& key) const;
  [[nodiscard]] const std::map<Key, std::string>& all() const { return differences_; }
  [[nodiscard]] const std::map<std::string, std::string>& reasons() const { return reasons_; }

 private:
  std::map<std::string, std::string> reasons_;
  std::map<Key, std::string> differences_;
};

/// below_threshold.tsv: tables and instances that miss the threshold of a column.
using Shortfalls = std::set<std::pair<std::string, Column>>;
Result<Shortfalls> load_shortfalls();

}  // namespace zonefall::fidelity
