// What tests of forms of reports look at: expected texts, Markdown tables, JSON and its schema.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace zonefall::report {

std::string read_text(const std::string& path);
std::vector<std::string> lines_of(const std::string& text);

/// Checks that `text` is what the file at `path` holds; with ZONEFALL_WRITE_EXPECTED=1 in the
/// environment writes the file anew before.
void check_expected(const std::string& text, const std::string& path);

/// What is wrong with the tables of a Markdown text: rows with another number of cells.
std::vector<std::string> broken_table_rows(const std::string& markdown);

/// Whether `value` is as a JSON Schema says, of the few keywords that ours uses. `extra` collects
/// keys that it does not name.
bool conforms(const nlohmann::json& value, const nlohmann::json& schema,
              std::vector<std::string>& extra);

}  // namespace zonefall::report
