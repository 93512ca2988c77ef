#include "zonefall/core/result.h"

namespace zonefall {

std::string Error::to_text() const {
  return where.empty() ? message : where + ": " + message;
}

}  // namespace zonefall
