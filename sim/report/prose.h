// Phrases and charts that the report for people and the summary share.
#pragma once

#include <string>
#include <vector>

#include "report/analysis.h"
#include "report/run_data.h"
#include "report/text_chart.h"

namespace zonefall::report {

/// The failures of some cohorts: bars of all cohorts together, then one line for each.
struct CurveChart {
  std::size_t columns_max = 72;
  std::size_t rows = 6;
  std::vector<std::size_t> cohorts;  // shown one by one, in this order
};
std::string curve_chart(const RunData& run, const Analysis& analysis, const CurveChart& chart);

/// One curve in one line: its name, cut to `label_width`, the curve, what it comes to at the worst.
std::string curve_line(const ChartFrame& frame, const std::string& name, const Shares& shares,
                       const std::string& worst);

/// "2026-05-05T13:00:00Z to 2026-05-06T03:00:00Z (14 h)".
std::string run_span(const RunData& run);
/// "12.3 % of 1,000 lookups failed (123)", or that none did.
std::string failed_phrase(const Counts& total);
/// "41 min", "3.5 min"; "-" where nobody failed, "not yet" where too few recovered.
std::string recovery_text(const Hurt& hurt, std::size_t percent_index);

/// Two lines for a shell that make the run again from its result file.
std::string reproduce_commands(const std::string& path);
/// A file name as a word for a shell; FILE where the name would not be readable.
std::string shell_word(const std::string& path);

struct Score {
  std::size_t passed = 0;
  std::size_t all = 0;
};
/// Of the expectations of a kind ("echo", "consequence").
Score score_of(const RunData& run, const std::string& kind);

}  // namespace zonefall::report
