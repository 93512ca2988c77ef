#include "dns/rdata_text.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "dns/svc_params.h"
#include "zonefall/core/encoding.h"

namespace zonefall::dns {
namespace {

constexpr std::size_t rdata_octets_max = 65'535;
constexpr std::string_view generic_mark = "\\#";  // RFC 3597 5

struct NamedField {
  std::string_view name;  // for error messages
  const Field& field;
};
using Format = std::span<const NamedField>;

// One list a presentation format, in the order of the fields.
const std::array a_format = {NamedField{"address", fields::ipv4}};
const std::array aaaa_format = {NamedField{"address", fields::ipv6}};
const std::array name_format = {NamedField{"name", fields::name}};
const std::array soa_format = {
    NamedField{"primary server", fields::name}, NamedField{"mailbox", fields::name},
    NamedField{"serial", fields::u32},          NamedField{"refresh", fields::seconds},
    NamedField{"retry", fields::seconds},       NamedField{"expire", fields::seconds},
    NamedField{"minimum", fields::seconds},
};
const std::array mx_format = {NamedField{"preference", fields::u16},
                              NamedField{"exchange", fields::name}};
const std::array hinfo_format = {NamedField{"CPU", fields::character_string},
                                 NamedField{"OS", fields::character_string}};
const std::array txt_format = {NamedField{"text", fields::character_strings}};
const std::array srv_format = {NamedField{"priority", fields::u16},
                               NamedField{"weight", fields::u16}, NamedField{"port", fields::u16},
                               NamedField{"target", fields::name}};
const std::array naptr_format = {
    NamedField{"order", fields::u16},
    NamedField{"preference", fields::u16},
    NamedField{"flags", fields::character_string},
    NamedField{"services", fields::character_string},
    NamedField{"regular expression", fields::character_string},
    NamedField{"replacement", fields::name},
};
const std::array ds_format = {
    NamedField{"key tag", fields::u16}, NamedField{"algorithm", fields::algorithm},
    NamedField{"digest type", fields::u8}, NamedField{"digest", fields::hex_rest}};
const std::array dnskey_format = {
    NamedField{"flags", fields::u16}, NamedField{"protocol", fields::u8},
    NamedField{"algorithm", fields::algorithm}, NamedField{"public key", fields::base64_rest}};
const std::array rrsig_format = {
    NamedField{"type covered", fields::type},
    NamedField{"algorithm", fields::algorithm},
    NamedField{"labels", fields::u8},
    NamedField{"original TTL", fields::u32},
    NamedField{"expiration", fields::time},
    NamedField{"inception", fields::time},
    NamedField{"key tag", fields::u16},
    NamedField{"signer", fields::name},
    NamedField{"signature", fields::base64_rest},
};
const std::array nsec_format = {NamedField{"next name", fields::name},
                                NamedField{"types", fields::types}};
const std::array nsec3_format = {
    NamedField{"hash algorithm", fields::u8},
    NamedField{"flags", fields::u8},
    NamedField{"iterations", fields::u16},
    NamedField{"salt", fields::salt},
    NamedField{"next hash", fields::base32hex_counted},
    NamedField{"types", fields::types},
};
const std::array nsec3param_format = {
    NamedField{"hash algorithm", fields::u8}, NamedField{"flags", fields::u8},
    NamedField{"iterations", fields::u16}, NamedField{"salt", fields::salt}};
const std::array tlsa_format = {NamedField{"usage", fields::u8}, NamedField{"selector", fields::u8},
                                NamedField{"matching type", fields::u8},
                                NamedField{"association data", fields::hex_rest}};
const std::array caa_format = {NamedField{"flags", fields::u8}, NamedField{"tag", fields::caa_tag},
                               NamedField{"value", fields::quoted_rest}};

/// Empty for types that are only written in the generic format.
Format format_of(RRType type) {
  switch (type) {
    case RRType::a: return a_format;
    case RRType::aaaa: return aaaa_format;
    case RRType::ns:
    case RRType::cname:
    case RRType::ptr:
    case RRType::dname: return name_format;
    case RRType::soa: return soa_format;
    case RRType::mx: return mx_format;
    case RRType::hinfo: return hinfo_format;
    case RRType::txt: return txt_format;
    case RRType::srv: return srv_format;
    case RRType::naptr: return naptr_format;
    case RRType::ds:
    case RRType::cds: return ds_format;
    case RRType::dnskey:
    case RRType::cdnskey: return dnskey_format;
    case RRType::rrsig: return rrsig_format;
    case RRType::nsec: return nsec_format;
    case RRType::nsec3: return nsec3_format;
    case RRType::nsec3param: return nsec3param_format;
    case RRType::tlsa: return tlsa_format;
    case RRType::caa: return caa_format;
    case RRType::opt:
    case RRType::svcb:
    case RRType::https:
    case RRType::any: return {};
  }
  return {};
}

const std::array two_names_format = {NamedField{"first name", fields::name},
                                     NamedField{"second name", fields::name}};
const std::array sshfp_format = {NamedField{"algorithm", fields::u8},
                                 NamedField{"fingerprint type", fields::u8},
                                 NamedField{"fingerprint", fields::hex_rest}};
const std::array openpgpkey_format = {NamedField{"key", fields::base64_rest}};
const std::array csync_format = {NamedField{"serial", fields::u32},
                                 NamedField{"flags", fields::u16},
                                 NamedField{"types", fields::types}};
const std::array zonemd_format = {
    NamedField{"serial", fields::u32}, NamedField{"scheme", fields::u8},
    NamedField{"hash algorithm", fields::u8}, NamedField{"digest", fields::hex_rest}};
const std::array uri_format = {NamedField{"priority", fields::u16},
                               NamedField{"weight", fields::u16},
                               NamedField{"target", fields::quoted_rest}};

// It is never printed: whatever it prints would not be complete.
const Field svc_params{[](OctetReader&, std::string&) {}, parse_svc_params};
const std::array svcb_format = {NamedField{"priority", fields::u16},
                                NamedField{"target", fields::name},
                                NamedField{"parameters", svc_params}};

/// Of types that are only read so: they are written in the generic format.
Format further_format_of(RRType type) {
  switch (static_cast<std::uint16_t>(type)) {
    case 3:  // MD
    case 4:  // MF
    case 7:  // MB
    case 8:  // MG
    case 9:  // MR
      return name_format;
    case 14:  // MINFO
    case 17:  // RP
      return two_names_format;
    case 18:  // AFSDB
    case 21:  // RT
    case 36:  // KX
      return mx_format;
    case 24: return rrsig_format;   // SIG
    case 25: return dnskey_format;  // KEY
    case 44: return sshfp_format;   // SSHFP
    case 53: return tlsa_format;    // SMIMEA
    case 61: return openpgpkey_format;
    case 62: return csync_format;
    case 63: return zonemd_format;
    case 64:
    case 65: return svcb_format;  // SVCB, HTTPS
    case 99: return txt_format;   // SPF
    case 256: return uri_format;
    case 32769: return ds_format;  // DLV
    default: return {};
  }
}

std::string generic_text(std::span<const std::uint8_t> rdata) {
  if (rdata.empty()) return "\\# 0";
  return fmt::format("{} {} {}", generic_mark, rdata.size(), to_hex(rdata));
}

Result<Octets> parse_generic(TokenCursor& from) {
  from.take();
  const auto length_text = from.take_or_error();
  if (!length_text) return Error{"length after \\#: missing"};
  std::uint16_t length = 0;
  const char* const end = length_text.value().data() + length_text.value().size();
  const auto [stop, status] = std::from_chars(length_text.value().data(), end, length);
  if (status != std::errc{} || stop != end) {
    return Error{
        fmt::format("length after \\#: '{}' is not a number from 0 to 65535", length_text.value())};
  }
  Octets octets;
  if (!from.at_end()) {
    const auto digits = from.take_joined();
    auto decoded = from_hex(digits.value());
    if (!decoded) return Error{"octets after \\#: " + decoded.error().message};
    octets = std::move(decoded).value();
  }
  if (octets.size() != length) {
    return Error{fmt::format("\\# announces {} octets but {} follow", length, octets.size())};
  }
  return octets;
}

}  // namespace

std::string rdata_to_text(RRType type, std::span<const std::uint8_t> rdata) {
  const Format format = format_of(type);
  if (format.empty()) return generic_text(rdata);
  OctetReader reader(rdata);
  std::string text;
  for (const NamedField& use : format) {
    // An empty type bitmap prints nothing: no blank may be left in front of it.
    const std::size_t before = text.size();
    if (before > 0) text += ' ';
    use.field.print(reader, text);
    if (text.size() == before + 1 && before > 0) text.resize(before);
    if (reader.failed()) return generic_text(rdata);
  }
  return reader.complete() ? text : generic_text(rdata);
}

Result<Octets> parse_rdata(RRType type, TokenCursor& from, const Name& origin) {
  if (from.peek() == generic_mark) return parse_generic(from);
  const Format known = format_of(type);
  const Format format = known.empty() ? further_format_of(type) : known;
  if (format.empty()) {
    return Error{
        fmt::format("RDATA of type {} is written as \\# LENGTH HEX (RFC 3597)", to_text(type))};
  }
  Octets octets;
  for (const NamedField& use : format) {
    if (const Status status = use.field.parse(from, origin, octets); !status) {
      return Error{fmt::format("{} {}: {}", to_text(type), use.name, status.error().message)};
    }
  }
  if (!from.at_end()) {
    const std::string& token = from.take();
    return Error{fmt::format("'{}' after the last field of {}", token, to_text(type))};
  }
  if (octets.size() > rdata_octets_max) {
    return Error{
        fmt::format("{} octets of RDATA are more than {}", octets.size(), rdata_octets_max)};
  }
  return octets;
}

Result<Octets> rdata_from_tokens(RRType type, std::span<const std::string> tokens,
                                 const Name& origin) {
  TokenCursor cursor(tokens);
  return parse_rdata(type, cursor, origin);
}

}  // namespace zonefall::dns
