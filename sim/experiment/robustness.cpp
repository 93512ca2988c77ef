#include "experiment/robustness.h"

#include <algorithm>

#include "experiment/subjects.h"
#include "zonefall/core/assert.h"

namespace zonefall::experiment {

namespace {

void add_quantiles(const Subject& subject, const ValuesByCandidate& values,
                   outcome::ComparisonRecord& record) {
  for (std::uint32_t candidate = 0; candidate < values.size(); ++candidate) {
    for (const std::uint32_t permille : kept_permille) {
      record.quantiles.push_back({candidate, subject.measure, subject.cohort, permille,
                                  quantile(values[candidate], permille)});
    }
  }
}

void add_rankings(const Subject& subject, const ValuesByCandidate& values,
                  outcome::ComparisonRecord& record) {
  for (std::uint32_t candidate = 0; candidate < values.size(); ++candidate) {
    for (std::uint32_t against = 0; against < candidate; ++against) {
      outcome::RankingRow row{candidate, against, subject.measure, subject.cohort};
      for (std::size_t i = 0; i < values[candidate].size(); ++i) {
        const FixedCount own = values[candidate][i];
        const FixedCount other = values[against][i];
        row.less += own < other ? 1U : 0U;
        row.equal += own == other ? 1U : 0U;
        row.more += own > other ? 1U : 0U;
      }
      record.rankings.push_back(row);
    }
  }
}

// Of the members with each value of each uncertainty. `members` are those that draw.
void add_sensitivities(const Subject& subject, const ValuesByCandidate& values,
                       const std::vector<const outcome::MemberRow*>& members,
                       outcome::ComparisonRecord& record) {
  const auto uncertainties = static_cast<std::uint32_t>(record.uncertainties.size());
  for (std::uint32_t candidate = 0; candidate < values.size(); ++candidate) {
    for (std::uint32_t u = 0; u < uncertainties; ++u) {
      const auto count = static_cast<std::uint32_t>(record.uncertainties[u].values.size());
      for (std::uint32_t value = 0; value < count; ++value) {
        double sum = 0;
        std::uint32_t with_it = 0;
        for (std::size_t i = 0; i < members.size(); ++i) {
          if (members[i]->drawn[u] != value) continue;
          sum += values[candidate][i].to_double();
          with_it += 1;
        }
        if (with_it == 0) continue;
        record.sensitivities.push_back({candidate, subject.measure, u, value, with_it,
                                        FixedCount::from_double(sum / with_it)});
      }
    }
  }
}

}  // namespace

FixedCount quantile(std::vector<FixedCount> values, std::uint32_t permille) {
  ZF_ASSERT(!values.empty() && permille <= 1000);
  std::sort(values.begin(), values.end());
  const std::size_t not_above = (values.size() * permille + 999) / 1000;
  return values[std::max<std::size_t>(not_above, 1) - 1];
}

void summarise_draws(outcome::ComparisonRecord& record) {
  std::vector<const outcome::MemberRow*> members;
  for (const outcome::MemberRow& member : record.members) {
    if (kind_of(member) == MemberKind::draws) members.push_back(&member);
  }
  const auto all = static_cast<std::uint32_t>(record.cohorts.size() - 1);
  for (const auto& [subject, values] : values_by_subject(record, MemberKind::draws)) {
    add_quantiles(subject, values, record);
    add_rankings(subject, values, record);
    if (subject.cohort == all) add_sensitivities(subject, values, members, record);
  }
}

void summarise_curves(const std::vector<CellCurves>& cells, outcome::ComparisonRecord& record) {
  const bool has_draws =
      std::any_of(record.members.begin(), record.members.end(),
                  [](const auto& member) { return kind_of(member) == MemberKind::draws; });
  const auto candidates = static_cast<std::uint32_t>(record.candidates.size());
  for (std::uint32_t candidate = 0; candidate < candidates; ++candidate) {
    for (std::uint32_t curve = 0; curve < record.curves.size(); ++curve) {
      for (std::uint32_t bin = 0; bin < record.bins.count; ++bin) {
        std::vector<FixedCount> shares;
        for (std::size_t member = 0; member < record.members.size(); ++member) {
          if (has_draws && kind_of(record.members[member]) != MemberKind::draws) continue;
          shares.push_back(cells[member * candidates + candidate][curve][bin]);
        }
        for (const std::uint32_t permille : kept_permille) {
          record.bands.push_back({candidate, curve, bin, permille, quantile(shares, permille)});
        }
      }
    }
  }
}

}  // namespace zonefall::experiment
