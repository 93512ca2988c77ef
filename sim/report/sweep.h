// Sweeps: candidates of a comparison that differ in the value of one knob (`--vary path=a,b,c`), as
// a curve over that value, and where the curve bends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/comparison_data.h"

namespace zonefall::report {

/// What the values of a knob are, as a scenario writes them: "3", "4 %", "90 min",
/// "2026-05-05T19:30Z".
enum class KnobUnit : std::uint8_t { number, share, seconds, time };
std::string_view to_text(KnobUnit unit);

/// Shares from 0 to 1, durations in seconds, instants in seconds since 1970. Values that have no
/// order are none. Nothing is checked: the scenario did when it ran.
struct KnobValue {
  KnobUnit unit = KnobUnit::number;
  double value = 0;
};
std::optional<KnobValue> knob_value(std::string_view text);

/// How a candidate was made: of a policy, with settings varied.
struct Settings {
  struct Setting {
    std::string path;
    std::string value;
  };
  std::string policy;
  std::vector<Setting> varied;
};
Settings settings_of(const Candidate& candidate);

struct Sweep {
  struct Point {
    std::size_t candidate = 0;
    std::string text;  // the value as it was given
    double x = 0;
  };
  std::string path;
  KnobUnit unit = KnobUnit::number;
  std::string policy;         // and what else is the same at all points
  std::vector<Point> points;  // two or more, by x, which are all different
};
/// In the order of the candidates. Knobs whose values have no order, or not all of one kind, give
/// none.
std::vector<Sweep> sweeps_of(const ComparisonData& data);

/// Where a curve bends: the inner point that is farthest, up or down, from the chord (the straight
/// line between the first point and the last). This is the knee of Satopaa, Albrecht, Irwin and
/// Raghavan 2011, "Finding a 'Kneedle' in a Haystack", section III, without smoothing. Noise is
/// dealt with by the seeds instead: a distance is taken seed by seed, so that the ends' noise is in
/// it, and the intervals of all inner points together hold with 95 % (Bonferroni). A curve whose
/// farthest point has 0 in its interval is within noise of the straight line there, and has no
/// knee.
struct Bend {
  std::size_t point = 0;  // of Sweep::points
  Estimate distance;      // in units of the measure; below the chord: negative

  [[nodiscard]] bool is_knee() const { return distance.is_clear(); }
};
/// Nothing with fewer than three points. All cohorts together.
std::optional<Bend> bend_of(const ComparisonData& data, const Sweep& sweep, std::size_t measure);

}  // namespace zonefall::report
