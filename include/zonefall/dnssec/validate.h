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
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "zonefall/core/time.h"
#include "zonefall/dns/message.h"
#include "zonefall/dns/rrset.h"
#include "zonefall/dnssec/nsec3.h"
#include "zonefall/dnssec/signature.h"
#include "zonefall/dnssec/verdict.h"

namespace zonefall::dnssec {

/// RFC 5155 10.3: how many iterations a zone may use whose smallest key has at most so many bits.
struct Nsec3IterationBound {
  std::uint32_t key_bits_max = 0;
  std::uint16_t iterations_max = 0;
  bool operator==(const Nsec3IterationBound&) const = default;
};

/// Bounds on the work one message may cause, and local policy of RFC 9276. Where a bound is hit
/// before something good was found, the verdict is bogus with Reason::validation_limit.
struct ValidationLimits {
  std::uint16_t nsec3_iterations_max = 150;  // above: insecure
  /// Instead of that, where there are any; in order of key_bits_max. The last one is for all larger
  /// keys, too (RFC 5155 10.3).
  std::vector<Nsec3IterationBound> nsec3_iterations_by_key_size = {};
  std::uint32_t signatures_per_rrset_max = 8;  // that get as far as their octets
  std::uint32_t keys_per_tag_max = 4;          // keys tried for one signature or DS
  std::uint32_t ds_per_rrset_max = 16;         // DS records with a supported digest
  std::uint32_t nsec3_hash_rounds_max = 8192;  // SHA-1 rounds that one proof may need
  /// RFC 6840 5.11: the signature completeness test that a validator may offer. Each algorithm of
  /// the DS RRset that is supported must have signed the DNSKEY RRset, and every RRset of the zone
  /// (RFC 4035 2.2); else one good signature is enough.
  bool needs_all_ds_algorithms = false;
  /// How much earlier and later than RFC 4035 5.3.1 has it a signature is good, in seconds: a tenth
  /// of its validity period within these bounds.
  std::int64_t skew_min_s = 0;
  std::int64_t skew_max_s = 0;
  bool operator==(const ValidationLimits&) const = default;
};

/// What a validator needs besides data.
struct Validator {
  const SignatureVerifier& verifier;
  ValidationLimits limits = {};
};

/// The instants at which something holds: whole seconds of UTC since 1970, both ends included.
struct Period {
  std::int64_t from_s = std::numeric_limits<std::int64_t>::min();
  std::int64_t until_s = std::numeric_limits<std::int64_t>::max();
  [[nodiscard]] bool contains(SimTime now) const {
    return from_s <= now.to_unix_s() && now.to_unix_s() <= until_s;
  }
  /// The instants that both have.
  [[nodiscard]] Period operator&(const Period& other) const;
  bool operator==(const Period&) const = default;
};

/// A verdict on the same data and keys is the same for every `now` in `holds`. When secure, that is
/// the validity period of the signature used (of all signatures used, for a denial).
struct RRsetVerdict {
  Verdict verdict;
  Period holds;
  /// RFC 4035 5.3.3: min of TTL, original TTL, remaining time; 0 unless secure or insecure.
  std::uint32_t ttl_s_max = 0;
  std::optional<std::uint8_t> wildcard_labels = std::nullopt;  // expanded from this many labels
};

/// The keys of a zone that a validated DNSKEY RRset holds.
struct ZoneKeys {
  dns::Name zone;
  std::vector<dns::DnskeyRdata> keys;             // zone keys, protocol 3, not revoked
  std::vector<std::uint16_t> tags;                // key_tag of each
  std::vector<std::uint16_t> flagless_tags = {};  // of keys without the zone key flag
  /// Equal for equal keys of one zone: the RRset's rdata_id(). Zero: made by hand, unknown.
  Digest128 id = {};
  /// ValidationLimits::needs_all_ds_algorithms: each of these must have signed. Empty: any.
  std::vector<std::uint8_t> needed_algorithms = {};
};
/// The usable keys of a DNSKEY RRset, whatever signed it. A revoked key (RFC 5011 2.1) is not
/// usable: it may sign nothing but its own revocation.
ZoneKeys zone_keys(const dns::RRset& dnskey_rrset);
/// The same of a zone with this DS RRset, with the algorithms that it needs.
ZoneKeys zone_keys(const Validator& validator, const dns::RRset& dnskey_rrset,
                   const dns::RRset& ds_rrset);

/// The bound on NSEC3 iterations that holds for a zone with these keys.
std::uint16_t nsec3_iterations_max(const ValidationLimits& limits, const ZoneKeys& keys);

/// RFC 4035 5.3: is `entry` signed by one of `keys`? One good signature is enough (5.3.3, RFC 6840
/// 5.4), or one of each of `keys.needed_algorithms`, the first of which that has none decides; the
/// first good one in order of `entry.rrsigs` is used. A signature fails at the first of:
/// signer, labels, key, key flags, times, octets. Of several failures the one that got furthest is
/// reported, the first of equals: crypto before times before keys before names before missing.
/// Signatures with unsupported algorithms are passed over. An RRset without any other is
/// signature_missing. `entry.rrset` must not be null.
RRsetVerdict validate_rrset(const Validator& validator, const dns::SignedRRset& entry,
                            const ZoneKeys& keys, SimTime now);

/// Why a zone with this DS RRset is insecure all the same: no record has a supported algorithm and
/// digest (RFC 4035 5.2, RFC 6840 5.2). nullopt if one has.
std::optional<Reason> why_unusable(const SignatureVerifier& verifier, const dns::RRset& ds_rrset);

/// RFC 4035 5.2: does a DS of `ds_rrset` match a key that signs `dnskeys`? With
/// ValidationLimits::needs_all_ds_algorithms one of each algorithm does. Insecure if the DS RRset
/// is unusable (why_unusable()). SHA-1 DS are ignored where a SHA-2 one exists (RFC 4509 3).
/// Neither RRset may be null.
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
  dns::Name qname;  // the owner of the delegation, for no_ds_referral
  dns::RRType qtype = dns::RRType::a;
  std::uint8_t wildcard_labels = 0;  // only for wildcard_expansion
};

/// Validates the NSEC / NSEC3 RRsets needed for the proof (each must verify; the first failure is
/// the verdict, and names its owner) and checks that they prove it. They are looked at in the order
/// closest encloser (or exact match), next closer name, wildcard. `proof` is the authority section
/// as received; RRsets that the proof does not use are not looked at. NSEC3 is used where there is
/// any, NSEC otherwise.
///
/// Secure: proved. Insecure: no_ds_proved (the good outcome of no_ds_referral), an NSEC3 with
/// opt-out over the next closer name (opt_out_span: the name may exist as an unsigned delegation,
/// so the answer may not have AD set, RFC 5155 9.2; NXDOMAIN, wildcards and empty non-terminals
/// above unsigned delegations, erratum 3441, included), or nsec3_iterations_too_high on an NSEC3
/// that verifies (RFC 9276 3.2). Else bogus. `ttl_s_max` is the smallest of the RRsets used.
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
/// chains inside one zone, wildcard expansions, NODATA, NXDOMAIN, and the SOA that comes with a
/// denial; other RRsets of the authority section are not looked at. The first insecure delegation
/// ends the walk: all below it is insecure. Missing pieces: DNSKEY: dnskey_rrset_missing; DS
/// without a proof of its absence: denial_missing; a response that is neither NOERROR nor NXDOMAIN,
/// or answers something else: chain_unavailable. A CNAME or DNAME that leaves the zone ends the
/// walk there: the rest needs a chain of its own.
ChainVerdict validate(const Validator& validator, const Chain& chain, SimTime now);

}  // namespace zonefall::dnssec
