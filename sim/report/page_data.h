// The one JSON document that the page of the HTML report draws from.
//
// Members: `kind` ("run"), `tables` (those of the JSON report that are not series over bins),
// `summary` and `not_modelled` (sentences), `reproduce` (commands), `bins`, `outcomes`, `counts`,
// `ede`, `sites`, `recovery`, `samples`, and `facts` (what the stored scenario says). Series are
// arrays over `bins`, which are groups of the run's bins where it has more than a picture can show;
// instants are milliseconds of UTC since 1970, as JavaScript has them. Texts of others are clean
// lines (the explanations of samples: lines), and for the page to show as text.
#pragma once

#include <string>

#include "report/analysis.h"
#include "report/run_data.h"
#include "report/table_json.h"

namespace zonefall::report {

/// `path` is what the commands to reproduce name.
Json page_data(const RunData& run, const Analysis& analysis, const std::string& path);

}  // namespace zonefall::report
