#include "zonefall/scenario/source.h"

#include <algorithm>

#include "scenario/words.h"

namespace zonefall::scenario {

std::string_view to_text(Confidence confidence) {
  return confidence_words[static_cast<std::size_t>(confidence)];
}

const ValueSource* find_source(const std::vector<ValueSource>& sources, std::string_view path) {
  const auto found = std::find_if(sources.begin(), sources.end(),
                                  [&](const ValueSource& source) { return source.path == path; });
  return found == sources.end() ? nullptr : &*found;
}

}  // namespace zonefall::scenario
