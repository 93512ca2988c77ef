// Where a value comes from and how sure it is: every number and event of a scenario says so.
//
// Values stay plain data; their sources are kept beside them, by path ("serve_stale.max_stale",
// "cohorts[2].resolvers").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zonefall::scenario {

enum class Confidence : std::uint8_t {
  measured,  // seen by experiment or on the wire
  reported,  // a document, a source text or a witness says so
  derived,   // computed from such facts
  assumed,   // nobody knows
};
std::string_view to_text(Confidence confidence);

/// The source of values that no file gives.
inline constexpr std::string_view default_source = "default of zonefall";

struct ValueSource {
  std::string path;
  std::string source;
  Confidence confidence = Confidence::assumed;
  bool operator==(const ValueSource&) const = default;
};

/// The entry of exactly this path, or null.
const ValueSource* find_source(const std::vector<ValueSource>& sources, std::string_view path);

}  // namespace zonefall::scenario
