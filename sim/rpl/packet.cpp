#include "rpl/packet.h"

#include <algorithm>

#include <fmt/format.h>

namespace zonefall::rpl {
namespace {

using dns::TextRecord;

void append(std::vector<TextRecord>& to, const dns::SignedRRset& entry) {
  const dns::RRset& rrset = *entry.rrset;
  const TextRecord head{rrset.owner(), rrset.type(), rrset.rclass(), rrset.ttl_s(), {}};
  for (const auto rdata : rrset.rdatas()) {
    TextRecord& record = to.emplace_back(head);
    record.rdata.assign(rdata.begin(), rdata.end());
  }
  for (const dns::RrsigPtr& rrsig : entry.rrsigs) {
    TextRecord& record = to.emplace_back(head);
    record.type = dns::RRType::rrsig;
    record.rdata = dns::encode(rrsig->fields(), rrsig->signature());
  }
}

std::vector<TextRecord> records_of(const std::vector<dns::SignedRRset>& section) {
  std::vector<TextRecord> records;
  for (const dns::SignedRRset& entry : section) append(records, entry);
  return records;
}

std::string line_of(const TextRecord& record) {
  return fmt::format("  {} {} {} {} {}\n", record.owner.to_text(), record.ttl_s,
                     dns::to_text(record.rclass), dns::to_text(record.type),
                     dns::rdata_to_text(record.type, record.rdata));
}

void append_section(std::string& out, std::string_view name,
                    const std::vector<TextRecord>& records) {
  if (records.empty()) return;
  out += fmt::format("  ; {}\n", name);
  for (const TextRecord& record : records) out += line_of(record);
}

std::string header_text(const dns::Flags& flags, dns::Rcode rcode, bool has_edns, bool dnssec_ok) {
  return fmt::format("  {}{}{}", dns::to_text(rcode), dns::to_text(flags),
                     !has_edns   ? ""
                     : dnssec_ok ? " EDNS(do)"
                                 : " EDNS");
}

// Of a Packet or an Entry.
template <typename Sections>
std::string sections_text(const Sections& from) {
  std::string out;
  if (from.question) {
    out += fmt::format("  {} {}\n", from.question->qname.to_text(),
                       dns::to_text(from.question->qtype));
  }
  append_section(out, "answer", from.answer);
  append_section(out, "authority", from.authority);
  append_section(out, "additional", from.additional);
  return out;
}

// Records are equal whatever the case of names, in RDATA too, and their order.
struct Comparable {
  dns::Name owner;
  dns::RRType type;
  dns::RRClass rclass;
  std::uint32_t ttl_s;
  dns::Octets rdata;
  auto operator<=>(const Comparable&) const = default;
};

// The canonical form leaves the next name of an NSEC record as it is (RFC 6840 5.1); the harnesses
// do not. It stands first and has no compression.
dns::Octets comparable_rdata(dns::RRType type, const dns::Octets& rdata) {
  dns::Octets out = dns::canonical_rdata(type, rdata);
  if (type != dns::RRType::nsec) return out;
  std::size_t end = 0;  // of the name; length octets are below those of letters
  while (end < out.size() && out[end] != 0) end += 1U + out[end];
  for (std::size_t i = 0; i < std::min(end, out.size()); ++i) {
    if (out[i] >= 'A' && out[i] <= 'Z') out[i] = static_cast<std::uint8_t>(out[i] | 0x20U);
  }
  return out;
}

std::vector<Comparable> comparable(const std::vector<TextRecord>& records, bool with_ttl) {
  std::vector<Comparable> all;
  all.reserve(records.size());
  for (const TextRecord& record : records) {
    all.push_back({record.owner, record.type, record.rclass, with_ttl ? record.ttl_s : 0,
                   comparable_rdata(record.type, record.rdata)});
  }
  std::sort(all.begin(), all.end());
  return all;
}

bool same_records(const std::vector<TextRecord>& a, const std::vector<TextRecord>& b,
                  bool with_ttl) {
  return comparable(a, with_ttl) == comparable(b, with_ttl);
}

bool same_case(const dns::Name& a, const dns::Name& b) {
  return std::ranges::equal(a.wire(), b.wire());
}

// As text, which testbound compares: "below" by labels and by case.
bool is_at_or_below_by_case(const dns::Name& name, const dns::Name& above) {
  if (above.is_root()) return name.is_root();
  return name.is_at_or_below(above) && same_case(name.suffix(above.label_count()), above);
}

bool subdomain_fits(const dns::Question& query, const Entry& entry, Dialect dialect) {
  if (!entry.question) return dialect == Dialect::deckard;
  if (dialect == Dialect::deckard) return query.qname.is_at_or_below(entry.question->qname);
  return is_at_or_below_by_case(query.qname, entry.question->qname);
}

bool question_fits(const Packet& query, const Entry& entry, Dialect dialect) {
  const Match& match = entry.match;
  const bool has_both = query.question.has_value() && entry.question.has_value();
  const bool is_all = match.has(MatchWord::all) && dialect == Dialect::deckard;
  const auto wants = [&](MatchWord word) { return match.has(word) || is_all; };
  const bool wants_question = match.has(MatchWord::question);
  const bool is_names = wants_question && dialect == Dialect::deckard;
  if ((wants(MatchWord::qtype) || is_names) &&
      !(has_both && query.question->qtype == entry.question->qtype)) {
    return false;
  }
  if (wants(MatchWord::qname) || is_names) {
    if (!has_both) return false;
    const dns::Name& name = query.question->qname;
    const dns::Name& expected = entry.question->qname;
    const bool fits = dialect == Dialect::testbound ? same_case(name, expected) : name == expected;
    if (!fits) return false;
  }
  if (match.has(MatchWord::qcase) &&
      !(has_both && same_case(query.question->qname, entry.question->qname))) {
    return false;
  }
  if (match.has(MatchWord::subdomain) &&
      !(query.question && subdomain_fits(*query.question, entry, dialect))) {
    return false;
  }
  return !(wants_question && dialect == Dialect::testbound) || query.question == entry.question;
}

// An EDE option that MATCH names is taken out, with its text, before all else is compared. So is a
// cookie: that of a client has 8 octets, one with the server's part 24 (RFC 7873, RFC 9018).
bool take_ede(Packet& got, const Match& match) {
  if (!match.is_any_ede && !match.ede) return true;
  if (!got.edns) return false;
  auto& codes = got.edns->extended_errors;
  const auto found = std::find_if(codes.begin(), codes.end(), [&](const dns::ExtendedError& one) {
    return match.is_any_ede || one.code == *match.ede;
  });
  if (found == codes.end()) return false;
  codes.erase(found);
  return true;
}

bool take_cookie(Packet& got, std::size_t octets) {
  constexpr std::uint16_t cookie = 10;
  if (!got.edns) return false;
  auto& options = got.edns->other_options;
  const auto found = std::find_if(options.begin(), options.end(), [&](const dns::EdnsOption& one) {
    return one.code == cookie && one.data.size() == octets;
  });
  if (found == options.end()) return false;
  options.erase(found);
  return true;
}

bool take_cookies(Packet& got, const Match& match) {
  if (match.has(MatchWord::client_cookie) && !take_cookie(got, 8)) return false;
  return !match.has(MatchWord::server_cookie) || take_cookie(got, 24);
}

void put_u16(dns::Octets& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8U));
  out.push_back(static_cast<std::uint8_t>(value & 0xffU));
}

void put_name(dns::Octets& out, const dns::Name& name) {
  const auto wire = name.wire();
  out.insert(out.end(), wire.begin(), wire.end());
}

void put_question(dns::Octets& out, const dns::Question& question) {
  put_name(out, question.qname);
  put_u16(out, static_cast<std::uint16_t>(question.qtype));
  put_u16(out, static_cast<std::uint16_t>(question.qclass));
}

void put_record(dns::Octets& out, const TextRecord& record) {
  put_name(out, record.owner);
  put_u16(out, static_cast<std::uint16_t>(record.type));
  put_u16(out, static_cast<std::uint16_t>(record.rclass));
  put_u16(out, record.ttl_s >> 16U);
  put_u16(out, record.ttl_s & 0xffffU);
  put_u16(out, record.rdata.size());
  out.insert(out.end(), record.rdata.begin(), record.rdata.end());
}

constexpr std::size_t testbound_payload_octets = 1232;
constexpr std::size_t deckard_payload_octets = 4096;

// What an OPT record says beside what its entry does.
struct Opt {
  std::size_t payload_octets = testbound_payload_octets;
  bool dnssec_ok = false;
};

// testbound: without any of these there is no OPT record.
bool wants_opt(const Entry& entry) {
  return entry.dnssec_ok || entry.compact_ok || entry.edns_data.has_value();
}

std::optional<Opt> testbound_opt(const Entry& entry) {
  if (!wants_opt(entry)) return std::nullopt;
  return Opt{testbound_payload_octets, entry.dnssec_ok};
}

// RFC 6891 6.1.2: the TTL's place has the upper RCODE bits, the version and DO.
void put_opt(dns::Octets& out, const Entry& entry, const Opt& has) {
  TextRecord opt;
  opt.type = dns::RRType::opt;
  opt.rclass = static_cast<dns::RRClass>(has.payload_octets);
  opt.ttl_s = (static_cast<std::uint32_t>(entry.rcode) >> 4U) << 24U;
  if (has.dnssec_ok) opt.ttl_s |= 0x8000U;
  if (entry.compact_ok) opt.ttl_s |= 0x4000U;  // RFC 9824 3.4
  if (entry.edns_data) opt.rdata = *entry.edns_data;
  put_record(out, opt);
}

dns::Octets message_octets(const Entry& entry, const std::optional<dns::Question>& question,
                           const std::optional<Opt>& opt) {
  dns::Octets out;
  put_u16(out, 0);
  const dns::Flags& flags = entry.flags;
  const auto bit = [](bool is_set, unsigned place) {
    return is_set ? std::size_t{1} << place : std::size_t{0};
  };
  put_u16(out, bit(flags.qr, 15) | static_cast<std::size_t>(entry.opcode) << 11U |
                   bit(flags.aa, 10) | bit(flags.tc, 9) | bit(flags.rd, 8) | bit(flags.ra, 7) |
                   bit(flags.ad, 5) | bit(flags.cd, 4) |
                   (static_cast<std::size_t>(entry.rcode) & 0xfU));
  put_u16(out, question ? 1 : 0);
  put_u16(out, entry.answer.size());
  put_u16(out, entry.authority.size());
  put_u16(out, entry.additional.size() + (opt ? 1 : 0));
  if (question) put_question(out, *question);
  for (const auto* section : {&entry.answer, &entry.authority, &entry.additional}) {
    for (const TextRecord& record : *section) put_record(out, record);
  }
  if (opt) put_opt(out, entry, *opt);
  return out;
}

// copy_query holds for testbound's packets in hex, too: the query's question takes the place of the
// first. What is no packet with a name as it should be stays as it is.
dns::Octets adjusted(const Entry& entry, const Packet& query) {
  constexpr std::size_t header_octets = 12;
  const dns::Octets& raw = *entry.raw;
  if (!entry.adjust.copy_query || !query.question || raw.size() < header_octets) return raw;
  std::size_t behind = header_octets;
  const bool has_question = raw[4] != 0 || raw[5] != 0;
  if (has_question) {
    while (behind < raw.size() && raw[behind] != 0) behind += 1U + raw[behind];
    behind += 1 + 4;  // the root label, type and class
    if (behind > raw.size()) return raw;
  }
  const auto at = [&](std::size_t octets) {
    return raw.begin() + static_cast<std::ptrdiff_t>(octets);
  };
  dns::Octets out(raw.begin(), at(header_octets));
  if (!has_question) out[5] = 1;
  put_question(out, *query.question);
  out.insert(out.end(), at(behind), raw.end());
  return out;
}

// copy_id and copy_query take over the query's EDNS, and copy_id its spelling of the name.
dns::Octets deckard_reply(const Entry& entry, std::optional<dns::Question> question,
                          const Packet& query) {
  const bool takes_name = entry.adjust.copy_id && question && query.question &&
                          question->qname == query.question->qname;
  if (takes_name) question->qname = query.question->qname;
  std::optional<Opt> opt = Opt{deckard_payload_octets, entry.dnssec_ok};
  if (entry.adjust.copy_id || entry.adjust.copy_query) {
    opt.reset();
    if (query.edns) opt = Opt{testbound_payload_octets, query.edns->dnssec_ok};
  }
  return message_octets(entry, question, opt);
}

// RFC 6891 6.1.2: the options of an OPT record.
dns::Octets options_octets(const dns::Edns& edns) {
  dns::Octets out;
  for (const dns::ExtendedError& ede : edns.extended_errors) {
    put_u16(out, 15);
    put_u16(out, 2 + ede.extra_text.size());
    put_u16(out, static_cast<std::size_t>(ede.code));
    out.insert(out.end(), ede.extra_text.begin(), ede.extra_text.end());
  }
  for (const dns::EdnsOption& option : edns.other_options) {
    put_u16(out, option.code);
    put_u16(out, option.data.size());
    out.insert(out.end(), option.data.begin(), option.data.end());
  }
  return out;
}

bool edns_fits(const Packet& packet, const Entry& entry) {
  const Match& match = entry.match;
  const bool dnssec_ok = packet.edns && packet.edns->dnssec_ok;
  if (match.has(MatchWord::dnssec_ok) && !dnssec_ok) return false;
  if (match.has(MatchWord::compact_ok)) return false;  // this resolver does not set it
  if (match.has(MatchWord::noedns) && packet.edns) return false;
  if (match.has(MatchWord::edns)) {
    const bool is_usual = packet.edns && packet.edns->version == 0 &&
                          packet.edns->udp_payload_octets == deckard_payload_octets;
    if (!is_usual) return false;
  }
  if (match.has(MatchWord::ednsdata)) {
    const dns::Octets got = packet.edns ? options_octets(*packet.edns) : dns::Octets();
    if (got != entry.edns_data.value_or(dns::Octets())) return false;
  }
  if (match.has(MatchWord::udp) && packet.is_tcp) return false;
  return !match.has(MatchWord::tcp) || packet.is_tcp;
}

bool is_whole_message(const Match& match) {
  return match.has(MatchWord::all) || match.has(MatchWord::all_noedns);
}

// All of an upstream query but its EDNS and the CD flag, which each implementation has its own way.
bool is_alike(const Packet& query, const Entry& entry) {
  return query.question == entry.question && query.opcode == entry.opcode &&
         query.rcode == entry.rcode && query.flags.qr == entry.flags.qr &&
         query.flags.rd == entry.flags.rd && entry.answer.empty() && entry.authority.empty() &&
         entry.additional.empty();
}

// testbound looks at the header's four bits; what EDNS adds stands in a TTL's place.
bool same_rcode(dns::Rcode got, const Entry& expected, Dialect dialect) {
  const auto differing = static_cast<unsigned>(got) ^ static_cast<unsigned>(expected.rcode);
  const Match& match = expected.match;
  const bool is_whole =
      dialect == Dialect::deckard || (match.has(MatchWord::all) && match.has(MatchWord::ttl));
  return is_whole ? differing == 0 : (differing & 0xfU) == 0;
}

bool serial_fits(const Packet& packet, const Match& match) {
  if (!match.serial) return true;
  return std::any_of(packet.authority.begin(), packet.authority.end(), [&](const TextRecord& one) {
    if (one.type != dns::RRType::soa) return false;
    const auto soa = dns::decode_soa(one.rdata);
    return soa && soa.value().serial == *match.serial;
  });
}

}  // namespace

Packet packet_of(const dns::Message& message) {
  Packet packet;
  packet.flags = message.flags;
  packet.opcode = message.opcode;
  packet.rcode = message.rcode;
  packet.question = message.question;
  packet.answer = records_of(message.answer);
  packet.authority = records_of(message.authority);
  packet.additional = records_of(message.additional);
  packet.edns = message.edns;
  for (const dns::BareRrsig& bare : message.bare_rrsigs) {
    std::vector<TextRecord>& section = bare.section == dns::Section::answer ? packet.answer
                                       : bare.section == dns::Section::authority
                                           ? packet.authority
                                           : packet.additional;
    section.push_back({bare.owner, dns::RRType::rrsig, bare.rclass, bare.ttl_s,
                       dns::encode(bare.rrsig->fields(), bare.rrsig->signature())});
  }
  return packet;
}

std::string to_text(const Packet& packet) {
  const bool dnssec_ok = packet.edns && packet.edns->dnssec_ok;
  std::string out = header_text(packet.flags, packet.rcode, packet.edns.has_value(), dnssec_ok);
  if (packet.edns) {
    for (const dns::ExtendedError& ede : packet.edns->extended_errors) {
      out += fmt::format(" EDE {}", static_cast<unsigned>(ede.code));
    }
  }
  return out + '\n' + sections_text(packet);
}

std::string to_text(const Entry& entry) {
  std::string out = header_text(entry.flags, entry.rcode, entry.dnssec_ok, entry.dnssec_ok);
  if (entry.match.ede) out += fmt::format(" EDE {}", static_cast<unsigned>(*entry.match.ede));
  if (entry.match.is_any_ede) out += " EDE";
  return out + '\n' + sections_text(entry);
}

bool fits(const Packet& query, const Entry& entry, Dialect dialect) {
  const Match& match = entry.match;
  const bool is_deckard = dialect == Dialect::deckard;
  if (is_whole_message(match) && !is_deckard && !is_alike(query, entry)) return false;
  const bool is_all = match.has(MatchWord::all) && is_deckard;
  const auto wants = [&](MatchWord word) { return match.has(word) || is_all; };
  if (wants(MatchWord::opcode) && query.opcode != entry.opcode) return false;
  Packet left = query;
  if (!take_ede(left, match) || !take_cookies(left, match)) return false;
  if (!question_fits(query, entry, dialect) || !edns_fits(left, entry)) return false;
  if (wants(MatchWord::flags) && !(query.flags == entry.flags)) return false;
  if (!serial_fits(query, match)) return false;
  // A query has no records.
  if (wants(MatchWord::answer) && !entry.answer.empty()) return false;
  if (wants(MatchWord::authority) && !entry.authority.empty()) return false;
  if (wants(MatchWord::additional) && !entry.additional.empty()) return false;
  return !wants(MatchWord::rcode) || query.rcode == entry.rcode;
}

std::vector<std::string> differences(Packet got, const Entry& expected, Dialect dialect) {
  std::vector<std::string> wrong;
  const Match& match = expected.match;
  const auto check = [&](bool holds, std::string_view what) {
    if (!holds) wrong.emplace_back(what);
  };
  check(take_ede(got, match), "ede");
  check(take_cookies(got, match), "cookie");
  const bool is_testbound = dialect == Dialect::testbound;
  const bool is_all = is_whole_message(match);
  const bool with_ttl = match.has(MatchWord::ttl);
  const auto wants = [&](MatchWord word) { return match.has(word) || is_all; };
  if (wants(MatchWord::opcode)) check(got.opcode == expected.opcode, "opcode");
  if (wants(MatchWord::rcode)) check(same_rcode(got.rcode, expected, dialect), "rcode");
  if (wants(MatchWord::flags)) check(got.flags == expected.flags, "flags");
  const bool has_its_question = !is_all || !is_testbound || got.question == expected.question;
  check(question_fits(got, expected, dialect) && has_its_question, "question");
  if (wants(MatchWord::answer)) {
    check(same_records(got.answer, expected.answer, with_ttl), "answer");
  }
  if (wants(MatchWord::authority)) {
    check(same_records(got.authority, expected.authority, with_ttl), "authority");
  }
  if (wants(MatchWord::additional)) {
    check(same_records(got.additional, expected.additional, with_ttl), "additional");
  }
  if (match.has(MatchWord::all) && is_testbound) {
    const bool has_usual_size =
        !got.edns || got.edns->udp_payload_octets == testbound_payload_octets;
    check(got.edns.has_value() == wants_opt(expected) && has_usual_size, "edns");
    check(!got.edns || got.edns->extended_errors.empty(), "ede");
    if (got.edns) got.edns->extended_errors.clear();
    const dns::Octets options = got.edns ? options_octets(*got.edns) : dns::Octets();
    check(options == expected.edns_data.value_or(dns::Octets()), "ednsdata");
    if (with_ttl && got.edns) check(got.edns->dnssec_ok == expected.dnssec_ok, "DO");
  }
  check(edns_fits(got, expected), "edns");
  check(serial_fits(got, match), "serial");
  return wrong;
}

dns::Octets query_octets(const Entry& entry, Dialect dialect) {
  if (entry.raw) return *entry.raw;
  return message_octets(entry, entry.question,
                        dialect == Dialect::deckard ? Opt{deckard_payload_octets, entry.dnssec_ok}
                                                    : testbound_opt(entry));
}

std::optional<dns::Octets> reply_octets(const Entry& entry, const Packet& query, Dialect dialect) {
  if (entry.adjust.do_not_answer) return std::nullopt;
  const bool is_deckard = dialect == Dialect::deckard;
  if (entry.raw) return is_deckard ? *entry.raw : adjusted(entry, query);
  const std::optional<dns::Question>& question =
      entry.adjust.copy_query ? query.question : entry.question;
  if (is_deckard) return deckard_reply(entry, question, query);
  return message_octets(entry, question, testbound_opt(entry));
}

}  // namespace zonefall::rpl
