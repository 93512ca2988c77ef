// Goal: scenario files become ResolvedScenarios with every default, mistakes are named with their
// place, and the normalised form reads back the same.
#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "zonefall/scenario/scenario.h"

using namespace zonefall;
using namespace zonefall::scenario;

TEST_CASE("the replay of 2026-05-05 loads, and its normalised form reads back the same") {
  const auto file = load_scenario("scenarios/de-2026-05-05.yaml");
  INFO((file.ok() ? "" : file.error().to_text()));
  REQUIRE(file.ok());
  const std::string yaml = write_scenario(file.value());
  const auto again = parse_scenario(yaml, "scenarios/normal.yaml");
  INFO((again.ok() ? "" : again.error().to_text()));
  REQUIRE(again.ok());
  CHECK(write_scenario(again.value()) == yaml);
  CHECK(again.value().sources == file.value().sources);
}
