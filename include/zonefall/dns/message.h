// DNS messages at the level of RRsets, and the wire codec.
//
// Sources: RFC 1035 4, RFC 2181 5 and 9, RFC 3597 4, RFC 4035 3, RFC 6891, RFC 8914, RFC 9471. A
// Message groups records into RRsets with their RRSIGs, because every user thinks in RRsets.
// decode() never trusts its input: it bounds everything, follows compression pointers only
// backwards, and returns an Error that names the octet offset. The simulation passes Messages
// around without encoding them; wire_size() gives the exact size all the same.
#pragma once

#include <compare>
#include <cstddef>
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
  std::string extra_text = {};
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
  std::vector<ExtendedError> extended_errors = {};  // option 15, in message order
  std::vector<EdnsOption> other_options = {};       // in message order, sent after those
  bool operator==(const Edns&) const = default;
};

enum class Section : std::uint8_t { answer, authority, additional };

/// An RRSIG without the RRset it covers in its section: an answer to QTYPE RRSIG, or a fault.
struct BareRrsig {
  Section section = Section::answer;
  Name owner;
  RRClass rclass = RRClass::in;
  std::uint32_t ttl_s = 0;
  RrsigPtr rrsig;
};

/// An RRset of class IN of which decode() has left out records, be it all of them.
struct IncompleteRRset {
  Section section = Section::answer;
  Name owner;
  RRType type = RRType::a;
  bool operator==(const IncompleteRRset&) const = default;
};

/// In the sections, `rrset` is never null, and an RRSIG has the owner, class and TTL of its RRset.
/// An `rcode` above 15 needs `edns`, which carries its upper bits.
struct Message {
  std::uint16_t id = 0;
  Flags flags;
  Opcode opcode = Opcode::query;
  Rcode rcode = Rcode::noerror;
  std::optional<Question> question;
  std::vector<SignedRRset> answer;
  std::vector<SignedRRset> authority;
  std::vector<SignedRRset> additional;  // without OPT
  std::vector<BareRrsig> bare_rrsigs;   // of all sections, sent after the RRsets of theirs
  std::optional<Edns> edns;
  std::vector<IncompleteRRset> incomplete_rrsets;  // each once
};

/// Messages are shared, never changed: one answer serves every resolver that asks for it.
using MessagePtr = std::shared_ptr<const Message>;

/// A query as a recursive resolver sends it (RD clear) or as a stub does (RD set). QR is cleared.
Message make_query(const Question& question, const Edns& edns, const Flags& flags);

struct Encoded {
  Octets octets;
  bool truncated = false;
};

/// Encodes within `octets_max` octets (512 to 65535). Owner names and names in RDATA of RFC 1035
/// types are compressed (RFC 1035 4.1.4, RFC 3597 4): suffixes match in any case and take the case
/// of their first occurrence. What does not fit is left out RRset by RRset, RRSIGs with theirs:
/// - additional data silently (RFC 2181 9), but address records of a referral's name servers that
///   lie below the delegation go first, and their loss sets TC (RFC 9471 3.1);
/// - answer and authority with TC set; nothing more is added then but OPT.
/// OPT always fits: if need be EXTRA-TEXT is left out first, then options from the last.
Encoded encode(const Message& message, std::size_t octets_max = 65535);

/// The size of encode(message).octets, without making them. Each thread keeps one table of names
/// for all its calls, so that they seldom allocate.
std::size_t wire_size(const Message& message);

/// What decode() makes of A and AAAA records of class IN that have not the length of their type.
enum class MalformedAddresses : std::uint8_t { refused, left_out };

/// Decodes one whole datagram of at most one question (RFC 9619). Records of one (owner, type,
/// class) in a section become one RRset with the smallest of their TTLs and those of its RRSIGs
/// (RFC 2181 5.2, RFC 4035 5.3.3; a TTL with the top bit set counts as 0, RFC 2181 8). Exact
/// duplicates are dropped. Names in RDATA are decompressed for the types of RFC 3597 4; those
/// RDATA, and A and AAAA of class IN, must have the length of their type. Others are not looked
/// into. Reserved bits and trailing NULs of EXTRA-TEXT are ignored.
Result<Message> decode(std::span<const std::uint8_t> datagram,
                       MalformedAddresses malformed = MalformedAddresses::refused);

/// " qr aa rd", as dig shows them: those that are set, each behind a blank.
std::string to_text(const Flags& flags);
/// A dig-like rendering for people and logs.
std::string to_text(const Message& message);

}  // namespace zonefall::dns
