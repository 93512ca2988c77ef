#include "zonefall/dns/rrset.h"

#include <algorithm>

#include "dns/rdata_canonical.h"
#include "dns/rdata_io.h"
#include "zonefall/core/assert.h"

namespace zonefall::dns {
namespace {

// The keys keep what is hashed for one purpose apart from equal octets hashed for another.
constexpr std::uint64_t rdata_id_key = 0x7264617461;    // "rdata"
constexpr std::uint64_t content_id_key = 0x6f776e6572;  // "owner"

Digest128 make_rdata_id(const RRset::Header& header, const RdataList& rdatas) {
  thread_local Octets covered;  // keeps its memory: an RRset is made for nearly every answer
  covered.clear();
  append_u16(covered, static_cast<std::uint16_t>(header.type));
  append_u16(covered, static_cast<std::uint16_t>(header.rclass));
  for (const RdataList::Rdata rdata : rdatas) {
    append_u32(covered, static_cast<std::uint32_t>(rdata.size()));
    append_canonical(covered, header.type, rdata);
  }
  return digest_bytes(covered, rdata_id_key);
}

Digest128 make_content_id(const RRset::Header& header, const Digest128& rdata_id) {
  // The name's length octets are never letters, so lowering all octets lowers just the letters.
  std::array<std::uint8_t, Name::wire_octets_max + 4> octets;
  std::size_t size = 0;
  for (unsigned shift = 0; shift < 32; shift += 8) {
    octets[size++] = static_cast<std::uint8_t>((header.ttl_s >> shift) & 0xffU);
  }
  for (const std::uint8_t octet : header.owner.wire()) {
    const bool capital = octet >= 'A' && octet <= 'Z';
    octets[size++] = capital ? static_cast<std::uint8_t>(octet + ('a' - 'A')) : octet;
  }
  return digest_combine(rdata_id, digest_bytes(std::span(octets).first(size), content_id_key));
}

/// By canonical form; of records equal in it, the one that is first octet by octet stays, so that
/// the order given never shows.
void sort_by_canonical_form(RRType type, std::vector<Octets>& rdatas) {
  struct Keyed {
    Octets canonical;
    Octets given;
    auto operator<=>(const Keyed&) const = default;
  };
  std::vector<Keyed> keyed;
  keyed.reserve(rdatas.size());
  for (Octets& rdata : rdatas) {
    Octets canonical = canonical_rdata(type, rdata);
    keyed.push_back({std::move(canonical), std::move(rdata)});
  }
  std::sort(keyed.begin(), keyed.end());
  rdatas.clear();
  for (std::size_t i = 0; i < keyed.size(); ++i) {
    if (i > 0 && keyed[i].canonical == keyed[i - 1].canonical) continue;
    rdatas.push_back(std::move(keyed[i].given));
  }
}

class OctetRrsig final : public Rrsig {
 public:
  OctetRrsig(RrsigFields fields, Octets signature)
      : Rrsig(std::move(fields)), signature_(std::move(signature)) {}

  [[nodiscard]] std::span<const std::uint8_t> signature() const override { return signature_; }
  [[nodiscard]] std::size_t signature_size() const override { return signature_.size(); }
  [[nodiscard]] std::optional<SignatureIdentity> identity() const override { return std::nullopt; }

 private:
  Octets signature_;
};

}  // namespace

RRset::RRset(Header header, RdataList sorted_rdatas)
    : header_(std::move(header)), rdatas_(std::move(sorted_rdatas)) {
  ZF_ASSERT(!rdatas_.empty());
  ZF_ASSERT(header_.type != RRType::rrsig);
}

RRset::RRset(Header header, const RRset& form)
    : header_(std::move(header)), rdatas_(form.rdatas_), rdata_id_(form.rdata_id_) {
  ZF_ASSERT(header_.type == form.type() && header_.rclass == form.rclass());
}

Digest128 RRset::rdata_id() const {
  return rdata_id_.get([this] { return make_rdata_id(header_, rdatas_); });
}

Digest128 RRset::content_id() const {
  return content_id_.get([this] { return make_content_id(header_, rdata_id()); });
}

RRsetPtr RRset::make(Header header, std::vector<Octets> rdatas) {
  if (rdatas.size() > 1) {
    if (has_canonical_names(header.type)) {
      sort_by_canonical_form(header.type, rdatas);
    } else {
      // Not by <=> of vectors: g++ 12 warns of a size in there that cannot be.
      std::sort(rdatas.begin(), rdatas.end(), [](const Octets& a, const Octets& b) {
        return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
      });
      rdatas.erase(std::unique(rdatas.begin(), rdatas.end()), rdatas.end());
    }
  }
  return std::make_shared<const RRset>(std::move(header), RdataList(rdatas));
}

RRsetPtr RRset::make_single(Header header, std::span<const std::uint8_t> rdata) {
  return std::make_shared<const RRset>(std::move(header), RdataList(rdata));
}

RRsetPtr RRset::with_owner(const Name& owner) const {
  return std::make_shared<const RRset>(Header{owner, type(), rclass(), ttl_s()}, *this);
}

RRsetPtr RRset::with_ttl(std::uint32_t ttl_s) const {
  return std::make_shared<const RRset>(Header{owner(), type(), rclass(), ttl_s}, *this);
}

const RrsigPtr& RrsigList::at(std::size_t index) const {
  ZF_ASSERT(index < size());
  return (*this)[index];
}

void RrsigList::push_back(RrsigPtr rrsig) {
  ZF_ASSERT(rrsig != nullptr);
  if (empty()) {
    rrsigs_ = std::move(rrsig);
    return;
  }
  // Copies, perhaps in other threads, keep what they have.
  auto several = std::make_shared<std::vector<RrsigPtr>>(begin(), end());
  several->push_back(std::move(rrsig));
  rrsigs_ = std::move(several);
}

RrsigPtr make_octet_rrsig(RrsigFields fields, Octets signature) {
  return std::make_shared<const OctetRrsig>(std::move(fields), std::move(signature));
}

}  // namespace zonefall::dns
