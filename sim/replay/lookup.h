// A lookup: a client's A and AAAA questions for one name, its tries, and what it ends with.
#pragma once

#include <array>
#include <cstdint>

#include "zonefall/core/time.h"
#include "zonefall/dns/message.h"
#include "zonefall/outcome/tally.h"
#include "zonefall/resolver/actions.h"

namespace zonefall::replay {

struct Half {
  std::uint64_t serial = 0;  // of the try that is open; 0: none
  std::uint32_t tries = 0;
  std::uint32_t server = 0;  // of the last try, within the group
  SimTime sent_at;
  outcome::Outcome outcome = outcome::Outcome::timeout;  // of the last try
  bool has_addresses = false;
};

struct Lookup {
  dns::Name name;
  std::uint32_t home = 0;  // the first resolver, within the group
  std::uint32_t stub = 0;  // whose rule the client follows: index into the cohort's
  SimTime started_at;
  bool dnssec_ok = false;
  bool is_sample = false;
  std::uint32_t open_halves = 0;  // 0: a free slot
  std::array<Half, 2> halves;     // A, AAAA
};

dns::RRType type_of_half(std::size_t half);

/// Notes what a try gave.
void record(Half& half, const resolver::ClientReply& reply);

/// The half that the client ends with, once both have ended; the rule is in replay.h.
std::size_t deciding_half(const Lookup& lookup);

}  // namespace zonefall::replay
