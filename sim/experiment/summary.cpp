#include "experiment/summary.h"

#include <cmath>
#include <optional>
#include <vector>

#include "experiment/subjects.h"
#include "zonefall/core/statistics.h"

namespace zonefall::experiment {

namespace {

std::vector<double> numbers(const std::vector<FixedCount>& counts) {
  std::vector<double> values;
  values.reserve(counts.size());
  for (const FixedCount count : counts) values.push_back(count.to_double());
  return values;
}

std::optional<FixedCount> finite(double half_width) {
  if (!std::isfinite(half_width)) return std::nullopt;
  return FixedCount::from_double(half_width);
}

}  // namespace

void summarise(outcome::ComparisonRecord& record) {
  for (const auto& [subject, counts] : values_by_subject(record, MemberKind::draws_nothing)) {
    std::vector<std::vector<double>> values;
    for (const std::vector<FixedCount>& of_one : counts) values.push_back(numbers(of_one));
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
