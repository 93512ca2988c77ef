// Asking all resolvers the same questions.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "comparison.h"
#include "internet.h"
#include "zonefall/resolver/resolver.h"

namespace zonefall::differential {

class RealResolvers;

/// Now, as the real resolvers see it.
SimTime real_now();

/// Questions about one zone, in the order they are asked.
struct ZoneQuestions {
  const RandomZone* zone = nullptr;
  std::vector<dns::Question> questions = {};
};

class Run {
 public:
  /// `explains`: shows what the zone's servers answer, and each step of our resolver.
  Run(const Internet& internet, bool explains);

  /// Begins with empty caches. Each zone's questions come one after the other, several zones at a
  /// time; BIND, which is slow with some bogus denials, is asked many at a time, in no order,
  /// unless the order matters (WorldKind::servers). The cases of each zone, in its order; empty if
  /// the real resolvers do not start.
  [[nodiscard]] std::vector<std::vector<Case>> ask(const std::vector<ZoneQuestions>& zones) const;

 private:
  void ask_bind(const RealResolvers& real, std::vector<std::vector<Case>>& cases) const;
  void ask_zone(const RealResolvers& real, const RandomZone& zone, std::vector<Case>& cases) const;

  const Internet& internet_;
  bool explains_;
  resolver::ResolverConfig unbound_config_;
  resolver::ResolverConfig bind_config_;
};

}  // namespace zonefall::differential
