// An attacker's responses: which exchanges he wins, and what he says in them.
//
// He forges final answers to A and AAAA questions and nothing else: no referrals, no name servers,
// no denials. His answers are unsigned. Signatures that verify he cannot make, and ones that do not
// would give him away to who validates no less than none at all, but an unsigned answer is what an
// unsigned name has. How he comes first (guessed ports and message ids, lost races) is inside his
// rate of success.
#pragma once

#include <array>
#include <cstdint>

#include "zonefall/core/hash.h"
#include "zonefall/dns/message.h"
#include "zonefall/replay/world.h"
#include "zonefall/resolver/actions.h"

namespace zonefall::replay {

class Forger {
 public:
  explicit Forger(const World& world);

  /// What `sender` gets before the server's own response to what he sends at `now`; null: nothing.
  [[nodiscard]] dns::MessagePtr response_to(std::uint64_t sender, const resolver::SendQuery& query,
                                            SimTime now) const;

  /// Whether these are the attacker's addresses, of whichever name.
  [[nodiscard]] bool is_forged(const dns::RRset& rrset) const;

 private:
  [[nodiscard]] bool is_target(const resolver::SendQuery& query, SimTime now) const;

  const Attacker* attacker_;                 // null: there is none
  std::array<Digest128, 2> rdata_ids_ = {};  // of his A and AAAA records
  std::uint64_t key_;
};

}  // namespace zonefall::replay
