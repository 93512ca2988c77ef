// DNSKEY and DS RRsets that are not as they should be, and some that only look so.
#include <algorithm>
#include <array>

#include "faults.h"

namespace zonefall::differential {
namespace {

using dns::DnskeyRdata;
using dns::DsRdata;
using dnssec::DigestType;
using Detail = std::optional<std::string>;

constexpr std::uint8_t unknown_algorithm = 200;
constexpr std::uint8_t unknown_digest = 250;

bool has_ds(const ZoneMaking& making) {
  return making.denial && !making.ds.empty();
}

DnskeyRdata& published(ZoneMaking& making, const dnssec::KeyPairPtr& key) {
  return *std::find_if(
      making.dnskeys.begin(), making.dnskeys.end(),
      [&](const DnskeyRdata& dnskey) { return dnskey.public_key == key->dnskey().public_key; });
}

// A published key of `pair` with other fields, which signs as such and, for a KSK, has its DS.
void change_key(ZoneMaking& making, dnssec::KeyPairPtr& pair, const DnskeyRdata& changed) {
  class ChangedKey final : public dnssec::KeyPair {
   public:
    ChangedKey(dnssec::KeyPairPtr key, DnskeyRdata dnskey)
        : key_(std::move(key)), dnskey_(std::move(dnskey)) {}
    [[nodiscard]] const DnskeyRdata& dnskey() const override { return dnskey_; }
    [[nodiscard]] std::uint16_t tag() const override { return dnssec::key_tag(dnskey_); }
    [[nodiscard]] std::uint64_t id() const override { return key_->id(); }
    [[nodiscard]] dns::Octets sign(std::span<const std::uint8_t> data) const override {
      return key_->sign(data);
    }
    [[nodiscard]] std::size_t signature_size() const override { return key_->signature_size(); }
    [[nodiscard]] std::string private_text() const override { return key_->private_text(); }

   private:
    dnssec::KeyPairPtr key_;
    DnskeyRdata dnskey_;
  };
  published(making, pair) = changed;
  pair = std::make_shared<const ChangedKey>(pair, changed);
}

void set_ds(ZoneMaking& making, DigestType type = DigestType::sha256) {
  making.ds = {dnssec::make_ds(making.apex, making.ksks.front()->dnskey(), type)};
}

void withdraw(ZoneMaking& making, const dnssec::KeyPairPtr& key) {
  std::erase_if(making.dnskeys, [&](const DnskeyRdata& dnskey) {
    return dnskey.public_key == key->dnskey().public_key;
  });
}

Detail zsk_withdrawn(ZoneMaking& making, Rng&) {
  if (!making.denial) return std::nullopt;
  withdraw(making, making.zsks.front());
  return "";
}

Detail ksk_withdrawn(ZoneMaking& making, Rng&) {
  if (!making.denial) return std::nullopt;
  withdraw(making, making.ksks.front());
  return "";
}

// For the ZSK or for the KSK, with a DS RRset that fits.
Detail change_some_key(ZoneMaking& making, Rng& rng, void (*change)(DnskeyRdata&)) {
  if (!has_ds(making)) return std::nullopt;
  const bool is_ksk = rng.chance(1, 2);
  dnssec::KeyPairPtr& pair = is_ksk ? making.ksks.front() : making.zsks.front();
  DnskeyRdata changed = pair->dnskey();
  change(changed);
  change_key(making, pair, changed);
  if (is_ksk) set_ds(making);
  return is_ksk ? "KSK" : "ZSK";
}

Detail no_zone_flag(ZoneMaking& making, Rng& rng) {
  return change_some_key(making, rng,
                         [](DnskeyRdata& key) { key.flags &= ~DnskeyRdata::flag_zone_key; });
}

Detail revoked(ZoneMaking& making, Rng& rng) {
  return change_some_key(making, rng,
                         [](DnskeyRdata& key) { key.flags |= DnskeyRdata::flag_revoke; });
}

Detail protocol_wrong(ZoneMaking& making, Rng& rng) {
  return change_some_key(making, rng, [](DnskeyRdata& key) { key.protocol = 2; });
}

Detail no_sep_flag(ZoneMaking& making, Rng& rng) {
  return change_some_key(
      making, rng, [](DnskeyRdata& key) { key.flags &= ~DnskeyRdata::flag_secure_entry_point; });
}

Detail algorithm_unknown(ZoneMaking& making, Rng&) {
  if (!has_ds(making)) return std::nullopt;
  for (auto* keys : {&making.ksks, &making.zsks}) {
    DnskeyRdata changed = keys->front()->dnskey();
    changed.algorithm = unknown_algorithm;
    change_key(making, keys->front(), changed);
  }
  set_ds(making);
  return "";
}

Detail standby_key(ZoneMaking& making, Rng& rng) {
  if (!making.denial) return std::nullopt;
  making.dnskeys.push_back(dnssec::make_key_pair({.algorithm = dnssec::Algorithm::ecdsap256sha256},
                                                 rng.next(), "standby")
                               .value()
                               ->dnskey());
  return "";
}

Detail dnskeys_by_zsk(ZoneMaking& making, Rng&) {
  if (!making.denial) return std::nullopt;
  making.ksks = making.zsks;
  return "";
}

Detail dnskeys_by_both(ZoneMaking& making, Rng&) {
  if (!making.denial) return std::nullopt;
  making.ksks.push_back(making.zsks.front());
  return "";
}

Detail one_key_for_all(ZoneMaking& making, Rng&) {
  if (!making.denial) return std::nullopt;
  withdraw(making, making.zsks.front());
  making.zsks = making.ksks;
  return "";
}

Detail ds_missing(ZoneMaking& making, Rng&) {
  if (!has_ds(making)) return std::nullopt;
  making.ds.clear();
  return "";
}

Detail ds_of_other_key(ZoneMaking& making, Rng& rng) {
  if (!has_ds(making)) return std::nullopt;
  const auto other = dnssec::make_key_pair(
      {.algorithm = dnssec::Algorithm::ecdsap256sha256, .flags = 257}, rng.next(), "other");
  making.ds = {dnssec::make_ds(making.apex, other.value()->dnskey(), DigestType::sha256)};
  return "";
}

Detail change_ds(ZoneMaking& making, void (*change)(DsRdata&)) {
  if (!has_ds(making)) return std::nullopt;
  change(making.ds.front());
  return "";
}

Detail ds_digest_wrong(ZoneMaking& making, Rng&) {
  return change_ds(making, [](DsRdata& ds) { ds.digest.front() ^= 1U; });
}
Detail ds_digest_short(ZoneMaking& making, Rng&) {
  return change_ds(making, [](DsRdata& ds) { ds.digest.resize(20); });
}
Detail ds_tag_wrong(ZoneMaking& making, Rng&) {
  return change_ds(making, [](DsRdata& ds) { ds.key_tag ^= 1; });
}
Detail ds_digest_unknown(ZoneMaking& making, Rng&) {
  return change_ds(making, [](DsRdata& ds) { ds.digest_type = unknown_digest; });
}
Detail ds_algorithm_unknown(ZoneMaking& making, Rng&) {
  return change_ds(making, [](DsRdata& ds) { ds.algorithm = unknown_algorithm; });
}
Detail ds_algorithm_other(ZoneMaking& making, Rng&) {
  return change_ds(making, [](DsRdata& ds) { ds.algorithm = ds.algorithm == 8 ? 13 : 8; });
}

Detail ds_sha1(ZoneMaking& making, Rng&) {
  if (!has_ds(making)) return std::nullopt;
  set_ds(making, DigestType::sha1);
  return "";
}
Detail ds_sha384(ZoneMaking& making, Rng&) {
  if (!has_ds(making)) return std::nullopt;
  set_ds(making, DigestType::sha384);
  return "";
}

// Adds a right DS with another digest beside one that `change` made wrong.
Detail ds_beside(ZoneMaking& making, DigestType type, void (*change)(DsRdata&)) {
  if (!has_ds(making)) return std::nullopt;
  const DsRdata right = dnssec::make_ds(making.apex, making.ksks.front()->dnskey(), type);
  change(making.ds.front());
  making.ds.push_back(right);
  return "";
}
Detail ds_sha1_beside_wrong(ZoneMaking& making, Rng&) {
  return ds_beside(making, DigestType::sha1, [](DsRdata& ds) { ds.digest.front() ^= 1U; });
}
Detail ds_sha384_beside_wrong(ZoneMaking& making, Rng&) {
  return ds_beside(making, DigestType::sha384, [](DsRdata& ds) { ds.digest.front() ^= 1U; });
}
Detail ds_beside_unknown_digest(ZoneMaking& making, Rng&) {
  return ds_beside(making, DigestType::sha384,
                   [](DsRdata& ds) { ds.digest_type = unknown_digest; });
}
Detail ds_beside_unknown_algorithm(ZoneMaking& making, Rng&) {
  return ds_beside(making, DigestType::sha256,
                   [](DsRdata& ds) { ds.algorithm = unknown_algorithm; });
}
Detail ds_beside_missing_key(ZoneMaking& making, Rng&) {
  return ds_beside(making, DigestType::sha256, [](DsRdata& ds) { ds.key_tag ^= 1; });
}

Detail unsigned_under_ds(ZoneMaking& making, Rng&) {
  if (!has_ds(making)) return std::nullopt;
  making.denial.reset();
  return "";
}

constexpr std::array faults = {
    Fault{"key-zsk-withdrawn", "the ZSK is not published", usual, zsk_withdrawn},
    Fault{"key-ksk-withdrawn", "the KSK is not published", usual, ksk_withdrawn},
    Fault{"key-no-zone-flag", "a key without the zone key flag", contested, no_zone_flag},
    Fault{"key-revoked", "a key with the REVOKE flag", contested, revoked},
    Fault{"key-protocol", "a key whose protocol is not 3", contested, protocol_wrong},
    Fault{"key-no-sep-flag", "a KSK without the SEP flag", usual, no_sep_flag},
    Fault{"key-algorithm-unknown", "all keys and DS of an unknown algorithm", usual,
          algorithm_unknown},
    Fault{"key-standby", "one key more that signs nothing", usual, standby_key},
    Fault{"key-set-by-zsk", "only the ZSK signs the DNSKEY RRset", usual, dnskeys_by_zsk},
    Fault{"key-set-by-both", "KSK and ZSK sign the DNSKEY RRset", usual, dnskeys_by_both},
    Fault{"key-csk", "one key signs everything", usual, one_key_for_all},
    Fault{"ds-missing", "signed, but the parent has no DS", usual, ds_missing},
    Fault{"ds-other-key", "the DS of another key", usual, ds_of_other_key},
    Fault{"ds-digest-wrong", "one bit of the digest differs", usual, ds_digest_wrong},
    Fault{"ds-digest-short", "a digest of 20 octets where 32 are due", usual, ds_digest_short},
    Fault{"ds-tag-wrong", "the tag of no key", usual, ds_tag_wrong},
    Fault{"ds-digest-unknown", "an unknown digest type", usual, ds_digest_unknown},
    Fault{"ds-algorithm-unknown", "an unknown algorithm", usual, ds_algorithm_unknown},
    Fault{"ds-algorithm-other", "the number of another algorithm", usual, ds_algorithm_other},
    Fault{"ds-sha1", "a DS with SHA-1 only", usual, ds_sha1},
    Fault{"ds-sha384", "a DS with SHA-384 only", usual, ds_sha384},
    Fault{"ds-sha1-beside-wrong", "wrong SHA-256, right SHA-1", contested, ds_sha1_beside_wrong},
    Fault{"ds-sha384-beside-wrong", "wrong SHA-256, right SHA-384", usual, ds_sha384_beside_wrong},
    Fault{"ds-beside-unknown-digest", "unknown digest beside a right DS", contested,
          ds_beside_unknown_digest},
    Fault{"ds-beside-unknown-algorithm", "unknown algorithm beside a right DS", usual,
          ds_beside_unknown_algorithm},
    Fault{"ds-beside-missing-key", "DS of no key beside a right one", usual, ds_beside_missing_key},
    Fault{"unsigned-under-ds", "unsigned, but the parent has a DS", usual, unsigned_under_ds},
};

}  // namespace

std::span<const Fault> key_faults() {
  return faults;
}

}  // namespace zonefall::differential
