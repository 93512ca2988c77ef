// Single records and questions as text.
#include <fmt/format.h>

#include "dns/master_lexer.h"
#include "dns/rdata_text.h"
#include "dns/ttl_text.h"
#include "zonefall/dns/master_file.h"

namespace zonefall::dns {
namespace {

// The fields of one line, taken from the left.
class Fields {
 public:
  Fields(std::string_view text, const RecordOptions& options)
      : options_(options), lexer_(text, options.file_name, options.line) {}

  Status read() {
    auto line = lexer_.next_line();
    if (!line) return line.error();
    if (!line.value()) return lexer_.error_at({options_.line, 1}, "a record is missing");
    line_ = std::move(*line.value());
    return Done{};
  }

  [[nodiscard]] bool at_end() const { return next_ == line_.tokens.size(); }
  [[nodiscard]] const std::string& peek() const { return line_.tokens[next_]; }
  void skip() { next_ += 1; }
  [[nodiscard]] Error error(std::string message) const {
    return error_at(next_, std::move(message));
  }
  [[nodiscard]] Error error_at(std::size_t token, std::string message) const {
    return lexer_.error_at(token < line_.places.size() ? line_.places[token] : line_.end,
                           std::move(message));
  }

  Result<Name> owner() {
    auto name = Name::parse_relative(peek(), options_.origin);
    if (!name) return error(name.error().message);
    skip();
    return name;
  }

  Result<RRType> type() {
    if (at_end()) return error("the type is missing");
    const auto type = parse_rrtype(peek());
    if (!type) return error(type.error().message);
    skip();
    return type;
  }

  Result<std::uint32_t> ttl() {
    const auto ttl_s = parse_ttl(peek());
    if (!ttl_s) return error(ttl_s.error().message);
    skip();
    return ttl_s;
  }

  // Numbers and classes in any order, where there are any.
  Status ttl_and_class(std::uint32_t* ttl_s, RRClass& rclass) {
    bool has_ttl = ttl_s == nullptr;
    bool has_class = false;
    while (!at_end()) {
      const std::string& token = peek();
      if (!has_ttl && !token.empty() && token.front() >= '0' && token.front() <= '9') {
        const auto given = ttl();
        if (!given) return given.error();
        *ttl_s = given.value();
        has_ttl = true;
        continue;
      }
      const bool is_type = ttl_s == nullptr && next_ + 1 == line_.tokens.size();  // "a. ANY"
      const auto given = parse_rrclass(token);
      if (has_class || is_type || !given) break;
      rclass = given.value();
      has_class = true;
      skip();
    }
    return Done{};
  }

  // An RRSIG may lack its signature: a broken one, which is legal on the wire and never in a zone.
  Result<Octets> rdata(RRType type) {
    constexpr std::size_t fields_before_signature = 8;
    const bool lacks_signature =
        type == RRType::rrsig && line_.tokens.size() == next_ + fields_before_signature;
    if (lacks_signature) line_.tokens.emplace_back("AA==");  // one octet, for the parser
    TokenCursor cursor(std::span(line_.tokens).subspan(next_));
    auto octets = parse_rdata(type, cursor, options_.origin);
    if (!octets) return error_at(next_ + cursor.place(), octets.error().message);
    if (lacks_signature) octets.value().pop_back();
    return octets;
  }

 private:
  const RecordOptions& options_;
  MasterLexer lexer_;
  MasterLine line_;
  std::size_t next_ = 0;
};

}  // namespace

Result<TextRecord> parse_record(std::string_view text, const RecordOptions& options) {
  Fields fields(text, options);
  if (Status status = fields.read(); !status) return status.error();
  TextRecord record;
  record.ttl_s = options.default_ttl_s;
  auto owner = fields.owner();
  if (!owner) return owner.error();
  record.owner = std::move(owner).value();
  Status status = fields.ttl_and_class(&record.ttl_s, record.rclass);
  if (!status) return status.error();
  const auto type = fields.type();
  if (!type) return type.error();
  record.type = type.value();
  auto rdata = fields.rdata(record.type);
  if (!rdata) return rdata.error();
  record.rdata = std::move(rdata).value();
  return record;
}

Result<Question> parse_question(std::string_view text, const RecordOptions& options) {
  Fields fields(text, options);
  if (Status status = fields.read(); !status) return status.error();
  Question question;
  auto owner = fields.owner();
  if (!owner) return owner.error();
  question.qname = std::move(owner).value();
  Status status = fields.ttl_and_class(nullptr, question.qclass);
  if (!status) return status.error();
  const auto type = fields.type();
  if (!type) return type.error();
  question.qtype = type.value();
  if (!fields.at_end()) {
    return fields.error(fmt::format("'{}' after the type of a question", fields.peek()));
  }
  return question;
}

Result<bool> apply_directive(std::string_view text, RecordOptions& options) {
  if (!text.starts_with('$')) return false;
  Fields fields(text, options);
  if (Status status = fields.read(); !status) return status.error();
  const std::string directive = fields.peek();
  if (directive != "$ORIGIN" && directive != "$TTL") {
    return fields.error(fmt::format("'{}' is not a directive ($ORIGIN, $TTL)", directive));
  }
  fields.skip();
  if (fields.at_end()) return fields.error(directive + " has no value");
  if (directive == "$ORIGIN") {
    auto origin = fields.owner();
    if (!origin) return origin.error();
    options.origin = std::move(origin).value();
  } else {
    const auto ttl_s = fields.ttl();
    if (!ttl_s) return ttl_s.error();
    options.default_ttl_s = ttl_s.value();
  }
  if (!fields.at_end()) {
    return fields.error(fmt::format("'{}' after the value of {}", fields.peek(), directive));
  }
  return true;
}

}  // namespace zonefall::dns
