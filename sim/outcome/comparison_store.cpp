#include "zonefall/outcome/comparison_store.h"

#include <fmt/format.h>

#include "outcome/store_writer.h"
#include "zonefall/core/assert.h"

namespace zonefall::outcome {

namespace {

void write_experiment(Session& session, const ComparisonRecord& record) {
  auto meta = record.meta;
  meta.emplace_back("schema_version", std::to_string(comparison_version));
  meta.emplace_back("scenario_title", record.scenario_title);
  meta.emplace_back("scenario_hash", fmt::format("{:016x}", record.scenario_hash));
  meta.emplace_back("scale", record.scale);
  meta.emplace_back("from_ns", std::to_string(record.bins.from.to_nanoseconds()));
  meta.emplace_back("until_ns", std::to_string(record.bins.until().to_nanoseconds()));
  meta.emplace_back("bin_width_ns", std::to_string(record.bins.width.to_nanoseconds()));
  write_texts(session, "meta", meta);
  write_texts(session, "provenance", record.provenance);
  Table(session, {"scenario", 2}).add(std::int64_t{0}, record.scenario_yaml);
}

void write_candidates(Session& session, const ComparisonRecord& record) {
  std::uint32_t id = 0;
  Table candidates(session, {"candidates", 3});
  for (const CandidateRow& row : record.candidates) candidates.add(id++, row.name, row.title);
  id = 0;
  Table changes(session, {"changes", 3});
  for (const CandidateRow& row : record.candidates) {
    std::uint32_t position = 0;
    for (const std::string& change : row.changes) changes.add(id, position++, change);
    id += 1;
  }
}

void write_members(Session& session, const ComparisonRecord& record) {
  std::uint32_t id = 0;
  Table uncertainties(session, {"uncertainties", 3});
  for (const UncertaintyRow& row : record.uncertainties) {
    uncertainties.add(id++, row.path, row.why);
  }
  id = 0;
  Table values(session, {"uncertain_values", 3});
  for (const UncertaintyRow& row : record.uncertainties) {
    std::uint32_t value = 0;
    for (const std::string& text : row.values) values.add(id, value++, text);
    id += 1;
  }
  id = 0;
  Table members(session, {"members", 3});
  for (const MemberRow& row : record.members) {
    members.add(id++, std::to_string(row.seed), !row.drawn.empty());
  }
  id = 0;
  Table draws(session, {"draws", 3});
  for (const MemberRow& row : record.members) {
    std::uint32_t uncertainty = 0;
    for (const std::uint32_t value : row.drawn) draws.add(id, uncertainty++, value);
    id += 1;
  }
  Table cells(session, {"cells", 3});
  for (const CellRow& row : record.cells) {
    cells.add(row.candidate, row.member, fmt::format("{:016x}", row.fingerprint));
  }
}

void write_names(Session& session, const ComparisonRecord& record) {
  std::uint32_t id = 0;
  Table cohorts(session, {"cohorts", 4});
  for (const ComparedCohortRow& row : record.cohorts) {
    cohorts.add(id++, row.name, row.resolvers, row.simulated);
  }
  id = 0;
  Table measures(session, {"measures", 7});
  for (const MeasureRow& row : record.measures) {
    measures.add(id++, row.name, row.title, row.unit, row.meaning, row.more_is_better, row.names);
  }
  Table left_out(session, {"measures_left_out", 3});
  for (const LeftOutRow& row : record.left_out) left_out.add(row.name, row.title, row.why);
  id = 0;
  Table curves(session, {"curves", 3});
  for (const CurveRow& row : record.curves) curves.add(id++, row.name, row.title);
  write_bins(session, record.bins);
  write_outcome_names(session);
}

void write_values(Session& session, const ComparisonRecord& record) {
  Table measurements(session, {"measurements", 5});
  for (const MeasurementRow& row : record.measurements) {
    measurements.add(row.candidate, row.member, row.measure, row.cohort, row.value);
  }
  Table estimates(session, {"estimates", 5});
  for (const EstimateRow& row : record.estimates) {
    estimates.add(row.candidate, row.measure, row.cohort, row.mean, row.half_width);
  }
  Table differences(session, {"differences", 7});
  for (const DifferenceRow& row : record.differences) {
    differences.add(row.candidate, row.against, row.measure, row.cohort, row.mean, row.half_width,
                    row.unpaired_half_width);
  }
}

void write_ensemble(Session& session, const ComparisonRecord& record) {
  Table quantiles(session, {"quantiles", 5});
  for (const QuantileRow& row : record.quantiles) {
    quantiles.add(row.candidate, row.measure, row.cohort, row.permille, row.value);
  }
  Table rankings(session, {"rankings", 7});
  for (const RankingRow& row : record.rankings) {
    rankings.add(row.candidate, row.against, row.measure, row.cohort, row.less, row.equal,
                 row.more);
  }
  Table sensitivities(session, {"sensitivities", 6});
  for (const SensitivityRow& row : record.sensitivities) {
    sensitivities.add(row.candidate, row.measure, row.uncertainty, row.value, row.members,
                      row.mean);
  }
}

void write_bands(Session& session, const ComparisonRecord& record) {
  Table rows(session, {"bands", 5});
  for (const BandRow& row : record.bands) {
    rows.add(row.candidate, row.curve, row.bin, row.permille, row.share);
  }
}

void write_curves(Session& session, const ComparisonRecord& record) {
  Table rows(session, {"lookups", 5});
  for (std::uint32_t candidate = 0; candidate < record.tallies.size(); ++candidate) {
    const Tally& tally = record.tallies[candidate];
    for (std::uint32_t cohort = 0; cohort < tally.shape().cohorts; ++cohort) {
      for (std::uint32_t bin = 0; bin < tally.shape().bins.count; ++bin) {
        for (const Outcome outcome : all_outcomes()) {
          const FixedCount n = tally.lookups(cohort, bin, outcome);
          if (n == FixedCount()) continue;
          rows.add(candidate, cohort, bin, static_cast<std::uint32_t>(outcome), n);
        }
      }
    }
  }
}

Result<StoreReport> write_database(const std::string& path, const ComparisonRecord& record,
                                   const StopCallback& stop) {
  Result<Database> database = Database::open(path, Access::write);
  if (!database) return database.error();
  Session session(database.value(), stop);
  begin(session, {comparison_id, comparison_version, comparison_sql()});
  write_experiment(session, record);
  write_candidates(session, record);
  write_names(session, record);
  write_members(session, record);
  write_values(session, record);
  write_ensemble(session, record);
  write_bands(session, record);
  write_curves(session, record);
  const StoreReport report = seal_and_commit(session);
  if (session.failed()) return session.error();
  return report;
}

}  // namespace

std::string_view comparison_sql() {
  return
#include "comparison.inc"  // made from comparison.sql
      ;
}

Result<StoreReport> write_comparison(PartialFile file, const ComparisonRecord& record,
                                     const StopCallback& stop) {
  ZF_ASSERT(record.tallies.size() == record.candidates.size());
  Result<StoreReport> report = write_database(file.path(), record, stop);
  return publish_written(std::move(file), std::move(report));
}

Result<Database> open_comparison(const std::string& path) {
  return open_file(path, {comparison_id, comparison_version, comparison_sql()});
}

}  // namespace zonefall::outcome
