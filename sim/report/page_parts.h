// Parts of the page's document that runs and comparisons share; page_data.h says what they are.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/analysis.h"
#include "report/run_data.h"
#include "report/table_json.h"

namespace zonefall::report {

/// No screen shows more points side by side, and a page must stay small.
inline constexpr std::size_t page_bins_max = 480;

double milliseconds(SimTime at);
Json bins_json(const std::vector<BinSpan>& spans, const std::vector<Column>& columns);
/// What the stored scenario says (scenario_facts.h).
Json facts_json(const std::string& yaml);
/// Nothing in a page may steer the direction of its writing, as in the other forms.
void clean(Json& json);

}  // namespace zonefall::report
