// What a resolver gave its client, and whether others gave the same.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonefall/dns/message.h"

namespace zonefall::differential {

/// RCODE, AD, and the RRsets of the answer section in canonical form: neither TTLs nor order nor
/// RRSIGs count. Of SERVFAIL nothing else counts: BIND shows how far it came, and may set AD.
struct Outcome {
  std::optional<dns::Rcode> rcode;  // nullopt: no answer in time
  bool authentic_data = false;
  std::vector<std::string> answer;  // "owner TYPE RDATA", sorted
  bool operator==(const Outcome&) const = default;

  /// "NOERROR+ad/2": two records in the answer section.
  [[nodiscard]] std::string label() const;
};
Outcome outcome_of(const std::optional<dns::Message>& message);

/// One question and what became of it.
struct Case {
  std::uint32_t zone = 0;
  std::string fault;  // AppliedFault::to_text()
  dns::Question question;
  Outcome ours = {};       // with the profile that is scored
  Outcome ours_bind = {};  // with BIND's profile
  Outcome unbound = {};
  Outcome bind = {};
  std::string verdict = {};  // of ours, with the RRset that decided

  [[nodiscard]] bool agrees_with_one() const { return ours == unbound || ours == bind; }
  [[nodiscard]] bool agrees_with_both() const { return ours == unbound && ours == bind; }
};

struct Score {
  std::size_t cases = 0;
  std::size_t unbound = 0;
  std::size_t bind = 0;
  std::size_t one = 0;
  std::size_t both = 0;
  std::size_t bind_as_bind = 0;     // our resolver with BIND's profile agrees with BIND
  std::size_t real_ones_agree = 0;  // Unbound and BIND with each other
  void add(const Case& asked);
  [[nodiscard]] std::string to_text() const;
};
/// 99.5 % with one of the two, 98 % with both.
bool is_good_enough(const Score& score);

}  // namespace zonefall::differential
