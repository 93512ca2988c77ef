// The list of differences that are understood: tests/differential/known_differences.tsv.
#pragma once

#include <string>
#include <vector>

#include "comparison.h"
#include "zonefall/core/result.h"

namespace zonefall::differential {

/// A line of the list. All but `rule` and `why` are patterns as file names have them (fnmatch).
struct KnownDifference {
  std::string fault;  // AppliedFault::to_text()
  std::string qtype;
  std::string ours;     // Outcome::label()
  std::string unbound;  // or "=": the very same as ours
  std::string bind;
  std::string rule;  // the RFC rule that decides
  std::string why;

  [[nodiscard]] bool fits(const Case& asked) const;
};

Result<std::vector<KnownDifference>> read_known_differences(const std::string& path);
/// The first that fits; else one that explains Unbound alone, and one that explains BIND alone,
/// each as if the other had answered like ours. Empty: nobody has explained it.
std::vector<const KnownDifference*> find_known(const std::vector<KnownDifference>& known,
                                               const Case& asked);

}  // namespace zonefall::differential
