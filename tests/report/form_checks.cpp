#include "form_checks.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

namespace zonefall::report {

using nlohmann::json;

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

void check_expected(const std::string& text, const std::string& path) {
  if (std::getenv("ZONEFALL_WRITE_EXPECTED") != nullptr) std::ofstream(path) << text;
  INFO(path);
  CHECK(text == read_text(path));
}

std::vector<std::string> broken_table_rows(const std::string& markdown) {
  std::vector<std::string> broken;
  std::size_t cells_wanted = 0;
  for (const std::string& line : lines_of(markdown)) {
    if (line.empty() || line[0] != '|') {
      cells_wanted = 0;
      continue;
    }
    std::size_t cells = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\\') {
        i += 1;
      } else if (line[i] == '|') {
        cells += 1;
      }
    }
    if (cells_wanted == 0) cells_wanted = cells;
    if (cells != cells_wanted) broken.push_back(line);
  }
  return broken;
}

bool conforms(const json& value, const json& schema, std::vector<std::string>& extra) {
  const auto is_of_type = [&](const std::string& type) {
    return (type == "null" && value.is_null()) || (type == "string" && value.is_string()) ||
           (type == "integer" && value.is_number_integer()) ||
           (type == "number" && value.is_number()) || (type == "boolean" && value.is_boolean()) ||
           (type == "array" && value.is_array()) || (type == "object" && value.is_object());
  };
  if (schema.contains("const") && value != schema["const"]) return false;
  if (schema.contains("type")) {
    const json types = schema["type"].is_array() ? schema["type"] : json::array({schema["type"]});
    if (!std::any_of(types.begin(), types.end(), is_of_type)) return false;
  }
  if (value.is_object()) {
    for (const json& key : schema["required"]) {
      if (!value.contains(key.get<std::string>())) return false;
    }
    for (const auto& [key, member] : value.items()) {
      if (!schema["properties"].contains(key)) {
        extra.push_back(key);
      } else if (!conforms(member, schema["properties"][key], extra)) {
        return false;
      }
    }
  }
  if (!value.is_array()) return true;
  return std::all_of(value.begin(), value.end(), [&](const json& element) {
    return conforms(element, schema["items"], extra);
  });
}

}  // namespace zonefall::report
