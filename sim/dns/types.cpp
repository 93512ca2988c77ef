#include "zonefall/dns/types.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace zonefall::dns {
namespace {

// Each mnemonic is written down once, in a switch the compiler checks; the way back is made from
// it.

std::string_view mnemonic(RRType type) {
  switch (type) {
    case RRType::a: return "A";
    case RRType::ns: return "NS";
    case RRType::cname: return "CNAME";
    case RRType::soa: return "SOA";
    case RRType::ptr: return "PTR";
    case RRType::hinfo: return "HINFO";
    case RRType::mx: return "MX";
    case RRType::txt: return "TXT";
    case RRType::aaaa: return "AAAA";
    case RRType::srv: return "SRV";
    case RRType::naptr: return "NAPTR";
    case RRType::dname: return "DNAME";
    case RRType::opt: return "OPT";
    case RRType::ds: return "DS";
    case RRType::rrsig: return "RRSIG";
    case RRType::nsec: return "NSEC";
    case RRType::dnskey: return "DNSKEY";
    case RRType::nsec3: return "NSEC3";
    case RRType::nsec3param: return "NSEC3PARAM";
    case RRType::tlsa: return "TLSA";
    case RRType::cds: return "CDS";
    case RRType::cdnskey: return "CDNSKEY";
    case RRType::svcb: return "SVCB";
    case RRType::https: return "HTTPS";
    case RRType::any: return "ANY";
    case RRType::caa: return "CAA";
  }
  return {};
}

std::string_view mnemonic(RRClass rclass) {
  switch (rclass) {
    case RRClass::in: return "IN";
    case RRClass::ch: return "CH";
    case RRClass::none: return "NONE";
    case RRClass::any: return "ANY";
  }
  return {};
}

std::string_view mnemonic(Opcode opcode) {
  switch (opcode) {
    case Opcode::query: return "QUERY";
    case Opcode::iquery: return "IQUERY";
    case Opcode::status: return "STATUS";
    case Opcode::notify: return "NOTIFY";
    case Opcode::update: return "UPDATE";
  }
  return {};
}

std::string_view mnemonic(Rcode rcode) {
  switch (rcode) {
    case Rcode::noerror: return "NOERROR";
    case Rcode::formerr: return "FORMERR";
    case Rcode::servfail: return "SERVFAIL";
    case Rcode::nxdomain: return "NXDOMAIN";
    case Rcode::notimp: return "NOTIMP";
    case Rcode::refused: return "REFUSED";
    case Rcode::yxdomain: return "YXDOMAIN";
    case Rcode::notauth: return "NOTAUTH";
    case Rcode::badvers: return "BADVERS";
  }
  return {};
}

std::string_view purpose_text(EdeCode code) {
  switch (code) {
    case EdeCode::other: return "Other";
    case EdeCode::unsupported_dnskey_algorithm: return "Unsupported DNSKEY Algorithm";
    case EdeCode::unsupported_ds_digest_type: return "Unsupported DS Digest Type";
    case EdeCode::stale_answer: return "Stale Answer";
    case EdeCode::forged_answer: return "Forged Answer";
    case EdeCode::dnssec_indeterminate: return "DNSSEC Indeterminate";
    case EdeCode::dnssec_bogus: return "DNSSEC Bogus";
    case EdeCode::signature_expired: return "Signature Expired";
    case EdeCode::signature_not_yet_valid: return "Signature Not Yet Valid";
    case EdeCode::dnskey_missing: return "DNSKEY Missing";
    case EdeCode::rrsigs_missing: return "RRSIGs Missing";
    case EdeCode::no_zone_key_bit_set: return "No Zone Key Bit Set";
    case EdeCode::nsec_missing: return "NSEC Missing";
    case EdeCode::cached_error: return "Cached Error";
    case EdeCode::not_ready: return "Not Ready";
    case EdeCode::blocked: return "Blocked";
    case EdeCode::censored: return "Censored";
    case EdeCode::filtered: return "Filtered";
    case EdeCode::prohibited: return "Prohibited";
    case EdeCode::stale_nxdomain_answer: return "Stale NXDOMAIN Answer";
    case EdeCode::not_authoritative: return "Not Authoritative";
    case EdeCode::not_supported: return "Not Supported";
    case EdeCode::no_reachable_authority: return "No Reachable Authority";
    case EdeCode::network_error: return "Network Error";
    case EdeCode::invalid_data: return "Invalid Data";
    case EdeCode::signature_expired_before_valid: return "Signature Expired before Valid";
    case EdeCode::too_early: return "Too Early";
    case EdeCode::unsupported_nsec3_iterations: return "Unsupported NSEC3 Iterations Value";
    case EdeCode::unable_to_conform_to_policy: return "Unable to conform to policy";
    case EdeCode::synthesized: return "Synthesized";
    case EdeCode::invalid_query_type: return "Invalid Query Type";
    case EdeCode::negative_trust_anchor: return "Negative Trust Anchor";
  }
  return {};
}

struct FurtherType {
  std::string_view mnemonic;
  std::uint16_t value = 0;
};

// Types without an enumerator: read by the registry's mnemonics, written as TYPEnnn, which
// everybody reads.
constexpr std::array further_types = {
    FurtherType{"MD", 3},         FurtherType{"MF", 4},          FurtherType{"MB", 7},
    FurtherType{"MG", 8},         FurtherType{"MR", 9},          FurtherType{"NULL", 10},
    FurtherType{"WKS", 11},       FurtherType{"MINFO", 14},      FurtherType{"RP", 17},
    FurtherType{"AFSDB", 18},     FurtherType{"X25", 19},        FurtherType{"ISDN", 20},
    FurtherType{"RT", 21},        FurtherType{"NSAP", 22},       FurtherType{"NSAP-PTR", 23},
    FurtherType{"SIG", 24},       FurtherType{"KEY", 25},        FurtherType{"PX", 26},
    FurtherType{"GPOS", 27},      FurtherType{"LOC", 29},        FurtherType{"NXT", 30},
    FurtherType{"EID", 31},       FurtherType{"NIMLOC", 32},     FurtherType{"ATMA", 34},
    FurtherType{"KX", 36},        FurtherType{"CERT", 37},       FurtherType{"A6", 38},
    FurtherType{"SINK", 40},      FurtherType{"APL", 42},        FurtherType{"SSHFP", 44},
    FurtherType{"IPSECKEY", 45},  FurtherType{"DHCID", 49},      FurtherType{"SMIMEA", 53},
    FurtherType{"HIP", 55},       FurtherType{"NINFO", 56},      FurtherType{"RKEY", 57},
    FurtherType{"TALINK", 58},    FurtherType{"OPENPGPKEY", 61}, FurtherType{"CSYNC", 62},
    FurtherType{"ZONEMD", 63},    FurtherType{"SPF", 99},        FurtherType{"UINFO", 100},
    FurtherType{"UID", 101},      FurtherType{"GID", 102},       FurtherType{"UNSPEC", 103},
    FurtherType{"NID", 104},      FurtherType{"L32", 105},       FurtherType{"L64", 106},
    FurtherType{"LP", 107},       FurtherType{"EUI48", 108},     FurtherType{"EUI64", 109},
    FurtherType{"TKEY", 249},     FurtherType{"TSIG", 250},      FurtherType{"IXFR", 251},
    FurtherType{"AXFR", 252},     FurtherType{"MAILB", 253},     FurtherType{"MAILA", 254},
    FurtherType{"URI", 256},      FurtherType{"AVC", 258},       FurtherType{"DOA", 259},
    FurtherType{"AMTRELAY", 260}, FurtherType{"RESINFO", 261},   FurtherType{"TA", 32768},
    FurtherType{"DLV", 32769},
};

std::string upper_case(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return upper;
}

template <typename Code>
using CodesByMnemonic = std::map<std::string_view, Code>;

template <typename Code>
CodesByMnemonic<Code> collect_mnemonics() {
  CodesByMnemonic<Code> codes;
  for (unsigned value = 0; value <= 0xffffU; ++value) {
    const Code code{static_cast<std::uint16_t>(value)};
    if (const std::string_view text = mnemonic(code); !text.empty()) codes.emplace(text, code);
  }
  return codes;
}

/// The number of `prefix`nnn (RFC 3597 5), nullopt if `text` is no such thing.
std::optional<std::uint16_t> parse_numbered(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  const char* const begin = text.data() + prefix.size();
  const char* const end = text.data() + text.size();
  std::uint16_t value = 0;
  const auto [stop, status] = std::from_chars(begin, end, value);
  if (status != std::errc{} || stop != end) return std::nullopt;
  return value;
}

template <typename Code>
std::string mnemonic_or_number(Code code, std::string_view prefix) {
  const std::string_view text = mnemonic(code);
  return text.empty() ? fmt::format("{}{}", prefix, static_cast<unsigned>(code))
                      : std::string(text);
}

}  // namespace

std::string to_text(RRType type) {
  return mnemonic_or_number(type, "TYPE");
}
std::string to_text(RRClass rclass) {
  return mnemonic_or_number(rclass, "CLASS");
}
std::string to_text(Opcode opcode) {
  return mnemonic_or_number(opcode, "OPCODE");
}
std::string to_text(Rcode rcode) {
  return mnemonic_or_number(rcode, "RCODE");
}

std::string to_text(EdeCode code) {
  const std::string_view text = purpose_text(code);
  return text.empty() ? fmt::format("EDE {}", static_cast<unsigned>(code)) : std::string(text);
}

Result<RRType> parse_rrtype(std::string_view text) {
  static const CodesByMnemonic<RRType> types = collect_mnemonics<RRType>();
  const std::string upper = upper_case(text);
  if (const auto found = types.find(upper); found != types.end()) return found->second;
  for (const FurtherType& further : further_types) {
    if (further.mnemonic == upper) return RRType{further.value};
  }
  if (const auto number = parse_numbered(upper, "TYPE")) return RRType{*number};
  return Error{fmt::format("'{}' is not a record type; others are written TYPEnnn", text)};
}

Result<RRClass> parse_rrclass(std::string_view text) {
  static const CodesByMnemonic<RRClass> classes = collect_mnemonics<RRClass>();
  const std::string upper = upper_case(text);
  if (const auto found = classes.find(upper); found != classes.end()) return found->second;
  if (const auto number = parse_numbered(upper, "CLASS")) return RRClass{*number};
  return Error{fmt::format("'{}' is not a class; others are written CLASSnnn", text)};
}

}  // namespace zonefall::dns
