#include "zonefall/experiment/grid.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "experiment/candidates.h"
#include "experiment/cell.h"
#include "experiment/members.h"
#include "experiment/robustness.h"
#include "experiment/summary.h"
#include "zonefall/core/hash.h"
#include "zonefall/engine/passes.h"
#include "zonefall/experiment/measures.h"
#include "zonefall/scenario/build.h"
#include "zonefall/scenario/run.h"

namespace zonefall::experiment {

namespace {

constexpr std::uint64_t steps_of_cell = 1000;  // of the progress

outcome::MeasureRow measure_row(const Measurand& measurand) {
  const Measure& measure = *measurand.measure;
  outcome::MeasureRow row{std::string(measure.id),   std::string(measure.title),
                          std::string(measure.unit), std::string(measure.meaning),
                          measure.more_is_better,    {}};
  if (!measurand.names) return row;
  row.names = outcome::to_text(*measurand.names);
  row.name += fmt::format(".{}", row.names);
  row.title += fmt::format(": {} names", outcome::title(*measurand.names));
  row.meaning += fmt::format("; only {}", outcome::meaning(*measurand.names));
  return row;
}

outcome::ComparisonRecord begin_record(const GridOptions& options, const Candidates& candidates,
                                       Members members) {
  const scenario::ScenarioFile& file = candidates.scenario;
  outcome::ComparisonRecord record;
  record.scenario_title = file.scenario.title;
  record.scenario_yaml = scenario::write_scenario(file);
  record.scenario_hash = hash_text(record.scenario_yaml);
  record.scale = fmt::format("{}", file.scenario.run.scale_ppm / 1'000'000.0);
  for (const Candidate& candidate : candidates.list) {
    record.candidates.push_back({candidate.name, candidate.title, candidate.changes});
  }
  for (const Measurand& measurand : measurands()) {
    record.measures.push_back(measure_row(measurand));
  }
  for (const Curve& curve : curves()) {
    record.curves.push_back({std::string(curve.id), std::string(curve.title)});
  }
  record.uncertainties = std::move(members.uncertainties);
  record.members = std::move(members.list);
  if (!options.changes.empty()) {
    record.provenance.emplace_back("changes", fmt::format("{}", fmt::join(options.changes, "\n")));
  }
  record.provenance.emplace_back("version", options.version);
  record.provenance.emplace_back("threads", fmt::format("{}", options.threads));
  return record;
}

/// Zone contents are shared by the cells of one seed, and dropped after the last of them.
class SharedBySeed {
 public:
  void expect(std::uint64_t seed) { seeds_[seed].cells_left += 1; }
  std::shared_ptr<scenario::SharedParts> get(std::uint64_t seed) {
    const std::scoped_lock lock(mutex_);
    std::shared_ptr<scenario::SharedParts>& parts = seeds_[seed].parts;
    if (!parts) parts = scenario::make_shared_parts();
    return parts;
  }
  void cell_ended(std::uint64_t seed) {
    const std::scoped_lock lock(mutex_);
    if (--seeds_[seed].cells_left == 0) seeds_.erase(seed);
  }

 private:
  struct Seed {
    std::uint64_t cells_left = 0;
    std::shared_ptr<scenario::SharedParts> parts;
  };
  std::mutex mutex_;
  std::map<std::uint64_t, Seed> seeds_;
};

/// The cells of a grid: several at a time, each on its share of the threads.
class Grid {
 public:
  Grid(const GridOptions& options, Candidates candidates, Members members)
      : options_(options),
        record_(begin_record(options, candidates, std::move(members))),
        scenario_(std::move(candidates.scenario.scenario)),
        candidates_(std::move(candidates.list)),
        cells_(candidates_.size() * record_.members.size()),
        tallies_(candidates_.size()) {
    for (const outcome::MemberRow& member : record_.members) {
      for (std::size_t i = 0; i < candidates_.size(); ++i) shared_.expect(member.seed);
    }
  }

  Status run() {
    const std::vector<std::size_t> order = by_seed();
    const auto workers =
        static_cast<unsigned>(std::min<std::size_t>(std::max(1U, options_.threads), order.size()));
    engine::ParallelFor plan;
    plan.count = order.size();
    plan.threads = workers;
    plan.stop = [this] { return is_over(); };
    const unsigned threads_of_cell = std::max(1U, options_.threads / workers);
    engine::parallel_for(plan, [&](unsigned /*worker*/, std::uint64_t position) {
      run_one(order[position], threads_of_cell);
    });
    for (const Cell& cell : cells_) {
      if (cell.error) return *cell.error;
    }
    if (stopped()) return Done{};
    gather();
    return Done{};
  }
  [[nodiscard]] bool stopped() const { return options_.stop && options_.stop(); }
  outcome::ComparisonRecord& record() { return record_; }

 private:
  // What is kept of a cell. Cells lie member by member, candidates in order.
  struct Cell {
    std::uint64_t fingerprint = 0;
    std::vector<CellMeasurement> measurements;
    CellCurves curves;
    std::optional<Error> error;
  };

  // Positions of cells, those of one seed together.
  [[nodiscard]] std::vector<std::size_t> by_seed() const {
    std::map<std::uint64_t, std::size_t> rank;
    for (const outcome::MemberRow& member : record_.members) {
      rank.emplace(member.seed, rank.size());
    }
    std::vector<std::size_t> order(cells_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return rank.at(member_of(a).seed) < rank.at(member_of(b).seed);
    });
    return order;
  }
  [[nodiscard]] const outcome::MemberRow& member_of(std::size_t cell) const {
    return record_.members[cell / candidates_.size()];
  }
  [[nodiscard]] const Candidate& candidate_of(std::size_t cell) const {
    return candidates_[cell % candidates_.size()];
  }
  [[nodiscard]] bool is_over() const { return failed_ || stopped(); }

  void run_one(std::size_t position, unsigned threads) {
    const std::uint64_t seed = member_of(position).seed;
    Status done = run_cell_at(position, threads);
    // Once another cell has failed, this one ends early, and has nothing to say.
    if (!done && !is_over()) {
      cells_[position].error = done.error();
      failed_ = true;
    }
    shared_.cell_ended(seed);
  }

  Status run_cell_at(std::size_t position, unsigned threads) {
    const auto scenarios = scenarios_at(position);
    if (!scenarios) return named(position, scenarios.error());
    CellOptions cell;
    cell.scenario_path = options_.scenario_path;
    cell.shared = shared_.get(member_of(position).seed);
    cell.threads = threads;
    cell.stop = [this] { return is_over(); };
    std::uint64_t steps = 0;  // of this cell, so far
    if (options_.progress) {
      cell.progress = [&](std::uint64_t done, std::uint64_t groups) {
        show_progress(steps, steps_of_cell * done / groups);
      };
    }
    auto result = run_cell(scenarios.value().of_cell, scenarios.value().before, cell);
    if (!result) return named(position, result.error());
    show_progress(steps, steps_of_cell);
    keep(position, std::move(result).value());
    return Done{};
  }

  struct Scenarios {
    scenario::ResolvedScenario before;  // under the member alone
    scenario::ResolvedScenario of_cell;
  };
  // The candidate under the member. What a member draws comes before the candidate's changes: a
  // policy has the last word.
  [[nodiscard]] Result<Scenarios> scenarios_at(std::size_t position) const {
    const Candidate& candidate = candidate_of(position);
    const outcome::MemberRow& member = member_of(position);
    if (member.drawn.empty()) {
      return seeded({scenario_, candidate.file.scenario}, member.seed);
    }
    scenario::Changes changes = options_.changes;
    const scenario::Changes drawn = changes_of(member, record_.uncertainties);
    changes.insert(changes.end(), drawn.begin(), drawn.end());
    auto before = load(changes);
    if (!before) return before.error();
    if (candidate.changes.empty()) return seeded({before.value(), before.value()}, member.seed);
    changes.insert(changes.end(), candidate.changes.begin(), candidate.changes.end());
    auto of_cell = load(changes);
    if (!of_cell) return of_cell.error();
    return seeded({std::move(before).value(), std::move(of_cell).value()}, member.seed);
  }
  static Scenarios seeded(Scenarios scenarios, std::uint64_t seed) {
    scenarios.of_cell.run.seed = seed;
    return scenarios;
  }

  [[nodiscard]] Result<scenario::ResolvedScenario> load(const scenario::Changes& changes) const {
    auto file = scenario::load_scenario_variant(options_.scenario_path, changes);
    if (!file) {
      Error error = file.error();
      if (error.where.empty()) error.where = options_.scenario_path;
      return error;
    }
    scenario::ResolvedScenario& scenario = file.value().scenario;
    if (options_.scale_ppm) scenario.run.scale_ppm = *options_.scale_ppm;
    Status fine = check_comparable("it", scenario, scenario_, options_.scenario_path);
    if (!fine) return fine.error();
    return std::move(scenario);
  }

  [[nodiscard]] Error named(std::size_t position, Error error) const {
    const Candidate& candidate = candidate_of(position);
    std::string who;
    if (candidate.name != as_it_was) who = fmt::format("candidate {}", candidate.name);
    const outcome::MemberRow& member = member_of(position);
    if (!member.drawn.empty()) {
      who += fmt::format("{}with {}", who.empty() ? "" : " ",
                         fmt::join(changes_of(member, record_.uncertainties), ", "));
    }
    if (!who.empty()) error.message = fmt::format("{}: {}", who, error.message);
    return error;
  }

  void show_progress(std::uint64_t& steps, std::uint64_t now) {
    if (!options_.progress) return;
    // Groups end on several threads: what is counted twice here is not counted there.
    const std::scoped_lock lock(mutex_);
    if (now <= steps) return;
    steps_done_ += now - steps;
    steps = now;
    options_.progress(steps_done_, cells_.size() * steps_of_cell);
  }

  void keep(std::size_t position, CellResult result) {
    Cell& cell = cells_[position];
    cell.fingerprint = result.fingerprint;
    cell.measurements = std::move(result.measurements);
    cell.curves = std::move(result.curves);
    const std::scoped_lock lock(mutex_);
    asked_.harms.insert(result.possible_harms.begin(), result.possible_harms.end());
    for (const outcome::NameClass names : outcome::all_name_classes()) {
      if (result.tally.has(names)) asked_.classes.insert(names);
    }
    if (record_.cohorts.empty()) {
      record_.cohorts = std::move(result.cohorts);
      record_.bins = result.tally.shape().bins;
    }
    if (!member_of(position).drawn.empty()) return;
    // Candidates may have sites of their own: each tally has its own shape.
    std::optional<outcome::Tally>& tally = tallies_[position % candidates_.size()];
    if (!tally) tally.emplace(result.tally.shape());
    tally->merge(result.tally);
  }

  void gather() {
    std::vector<CellCurves> curves;
    for (std::size_t position = 0; position < cells_.size(); ++position) {
      Cell& cell = cells_[position];
      const auto candidate = static_cast<std::uint32_t>(position % candidates_.size());
      const auto member = static_cast<std::uint32_t>(position / candidates_.size());
      record_.cells.push_back({candidate, member, cell.fingerprint});
      for (const CellMeasurement& m : cell.measurements) {
        record_.measurements.push_back({candidate, member, m.measure, m.cohort, m.value});
      }
      curves.push_back(std::move(cell.curves));
    }
    for (std::optional<outcome::Tally>& tally : tallies_) {
      record_.tallies.push_back(std::move(tally).value());
    }
    leave_out_measures(asked_, record_);
    summarise(record_);
    summarise_draws(record_);
    summarise_curves(curves, record_);
  }

  const GridOptions& options_;
  outcome::ComparisonRecord record_;
  scenario::ResolvedScenario scenario_;  // before any candidate's changes
  std::vector<Candidate> candidates_;
  SharedBySeed shared_;
  std::atomic<bool> failed_{false};
  std::mutex mutex_;  // of what follows, but that each cell is its worker's own
  std::vector<Cell> cells_;
  std::vector<std::optional<outcome::Tally>> tallies_;  // by candidate
  Asked asked_;                                         // in any cell
  std::uint64_t steps_done_ = 0;
};

}  // namespace

Result<GridReport> run_grid(const GridOptions& options) {
  auto candidates = load_candidates(options);
  if (!candidates) return candidates.error();
  auto members = choose_members(options, candidates.value().scenario.scenario);
  if (!members) return members.error();
  auto output =
      scenario::claim_output(options.scenario_path, options.output_path, options.overwrite);
  if (!output) return output.error();

  Grid grid(options, std::move(candidates).value(), std::move(members).value());
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
