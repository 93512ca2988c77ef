// What every candidate of a grid is run under: seeds, and draws of what nobody knows.
#pragma once

#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/experiment/grid.h"

namespace zonefall::experiment {

struct Members {
  std::vector<outcome::UncertaintyRow> uncertainties;
  std::vector<outcome::MemberRow> list;  // those that draw nothing first
};

/// Errors: as run_grid().
Result<Members> choose_members(const GridOptions& options,
                               const scenario::ResolvedScenario& scenario);

/// The changes that a member makes to the scenario; none if it draws nothing.
scenario::Changes changes_of(const outcome::MemberRow& member,
                             const std::vector<outcome::UncertaintyRow>& uncertainties);

}  // namespace zonefall::experiment
