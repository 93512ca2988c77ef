// The tables of the report as JSON, for the JSON report and for the page.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "report/data_tables.h"

namespace zonefall::report {

using Json = nlohmann::ordered_json;

/// An object, or an array of objects, with the columns as keys.
Json to_json(const DataTable& table);

/// The text with a line end; octets that are no UTF-8 become U+FFFD. An indent of -1: one line.
std::string dump(const Json& json, int indent = 1);

}  // namespace zonefall::report
