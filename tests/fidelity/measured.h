// Measured tables: what a real resolver did in the outage lab, one file an instance.
//
// cells/<instance>.tsv says at its top what was measured, which profile stands for it and when the
// zones changed; its rows are client queries in the order asked (README.md describes the columns).
// Nothing else names an instance, so a file more is an instance more.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "columns.h"
#include "lab_host.h"
#include "lab_world.h"
#include "zonefall/core/result.h"

namespace zonefall::fidelity {

/// What a client saw in one answer.
struct Seen {
  std::string rcode;  // "TIMEOUT": no answer within 12 s
  bool authentic_data = false;
  std::set<int> ede_codes;
  bool operator==(const Seen&) const = default;
};
std::string to_text(const Seen& seen);  // "NOERROR+AD e3"

struct MeasuredCell {
  std::string table;      // the TLD
  double asked_at_s = 0;  // since the run's start
  std::string state;
  std::string qname;
  std::string qtype;
  bool checking_disabled = false;
  Seen seen;
  std::optional<std::uint32_t> ttl_s;
  UpstreamCounts upstream;
  std::optional<double> polled_s;
  /// Columns in which runs of the lab differ: nothing to be held to.
  std::set<Column> varies;
  std::vector<Seen> also;  // what other runs gave

  /// Before the fault; compared so that a wrong start shows, but no cell of a table.
  [[nodiscard]] bool is_warm_up() const { return state.starts_with("warm"); }
};

struct Instance {
  std::string name;      // "ub-def": the file's
  std::string run;       // "2026-11-28": the folder's below cells/; "" in cells/ itself
  std::string resolver;  // implementation, version, settings
  std::string profile;   // "unbound-1.17"
  LabTimes times;
  std::vector<MeasuredCell> cells;

  /// Those of one table, in the order asked.
  [[nodiscard]] std::vector<MeasuredCell> cells_of(const std::string& table) const;
};

/// Where the measured tables are: tests/fidelity/cells, or the folder that the environment names
/// (ZONEFALL_FIDELITY_CELLS; for people).
inline constexpr std::string_view own_cells_folder = "tests/fidelity/cells";
std::string cells_folder();
/// All instances of that folder and those below, in order of their names and runs: an instance that
/// more than one run of the lab had is there more than once, each with its run's tables and times.
Result<std::vector<Instance>> load_instances();

/// The first one with this name, or null.
const Instance* find_instance(const std::vector<Instance>& instances, const std::string& name);

}  // namespace zonefall::fidelity
