// What is wrong with the data that clients are given: judged by its content, against the world.
//
// No cache entry carries a mark. Whether a stale answer is wrong is asked of what the authoritative
// servers publish at the instant at which it is given.
#pragma once

#include <optional>

#include "replay/forger.h"
#include "zonefall/dns/name.h"
#include "zonefall/dns/types.h"
#include "zonefall/outcome/tally.h"
#include "zonefall/replay/world.h"
#include "zonefall/resolver/actions.h"

namespace zonefall::replay {

class Judge {
 public:
  explicit Judge(const World& world) : world_(world), forger_(world) {}

  /// What a client was given; null data do no harm.
  struct Given {
    const dns::Name& name;  // asked for
    dns::RRType type;
    outcome::Outcome outcome;
    const resolver::AnswerData* data;
  };
  /// A fresh answer may be outdated within its TTL, but that is its owner's choice, and no harm
  /// here.
  [[nodiscard]] std::optional<outcome::Harm> harm_of(const Given& given, SimTime at) const;

 private:
  [[nodiscard]] bool is_outdated(const Given& given, SimTime at) const;

  const World& world_;
  Forger forger_;
};

}  // namespace zonefall::replay
