// One measured cell and what the simulated resolver did with the same query; shares of agreement.
#pragma once

#include <array>
#include <string>

#include "columns.h"
#include "lab_plan.h"
#include "measured.h"

namespace zonefall::fidelity {

struct Comparison {
  MeasuredCell measured;
  Observation simulated;
  bool servers_silent = false;  // the table's fault

  [[nodiscard]] Seen seen() const;
  /// Whether the cell has something to compare there: no TTL in a SERVFAIL, no recovery before it.
  [[nodiscard]] bool has(Column column) const;
  /// Whether runs of the lab repeat it; others leave the denominator.
  [[nodiscard]] bool is_stable(Column column) const;
  /// Counts within 1 or 15 %, TTLs within 2 s, recovery within 5 s, the rest exactly. What varies
  /// must be as in one of the runs; counts that vary agree with anything.
  [[nodiscard]] bool agrees(Column column) const;
};

/// "never cached, repeat+1s   w.n1.qa   SERVFAIL e6  / T0 C0 R0 | ..." for people.
std::string to_text(const Comparison& comparison);

/// How many of the stable cells agree, by column.
class Shares {
 public:
  void add(const Comparison& comparison);
  void add(const Shares& other);
  [[nodiscard]] std::size_t cells() const { return cells_; }
  /// At least this many percent; also where there is no cell.
  [[nodiscard]] bool reaches(Column column, std::size_t percent) const;
  [[nodiscard]] bool reaches_threshold(Column column) const {
    return reaches(column, rule_of(column).threshold_percent);
  }
  [[nodiscard]] std::string to_text() const;  // a line below header()
  [[nodiscard]] static std::string header();
  /// How many cells of each column were left out, in a line of the same form.
  [[nodiscard]] std::string left_out_text() const;

 private:
  struct Share {
    std::size_t agreeing = 0;
    std::size_t of = 0;
    std::size_t left_out = 0;  // not stable
  };
  [[nodiscard]] const Share& share(Column column) const {
    return shares_[static_cast<std::size_t>(column)];
  }
  std::size_t cells_ = 0;
  std::array<Share, column_rules.size()> shares_{};
};

}  // namespace zonefall::fidelity
