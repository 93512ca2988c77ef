#include "zonefall/scenario/source.h"

#include <algorithm>

#include "scenario/confidence.h"

namespace zonefall::scenario {

std::string_view to_text(Confidence confidence) {
  return confidence_word(confidence);
}

const ValueSource* find_source(const std::vector<ValueSource>& sources, std::string_view path) {
  const auto found = std::find_if(sources.begin(), sources.end(),
                                  [&](const ValueSource& source) { return source.path == path; });
  return found == sources.end() ? nullptr : &*found;
}

}  // namespace zonefall::scenario
