#include "zonefall/dns/message.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace zonefall::dns {

namespace {

// dig's column widths are for terminals of another age; tabs let a reader line them up.
void append_record(std::string& out, const RRset::Header& header, std::string_view rdata) {
  out += fmt::format("{}\t{}\t{}\t{}\t{}\n", header.owner.to_text(), header.ttl_s,
                     to_text(header.rclass), to_text(header.type), rdata);
}

void append_rrsig(std::string& out, RRset::Header header, const Rrsig& rrsig) {
  header.type = RRType::rrsig;
  const Octets rdata = encode(rrsig.fields(), rrsig.signature());
  append_record(out, header, rdata_to_text(RRType::rrsig, rdata));
}

void append_entry(std::string& out, const SignedRRset& entry) {
  const RRset& rrset = *entry.rrset;
  const RRset::Header header{rrset.owner(), rrset.type(), rrset.rclass(), rrset.ttl_s()};
  for (const RdataList::Rdata rdata : rrset.rdatas()) {
    append_record(out, header, rdata_to_text(header.type, rdata));
  }
  for (const RrsigPtr& rrsig : entry.rrsigs) append_rrsig(out, header, *rrsig);
}

std::size_t record_count(const Message& message, Section section,
                         const std::vector<SignedRRset>& entries) {
  std::size_t count = 0;
  for (const SignedRRset& entry : entries) {
    count += entry.rrset->rdatas().size() + entry.rrsigs.size();
  }
  for (const BareRrsig& bare : message.bare_rrsigs) count += (bare.section == section) ? 1 : 0;
  return count;
}

void append_section(std::string& out, const Message& message, Section section,
                    const std::vector<SignedRRset>& entries, std::string_view title) {
  if (record_count(message, section, entries) == 0) return;
  out += fmt::format("\n;; {} SECTION:\n", title);
  for (const SignedRRset& entry : entries) append_entry(out, entry);
  for (const BareRrsig& bare : message.bare_rrsigs) {
    if (bare.section != section) continue;
    append_rrsig(out, {bare.owner, RRType::rrsig, bare.rclass, bare.ttl_s}, *bare.rrsig);
  }
}

// EXTRA-TEXT comes from strangers: no control characters on a terminal or in a log.
std::string printable(std::string_view text) {
  std::string out;
  for (const char character : text) {
    const auto octet = static_cast<unsigned char>(character);
    if (octet < 0x20 || octet == 0x7f) {
      out += fmt::format("\\{:03}", octet);
    } else {
      out += character;
    }
  }
  return out;
}

void append_edns(std::string& out, const Edns& edns) {
  out += fmt::format("\n;; OPT PSEUDOSECTION:\n; EDNS: version: {}, flags:{}; udp: {}\n",
                     edns.version, edns.dnssec_ok ? " do" : "", edns.udp_payload_octets);
  for (const ExtendedError& error : edns.extended_errors) {
    out += fmt::format("; EDE: {} ({})", static_cast<unsigned>(error.code), to_text(error.code));
    if (!error.extra_text.empty()) out += fmt::format(": ({})", printable(error.extra_text));
    out += '\n';
  }
  for (const EdnsOption& option : edns.other_options) {
    out += fmt::format("; OPT={}: {:02x}\n", option.code, fmt::join(option.data, " "));
  }
}

}  // namespace

Message make_query(const Question& question, const Edns& edns, const Flags& flags) {
  Message query;
  query.flags = flags;
  query.flags.qr = false;
  query.question = question;
  query.edns = edns;
  return query;
}

std::string to_text(const Flags& flags) {
  std::string out;
  const auto add = [&out](bool set, std::string_view mnemonic) {
    if (set) out += fmt::format(" {}", mnemonic);
  };
  add(flags.qr, "qr");
  add(flags.aa, "aa");
  add(flags.tc, "tc");
  add(flags.rd, "rd");
  add(flags.ra, "ra");
  add(flags.ad, "ad");
  add(flags.cd, "cd");
  return out;
}

std::string to_text(const Message& message) {
  std::string out = fmt::format(
      ";; ->>HEADER<<- opcode: {}, status: {}, id: {}\n"
      ";; flags:{}; QUERY: {}, ANSWER: {}, AUTHORITY: {}, ADDITIONAL: {}\n",
      to_text(message.opcode), to_text(message.rcode), message.id, to_text(message.flags),
      message.question ? 1 : 0, record_count(message, Section::answer, message.answer),
      record_count(message, Section::authority, message.authority),
      record_count(message, Section::additional, message.additional) + (message.edns ? 1 : 0));
  if (message.edns) append_edns(out, *message.edns);
  if (message.question) {
    const Question& question = *message.question;
    out += fmt::format("\n;; QUESTION SECTION:\n;{}\t{}\t{}\n", question.qname.to_text(),
                       to_text(question.qclass), to_text(question.qtype));
  }
  append_section(out, message, Section::answer, message.answer, "ANSWER");
  append_section(out, message, Section::authority, message.authority, "AUTHORITY");
  append_section(out, message, Section::additional, message.additional, "ADDITIONAL");
  return out;
}

}  // namespace zonefall::dns
