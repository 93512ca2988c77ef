#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "dns/rdata_layout.h"
#include "dns/wire_reader.h"
#include "zonefall/dns/message.h"

namespace zonefall::dns {

namespace {

constexpr std::size_t record_octets_min = 11;  // root, TYPE, CLASS, TTL, RDLENGTH
constexpr std::uint16_t option_extended_error = 15;

struct RecordHead {
  std::size_t offset = 0;
  Name owner;
  RRType type = RRType::a;
  RRClass rclass = RRClass::in;
  std::uint32_t ttl_field = 0;
  std::size_t rdata_octets = 0;
};

// RFC 2181 8.
std::uint32_t ttl_s(std::uint32_t ttl_field) {
  return (ttl_field & 0x80000000U) != 0 ? 0 : ttl_field;
}

// 0 if the record is no Internet address: other classes have other ones (RFC 1035 3.4).
std::size_t address_octets(const RecordHead& head) {
  if (head.rclass != RRClass::in) return 0;
  if (head.type == RRType::a) return 4;
  return head.type == RRType::aaaa ? 16 : 0;
}

bool equal_rrsigs(const Rrsig& a, const Rrsig& b) {
  return a.fields() == b.fields() && std::ranges::equal(a.signature(), b.signature());
}

// Puts the records of one section together into RRsets with their RRSIGs.
class Grouping {
 public:
  void add(const RecordHead& head, Octets rdata) {
    const Key key{head.owner, head.type, head.rclass};
    const auto [place, is_new] = places_.try_emplace(key, groups_.size());
    if (is_new) {
      const RRset::Header header{head.owner, head.type, head.rclass, ttl_s(head.ttl_field)};
      groups_.push_back({header, {}, {}});
    }
    Group& group = groups_[place->second];
    group.header.ttl_s = std::min(group.header.ttl_s, ttl_s(head.ttl_field));
    group.rdatas.push_back(std::move(rdata));
  }

  void add_rrsig(const RecordHead& head, RrsigPtr rrsig) {
    rrsigs_.push_back({.section = Section::answer,
                       .owner = head.owner,
                       .rclass = head.rclass,
                       .ttl_s = ttl_s(head.ttl_field),
                       .rrsig = std::move(rrsig)});
  }

  void finish(Section section, std::vector<SignedRRset>& entries, std::vector<BareRrsig>& bare) {
    for (BareRrsig& record : rrsigs_) {
      const RRType covered = record.rrsig->fields().type_covered;
      const auto place = places_.find(Key{record.owner, covered, record.rclass});
      if (place == places_.end()) {
        record.section = section;
        add_bare(std::move(record), bare);
        continue;
      }
      Group& group = groups_[place->second];
      group.header.ttl_s = std::min(group.header.ttl_s, record.ttl_s);  // RFC 4035 5.3.3
      const bool known = std::ranges::any_of(
          group.rrsigs, [&](const RrsigPtr& rrsig) { return equal_rrsigs(*rrsig, *record.rrsig); });
      if (!known) group.rrsigs.push_back(std::move(record.rrsig));
    }
    for (Group& group : groups_) {
      entries.push_back(
          {RRset::make(std::move(group.header), std::move(group.rdatas)), std::move(group.rrsigs)});
    }
    *this = Grouping();
  }

 private:
  using Key = std::tuple<Name, RRType, RRClass>;
  struct Group {
    RRset::Header header;
    std::vector<Octets> rdatas;
    RrsigList rrsigs;
  };

  static void add_bare(BareRrsig record, std::vector<BareRrsig>& bare) {
    const auto same = std::ranges::find_if(bare, [&](const BareRrsig& other) {
      return other.section == record.section && other.rclass == record.rclass &&
             other.owner == record.owner && equal_rrsigs(*other.rrsig, *record.rrsig);
    });
    if (same == bare.end()) {
      bare.push_back(std::move(record));
    } else {
      same->ttl_s = std::min(same->ttl_s, record.ttl_s);
    }
  }

  std::map<Key, std::size_t> places_;
  std::vector<Group> groups_;
  std::vector<BareRrsig> rrsigs_;  // whose RRset may still follow
};

class Decoder {
 public:
  Decoder(std::span<const std::uint8_t> datagram, MalformedAddresses malformed)
      : reader_(datagram), size_(datagram.size()), malformed_(malformed) {}

  Result<Message> run() {
    read_header();
    read_question();
    read_section(Section::answer, message_.answer);
    read_section(Section::authority, message_.authority);
    read_section(Section::additional, message_.additional);
    if (reader_.ok() && reader_.position() != size_) {
      reader_.fail(reader_.position(), fmt::format("{} octets follow the end of the message",
                                                   size_ - reader_.position()));
    }
    if (!reader_.ok()) return reader_.error();
    return std::move(message_);
  }

 private:
  void read_header() {
    message_.id = reader_.u16("ID");
    const unsigned bits = reader_.u16("the header");
    message_.flags = {.qr = (bits & 0x8000U) != 0,
                      .aa = (bits & 0x0400U) != 0,
                      .tc = (bits & 0x0200U) != 0,
                      .rd = (bits & 0x0100U) != 0,
                      .ra = (bits & 0x0080U) != 0,
                      .ad = (bits & 0x0020U) != 0,
                      .cd = (bits & 0x0010U) != 0};
    message_.opcode = static_cast<Opcode>(bits >> 11 & 15U);
    message_.rcode = static_cast<Rcode>(bits & 15U);
    questions_ = reader_.u16("QDCOUNT");
    for (std::uint16_t& count : counts_) count = reader_.u16("a record count");
    const std::size_t records = std::size_t{counts_[0]} + counts_[1] + counts_[2];
    if (reader_.ok() && questions_ > 1) {
      reader_.fail(4, fmt::format("QDCOUNT is {}, at most one question is allowed", questions_));
    }
    if (reader_.ok() && records * record_octets_min > reader_.remaining()) {
      reader_.fail(6, fmt::format("the header counts {} records, more than {} octets can hold",
                                  records, reader_.remaining()));
    }
  }

  void read_question() {
    if (!reader_.ok() || questions_ == 0) return;
    Question question;
    question.qname = reader_.name("QNAME");
    question.qtype = static_cast<RRType>(reader_.u16("QTYPE"));
    question.qclass = static_cast<RRClass>(reader_.u16("QCLASS"));
    message_.question = std::move(question);
  }

  void read_section(Section section, std::vector<SignedRRset>& entries) {
    const std::size_t count = counts_[static_cast<std::size_t>(section)];
    for (std::size_t i = 0; i < count && reader_.ok(); ++i) read_record(section);
    if (reader_.ok()) grouping_.finish(section, entries, message_.bare_rrsigs);
  }

  void read_record(Section section) {
    RecordHead head;
    head.offset = reader_.position();
    head.owner = reader_.name("an owner name");
    head.type = static_cast<RRType>(reader_.u16("TYPE"));
    head.rclass = static_cast<RRClass>(reader_.u16("CLASS"));
    head.ttl_field = reader_.u32("TTL");
    head.rdata_octets = reader_.u16("RDLENGTH");
    reader_.enter(head.rdata_octets, "RDATA");
    if (!reader_.ok()) return;
    if (head.type == RRType::opt) {
      read_opt(head, section);
    } else if (head.type == RRType::rrsig) {
      read_rrsig(head);
    } else if (is_left_out(head)) {
      reader_.octets(head.rdata_octets, "RDATA");
      add_incomplete({section, std::move(head.owner), head.type});
    } else {
      Octets rdata = read_rdata(head);
      if (reader_.ok()) grouping_.add(head, std::move(rdata));
    }
    reader_.leave("RDATA");
  }

  [[nodiscard]] bool is_left_out(const RecordHead& head) const {
    const std::size_t octets = address_octets(head);
    return malformed_ == MalformedAddresses::left_out && octets != 0 && octets != head.rdata_octets;
  }

  void add_incomplete(IncompleteRRset rrset) {
    const bool is_new = incomplete_.emplace(rrset.section, rrset.owner, rrset.type).second;
    if (is_new) message_.incomplete_rrsets.push_back(std::move(rrset));
  }

  Octets read_rdata(const RecordHead& head) {
    // Updates say with empty RDATA that an RRset exists or not, or goes (RFC 2136 2.4, 2.5).
    const bool empty_by_class =
        head.rdata_octets == 0 && (head.rclass == RRClass::any || head.rclass == RRClass::none);
    if (empty_by_class) return {};
    if (const std::size_t octets = address_octets(head); octets != 0) return copy(octets);
    const RdataLayout* const layout = rdata_layout(head.type);
    if (layout == nullptr || layout->compression == NameCompression::never) {
      return copy(head.rdata_octets);
    }
    Octets rdata = copy(layout->fixed_octets);
    const auto append = [&rdata](std::span<const std::uint8_t> octets) {
      rdata.insert(rdata.end(), octets.begin(), octets.end());
    };
    for (std::size_t i = 0; i < layout->character_strings; ++i) {
      const std::uint8_t length = reader_.u8("a <character-string>");
      append({&length, 1});
      append(reader_.octets(length, "a <character-string>"));
    }
    for (std::size_t i = 0; i < layout->names; ++i) append(reader_.name("a name in RDATA").wire());
    const bool any_tail = layout->tail_octets == RdataLayout::any_tail;
    append(reader_.octets(any_tail ? reader_.remaining() : layout->tail_octets, "RDATA"));
    return rdata;
  }

  void read_rrsig(const RecordHead& head) {
    const std::size_t offset = reader_.position();
    Result<DecodedRrsig> decoded = decode_rrsig(reader_.octets(head.rdata_octets, "RRSIG RDATA"));
    if (!decoded.ok()) {
      reader_.fail(offset, decoded.error().message);
      return;
    }
    DecodedRrsig rrsig = std::move(decoded).value();
    grouping_.add_rrsig(head,
                        make_octet_rrsig(std::move(rrsig.fields), std::move(rrsig.signature)));
  }

  void read_opt(const RecordHead& head, Section section) {
    if (section != Section::additional) reader_.fail(head.offset, "OPT outside additional data");
    if (!head.owner.is_root()) reader_.fail(head.offset, "the owner of OPT is not the root");
    if (message_.edns) reader_.fail(head.offset, "a second OPT");
    if (!reader_.ok()) return;
    Edns& edns = message_.edns.emplace();
    edns.udp_payload_octets = static_cast<std::uint16_t>(head.rclass);
    edns.version = static_cast<std::uint8_t>(head.ttl_field >> 16 & 0xffU);
    edns.dnssec_ok = (head.ttl_field & 0x8000U) != 0;
    const unsigned upper_bits = head.ttl_field >> 24;
    message_.rcode = static_cast<Rcode>(upper_bits << 4 | static_cast<unsigned>(message_.rcode));
    while (reader_.ok() && reader_.remaining() > 0) read_option(edns);
  }

  void read_option(Edns& edns) {
    const std::uint16_t code = reader_.u16("OPTION-CODE");
    const std::size_t length_at = reader_.position();
    const std::size_t length = reader_.u16("OPTION-LENGTH");
    if (code != option_extended_error) {
      Octets data = copy(length);
      if (reader_.ok()) edns.other_options.push_back({code, std::move(data)});
      return;
    }
    if (reader_.ok() && length < 2) {
      reader_.fail(length_at, "an extended DNS error without INFO-CODE");
      return;
    }
    ExtendedError error;
    error.code = static_cast<EdeCode>(reader_.u16("INFO-CODE"));
    const auto text = reader_.octets(length - 2, "EXTRA-TEXT");
    error.extra_text.assign(text.begin(), text.end());
    // RFC 8914 2: some senders terminate it, which is not part of the text.
    error.extra_text.resize(error.extra_text.find_last_not_of('\0') + 1);
    if (reader_.ok()) edns.extended_errors.push_back(std::move(error));
  }

  Octets copy(std::size_t count) {
    const auto octets = reader_.octets(count, "RDATA");
    return {octets.begin(), octets.end()};
  }

  WireReader reader_;
  std::size_t size_;
  MalformedAddresses malformed_;
  Message message_;
  std::size_t questions_ = 0;
  std::array<std::uint16_t, 3> counts_{};
  Grouping grouping_;
  std::set<std::tuple<Section, Name, RRType>> incomplete_;  // those of the message so far
};

}  // namespace

Result<Message> decode(std::span<const std::uint8_t> datagram, MalformedAddresses malformed) {
  return Decoder(datagram, malformed).run();
}

}  // namespace zonefall::dns
