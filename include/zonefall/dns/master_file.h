// Master-file text (RFC 1035 5, RFC 2308 4, RFC 3597 5): in and out.
//
// Reads $ORIGIN, $TTL (not $INCLUDE: an error that says so), parentheses, quoted strings, escapes,
// TTL units (1h30m), omitted owner / TTL / class. RRSIGs are attached to the RRset they cover.
// Errors carry "file:line:column". Writes one record a line with absolute names, so that ldns, BIND
// and this reader accept it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/dns/message.h"
#include "zonefall/dns/name.h"
#include "zonefall/dns/rrset.h"

namespace zonefall::dns {

struct MasterFileOptions {
  std::string file_name = "zone";                             // for error messages
  Name origin;                                                // until $ORIGIN
  std::optional<std::uint32_t> default_ttl_s = std::nullopt;  // until $TTL
};

/// RRsets in canonical order of owner, then type. An RRSIG without its RRset is an error, so are
/// records of one RRset with different TTLs (RFC 2181 5.2) and a CNAME beside other data.
Result<std::vector<SignedRRset>> parse_master_file(std::string_view text,
                                                   const MasterFileOptions& options);

/// One record by itself, of any type and TTL, as tests write them: not a zone's.
struct TextRecord {
  Name owner;
  RRType type = RRType::a;
  RRClass rclass = RRClass::in;
  std::uint32_t ttl_s = 0;
  Octets rdata;
};

struct RecordOptions {
  std::string file_name = "record";  // for error messages, with `line`
  std::uint32_t line = 1;
  Name origin;
  std::uint32_t default_ttl_s = 3600;
};

/// "owner [TTL] [class] type RDATA", all on one line.
Result<TextRecord> parse_record(std::string_view text, const RecordOptions& options);
/// "owner [class] type", the way of question sections; types of questions included.
Result<Question> parse_question(std::string_view text, const RecordOptions& options);

/// A line $ORIGIN or $TTL changes `options`; false for any other line.
Result<bool> apply_directive(std::string_view text, RecordOptions& options);

/// All records of `entry`, one a line, each ending in a newline, RRSIGs after the RRset.
std::string to_master_text(const SignedRRset& entry);

}  // namespace zonefall::dns
