#include "experiment/cell.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "zonefall/experiment/measures.h"
#include "zonefall/replay/replay.h"
#include "zonefall/scenario/run.h"

namespace zonefall::experiment {

namespace {

constexpr double values_max = 1e12;  // a FixedCount holds several times that

// What the tally of a run is looked at through. Who validates is what the scenario says before any
// policy: a policy that switches validation off exposes those who validated.
struct View {
  std::vector<CohortPart> parts;
  std::vector<std::uint32_t> all;
  std::vector<std::uint32_t> sites;
  std::vector<Publication> publications;

  [[nodiscard]] Observation of(const outcome::Tally& tally,
                               std::span<const std::uint32_t> cohorts) const {
    return {tally, parts, cohorts, sites, publications};
  }
};

View view_of(const scenario::ResolvedScenario& before, const scenario::BuiltScenario& built) {
  const replay::World& world = built.world;
  View view;
  for (std::uint32_t i = 0; i < world.cohorts.size(); ++i) {
    const replay::Cohort& cohort = world.cohorts[i];
    view.parts.push_back({static_cast<double>(before.cohorts[i].resolvers) / cohort.resolvers,
                          before.cohorts[i].knobs.validates});
    view.all.push_back(i);
  }
  std::uint32_t index = 0;
  for (const authority::NameServer& server : world.servers->servers()) {
    for (const authority::Site& site : server.sites) {
      const bool serves = std::any_of(site.zones.begin(), site.zones.end(), [&](const auto& zone) {
        return zone.history->apex() == before.demand.zone;
      });
      if (serves) view.sites.push_back(index);
      index += 1;
    }
  }
  for (const auto& entry : built.find_zone(before.demand.zone)->history->entries()) {
    if (entry.published_at < world.from || entry.published_at >= world.until) continue;
    view.publications.push_back({entry.version->signed_at(), entry.published_at});
  }
  return view;
}

std::vector<outcome::ComparedCohortRow> cohorts_of(const scenario::ResolvedScenario& before,
                                                   const replay::World& world) {
  std::vector<outcome::ComparedCohortRow> rows;
  outcome::ComparedCohortRow all{"all", 0, 0};
  for (std::size_t i = 0; i < world.cohorts.size(); ++i) {
    rows.push_back(
        {world.cohorts[i].name, before.cohorts[i].resolvers, world.cohorts[i].resolvers});
    all.resolvers += rows.back().resolvers;
    all.simulated += rows.back().simulated;
  }
  rows.push_back(std::move(all));
  return rows;
}

Status measure(const View& view, CellResult& result) {
  const auto cohorts = static_cast<std::uint32_t>(view.all.size());
  const std::vector<Measurand> all_measurands = measurands();
  for (std::uint32_t m = 0; m < all_measurands.size(); ++m) {
    const Measurand& measurand = all_measurands[m];
    const Measure& measure = *measurand.measure;
    const auto add = [&](std::uint32_t cohort, std::span<const std::uint32_t> seen) {
      const double value = measurand.of(view.of(result.tally, seen));
      if (!(value < values_max)) return false;
      result.measurements.push_back({m, cohort, FixedCount::from_double(value)});
      return true;
    };
    bool fits = add(cohorts, view.all);
    for (std::uint32_t cohort = 0; measure.of_cohorts && cohort < cohorts; ++cohort) {
      fits = fits && add(cohort, std::span(&view.all[cohort], 1));
    }
    if (!fits) return Error{fmt::format("measure {} is too large to be stored", measure.id)};
  }
  return Done{};
}

Error of_input(Error error, const std::string& path) {
  if (error.where.empty()) error.where = path;
  return error;
}

void add_curves(const View& view, CellResult& result) {
  for (const Curve& curve : curves()) {
    std::vector<FixedCount>& shares = result.curves.emplace_back();
    for (const double share : curve.of(view.of(result.tally, view.all))) {
      shares.push_back(FixedCount::from_double(share));
    }
  }
}

}  // namespace

Result<CellResult> run_cell(const scenario::ResolvedScenario& scenario,
                            const scenario::ResolvedScenario& before, const CellOptions& options) {
  const auto built = scenario::build(scenario, {.stop = options.stop, .shared = options.shared});
  if (!built) return of_input(built.error(), options.scenario_path);
  const replay::World& world = built.value().world;
  replay::ReplayOptions replaying;
  replaying.threads = options.threads;
  replaying.stop = options.stop;
  replaying.progress = options.progress;
  auto replayed = replay::replay(world, replaying);
  if (!replayed) return of_input(replayed.error(), options.scenario_path);
  if (replayed.value().stopped) return Error{"interrupted"};
  if (replayed.value().broken_promises != 0) {
    return Error{"cache hits were not answered as promised: a resolver's standing_until is wrong"};
  }
  CellResult result{.fingerprint = replayed.value().fingerprint,
                    .measurements = {},
                    .curves = {},
                    .tally = std::move(replayed.value().tally),
                    .cohorts = cohorts_of(before, world),
                    .possible_harms = scenario::possible_harms(scenario)};
  const View view = view_of(before, built.value());
  if (Status done = measure(view, result); !done) return done.error();
  add_curves(view, result);
  return result;
}

}  // namespace zonefall::experiment
