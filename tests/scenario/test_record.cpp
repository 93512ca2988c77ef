// Goal: the rows that a results file takes from its scenario say in words what the scenario says.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "minimal_scenario.h"
#include "scenario/record.h"

using namespace zonefall;
using namespace zonefall::scenario;

namespace {

/// Of the minimal scenario, whose root nobody signs.
outcome::RunRecord record_of(Changes changes) {
  changes.emplace_back("zones[0].denial = {kind: unsigned}");
  const auto file = parse_scenario(minimal_scenario, "scenarios/t.yaml", changes);
  INFO((file.ok() ? "" : file.error().to_text()));
  REQUIRE(file.ok());
  const auto built = build(file.value().scenario, {});
  INFO((built.ok() ? "" : built.error().to_text()));
  REQUIRE(built.ok());
  return make_record(file.value(), built.value());
}

/// What the results say of the operators' `actions`, a YAML list on one line.
std::vector<std::string> told(const std::string& actions) {
  std::vector<std::string> events;
  for (const outcome::EventRow& row : record_of({"operators = " + actions}).events) {
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
             action("act: flush_everything" + at_once) + ", " +
             action("act: install_nta, name: xy, flush: subtree" + at_once) + ", " +
             action("act: watch_failures, name: xy, flush: bogus, watch: {share: 20 %, "
                    "lasting: 10 min, reaction_min: 5 min, reaction_max: 30 min, probe: never}" +
                    at_once) +
             "]") ==
        std::vector<std::string>{
            "2026-01-01T06:00:00Z install a negative trust anchor for xy. on 0.05 % of "
            "resolvers, the last by 2026-01-01T07:00:00Z",
            "2026-01-01T06:00:00Z remove the negative trust anchor for xy. on 12.5 % of "
            "resolvers, the last by 2026-01-01T07:00:00Z",
            "2026-01-01T06:00:00Z flush n1.xy. on all resolvers",
            "2026-01-01T06:00:00Z flush xy. and all names below on all resolvers, the last "
            "by 2026-01-01T07:00:00Z",
            "2026-01-01T06:00:00Z flush what is remembered as bogus on 30 % of resolvers",
            "2026-01-01T06:00:00Z flush the whole cache on all resolvers",
            "2026-01-01T06:00:00Z install a negative trust anchor for xy. and flush xy. and all "
            "names below on all resolvers",
            "2026-01-01T06:00:00Z watch validation below xy., and when 20 % of the resolutions of "
            "5 min fail for 10 min, 5 min to 30 min later install a negative trust anchor and "
            "flush what is remembered as bogus on all resolvers"});
}

TEST_CASE("the policy of a cohort is what sets it apart from its profile") {
  const auto policy = [](const Changes& changes) {
    const outcome::RunRecord record = record_of(changes);
    REQUIRE(record.cohorts.size() == 1);
    CHECK(record.cohorts[0].profile == "unbound-1.17");
    return record.cohorts[0].policy;
  };
  CHECK(policy({}) == "own knobs nta.lifetime; install a negative trust anchor for xy. (100 %)");
  CHECK(policy({"operators = []", "cohorts[all].knobs = {nta: {lifetime: 1 h, recheck: 5 min}}"}) ==
        "own knobs nta.lifetime, nta.recheck");
  CHECK(policy({"cohorts[all].knobs = ~", "operators[0].share = 0.5 %"}) ==
        "install a negative trust anchor for xy. (0.5 %)");
  CHECK(policy({"cohorts[all].knobs = ~", "operators = []"}) == "plain");
  CHECK(policy({"cohorts[all].knobs = ~", "operators[0].cohort = \"*\""}) ==
        "install a negative trust anchor for xy. (100 %)");
}

TEST_CASE("events of owners and attackers say what they do, and until when") {
  const std::string span = ", from: 2026-01-01T06:00Z, until: 2026-01-01T07:00Z}";
  const auto told_by = [&](const std::string& actor, const Changes& changes) {
    std::string words;
    for (const outcome::EventRow& row : record_of(changes).events) {
      if (row.actor == actor) words += row.at.to_text() + " " + row.what + " (" + row.confidence;
    }
    return words;
  };
  CHECK(told_by("owners of names", {"zones[xy].population.moves = {share: 2 %" + span}) ==
        "2026-01-01T06:00:00Z 2 % of the members of xy. change their addresses, the last by "
        "2026-01-01T07:00:00Z (assumed");
  CHECK(told_by("attacker",
                {"attacker = {position: on_path, names: [n1.xy, n2.xy], success: 5 %" + span}) ==
        "2026-01-01T06:00:00Z forges responses about n1.xy., n2.xy., on path, and comes first in "
        "5 % of exchanges, until 2026-01-01T07:00:00Z (assumed");
  CHECK(told_by("attacker", {}).empty());
}
