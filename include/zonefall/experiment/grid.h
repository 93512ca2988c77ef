// Comparisons and ensembles: one scenario under several candidates, each with the same members.
//
// A candidate is a policy of the scenario, perhaps with one setting varied: nothing but changes to
// the file. A member is a seed; in an ensemble further members also draw a value for each thing
// that nobody knows (the scenario's `uncertain`), and the seed is one of these. All runs of one
// member have the same clients and meet the same chances (counter-based random numbers keyed by
// what they are for), so that candidates are compared member by member. Members that draw nothing
// say how far chance reaches, the others how far assumptions reach. Results do not depend on the
// number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/outcome/comparison_store.h"
#include "zonefall/scenario/scenario.h"

namespace zonefall::experiment {

/// The name of candidate 0: the scenario as it is.
inline constexpr std::string_view as_it_was = "as-it-was";
inline constexpr std::string_view every_policy = "all";

/// Each policy, and the scenario as it is, with each of `values` at `path`; the scenario with
/// nothing varied comes before them.
struct Variation {
  std::string path;
  std::vector<std::string> values;
};
/// "path=a,b,c"; commas within brackets, braces and quotes are part of a value. Errors: no "=", no
/// value.
Result<Variation> parse_variation(std::string_view text);

struct GridOptions {
  std::string scenario_path;
  scenario::Changes changes;  // before those of any candidate
  /// Names, `every_policy` alone for all; empty: those that the scenario takes into comparisons, or
  /// into ensembles.
  std::vector<std::string> policies;
  bool policies_of_ensembles = false;
  std::vector<Variation> variations;
  std::vector<std::uint64_t> seeds;        // at least one, all different
  std::uint32_t drawn_members = 0;         // each also draws its seed among `seeds`
  std::optional<std::uint32_t> scale_ppm;  // instead of the scenario's
  std::string output_path;
  bool overwrite = false;
  unsigned threads = 1;
  std::string version;  // of the program, for the results
  std::function<bool()> stop;
  std::function<void(std::uint64_t done, std::uint64_t all)> progress;
};

struct GridReport {
  /// What was stored, but for the curves and the single measurements.
  outcome::ComparisonRecord record;
  std::uint64_t content_hash = 0;
  bool stopped = false;  // then nothing was written
};

/// Claims the output file before anything runs. Errors: those of load_scenario(), build() and
/// replay() for any candidate, no policy of a name, a candidate with other cohorts or another span
/// of time than the scenario (it could not be compared), members to be drawn where nothing is
/// uncertain, all with a place in Error::where; those of the output, which have none.
Result<GridReport> run_grid(const GridOptions& options);

}  // namespace zonefall::experiment
