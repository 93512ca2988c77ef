// Keeps a resolver's steps while somebody wants an explanation, and picks those that belong to it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "zonefall/resolver/trace.h"

namespace zonefall::replay {

class TraceLog final : public resolver::Tracer {
 public:
  void step(const resolver::TraceStep& step) override { steps_.push_back(step); }
  void clear() { steps_.clear(); }

  /// The steps of the client queries with these tokens and of all pursuits they waited for,
  /// directly or not, in order; of a pursuit that was under way, those after it was joined.
  [[nodiscard]] std::vector<resolver::TraceStep> steps_for(
      std::span<const std::uint64_t> tokens) const;

 private:
  std::vector<resolver::TraceStep> steps_;
};

}  // namespace zonefall::replay
