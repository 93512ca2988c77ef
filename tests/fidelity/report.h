// Collects comparisons of all tables and prints them: shares by table, by instance and in all, and
// the cells that differ, by reason.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "comparison.h"
#include "known.h"

namespace zonefall::fidelity {

class Report {
 public:
  /// `known` must outlive the report.
  explicit Report(const KnownDifferences& known) : known_(known) {}

  /// One cell of a table; `instance` must outlive the report.
  void add(const Instance& instance, const Comparison& comparison);
  void print() const;

  [[nodiscard]] const Shares& total() const { return total_; }
  /// By the name of a table or an instance.
  [[nodiscard]] const std::map<std::string, Shares>& by_table() const { return by_table_; }
  [[nodiscard]] const std::map<std::string, Shares>& by_instance() const { return by_instance_; }
  /// Cells that differ without a reason, or agree with one: lines of known_differences.tsv.
  [[nodiscard]] const std::vector<std::string>& not_known() const { return not_known_; }
  [[nodiscard]] const std::vector<std::string>& out_of_date() const { return out_of_date_; }
  /// Known differences that no cell of these tables has.
  [[nodiscard]] std::vector<std::string> without_cell() const;

 private:
  void judge(const Instance& instance, const Comparison& comparison);

  const KnownDifferences& known_;
  std::map<std::string, std::map<std::string, Shares>> by_table_and_instance_;
  std::map<std::string, Shares> by_table_;
  std::map<std::string, Shares> by_instance_;
  std::map<std::string, const Instance*> instances_;
  std::map<std::string, std::vector<std::string>> differing_;  // by reason
  Shares total_;
  std::set<KnownDifferences::Key> seen_;
  std::vector<std::string> not_known_;
  std::vector<std::string> out_of_date_;
};

}  // namespace zonefall::fidelity
