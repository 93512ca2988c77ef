#include <algorithm>

#include "zonefall/core/assert.h"
#include "zonefall/core/ids.h"
#include "zonefall/dnssec/validate.h"

namespace zonefall::dnssec {

namespace {

/// How far a signature got before it failed: the further, the more telling.
int progress(Reason failure) {
  switch (failure) {
    case Reason::signature_missing: return 0;
    case Reason::signer_mismatch: return 1;
    case Reason::labels_invalid: return 2;
    case Reason::dnskey_missing: return 3;
    case Reason::dnskey_not_zone_key: return 4;
    case Reason::signature_expired_before_inception: return 5;
    case Reason::signature_not_yet_valid: return 6;
    case Reason::signature_expired: return 7;
    case Reason::signature_crypto_failed: return 8;
    case Reason::validation_limit: return 9;
    case Reason::validated:
    case Reason::no_ds_proved:
    case Reason::opt_out_span:
    case Reason::unsupported_algorithm:
    case Reason::unsupported_digest:
    case Reason::nsec3_iterations_too_high:
    case Reason::negative_trust_anchor:
    case Reason::no_trust_anchor:
    case Reason::chain_unavailable:
    case Reason::no_key_matches_ds:
    case Reason::dnskey_rrset_missing:
    case Reason::denial_missing:
    case Reason::denial_incomplete:
    case Reason::denial_contradicts:
    case Reason::wildcard_unproved:
    case Reason::rrset_malformed: break;
  }
  ZF_ASSERT(false);
}

/// RFC 4034 3.1.3: neither the root label nor a leading "*" counts.
std::size_t signed_labels(const dns::Name& owner) {
  return owner.label_count() - (owner.is_wildcard() ? 1 : 0);
}

std::optional<Reason> name_failure(const dns::RRset& rrset, const dns::RrsigFields& fields,
                                   const dns::Name& zone) {
  const dns::Name& owner = rrset.owner();
  const bool in_zone = owner.is_at_or_below(zone) && fields.signer == zone;
  // The DS of a zone belongs to its parent (RFC 4035 2.4).
  const bool ds_of_zone = rrset.type() == dns::RRType::ds && owner == zone;
  if (!in_zone || ds_of_zone) return Reason::signer_mismatch;
  if (fields.type_covered != rrset.type()) return Reason::signature_missing;
  // Fewer labels than the signer would be a wildcard above the zone.
  if (fields.labels > signed_labels(owner) || fields.labels < zone.label_count()) {
    return Reason::labels_invalid;
  }
  return {};
}

/// Serial arithmetic (RFC 4034 3.1.5): the instant nearest to `now_s` that `serial` may stand for.
std::int64_t nearest_instant(std::uint32_t serial, std::int64_t now_s) {
  return now_s + static_cast<std::int32_t>(serial - static_cast<std::uint32_t>(now_s));
}

/// Signatures of one RRset, tried one by one.
class Attempts {
 public:
  /// `octet_checks`: signatures of the RRset that got as far as their octets.
  Attempts(const Validator& validator, const dns::SignedRRset& entry, const ZoneKeys& keys,
           SimTime now, std::uint32_t& octet_checks)
      : validator_(validator),
        rrset_(*entry.rrset),
        keys_(keys),
        now_s_(now.to_unix_s()),
        octet_checks_(octet_checks) {
    best_.verdict =
        Verdict::of(Reason::signature_missing, entry.rrset->owner(), entry.rrset->type());
  }

  /// True once a signature is good; result() is then about that one.
  bool try_signature(const dns::Rrsig& rrsig) {
    const dns::RrsigFields& fields = rrsig.fields();
    if (!validator_.verifier.supports(fields.algorithm)) return false;
    if (const auto failure = name_failure(rrset_, fields, keys_.zone))
      return fail(*failure, fields);
    const std::vector<std::size_t> candidates = matching_keys(fields);
    if (candidates.empty()) return fail(key_failure(fields), fields);
    if (const auto failure = time_failure(fields)) return fail(*failure, fields);
    if (octet_checks_ == validator_.limits.signatures_per_rrset_max) {
      return fail(Reason::validation_limit, fields);
    }
    octet_checks_ += 1;
    for (std::size_t tried = 0; tried < candidates.size(); ++tried) {
      if (tried == validator_.limits.keys_per_tag_max) {
        return fail(Reason::validation_limit, fields);
      }
      if (validator_.verifier.verifies(rrset_, rrsig, keys_.keys[candidates[tried]])) {
        succeed(fields);
        return true;
      }
    }
    return fail(Reason::signature_crypto_failed, fields);
  }

  [[nodiscard]] const RRsetVerdict& result() const { return best_; }

 private:
  std::vector<std::size_t> matching_keys(const dns::RrsigFields& fields) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < keys_.keys.size(); ++i) {
      if (keys_.tags[i] == fields.key_tag && keys_.keys[i].algorithm == fields.algorithm) {
        found.push_back(i);
      }
    }
    return found;
  }

  [[nodiscard]] Reason key_failure(const dns::RrsigFields& fields) const {
    const auto& tags = keys_.flagless_tags;
    const bool flagless = std::find(tags.begin(), tags.end(), fields.key_tag) != tags.end();
    return flagless ? Reason::dnskey_not_zone_key : Reason::dnskey_missing;
  }

  /// Also narrows the period in which the verdict holds to the one around now in which this
  /// signature's times say the same.
  std::optional<Reason> time_failure(const dns::RrsigFields& fields) {
    if (serial_after(fields.inception, fields.expiration)) {
      return Reason::signature_expired_before_inception;
    }
    const Period good = good_period(fields);
    Period& holds = best_.holds;
    if (now_s_ < good.from_s) {
      holds.until_s = std::min(holds.until_s, good.from_s - 1);
      return Reason::signature_not_yet_valid;
    }
    holds.from_s = std::max(holds.from_s, good.from_s);
    if (good.until_s < now_s_) {
      holds.from_s = std::max(holds.from_s, good.until_s + 1);
      return Reason::signature_expired;
    }
    holds.until_s = std::min(holds.until_s, good.until_s);
    return {};
  }

  [[nodiscard]] Period good_period(const dns::RrsigFields& fields) const {
    const std::int64_t inception_s = nearest_instant(fields.inception, now_s_);
    const std::int64_t expiration_s = nearest_instant(fields.expiration, now_s_);
    // Where the bounds contradict each other the upper one wins, as in Unbound.
    const std::int64_t skew_s =
        std::min(std::max((expiration_s - inception_s) / 10, validator_.limits.skew_min_s),
                 validator_.limits.skew_max_s);
    return {inception_s - skew_s, expiration_s + skew_s};
  }

  bool fail(Reason failure, const dns::RrsigFields& fields) {
    if (progress(failure) > progress(best_.verdict.reason)) {
      best_.verdict = Verdict::of(failure, rrset_.owner(), rrset_.type());
      best_.verdict.key_tag = fields.key_tag;
    }
    return false;
  }

  void succeed(const dns::RrsigFields& fields) {
    const std::int64_t expiration_s = nearest_instant(fields.expiration, now_s_);
    const auto left_s =
        static_cast<std::uint32_t>(std::max<std::int64_t>(0, expiration_s - now_s_));
    best_.verdict = Verdict::of(Reason::validated, rrset_.owner(), rrset_.type());
    best_.verdict.key_tag = fields.key_tag;
    best_.holds = good_period(fields);
    best_.ttl_s_max = std::min({rrset_.ttl_s(), fields.original_ttl_s, left_s});
    if (fields.labels < signed_labels(rrset_.owner())) best_.wildcard_labels = fields.labels;
  }

  const Validator& validator_;
  const dns::RRset& rrset_;
  const ZoneKeys& keys_;
  std::int64_t now_s_;
  std::uint32_t& octet_checks_;
  RRsetVerdict best_;
};

/// RFC 6840 5.11: what a good signature of one algorithm adds to those of the others.
void add_algorithm(const RRsetVerdict& one, RRsetVerdict& all) {
  all.ttl_s_max = std::min(all.ttl_s_max, one.ttl_s_max);
  // Where one says that the RRset was expanded from a wildcard, that needs its proof.
  const bool is_shorter =
      one.wildcard_labels && (!all.wildcard_labels || *one.wildcard_labels < *all.wildcard_labels);
  if (is_shorter) all.wildcard_labels = one.wildcard_labels;
}

}  // namespace

Period Period::operator&(const Period& other) const {
  return {std::max(from_s, other.from_s), std::min(until_s, other.until_s)};
}

RRsetVerdict validate_rrset(const Validator& validator, const dns::SignedRRset& entry,
                            const ZoneKeys& keys, SimTime now) {
  ZF_ASSERT(entry.rrset != nullptr);
  std::uint32_t octet_checks = 0;
  if (keys.needed_algorithms.empty()) {
    Attempts attempts(validator, entry, keys, now, octet_checks);
    for (const dns::RrsigPtr& rrsig : entry.rrsigs) {
      if (attempts.try_signature(*rrsig)) break;
    }
    return attempts.result();
  }
  std::optional<RRsetVerdict> all;
  for (const std::uint8_t algorithm : keys.needed_algorithms) {
    Attempts attempts(validator, entry, keys, now, octet_checks);
    for (const dns::RrsigPtr& rrsig : entry.rrsigs) {
      if (rrsig->fields().algorithm == algorithm && attempts.try_signature(*rrsig)) break;
    }
    RRsetVerdict one = attempts.result();
    if (all) one.holds = one.holds & all->holds;
    if (one.verdict.security != Security::secure) return one;
    if (!all) all = one;
    all->holds = one.holds;
    add_algorithm(one, *all);
  }
  return *all;
}

}  // namespace zonefall::dnssec
