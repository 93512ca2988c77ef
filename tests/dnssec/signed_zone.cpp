#include "signed_zone.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "zonefall/dns/master_file.h"

namespace zonefall::dnssec::testing {

using dns::Name;
using dns::RRType;

namespace {

constexpr std::uint64_t key_seed = 20'260'505;

}  // namespace

Records::Records(std::string_view master_text, std::string_view origin) {
  dns::MasterFileOptions options;
  options.file_name = "test zone";
  options.origin = name(origin);
  options.default_ttl_s = 3600;
  auto parsed = dns::parse_master_file(master_text, options);
  if (!parsed) FAIL(parsed.error().to_text());
  all_ = std::move(parsed).value();
}

const dns::SignedRRset& Records::at(std::string_view owner, RRType type) const {
  for (const dns::SignedRRset& entry : all_) {
    if (entry.rrset->owner() == name(owner) && entry.rrset->type() == type) return entry;
  }
  FAIL("no " << dns::to_text(type) << " at " << owner);
  return all_.front();
}

KeyPairPtr make_key(const std::string& label, std::uint16_t flags) {
  KeySpec spec;
  spec.algorithm = Algorithm::ecdsap256sha256;
  spec.flags = flags;
  auto pair = make_key_pair(spec, key_seed, label);
  if (!pair) FAIL(pair.error().to_text());
  return pair.value();
}

dns::RRsetPtr make_rrset(const Name& owner, RRType type, std::vector<dns::Octets> rdatas,
                         std::uint32_t ttl_s) {
  return dns::RRset::make({owner, type, dns::RRClass::in, ttl_s}, std::move(rdatas));
}

dns::RRsetPtr dnskey_rrset(const Name& zone, const std::vector<dns::DnskeyRdata>& keys) {
  std::vector<dns::Octets> rdatas;
  rdatas.reserve(keys.size());
  for (const dns::DnskeyRdata& key : keys) rdatas.push_back(dns::encode(key));
  return make_rrset(zone, RRType::dnskey, std::move(rdatas));
}

dns::RRsetPtr ds_rrset(const Name& zone, const dns::DnskeyRdata& key, DigestType type) {
  return make_rrset(zone, RRType::ds, {dns::encode(make_ds(zone, key, type))});
}

dns::SignedRRset signed_by(const dns::RRsetPtr& rrset, const KeyPairPtr& key, const Name& signer,
                           const SignatureWindow& window) {
  return {rrset, {dnssec::sign(rrset, key, signer, window)}};
}

dns::SignedRRset with_fields(const dns::SignedRRset& entry,
                             const std::function<void(dns::RrsigFields&)>& change) {
  dns::RrsigFields fields = entry.rrsigs.front()->fields();
  const auto octets = entry.rrsigs.front()->signature();
  change(fields);
  return {entry.rrset, {dns::make_octet_rrsig(fields, {octets.begin(), octets.end()})}};
}

SignedZone::SignedZone(std::string_view apex, std::string_view master_text, ChainKind kind,
                       Nsec3Params params)
    : apex_(name(apex)),
      kind_(kind),
      params_(std::move(params)),
      zsk_(make_key("zsk " + std::string(apex))),
      ksk_(make_key("ksk " + std::string(apex),
                    dns::DnskeyRdata::flag_zone_key | dns::DnskeyRdata::flag_secure_entry_point)),
      records_(master_text, apex) {
  if (kind == ChainKind::nsec) {
    make_nsec_chain();
  } else {
    make_nsec3_chain();
  }
}

dns::SignedRRset SignedZone::dnskeys() const {
  return signed_by(dnskey_rrset(apex_, {zsk_->dnskey(), ksk_->dnskey()}), ksk_, apex_);
}

dns::SignedRRset SignedZone::sign(const dns::RRsetPtr& rrset) const {
  return signed_by(rrset, zsk_, apex_);
}

dns::SignedRRset SignedZone::at(std::string_view owner, RRType type) const {
  return sign(records_.at(owner, type).rrset);
}

dns::SignedRRset SignedZone::expanded(std::string_view wildcard, RRType type,
                                      std::string_view as) const {
  dns::SignedRRset entry = at(wildcard, type);
  entry.rrset = entry.rrset->with_owner(name(as));
  return entry;
}

std::vector<SignedZone::Owner> SignedZone::chain_owners() const {
  std::map<Name, std::set<RRType>> types;
  std::set<Name> cuts;
  for (const dns::SignedRRset& entry : records_.all()) {
    const dns::RRset& rrset = *entry.rrset;
    types[rrset.owner()].insert(rrset.type());
    if (rrset.type() == RRType::ns && rrset.owner() != apex_) cuts.insert(rrset.owner());
  }
  const auto occluded = [&cuts](const Name& owner) {
    return std::any_of(cuts.begin(), cuts.end(),
                       [&owner](const Name& cut) { return owner.is_below(cut); });
  };
  types[apex_].insert(RRType::dnskey);
  std::vector<Owner> owners;
  for (auto& [owner, present] : types) {
    const bool unsigned_cut = cuts.contains(owner) && !present.contains(RRType::ds);
    if (occluded(owner) || (unsigned_cut && kind_ == ChainKind::nsec3_opt_out)) continue;
    if (!unsigned_cut || kind_ == ChainKind::nsec) present.insert(RRType::rrsig);
    owners.push_back({owner, {present.begin(), present.end()}});
  }
  return owners;
}

void SignedZone::make_nsec_chain() {
  const std::vector<Owner> owners = chain_owners();
  for (std::size_t i = 0; i < owners.size(); ++i) {
    std::vector<RRType> types = owners[i].types;
    types.push_back(RRType::nsec);
    const dns::NsecRdata rdata{owners[(i + 1) % owners.size()].name, dns::TypeBitmap(types)};
    nsecs_.emplace_back(owners[i].name,
                        make_rrset(owners[i].name, RRType::nsec, {dns::encode(rdata)}));
  }
}

void SignedZone::make_nsec3_chain() {
  std::map<Nsec3Hash, std::vector<RRType>> types;
  for (const Owner& owner : chain_owners()) {
    types[nsec3_hash(owner.name, params_)] = owner.types;
    for (Name above = owner.name; above != apex_; above = above.parent()) {
      types.try_emplace(nsec3_hash(above, params_));
    }
  }
  for (auto it = types.begin(); it != types.end(); ++it) {
    const Nsec3Hash& next =
        std::next(it) == types.end() ? types.begin()->first : std::next(it)->first;
    dns::Nsec3Rdata rdata;
    if (kind_ == ChainKind::nsec3_opt_out) rdata.flags = dns::Nsec3Rdata::flag_opt_out;
    rdata.iterations = params_.iterations;
    rdata.salt = params_.salt;
    rdata.next_hash.assign(next.begin(), next.end());
    rdata.types = dns::TypeBitmap(it->second);
    nsec3s_.emplace_back(
        it->first, make_rrset(nsec3_owner(it->first, apex_), RRType::nsec3, {dns::encode(rdata)}));
  }
}

dns::SignedRRset SignedZone::matching(std::string_view owner) const {
  for (const auto& [at, rrset] : nsecs_) {
    if (at == name(owner)) return sign(rrset);
  }
  for (const auto& [hash, rrset] : nsec3s_) {
    if (hash == nsec3_hash(name(owner), params_)) return sign(rrset);
  }
  FAIL("no record of the chain matches " << owner);
  return {};
}

dns::SignedRRset SignedZone::covering(std::string_view owner) const {
  // The greatest owner below the name; before the first one, the last one of the ring.
  if (!nsecs_.empty()) {
    auto it = std::lower_bound(nsecs_.begin(), nsecs_.end(), name(owner),
                               [](const auto& entry, const Name& n) { return entry.first < n; });
    REQUIRE((it == nsecs_.end() || it->first != name(owner)));
    REQUIRE(it != nsecs_.begin());
    return sign(std::prev(it)->second);
  }
  const Nsec3Hash hash = nsec3_hash(name(owner), params_);
  auto it = std::lower_bound(nsec3s_.begin(), nsec3s_.end(), hash,
                             [](const auto& entry, const Nsec3Hash& h) { return entry.first < h; });
  REQUIRE((it == nsec3s_.end() || it->first != hash));
  return sign(it == nsec3s_.begin() ? nsec3s_.back().second : std::prev(it)->second);
}

std::vector<dns::SignedRRset> SignedZone::chain() const {
  std::vector<dns::SignedRRset> all;
  for (const auto& [owner, rrset] : nsecs_) all.push_back(sign(rrset));
  for (const auto& [hash, rrset] : nsec3s_) all.push_back(sign(rrset));
  return all;
}

RRsetVerdict with_both(const std::function<RRsetVerdict(const Validator&)>& body,
                       const ValidationLimits& limits) {
  const ByteVerifier bytes;
  const IdentityVerifier identities;
  const RRsetVerdict by_bytes = body({bytes, limits});
  const RRsetVerdict by_identity = body({identities, limits});
  REQUIRE(by_bytes.verdict.to_text() == by_identity.verdict.to_text());
  REQUIRE(by_bytes.holds == by_identity.holds);
  REQUIRE(by_bytes.ttl_s_max == by_identity.ttl_s_max);
  REQUIRE(by_bytes.wildcard_labels == by_identity.wildcard_labels);
  REQUIRE(by_bytes.verdict.security == info(by_bytes.verdict.reason).security);
  return by_bytes;
}

RRsetVerdict check_rrset(const dns::SignedRRset& entry, const ZoneKeys& keys, SimTime at) {
  return with_both([&](const Validator& v) { return validate_rrset(v, entry, keys, at); });
}

RRsetVerdict check_denial(const DenialQuestion& question,
                          const std::vector<dns::SignedRRset>& proof, const ZoneKeys& keys,
                          SimTime at, const ValidationLimits& limits) {
  return with_both(
      [&](const Validator& v) { return validate_denial(v, question, proof, keys, at); }, limits);
}

std::vector<Damage> damages(const SignedZone& zone) {
  using Entry = dns::SignedRRset;
  const auto resigned = [&zone](std::uint32_t inception, std::uint32_t expiration) {
    return [&zone, inception, expiration](const Entry& entry) {
      return signed_by(entry.rrset, zone.zsk(), zone.apex(), {inception, expiration});
    };
  };
  constexpr auto t = static_cast<std::uint32_t>(now_s);
  return {
      {"signature of other content", Reason::signature_crypto_failed,
       [&zone](const Entry& entry) {
         std::vector<dns::Octets> rdatas = entry.rrset->rdatas().to_vector();
         rdatas.push_back({0xff});
         const auto other = make_rrset(entry.rrset->owner(), entry.rrset->type(), rdatas);
         return Entry{entry.rrset, signed_by(other, zone.zsk(), zone.apex()).rrsigs};
       }},
      {"expired one second ago", Reason::signature_expired, resigned(t - 100, t - 1)},
      {"valid in one second", Reason::signature_not_yet_valid, resigned(t + 1, t + 100)},
      {"window upside down", Reason::signature_expired_before_inception, resigned(t + 9, t - 9)},
      {"no signature", Reason::signature_missing,
       [](const Entry& entry) {
         return Entry{entry.rrset, {}};
       }},
      {"signed by another zone", Reason::signer_mismatch,
       [&zone](const Entry& entry) { return signed_by(entry.rrset, zone.zsk(), name("other.")); }},
      {"more labels than the owner", Reason::labels_invalid,
       [](const Entry& entry) {
         return with_fields(entry, [](dns::RrsigFields& fields) { fields.labels = 9; });
       }},
      {"fewer labels than the zone", Reason::labels_invalid,
       [](const Entry& entry) {
         return with_fields(entry, [](dns::RrsigFields& fields) { fields.labels = 0; });
       }},
      {"signed by a key that is not published", Reason::dnskey_missing,
       [&zone](const Entry& entry) {
         return signed_by(entry.rrset, make_key("unpublished"), zone.apex());
       }},
      {"unsupported algorithm", Reason::signature_missing,
       [](const Entry& entry) {
         return with_fields(entry, [](dns::RrsigFields& fields) { fields.algorithm = 253; });
       }},
  };
}

}  // namespace zonefall::dnssec::testing
