// Scores: what a run gave for each expectation of its scenario.
#include <algorithm>

#include <fmt/format.h>

#include "scenario/score_answers.h"
#include "scenario/score_series.h"
#include "scenario/score_zone.h"
#include "zonefall/core/assert.h"
#include "zonefall/scenario/run.h"

namespace zonefall::scenario {

using outcome::Tally;

namespace {

// What an expectation is measured on. Parts that its metric does not need may be null.
struct Measured {
  const BuiltScenario& built;
  const Tally& run;
  const Tally& baseline;
  const Expectation& e;
  const BuiltZone* zone = nullptr;
  const PopulationSpec* population = nullptr;

  [[nodiscard]] Span span() const { return {e.from, e.until}; }
  [[nodiscard]] const PopulationSpec& sampled() const {
    ZF_ASSERT(population != nullptr);  // scenarios are checked for it, metric by metric
    return *population;
  }
};

std::vector<std::uint32_t> cohorts_of(const Measured& m) {
  std::vector<std::uint32_t> cohorts;
  for (std::uint32_t i = 0; i < m.built.world.cohorts.size(); ++i) {
    const std::string& name = m.built.world.cohorts[i].name;
    const bool is_listed =
        std::find(m.e.cohorts.begin(), m.e.cohorts.end(), name) != m.e.cohorts.end();
    const bool is_all = m.e.cohort.empty() && m.e.cohorts.empty();
    if (is_all || is_listed || name == m.e.cohort) cohorts.push_back(i);
  }
  return cohorts;
}

Pair pair_of(const Measured& m, const std::vector<std::uint32_t>& cohorts) {
  return {Window(m.run, cohorts), Window(m.baseline, cohorts)};
}

// The largest less the smallest of what `value` gives for each cohort alone.
template <typename Value>
double spread(const Measured& m, Value&& value) {
  std::vector<double> values;
  for (const std::uint32_t cohort : cohorts_of(m)) values.push_back(value(pair_of(m, {cohort})));
  const auto [least, largest] = std::minmax_element(values.begin(), values.end());
  return values.empty() ? 0 : *largest - *least;
}

double least(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::min_element(values.begin(), values.end());
}

double ede_share(const Window& window, const Measured& m) {
  const double failed = window.queries(m.span(), outcome::is_failure);
  return failed > 0 ? window.ede(m.span(), m.e.code) / failed : 0;
}

double measure(const Measured& m) {
  const Expectation& e = m.e;
  const Pair pair = pair_of(m, cohorts_of(m));
  switch (e.metric) {
    case Metric::failed_lookups: return pair.run.lookup_share(m.span(), outcome::is_failure);
    case Metric::failed_queries: return pair.run.failed_queries(m.span());
    case Metric::stale_lookups: return pair.run.lookup_share(m.span(), is_stale);
    case Metric::good_lookups: return pair.run.lookup_share(m.span(), is_good);
    case Metric::ede_share: return ede_share(pair.run, m);
    case Metric::rescued_by_cd: return rescued_by_cd(m.built, *m.zone, m.sampled(), e);
    case Metric::failure_spread:
      return spread(
          m, [&](const Pair& one) { return one.run.lookup_share(m.span(), outcome::is_failure); });
    case Metric::query_growth: return query_growth(pair, m.span());
    case Metric::load_growth: return load_growth(m.built, m.run, m.baseline, e);
    case Metric::good_ratio: return least(ratios(pair, bins_of(e), is_good));
    case Metric::fresh_ratio: return least(ratios(pair, bins_of(e), is_fresh));
    case Metric::fresh_trend: return kendall_tau(ratios(pair, bins_of(e), is_fresh));
    case Metric::failure_trend: return kendall_tau(excesses(pair, bins_of(e)));
    case Metric::step_deviations: return step_deviations(pair, e);
    case Metric::step_part: return step_part(pair, e);
    case Metric::onset_minutes: return onset_minutes(pair, e);
    case Metric::outage_minutes: return outage_minutes(pair, e);
    case Metric::recovery_minutes: return recovery_minutes(pair, e);
    case Metric::recovery_spread:
      return spread(m, [&](const Pair& one) { return recovery_minutes(one, e); });
    case Metric::residue_minutes: return residue_minutes(pair.run, e);
    case Metric::residue_spread:
      return spread(m, [&](const Pair& one) { return residue_minutes(one.run, e); });
    case Metric::bogus_signatures: return bogus_signatures(*m.zone, m.sampled(), e.from);
    case Metric::bogus_proofs: return bogus_proofs(m.built, m.sampled(), e);
    case Metric::bogus_ds: return bogus_ds(m.built, m.sampled(), e);
    case Metric::bogus_dnskeys: return bogus_dnskeys(m.built, *m.zone, m.span());
    case Metric::bogus_apex_denial: return bogus_apex_denial(*m.zone, e.name, m.span());
    case Metric::soa_flips: return soa_flips(*m.zone, m.span());
    case Metric::signed_by: return signed_by(*m.zone, m.sampled(), e);
    case Metric::published_keys: return published_keys(*m.zone, e.tag, e.from);
    case Metric::key_pairs: return key_pairs(*m.zone, e.tag);
    case Metric::key_bits: return key_bits(*m.zone, e.tag, e.from);
    case Metric::answer_lines: return answer_lines(*m.zone, e);
    case Metric::first_site_minutes: return first_site_minutes(*m.zone, e.from);
    case Metric::last_site_minutes: return last_site_minutes(*m.zone, e.from);
  }
  return 0;
}

// Bounds as they stand in the file; a measured value always with four decimals.
std::string value_text(double measured, const Expectation& e) {
  const std::string value = fmt::format("{:.4f}", measured);
  if (e.max == unbounded_max) return fmt::format("{} (expected at least {:.10g})", value, e.min);
  if (e.min == unbounded_min) return fmt::format("{} (expected at most {:.10g})", value, e.max);
  return fmt::format("{} (expected {:.10g} to {:.10g})", value, e.min, e.max);
}

}  // namespace

std::vector<outcome::ExpectationRow> score(const ScenarioFile& file, const BuiltScenario& built,
                                           const ScoredTallies& tallies) {
  std::vector<outcome::ExpectationRow> rows;
  for (std::size_t i = 0; i < file.scenario.expect.size(); ++i) {
    const Expectation& e = file.scenario.expect[i];
    Measured measured{built, tallies.run, tallies.baseline, e, built.find_zone(e.zone)};
    for (const ZoneSpec& zone : file.scenario.zones) {
      if (zone.apex == e.zone && zone.population) measured.population = &*zone.population;
    }
    const double value = measure(measured);
    outcome::ExpectationRow row;
    row.id = e.id;
    row.kind = e.kind == ExpectationKind::echo ? "echo" : "consequence";
    row.statement = e.statement;
    row.published = e.published;
    row.measured = value_text(value, e);
    row.passed = value >= e.min && value <= e.max;
    const ValueSource* source = find_source(file.sources, fmt::format("expect[{}]", i));
    row.source = source == nullptr ? std::string() : source->source;
    row.confidence =
        std::string(to_text(source == nullptr ? Confidence::assumed : source->confidence));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace zonefall::scenario
