#include "report/sweep.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "zonefall/core/statistics.h"

namespace zonefall::report {
namespace {

constexpr std::string_view with = " with ";
constexpr std::string_view equals = " = ";
constexpr double error_rate = 0.05;  // of the intervals of one curve together
constexpr double rounding = 1e-9;

/// "17_900_000" too.
std::optional<double> plain_number(std::string_view text) {
  std::string digits(text);
  std::erase(digits, '_');
  double value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, wrong] = std::from_chars(digits.data(), end, value);
  if (wrong != std::errc() || stop != end || !std::isfinite(value)) return {};
  return value;
}

std::string_view without_spaces_at_end(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// The part of a candidate that is not the value of `varied[i]`: equal for the points of a curve.
std::string rest_of(const Settings& settings, std::size_t i) {
  std::string rest = settings.policy;
  for (std::size_t k = 0; k < settings.varied.size(); ++k) {
    if (k == i) continue;
    rest +=
        fmt::format("{}{}{}{}", with, settings.varied[k].path, equals, settings.varied[k].value);
  }
  return rest;
}

Sweep& sweep_named(std::vector<Sweep>& sweeps, const std::string& path, const std::string& policy) {
  const auto found = std::find_if(sweeps.begin(), sweeps.end(), [&](const Sweep& sweep) {
    return sweep.path == path && sweep.policy == policy;
  });
  if (found != sweeps.end()) return *found;
  sweeps.push_back({path, KnobUnit::number, policy, {}});
  return sweeps.back();
}

/// Reads and sorts the values. False: they cannot be put on an axis.
bool order(Sweep& sweep) {
  std::optional<KnobUnit> unit;
  for (Sweep::Point& point : sweep.points) {
    const std::optional<KnobValue> value = knob_value(point.text);
    if (!value || (unit && *unit != value->unit)) return false;
    unit = value->unit;
    point.x = value->value;
  }
  if (!unit || sweep.points.size() < 2) return false;
  sweep.unit = *unit;
  const auto by_x = [](const Sweep::Point& a, const Sweep::Point& b) { return a.x < b.x; };
  std::sort(sweep.points.begin(), sweep.points.end(), by_x);
  const auto twin =
      std::adjacent_find(sweep.points.begin(), sweep.points.end(),
                         [](const Sweep::Point& a, const Sweep::Point& b) { return a.x == b.x; });
  return twin == sweep.points.end();
}

/// How far the point lies above the chord, with an interval that misses with `outside`.
Estimate distance_at(const ComparisonData& data, const Sweep& sweep, std::size_t measure,
                     std::size_t at, double outside) {
  const auto values = [&](std::size_t point) -> const std::vector<double>& {
    return data.values[sweep.points[point].candidate][measure];
  };
  const std::size_t last = sweep.points.size() - 1;
  const double part = (sweep.points[at].x - sweep.points.front().x) /
                      (sweep.points[last].x - sweep.points.front().x);
  std::vector<double> distances;
  for (std::size_t seed = 0; seed < data.seeds.size(); ++seed) {
    const double chord = (1 - part) * values(0)[seed] + part * values(last)[seed];
    const double distance = values(at)[seed] - chord;
    // Where all seeds agree, what rounding leaves of a straight line would look like a clear bend.
    const bool is_rounding = std::abs(distance) <= rounding * std::abs(values(at)[seed]);
    distances.push_back(is_rounding ? 0 : distance);
  }
  const zonefall::Estimate found = estimate_within(distances, outside);
  Estimate distance{found.mean, {}};
  if (std::isfinite(found.half_width)) distance.half_width = found.half_width;
  return distance;
}

}  // namespace

std::string_view to_text(KnobUnit unit) {
  switch (unit) {
    case KnobUnit::number: return "number";
    case KnobUnit::share: return "share";
    case KnobUnit::seconds: return "seconds";
    case KnobUnit::time: return "time";
  }
  return "";
}

std::optional<KnobValue> knob_value(std::string_view text) {
  if (text.ends_with('%')) {
    const auto percent = plain_number(without_spaces_at_end(text.substr(0, text.size() - 1)));
    if (!percent) return {};
    return KnobValue{KnobUnit::share, *percent / 100};
  }
  if (const auto number = plain_number(text)) return KnobValue{KnobUnit::number, *number};
  constexpr double second = 1e9;
  if (const auto duration = Duration::parse(text)) {
    const auto ns = static_cast<double>(duration.value().to_nanoseconds());
    return KnobValue{KnobUnit::seconds, ns / second};
  }
  if (const auto time = SimTime::parse(text)) {
    const auto ns = static_cast<double>(time.value().to_nanoseconds());
    return KnobValue{KnobUnit::time, ns / second};
  }
  return {};
}

Settings settings_of(const Candidate& candidate) {
  Settings settings;
  std::string_view name = candidate.name;
  // Its name ends in the changes that were added to those of the policy, in their order.
  for (auto change = candidate.changes.rbegin(); change != candidate.changes.rend(); ++change) {
    const std::size_t equals_at = change->find(equals);
    const std::string ending = std::string(with) + *change;
    if (!name.ends_with(ending) || equals_at == std::string::npos) break;
    name.remove_suffix(ending.size());
    settings.varied.insert(settings.varied.begin(), {change->substr(0, equals_at),
                                                     change->substr(equals_at + equals.size())});
  }
  settings.policy = name;
  return settings;
}

std::vector<Sweep> sweeps_of(const ComparisonData& data) {
  std::vector<Sweep> sweeps;
  for (std::size_t candidate = 0; candidate < data.candidates.size(); ++candidate) {
    const Settings settings = settings_of(data.candidates[candidate]);
    for (std::size_t i = 0; i < settings.varied.size(); ++i) {
      const auto& [path, value] = settings.varied[i];
      sweep_named(sweeps, path, rest_of(settings, i)).points.push_back({candidate, value, 0});
    }
  }
  std::erase_if(sweeps, [](Sweep& sweep) { return !order(sweep); });
  return sweeps;
}

std::optional<Bend> bend_of(const ComparisonData& data, const Sweep& sweep, std::size_t measure) {
  if (sweep.points.size() < 3) return {};
  for (const Sweep::Point& point : sweep.points) {
    if (data.values[point.candidate][measure].size() != data.seeds.size()) return {};
  }
  const std::size_t inner = sweep.points.size() - 2;
  std::optional<Bend> bend;
  for (std::size_t at = 1; at <= inner; ++at) {
    const Estimate distance =
        distance_at(data, sweep, measure, at, error_rate / static_cast<double>(inner));
    if (!bend || std::abs(distance.mean) > std::abs(bend->distance.mean)) {
      bend = Bend{at, distance};
    }
  }
  return bend;
}

}  // namespace zonefall::report
