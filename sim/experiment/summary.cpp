#include "experiment/summary.h"

#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "zonefall/experiment/statistics.h"

namespace zonefall::experiment {

namespace {

// What is estimated: one measure in one cohort, and its values by candidate, in order of the
// members.
struct Subject {
  std::uint32_t measure = 0;
  std::uint32_t cohort = 0;
  auto operator<=>(const Subject&) const = default;
};
using ValuesByCandidate = std::vector<std::vector<double>>;

std::optional<FixedCount> finite(double half_width) {
  if (!std::isfinite(half_width)) return std::nullopt;
  return FixedCount::from_double(half_width);
}

}  // namespace

void summarise(outcome::ComparisonRecord& record) {
  std::map<Subject, ValuesByCandidate> subjects;
  for (const outcome::MeasurementRow& row : record.measurements) {
    if (!record.members[row.member].drawn.empty()) continue;
    ValuesByCandidate& values = subjects[{row.measure, row.cohort}];
    values.resize(record.candidates.size());
    values[row.candidate].push_back(row.value.to_double());
  }
  for (const auto& [subject, values] : subjects) {
    for (std::uint32_t candidate = 0; candidate < values.size(); ++candidate) {
      const Estimate own = estimate(values[candidate]);
      record.estimates.push_back({candidate, subject.measure, subject.cohort,
                                  FixedCount::from_double(own.mean), finite(own.half_width)});
      for (std::uint32_t against = 0; against < candidate; ++against) {
        const Estimate paired = estimate_paired(values[candidate], values[against]);
        const Estimate unpaired = estimate_unpaired(values[candidate], values[against]);
        record.differences.push_back({candidate, against, subject.measure, subject.cohort,
                                      FixedCount::from_double(paired.mean),
                                      finite(paired.half_width), finite(unpaired.half_width)});
      }
    }
  }
}

}  // namespace zonefall::experiment
