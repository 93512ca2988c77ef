// The reports on a comparison for people: Markdown, and what a terminal shows at its end.
#pragma once

#include <string>

#include "report/comparison_data.h"
#include "zonefall/report/report.h"

namespace zonefall::report {

std::string comparison_markdown(const ComparisonData& data, const std::string& path);
std::string comparison_summary(const ComparisonData& data, Names names);

}  // namespace zonefall::report
