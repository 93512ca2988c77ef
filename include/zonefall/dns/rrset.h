// RRsets, signatures, and the two together.
//
// An RRset (RFC 2181 5) is immutable and shared: zone versions, messages and caches hold pointers
// to the same one. A signature is an object before it is octets: it always knows its fields, and
// may make its octets only when somebody looks (design: most signatures of a simulated zone are
// never looked at). Both may be read from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "zonefall/core/hash.h"
#include "zonefall/core/late_digest.h"
#include "zonefall/dns/name.h"
#include "zonefall/dns/rdata.h"
#include "zonefall/dns/rdata_list.h"
#include "zonefall/dns/types.h"

namespace zonefall::dns {

class RRset;
class Rrsig;
/// A pointer with an empty control block is legal and costs no counting: an owner that outlives
/// all users (a zone) hands those out.
using RRsetPtr = std::shared_ptr<const RRset>;
using RrsigPtr = std::shared_ptr<const Rrsig>;

class RRset {
 public:
  struct Header {
    Name owner;
    RRType type = RRType::a;
    RRClass rclass = RRClass::in;
    std::uint32_t ttl_s = 0;
  };

  /// Sorts the RDATA into canonical order (RFC 4034 6.3) and removes duplicates. Never holds
  /// RRSIGs, which are not an RRset (RFC 4034 3). At least one RDATA.
  static RRsetPtr make(Header header, std::vector<Octets> rdatas);
  /// The same for one RDATA.
  static RRsetPtr make_single(Header header, std::span<const std::uint8_t> rdata);

  [[nodiscard]] const Name& owner() const { return header_.owner; }
  [[nodiscard]] RRType type() const { return header_.type; }
  [[nodiscard]] RRClass rclass() const { return header_.rclass; }
  [[nodiscard]] std::uint32_t ttl_s() const { return header_.ttl_s; }
  [[nodiscard]] const RdataList& rdatas() const { return rdatas_; }

  /// Identifies type, class and canonical RDATA (not owner, not TTL): what a signature covers
  /// besides its own fields and the signed owner name.
  [[nodiscard]] Digest128 rdata_id() const;
  /// Identifies owner, type, class, TTL and RDATA.
  [[nodiscard]] Digest128 content_id() const;

  /// The same RRset under another owner name (wildcard expansion) or with another TTL.
  [[nodiscard]] RRsetPtr with_owner(const Name& owner) const;
  [[nodiscard]] RRsetPtr with_ttl(std::uint32_t ttl_s) const;

  RRset(Header header, RdataList sorted_rdatas);
  /// What `form` holds under another header of the same type and class.
  RRset(Header header, const RRset& form);

 private:
  Header header_;
  RdataList rdatas_;
  LateDigest rdata_id_;
  LateDigest content_id_;
};

/// Who made a signature over what, known without its octets. Two signatures with equal identities
/// verify alike. `key_pair` is dnssec::key_pair_id() of the public half of the signing key.
struct SignatureIdentity {
  std::uint64_t key_pair = 0;
  Digest128 covered;
  bool operator==(const SignatureIdentity&) const = default;
};

class Rrsig {
 public:
  explicit Rrsig(RrsigFields fields) : fields_(std::move(fields)) {}
  virtual ~Rrsig() = default;
  Rrsig(const Rrsig&) = delete;
  Rrsig& operator=(const Rrsig&) = delete;

  [[nodiscard]] const RrsigFields& fields() const { return fields_; }
  /// The signature octets. Made on first use by lazy signatures; safe from several threads.
  [[nodiscard]] virtual std::span<const std::uint8_t> signature() const = 0;
  /// The length of signature() without making it.
  [[nodiscard]] virtual std::size_t signature_size() const = 0;
  /// Known for signatures made in this process, nullopt for octets from outside.
  [[nodiscard]] virtual std::optional<SignatureIdentity> identity() const = 0;

 private:
  RrsigFields fields_;
};

/// A signature that came as octets (from the wire or a zone file).
RrsigPtr make_octet_rrsig(RrsigFields fields, Octets signature);

/// The RRSIGs of one RRset. Nearly always there is one (two during a roll of algorithms): it stands
/// in the object itself, so that signing an RRset's copy for an answer allocates nothing more.
/// Elements are never null.
class RrsigList {
 public:
  using value_type = RrsigPtr;
  RrsigList() = default;
  RrsigList(std::initializer_list<RrsigPtr> rrsigs) {
    for (const RrsigPtr& rrsig : rrsigs) push_back(rrsig);
  }

  [[nodiscard]] std::size_t size() const { return all().size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] const RrsigPtr* begin() const { return all().data(); }
  [[nodiscard]] const RrsigPtr* end() const { return begin() + size(); }
  [[nodiscard]] const RrsigPtr& front() const { return *begin(); }
  [[nodiscard]] const RrsigPtr& operator[](std::size_t index) const { return begin()[index]; }
  /// Aborts if there is no such element.
  [[nodiscard]] const RrsigPtr& at(std::size_t index) const;

  void push_back(RrsigPtr rrsig);
  void clear() { rrsigs_ = RrsigPtr(); }

 private:
  using Several = std::shared_ptr<std::vector<RrsigPtr>>;

  [[nodiscard]] std::span<const RrsigPtr> all() const {
    if (const RrsigPtr* one = std::get_if<RrsigPtr>(&rrsigs_)) return {one, *one ? 1U : 0U};
    const Several& several = *std::get_if<Several>(&rrsigs_);
    return several ? std::span(*several) : std::span<const RrsigPtr>();  // null: moved from
  }

  std::variant<RrsigPtr, Several> rrsigs_;  // the only one, or null; copies share several
};

/// An RRset with the signatures that travel with it: the unit of zones, messages and caches.
struct SignedRRset {
  RRsetPtr rrset;
  RrsigList rrsigs;
};

}  // namespace zonefall::dns
