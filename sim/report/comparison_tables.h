// The report on a comparison or an ensemble as data: as data_tables.h has that on a run.
#pragma once

#include <vector>

#include "report/comparison_data.h"
#include "report/data_tables.h"

namespace zonefall::report {

/// All tables of a comparison, `comparison` (one row) first.
std::vector<DataTable> comparison_tables(const ComparisonData& data);

}  // namespace zonefall::report
