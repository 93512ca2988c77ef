#include "registry/checker.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "zonefall/authority/answer.h"
#include "zonefall/core/assert.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/rng.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::registry {
namespace {

/// The DNSKEY RRset as a response gives it; null where there is none.
dns::SignedRRset served_dnskeys(const authority::ZoneVersion& version) {
  const auto reply = authority::answer(version, {version.apex(), dns::RRType::dnskey}, {});
  for (const dns::SignedRRset& entry : reply.message->answer) {
    if (entry.rrset->type() == dns::RRType::dnskey) return entry;
  }
  return {};
}

/// What one look asks, in order.
std::vector<dns::Question> questions_of_look(const RegistryPlan& plan, const Checker& checker,
                                             const authority::ZoneVersion& version, Rng& rng) {
  std::vector<dns::Question> questions = {{plan.zone, dns::RRType::dnskey},
                                          {plan.zone, dns::RRType::soa},
                                          apex_denial_question(version)};
  if (plan.checked_names.empty()) return questions;
  for (std::uint32_t i = 0; i < checker.sample; ++i) {
    const std::uint64_t drawn = rng.below(plan.checked_names.size());
    questions.push_back({plan.checked_names[drawn], dns::RRType::ds});
  }
  return questions;
}

/// A stream for each look: what one look draws does not move the next.
Rng stream_of_look(const RegistryPlan& plan, const Checker& checker, std::uint64_t look) {
  static const std::uint64_t looks = purpose("checker look");
  return Rng({plan.seed, hash_combine(hash_text(checker.name), look), looks});
}

std::optional<Alert> look(const RegistryPlan& plan, const Checker& checker,
                          const Publication& publication, const dns::RRsetPtr& parent_ds,
                          SimTime at, Rng rng) {
  const std::uint64_t site = rng.below(plan.site_names.size());
  const auto served = publication.sites[site].index_at(at);
  ZF_ASSERT(served.has_value());
  const authority::ZoneVersion& version = *publication.history->entries()[*served].version;
  const dnssec::IdentityVerifier verifier;
  for (const dns::Question& question : questions_of_look(plan, checker, version, rng)) {
    dnssec::Verdict verdict = verdict_on({verifier}, version, parent_ds, question, at);
    if (is_failure(verdict)) {
      return Alert{at, at + checker.processing, plan.site_names[site], std::move(verdict)};
    }
  }
  return std::nullopt;
}

}  // namespace

bool is_failure(const dnssec::Verdict& verdict) {
  switch (verdict.security) {
    case dnssec::Security::secure:
    case dnssec::Security::insecure: return false;
    case dnssec::Security::bogus:
    case dnssec::Security::indeterminate: return true;
  }
  ZF_ASSERT(false);
}

dnssec::Verdict verdict_on(const dnssec::Validator& validator,
                           const authority::ZoneVersion& version, const dns::RRsetPtr& parent_ds,
                           const dns::Question& question, SimTime now) {
  dnssec::Chain chain;
  chain.trust_anchor = parent_ds;
  chain.anchor_keys = served_dnskeys(version);
  chain.question = question;
  chain.response = *authority::answer(version, question, {}).message;
  return dnssec::validate(validator, chain, now).verdict;
}

dns::Question apex_denial_question(const authority::ZoneVersion& version) {
  constexpr std::array rare_types = {dns::RRType::hinfo, dns::RRType::naptr, dns::RRType::ptr,
                                     dns::RRType::tlsa, dns::RRType::srv};
  const authority::Node apex = version.node(version.apex());
  for (dns::RRType type : rare_types) {
    if (apex.find(type) == nullptr) return {version.apex(), type};
  }
  return {version.apex(), dns::RRType::ds};  // the parent's, never found here
}

std::optional<Alert> first_alert(const RegistryPlan& plan, const Checker& checker,
                                 const Publication& publication, const dns::RRsetPtr& parent_ds) {
  static const std::uint64_t offsets = purpose("checker offset");
  const auto interval_s = static_cast<std::uint64_t>(checker.interval.to_seconds());
  Rng rng({plan.seed, hash_text(checker.name), offsets});
  SimTime at = plan.from + Duration::seconds(static_cast<std::int64_t>(rng.below(interval_s)));
  for (std::uint64_t n = 0; at < plan.until; ++n, at += checker.interval) {
    auto alert = look(plan, checker, publication, parent_ds, at, stream_of_look(plan, checker, n));
    if (alert) return alert;
  }
  return std::nullopt;
}

}  // namespace zonefall::registry
