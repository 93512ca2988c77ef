// The closed vocabulary of validation results (RFC 4035 4.3), each reason with its RFC section and
// Extended DNS Error code.
//
// "SERVFAIL" is no diagnosis: every step that fails says which reason, about which RRset, which key
// tag. A new reason is one line in the table of verdict.cpp; switches have no default, so the
// compiler lists what else it must touch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "zonefall/dns/name.h"
#include "zonefall/dns/types.h"

namespace zonefall::dnssec {

enum class Security : std::uint8_t { secure, insecure, bogus, indeterminate };

enum class Reason : std::uint8_t {
  // secure
  validated,
  // insecure
  no_ds_proved,           // signed denial of DS at a delegation
  opt_out_span,           // no-DS by opt-out: closest encloser and covering NSEC3 (RFC 5155 8.9)
  unsupported_algorithm,  // only unsupported algorithms in the DS RRset
  unsupported_digest,     // only unsupported digests in the DS RRset
  nsec3_iterations_too_high,  // RFC 9276 3.2
  negative_trust_anchor,      // RFC 7646
  // indeterminate
  no_trust_anchor,
  chain_unavailable,  // a needed RRset could not be fetched
  // bogus
  signature_crypto_failed,
  signature_expired,
  signature_not_yet_valid,
  signature_expired_before_inception,
  signature_missing,
  signer_mismatch,  // signer is not the zone the RRset belongs to
  labels_invalid,
  dnskey_missing,  // no key of the RRset has the signature's tag and algorithm
  dnskey_not_zone_key,
  no_key_matches_ds,  // no DNSKEY matches any DS, or the match did not sign the DNSKEY RRset
  dnskey_rrset_missing,
  denial_missing,      // no NSEC / NSEC3 where one is needed
  denial_incomplete,   // some are there, but they do not prove it
  denial_contradicts,  // the bitmap or interval denies the denial
  wildcard_unproved,   // expansion without proof that the name itself does not exist
  rrset_malformed,     // records that could not be read are missing from what was signed
  validation_limit,    // a bound on work was hit (CVE-2023-50387, CVE-2023-50868)
};

struct ReasonInfo {
  Security security;
  std::string_view name;  // as the enumerator
  std::string_view text;  // one clause for people
  std::string_view rfc;   // "RFC 4035 5.3.3"
  std::optional<dns::EdeCode> ede;
};
const ReasonInfo& info(Reason reason);
std::string_view to_text(Security security);

/// A result and what it is about. `owner` / `type` name the RRset that decided it.
struct Verdict {
  Security security = Security::indeterminate;
  Reason reason = Reason::no_trust_anchor;
  dns::Name owner;
  dns::RRType type = dns::RRType::a;
  std::optional<std::uint16_t> key_tag = std::nullopt;

  [[nodiscard]] static Verdict of(Reason reason, const dns::Name& owner, dns::RRType type);
  /// "bogus: signature does not verify: a0d5....de. NSEC3, key tag 33834 (RFC 4035 5.3.3, EDE 6)".
  [[nodiscard]] std::string to_text() const;
};

}  // namespace zonefall::dnssec
