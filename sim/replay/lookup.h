// A lookup: a client's A and AAAA questions for one name, its tries, and what it ends with.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "zonefall/core/time.h"
#include "zonefall/dns/message.h"
#include "zonefall/outcome/name_class.h"
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
  /// Of the last try, if it was answered from the cache: how long the same answer stands.
  std::optional<SimTime> standing_until;
  /// What came with that answer.
  std::optional<dns::EdeCode> ede;
  /// What is wrong with the data that the last try brought.
  std::optional<outcome::Harm> harm;
  /// Of a stale answer that stands: its harm may begin while it does.
  std::shared_ptr<const resolver::AnswerData> standing_stale;
};

/// Why a lookup is made.
enum class Asker : std::uint8_t {
  rest,  // drawn from what is not popular here
  own,   // a popular name's own arrival
  hit,   // ... that a standing answer meets
  past,  // before the run
};
inline constexpr std::size_t askers = 4;

struct Lookup {
  dns::Name name;
  outcome::NameClass name_class = outcome::NameClass::rare_unsigned;
  Asker asker = Asker::rest;
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

/// How long all that this lookup was given stands; nullopt if a part of it does not. Failures never
/// do: what a stub does about them may change something.
std::optional<SimTime> standing_until(const Lookup& lookup);

/// The half that the client ends with, once both have ended; the rule is in replay.h.
std::size_t deciding_half(const Lookup& lookup);

}  // namespace zonefall::replay
