#include "replay/lookup.h"

#include <algorithm>

namespace zonefall::replay {

dns::RRType type_of_half(std::size_t half) {
  return half == 0 ? dns::RRType::a : dns::RRType::aaaa;
}

void record(Half& half, const resolver::ClientReply& reply) {
  half.outcome = outcome::outcome_of(reply);
  half.has_addresses =
      reply.rcode == dns::Rcode::noerror && reply.data != nullptr && !reply.data->answer().empty();
  half.standing_until = reply.from_cache ? reply.standing_until : std::nullopt;
  half.ede = half.standing_until ? reply.ede : std::nullopt;
  const bool stands_stale = half.standing_until && half.outcome == outcome::Outcome::stale;
  half.standing_stale = stands_stale ? reply.data : nullptr;
}

std::optional<SimTime> standing_until(const Lookup& lookup) {
  SimTime until = SimTime::max();
  for (const Half& half : lookup.halves) {
    const bool stands = half.standing_until && !outcome::is_failure(half.outcome);
    if (!stands) return std::nullopt;
    until = std::min(until, *half.standing_until);
  }
  return until;
}

std::size_t deciding_half(const Lookup& lookup) {
  for (std::size_t half = 0; half < lookup.halves.size(); ++half) {
    if (lookup.halves[half].has_addresses) return half;
  }
  for (std::size_t half = 0; half < lookup.halves.size(); ++half) {
    if (outcome::is_failure(lookup.halves[half].outcome)) return half;
  }
  return 0;
}

}  // namespace zonefall::replay
