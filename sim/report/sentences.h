// What a run comes to in a few sentences, each number from the result file.
#pragma once

#include <string>
#include <vector>

#include "report/analysis.h"
#include "report/run_data.h"

namespace zonefall::report {

/// Three to six sentences without markup; names of the scenario's author are clean lines.
std::vector<std::string> plain_summary(const RunData& run, const Analysis& analysis);

/// What no run shows, whatever its scenario says: one phrase each.
std::vector<std::string> not_modelled();

}  // namespace zonefall::report
