// How the rows of data tables are filled: values of C++ as cells.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "report/data_tables.h"
#include "zonefall/core/time.h"

namespace zonefall::report {

/// To six decimals, which is past what any run can tell.
inline Cell cell(double value) {
  return std::round(value * 1e6) / 1e6;
}
inline Cell cell(std::int64_t value) {
  return value;
}
inline Cell cell(bool value) {
  return value;
}
inline Cell cell(const std::string& value) {
  return value;
}
inline Cell cell(SimTime at) {
  return at.to_text();
}
template <typename T>
Cell cell(const std::optional<T>& value) {
  return value ? cell(*value) : Cell();
}

template <typename... Values>
std::vector<Cell> row(const Values&... values) {
  return {cell(values)...};
}

}  // namespace zonefall::report
