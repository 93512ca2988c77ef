// Which Extended DNS Error a failure carries (RFC 8914), by implementation style.
#include "zonefall/resolver/policy.h"

namespace zonefall::resolver {

using dns::EdeCode;
using dnssec::Security;

namespace {

std::optional<EdeCode> reason_code(const dnssec::Verdict& verdict) {
  return dnssec::info(verdict.reason).ede;
}

}  // namespace

std::optional<EdeCode> failure_ede(const ResolverProfile& profile, const dnssec::Verdict& verdict,
                                   bool chain_failed, bool from_cache) {
  if (from_cache && !profile.ede_from_failure_cache) return std::nullopt;
  const bool bogus = verdict.security == Security::bogus;
  switch (profile.ede_style) {
    case EdeStyle::none:
    case EdeStyle::stale_only:
      return std::nullopt;
    case EdeStyle::bogus_6:
      return bogus ? std::optional(EdeCode::dnssec_bogus) : reason_code(verdict);
    case EdeStyle::chain_9_then_6:
      if (!bogus) return reason_code(verdict);
      // Times are told apart in every case; crypto failures in the chain read as a missing key.
      if (verdict.reason == dnssec::Reason::signature_expired) return EdeCode::signature_expired;
      return chain_failed && !from_cache ? EdeCode::dnskey_missing : EdeCode::dnssec_bogus;
    case EdeStyle::by_reason:
      return reason_code(verdict);
    case EdeStyle::no_reachable_authority_22:
      return EdeCode::no_reachable_authority;
  }
  return std::nullopt;
}

}  // namespace zonefall::resolver
