// Goal: the rows that a results file takes from its scenario say in words what the scenario says.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "minimal_scenario.h"
#include "scenario/record.h"

using namespace zonefall;
using namespace zonefall::scenario;

namespace {

/// What the results say of the operators' `actions`, a YAML list on one line.
std::vector<std::string> told(const std::string& actions) {
  const auto file =
      parse_scenario(minimal_scenario, "scenarios/t.yaml",
                     {"operators = " + actions, "zones[0].denial = {kind: unsigned}"});
  INFO((file.ok() ? "" : file.error().to_text()));
  REQUIRE(file.ok());
  const auto built = build(file.value().scenario, {});
  REQUIRE(built.ok());
  std::vector<std::string> events;
  for (const outcome::EventRow& row : make_record(file.value(), built.value()).events) {
    if (row.actor == "operators of all") events.push_back(row.at.to_text() + " " + row.what);
  }
  return events;
}

std::string action(const std::string& fields) {
  return "{cohort: all, from: 2026-01-01T06:00Z, " + fields +
         ", source: a note, confidence: assumed}";
}

}  // namespace

TEST_CASE("events of operators say what is done, to which share, and until when") {
  const std::string by_seven = ", until: 2026-01-01T07:00Z";
  const std::string at_once = ", until: 2026-01-01T06:00Z";
  CHECK(told("[" + action("act: install_nta, name: xy, share: 0.05 %" + by_seven) + ", " +
             action("act: remove_nta, name: xy, share: 12.5 %" + by_seven) + ", " +
             action("act: flush_name, name: n1.xy" + at_once) + ", " +
             action("act: flush_subtree, name: xy" + by_seven) + ", " +
             action("act: flush_bogus, share: 30 %" + at_once) + ", " +
             action("act: flush_everything" + at_once) + "]") ==
        std::vector<std::string>{
            "2026-01-01T06:00:00Z install a negative trust anchor for xy. on 0.05 % of "
            "resolvers, the last by 2026-01-01T07:00:00Z",
            "2026-01-01T06:00:00Z remove the negative trust anchor for xy. on 12.5 % of "
            "resolvers, the last by 2026-01-01T07:00:00Z",
            "2026-01-01T06:00:00Z flush n1.xy. on all resolvers",
            "2026-01-01T06:00:00Z flush xy. and all names below on all resolvers, the last "
            "by 2026-01-01T07:00:00Z",
            "2026-01-01T06:00:00Z flush what is remembered as bogus on 30 % of resolvers",
            "2026-01-01T06:00:00Z flush the whole cache on all resolvers"});
}
