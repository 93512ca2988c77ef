#include "zonefall/dns/master_file.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "dns/master_lexer.h"
#include "dns/rdata_text.h"
#include "dns/ttl_text.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::dns {
namespace {

constexpr std::uint32_t ttl_s_max = 0x7fffffff;  // RFC 2181 8

/// Types that only questions or messages have (RFC 6895 3.1), never a zone.
bool is_meta_type(RRType type) {
  const auto value = static_cast<std::uint16_t>(type);
  return value == 0 || type == RRType::opt || (value >= 128 && value <= 255);
}

bool has_different_rdatas(RRType type, const std::vector<Octets>& rdatas) {
  return std::any_of(rdatas.begin(), rdatas.end(), [&](const Octets& rdata) {
    return canonical_rdata(type, rdata) != canonical_rdata(type, rdatas.front());
  });
}

struct RecordHeader {
  Name owner;
  RRType type = RRType::a;
  std::uint32_t ttl_s = 0;
  TextPlace place;      // of the record
  TextPlace ttl_place;  // of its TTL, or of the record if that is left out
};

class MasterParser {
 public:
  MasterParser(std::string_view text, const MasterFileOptions& options)
      : lexer_(text, options.file_name),
        origin_(options.origin),
        default_ttl_s_(options.default_ttl_s) {}

  Result<std::vector<SignedRRset>> parse();

 private:
  struct Key {
    Name owner;
    RRType type = RRType::a;
    auto operator<=>(const Key&) const = default;
  };
  struct Entry {
    Name owner;  // as first written
    std::uint32_t ttl_s = 0;
    TextPlace place;       // of its first record
    TextPlace last_place;  // of its last record
    std::vector<Octets> rdatas;
    RrsigList rrsigs;
  };
  struct Signature {
    RecordHeader header;
    DecodedRrsig rrsig;
  };
  using Entries = std::map<Key, Entry>;

  Status handle_line(const MasterLine& line);
  Status handle_directive(const MasterLine& line);
  Status handle_record(const MasterLine& line);
  /// Reads the fields up to and with the type; `next` becomes the index of the first RDATA token.
  Result<RecordHeader> read_header(const MasterLine& line, std::size_t& next);
  Status read_owner(const MasterLine& line, RecordHeader& header, std::size_t& next);
  Status read_ttl_and_class(const MasterLine& line, RecordHeader& header, std::size_t& next);
  Result<std::uint32_t> read_ttl(const MasterLine& line, std::size_t index) const;
  Status settle_class(RRClass rclass, TextPlace place);
  Status add(const RecordHeader& header, Octets rdata);
  Status attach_signatures();
  Status attach(const Signature& signature);
  [[nodiscard]] Status check_cnames() const;
  std::vector<SignedRRset> take_rrsets();

  MasterLexer lexer_;
  Name origin_;
  std::optional<std::uint32_t> default_ttl_s_;
  std::optional<std::uint32_t> last_ttl_s_;
  std::optional<Name> last_owner_;
  std::optional<RRClass> rclass_;
  Entries entries_;
  std::vector<Signature> signatures_;
};

Result<std::vector<SignedRRset>> MasterParser::parse() {
  while (true) {
    auto line = lexer_.next_line();
    if (!line) return line.error();
    if (!line.value()) break;
    if (Status status = handle_line(*line.value()); !status) return status.error();
  }
  if (Status status = attach_signatures(); !status) return status.error();
  if (Status status = check_cnames(); !status) return status.error();
  return take_rrsets();
}

Status MasterParser::handle_line(const MasterLine& line) {
  const bool directive = !line.starts_with_blank && line.tokens[0].starts_with('$');
  return directive ? handle_directive(line) : handle_record(line);
}

Status MasterParser::handle_directive(const MasterLine& line) {
  const std::string& directive = line.tokens[0];
  if (directive == "$INCLUDE") {
    return lexer_.error_at(line.places[0],
                           "$INCLUDE is not supported: put all records in one file");
  }
  if (directive != "$ORIGIN" && directive != "$TTL") {
    return lexer_.error_at(line.places[0],
                           fmt::format("'{}' is not a directive ($ORIGIN, $TTL)", directive));
  }
  if (line.tokens.size() == 1) return lexer_.error_at(line.end, directive + " has no value");
  if (line.tokens.size() > 2) {
    return lexer_.error_at(line.places[2],
                           fmt::format("'{}' after the value of {}", line.tokens[2], directive));
  }
  if (directive == "$TTL") {
    const auto ttl_s = read_ttl(line, 1);
    if (!ttl_s) return ttl_s.error();
    default_ttl_s_ = ttl_s.value();
    return Done{};
  }
  auto origin = Name::parse_relative(line.tokens[1], origin_);
  if (!origin) return lexer_.error_at(line.places[1], origin.error().message);
  origin_ = std::move(origin).value();
  return Done{};
}

Status MasterParser::handle_record(const MasterLine& line) {
  std::size_t next = 0;
  const auto header = read_header(line, next);
  if (!header) return header.error();
  TokenCursor cursor(std::span(line.tokens).subspan(next));
  auto rdata = parse_rdata(header.value().type, cursor, origin_);
  if (!rdata) {
    const std::size_t at = next + cursor.place();
    return lexer_.error_at(at < line.places.size() ? line.places[at] : line.end,
                           rdata.error().message);
  }
  return add(header.value(), std::move(rdata).value());
}

Result<RecordHeader> MasterParser::read_header(const MasterLine& line, std::size_t& next) {
  RecordHeader header;
  header.place = line.places[0];
  header.ttl_place = line.places[0];
  if (Status status = read_owner(line, header, next); !status) return status.error();
  if (Status status = read_ttl_and_class(line, header, next); !status) return status.error();
  if (next == line.tokens.size()) return lexer_.error_at(line.end, "the record has no type");
  const auto type = parse_rrtype(line.tokens[next]);
  if (!type) return lexer_.error_at(line.places[next], type.error().message);
  if (is_meta_type(type.value())) {
    return lexer_.error_at(line.places[next],
                           fmt::format("{} is not a type of zone data", to_text(type.value())));
  }
  header.type = type.value();
  next += 1;
  return header;
}

Status MasterParser::read_owner(const MasterLine& line, RecordHeader& header, std::size_t& next) {
  if (line.starts_with_blank) {
    if (!last_owner_) {
      return lexer_.error_at(line.places[0], "the first record of a file needs an owner name");
    }
    header.owner = *last_owner_;
    return Done{};
  }
  auto owner = Name::parse_relative(line.tokens[0], origin_);
  if (!owner) return lexer_.error_at(line.places[0], owner.error().message);
  header.owner = std::move(owner).value();
  last_owner_ = header.owner;
  next = 1;
  return Done{};
}

Status MasterParser::read_ttl_and_class(const MasterLine& line, RecordHeader& header,
                                        std::size_t& next) {
  std::optional<std::uint32_t> ttl_s;
  std::optional<RRClass> rclass;
  for (; next < line.tokens.size(); ++next) {
    const std::string& token = line.tokens[next];
    if (!ttl_s && !token.empty() && token[0] >= '0' && token[0] <= '9') {
      const auto given = read_ttl(line, next);
      if (!given) return given.error();
      ttl_s = given.value();
      header.ttl_place = line.places[next];
      continue;
    }
    const auto given = parse_rrclass(token);
    if (rclass || !given) break;
    rclass = given.value();
    if (Status status = settle_class(*rclass, line.places[next]); !status) return status;
  }
  rclass_ = rclass_.value_or(RRClass::in);
  // RFC 2308 4: $TTL comes before the TTL of the record before (RFC 1035 5.1).
  last_ttl_s_ = ttl_s ? ttl_s : last_ttl_s_;
  const auto effective_ttl_s = ttl_s ? ttl_s : default_ttl_s_ ? default_ttl_s_ : last_ttl_s_;
  if (!effective_ttl_s) {
    return lexer_.error_at(line.places[0], "the record has no TTL, and there is no $TTL before it");
  }
  header.ttl_s = *effective_ttl_s;
  return Done{};
}

Result<std::uint32_t> MasterParser::read_ttl(const MasterLine& line, std::size_t index) const {
  const auto ttl_s = parse_ttl(line.tokens[index]);
  if (!ttl_s) return lexer_.error_at(line.places[index], ttl_s.error().message);
  if (ttl_s.value() > ttl_s_max) {
    return lexer_.error_at(line.places[index], fmt::format("a TTL of {} s is more than {} s",
                                                           ttl_s.value(), ttl_s_max));
  }
  return ttl_s.value();
}

Status MasterParser::settle_class(RRClass rclass, TextPlace place) {
  if (rclass == RRClass::any || rclass == RRClass::none) {
    return lexer_.error_at(place, fmt::format("{} is not a class of zone data", to_text(rclass)));
  }
  if (rclass_.value_or(rclass) != rclass) {
    return lexer_.error_at(place, fmt::format("class {} after records of class {}", to_text(rclass),
                                              to_text(*rclass_)));
  }
  rclass_ = rclass;
  return Done{};
}

Status MasterParser::add(const RecordHeader& header, Octets rdata) {
  if (header.type == RRType::rrsig) {
    auto rrsig = decode_rrsig(rdata);
    if (!rrsig) return lexer_.error_at(header.place, rrsig.error().message);
    signatures_.push_back({header, std::move(rrsig).value()});
    return Done{};
  }
  const auto [found, is_new] =
      entries_.try_emplace(Key{header.owner, header.type},
                           Entry{header.owner, header.ttl_s, header.place, header.place, {}, {}});
  Entry& entry = found->second;
  if (!is_new && entry.ttl_s != header.ttl_s) {
    return lexer_.error_at(
        header.ttl_place,
        fmt::format("TTL {} differs from {} of the same RRset on line {} (RFC 2181 5.2)",
                    header.ttl_s, entry.ttl_s, entry.place.line));
  }
  entry.last_place = header.place;
  entry.rdatas.push_back(std::move(rdata));
  return Done{};
}

Status MasterParser::attach_signatures() {
  for (const Signature& signature : signatures_) {
    if (Status status = attach(signature); !status) return status;
  }
  return Done{};
}

Status MasterParser::attach(const Signature& signature) {
  const RecordHeader& header = signature.header;
  const RrsigFields& fields = signature.rrsig.fields;
  const auto found = entries_.find(Key{header.owner, fields.type_covered});
  if (found == entries_.end()) {
    return lexer_.error_at(header.place,
                           fmt::format("the RRSIG covers {} records of {}, which has none",
                                       to_text(fields.type_covered), header.owner.to_text()));
  }
  Entry& entry = found->second;
  if (entry.ttl_s != header.ttl_s) {
    return lexer_.error_at(
        header.ttl_place,
        fmt::format("TTL {} differs from {} of the RRset it covers on line {} (RFC 4034 3)",
                    header.ttl_s, entry.ttl_s, entry.place.line));
  }
  const bool known =
      std::any_of(entry.rrsigs.begin(), entry.rrsigs.end(), [&](const RrsigPtr& other) {
        return other->fields() == fields &&
               std::ranges::equal(other->signature(), signature.rrsig.signature);
      });
  if (!known) entry.rrsigs.push_back(make_octet_rrsig(fields, signature.rrsig.signature));
  return Done{};
}

Status MasterParser::check_cnames() const {
  // The entries of one owner are neighbours. RFC 4035 2.5 lets NSEC stand beside a CNAME.
  for (auto group = entries_.begin(); group != entries_.end();) {
    const auto group_end = std::find_if(group, entries_.end(), [&](const auto& item) {
      return !(item.first.owner == group->first.owner);
    });
    const auto cname = std::find_if(
        group, group_end, [](const auto& item) { return item.first.type == RRType::cname; });
    for (auto item = group; cname != group_end && item != group_end; ++item) {
      if (item->first.type == RRType::nsec) continue;
      if (item == cname && !has_different_rdatas(RRType::cname, item->second.rdatas)) continue;
      return lexer_.error_at(
          item == cname ? cname->second.last_place
                        : std::max(cname->second.place, item->second.place),
          fmt::format("{} has a CNAME and {} {} records", group->first.owner.to_text(),
                      item == cname ? "other" : "also", to_text(item->first.type)));
    }
    group = group_end;
  }
  return Done{};
}

std::vector<SignedRRset> MasterParser::take_rrsets() {
  std::vector<SignedRRset> rrsets;
  rrsets.reserve(entries_.size());
  for (auto& [key, entry] : entries_) {
    RRset::Header header{entry.owner, key.type, rclass_.value_or(RRClass::in), entry.ttl_s};
    rrsets.push_back(
        {RRset::make(std::move(header), std::move(entry.rdatas)), std::move(entry.rrsigs)});
  }
  return rrsets;
}

}  // namespace

Result<std::vector<SignedRRset>> parse_master_file(std::string_view text,
                                                   const MasterFileOptions& options) {
  return MasterParser(text, options).parse();
}

std::string to_master_text(const SignedRRset& entry) {
  const RRset& rrset = *entry.rrset;
  const std::string lead =
      fmt::format("{} {} {} ", rrset.owner().to_text(), rrset.ttl_s(), to_text(rrset.rclass()));
  const std::string rrset_lead = lead + to_text(rrset.type()) + ' ';
  std::string text;
  for (const RdataList::Rdata rdata : rrset.rdatas()) {
    text += rrset_lead + rdata_to_text(rrset.type(), rdata) + '\n';
  }
  for (const RrsigPtr& rrsig : entry.rrsigs) {
    text += lead + "RRSIG " +
            rdata_to_text(RRType::rrsig, encode(rrsig->fields(), rrsig->signature())) + '\n';
  }
  return text;
}

}  // namespace zonefall::dns
