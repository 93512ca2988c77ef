// Queries without RD (RFC 1034 4.3.1): what the cache has, or who is nearer to it.
#include "resolver/state.h"

namespace zonefall::resolver {

using dns::RRType;

namespace {

dns::SignedRRset unsigned_rrset(const dns::RRset::Header& header, std::vector<dns::Octets> rdatas) {
  return {dns::RRset::make(header, std::move(rdatas)), {}};
}

std::vector<dns::Octets> addresses_of(const NsTarget& ns, RRType type, const ServerTable& servers) {
  std::vector<dns::Octets> rdatas;
  for (const ServerId server : ns.glue) {
    const auto& octets = servers.key_at(server).address.octets;
    const bool is_v4 = servers.key_at(server).address.is_v4();
    if (is_v4 != (type == RRType::a)) continue;
    rdatas.emplace_back(octets.begin() + (is_v4 ? 12 : 0), octets.end());
  }
  return rdatas;
}

}  // namespace

// The closest zone cut above the name that the cache has the servers of (RFC 1034 4.3.2 4); null if
// none. A delegation has its DS RRset on the parent's side (RFC 4035 3.1.4.1).
const ZoneEntry* Resolver::State::closest_zone(const dns::Question& question,
                                               dns::Name& cut) const {
  const bool is_of_parent = question.qtype == RRType::ds && !question.qname.is_root();
  cut = is_of_parent ? question.qname.parent() : question.qname;
  while (true) {
    const ZoneEntry* zone = zones_.find({cut});
    if (zone != nullptr && zone->ns != nullptr && now_ < zone->ns_expires_at) return zone;
    if (cut.is_root()) return nullptr;
    cut = cut.parent();
  }
}

// Who knows no zone at all, not even the root's servers, has to learn of them first, for this query
// too (Unbound).
bool Resolver::State::refer(const ClientQuery& query) {
  dns::Name cut;
  const ZoneEntry* zone = closest_zone(query.question, cut);
  if (zone == nullptr || zone->ns->empty()) return false;
  const auto left_s = static_cast<std::uint32_t>((zone->ns_expires_at - second()).to_seconds());
  std::vector<dns::Octets> names;
  std::vector<dns::SignedRRset> additional;
  for (const NsTarget& ns : *zone->ns) {
    names.push_back(dns::encode_name(ns.name));
    for (const RRType type : {RRType::a, RRType::aaaa}) {
      auto rdatas = addresses_of(ns, type, servers_);
      if (rdatas.empty()) continue;
      additional.push_back(
          unsigned_rrset({ns.name, type, dns::RRClass::in, left_s}, std::move(rdatas)));
    }
  }
  const std::vector<dns::SignedRRset> authority = {
      unsigned_rrset({cut, RRType::ns, dns::RRClass::in, left_s}, std::move(names))};
  ClientReply reply;
  reply.rcode = dns::Rcode::noerror;
  reply.served = Served::unvalidated;
  reply.verdict = std::make_shared<const dnssec::Verdict>(dnssec::Verdict::of(
      dnssec::Reason::no_trust_anchor, query.question.qname, query.question.qtype));
  reply.data = std::make_shared<const AnswerData>(dns::Rcode::noerror, AnswerData::Section(),
                                                  authority, additional);
  reply.from_cache = true;
  reply.ttl_s = left_s;
  reply.why = "no recursion was asked for (RFC 1034 4.3.1)";
  send_reply(std::move(reply), query);
  return true;
}

}  // namespace zonefall::resolver
