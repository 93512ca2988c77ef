#include "dnssec/denial.h"

#include <algorithm>
#include <limits>

#include "zonefall/core/assert.h"
#include "zonefall/dnssec/key.h"

namespace zonefall::dnssec {

using dns::RRType;

DenialProof::DenialProof(const Validator& validator, std::span<const dns::SignedRRset> records,
                         const ZoneKeys& keys, SimTime now)
    : validator_(validator), records_(records), keys_(keys), now_(now) {
  sum_.ttl_s_max = std::numeric_limits<std::uint32_t>::max();
}

std::uint16_t nsec3_iterations_max(const ValidationLimits& limits, const ZoneKeys& keys) {
  const std::vector<Nsec3IterationBound>& bounds = limits.nsec3_iterations_by_key_size;
  if (bounds.empty()) return limits.nsec3_iterations_max;
  std::uint32_t bits = std::numeric_limits<std::uint32_t>::max();
  for (const dns::DnskeyRdata& key : keys.keys) bits = std::min(bits, key_bits(key));
  const auto bound =
      std::find_if(bounds.begin(), bounds.end(),
                   [bits](const Nsec3IterationBound& one) { return bits <= one.key_bits_max; });
  return bound != bounds.end() ? bound->iterations_max : bounds.back().iterations_max;
}

std::optional<RRsetVerdict> DenialProof::use(std::size_t index) {
  const auto same = [index](const Use& earlier) { return earlier.index == index; };
  if (std::any_of(used_.begin(), used_.end(), same)) return {};
  RRsetVerdict result = validate_rrset(validator_, records_[index], keys_, now_);
  const Period both = sum_.holds & result.holds;
  if (result.verdict.security == Security::secure && result.wildcard_labels) {
    result = about(index, Reason::labels_invalid);
  }
  result.holds = both;
  if (result.verdict.security != Security::secure) return result;
  sum_.holds = both;
  sum_.ttl_s_max = std::min(sum_.ttl_s_max, result.ttl_s_max);
  used_.push_back({index, result.verdict.key_tag});
  return {};
}

RRsetVerdict DenialProof::about(std::size_t index, Reason reason) const {
  const dns::RRset& rrset = *records_[index].rrset;
  RRsetVerdict result = about(rrset.owner(), rrset.type(), reason);
  for (const Use& use : used_) {
    if (use.index == index) result.verdict.key_tag = use.key_tag;
  }
  return result;
}

RRsetVerdict DenialProof::about(const dns::Name& name, RRType type, Reason reason) const {
  RRsetVerdict result;
  result.verdict = Verdict::of(reason, name, type);
  result.holds = sum_.holds;
  return result;
}

RRsetVerdict DenialProof::proved(Reason reason) const {
  ZF_ASSERT(!used_.empty());
  return proved(used_.front().index, reason);
}

RRsetVerdict DenialProof::proved(std::size_t index, Reason reason) const {
  RRsetVerdict result = about(index, reason);
  result.ttl_s_max = sum_.ttl_s_max;
  return result;
}

dns::Name wildcard_of(const dns::Name& closest_encloser) {
  auto wildcard = closest_encloser.wildcard_child();
  ZF_ASSERT(wildcard.ok());
  return std::move(wildcard).value();
}

bool hides_what_is_below(const dns::TypeBitmap& types) {
  const bool delegation = types.contains(RRType::ns) && !types.contains(RRType::soa);
  return delegation || types.contains(RRType::dname);
}

std::optional<Reason> bitmap_failure(const dns::TypeBitmap& types, const DenialQuestion& question) {
  const bool apex = types.contains(RRType::soa);
  const bool cut = types.contains(RRType::ns) && !apex;
  if (question.denial == Denial::no_ds_referral) {
    const bool delegation_without_ds = cut && !types.contains(RRType::ds);
    return delegation_without_ds ? std::nullopt : std::optional(Reason::denial_contradicts);
  }
  if (types.contains(question.qtype) || types.contains(RRType::cname)) {
    return Reason::denial_contradicts;
  }
  // Every name has a type to answer ANY with, but for empty non-terminals (RFC 5155 7.1).
  if (question.qtype == RRType::any && !types.empty()) return Reason::denial_contradicts;
  // Above a cut only the parent speaks about DS, below it only the child about the rest.
  const bool wrong_side = question.qtype == RRType::ds ? apex && !question.qname.is_root() : cut;
  return wrong_side ? std::optional(Reason::denial_contradicts) : std::nullopt;
}

RRsetVerdict validate_denial(const Validator& validator, const DenialQuestion& question,
                             std::span<const dns::SignedRRset> proof, const ZoneKeys& keys,
                             SimTime now) {
  DenialProof work(validator, proof, keys, now);
  const auto has = [proof](RRType type) {
    return std::any_of(proof.begin(), proof.end(), [type](const dns::SignedRRset& entry) {
      return entry.rrset->type() == type;
    });
  };
  const Reason missing = question.denial == Denial::wildcard_expansion ? Reason::wildcard_unproved
                                                                       : Reason::denial_missing;
  const RRType type = question.denial == Denial::no_ds_referral ? RRType::ds : question.qtype;
  if (!question.qname.is_at_or_below(keys.zone)) return work.about(question.qname, type, missing);
  if (has(RRType::nsec3) && has(RRType::nsec)) {
    // A zone that changes from one to the other may send both (RFC 5155 10.4): one will do.
    RRsetVerdict by_nsec = validate_denial_nsec(work, question);
    if (by_nsec.verdict.security != Security::bogus) return by_nsec;
    DenialProof anew(validator, proof, keys, now);
    RRsetVerdict by_nsec3 = validate_denial_nsec3(anew, question);
    by_nsec3.holds = by_nsec3.holds & by_nsec.holds;
    return by_nsec3;
  }
  if (has(RRType::nsec3)) return validate_denial_nsec3(work, question);
  if (has(RRType::nsec)) return validate_denial_nsec(work, question);
  return work.about(question.qname, type, missing);
}

}  // namespace zonefall::dnssec
