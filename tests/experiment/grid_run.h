// Running a grid in a test: it must succeed, or be refused with a place.
#pragma once

#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "zonefall/experiment/grid.h"

namespace zonefall::experiment {

inline GridReport run(const GridOptions& options) {
  auto report = run_grid(options);
  if (!report) FAIL(report.error().where + ": " + report.error().message);
  REQUIRE_FALSE(report.value().stopped);
  return std::move(report).value();
}

/// Of what is wrong with the input, as its place says.
inline std::string message_for(const GridOptions& options) {
  const auto report = run_grid(options);
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().where != "");
  return report.error().message;
}

}  // namespace zonefall::experiment
