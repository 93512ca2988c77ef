// Validation of RRsets, key sets, delegations, denials and whole chains: RFC 4035 5, RFC 5155 8,
// RFC 6840, RFC 6605, RFC 9276.
//
// Pure functions of their arguments and `now`: no cache, no clock, no fetching. The steps are
// public because a resolver validates stepwise as data arrives and remembers step results;
// validate() walks a complete chain with the same steps, for tools, tests and explanations.
// Signature arithmetic goes through a SignatureVerifier, so that the same rules run over octets
// and over identities.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "zonefall/core/time.h"
#include "zonefall/dns/message.h"
#include "zonefall/dns/rrset.h"
#include "zonefall/dnssec/nsec3.h"
#include "zonefall/dnssec/signature.h"
#include "zonefall/dnssec/verdict.h"

namespace zonefall::dnssec {

/// Bounds on the work one message may cause, and local policy of RFC 9276.
struct ValidationLimits {
  std::uint16_t nsec3_iterations_max = 150;  // above: insecure
  std::uint32_t signatures_per_rrset_max = 8;
  std::uint32_t keys_per_tag_max = 4;
};

/// What a validator needs besides data.
struct Validator {
  const SignatureVerifier& verifier;
  ValidationLimits limits = {};
};

/// A verdict that holds while now is within [valid_from, valid_until] (both in whole seconds of
/// UTC): outside, only the times of the same signatures have to be looked at again.
struct RRsetVerdict {
  Verdict verdict;
  std::uint32_t valid_until = 0;  // expiration of the signature used, when secure
  std::uint32_t ttl_s_max = 0;    // RFC 4035 5.3.3: min of TTL, original TTL, remaining time
  std::optional<std::uint8_t> wildcard_labels = std::nullopt;  // expanded from this many labels
};

/// The keys of a zone that a validated DNSKEY RRset holds.
struct ZoneKeys {
  dns::Name zone;
  std::vector<dns::DnskeyRdata> keys;  // zone keys, protocol 3, not revoked
  std::vector<std::uint16_t> tags;     // key_tag of each
};
/// The usable keys of a DNSKEY RRset, whatever signed it.
ZoneKeys zone_keys(const dns::RRset& dnskey_rrset);

/// RFC 4035 5.3: is `entry` signed by one of `keys`? One good signature is enough (5.3.3, RFC 6840
/// 5.4). Of several failures the most telling one is reported: crypto before times before missing.
RRsetVerdict validate_rrset(const Validator& validator, const dns::SignedRRset& entry,
                            const ZoneKeys& keys, SimTime now);

/// RFC 4035 5.2: does a DS of `ds_rrset` match a key that signs `dnskeys`? Insecure if no DS has a
/// supported algorithm and digest. SHA-1 DS are ignored where a SHA-2 one exists (RFC 4509 3).
RRsetVerdict validate_dnskeys(const Validator& validator, const dns::SignedRRset& dnskeys,
                              const dns::RRset& ds_rrset, SimTime now);

/// What a negative response or referral has to prove.
enum class Denial : std::uint8_t {
  name_error,          // NXDOMAIN: RFC 4035 5.4, RFC 5155 8.4
  no_data,             // the name exists without the type, wildcards included: RFC 5155 8.5 to 8.7
  no_ds_referral,      // insecure delegation: RFC 4035 5.2, RFC 5155 8.6 and 8.9
  wildcard_expansion,  // positive answer from a wildcard: RFC 5155 8.8
};

struct DenialQuestion {
  Denial denial = Denial::no_data;
  dns::Name qname;
  dns::RRType qtype = dns::RRType::a;
  std::uint8_t wildcard_labels = 0;  // only for wildcard_expansion
};

/// Validates the NSEC / NSEC3 RRsets needed for the proof (each must verify; the first failure is
/// the verdict, and names its owner) and checks that they prove it. `proof` is the authority
/// section as received; RRsets that the proof does not use are not looked at. Secure, insecure
/// (opt-out, iterations) or bogus; `ttl_s_max` is the smallest of the RRsets used.
RRsetVerdict validate_denial(const Validator& validator, const DenialQuestion& question,
                             std::span<const dns::SignedRRset> proof, const ZoneKeys& keys,
                             SimTime now);

/// One zone on the way from a trust anchor to the answer.
struct ChainLink {
  dns::Name zone;
  /// DS RRset from the parent, or empty with `no_ds_proof` filled (an insecure delegation).
  dns::SignedRRset ds;
  std::vector<dns::SignedRRset> no_ds_proof;
  dns::SignedRRset dnskeys;  // unused for insecure zones
};

struct Chain {
  dns::RRsetPtr trust_anchor;    // DS RRset at the anchor's zone
  dns::SignedRRset anchor_keys;  // DNSKEY RRset of that zone
  std::vector<ChainLink> links;  // top down, below the anchor
  dns::Question question;
  dns::Message response;  // of the last zone
};

/// A step of validate() for explanations.
struct ChainStep {
  dns::Name zone;
  std::string_view what;  // "trust anchor", "DS", "no DS", "DNSKEY", "answer", "denial"
  Verdict verdict;
};

struct ChainVerdict {
  Verdict verdict;
  std::vector<ChainStep> steps;  // in order, up to the one that decided
};

/// Validates everything from the anchor to the response: positive answers with CNAME and DNAME
/// chains inside one zone, wildcard expansions, NODATA, NXDOMAIN.
ChainVerdict validate(const Validator& validator, const Chain& chain, SimTime now);

}  // namespace zonefall::dnssec
