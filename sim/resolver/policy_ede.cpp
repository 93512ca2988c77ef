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
  if (profile.ede_style == EdeStyle::none) return std::nullopt;
  return nxdomain && profile.stale_nxdomain_ede ? EdeCode::stale_nxdomain_answer
                                                : EdeCode::stale_answer;
}

std::optional<EdeCode> failure_ede(const ResolverProfile& profile, const dnssec::Verdict& verdict,
                                   bool chain_failed, bool from_cache) {
  if (from_cache && !profile.ede_from_failure_cache) return std::nullopt;
  const std::optional<EdeCode> own_code = dnssec::info(verdict.reason).ede;
  switch (profile.ede_style) {
    case EdeStyle::none:
    case EdeStyle::stale_only: return std::nullopt;
    case EdeStyle::bogus_6: return is_plainly_bogus(verdict) ? EdeCode::dnssec_bogus : own_code;
    case EdeStyle::chain_9_then_6:
      if (!is_plainly_bogus(verdict)) return own_code;
      return chain_failed && !from_cache ? EdeCode::dnskey_missing : EdeCode::dnssec_bogus;
    case EdeStyle::by_reason: return own_code;
    case EdeStyle::no_reachable_authority_22: return EdeCode::no_reachable_authority;
  }
  return std::nullopt;
}

}  // namespace zonefall::resolver
