// DNS messages at the level of RRsets, and the wire codec.
//
// Sources: RFC 1035 4, RFC 2181 5, RFC 3597 4, RFC 4035 3, RFC 6891, RFC 8914. A Message groups
// records into RRsets with their RRSIGs, because every user thinks in RRsets. decode() never
// trusts its input: it bounds everything, follows compression pointers only backwards, and returns
// an Error that names the octet offset. The simulation passes Messages around without encoding
// them; wire_size() gives the exact size all the same.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/dns/name.h"
#include "zonefall/dns/rrset.h"
#include "zonefall/dns/types.h"

namespace zonefall::dns {

struct Question {
  Name qname;
  RRType qtype = RRType::a;
  RRClass qclass = RRClass::in;
  bool operator==(const Question&) const = default;
  auto operator<=>(const Question&) const = default;
};

struct Flags {
  bool qr = false;  // response
  bool aa = false;  // authoritative answer
  bool tc = false;  // truncated
  bool rd = false;  // recursion desired
  bool ra = false;  // recursion available
  bool ad = false;  // authentic data (RFC 4035 3.2.3)
  bool cd = false;  // checking disabled (RFC 4035 3.2.2)
  bool operator==(const Flags&) const = default;
};

struct ExtendedError {
  EdeCode code = EdeCode::other;
  std::string extra_text;
  bool operator==(const ExtendedError&) const = default;
};

struct EdnsOption {
  std::uint16_t code = 0;
  Octets data;
  bool operator==(const EdnsOption&) const = default;
};

/// The OPT pseudo-RR (RFC 6891 6.1). The extended RCODE bits live in Message::rcode.
struct Edns {
  std::uint16_t udp_payload_octets = 1232;
  std::uint8_t version = 0;
  bool dnssec_ok = false;
  std::vector<ExtendedError> extended_errors;  // option 15, in message order
  std::vector<EdnsOption> other_options;
  bool operator==(const Edns&) const = default;
};

struct Message {
  std::uint16_t id = 0;
  Flags flags;
  Opcode opcode = Opcode::query;
  Rcode rcode = Rcode::noerror;
  std::optional<Question> question;
  std::vector<SignedRRset> answer;
  std::vector<SignedRRset> authority;
  std::vector<SignedRRset> additional;  // without OPT
  std::optional<Edns> edns;
};

/// Messages are shared, never changed: one answer serves every resolver that asks for it.
using MessagePtr = std::shared_ptr<const Message>;

/// RRSIGs whose covered RRset is not in the same section: `rrset` is null, `rrsigs` is not empty.
/// They stay where they were found, so that decode(encode(m)) keeps them.
[[nodiscard]] bool is_bare_rrsigs(const SignedRRset& entry);

/// A query as a recursive resolver sends it (RD clear) or as a stub does (RD set).
Message make_query(const Question& question, const Edns& edns, const Flags& flags);

struct Encoded {
  Octets octets;
  bool truncated = false;
};

/// Encodes within `octets_max` octets (512 to 65535). Names are compressed (RFC 1035 4.1.4; never
/// inside RDATA of types newer than RFC 1035, RFC 3597 4). What does not fit is left out RRset by
/// RRset: additional data silently (RFC 2181 9), answer and authority with TC set. OPT always fits.
Encoded encode(const Message& message, std::size_t octets_max = 65535);

/// Size in octets of encode(message) without a limit.
std::size_t wire_size(const Message& message);

/// Decodes one whole datagram. Records of one (owner, type, class) in a section become one RRset
/// with the smallest of their TTLs (RFC 2181 5.2; a TTL with the top bit set counts as 0,
/// RFC 2181 8).
Result<Message> decode(std::span<const std::uint8_t> datagram);

/// A dig-like rendering for people and logs.
std::string to_text(const Message& message);

}  // namespace zonefall::dns
