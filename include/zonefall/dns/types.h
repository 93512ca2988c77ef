// The closed vocabularies of the DNS protocol, with their mnemonics.
//
// Values are those of the IANA "Domain Name System Parameters" registry. Types and classes outside
// the enumerators are legal values (RFC 3597): they print and parse as TYPE65280 and CLASS32, and
// types of the registry parse by their mnemonics, too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "zonefall/core/result.h"

namespace zonefall::dns {

enum class RRType : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  hinfo = 13,
  mx = 15,
  txt = 16,
  aaaa = 28,
  srv = 33,
  naptr = 35,
  dname = 39,
  opt = 41,
  ds = 43,
  rrsig = 46,
  nsec = 47,
  dnskey = 48,
  nsec3 = 50,
  nsec3param = 51,
  tlsa = 52,
  cds = 59,
  cdnskey = 60,
  svcb = 64,
  https = 65,
  any = 255,
  caa = 257,
};

enum class RRClass : std::uint16_t { in = 1, ch = 3, none = 254, any = 255 };

enum class Opcode : std::uint8_t { query = 0, iquery = 1, status = 2, notify = 4, update = 5 };

/// Extended RCODEs (RFC 6891 6.1.3) use all 12 bits.
enum class Rcode : std::uint16_t {
  noerror = 0,
  formerr = 1,
  servfail = 2,
  nxdomain = 3,
  notimp = 4,
  refused = 5,
  yxdomain = 6,  // RFC 6672 2.2: a DNAME makes the name too long
  notauth = 9,
  badvers = 16,
};

/// Extended DNS Error INFO-CODEs: RFC 8914 section 4, and the IANA registry for 25 and above.
enum class EdeCode : std::uint16_t {
  other = 0,
  unsupported_dnskey_algorithm = 1,
  unsupported_ds_digest_type = 2,
  stale_answer = 3,
  forged_answer = 4,
  dnssec_indeterminate = 5,
  dnssec_bogus = 6,
  signature_expired = 7,
  signature_not_yet_valid = 8,
  dnskey_missing = 9,
  rrsigs_missing = 10,
  no_zone_key_bit_set = 11,
  nsec_missing = 12,
  cached_error = 13,
  not_ready = 14,
  blocked = 15,
  censored = 16,
  filtered = 17,
  prohibited = 18,
  stale_nxdomain_answer = 19,
  not_authoritative = 20,
  not_supported = 21,
  no_reachable_authority = 22,
  network_error = 23,
  invalid_data = 24,
  signature_expired_before_valid = 25,
  too_early = 26,
  unsupported_nsec3_iterations = 27,
  unable_to_conform_to_policy = 28,
  synthesized = 29,
  invalid_query_type = 30,
  negative_trust_anchor = 33,  // draft-farrokhi-dnsop-ede-nta
};

std::string to_text(RRType type);
std::string to_text(RRClass rclass);
std::string to_text(Opcode opcode);
std::string to_text(Rcode rcode);
/// The registry's purpose text ("DNSSEC Bogus"), "EDE 4711" for values without an enumerator.
std::string to_text(EdeCode code);

/// Mnemonic in any case, or TYPEnnn / CLASSnnn.
Result<RRType> parse_rrtype(std::string_view text);
Result<RRClass> parse_rrclass(std::string_view text);

}  // namespace zonefall::dns
