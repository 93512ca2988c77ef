#include "zonefall/experiment/grid.h"

#include <algorithm>
#include <memory>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "experiment/candidates.h"
#include "experiment/summary.h"
#include "zonefall/core/hash.h"
#include "zonefall/experiment/measures.h"
#include "zonefall/replay/replay.h"
#include "zonefall/scenario/build.h"
#include "zonefall/scenario/run.h"

namespace zonefall::experiment {

namespace {

constexpr std::uint64_t steps_of_cell = 1000;  // of the progress
constexpr double values_max = 1e12;            // a FixedCount holds several times that

bool is_stopped(const GridOptions& options) {
  return options.stop && options.stop();
}

// What the tally of a run is looked at through. Who validates is what the scenario says before any
// policy: a policy that switches validation off exposes those who validated.
struct View {
  std::vector<CohortPart> parts;
  std::vector<std::uint32_t> sites;
};

// `scenario` is the one before any policy.
View view_of(const scenario::ResolvedScenario& scenario, const replay::World& world) {
  View view;
  for (std::size_t i = 0; i < world.cohorts.size(); ++i) {
    const replay::Cohort& cohort = world.cohorts[i];
    view.parts.push_back({static_cast<double>(scenario.cohorts[i].resolvers) / cohort.resolvers,
                          scenario.cohorts[i].knobs.validates});
  }
  std::uint32_t index = 0;
  for (const authority::NameServer& server : world.servers->servers()) {
    for (const authority::Site& site : server.sites) {
      const bool serves = std::any_of(site.zones.begin(), site.zones.end(), [&](const auto& zone) {
        return zone.history->apex() == scenario.demand.zone;
      });
      if (serves) view.sites.push_back(index);
      index += 1;
    }
  }
  return view;
}

outcome::ComparisonRecord begin_record(const GridOptions& options, const Candidates& candidates) {
  const scenario::ScenarioFile& file = candidates.scenario;
  outcome::ComparisonRecord record;
  record.scenario_title = file.scenario.title;
  record.scenario_yaml = scenario::write_scenario(file);
  record.scenario_hash = hash_text(record.scenario_yaml);
  record.scale = fmt::format("{}", file.scenario.run.scale_ppm / 1'000'000.0);
  for (const Candidate& candidate : candidates.list) {
    record.candidates.push_back({candidate.name, candidate.title, candidate.changes});
  }
  for (const Measure& measure : measures()) {
    record.measures.push_back({std::string(measure.id), std::string(measure.title),
                               std::string(measure.unit), std::string(measure.meaning),
                               measure.more_is_better});
  }
  if (!options.changes.empty()) {
    record.provenance.emplace_back("changes", fmt::format("{}", fmt::join(options.changes, "\n")));
  }
  record.provenance.emplace_back("version", options.version);
  record.provenance.emplace_back("threads", fmt::format("{}", options.threads));
  return record;
}

void add_cohorts(const scenario::ResolvedScenario& scenario, const replay::World& world,
                 outcome::ComparisonRecord& record) {
  outcome::ComparedCohortRow all{"all", 0, 0};
  for (std::size_t i = 0; i < world.cohorts.size(); ++i) {
    record.cohorts.push_back(
        {world.cohorts[i].name, scenario.cohorts[i].resolvers, world.cohorts[i].resolvers});
    all.resolvers += record.cohorts.back().resolvers;
    all.simulated += record.cohorts.back().simulated;
  }
  record.cohorts.push_back(std::move(all));
}

Status add_measurements(const outcome::CellRow& cell, const outcome::Tally& tally, const View& view,
                        outcome::ComparisonRecord& record) {
  const auto cohorts = static_cast<std::uint32_t>(view.parts.size());
  std::vector<std::uint32_t> all(cohorts);
  for (std::uint32_t i = 0; i < cohorts; ++i) all[i] = i;
  for (std::uint32_t m = 0; m < measures().size(); ++m) {
    const Measure& measure = measures()[m];
    const auto add = [&](std::uint32_t cohort, std::span<const std::uint32_t> seen) {
      const double value = measure.of({tally, view.parts, seen, view.sites});
      if (!(value < values_max)) return false;
      record.measurements.push_back(
          {cell.candidate, cell.seed, m, cohort, FixedCount::from_double(value)});
      return true;
    };
    bool fits = add(cohorts, all);
    for (std::uint32_t cohort = 0; measure.of_cohorts && cohort < cohorts; ++cohort) {
      fits = fits && add(cohort, std::span(&all[cohort], 1));
    }
    if (!fits) return Error{fmt::format("measure {} is too large to be stored", measure.id)};
  }
  return Done{};
}

/// The cells of a grid, one after the other; each on all threads.
class Grid {
 public:
  Grid(const GridOptions& options, Candidates candidates)
      : options_(options),
        record_(begin_record(options, candidates)),
        scenario_(std::move(candidates.scenario.scenario)),
        candidates_(std::move(candidates.list)) {}

  // Seed by seed, candidates in order: those of one seed share zone contents.
  Status run() {
    for (const std::uint64_t seed : options_.seeds) {
      const auto shared = scenario::make_shared_parts();
      for (std::uint32_t candidate = 0; candidate < candidates_.size(); ++candidate) {
        if (Status done = run_cell({candidate, seed, 0}, shared); !done) return done;
        if (stopped_) return Done{};
        cells_done_ += 1;
      }
    }
    summarise(record_);
    return Done{};
  }
  [[nodiscard]] bool stopped() const { return stopped_; }
  outcome::ComparisonRecord& record() { return record_; }

 private:
  Status run_cell(outcome::CellRow cell, const std::shared_ptr<scenario::SharedParts>& shared) {
    const Candidate& candidate = candidates_[cell.candidate];
    scenario::ResolvedScenario scenario = candidate.file.scenario;
    scenario.run.seed = cell.seed;
    const auto built = scenario::build(scenario, {.stop = options_.stop, .shared = shared});
    stopped_ = is_stopped(options_);
    if (stopped_) return Done{};
    if (!built) return of(candidate, built.error());
    const replay::World& world = built.value().world;
    auto result = replay::replay(world, replay_options());
    if (!result) return of(candidate, result.error());
    stopped_ = result.value().stopped || is_stopped(options_);
    if (stopped_) return Done{};
    if (result.value().broken_promises != 0) {
      return Error{
          "cache hits were not answered as promised: a resolver's standing_until is wrong"};
    }
    cell.fingerprint = result.value().fingerprint;
    return add(cell, world, result.value().tally);
  }

  Status add(const outcome::CellRow& cell, const replay::World& world,
             const outcome::Tally& tally) {
    if (record_.cohorts.empty()) {
      add_cohorts(scenario_, world, record_);
      record_.bins = tally.shape().bins;
    }
    record_.cells.push_back(cell);
    // Candidates may have sites of their own: each tally has its own shape.
    if (record_.tallies.size() == cell.candidate) record_.tallies.emplace_back(tally.shape());
    record_.tallies[cell.candidate].merge(tally);
    return add_measurements(cell, tally, view_of(scenario_, world), record_);
  }

  Error of(const Candidate& candidate, Error error) const {
    if (error.where.empty()) error.where = options_.scenario_path;
    if (candidate.name != as_it_was) {
      error.message = fmt::format("candidate {}: {}", candidate.name, error.message);
    }
    return error;
  }

  replay::ReplayOptions replay_options() const {
    replay::ReplayOptions out;
    out.threads = options_.threads;
    out.stop = options_.stop;
    if (!options_.progress) return out;
    const std::uint64_t all = candidates_.size() * options_.seeds.size() * steps_of_cell;
    out.progress = [this, all](std::uint64_t done, std::uint64_t groups) {
      options_.progress(cells_done_ * steps_of_cell + steps_of_cell * done / groups, all);
    };
    return out;
  }

  const GridOptions& options_;
  outcome::ComparisonRecord record_;
  scenario::ResolvedScenario scenario_;  // before any candidate's changes
  std::vector<Candidate> candidates_;
  std::uint64_t cells_done_ = 0;
  bool stopped_ = false;
};

}  // namespace

Result<GridReport> run_grid(const GridOptions& options) {
  auto candidates = load_candidates(options);
  if (!candidates) return candidates.error();
  auto output =
      scenario::claim_output(options.scenario_path, options.output_path, options.overwrite);
  if (!output) return output.error();

  Grid grid(options, std::move(candidates).value());
  if (Status done = grid.run(); !done) return done.error();
  GridReport report;
  report.stopped = grid.stopped();
  if (report.stopped) return report;
  const auto stored =
      outcome::write_comparison(std::move(output).value(), grid.record(), options.stop);
  if (!stored) return stored.error();
  report.content_hash = stored.value().content_hash;
  report.record = std::move(grid.record());
  report.record.tallies.clear();
  report.record.measurements.clear();
  return report;
}

}  // namespace zonefall::experiment
