// How far assumptions reach: what the members of an ensemble that draw say together.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "experiment/cell.h"
#include "zonefall/outcome/comparison_store.h"

namespace zonefall::experiment {

/// The quantiles that are kept, in permille.
inline constexpr std::array<std::uint32_t, 5> kept_permille = {50, 250, 500, 750, 950};

/// The least of `values` that `permille` of them, or more, do not exceed. At least one value.
FixedCount quantile(std::vector<FixedCount> values, std::uint32_t permille);

/// Fills in quantiles, rankings and sensitivities from the measurements of the members that draw;
/// nothing if none does.
void summarise_draws(outcome::ComparisonRecord& record);

/// Fills in bands, from the curves of all cells: member by member, candidates in order.
void summarise_curves(const std::vector<CellCurves>& cells, outcome::ComparisonRecord& record);

}  // namespace zonefall::experiment
