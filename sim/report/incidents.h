// Several runs side by side: what the page that compares incidents draws from.
//
// Members of the document: `kind` ("incidents"), `summary`, `not_modelled`, `reproduce`; `tables`
// with `run` (version and hashes, for the colophon) and `incidents` (one row for each run); `bins`
// and `tables.cohorts` are empty, since runs share neither; `curves`, one for each run: `until_h`
// (ends of its bins, hours after the run's begin; the first begins at 0), `first_failure_h` (null:
// nothing failed), and `failed`, `stale`, `under_nta`, `bogus`: shares of lookups, null where
// nobody asked.
#pragma once

#include <string>
#include <vector>

#include "report/analysis.h"
#include "report/data_tables.h"
#include "report/run_data.h"
#include "report/table_json.h"

namespace zonefall::report {

struct Incident {
  std::string path;
  RunData run;
  Analysis analysis;
};

/// One row for each run: its main figures, all cohorts together.
DataTable incidents_table(const std::vector<Incident>& incidents);

/// Two or more.
Json incidents_page(const std::vector<Incident>& incidents);

}  // namespace zonefall::report
