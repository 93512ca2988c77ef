// Scores: what a run gave for each expectation of its scenario.
#include <algorithm>

#include <fmt/format.h>

#include "scenario/score_zone.h"
#include "zonefall/scenario/run.h"

namespace zonefall::scenario {

using outcome::Outcome;
using outcome::Tally;

namespace {

/// The cells of a tally that an expectation is about.
class Window {
 public:
  Window(const BuiltScenario& built, const Tally& tally, const std::string& cohort)
      : tally_(tally) {
    for (std::uint32_t i = 0; i < built.world.cohorts.size(); ++i) {
      if (cohort.empty() || built.world.cohorts[i].name == cohort) cohorts_.push_back(i);
    }
  }

  template <typename Wanted>
  [[nodiscard]] double lookups(SimTime from, SimTime until, Wanted&& wanted) const {
    return sum(from, until, wanted, [&](std::uint32_t c, std::uint32_t b, Outcome o) {
      return tally_.lookups(c, b, o);
    });
  }
  [[nodiscard]] double queries(SimTime from, SimTime until) const {
    return sum(from, until, [](Outcome) { return true; },
               [&](std::uint32_t c, std::uint32_t b, Outcome o) {
                 return tally_.queries(c, b, o);
               });
  }
  [[nodiscard]] const Tally& tally() const { return tally_; }

 private:
  template <typename Wanted, typename Cell>
  [[nodiscard]] double sum(SimTime from, SimTime until, Wanted&& wanted, Cell&& cell) const {
    FixedCount total;
    const outcome::Bins& bins = tally_.shape().bins;
    for (std::uint32_t bin = 0; bin < bins.count; ++bin) {
      if (bins.start_of(bin) < from || bins.start_of(bin) >= until) continue;
      for (const std::uint32_t cohort : cohorts_) {
        for (const Outcome o : outcome::all_outcomes()) {
          if (wanted(o)) total += cell(cohort, bin, o);
        }
      }
    }
    return total.to_double();
  }

  const Tally& tally_;
  std::vector<std::uint32_t> cohorts_;
};

bool is_any(Outcome) { return true; }
bool is_stale(Outcome o) { return o == Outcome::stale; }
bool is_good(Outcome o) { return !outcome::is_failure(o); }

template <typename Wanted>
double share(const Window& window, SimTime from, SimTime until, Wanted&& wanted) {
  const double all = window.lookups(from, until, is_any);
  return all > 0 ? window.lookups(from, until, wanted) / all : 0;
}

double query_growth(const Window& window, SimTime from, SimTime until) {
  const double before = window.queries(from - (until - from), from);
  return before > 0 ? window.queries(from, until) / before : 0;
}

double load_growth(const BuiltScenario& built, const Tally& tally, const dns::Name& zone,
                   SimTime from, SimTime until) {
  FixedCount during;
  FixedCount before;
  std::uint32_t site = 0;
  for (const authority::NameServer& server : built.world.servers->servers()) {
    for (const authority::Site& s : server.sites) {
      const bool serves =
          std::any_of(s.zones.begin(), s.zones.end(), [&](const authority::SiteZone& z) {
            return z.history->apex() == zone;
          });
      const outcome::Bins& bins = tally.shape().bins;
      for (std::uint32_t bin = 0; serves && bin < bins.count; ++bin) {
        const SimTime at = bins.start_of(bin);
        if (at >= from && at < until) during += tally.load_queries(site, bin);
        if (at >= from - (until - from) && at < from) before += tally.load_queries(site, bin);
      }
      site += 1;
    }
  }
  return before.raw() > 0 ? during.to_double() / before.to_double() : 0;
}

double rising_bins(const Window& window, SimTime from, SimTime until) {
  const Duration width = window.tally().shape().bins.width;
  double before = -1;
  double pairs = 0;
  double rising = 0;
  for (SimTime at = from; at < until; at += width) {
    const double now = share(window, at, at + width, outcome::is_failure);
    if (before >= 0) {
      pairs += 1;
      rising += now >= before ? 1 : 0;
    }
    before = now;
  }
  return pairs > 0 ? rising / pairs : 0;
}

double recovered_minutes(const BuiltScenario& built, const Tally& tally, const Expectation& e) {
  SimTime last = e.from;
  std::uint32_t resolver = 0;
  for (const replay::Cohort& cohort : built.world.cohorts) {
    for (std::uint32_t i = 0; i < cohort.resolvers; ++i, ++resolver) {
      const bool wanted = e.cohort.empty() || cohort.name == e.cohort;
      const outcome::Milestones& milestones = tally.milestones(resolver);
      if (wanted && milestones.failed()) last = std::max(last, milestones.last_failure);
    }
  }
  return static_cast<double>((last - e.from).to_seconds()) / 60.0;
}

double measure(const ScenarioFile& file, const BuiltScenario& built, const Tally& tally,
               const Expectation& e) {
  const Window window(built, tally, e.cohort);
  const BuiltZone* zone = built.find_zone(e.zone);
  switch (e.metric) {
    case Metric::failed_lookups: return share(window, e.from, e.until, outcome::is_failure);
    case Metric::stale_lookups: return share(window, e.from, e.until, is_stale);
    case Metric::good_lookups: return share(window, e.from, e.until, is_good);
    case Metric::query_growth: return query_growth(window, e.from, e.until);
    case Metric::load_growth: return load_growth(built, tally, e.zone, e.from, e.until);
    case Metric::rising_bins: return rising_bins(window, e.from, e.until);
    case Metric::recovered_minutes: return recovered_minutes(built, tally, e);
    case Metric::bogus_signatures: {
      const auto spec =
          std::find_if(file.scenario.zones.begin(), file.scenario.zones.end(),
                       [&](const ZoneSpec& z) { return z.apex == e.zone; });
      return bogus_signature_share(*zone, *spec->population, e.from);
    }
    case Metric::soa_flips: return soa_flips(*zone, e.from, e.until);
    case Metric::published_keys: return published_keys(*zone, e.tag, e.from);
  }
  return 0;
}

}  // namespace

std::vector<outcome::ExpectationRow> score(const ScenarioFile& file, const BuiltScenario& built,
                                           const Tally& tally) {
  std::vector<outcome::ExpectationRow> rows;
  for (std::size_t i = 0; i < file.scenario.expect.size(); ++i) {
    const Expectation& e = file.scenario.expect[i];
    const double measured = measure(file, built, tally, e);
    outcome::ExpectationRow row;
    row.id = e.id;
    row.kind = e.kind == ExpectationKind::echo ? "echo" : "consequence";
    row.statement = e.statement;
    row.published = e.published;
    row.measured = fmt::format("{:.6g} (expected {:.6g} to {:.6g})", measured, e.min, e.max);
    row.passed = measured >= e.min && measured <= e.max;
    const ValueSource* source = find_source(file.sources, fmt::format("expect[{}]", e.id));
    row.source = source == nullptr ? std::string() : source->source;
    row.confidence = std::string(
        to_text(source == nullptr ? Confidence::assumed : source->confidence));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace zonefall::scenario
