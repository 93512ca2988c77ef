// The JSON document that the page of a comparison draws from.
//
// Members: `kind` ("comparison"), `summary`, `not_modelled`, `reproduce`, `bins` and `facts` as in
// page_data.h; `tables` with `run`, `cohorts`, `measures` and `candidates`; `estimates` and
// `differences` ([candidate][measure][cohort] -> [mean, half-width or null]); `curves`
// ([candidate][cohort] -> share of failed lookups in each bin, null where nobody asked); `sweeps`
// (sweep.h: `path`, `unit`, `policy`, `points` by x, and for each measure where it bends). Of an
// ensemble also `spread`: `members`, `permille`, `quantiles` ([candidate][measure] -> values at
// them), `rankings` ([candidate][measure] -> members with less, as much, more than the first),
// `uncertainties`, and `sensitivities` ([candidate, measure, uncertainty, value, mean]); and
// `bands`: `permille`, `curves`, and `shares` ([candidate][curve][quantile] -> over bins; where a
// bin of the page is several of the file, the mean of theirs).
#pragma once

#include <string>

#include "report/comparison_data.h"
#include "report/table_json.h"

namespace zonefall::report {

Json comparison_page(const ComparisonData& data, const std::string& path);

}  // namespace zonefall::report
