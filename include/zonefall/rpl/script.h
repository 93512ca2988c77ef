// Scripts (.rpl): scenario files with which other projects test their resolvers, as read.
//
// A script is a config section (options of the resolver under test), ranges of canned replies of
// authoritative servers, and steps: client queries, expected answers, jumps of time. There are two
// dialects, Unbound's testbound and Knot Resolver's Deckard, which look alike and count, match and
// judge differently; a Script keeps which one it was written in. Nothing here decides anything:
// play.h does that.
//
// Errors: "file:line:column" (or "file:line") and what was expected there.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/address.h"
#include "zonefall/dns/master_file.h"
#include "zonefall/dns/message.h"

namespace zonefall::rpl {

enum class Dialect : std::uint8_t { testbound, deckard };

/// A line of the config section: `name: value`, quotes removed. In the testbound dialect `clause`
/// is "server", "stub-zone", "view" and so on; each begins with an option without a name, and its
/// options have one number.
struct Option {
  std::string clause;
  std::uint32_t clause_number = 0;
  std::string name;
  std::string value;
  std::uint32_t line = 0;
  bool is_file = false;  // the value names one of Script::files
};

/// A file that a script of testbound brings along (TEMPFILE_CONTENTS, AUTOTRUST_FILE); it is never
/// written anywhere.
struct ScriptFile {
  std::uint32_t line = 0;  // of the script, where its first one is
  std::string text;
};

/// What is read and cannot be done here: the script fails, at this line.
struct Unsupported {
  std::uint32_t line = 0;
  std::string what;
};

/// The words of MATCH that stand alone, as bits.
enum class MatchWord : std::uint32_t {
  opcode = 1U << 0U,
  qtype = 1U << 1U,
  qname = 1U << 2U,      // testbound: by case; Deckard: in any case
  qcase = 1U << 3U,      // by case
  subdomain = 1U << 4U,  // at or below the entry's question
  question = 1U << 5U,
  rcode = 1U << 6U,
  flags = 1U << 7U,
  answer = 1U << 8U,
  authority = 1U << 9U,
  additional = 1U << 10U,
  all = 1U << 11U,
  all_noedns = 1U << 12U,
  ttl = 1U << 13U,
  dnssec_ok = 1U << 14U,
  compact_ok = 1U << 15U,
  noedns = 1U << 16U,
  edns = 1U << 17U,
  udp = 1U << 18U,
  tcp = 1U << 19U,
  ednsdata = 1U << 20U,
  client_cookie = 1U << 21U,
  server_cookie = 1U << 22U,
};

struct Match {
  std::uint32_t words = 0;
  bool is_any_ede = false;              // ede=any
  std::optional<dns::EdeCode> ede;      // ede=N
  std::optional<std::uint32_t> serial;  // serial=N: of the SOA in the authority section

  [[nodiscard]] bool has(MatchWord word) const {
    return (words & static_cast<std::uint32_t>(word)) != 0;
  }
};

struct Adjust {
  bool copy_id = false;
  bool copy_query = false;
  bool raw_id = false;
  bool do_not_answer = false;
};

/// ENTRY_BEGIN to ENTRY_END: a message with what it is compared by, or changed by before it is
/// sent.
struct Entry {
  std::uint32_t line = 0;
  Match match;
  Adjust adjust;
  bool is_mandatory = false;

  // REPLY
  dns::Flags flags;
  dns::Opcode opcode = dns::Opcode::query;
  dns::Rcode rcode = dns::Rcode::noerror;
  bool dnssec_ok = false;
  bool compact_ok = false;

  // SECTION; a section that is not named at all is told from an empty one (Deckard compares it)
  std::optional<dns::Question> question;
  std::vector<dns::TextRecord> answer;
  std::vector<dns::TextRecord> authority;
  std::vector<dns::TextRecord> additional;

  std::optional<dns::Octets> raw;  // HEX_ANSWER, RAW: sent as it is
  std::optional<dns::Octets> edns_data;
  std::vector<Unsupported> unsupported;
};

/// Replies for the steps `first` to `last`, both included.
struct Range {
  std::uint32_t line = 0;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::vector<dns::Address> addresses;  // empty: every destination
  std::vector<Entry> entries;
};

enum class StepType : std::uint8_t {
  query,
  check_answer,
  check_out_query,
  reply,
  timeout,
  error,
  nothing,  // also TRAFFIC
  time_passes,
  assign,
  infra_rtt,
  flush_message,
  expire_message,
  unsupported,  // fails when it is reached
};

struct Step {
  std::uint32_t line = 0;
  std::uint32_t number = 0;
  StepType type = StepType::nothing;
  std::optional<dns::Address> address;
  std::optional<Entry> entry;                  // query, check_answer, check_out_query, reply
  Duration elapsed;                            // time_passes, if there is no `macro`
  std::string variable = {};                   // assign
  std::string macro = {};                      // assign; time_passes: of seconds
  std::optional<dns::Question> question = {};  // flush_message, expire_message
  std::string keyword = {};                    // as written
  std::string reason = {};                     // unsupported
};

struct Script {
  std::string file_name;
  Dialect dialect = Dialect::testbound;
  std::string title;
  std::vector<Option> options;
  std::map<std::string, ScriptFile> files;
  std::vector<Range> ranges;
  std::vector<Step> steps;
};

struct ParseOptions {
  std::string file_name = "script";
  /// nullopt: told by the config section, which only testbound divides into clauses.
  std::optional<Dialect> dialect = std::nullopt;
};

/// What the dialect has and this player has not is kept as such, and fails the script only where it
/// counts; what the dialect has not is an error.
Result<Script> parse_script(std::string_view text, const ParseOptions& options);

}  // namespace zonefall::rpl
