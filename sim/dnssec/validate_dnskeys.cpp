#include <algorithm>

#include "zonefall/core/assert.h"
#include "zonefall/dnssec/validate.h"

namespace zonefall::dnssec {

namespace {

constexpr std::uint8_t dnssec_protocol = 3;

enum class KeyUse : std::uint8_t { usable, flagless, unusable };

KeyUse use_of(const dns::DnskeyRdata& key) {
  if (key.protocol != dnssec_protocol) return KeyUse::unusable;
  if ((key.flags & dns::DnskeyRdata::flag_revoke) != 0) return KeyUse::unusable;
  return (key.flags & dns::DnskeyRdata::flag_zone_key) != 0 ? KeyUse::usable : KeyUse::flagless;
}

RRsetVerdict without_signature(Reason reason, const dns::RRset& rrset) {
  RRsetVerdict result;
  result.verdict = Verdict::of(reason, rrset.owner(), rrset.type());
  return result;
}

/// The DS records that this program can follow, and why there are none.
struct UsableDs {
  std::vector<dns::DsRdata> records;
  Reason reason_if_empty = Reason::unsupported_algorithm;
};

UsableDs usable_ds(const SignatureVerifier& verifier, const dns::RRset& ds_rrset) {
  UsableDs usable;
  bool has_sha2 = false;
  for (const dns::RdataList::Rdata rdata : ds_rrset.rdatas()) {
    const auto ds = dns::decode_ds(rdata);
    if (!ds || !verifier.supports(ds.value().algorithm)) continue;
    const auto digest = supported_digest(ds.value().digest_type);
    if (!digest) {
      usable.reason_if_empty = Reason::unsupported_digest;
      continue;
    }
    has_sha2 = has_sha2 || *digest != DigestType::sha1;
    usable.records.push_back(ds.value());
  }
  if (has_sha2) {
    std::erase_if(usable.records, [](const dns::DsRdata& ds) {
      return supported_digest(ds.digest_type) == DigestType::sha1;
    });
  }
  return usable;
}

struct DsMatches {
  ZoneKeys keys;
  bool flagless = false;  // a DS names a key without the zone key flag
  bool limit_hit = false;
};

DsMatches keys_named_by_ds(const Validator& validator, const dns::RRset& dnskeys,
                           const std::vector<dns::DsRdata>& ds_records) {
  struct TaggedKey {
    dns::DnskeyRdata key;
    std::uint16_t tag;
    bool taken;
  };
  std::vector<TaggedKey> all;
  for (const dns::RdataList::Rdata rdata : dnskeys.rdatas()) {
    auto key = dns::decode_dnskey(rdata);
    if (!key || use_of(key.value()) == KeyUse::unusable) continue;
    const std::uint16_t tag = key_tag(key.value());
    all.push_back({std::move(key).value(), tag, false});
  }

  DsMatches matches;
  matches.keys.zone = dnskeys.owner();
  const std::size_t ds_tried =
      std::min<std::size_t>(ds_records.size(), validator.limits.ds_per_rrset_max);
  matches.limit_hit = ds_tried < ds_records.size();
  for (std::size_t i = 0; i < ds_tried; ++i) {
    const dns::DsRdata& ds = ds_records[i];
    std::uint32_t tried = 0;
    for (TaggedKey& candidate : all) {
      if (candidate.tag != ds.key_tag || candidate.key.algorithm != ds.algorithm) continue;
      if (tried == validator.limits.keys_per_tag_max) {
        matches.limit_hit = true;
        break;
      }
      tried += 1;
      if (candidate.taken || !ds_matches(ds, dnskeys.owner(), candidate.key)) continue;
      if (use_of(candidate.key) == KeyUse::flagless) {
        matches.flagless = true;
        continue;
      }
      candidate.taken = true;
      matches.keys.keys.push_back(candidate.key);
      matches.keys.tags.push_back(candidate.tag);
    }
  }
  return matches;
}

/// ValidationLimits::needs_all_ds_algorithms.
std::vector<std::uint8_t> needed_algorithms(const Validator& validator, const UsableDs& usable) {
  std::vector<std::uint8_t> needed;
  if (!validator.limits.needs_all_ds_algorithms) return needed;
  for (const dns::DsRdata& ds : usable.records) {
    const bool is_known = std::find(needed.begin(), needed.end(), ds.algorithm) != needed.end();
    if (!is_known) needed.push_back(ds.algorithm);
  }
  return needed;
}

/// The first DS record for want of whose key the zone cannot be verified; null if there is none.
const dns::DsRdata* find_keyless(const UsableDs& usable, const ZoneKeys& named) {
  const auto has_key = [&named](const dns::DsRdata& ds) {
    const bool will_any_do = named.needed_algorithms.empty();
    return std::any_of(named.keys.begin(), named.keys.end(), [&](const dns::DnskeyRdata& key) {
      return will_any_do || key.algorithm == ds.algorithm;
    });
  };
  const auto keyless = std::find_if_not(usable.records.begin(), usable.records.end(), has_key);
  return keyless != usable.records.end() ? &*keyless : nullptr;
}

/// The tag of the key that a DS record names and that has not signed, where another has: one of the
/// algorithm that was to sign, if each of them is.
std::uint16_t tag_not_signing(const ZoneKeys& named, const dns::SignedRRset& dnskeys,
                              std::uint16_t signing_tag) {
  if (named.needed_algorithms.empty()) return named.tags.front();
  for (const dns::RrsigPtr& rrsig : dnskeys.rrsigs) {
    if (rrsig->fields().key_tag != signing_tag) continue;
    for (std::size_t i = 0; i < named.keys.size(); ++i) {
      if (named.keys[i].algorithm == rrsig->fields().algorithm) return named.tags[i];
    }
  }
  return named.tags.front();
}

}  // namespace

ZoneKeys zone_keys(const Validator& validator, const dns::RRset& dnskey_rrset,
                   const dns::RRset& ds_rrset) {
  ZoneKeys keys = zone_keys(dnskey_rrset);
  keys.needed_algorithms = needed_algorithms(validator, usable_ds(validator.verifier, ds_rrset));
  return keys;
}

ZoneKeys zone_keys(const dns::RRset& dnskey_rrset) {
  ZoneKeys keys;
  keys.zone = dnskey_rrset.owner();
  keys.id = dnskey_rrset.rdata_id();
  for (const dns::RdataList::Rdata rdata : dnskey_rrset.rdatas()) {
    auto key = dns::decode_dnskey(rdata);
    if (!key) continue;
    const std::uint16_t tag = key_tag(key.value());
    switch (use_of(key.value())) {
      case KeyUse::usable:
        keys.keys.push_back(std::move(key).value());
        keys.tags.push_back(tag);
        break;
      case KeyUse::flagless: keys.flagless_tags.push_back(tag); break;
      case KeyUse::unusable: break;
    }
  }
  return keys;
}

std::optional<Reason> why_unusable(const SignatureVerifier& verifier, const dns::RRset& ds_rrset) {
  const UsableDs usable = usable_ds(verifier, ds_rrset);
  if (!usable.records.empty()) return std::nullopt;
  return usable.reason_if_empty;
}

RRsetVerdict validate_dnskeys(const Validator& validator, const dns::SignedRRset& dnskeys,
                              const dns::RRset& ds_rrset, SimTime now) {
  ZF_ASSERT(dnskeys.rrset != nullptr);
  const UsableDs usable = usable_ds(validator.verifier, ds_rrset);
  if (usable.records.empty()) return without_signature(usable.reason_if_empty, ds_rrset);

  DsMatches matches = keys_named_by_ds(validator, *dnskeys.rrset, usable.records);
  matches.keys.needed_algorithms = needed_algorithms(validator, usable);
  if (const dns::DsRdata* keyless = find_keyless(usable, matches.keys)) {
    const Reason reason = matches.flagless    ? Reason::dnskey_not_zone_key
                          : matches.limit_hit ? Reason::validation_limit
                                              : Reason::no_key_matches_ds;
    RRsetVerdict result = without_signature(reason, *dnskeys.rrset);
    result.verdict.key_tag = keyless->key_tag;
    return result;
  }
  RRsetVerdict result = validate_rrset(validator, dnskeys, matches.keys, now);
  // There are signatures, but none by a key that a DS names.
  if (result.verdict.reason == Reason::dnskey_missing) {
    result.verdict.reason = Reason::no_key_matches_ds;
    result.verdict.key_tag =
        tag_not_signing(matches.keys, dnskeys, result.verdict.key_tag.value_or(0));
  }
  return result;
}

}  // namespace zonefall::dnssec
