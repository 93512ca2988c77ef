// What a comparison tries, read and checked before anything runs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/experiment/grid.h"

namespace zonefall::experiment {

struct Candidate {
  std::string name;
  std::string title;
  scenario::Changes changes;    // after GridOptions::changes
  scenario::ScenarioFile file;  // under all of them; its seed is that of no run
};

struct Candidates {
  scenario::ScenarioFile scenario;  // before any of them
  std::vector<Candidate> list;      // the first one is the scenario as it is
};

/// Another span or other cohorts than those of `first` cannot be compared: an error at `path`, in
/// which `name` says who has them.
Status check_comparable(std::string_view name, const scenario::ResolvedScenario& other,
                        const scenario::ResolvedScenario& first, const std::string& path);

/// Errors: as run_grid().
Result<Candidates> load_candidates(const GridOptions& options);

}  // namespace zonefall::experiment
