#include "resolver/servers.h"

#include <algorithm>

namespace zonefall::resolver {

namespace {

std::optional<dns::Address> address_of(dns::RRType type, std::span<const std::uint8_t> rdata) {
  dns::Address address;
  if (type == dns::RRType::a && rdata.size() == 4) {
    return dns::Address::v4({rdata[0], rdata[1], rdata[2], rdata[3]});
  }
  if (type != dns::RRType::aaaa || rdata.size() != address.octets.size()) return std::nullopt;
  std::copy(rdata.begin(), rdata.end(), address.octets.begin());
  return address;
}

void look_up(const ServerTable& servers, std::span<const Candidate> candidates, SimTime now,
             std::vector<Prospect>& prospects) {
  prospects.clear();
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    Prospect prospect{i, {}, candidates[i].tried, false};
    if (const ServerEntry* known = servers.find({candidates[i].address})) {
      if (known->measured) prospect.expected_rtt = known->smoothed_rtt;
      prospect.avoided = now < known->avoided_until;
    }
    prospects.push_back(prospect);
  }
}

template <typename Predicate>
bool keep_if_any(std::vector<Prospect>& prospects, Predicate predicate) {
  if (std::none_of(prospects.begin(), prospects.end(), predicate)) return false;
  std::erase_if(prospects, [&](const Prospect& prospect) { return !predicate(prospect); });
  return true;
}

}  // namespace

void append_addresses(const dns::SignedRRset& entry, std::vector<dns::Address>& addresses) {
  for (const dns::RdataList::Rdata rdata : entry.rrset->rdatas()) {
    const auto address = address_of(entry.rrset->type(), rdata);
    if (address) addresses.push_back(*address);
  }
}

std::optional<std::size_t> choose_server(const ServerTable& servers,
                                         const UpstreamSettings& settings,
                                         std::span<Candidate> candidates, SimTime now, Rng& rng,
                                         std::vector<Prospect>& scratch) {
  if (candidates.empty()) return std::nullopt;
  std::vector<Prospect>& usable = scratch;
  look_up(servers, candidates, now, usable);
  if (!keep_if_any(usable, [](const Prospect& p) { return !p.tried && !p.avoided; })) {
    for (Candidate& candidate : candidates) candidate.tried = false;
    keep_if_any(usable, [](const Prospect& p) { return !p.avoided; });
  }
  Duration fastest = Duration::max();
  for (const Prospect& prospect : usable) fastest = std::min(fastest, prospect.expected_rtt);
  const Duration band = settings.prefers_fastest ? Duration() : settings.rtt_band;
  std::erase_if(usable, [&](const Prospect& p) { return p.expected_rtt > fastest + band; });
  const std::size_t place = usable.size() == 1 ? 0 : rng.below(usable.size());
  const std::size_t chosen = usable[place].index;
  candidates[chosen].tried = true;
  return chosen;
}

void record_response(ServerTable& servers, const dns::Address& address, Duration rtt) {
  ServerEntry& entry = servers.at_or_new({address});
  // The weights of RFC 6298 2.3.
  entry.smoothed_rtt = entry.measured ? (entry.smoothed_rtt * 7 + rtt) / 8 : rtt;
  entry.measured = true;
  entry.timeouts_in_a_row = 0;
  entry.avoided_until = SimTime::min();
}

void record_timeout(ServerTable& servers, const UpstreamSettings& settings,
                    const dns::Address& address, SimTime now) {
  ServerEntry& entry = servers.at_or_new({address});
  entry.timeouts_in_a_row += 1;
  if (entry.timeouts_in_a_row >= settings.timeouts_before_backoff) {
    entry.avoided_until = now + settings.backoff;
  }
}

Duration response_timeout(const ServerTable& servers, const UpstreamSettings& settings,
                          const dns::Address& address) {
  const ServerEntry* known = servers.find({address});
  if (known == nullptr) return settings.timeout_initial;
  Duration timeout = settings.timeout_initial;
  if (known->measured) timeout = std::max(known->smoothed_rtt * 4, timeout);
  const std::uint32_t doublings = std::min<std::uint32_t>(known->timeouts_in_a_row, 10);
  return std::min(timeout * (std::int64_t{1} << doublings), settings.timeout_max);
}

}  // namespace zonefall::resolver
