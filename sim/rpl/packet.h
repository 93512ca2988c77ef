// Messages as scripts see them, and how they are compared, for the sources of this module.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonefall/rpl/script.h"

namespace zonefall::rpl {

/// A message record by record: what MATCH looks at.
struct Packet {
  dns::Flags flags;
  dns::Opcode opcode = dns::Opcode::query;
  dns::Rcode rcode = dns::Rcode::noerror;
  std::optional<dns::Question> question;
  std::vector<dns::TextRecord> answer;
  std::vector<dns::TextRecord> authority;
  std::vector<dns::TextRecord> additional;
  std::optional<dns::Edns> edns;
  bool is_tcp = false;
};

Packet packet_of(const dns::Message& message);

/// The packet as text, for people.
std::string to_text(const Packet& packet);
std::string to_text(const Entry& entry);

/// Whether an upstream query fits an entry of a range.
bool fits(const Packet& query, const Entry& entry, Dialect dialect);

/// What about `got` is not as `expected` says, named by words of MATCH; empty if nothing.
std::vector<std::string> differences(Packet got, const Entry& expected, Dialect dialect);

/// The query that an entry makes.
dns::Octets query_octets(const Entry& entry, Dialect dialect);

/// The reply that an entry makes to `query`, as wire octets; nullopt if it stays silent.
std::optional<dns::Octets> reply_octets(const Entry& entry, const Packet& query, Dialect dialect);

}  // namespace zonefall::rpl
