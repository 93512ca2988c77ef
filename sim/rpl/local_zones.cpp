#include "rpl/local_zones.h"

#include <algorithm>
#include <array>
#include <tuple>

#include <fmt/format.h>

namespace zonefall::rpl {
namespace {

using dns::Name;
using dns::RRsetPtr;
using dns::RRType;

struct NamedType {
  std::string_view name;
  LocalZoneType type;
};

// The "inform" ones do what their namesakes do, and log it.
constexpr std::array type_names = {
    NamedType{"deny", LocalZoneType::deny},
    NamedType{"refuse", LocalZoneType::refuse},
    NamedType{"static", LocalZoneType::fixed},
    NamedType{"transparent", LocalZoneType::transparent},
    NamedType{"typetransparent", LocalZoneType::typetransparent},
    NamedType{"redirect", LocalZoneType::redirect},
    NamedType{"inform", LocalZoneType::transparent},
    NamedType{"inform_deny", LocalZoneType::deny},
    NamedType{"inform_redirect", LocalZoneType::redirect},
    NamedType{"always_transparent", LocalZoneType::always_transparent},
    NamedType{"always_refuse", LocalZoneType::always_refuse},
    NamedType{"always_nxdomain", LocalZoneType::always_nxdomain},
    NamedType{"always_nodata", LocalZoneType::always_nodata},
    NamedType{"always_deny", LocalZoneType::always_deny},
    NamedType{"always_null", LocalZoneType::always_null},
    NamedType{"block_a", LocalZoneType::block_a},
    NamedType{"truncate", LocalZoneType::truncate},
    NamedType{"noview", LocalZoneType::always_transparent},  // of a view: as if it were not there
};

constexpr std::uint32_t default_ttl_s = 10'800;
constexpr std::string_view loopback_ip6 =
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.";

// Local data are not looked at.
bool is_always(LocalZoneType type) {
  switch (type) {
    case LocalZoneType::always_transparent:
    case LocalZoneType::always_refuse:
    case LocalZoneType::always_nxdomain:
    case LocalZoneType::always_nodata:
    case LocalZoneType::always_deny:
    case LocalZoneType::block_a: return true;
    case LocalZoneType::deny:
    case LocalZoneType::refuse:
    case LocalZoneType::fixed:
    case LocalZoneType::transparent:
    case LocalZoneType::typetransparent:
    case LocalZoneType::redirect:
    case LocalZoneType::always_null:
    case LocalZoneType::truncate: return false;
  }
  return false;
}

// The type asked for, or an alias; of all types the one that was written last.
RRsetPtr rrset_for(const std::vector<RRsetPtr>& rrsets, const dns::Question& question) {
  RRsetPtr alias;
  RRsetPtr any;
  for (const RRsetPtr& rrset : rrsets) {
    if (rrset->rclass() != question.qclass) continue;
    if (rrset->type() == question.qtype) return rrset;
    if (rrset->type() == RRType::cname) alias = rrset;
    any = rrset;
  }
  return question.qtype == RRType::any ? any : alias;
}

// The first one that both have.
std::optional<std::size_t> common_tag(const Tags& a, const Tags& b) {
  for (const std::size_t tag : a) {
    if (b.count(tag) != 0) return tag;
  }
  return std::nullopt;
}

// Of the type asked for, or an alias, under the name asked for.
RRsetPtr tag_data(const ClientTags& tags, std::size_t tag, const dns::Question& question) {
  const auto found = tags.data.find(tag);
  if (found == tags.data.end()) return nullptr;
  dns::RRset::Header header{question.qname, question.qtype, question.qclass, 0};
  std::vector<dns::Octets> rdatas;
  for (const dns::TextRecord& record : found->second) {
    const bool is_wanted = record.type == question.qtype || record.type == RRType::cname;
    if (!is_wanted || (!rdatas.empty() && record.type != header.type)) continue;
    header.type = record.type;
    header.ttl_s = record.ttl_s;
    rdatas.push_back(record.rdata);
  }
  return rdatas.empty() ? nullptr : dns::RRset::make(header, std::move(rdatas));
}

LocalAnswer with_rcode(dns::Rcode rcode) {
  LocalAnswer answer;
  answer.rcode = rcode;
  return answer;
}

// RFC 2308 3: the SOA's TTL is that of the denial.
LocalAnswer negative(dns::Rcode rcode, const std::vector<RRsetPtr>* apex) {
  LocalAnswer answer = with_rcode(rcode);
  if (apex == nullptr) return answer;
  for (const RRsetPtr& rrset : *apex) {
    if (rrset->type() != RRType::soa) continue;
    const auto soa = dns::decode_soa(rrset->rdatas().front());
    if (!soa) continue;
    const std::uint32_t ttl_s = std::min(rrset->ttl_s(), soa.value().minimum_s);
    answer.authority.push_back({rrset->with_ttl(ttl_s), {}});
  }
  return answer;
}

LocalAnswer null_address(const dns::Question& question) {
  LocalAnswer answer;
  const std::size_t octets = question.qtype == RRType::a      ? 4
                             : question.qtype == RRType::aaaa ? 16
                                                              : 0;
  if (octets == 0) return answer;
  const dns::RRset::Header header{question.qname, question.qtype, question.qclass, 3600};
  answer.answer.push_back({dns::RRset::make_single(header, dns::Octets(octets, 0)), {}});
  return answer;
}

// A target "*.example." is the whole name below example.
LocalAnswer alias(const Name& qname, const dns::RRset& cname) {
  LocalAnswer answer;
  const auto written = Name::from_wire(cname.rdatas().front());
  if (!written) return with_rcode(dns::Rcode::servfail);
  Name target = written.value();
  if (target.is_wildcard()) {
    target = target.parent();
    for (std::size_t i = qname.label_count(); i > 0; --i) {
      auto longer = target.prepend(qname.label(i - 1));
      if (!longer) return with_rcode(dns::Rcode::yxdomain);
      target = std::move(longer).value();
    }
  }
  const dns::RRset::Header header{qname, RRType::cname, cname.rclass(), cname.ttl_s()};
  answer.answer.push_back({dns::RRset::make_single(header, target.wire()), {}});
  answer.leads_to = std::move(target);
  return answer;
}

// Of the name asked for.
struct Found {
  bool exists = false;
  bool has_data = false;
  const std::vector<RRsetPtr>* at_apex = nullptr;
};

// What the type of the zone says to a question without local data.
std::optional<LocalAnswer> without_data(LocalZoneType type, const LocalQuery& query,
                                        const Found& found) {
  switch (type) {
    case LocalZoneType::deny:
    case LocalZoneType::always_deny: {
      LocalAnswer answer;
      answer.is_dropped = true;
      return answer;
    }
    case LocalZoneType::refuse:
    case LocalZoneType::always_refuse: return with_rcode(dns::Rcode::refused);
    case LocalZoneType::fixed:
      return negative(found.exists ? dns::Rcode::noerror : dns::Rcode::nxdomain, found.at_apex);
    case LocalZoneType::redirect:
    case LocalZoneType::always_nodata: return negative(dns::Rcode::noerror, found.at_apex);
    case LocalZoneType::always_nxdomain: return negative(dns::Rcode::nxdomain, found.at_apex);
    case LocalZoneType::transparent:
      if (found.has_data) return negative(dns::Rcode::noerror, found.at_apex);
      return std::nullopt;
    case LocalZoneType::typetransparent:
    case LocalZoneType::always_transparent: return std::nullopt;
    case LocalZoneType::always_null: return null_address(query.question);
    case LocalZoneType::block_a:
      if (query.question.qtype != RRType::a || query.dnssec_ok) return std::nullopt;
      return with_rcode(dns::Rcode::noerror);
    case LocalZoneType::truncate: {
      if (query.is_tcp) return std::nullopt;
      LocalAnswer answer = negative(dns::Rcode::noerror, found.at_apex);
      answer.is_truncated = true;
      return answer;
    }
  }
  return std::nullopt;
}

std::vector<Name> make_lan_zones() {
  std::vector<std::string> names = {
      "10.in-addr.arpa.",
      "168.192.in-addr.arpa.",
      "0.in-addr.arpa.",
      "254.169.in-addr.arpa.",
      "2.0.192.in-addr.arpa.",
      "100.51.198.in-addr.arpa.",
      "113.0.203.in-addr.arpa.",
      "255.255.255.255.in-addr.arpa.",
      "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.",
      "d.f.ip6.arpa.",
      "8.e.f.ip6.arpa.",
      "9.e.f.ip6.arpa.",
      "a.e.f.ip6.arpa.",
      "b.e.f.ip6.arpa.",
      "8.b.d.0.1.0.0.2.ip6.arpa.",
  };
  for (int i = 16; i < 32; ++i) names.push_back(fmt::format("{}.172.in-addr.arpa.", i));
  for (int i = 64; i < 128; ++i) names.push_back(fmt::format("{}.100.in-addr.arpa.", i));
  std::vector<Name> zones;
  zones.reserve(names.size());
  for (const std::string& name : names) zones.push_back(Name::literal(name));
  return zones;
}

}  // namespace

const std::vector<Name>& lan_zones() {
  static const std::vector<Name> zones = make_lan_zones();
  return zones;
}

std::optional<LocalZoneType> local_zone_type(std::string_view name) {
  for (const NamedType& one : type_names) {
    if (one.name == name) return one.type;
  }
  return std::nullopt;
}

std::vector<std::string_view> local_zone_type_names() {
  std::vector<std::string_view> names;
  for (const NamedType& one : type_names) names.push_back(one.name);
  return names;
}

void LocalZones::add_defaults(LanZones lan) {
  add_default(Name::literal("localhost."), {"A 127.0.0.1", "AAAA ::1"});
  add_default(Name::literal("127.in-addr.arpa."), {});
  add_default(Name::literal(loopback_ip6), {"PTR localhost."});
  // RFC 8375, RFC 9462, RFC 9665, RFC 7686, RFC 6761.
  for (const char* zone :
       {"home.arpa.", "resolver.arpa.", "service.arpa.", "onion.", "test.", "invalid."}) {
    add_default(Name::literal(zone), {});
  }
  if (lan == LanZones::blocked) {
    for (const Name& zone : lan_zones()) add_default(zone, {});
  }
}

void LocalZones::add_default(const Name& zone, std::initializer_list<std::string_view> records) {
  const bool is_unwanted =
      std::find(without_default_.begin(), without_default_.end(), zone) != without_default_.end();
  if (is_unwanted || zones_.count(zone) != 0) return;
  zones_[zone].type = LocalZoneType::fixed;
  std::vector<std::string> texts = {
      fmt::format("{} NS localhost.", zone.to_text()),
      fmt::format("{} SOA localhost. nobody.invalid. 1 3600 1200 604800 10800", zone.to_text())};
  for (const std::string_view record : records) {
    texts.push_back(fmt::format("{} {}", zone.to_text(), record));
  }
  if (zone == Name::literal("127.in-addr.arpa.")) {
    texts.emplace_back("1.0.0.127.in-addr.arpa. PTR localhost.");
  }
  for (const std::string& text : texts) {
    add_data(dns::parse_record(text, {"default", 1, {}, default_ttl_s}).value());
  }
}

// Data outside of all zones make a transparent one.
void LocalZones::finish() {
  struct Data {
    std::uint32_t ttl_s = 0;
    std::vector<dns::Octets> rdatas;
  };
  std::map<std::tuple<Name, RRType, dns::RRClass>, Data> all;
  for (dns::TextRecord& record : records_) {
    Data& data = all[{record.owner, record.type, record.rclass}];
    data.ttl_s = record.ttl_s;
    data.rdatas.push_back(std::move(record.rdata));
  }
  records_.clear();
  for (auto& [key, data] : all) {
    const auto& [owner, type, rclass] = key;
    const auto found = zone_of({owner, type, rclass}, nullptr);
    Zone& zone = found == zones_.end() ? zones_[owner] : zones_[found->first];
    zone.data[owner].push_back(
        dns::RRset::make({owner, type, rclass, data.ttl_s}, std::move(data.rdatas)));
  }
}

// RFC 4035 3.1.4.1: a DS RRset belongs to the zone above.
LocalZones::Zones::const_iterator LocalZones::zone_of(const dns::Question& question,
                                                      const Tags* tags) const {
  const Name& name = question.qname;
  const bool is_parents = question.qtype == RRType::ds && !name.is_root();
  const std::size_t labels = name.label_count() - (is_parents ? 1 : 0);
  for (std::size_t i = labels + 1; i > 0; --i) {
    const auto found = zones_.find(name.suffix(i - 1));
    if (found == zones_.end()) continue;
    const Tags& wanted = found->second.tags;
    if (tags == nullptr || wanted.empty() || common_tag(wanted, *tags)) return found;
  }
  return zones_.end();
}

LocalZoneType LocalZones::type_for(const Zone& zone, const LocalQuery& query,
                                   std::optional<std::size_t> tag) {
  const Override* best = nullptr;
  for (const Override& one : zone.overrides) {
    if (!one.block.contains(query.client)) continue;
    if (best == nullptr || one.block.bits >= best->block.bits) best = &one;
  }
  if (best != nullptr) return best->type;
  if (!tag) return zone.type;
  const auto found = query.tags->types.find(*tag);
  return found == query.tags->types.end() ? zone.type : found->second;
}

std::optional<LocalAnswer> LocalZones::answer(const LocalQuery& query) const {
  static const Tags no_tags;
  const dns::Question& question = query.question;
  const Tags& tags = query.tags == nullptr ? no_tags : query.tags->tags;
  const auto found = zone_of(question, &tags);
  if (found == zones_.end()) return std::nullopt;
  const auto& [name, zone] = *found;
  const auto tag = common_tag(zone.tags, tags);
  const LocalZoneType type = type_for(zone, query, tag);
  const bool is_redirect = type == LocalZoneType::redirect;
  const Name& owner = is_redirect ? name : question.qname;
  // A name exists if there are data below it, too.
  const auto at = is_always(type) ? zone.data.end() : zone.data.lower_bound(owner);
  const bool has_data = at != zone.data.end() && at->first == owner;
  const bool exists = at != zone.data.end() && at->first.is_at_or_below(owner);
  RRsetPtr rrset = is_redirect && tag ? tag_data(*query.tags, *tag, question) : nullptr;
  if (rrset == nullptr && has_data) rrset = rrset_for(at->second, question);
  if (rrset == nullptr) {
    const auto apex = zone.data.find(name);
    const Found what{exists, has_data, apex == zone.data.end() ? nullptr : &apex->second};
    if (question.qclass != dns::RRClass::in) return std::nullopt;
    return without_data(type, query, what);
  }
  if (is_redirect && rrset->type() == RRType::cname && question.qtype != RRType::cname) {
    return alias(question.qname, *rrset);
  }
  LocalAnswer answer;
  answer.answer.push_back({rrset->with_owner(question.qname), {}});
  return answer;
}

}  // namespace zonefall::rpl
