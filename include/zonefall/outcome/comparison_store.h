// The result file of a comparison or an ensemble: one scenario under several candidates, each with
// the same members (seeds, and perhaps values for what nobody knows).
//
// Written and read as that of a run (store.h): whole or not at all, with a content hash. The schema
// is the text of comparison_sql().
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zonefall/core/fixed.h"
#include "zonefall/outcome/store.h"

namespace zonefall::outcome {

inline constexpr int comparison_version = 3;
inline constexpr std::int32_t comparison_id = 0x7a66636d;  // "zfcm", in the file's head

std::string_view comparison_sql();

struct CandidateRow {
  std::string name;  // unique
  std::string title;
  std::vector<std::string> changes;
};
struct ComparedCohortRow {
  std::string name;
  std::uint64_t resolvers = 0;
  std::uint64_t simulated = 0;
};
struct MeasureRow {
  std::string name;
  std::string title;
  std::string unit;
  std::string meaning;
  bool more_is_better = false;
  std::string names{};  // the class of names that it is of; empty: all names
};
/// A measure that no candidate's scenario gives a cause to count anything for.
struct LeftOutRow {
  std::string name;
  std::string title;
  std::string why;  // "no attacker forges anything"
};
/// What nobody knows, with the values that members draw from.
struct UncertaintyRow {
  std::string path;
  std::string why;
  std::vector<std::string> values;
};
struct MemberRow {
  std::uint64_t seed = 0;
  /// The value drawn for each uncertainty, by position; empty: everything as the scenario has it.
  std::vector<std::uint32_t> drawn;
};
/// Candidates, members, uncertainties, measures, curves and cohorts are named by their position.
struct CellRow {
  std::uint32_t candidate = 0;
  std::uint32_t member = 0;
  std::uint64_t fingerprint = 0;
};
struct MeasurementRow {
  std::uint32_t candidate = 0;
  std::uint32_t member = 0;
  std::uint32_t measure = 0;
  std::uint32_t cohort = 0;
  FixedCount value;
};
struct EstimateRow {
  std::uint32_t candidate = 0;
  std::uint32_t measure = 0;
  std::uint32_t cohort = 0;
  FixedCount mean;
  std::optional<FixedCount> half_width;  // none: infinite
};
struct DifferenceRow {
  std::uint32_t candidate = 0;
  std::uint32_t against = 0;
  std::uint32_t measure = 0;
  std::uint32_t cohort = 0;
  FixedCount mean;
  std::optional<FixedCount> half_width;
  std::optional<FixedCount> unpaired_half_width;
};

/// Over the drawn members: the value that `permille` of them do not exceed.
struct QuantileRow {
  std::uint32_t candidate = 0;
  std::uint32_t measure = 0;
  std::uint32_t cohort = 0;
  std::uint32_t permille = 0;
  FixedCount value;
};
/// In how many drawn members `candidate` has less, as much, or more than `against`.
struct RankingRow {
  std::uint32_t candidate = 0;
  std::uint32_t against = 0;
  std::uint32_t measure = 0;
  std::uint32_t cohort = 0;
  std::uint32_t less = 0;
  std::uint32_t equal = 0;
  std::uint32_t more = 0;
};
/// The mean over the drawn members with one value of one uncertainty, all cohorts together.
struct SensitivityRow {
  std::uint32_t candidate = 0;
  std::uint32_t measure = 0;
  std::uint32_t uncertainty = 0;
  std::uint32_t value = 0;
  std::uint32_t members = 0;
  FixedCount mean;
};
struct CurveRow {
  std::string name;
  std::string title;
};
/// One point of a band: over the drawn members, or all if none is drawn.
struct BandRow {
  std::uint32_t candidate = 0;
  std::uint32_t curve = 0;
  std::uint32_t bin = 0;
  std::uint32_t permille = 0;
  FixedCount share;
};

struct ComparisonRecord {
  std::string scenario_title;
  std::uint64_t scenario_hash = 0;  // of scenario_yaml
  std::string scale = "1";
  std::vector<std::pair<std::string, std::string>> meta;        // what else determines the results
  std::vector<std::pair<std::string, std::string>> provenance;  // what does not
  std::string scenario_yaml;                                    // normalised
  Bins bins;
  std::vector<CandidateRow> candidates;
  std::vector<ComparedCohortRow> cohorts;  // the last one is all of them together
  std::vector<MeasureRow> measures;
  std::vector<LeftOutRow> left_out;
  std::vector<CurveRow> curves;
  std::vector<UncertaintyRow> uncertainties;
  std::vector<MemberRow> members;
  std::vector<CellRow> cells;
  std::vector<MeasurementRow> measurements;
  std::vector<EstimateRow> estimates;
  std::vector<DifferenceRow> differences;
  std::vector<QuantileRow> quantiles;
  std::vector<RankingRow> rankings;
  std::vector<SensitivityRow> sensitivities;
  std::vector<BandRow> bands;
  /// By candidate: lookups under all members that draw nothing. Cohorts as above, without the last.
  std::vector<Tally> tallies;
};

/// As write_store().
Result<StoreReport> write_comparison(PartialFile file, const ComparisonRecord& record,
                                     const StopCallback& stop = {});

/// Whether a file says that it is one; it may be damaged or unfinished all the same.
bool is_comparison(const std::string& path);

/// As open_store(), for comparisons.
Result<Database> open_comparison(const std::string& path);

}  // namespace zonefall::outcome
