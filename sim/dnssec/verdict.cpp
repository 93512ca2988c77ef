#include "zonefall/dnssec/verdict.h"

#include <array>
#include <cstddef>

#include <fmt/format.h>

#include "zonefall/core/assert.h"

namespace zonefall::dnssec {

namespace {

using dns::EdeCode;

struct Row {
  Reason reason;
  ReasonInfo info;
};

// In the order of the enumerators, which the assertion below holds it to.
constexpr std::array rows{
    Row{Reason::validated,
        {Security::secure, "validated", "validated", "RFC 4035 5.3", std::nullopt}},
    Row{Reason::no_ds_proved,
        {Security::insecure, "no_ds_proved", "the delegation is proved to have no DS",
         "RFC 4035 5.2", std::nullopt}},
    Row{Reason::opt_out_span,
        {Security::insecure, "opt_out_span", "unsigned names may exist in this opt-out span",
         "RFC 5155 9.2", std::nullopt}},
    Row{Reason::unsupported_algorithm,
        {Security::insecure, "unsupported_algorithm", "no DS has a supported algorithm",
         "RFC 4035 5.2", EdeCode::unsupported_dnskey_algorithm}},
    Row{Reason::unsupported_digest,
        {Security::insecure, "unsupported_digest", "no DS has a supported digest type",
         "RFC 4509 3", EdeCode::unsupported_ds_digest_type}},
    Row{Reason::nsec3_iterations_too_high,
        {Security::insecure, "nsec3_iterations_too_high", "NSEC3 iterations are above the limit",
         "RFC 9276 3.2", EdeCode::unsupported_nsec3_iterations}},
    Row{Reason::negative_trust_anchor,
        {Security::insecure, "negative_trust_anchor", "a negative trust anchor covers the name",
         "RFC 7646 2", EdeCode::negative_trust_anchor}},
    Row{Reason::no_trust_anchor,
        {Security::indeterminate, "no_trust_anchor", "no trust anchor above the name",
         "RFC 4035 4.3", EdeCode::dnssec_indeterminate}},
    Row{Reason::chain_unavailable,
        {Security::indeterminate, "chain_unavailable", "a needed RRset could not be fetched",
         "RFC 4035 4.3", EdeCode::dnssec_indeterminate}},
    Row{Reason::signature_crypto_failed,
        {Security::bogus, "signature_crypto_failed", "signature does not verify", "RFC 4035 5.3.3",
         EdeCode::dnssec_bogus}},
    Row{Reason::signature_expired,
        {Security::bogus, "signature_expired", "signature has expired", "RFC 4035 5.3.1",
         EdeCode::signature_expired}},
    Row{Reason::signature_not_yet_valid,
        {Security::bogus, "signature_not_yet_valid", "signature is not yet valid", "RFC 4035 5.3.1",
         EdeCode::signature_not_yet_valid}},
    Row{Reason::signature_expired_before_inception,
        {Security::bogus, "signature_expired_before_inception",
         "signature expires before its inception", "RFC 4034 3.1.5",
         EdeCode::signature_expired_before_valid}},
    Row{Reason::signature_missing,
        {Security::bogus, "signature_missing", "no usable signature", "RFC 4035 5",
         EdeCode::rrsigs_missing}},
    Row{Reason::signer_mismatch,
        {Security::bogus, "signer_mismatch", "signer is not the zone of the RRset",
         "RFC 4035 5.3.1", EdeCode::dnssec_bogus}},
    Row{Reason::labels_invalid,
        {Security::bogus, "labels_invalid", "label count of the signature does not fit the owner",
         "RFC 4035 5.3.1", EdeCode::dnssec_bogus}},
    Row{Reason::dnskey_missing,
        {Security::bogus, "dnskey_missing", "no DNSKEY has the signature's tag and algorithm",
         "RFC 4035 5.3.1", EdeCode::dnskey_missing}},
    Row{Reason::dnskey_not_zone_key,
        {Security::bogus, "dnskey_not_zone_key", "the DNSKEY lacks the zone key flag",
         "RFC 4035 5.3.1", EdeCode::no_zone_key_bit_set}},
    Row{Reason::no_key_matches_ds,
        {Security::bogus, "no_key_matches_ds", "no DNSKEY that a DS names signs the DNSKEY RRset",
         "RFC 4035 5.2", EdeCode::dnskey_missing}},
    Row{Reason::dnskey_rrset_missing,
        {Security::bogus, "dnskey_rrset_missing", "the zone has a DS but no DNSKEY RRset",
         "RFC 4035 5.2", EdeCode::dnskey_missing}},
    Row{Reason::denial_missing,
        {Security::bogus, "denial_missing", "no NSEC or NSEC3 where one is needed", "RFC 4035 5.4",
         EdeCode::nsec_missing}},
    Row{Reason::denial_incomplete,
        {Security::bogus, "denial_incomplete", "the NSEC or NSEC3 records do not prove the denial",
         "RFC 4035 5.4", EdeCode::nsec_missing}},
    Row{Reason::denial_contradicts,
        {Security::bogus, "denial_contradicts", "a record of the proof contradicts the denial",
         "RFC 4035 5.4", EdeCode::dnssec_bogus}},
    Row{Reason::wildcard_unproved,
        {Security::bogus, "wildcard_unproved", "no proof that the wildcard was to be expanded",
         "RFC 4035 5.3.4", EdeCode::nsec_missing}},
    Row{Reason::rrset_malformed,
        {Security::bogus, "rrset_malformed", "malformed records are left out of what was signed",
         "RFC 1035 3.4.1", EdeCode::other}},
    Row{Reason::validation_limit,
        {Security::bogus, "validation_limit", "a bound on validation work was hit",
         "RFC 4035 5.3.3", EdeCode::dnssec_bogus}},
};

constexpr bool in_enumerator_order() {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (static_cast<std::size_t>(rows[i].reason) != i) return false;
  }
  return true;
}
static_assert(in_enumerator_order());
static_assert(rows.size() == static_cast<std::size_t>(Reason::validation_limit) + 1);

}  // namespace

const ReasonInfo& info(Reason reason) {
  const auto index = static_cast<std::size_t>(reason);
  ZF_ASSERT(index < rows.size());
  return rows[index].info;
}

std::string_view to_text(Security security) {
  switch (security) {
    case Security::secure: return "secure";
    case Security::insecure: return "insecure";
    case Security::bogus: return "bogus";
    case Security::indeterminate: return "indeterminate";
  }
  ZF_ASSERT(false);
}

Verdict Verdict::of(Reason reason, const dns::Name& owner, dns::RRType type) {
  return {info(reason).security, reason, owner, type, std::nullopt};
}

std::string Verdict::to_text() const {
  const ReasonInfo& row = info(reason);
  std::string text = fmt::format("{}: {}: {} {}", dnssec::to_text(security), row.text,
                                 owner.to_text(), dns::to_text(type));
  if (key_tag) text += fmt::format(", key tag {}", *key_tag);
  text += fmt::format(" ({}", row.rfc);
  if (row.ede) text += fmt::format(", EDE {}", static_cast<unsigned>(*row.ede));
  return text + ")";
}

}  // namespace zonefall::dnssec
