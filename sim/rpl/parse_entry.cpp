// Entries: MATCH, ADJUST, REPLY, sections of records, and packets in hex.
#include "rpl/parse_entry.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "zonefall/core/encoding.h"
#include "zonefall/core/spelling.h"

namespace zonefall::rpl {
namespace {

struct NamedWord {
  std::string_view name;
  MatchWord word;
};

constexpr std::array match_words = {
    NamedWord{"opcode", MatchWord::opcode},
    NamedWord{"qtype", MatchWord::qtype},
    NamedWord{"qname", MatchWord::qname},
    NamedWord{"qcase", MatchWord::qcase},
    NamedWord{"subdomain", MatchWord::subdomain},
    NamedWord{"question", MatchWord::question},
    NamedWord{"rcode", MatchWord::rcode},
    NamedWord{"flags", MatchWord::flags},
    NamedWord{"answer", MatchWord::answer},
    NamedWord{"authority", MatchWord::authority},
    NamedWord{"additional", MatchWord::additional},
    NamedWord{"all", MatchWord::all},
    NamedWord{"all_noedns", MatchWord::all_noedns},
    NamedWord{"ttl", MatchWord::ttl},
    NamedWord{"DO", MatchWord::dnssec_ok},
    NamedWord{"CO", MatchWord::compact_ok},
    NamedWord{"noedns", MatchWord::noedns},
    NamedWord{"edns", MatchWord::edns},
    NamedWord{"UDP", MatchWord::udp},
    NamedWord{"TCP", MatchWord::tcp},
    NamedWord{"ednsdata", MatchWord::ednsdata},
    NamedWord{"client_cookie", MatchWord::client_cookie},
    NamedWord{"server_cookie", MatchWord::server_cookie},
};

struct NamedRcode {
  std::string_view name;
  std::uint16_t value;
};

constexpr std::array rcodes = {
    NamedRcode{"NOERROR", 0},    NamedRcode{"FORMERR", 1},  NamedRcode{"SERVFAIL", 2},
    NamedRcode{"NXDOMAIN", 3},   NamedRcode{"NOTIMPL", 4},  NamedRcode{"NOTIMP", 4},
    NamedRcode{"REFUSED", 5},    NamedRcode{"YXDOMAIN", 6}, NamedRcode{"YXRRSET", 7},
    NamedRcode{"NXRRSET", 8},    NamedRcode{"NOTAUTH", 9},  NamedRcode{"NOTZONE", 10},
    NamedRcode{"DSOTYPENI", 11}, NamedRcode{"BADVERS", 16}, NamedRcode{"BADSIG", 16},
    NamedRcode{"BADKEY", 17},    NamedRcode{"BADTIME", 18}, NamedRcode{"BADMODE", 19},
    NamedRcode{"BADNAME", 20},   NamedRcode{"BADALG", 21},  NamedRcode{"BADTRUNC", 22},
    NamedRcode{"BADCOOKIE", 23},
};

struct NamedOpcode {
  std::string_view name;
  std::uint8_t value;
};

constexpr std::array opcodes = {
    NamedOpcode{"QUERY", 0},  NamedOpcode{"IQUERY", 1}, NamedOpcode{"STATUS", 2},
    NamedOpcode{"NOTIFY", 4}, NamedOpcode{"UPDATE", 5},
};

template <typename Named, std::size_t count>
const Named* find_named(const std::array<Named, count>& all, std::string_view name) {
  for (const Named& one : all) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

template <typename Named, std::size_t count>
std::string unknown(std::string_view what, std::string_view written,
                    const std::array<Named, count>& all) {
  std::array<std::string_view, count> names;
  for (std::size_t i = 0; i < count; ++i) names[i] = all[i].name;
  return unknown_word(what, written, names);
}

/// What follows `name=`; nullopt for other words.
std::optional<std::string_view> value_of(std::string_view word, std::string_view name) {
  if (!word.starts_with(name) || word.size() <= name.size() || word[name.size()] != '=') {
    return std::nullopt;
  }
  return word.substr(name.size() + 1);
}

class EntryParser {
 public:
  EntryParser(Lines& lines, Dialect dialect, dns::RecordOptions& records)
      : lines_(lines), dialect_(dialect), records_(records) {}

  Result<Entry> parse(std::uint32_t begin) {
    entry_.line = begin;
    while (const auto line = lines_.next(dialect_)) {
      if (is(*line, "ENTRY_END")) return in_extra_packet_ ? std::move(first_) : std::move(entry_);
      if (is_beyond_entries(*line)) break;
      if (Status status = take(*line); !status) return status.error();
    }
    return lines_.error(begin, "the entry has no ENTRY_END");
  }

 private:
  enum class Section : std::uint8_t { none, question, answer, authority, additional };

  [[nodiscard]] bool is(const Line& line, std::string_view keyword) const {
    return has_keyword(line, keyword, dialect_);
  }

  // Whether it is what the section in hand holds, whatever its owner is called: with a class and a
  // type, which no keyword has behind it.
  [[nodiscard]] bool is_of_section(const Line& line) const {
    if (section_ == Section::none) return false;
    if (section_ == Section::question) return dns::parse_question(line.text, records_).ok();
    return dns::parse_record(line.text, records_).ok();
  }

  // Lines that no entry has: its ENTRY_END is missing.
  [[nodiscard]] bool is_beyond_entries(const Line& line) const {
    return begins_something_else(line) && !is_of_section(line);
  }

  [[nodiscard]] bool begins_something_else(const Line& line) const {
    for (const char* keyword : {"ENTRY_BEGIN", "RANGE_BEGIN", "RANGE_END", "SCENARIO_END"}) {
      if (is(line, keyword)) return true;
    }
    const auto words = words_of(line.text);
    return words.front() == "STEP" && words.size() > 1 && number_of(words[1]);
  }

  Status take(const Line& line) {
    const auto rest = [&](std::size_t keyword) { return line.text.substr(keyword); };
    if (is(line, "MATCH")) return take_words(line, rest(5), &EntryParser::take_match);
    if (is(line, "ADJUST")) return take_words(line, rest(6), &EntryParser::take_adjust);
    if (is(line, "REPLY")) return take_words(line, rest(5), &EntryParser::take_reply);
    if (dialect_ == Dialect::deckard && is(line, "FLAGS")) {
      return take_words(line, rest(5), &EntryParser::take_reply);
    }
    if (is(line, "SECTION")) return take_section(line, rest(7));
    if (dialect_ == Dialect::deckard) {
      if (is(line, "MANDATORY")) {
        entry_.is_mandatory = true;
        return Done{};
      }
      if (is(line, "RAW")) return take_raw(line);
      if (is(line, "TSIG")) {
        entry_.unsupported.push_back({line.number, "TSIG"});
        return Done{};
      }
    } else {
      if (is(line, "EXTRA_PACKET")) {
        begin_extra_packet();
        return Done{};
      }
      if (is(line, "HEX_ANSWER_BEGIN")) return take_hex(line, "HEX_ANSWER_END", entry_.raw);
      if (is(line, "HEX_EDNSDATA_BEGIN")) {
        return take_hex(line, "HEX_EDNSDATA_END", entry_.edns_data);
      }
      records_.line = line.number;
      auto directive = dns::apply_directive(line.text, records_);
      if (!directive) return directive.error();
      if (directive.value()) return Done{};
    }
    return take_record(line);
  }

  // MATCH and ADJUST are of all packets together.
  Entry& whole() { return in_extra_packet_ ? first_ : entry_; }

  // What follows is the next message of a stream over TCP, a zone's for example. This resolver asks
  // for no more than one; the others are read to find what is wrong with them, and left out.
  void begin_extra_packet() {
    if (!in_extra_packet_) first_ = std::move(entry_);
    in_extra_packet_ = true;
    entry_ = Entry();
    section_ = Section::none;
  }

  using TakeWord = Status (EntryParser::*)(const Line& line, std::string_view word);
  Status take_words(const Line& line, std::string_view text, TakeWord take_one) {
    for (const std::string_view word : words_before(text, ";#")) {
      if (Status status = (this->*take_one)(line, word); !status) return status;
    }
    return Done{};
  }

  Status take_match(const Line& line, std::string_view word) {
    Match& match = whole().match;
    if (const auto ede = value_of(word, "ede")) {
      match.is_any_ede = *ede == "any";
      if (match.is_any_ede) return Done{};
      const auto code = number_of(*ede);
      if (!code || *code > 65535)
        return lines_.error(line.number, fmt::format("'{}' is no EDE code", *ede));
      match.ede = static_cast<dns::EdeCode>(*code);
      return Done{};
    }
    if (const auto serial = value_of(word, "serial")) {
      match.serial = number_of(*serial);
      if (match.serial) return Done{};
      return lines_.error(line.number, fmt::format("'{}' is no serial number", *serial));
    }
    const NamedWord* known = find_named(match_words, word);
    if (known == nullptr) {
      return lines_.error(line.number, unknown("word of MATCH", word, match_words));
    }
    match.words |= static_cast<std::uint32_t>(known->word);
    return Done{};
  }

  Status take_adjust(const Line& line, std::string_view word) {
    Adjust& adjust = whole().adjust;
    const bool is_deckard = dialect_ == Dialect::deckard;
    const bool is_client_subnet =
        word == "copy_ednsdata_assume_clientsubnet" || word == "increment_ecs_scope";
    if (word == "copy_id") {
      adjust.copy_id = true;
    } else if (word == "copy_query") {
      adjust.copy_query = true;
    } else if (word == "raw_id" && is_deckard) {
      adjust.raw_id = true;
    } else if (word == "do_not_answer" && is_deckard) {
      adjust.do_not_answer = true;
    } else if (!is_deckard && (value_of(word, "sleep") || value_of(word, "packet_sleep"))) {
      return Done{};  // real seconds, which a virtual clock has not
    } else if (!is_deckard && is_client_subnet) {
      return Done{};  // of queries with such an option, which this resolver does not send
    } else {
      constexpr std::array<std::string_view, 4> known = {"copy_id", "copy_query", "raw_id",
                                                         "do_not_answer"};
      return lines_.error(line.number, unknown_word("word of ADJUST", word, known));
    }
    return Done{};
  }

  Status take_reply(const Line& line, std::string_view word) {
    struct NamedFlag {
      std::string_view name;
      bool* flag;
    };
    dns::Flags& flags = entry_.flags;
    const std::array named = {
        NamedFlag{"QR", &flags.qr},          NamedFlag{"AA", &flags.aa},
        NamedFlag{"TC", &flags.tc},          NamedFlag{"RD", &flags.rd},
        NamedFlag{"CD", &flags.cd},          NamedFlag{"RA", &flags.ra},
        NamedFlag{"AD", &flags.ad},          NamedFlag{"DO", &entry_.dnssec_ok},
        NamedFlag{"CO", &entry_.compact_ok},
    };
    if (const NamedFlag* known = find_named(named, word)) {
      *known->flag = true;
    } else if (const NamedRcode* rcode = find_named(rcodes, word)) {
      entry_.rcode = static_cast<dns::Rcode>(rcode->value);
    } else if (const NamedOpcode* opcode = find_named(opcodes, word)) {
      entry_.opcode = static_cast<dns::Opcode>(opcode->value);
    } else {
      return lines_.error(line.number, unknown("RCODE or flag", word, rcodes));
    }
    return Done{};
  }

  Status take_section(const Line& line, std::string_view rest) {
    struct NamedSection {
      std::string_view name;
      Section section;
    };
    constexpr std::array sections = {
        NamedSection{"QUESTION", Section::question},
        NamedSection{"ANSWER", Section::answer},
        NamedSection{"AUTHORITY", Section::authority},
        NamedSection{"ADDITIONAL", Section::additional},
    };
    const auto words = words_before(rest, ";#");
    const std::string_view name = words.empty() ? std::string_view() : words.front();
    const NamedSection* known = find_named(sections, name);
    if (known == nullptr) return lines_.error(line.number, unknown("section", name, sections));
    section_ = known->section;
    return Done{};
  }

  Status take_record(const Line& line) {
    if (section_ == Section::none) {
      return lines_.error(line.number, fmt::format("'{}' before any SECTION", line.text));
    }
    records_.line = line.number;
    if (section_ == Section::question) {
      auto question = dns::parse_question(line.text, records_);
      if (!question) return question.error();
      entry_.question = std::move(question).value();
      return Done{};
    }
    auto record = dns::parse_record(line.text, records_);
    if (!record) return record.error();
    std::vector<dns::TextRecord>& section = section_ == Section::answer      ? entry_.answer
                                            : section_ == Section::authority ? entry_.authority
                                                                             : entry_.additional;
    section.push_back(std::move(record).value());
    return Done{};
  }

  // Deckard: the packet is the next line.
  Status take_raw(const Line& line) {
    const auto hex = lines_.next(dialect_);
    if (!hex) return lines_.error(line.number, "RAW is not followed by a line of hex");
    auto octets = from_hex(hex->text);
    if (!octets) return lines_.error(hex->number, octets.error().message);
    entry_.raw = std::move(octets).value();
    return Done{};
  }

  Status take_hex(const Line& begin, std::string_view end, std::optional<dns::Octets>& into) {
    std::string digits;
    while (const auto line = lines_.next(dialect_)) {
      if (line->text.starts_with(end)) {
        auto octets = from_hex(digits);
        if (!octets) return lines_.error(begin.number, octets.error().message);
        into = std::move(octets).value();
        return Done{};
      }
      for (const std::string_view word : words_of(line->text.substr(0, line->text.find(';')))) {
        digits += word;
      }
    }
    return lines_.error(begin.number, fmt::format("there is no {}", end));
  }

  Lines& lines_;
  Dialect dialect_;
  dns::RecordOptions& records_;
  Entry entry_;
  Entry first_;  // while entry_ is an extra packet
  bool in_extra_packet_ = false;
  Section section_ = Section::none;
};

}  // namespace

Result<Entry> parse_entry(Lines& lines, std::uint32_t begin, Dialect dialect,
                          dns::RecordOptions& records) {
  return EntryParser(lines, dialect, records).parse(begin);
}

}  // namespace zonefall::rpl
