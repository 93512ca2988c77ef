// Cells of RFC 4180, section 2.
#pragma once

#include <string>
#include <string_view>

namespace zonefall::report {

inline constexpr std::string_view csv_line_end = "\r\n";

/// In quotes where the text needs them.
std::string csv_cell(std::string_view text);

}  // namespace zonefall::report
