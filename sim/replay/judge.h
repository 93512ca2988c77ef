// What is wrong with the data that clients are given: judged by its content, against the world.
//
// No cache entry carries a mark. Whether a stale answer is wrong is asked of what the authoritative
// servers publish at the instant at which it is given.
#pragma once

#include <optional>

#include "zonefall/dns/message.h"
#include "zonefall/outcome/tally.h"
#include "zonefall/replay/world.h"
#include "zonefall/resolver/actions.h"

namespace zonefall::replay {

class Judge {
 public:
  explicit Judge(const World& world) : world_(world) {}

  /// Of `data`, given at `at` for `question` with this outcome; null data do no harm. A fresh
  /// answer may be outdated within its TTL, but that is its owner's choice, and no harm here.
  [[nodiscard]] std::optional<outcome::Harm> harm_of(const dns::Question& question,
                                                     outcome::Outcome outcome,
                                                     const resolver::AnswerData* data,
                                                     SimTime at) const;

 private:
  [[nodiscard]] bool is_outdated(const dns::Question& question, const resolver::AnswerData& data,
                                 SimTime at) const;

  const World& world_;
};

}  // namespace zonefall::replay
