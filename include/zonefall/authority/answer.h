// The answer of an authoritative server: a pure function of zone version and question.
//
// It knows no time, no site and no transport (server.h does). It never fails: whatever is asked at
// or below the apex has an answer. Responses are minimal: additional data are addresses of name
// servers, mail exchangers and services that this zone knows. Sources: RFC 1034 4.3.2 (algorithm),
// RFC 2308 (negative answers), RFC 4592 (wildcards), RFC 6672 (DNAME), RFC 4035 3.1 (DNSSEC records
// in answers, referrals, DS at the parent), RFC 5155 7.2 (NSEC3 proofs, opt-out referrals), RFC
// 6891, RFC 9471 (glue), RFC 8482 (ANY).
#pragma once

#include <cstddef>
#include <cstdint>

#include "zonefall/authority/zone_version.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/message.h"

namespace zonefall::authority {

struct Answer {
  dns::MessagePtr message;      // id 0, QR and AA set as due, EDNS echoed when asked with EDNS
  std::size_t wire_octets = 0;  // dns::wire_size(*message)
  /// Later versions of the same zone with the same content give the same message if they were
  /// signed before this. An answer that holds the SOA or DNSKEY RRset is good for its own version
  /// only: then this is its signed_at.
  SimTime unchanged_until = SimTime::max();
};

struct AnswerOptions {
  bool edns = true;
  bool dnssec_ok = true;
  std::uint16_t udp_payload_octets = 1232;  // what the server advertises in its own OPT
  bool operator==(const AnswerOptions&) const = default;
};

/// `question.qname` must be at or below the zone's apex. Aliases are followed inside the zone;
/// where one leads below a zone cut, that cut's referral stands in the authority section.
Answer answer(const ZoneVersion& zone, const dns::Question& question, const AnswerOptions& options);

/// REFUSED, FORMERR, NOTIMP and the like: header and question only. RCODEs above 15 need
/// `options.edns`.
Answer error_answer(const dns::Question& question, dns::Rcode rcode, const AnswerOptions& options);

/// What a server sends over UDP of at most `octets_max` octets: `answer` itself where it fits, else
/// without the additional data that may be missing, else header, question and OPT with TC set (RFC
/// 2181 9, RFC 9471 3.1).
Answer fit_answer(const Answer& answer, std::size_t octets_max);

}  // namespace zonefall::authority
