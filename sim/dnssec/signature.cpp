#include "zonefall/dnssec/signature.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "dnssec/openssl_signature.h"
#include "zonefall/core/assert.h"
#include "zonefall/core/late_digest.h"

namespace zonefall::dnssec {

namespace {

dns::RrsigFields canonical_fields(const dns::RrsigFields& fields) {
  dns::RrsigFields canonical = fields;
  canonical.signer = fields.signer.canonical();
  return canonical;
}

/// The owner name that was signed, in canonical form: the wildcard if `labels` says that this owner
/// was expanded from one (RFC 4035 5.3.2).
dns::Name signed_owner(const dns::RrsigFields& fields, const dns::Name& owner) {
  ZF_ASSERT(fields.labels <= owner.label_count());
  if (fields.labels == owner.label_count()) return owner.canonical();
  // At least one label went, and none is shorter than "*": the name cannot become too long.
  return owner.suffix(fields.labels).wildcard_child().value().canonical();
}

void append(dns::Octets& out, std::span<const std::uint8_t> octets) {
  out.insert(out.end(), octets.begin(), octets.end());
}

void append_u16(dns::Octets& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value & 0xff));
}

/// What stands in front of each record's RDLENGTH.
dns::Octets record_head(const dns::RrsigFields& fields, const dns::RRset& rrset) {
  dns::Octets head;
  append(head, signed_owner(fields, rrset.owner()).wire());
  append_u16(head, static_cast<std::uint16_t>(rrset.type()));
  append_u16(head, static_cast<std::uint16_t>(rrset.rclass()));
  append_u16(head, static_cast<std::uint16_t>(fields.original_ttl_s >> 16));
  append_u16(head, static_cast<std::uint16_t>(fields.original_ttl_s & 0xffff));
  return head;
}

class LazyRrsig final : public dns::Rrsig {
 public:
  LazyRrsig(dns::RrsigFields fields, dns::RRsetPtr rrset, KeyPairPtr key)
      : Rrsig(std::move(fields)), rrset_(std::move(rrset)), key_(std::move(key)) {}
  ~LazyRrsig() override { delete made_.load(std::memory_order_acquire); }
  LazyRrsig(const LazyRrsig&) = delete;
  LazyRrsig& operator=(const LazyRrsig&) = delete;
  LazyRrsig(LazyRrsig&&) = delete;
  LazyRrsig& operator=(LazyRrsig&&) = delete;

  [[nodiscard]] std::span<const std::uint8_t> signature() const override {
    const dns::Octets* octets = made_.load(std::memory_order_acquire);
    if (octets != nullptr) return *octets;
    // Threads that meet here make the same octets; the first to store its own wins.
    auto mine = std::make_unique<const dns::Octets>(key_->sign(signed_octets(fields(), *rrset_)));
    if (made_.compare_exchange_strong(octets, mine.get(), std::memory_order_acq_rel)) {
      return *mine.release();
    }
    return *octets;
  }
  [[nodiscard]] std::size_t signature_size() const override { return key_->signature_size(); }
  [[nodiscard]] std::optional<dns::SignatureIdentity> identity() const override {
    return dns::SignatureIdentity{key_->id(),
                                  covered_.get([this] { return covered_id(fields(), *rrset_); })};
  }

 private:
  dns::RRsetPtr rrset_;
  KeyPairPtr key_;
  LateDigest covered_;
  mutable std::atomic<const dns::Octets*> made_ = nullptr;
};

}  // namespace

dns::RrsigPtr sign(const dns::RRsetPtr& rrset, const KeyPairPtr& key, const dns::Name& signer,
                   const SignatureWindow& window) {
  ZF_ASSERT(rrset != nullptr && key != nullptr);
  const dns::Name& owner = rrset->owner();
  dns::RrsigFields fields;
  fields.type_covered = rrset->type();
  fields.algorithm = key->dnskey().algorithm;
  fields.labels = static_cast<std::uint8_t>(owner.label_count() - (owner.is_wildcard() ? 1 : 0));
  fields.original_ttl_s = rrset->ttl_s();
  fields.expiration = window.expiration;
  fields.inception = window.inception;
  fields.key_tag = key->tag();
  fields.signer = signer;
  return std::make_shared<LazyRrsig>(std::move(fields), rrset, key);
}

dns::Octets signed_octets(const dns::RrsigFields& fields, const dns::RRset& rrset) {
  dns::Octets out = dns::encode(canonical_fields(fields), {});
  const dns::Octets head = record_head(fields, rrset);
  for (const dns::RdataList::Rdata rdata : rrset.rdatas()) {
    const dns::Octets canonical = dns::canonical_rdata(rrset.type(), rdata);
    append(out, head);
    append_u16(out, static_cast<std::uint16_t>(canonical.size()));
    append(out, canonical);
  }
  return out;
}

// Asked for every signature that is made or checked by identity: allocates nothing.
Digest128 covered_id(const dns::RrsigFields& fields, const dns::RRset& rrset) {
  constexpr std::size_t fixed_octets = 18;  // RFC 4034 3.1
  std::array<std::uint8_t, fixed_octets + 2 * dns::Name::wire_octets_max> octets;
  std::size_t size = 0;
  const auto put = [&](std::uint32_t value, int octet_count) {
    for (int shift = 8 * (octet_count - 1); shift >= 0; shift -= 8) {
      octets[size++] = static_cast<std::uint8_t>(value >> shift & 0xff);
    }
  };
  const auto put_name = [&](const dns::Name& name) {
    // Length octets are below 64: lowering them all lowers just the letters.
    for (const std::uint8_t octet : name.wire()) {
      const bool capital = octet >= 'A' && octet <= 'Z';
      octets[size++] = capital ? static_cast<std::uint8_t>(octet + ('a' - 'A')) : octet;
    }
  };
  put(static_cast<std::uint32_t>(fields.type_covered), 2);
  put(fields.algorithm, 1);
  put(fields.labels, 1);
  put(fields.original_ttl_s, 4);
  put(fields.expiration, 4);
  put(fields.inception, 4);
  put(fields.key_tag, 2);
  put_name(fields.signer);
  const dns::Name& owner = rrset.owner();
  if (fields.labels == owner.label_count()) {
    put_name(owner);
  } else {
    put_name(signed_owner(fields, owner));
  }
  return digest_combine(digest_bytes(std::span(octets).first(size)), rrset.rdata_id());
}

bool SignatureVerifier::supports(std::uint8_t algorithm) const {
  return supported_algorithm(algorithm).has_value();
}

bool ByteVerifier::verifies(const dns::RRset& rrset, const dns::Rrsig& rrsig,
                            const dns::DnskeyRdata& dnskey) const {
  const dns::RrsigFields& fields = rrsig.fields();
  const std::optional<Algorithm> algorithm = supported_algorithm(dnskey.algorithm);
  if (!algorithm || fields.algorithm != dnskey.algorithm) return false;
  if (fields.labels > rrset.owner().label_count()) return false;
  return signature_verifies(*algorithm, dnskey.public_key,
                            {signed_octets(fields, rrset), rrsig.signature()});
}

bool IdentityVerifier::verifies(const dns::RRset& rrset, const dns::Rrsig& rrsig,
                                const dns::DnskeyRdata& dnskey) const {
  const std::optional<dns::SignatureIdentity> identity = rrsig.identity();
  if (!identity) return ByteVerifier().verifies(rrset, rrsig, dnskey);
  if (rrsig.fields().labels > rrset.owner().label_count()) return false;
  return identity->key_pair == key_pair_id(dnskey) &&
         identity->covered == covered_id(rrsig.fields(), rrset);
}

}  // namespace zonefall::dnssec
