// The answer of an authoritative server: a pure function of zone version and question.
//
// Sources: RFC 1034 4.3.2 (algorithm), RFC 2308 (negative answers), RFC 4592 (wildcards), RFC 6672
// (DNAME), RFC 4035 3.1 (DNSSEC records in answers, referrals, DS at the parent), RFC 5155 7.2
// (NSEC3 proofs, opt-out referrals), RFC 6891, RFC 9471 (glue), RFC 8482 (ANY).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "zonefall/authority/zone_version.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/message.h"

namespace zonefall::authority {

using MessagePtr = std::shared_ptr<const dns::Message>;

struct Answer {
  MessagePtr message;           // id 0, QR and AA set as due, EDNS echoed when asked with EDNS
  std::size_t wire_octets = 0;  // dns::wire_size(*message)
  /// Versions of the same zone with signed_at before this give the same message. An answer that
  /// holds the SOA or DNSKEY RRset is good for its own version only: then this is its signed_at.
  SimTime unchanged_until = SimTime::max();
};

struct AnswerOptions {
  bool edns = true;
  bool dnssec_ok = true;
  std::uint16_t udp_payload_octets = 1232;  // what the server advertises in its own OPT
};

/// `question.qname` must be at or below the zone's apex.
Answer answer(const ZoneVersion& zone, const dns::Question& question, const AnswerOptions& options);

/// REFUSED, FORMERR, NOTIMP and the like: header and question only.
Answer error_answer(const dns::Question& question, dns::Rcode rcode, const AnswerOptions& options);

/// The reply with TC set and empty sections that a server sends when `answer` does not fit UDP.
Answer truncated_answer(const Answer& answer);

}  // namespace zonefall::authority
