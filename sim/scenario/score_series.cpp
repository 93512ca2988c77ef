#include "scenario/score_series.h"

#include <algorithm>
#include <optional>

namespace zonefall::scenario {

using outcome::Outcome;

namespace {

// From this excess of failed queries on there is an outage.
constexpr double outage_excess = 0.01;

double minutes(Duration d) {
  return static_cast<double>(d.to_seconds()) / 60.0;
}

double quotient(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

// Newton's method from above: falls until it has arrived.
double square_root(double square) {
  if (square <= 0) return 0;
  double root = std::max(1.0, square);
  while (true) {
    const double next = (root + square / root) / 2;
    if (next >= root) return root;
    root = next;
  }
}

template <typename Cell>
double sum(const outcome::Bins& bins, Span span, Cell&& cell) {
  FixedCount total;
  for (std::uint32_t bin = 0; bin < bins.count; ++bin) {
    const SimTime at = bins.start_of(bin);
    if (at >= span.from && at < span.until) total += cell(bin);
  }
  return total.to_double();
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return quotient(sum, static_cast<double>(values.size()));
}

double standard_deviation(const std::vector<double>& values) {
  const double middle = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - middle) * (value - middle);
  return square_root(quotient(sum, static_cast<double>(values.size())));
}

double excess_in(const Pair& pair, Span span) {
  return pair.run.failed_queries(span) - pair.baseline.failed_queries(span);
}

// The first and the last bin of the outage.
struct Outage {
  Span first;
  Span last;
};
std::optional<Outage> outage(const Pair& pair, const Expectation& e) {
  std::optional<Outage> found;
  for (const Span& bin : bins_of(e)) {
    if (excess_in(pair, bin) < outage_excess) continue;
    if (!found) found = Outage{bin, bin};
    found->last = bin;
  }
  return found;
}

}  // namespace

bool is_any(Outcome) {
  return true;
}
bool is_stale(Outcome o) {
  return o == Outcome::stale;
}
bool is_good(Outcome o) {
  return !outcome::is_failure(o);
}
bool is_fresh(Outcome o) {
  return is_good(o) && !is_stale(o);
}
bool is_bogus(Outcome o) {
  return o == Outcome::bogus_servfail;
}

double Window::lookups(Span span, Wanted wanted) const {
  return sum(bins(), span, [&](std::uint32_t bin) {
    FixedCount count;
    for (const std::uint32_t cohort : cohorts_) {
      for (const Outcome o : outcome::all_outcomes()) {
        if (wanted(o)) count += tally_.lookups(cohort, bin, o);
      }
    }
    return count;
  });
}

double Window::queries(Span span, Wanted wanted) const {
  return sum(bins(), span, [&](std::uint32_t bin) {
    FixedCount count;
    for (const std::uint32_t cohort : cohorts_) {
      for (const Outcome o : outcome::all_outcomes()) {
        if (wanted(o)) count += tally_.queries(cohort, bin, o);
      }
    }
    return count;
  });
}

double Window::ede(Span span, std::uint16_t code) const {
  FixedCount count;
  for (const auto& [key, n] : tally_.ede()) {
    const SimTime at = bins().start_of(key.bin);
    const bool is_mine = std::find(cohorts_.begin(), cohorts_.end(), key.cohort) != cohorts_.end();
    if (is_mine && key.code == code && at >= span.from && at < span.until) count += n;
  }
  return count.to_double();
}

double Window::lookup_share(Span span, Wanted wanted) const {
  return quotient(lookups(span, wanted), lookups(span, is_any));
}

double Window::failed_queries(Span span) const {
  return quotient(queries(span, outcome::is_failure), queries(span, is_any));
}

std::vector<Span> bins_of(const Expectation& e) {
  std::vector<Span> bins;
  for (SimTime at = e.from; at < e.until; at += e.bin) {
    bins.push_back({at, std::min(at + e.bin, e.until)});
  }
  return bins;
}

double query_growth(const Pair& pair, Span span) {
  return quotient(pair.run.queries(span, is_any), pair.baseline.queries(span, is_any));
}

std::vector<double> ratios(const Pair& pair, const std::vector<Span>& bins, Window::Wanted wanted) {
  std::vector<double> values;
  values.reserve(bins.size());
  for (const Span& bin : bins) {
    values.push_back(quotient(pair.run.queries(bin, wanted), pair.baseline.queries(bin, wanted)));
  }
  return values;
}

std::vector<double> excesses(const Pair& pair, const std::vector<Span>& bins) {
  std::vector<double> values;
  values.reserve(bins.size());
  for (const Span& bin : bins) values.push_back(excess_in(pair, bin));
  return values;
}

// The past of the run itself: what fails before the step makes the step smaller, and the yardstick
// longer. One failed query in a bin is the least deviation that can be told from none.
double step_deviations(const Pair& pair, const Expectation& e) {
  std::vector<double> shares;
  std::vector<double> past;
  for (SimTime at = e.from; at - e.bin >= pair.run.bins().from; at = at - e.bin) {
    const Span bin{at - e.bin, at};
    shares.push_back(pair.run.failed_queries(bin));
    past.push_back(excess_in(pair, bin));
  }
  const Span first{e.from, e.from + e.bin};
  const double least = quotient(1, pair.run.queries(first, is_any));
  const double deviation = std::max(standard_deviation(shares), least);
  return quotient(excess_in(pair, first) - mean(past), deviation);
}

double step_part(const Pair& pair, const Expectation& e) {
  return quotient(excess_in(pair, {e.from, e.from + e.bin}),
                  excess_in(pair, {e.until - e.bin, e.until}));
}

double onset_minutes(const Pair& pair, const Expectation& e) {
  const std::optional<Outage> found = outage(pair, e);
  return minutes((found ? found->first.from : e.until) - e.from);
}

double outage_minutes(const Pair& pair, const Expectation& e) {
  const std::optional<Outage> found = outage(pair, e);
  return found ? minutes(found->last.until - found->first.from) : 0;
}

double recovery_minutes(const Pair& pair, const Expectation& e) {
  const std::vector<Span> bins = bins_of(e);
  const std::vector<double> values = excesses(pair, bins);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    if (values[i] <= values.front() / 2) return minutes(bins[i].from - e.from);
  }
  return minutes(e.until - e.from);
}

double residue_minutes(const Window& run, const Expectation& e) {
  Duration residue;
  for (const Span& bin : bins_of(e)) {
    if (run.queries(bin, is_bogus) > 0) residue = bin.until - e.from;
  }
  return minutes(residue);
}

double kendall_tau(const std::vector<double>& values) {
  std::int64_t rising = 0;
  std::int64_t falling = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + 1; j < values.size(); ++j) {
      rising += values[j] > values[i] ? 1 : 0;
      falling += values[j] < values[i] ? 1 : 0;
    }
  }
  const auto n = static_cast<std::int64_t>(values.size());
  const std::int64_t pairs = n * (n - 1) / 2;
  return pairs > 0 ? static_cast<double>(rising - falling) / static_cast<double>(pairs) : 0;
}

}  // namespace zonefall::scenario
