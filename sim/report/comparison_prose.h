// What a comparison comes to in words, which its page and its reports for people share.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/comparison_data.h"
#include "report/sweep.h"

namespace zonefall::report {

/// Three to five sentences, and one for each sweep, without markup, each number from the result
/// file.
std::vector<std::string> comparison_sentences(const ComparisonData& data);

/// Lines for a shell that make the comparison again from its result file, which is at `path`.
std::string reproduce_commands(const ComparisonData& data, const std::string& path);

/// "less in 61 of 64" members; the pair has a ranking.
std::string ranking_words(const Pair& pair);

/// How far one uncertainty moves a measure: from the value with the lowest mean to that with the
/// highest.
struct Swing {
  std::string path;
  double low = 0;
  std::string at_low;
  double high = 0;
  std::string at_high;
};
/// The widest first.
std::vector<Swing> swings_of(const ComparisonData& data, std::size_t candidate,
                             std::size_t measure);

/// "Failed lookups against PATH (POLICY): knee at 30 min, 5.20 ±1.10 % below the straight line
/// between the ends", or that there is none.
std::string bend_words(const ComparisonData& data, const Sweep& sweep, std::size_t measure);

/// "12.34 %" of a share, "12.3" of minutes, "12" of all else.
std::string exact_amount(const Measure& measure, double value);
/// "12.34 ±0.05 %"; "12.34 ±? %" where one seed alone tells nothing.
std::string exact_amount(const Measure& measure, const Estimate& estimate);

}  // namespace zonefall::report
