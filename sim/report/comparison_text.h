// The reports on a comparison for people: Markdown, and what a terminal shows at its end.
#pragma once

#include <cstdint>
#include <string>

#include "report/comparison_data.h"

namespace zonefall::report {

/// Of the measures: those of all names, or also those of each class of names.
enum class Names : std::uint8_t { all, by_class_too };

std::string comparison_markdown(const ComparisonData& data, const std::string& path);
std::string comparison_summary(const ComparisonData& data, Names names);

}  // namespace zonefall::report
