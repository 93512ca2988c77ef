// Which Extended DNS Error a failure carries (RFC 8914), by implementation style.
#include "zonefall/resolver/policy.h"

namespace zonefall::resolver {

using dns::EdeCode;

namespace {

// The reasons that mean "no key verifies this", which most implementations do not tell apart.
bool no_key_verifies(dnssec::Reason reason) {
  return reason == dnssec::Reason::signature_crypto_failed ||
         reason == dnssec::Reason::dnskey_missing || reason == dnssec::Reason::no_key_matches_ds;
}

bool is_about_times(dnssec::Reason reason) {
  return reason == dnssec::Reason::signature_expired ||
         reason == dnssec::Reason::signature_not_yet_valid;
}

// Only a missing denial of a DS RRset has a code of its own (12), others mean "bogus".
bool is_plainly_bogus(const dnssec::Verdict& verdict) {
  if (no_key_verifies(verdict.reason)) return true;
  const bool is_denial = verdict.reason == dnssec::Reason::denial_missing ||
                         verdict.reason == dnssec::Reason::denial_incomplete ||
                         verdict.reason == dnssec::Reason::denial_contradicts ||
                         verdict.reason == dnssec::Reason::wildcard_unproved;
  return is_denial && verdict.type != dns::RRType::ds;
}

}  // namespace

std::optional<EdeCode> stale_ede(const ResolverProfile& profile, bool nxdomain) {
  const bool is_silent =
      profile.ede_style == EdeStyle::none || profile.ede_style == EdeStyle::by_record;
  if (is_silent) return std::nullopt;
  return nxdomain && profile.stale_nxdomain_ede ? EdeCode::stale_nxdomain_answer
                                                : EdeCode::stale_answer;
}

namespace {

EdeCode bogus_6_or(const dnssec::Verdict& verdict) {
  return is_plainly_bogus(verdict)
             ? EdeCode::dnssec_bogus
             : dnssec::info(verdict.reason).ede.value_or(EdeCode::dnssec_bogus);
}

EdeCode chain_9_then_6(const KnownFailure& failure) {
  if (failure.source == FailureSource::remembered_answer) return EdeCode::dnssec_bogus;
  const bool broke_chain = failure.chain_failed && failure.source == FailureSource::this_query;
  const bool lacks_key = failure.verdict.reason == dnssec::Reason::dnskey_missing;
  if (is_plainly_bogus(failure.verdict) && (broke_chain || lacks_key)) {
    return EdeCode::dnskey_missing;
  }
  return bogus_6_or(failure.verdict);
}

// Its cache answers with what is left of a bogus denial of keys.
EdeCode bogus_6_denial_12(const KnownFailure& failure) {
  const dnssec::Verdict& verdict = failure.verdict;
  if (verdict.reason == dnssec::Reason::dnskey_rrset_missing) {
    return failure.at_new_delegation ? EdeCode::nsec_missing : EdeCode::other;
  }
  const bool is_direct = verdict.reason == dnssec::Reason::denial_missing && !failure.chain_failed;
  return is_direct ? EdeCode::rrsigs_missing : bogus_6_or(verdict);
}

EdeCode by_record(const dnssec::Verdict& verdict) {
  if (verdict.reason == dnssec::Reason::dnskey_missing) return EdeCode::dnssec_bogus;
  if (verdict.reason == dnssec::Reason::dnskey_rrset_missing) return EdeCode::rrsigs_missing;
  return dnssec::info(verdict.reason).ede.value_or(EdeCode::dnssec_bogus);
}

}  // namespace

std::optional<EdeCode> failure_ede(const ResolverProfile& profile, const KnownFailure& failure) {
  const bool is_remembered = failure.source != FailureSource::this_query;
  if (is_remembered && !profile.ede_from_failure_cache) return std::nullopt;
  const dnssec::Verdict& verdict = failure.verdict;
  const std::optional<EdeCode> own_code = dnssec::info(verdict.reason).ede;
  const EdeStyle style = own_code || profile.ede_style == EdeStyle::no_reachable_authority_22
                             ? profile.ede_style
                             : EdeStyle::none;
  switch (style) {
    case EdeStyle::none:
    case EdeStyle::stale_only: return std::nullopt;
    case EdeStyle::stale_and_times: return is_about_times(verdict.reason) ? own_code : std::nullopt;
    case EdeStyle::no_reachable_authority_22: return EdeCode::no_reachable_authority;
    case EdeStyle::bogus_6_key_9:
      return verdict.reason == dnssec::Reason::dnskey_missing ? own_code : bogus_6_or(verdict);
    case EdeStyle::bogus_6_denial_12: return bogus_6_denial_12(failure);
    case EdeStyle::bogus_6_ds_9:
      return verdict.reason == dnssec::Reason::no_key_matches_ds ? own_code
                                                                 : bogus_6_denial_12(failure);
    case EdeStyle::chain_9_then_6: return chain_9_then_6(failure);
    case EdeStyle::by_record: return by_record(verdict);
    case EdeStyle::bogus_6: return bogus_6_or(verdict);
    case EdeStyle::by_reason: return own_code;
  }
  return std::nullopt;
}

}  // namespace zonefall::resolver
