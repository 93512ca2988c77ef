#include "message_json.h"

#include <cstdint>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace zonefall::dns::testing {

namespace {

using Json = nlohmann::json;

Json record_json(const RRset::Header& header, std::span<const std::uint8_t> rdata) {
  return {to_hex(header.owner.canonical().wire()), static_cast<int>(header.type),
          static_cast<int>(header.rclass), header.ttl_s,
          to_hex(canonical_rdata(header.type, rdata))};
}

Json rrsig_json(RRset::Header header, const Rrsig& rrsig) {
  header.type = RRType::rrsig;
  return record_json(header, encode(rrsig.fields(), rrsig.signature()));
}

Json section_json(const Message& message, Section section,
                  const std::vector<SignedRRset>& entries) {
  Json records = Json::array();
  for (const SignedRRset& entry : entries) {
    const RRset& rrset = *entry.rrset;
    const RRset::Header header{rrset.owner(), rrset.type(), rrset.rclass(), rrset.ttl_s()};
    for (const RdataList::Rdata rdata : rrset.rdatas())
      records.push_back(record_json(header, rdata));
    for (const RrsigPtr& rrsig : entry.rrsigs) records.push_back(rrsig_json(header, *rrsig));
  }
  for (const BareRrsig& bare : message.bare_rrsigs) {
    if (bare.section != section) continue;
    records.push_back(
        rrsig_json({bare.owner, RRType::rrsig, bare.rclass, bare.ttl_s}, *bare.rrsig));
  }
  return records;
}

Json edns_json(const Edns& edns) {
  Json extended_errors = Json::array();
  for (const ExtendedError& error : edns.extended_errors) {
    const Octets text(error.extra_text.begin(), error.extra_text.end());
    extended_errors.push_back({static_cast<int>(error.code), to_hex(text)});
  }
  Json options = Json::array();
  for (const EdnsOption& option : edns.other_options) {
    options.push_back({option.code, to_hex(option.data)});
  }
  return {{"udp", edns.udp_payload_octets},
          {"version", edns.version},
          {"do", edns.dnssec_ok},
          {"ede", extended_errors},
          {"options", options}};
}

Json flags_json(const Flags& flags) {
  return {{"qr", flags.qr}, {"aa", flags.aa}, {"tc", flags.tc}, {"rd", flags.rd},
          {"ra", flags.ra}, {"ad", flags.ad}, {"cd", flags.cd}};
}

}  // namespace

std::string message_json(const Message& message) {
  Json json = {{"id", message.id},
               {"flags", flags_json(message.flags)},
               {"opcode", static_cast<int>(message.opcode)},
               {"rcode", static_cast<int>(message.rcode)},
               {"question", nullptr},
               {"answer", section_json(message, Section::answer, message.answer)},
               {"authority", section_json(message, Section::authority, message.authority)},
               {"additional", section_json(message, Section::additional, message.additional)},
               {"edns", nullptr}};
  if (message.question) {
    json["question"] = {to_hex(message.question->qname.canonical().wire()),
                        static_cast<int>(message.question->qtype),
                        static_cast<int>(message.question->qclass)};
  }
  if (message.edns) json["edns"] = edns_json(*message.edns);
  return json.dump();
}

std::string to_hex(std::span<const std::uint8_t> octets) {
  std::string out;
  for (const std::uint8_t octet : octets) out += fmt::format("{:02x}", octet);
  return out;
}

Octets from_hex(std::string_view hex) {
  Octets out;
  unsigned high = 0;
  bool half = false;
  for (const char digit : hex) {
    if (digit == ' ' || digit == '\n' || digit == '\r') continue;
    const auto value = static_cast<unsigned>(
        std::string_view("0123456789abcdef").find(static_cast<char>(digit | 0x20)));
    if (half) out.push_back(static_cast<std::uint8_t>(high << 4 | (value & 15U)));
    high = value;
    half = !half;
  }
  return out;
}

}  // namespace zonefall::dns::testing
