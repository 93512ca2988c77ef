#include "zonefall/authority/server.h"

#include <algorithm>

#include "zonefall/core/assert.h"

namespace zonefall::authority {

namespace {

using dns::Name;
using dns::Rcode;
using dns::RRType;

constexpr std::size_t udp_octets_without_edns = 512;
constexpr std::size_t tcp_octets_max = 65535;

bool is_silent(const Site& site, SimTime at) {
  const auto after =
      std::upper_bound(site.silences.begin(), site.silences.end(), at,
                       [](SimTime t, const SilentSpan& span) { return t < span.from; });
  return after != site.silences.begin() && at < (after - 1)->until;
}

// The zone with the most labels at or above `qname`. In canonical order nothing stands between a
// name and what is below it but other names below it: so the zone before `qname` is the one, or
// shares with `qname` all labels that the one can have.
const SiteZone* deepest_zone(const Site& site, const Name& qname) {
  std::size_t labels = qname.label_count();
  for (;;) {
    const Name name = labels == qname.label_count() ? qname : qname.suffix(labels);
    const auto after = std::upper_bound(
        site.zones.begin(), site.zones.end(), name,
        [](const Name& n, const SiteZone& zone) { return n < zone.history->apex(); });
    if (after == site.zones.begin()) return nullptr;
    const SiteZone& before = *(after - 1);
    if (name.is_at_or_below(before.history->apex())) return &before;
    labels = name.common_labels(before.history->apex());
  }
}

// Which zone of a site answers: a listed one, or one that the finder knows.
struct Place {
  const SiteZone* listed = nullptr;
  bool found = false;
};

Place deepest(const Site& site, const Name& qname) {
  const SiteZone* listed = site.zones.empty() ? nullptr : deepest_zone(site, qname);
  if (site.finder == nullptr) return {listed, false};
  const auto labels = site.finder->apex_labels(qname);
  const bool found =
      labels && (listed == nullptr || *labels > listed->history->apex().label_count());
  return {listed, found};
}

Place place_for(const Site& site, const dns::Question& question) {
  const Name& qname = question.qname;
  const Place place = deepest(site, qname);
  if (question.qtype != RRType::ds || qname.is_root()) return place;
  const bool is_apex = place.found
                           ? site.finder->apex_labels(qname) == qname.label_count()
                           : place.listed != nullptr && place.listed->history->apex() == qname;
  if (!is_apex) return place;
  const Place above = deepest(site, qname.parent());
  return above.found || above.listed != nullptr ? above : place;
}

// What is asked for that no zone can answer, whatever the name.
std::optional<Rcode> refusal(const dns::Question& question) {
  constexpr std::uint16_t meta_min = 128;
  constexpr std::uint16_t ixfr = 251;
  constexpr std::uint16_t axfr = 252;
  const auto type = static_cast<std::uint16_t>(question.qtype);
  if (question.qclass != dns::RRClass::in) return Rcode::refused;
  if (question.qtype == RRType::opt) return Rcode::formerr;
  if (type == ixfr || type == axfr) return Rcode::refused;
  if (type >= meta_min && type < static_cast<std::uint16_t>(RRType::any)) return Rcode::notimp;
  return std::nullopt;
}

AnswerOptions options_for(const NameServer& server, const ServerQuery& query) {
  AnswerOptions options;
  options.edns = query.edns.has_value();
  options.dnssec_ok = query.edns && query.edns->dnssec_ok;
  options.udp_payload_octets = server.udp_payload_octets;
  return options;
}

std::size_t octets_max(const NameServer& server, const ServerQuery& query) {
  if (query.transport == Transport::tcp) return tcp_octets_max;
  if (!query.edns) return udp_octets_without_edns;
  const std::size_t both = std::min(server.udp_payload_octets, query.edns->udp_payload_octets);
  return std::max(both, udp_octets_without_edns);  // RFC 6891 6.2.3: less counts as 512
}

}  // namespace

std::optional<std::size_t> SiteZone::index_at(SimTime at) const {
  if (loaded_at.empty()) {
    if (at < history->entries().front().published_at) return std::nullopt;
    return history->index_at(at);
  }
  ZF_ASSERT(loaded_at.size() == history->entries().size());
  const auto after = std::upper_bound(loaded_at.begin(), loaded_at.end(), at);
  if (after == loaded_at.begin()) return std::nullopt;
  return static_cast<std::size_t>(after - loaded_at.begin()) - 1;
}

ServerDirectory::ServerDirectory(std::vector<NameServer> servers) : servers_(std::move(servers)) {
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    ZF_ASSERT(!servers_[i].sites.empty());
    for (const dns::Address& address : servers_[i].addresses) by_address_.emplace_back(address, i);
  }
  std::sort(by_address_.begin(), by_address_.end());
  const auto twice =
      std::adjacent_find(by_address_.begin(), by_address_.end(),
                         [](const auto& a, const auto& b) { return a.first == b.first; });
  ZF_ASSERT(twice == by_address_.end());
}

std::optional<std::size_t> ServerDirectory::find(const dns::Address& address) const {
  const auto at =
      std::lower_bound(by_address_.begin(), by_address_.end(), address,
                       [](const auto& a, const dns::Address& b) { return a.first < b; });
  if (at == by_address_.end() || at->first != address) return std::nullopt;
  return at->second;
}

ZoneVersionPtr version_at(const Site& site, std::size_t zone_index, SimTime at) {
  ZF_ASSERT(zone_index < site.zones.size());
  const SiteZone& zone = site.zones[zone_index];
  const auto index = zone.index_at(at);
  return index ? zone.history->entries()[*index].version : nullptr;
}

std::optional<Answer> reply(const NameServer& server, const Site& site, const ServerQuery& query,
                            SimTime at, AnswerMemo& memo) {
  if (is_silent(site, at)) return std::nullopt;
  const AnswerOptions options = options_for(server, query);
  if (query.edns && query.edns->version != 0) {
    return error_answer(query.question, Rcode::badvers, options);
  }
  if (const auto rcode = refusal(query.question)) {
    return error_answer(query.question, *rcode, options);
  }
  const AnswerMemo::Query asked{query.question, options, octets_max(server, query)};
  const Place place = place_for(site, query.question);
  if (place.found) return memo.get(site.finder, at, asked);
  if (place.listed == nullptr) return error_answer(query.question, Rcode::refused, options);
  const auto version = place.listed->index_at(at);
  if (!version) return error_answer(query.question, Rcode::servfail, options);
  return memo.get(place.listed->history, *version, asked);
}

}  // namespace zonefall::authority
