// Reports of one run, or of a comparison or an ensemble (comparison_store.h), made from the result
// file alone.
//
// Six forms of one content. Of a run: what was run, what happened, who was hurt and for how long,
// what servers had to bear, which published facts came out, and how to get the same again. Of a
// comparison, in all forms but the picture: what each candidate comes to, what it saves or costs
// and how sure that is, over time and, of an ensemble, over what nobody knows. All are
// deterministic: one file gives the same octets everywhere. Knows no scenario, no clock and no
// simulation; every number is read from the database or divided here. Text of the scenario's
// author is escaped for the form it goes into and cannot break out of its place.
//
// Fails as outcome::open_store() does (other schema version, truncated, unfinished: the message
// says what to do), and where the content does not match the hash that seals it.
//
// Definitions that all forms share:
//   failed          the client ended with SERVFAIL or without a reply (table `outcomes`)
//   worst bin       of a cohort: the first bin with the largest share of failed lookups
//   recovery        minutes from the cohort's first failure until 50, 90 or 99 % of the resolvers
//                   that failed had their first success after their last failure (nearest rank)
//   onset           the first bin whose share of failed lookups, all cohorts together, is at least
//                   a tenth of the largest; "before" in the load of servers is the mean until then
//   phase           publications of one zone that follow each other at like intervals
#pragma once

#include <string>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/outcome/partial_file.h"

namespace zonefall::report {

/// For people and for pages: Markdown whose tables are aligned, with a curve in characters.
Result<std::string> markdown_report(const std::string& path);

/// For programs: one JSON object. Its member `schema` is json_schema_version; keys stay as they are
/// within a version, more may be added. sim/report/report.schema.json describes them.
Result<std::string> json_report(const std::string& path);
inline constexpr int json_schema_version = 1;
/// The same: JSON Schema (draft 2020-12), with the meaning and unit of every key.
std::string json_report_schema();
/// Of comparisons and ensembles: sim/report/comparison.schema.json.
std::string json_comparison_schema();

/// For spreadsheets: one file NAME.csv (RFC 4180, UTF-8, first line: column names) for each table
/// of the JSON report, with the same columns.
struct CsvFile {
  std::string name;
  std::string text;
};
Result<std::vector<CsvFile>> csv_report(const std::string& path);
/// Makes the folder, replaces such files.
Status write_csv(const std::vector<CsvFile>& files, const std::string& folder);

/// For readers of tables: every view that the schema of the file documents (sim/outcome/*.sql), as
/// VIEW.csv. NULL and "" are empty cells; numbers have all their digits.
Result<std::vector<CsvFile>> csv_views(const std::string& path);
/// Writes a folder that appears whole or not at all: as FOLDER.partial, which then gets its name.
/// What it replaces (`overwrite`) holds nothing but CSV files. Errors: a folder with something in
/// it, a FOLDER.partial, a full disk, a place that cannot be written; none leaves a folder that
/// looks complete, and what was there before stays.
Status write_csv_folder(const std::vector<CsvFile>& files, const outcome::StoreTarget& target);

/// For a README: the share of failed lookups of each cohort over time, as a picture. Of runs only.
Result<std::string> svg_curve(const std::string& path);

/// For everybody: one page with pictures that opens offline and asks no network for anything.
Result<std::string> html_report(const std::string& path);
/// Of two or more runs side by side: shares over the hours since their first failures, and their
/// main figures. Comparisons are refused.
Result<std::string> html_incidents(const std::vector<std::string>& paths);

/// For the end of a run on a terminal: about 25 lines. Of a comparison: its tables.
Result<std::string> summary(const std::string& path);
/// The same; of a comparison also the measures of each class of names.
Result<std::string> summary_with_classes(const std::string& path);

}  // namespace zonefall::report
