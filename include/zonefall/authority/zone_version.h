// Zone versions: immutable snapshots of a zone that share their content, and their history.
//
// A version is content (shared with its neighbours) + its own SOA and DNSKEY RRset + the signatures
// in force. Signatures come from a SignatureSource, because what signs a zone is the registry's
// business (registry/) and most signatures are never looked at.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "zonefall/authority/zone_content.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/rrset.h"
#include "zonefall/dnssec/key.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::authority {

/// Gives the signatures of an RRset as of one zone version. Pure and safe from several threads.
class SignatureSource {
 public:
  virtual ~SignatureSource() = default;
  struct Signatures {
    dns::RrsigList rrsigs;
    /// Versions of the same zone signed before this instant have these very signatures.
    SimTime unchanged_until = SimTime::max();
  };
  [[nodiscard]] virtual Signatures signatures(const dns::RRsetPtr& rrset) const = 0;
};
using SignatureSourcePtr = std::shared_ptr<const SignatureSource>;

/// A zone signed once with one set of keys: KSKs sign the DNSKEY RRset, ZSKs everything else (one
/// key with both roles is given twice). Signatures are made on demand and not kept.
struct SimpleSigner {
  dns::Name zone;
  std::vector<dnssec::KeyPairPtr> ksks;
  std::vector<dnssec::KeyPairPtr> zsks;
  dnssec::SignatureWindow window;
};
SignatureSourcePtr make_signature_source(SimpleSigner signer);

struct ZoneVersionParts {
  ZoneContentPtr content;
  dns::RRsetPtr soa;
  dns::RRsetPtr dnskeys;          // null: unsigned
  SignatureSourcePtr signatures;  // null: unsigned
  SimTime signed_at;
  /// Versions of one zone with equal digests have the same signatures over equal RRsets. 0: nothing
  /// is said.
  std::uint64_t signing_digest = 0;
  /// RRsets that many answers carry: their signatures are made once, with the version.
  std::vector<dns::RRsetPtr> signed_ahead = {};
};

class ZoneVersion {
 public:
  explicit ZoneVersion(ZoneVersionParts parts);

  [[nodiscard]] const dns::Name& apex() const { return parts_.content->apex(); }
  [[nodiscard]] std::uint32_t serial() const { return serial_; }
  [[nodiscard]] SimTime signed_at() const { return parts_.signed_at; }
  [[nodiscard]] bool is_signed() const { return parts_.signatures != nullptr; }
  [[nodiscard]] const dns::RRsetPtr& soa() const { return parts_.soa; }
  /// The SOA as negative answers carry it: its TTL is at most its minimum (RFC 2308 3).
  [[nodiscard]] const dns::RRsetPtr& negative_soa() const { return negative_soa_; }
  [[nodiscard]] const dns::RRsetPtr& dnskeys() const { return parts_.dnskeys; }
  [[nodiscard]] const ZoneContent& content() const { return *parts_.content; }

  /// True: whatever is asked, both answer the same. False: they may not.
  [[nodiscard]] bool answers_like(const ZoneVersion& other) const;

  /// The content's node, with this version's SOA and DNSKEY RRsets at the apex.
  [[nodiscard]] Node node(const dns::Name& owner) const;
  /// ZoneContent::node_for(), with this version's SOA or DNSKEY RRset if that is asked for.
  [[nodiscard]] Node node_for(const dns::Name& owner, dns::RRType type) const;
  /// None for an unsigned zone.
  [[nodiscard]] SignatureSource::Signatures signatures(const dns::RRsetPtr& rrset) const;

  /// The whole zone as master-file text, signatures included, in pieces: for judges and people.
  void write_master_text(const std::function<void(std::string_view)>& write) const;

 private:
  ZoneVersionParts parts_;
  std::vector<SignatureSource::Signatures> made_ahead_;  // of parts_.signed_ahead
  dns::RRsetPtr negative_soa_;
  std::uint32_t serial_ = 0;
};
using ZoneVersionPtr = std::shared_ptr<const ZoneVersion>;

/// The versions of one zone in order of publication. `published_at` is when the version leaves
/// the registry; sites load it later (server.h).
class ZoneHistory {
 public:
  struct Entry {
    SimTime published_at;
    ZoneVersionPtr version;
  };
  /// At least one entry; times strictly rising, serials rising in RFC 1982 order, signing times
  /// not falling, one apex.
  explicit ZoneHistory(std::vector<Entry> entries);
  [[nodiscard]] const dns::Name& apex() const { return entries_.front().version->apex(); }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  /// Index of the last entry published at or before `at`; 0 before the first.
  [[nodiscard]] std::size_t index_at(SimTime at) const;
  /// The last index from `index` on whose version has the same content and was signed before
  /// `unchanged_until`; at least `index`.
  [[nodiscard]] std::size_t last_unchanged(std::size_t index, SimTime unchanged_until) const;

 private:
  std::vector<Entry> entries_;
  std::vector<std::size_t> content_last_;  // per entry: the last one with the same content
};
using ZoneHistoryPtr = std::shared_ptr<const ZoneHistory>;

/// A zone that never changes.
ZoneHistoryPtr make_constant_history(ZoneVersionPtr version);

}  // namespace zonefall::authority
