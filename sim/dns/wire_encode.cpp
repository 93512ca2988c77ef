// One encoder for encode() and wire_size(): they cannot disagree.
#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "dns/rdata_layout.h"
#include "dns/wire_writer.h"
#include "zonefall/core/assert.h"
#include "zonefall/dns/message.h"

namespace zonefall::dns {

namespace {

constexpr std::size_t header_octets = 12;
constexpr std::size_t opt_octets_min = 11;  // root, TYPE, CLASS, TTL, RDLENGTH
constexpr std::size_t message_octets_max = 65535;
constexpr std::uint16_t option_extended_error = 15;

enum class GlueDuty : std::uint8_t { required, optional };

std::size_t opt_octets(const Edns& edns) {
  std::size_t octets = opt_octets_min;
  for (const ExtendedError& error : edns.extended_errors) octets += 6 + error.extra_text.size();
  for (const EdnsOption& option : edns.other_options) octets += 4 + option.data.size();
  return octets;
}

// Leaves out what an OPT can spare until it fits: explanations first (RFC 8914 2 wants them not
// to cause truncation), then whole options.
Edns fit_edns(Edns edns, std::size_t octets_max) {
  for (auto error = edns.extended_errors.rbegin();
       error != edns.extended_errors.rend() && opt_octets(edns) > octets_max; ++error) {
    error->extra_text.clear();
  }
  while (!edns.other_options.empty() && opt_octets(edns) > octets_max) {
    edns.other_options.pop_back();
  }
  while (!edns.extended_errors.empty() && opt_octets(edns) > octets_max) {
    edns.extended_errors.pop_back();
  }
  return edns;
}

// The NS RRset that makes `message` a referral, or null.
const RRset* delegation(const Message& message) {
  if (!message.flags.qr || message.flags.aa || !message.answer.empty()) return nullptr;
  const RRset* found = nullptr;
  for (const SignedRRset& entry : message.authority) {
    if (entry.rrset->type() == RRType::soa) return nullptr;
    if (entry.rrset->type() == RRType::ns) found = entry.rrset.get();
  }
  return found;
}

// RFC 9471 3.1: the addresses of name servers at or below the delegation they serve.
GlueDuty glue_duty(const RRset& rrset, const RRset* delegation) {
  if (delegation == nullptr) return GlueDuty::optional;
  if (rrset.type() != RRType::a && rrset.type() != RRType::aaaa) return GlueDuty::optional;
  if (!rrset.owner().is_at_or_below(delegation->owner())) return GlueDuty::optional;
  for (const RdataList::Rdata target : delegation->rdatas()) {
    const Result<Name> server = decode_name(target);
    if (server.ok() && server.value() == rrset.owner()) return GlueDuty::required;
  }
  return GlueDuty::optional;
}

template <typename Sink>
class Encoder {
 public:
  Encoder(const Message& message, std::size_t octets_max, NameTable& names)
      : message_(message), octets_max_(octets_max), writer_(names) {}

  void run() {
    ZF_ASSERT(message_.edns || static_cast<std::uint16_t>(message_.rcode) <= 15);
    for (std::size_t i = 0; i < header_octets / 2; ++i) writer_.u16(0);
    put_question();
    if (message_.edns) {
      const std::size_t room = octets_max_ - writer_.size();
      edns_ = &*message_.edns;
      if (opt_octets(*edns_) > room) edns_ = &fitted_edns_.emplace(fit_edns(*edns_, room));
      octets_max_ -= opt_octets(*edns_);
    }
    truncated_ =
        !put_section(Section::answer) || !put_section(Section::authority) || !put_additional();
    put_opt();
    patch_header();
  }

  [[nodiscard]] bool truncated() const { return truncated_; }
  [[nodiscard]] Sink& sink() { return writer_.sink(); }

 private:
  void put_question() {
    if (!message_.question) return;
    writer_.name(message_.question->qname.wire());
    writer_.u16(static_cast<std::uint16_t>(message_.question->qtype));
    writer_.u16(static_cast<std::uint16_t>(message_.question->qclass));
  }

  // Writes until something does not fit; false then.
  bool put_section(Section section) {
    for (const SignedRRset& entry : entries(section)) {
      if (!put_entry(entry, section)) return false;
    }
    for (const BareRrsig& bare : message_.bare_rrsigs) {
      if (bare.section == section && !put_bare(bare)) return false;
    }
    return true;
  }

  // False if the loss must set TC.
  bool put_additional() {
    const auto mark = writer_.mark();
    if (put_section(Section::additional)) return true;

    writer_.cut(mark);
    count(Section::additional) = 0;
    const RRset* const cut = delegation(message_);
    for (const SignedRRset& entry : message_.additional) {
      if (glue_duty(*entry.rrset, cut) == GlueDuty::optional) continue;
      if (!put_entry(entry, Section::additional)) return false;
    }
    for (const SignedRRset& entry : message_.additional) {
      if (glue_duty(*entry.rrset, cut) == GlueDuty::required) continue;
      put_entry(entry, Section::additional);
    }
    for (const BareRrsig& bare : message_.bare_rrsigs) {
      if (bare.section == Section::additional) put_bare(bare);
    }
    return true;
  }

  bool put_entry(const SignedRRset& entry, Section section) {
    const RRset& rrset = *entry.rrset;
    const auto mark = writer_.mark();
    owner_ = rrset.owner().wire();
    owner_place_ = place_of_question(rrset.owner());
    for (const RdataList::Rdata rdata : rrset.rdatas()) {
      const std::size_t length_at = put_record_head(rrset.type(), rrset.rclass(), rrset.ttl_s());
      put_rdata(rrset.type(), rdata);
      writer_.patch_length(length_at);
    }
    for (const RrsigPtr& rrsig : entry.rrsigs) {
      put_rrsig(*rrsig, rrset.rclass(), rrset.ttl_s());
    }
    return keep_or_cut(mark, section, rrset.rdatas().size() + entry.rrsigs.size());
  }

  // Spares looking for the name that most records belong to.
  [[nodiscard]] std::optional<std::uint16_t> place_of_question(const Name& owner) const {
    const bool is_asked =
        message_.question && !owner.is_root() && message_.question->qname == owner;
    return is_asked ? std::optional<std::uint16_t>(header_octets) : std::nullopt;
  }

  bool put_bare(const BareRrsig& bare) {
    const auto mark = writer_.mark();
    owner_ = bare.owner.wire();
    owner_place_.reset();
    put_rrsig(*bare.rrsig, bare.rclass, bare.ttl_s);
    return keep_or_cut(mark, bare.section, 1);
  }

  bool keep_or_cut(const typename WireWriter<Sink>::Mark& mark, Section section,
                   std::size_t records) {
    if (writer_.size() > octets_max_) {
      writer_.cut(mark);
      return false;
    }
    count(section) = static_cast<std::uint16_t>(count(section) + records);
    return true;
  }

  // Returns where RDLENGTH stands.
  std::size_t put_record_head(RRType type, RRClass rclass, std::uint32_t ttl_s) {
    if (owner_place_) {
      writer_.pointer(*owner_place_);  // a later record of the same RRset
    } else {
      owner_place_ = writer_.name(owner_);
    }
    writer_.u16(static_cast<std::uint16_t>(type));
    writer_.u16(static_cast<std::uint16_t>(rclass));
    writer_.u32(ttl_s);
    writer_.u16(0);
    return writer_.size() - 2;
  }

  void put_rdata(RRType type, std::span<const std::uint8_t> rdata) {
    const RdataLayout* const layout = rdata_layout(type);
    if (layout != nullptr && layout->compression == NameCompression::sent) {
      if (const auto split = split_rdata(*layout, rdata)) {
        writer_.octets(split->head);
        for (std::size_t i = 0; i < split->name_count; ++i) writer_.name(split->names[i]);
        writer_.octets(split->tail);
        return;
      }
    }
    writer_.octets(rdata);
  }

  void put_rrsig(const Rrsig& rrsig, RRClass rclass, std::uint32_t ttl_s) {
    const std::size_t length_at = put_record_head(RRType::rrsig, rclass, ttl_s);
    const RrsigFields& fields = rrsig.fields();
    writer_.u16(static_cast<std::uint16_t>(fields.type_covered));
    writer_.u8(fields.algorithm);
    writer_.u8(fields.labels);
    writer_.u32(fields.original_ttl_s);
    writer_.u32(fields.expiration);
    writer_.u32(fields.inception);
    writer_.u16(fields.key_tag);
    writer_.octets(fields.signer.wire());  // never compressed: RFC 4034 3.1.7
    writer_.sink().append_signature(rrsig);
    writer_.patch_length(length_at);
  }

  void put_opt() {
    if (edns_ == nullptr) return;
    const auto rcode = static_cast<std::uint16_t>(message_.rcode);
    writer_.u8(0);
    writer_.u16(static_cast<std::uint16_t>(RRType::opt));
    writer_.u16(edns_->udp_payload_octets);
    writer_.u8(static_cast<std::uint8_t>(rcode >> 4));
    writer_.u8(edns_->version);
    writer_.u16(edns_->dnssec_ok ? 0x8000 : 0);
    const std::size_t length_at = writer_.size();
    writer_.u16(0);
    for (const ExtendedError& error : edns_->extended_errors) {
      writer_.u16(option_extended_error);
      writer_.u16(static_cast<std::uint16_t>(2 + error.extra_text.size()));
      writer_.u16(static_cast<std::uint16_t>(error.code));
      const auto* const text = reinterpret_cast<const std::uint8_t*>(error.extra_text.data());
      writer_.octets({text, error.extra_text.size()});
    }
    for (const EdnsOption& option : edns_->other_options) {
      writer_.u16(option.code);
      writer_.u16(static_cast<std::uint16_t>(option.data.size()));
      writer_.octets(option.data);
    }
    writer_.patch_length(length_at);
    count(Section::additional) += 1;
  }

  void patch_header() {
    const Flags& flags = message_.flags;
    unsigned bits = static_cast<unsigned>(message_.opcode) << 11 |
                    (static_cast<unsigned>(message_.rcode) & 15U);
    if (flags.qr) bits |= 0x8000U;
    if (flags.aa) bits |= 0x0400U;
    if (flags.tc || truncated_) bits |= 0x0200U;
    if (flags.rd) bits |= 0x0100U;
    if (flags.ra) bits |= 0x0080U;
    if (flags.ad) bits |= 0x0020U;
    if (flags.cd) bits |= 0x0010U;
    sink().patch_u16(0, message_.id);
    sink().patch_u16(2, static_cast<std::uint16_t>(bits));
    sink().patch_u16(4, message_.question ? 1 : 0);
    sink().patch_u16(6, count(Section::answer));
    sink().patch_u16(8, count(Section::authority));
    sink().patch_u16(10, count(Section::additional));
  }

  [[nodiscard]] const std::vector<SignedRRset>& entries(Section section) const {
    switch (section) {
      case Section::answer: return message_.answer;
      case Section::authority: return message_.authority;
      case Section::additional: break;
    }
    return message_.additional;
  }
  [[nodiscard]] std::uint16_t& count(Section section) {
    return counts_[static_cast<std::size_t>(section)];
  }

  const Message& message_;
  std::size_t octets_max_;  // without the OPT, once that is known
  const Edns* edns_ = nullptr;
  std::optional<Edns> fitted_edns_;
  WireWriter<Sink> writer_;
  std::array<std::uint16_t, 3> counts_{};
  std::span<const std::uint8_t> owner_;       // of the records being written
  std::optional<std::uint16_t> owner_place_;  // where it stands already
  bool truncated_ = false;
};

}  // namespace

Encoded encode(const Message& message, std::size_t octets_max) {
  ZF_ASSERT(octets_max >= 512 && octets_max <= message_octets_max);
  NameTable names;
  Encoder<OctetSink> encoder(message, octets_max, names);
  encoder.run();
  return {.octets = encoder.sink().take(), .truncated = encoder.truncated()};
}

std::size_t wire_size(const Message& message) {
  thread_local NameTable names;  // asked for every answer of a simulated server
  names.clear();
  Encoder<CountingSink> encoder(message, message_octets_max, names);
  encoder.run();
  return encoder.sink().size();
}

}  // namespace zonefall::dns
