// The words of Confidence.
#pragma once

#include "scenario/fields.h"
#include "zonefall/scenario/source.h"

namespace zonefall::scenario {

constexpr std::string_view confidence_word(Confidence confidence) {
  switch (confidence) {
    case Confidence::measured: return "measured";
    case Confidence::reported: return "reported";
    case Confidence::derived: return "derived";
    case Confidence::assumed: return "assumed";
  }
  return "";
}

}  // namespace zonefall::scenario
