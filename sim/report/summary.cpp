#include <algorithm>

#include <fmt/format.h>

#include "report/analysis.h"
#include "report/comparison_data.h"
#include "report/comparison_text.h"
#include "report/prose.h"
#include "report/run_data.h"
#include "report/text.h"
#include "zonefall/outcome/comparison_store.h"
#include "zonefall/report/report.h"

namespace zonefall::report {
namespace {

constexpr std::size_t cohorts_max = 6;
constexpr std::size_t failed_expectations_max = 4;
constexpr std::size_t line_width = 96;

std::string changes_line(const RunData& run) {
  std::string text;
  for (const Departure& change : run.departures()) {
    text += fmt::format("{}{} {}", text.empty() ? "Changed: " : "; ", change.by,
                        clean_line(change.what));
  }
  return text.empty() ? "" : shorten(text, line_width) + "\n";
}

std::string worst_cohort(const RunData& run, const Analysis& analysis) {
  const std::vector<std::size_t> order = analysis.worst_first();
  if (order.empty() || !analysis.cohorts[order[0]].worst_bin) return "No cohort was hurt.\n";
  const Cohort& cohort = run.cohorts[order[0]];
  const Hurt& hurt = analysis.cohorts[order[0]];
  const std::string who = fmt::format("Worst: {} ({}, {})", clean_line(cohort.name),
                                      clean_line(cohort.profile), clean_line(cohort.policy));
  return fmt::format(
      "{}\n"
      "  {}, at the worst {} in the bin of {} UTC\n"
      "  first failure {}; resolvers recovered from then: 50 % {}, 90 % {}, 99 % {}\n",
      shorten(who, line_width), failed_phrase(hurt.total), percent(hurt.worst_share()),
      short_time(run.bins[*hurt.worst_bin].from), short_time(hurt.first_failure),
      recovery_text(hurt, 0), recovery_text(hurt, 1), recovery_text(hurt, 2));
}

std::string expectations(const RunData& run) {
  if (run.expectations.empty()) return "Expectations: the scenario has none\n";
  const Score consequences = score_of(run, "consequence");
  const Score echoes = score_of(run, "echo");
  std::string text = fmt::format("Expectations: {} of {} consequences and {} of {} echoes passed\n",
                                 consequences.passed, consequences.all, echoes.passed, echoes.all);
  std::size_t failed = 0;
  for (const Expectation& e : run.expectations) {
    if (e.passed) continue;
    failed += 1;
    if (failed > failed_expectations_max) continue;
    text += shorten(fmt::format("  failed: {}: published {}; measured {}", clean_line(e.id),
                                clean_line(e.published), clean_line(e.measured)),
                    line_width) +
            "\n";
  }
  if (failed > failed_expectations_max) {
    text += fmt::format("  and {} more that failed\n", failed - failed_expectations_max);
  }
  return text;
}

Result<std::string> summary_of_comparison(const std::string& path, Names names) {
  const Result<ComparisonData> data = read_comparison(path);
  if (!data) return data.error();
  return comparison_summary(data.value(), names);
}

}  // namespace

Result<std::string> summary_with_classes(const std::string& path) {
  return outcome::is_comparison(path) ? summary_of_comparison(path, Names::by_class_too)
                                      : summary(path);
}

Result<std::string> summary(const std::string& path) {
  if (outcome::is_comparison(path)) return summary_of_comparison(path, Names::all);
  const Result<RunData> read = read_run(path);
  if (!read) return read.error();
  const RunData& run = read.value();
  const Analysis analysis = analyse(run);
  CurveChart chart;
  chart.cohorts = analysis.worst_first();
  chart.cohorts.resize(std::min(chart.cohorts.size(), cohorts_max));
  std::string text = shorten(clean_line(run.about("scenario_title")), line_width) + "\n";
  text += shorten(fmt::format("{}, seed {}, scale {}", run_span(run), clean_line(run.about("seed")),
                              clean_line(run.about("scale"))),
                  line_width) +
          "\n" + changes_line(run) + "\n";
  text += "Share of failed lookups (SERVFAIL or no reply), all cohorts:\n";
  text += curve_chart(run, analysis, chart) + "\n";
  text += fmt::format("All cohorts: {}\n", failed_phrase(analysis.all.total));
  text += worst_cohort(run, analysis) + expectations(run);
  const std::string fingerprint = clean_line(run.about("fingerprint"));
  if (!fingerprint.empty()) text += fmt::format("Fingerprint {}, ", fingerprint);
  text += fmt::format("{}ontent hash {}\n", fingerprint.empty() ? "C" : "c", run.content_hash);
  return text;
}

}  // namespace zonefall::report
