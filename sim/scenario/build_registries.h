// Registry plans from the scenario, and their runs.
#pragma once

#include "scenario/build_zones.h"
#include "zonefall/scenario/build.h"

namespace zonefall::scenario {

/// What is published is wanted from `from` on, and some of it from `past` before that.
struct RunStart {
  SimTime from;
  Duration past;
};

/// The zone of `spec` as it was published.
Result<BuiltZone> build_zone(const ZoneMaterial& material, const ZoneSpec& spec,
                             const RunStart& start);

/// The sites of a zone's servers, in the order of the zone's servers and their sites: what a
/// registry run's sites are numbered by.
std::vector<std::string> site_names(const ResolvedScenario& scenario, const ZoneSpec& zone);

}  // namespace zonefall::scenario
