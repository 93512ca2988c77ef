#include "experiment/summary.h"

#include <cmath>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "experiment/subjects.h"
#include "zonefall/core/statistics.h"
#include "zonefall/experiment/measures.h"

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

std::string_view missing_cause(outcome::Harm harm) {
  switch (harm) {
    case outcome::Harm::outdated: return "no population that clients ask for moves";
    case outcome::Harm::spoofed: return "no attacker forges anything";
  }
  return "";
}

}  // namespace

void leave_out_measures(const Asked& asked, outcome::ComparisonRecord& record) {
  const std::vector<Measurand> all = measurands();
  std::vector<std::optional<std::uint32_t>> places;  // by measurand: where it stands from now on
  std::vector<outcome::MeasureRow> kept;
  for (std::size_t i = 0; i < all.size(); ++i) {
    outcome::MeasureRow& row = record.measures[i];
    const auto harm = all[i].measure->harm;
    const bool is_possible = !harm || asked.harms.contains(*harm);
    const bool is_asked_for = !all[i].names || asked.classes.contains(*all[i].names);
    places.emplace_back();
    if (is_possible && is_asked_for) {
      places.back() = static_cast<std::uint32_t>(kept.size());
      kept.push_back(std::move(row));
    } else if (is_asked_for) {
      record.left_out.push_back({row.name, row.title, std::string(missing_cause(*harm))});
    }
  }
  record.measures = std::move(kept);
  std::erase_if(record.measurements, [&](const auto& row) { return !places[row.measure]; });
  for (auto& row : record.measurements) row.measure = *places[row.measure];
}

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
