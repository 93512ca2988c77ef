// Measured cells: read, compared with what the simulation saw, and judged.
//
// Files are tab-separated with a header line (README.md describes the columns). Errors name the
// file and line.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lab_plan.h"
#include "zonefall/core/result.h"

namespace zonefall::fidelity {

/// What a client saw in one answer.
struct Seen {
  std::string rcode;
  bool authentic_data = false;
  std::set<int> ede_codes;
  bool operator==(const Seen&) const = default;
};
std::string to_text(const Seen& seen);  // "NOERROR+AD e3"

struct MeasuredCell {
  std::string run;
  std::string instance;
  double asked_at_s = 0;  // since the run's start
  std::string state;
  std::string qname;
  std::string qtype;
  bool checking_disabled = false;
  Seen seen;
  std::optional<std::uint32_t> ttl_s;
  UpstreamCounts upstream;
  std::optional<double> polled_s;
  std::vector<Seen> also;  // what other runs gave
};
Result<std::vector<MeasuredCell>> load_cells(const std::string& path);

/// One measured cell and what the simulated resolver did with the same query.
struct Comparison {
  MeasuredCell measured;
  Observation simulated;

  [[nodiscard]] Seen seen() const;
  [[nodiscard]] bool rcode_and_ad_agree() const;
  [[nodiscard]] bool ede_agrees() const;
  [[nodiscard]] bool recovery_agrees() const;  // within 5 s
  [[nodiscard]] bool agrees() const {
    return rcode_and_ad_agree() && ede_agrees() && recovery_agrees();
  }
  [[nodiscard]] bool counts_agree() const;  // each within 1 or 15 %
  [[nodiscard]] bool ttl_agrees() const;    // within 2 s
  /// Warm-up queries are compared for information only.
  [[nodiscard]] bool is_warm_up() const;
};

/// Which cells are known to differ, and why.
class KnownDifferences {
 public:
  struct Key {
    std::string table;
    std::string instance;
    std::string state;
    std::string qname;
    auto operator<=>(const Key&) const = default;
  };
  static Result<KnownDifferences> load(const std::string& path);
  /// The reason, or null.
  [[nodiscard]] const std::string* find(const Key& key) const;
  [[nodiscard]] const std::map<Key, std::string>& reasons() const { return reasons_; }

 private:
  std::map<Key, std::string> reasons_;
};

/// Shares of agreeing cells, in tenths of a percent rounded down.
struct Shares {
  std::size_t cells = 0;
  std::size_t rcode_and_ad = 0;
  std::size_t ede = 0;
  std::size_t counts = 0;
  std::size_t ttl = 0;
  std::size_t everything = 0;  // RCODE, AD, EDE and upstream counts

  void add(const Comparison& comparison);
  void add(const Shares& other);
  [[nodiscard]] std::string to_text() const;
  /// 95 % for RCODE and AD, 85 % for EDE.
  [[nodiscard]] bool reach_thresholds() const;
};

/// "qa | ub-def | never cached, repeat+1s | SERVFAIL e6 / T0 C0 R0 | ..." for people.
std::string to_text(const Comparison& comparison);

}  // namespace zonefall::fidelity
