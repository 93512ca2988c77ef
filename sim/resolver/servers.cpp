#include "resolver/servers.h"

#include <algorithm>

namespace zonefall::resolver {

std::optional<dns::Address> address_of(dns::RRType type, std::span<const std::uint8_t> rdata) {
  dns::Address address;
  if (type == dns::RRType::a && rdata.size() == 4) {
    return dns::Address::v4({rdata[0], rdata[1], rdata[2], rdata[3]});
  }
  if (type != dns::RRType::aaaa || rdata.size() != address.octets.size()) return std::nullopt;
  std::copy(rdata.begin(), rdata.end(), address.octets.begin());
  return address;
}

bool tells_address(const AnswerData* failed, const dns::Name& server) {
  return failed != nullptr && failed->answer().size() == 1 &&
         failed->answer().front().rrset->owner() == server;
}

void append_servers(const dns::SignedRRset& entry, ServerTable& servers,
                    std::vector<ServerId>& found) {
  for (const dns::RdataList::Rdata rdata : entry.rrset->rdatas()) {
    const auto address = address_of(entry.rrset->type(), rdata);
    if (address) found.push_back(servers.place_of({*address}));
  }
}

std::optional<std::size_t> choose_server(const ServerTable& servers,
                                         const UpstreamSettings& settings,
                                         std::span<Candidate> candidates, SimTime now, Rng& rng) {
  const auto is_used_up = [&](const Candidate& candidate) {
    return candidate.sends >= settings.sends_per_server_max;
  };
  // Caches come last.
  const bool has_others =
      std::any_of(candidates.begin(), candidates.end(), [&](const Candidate& candidate) {
        return !candidate.is_cache && !candidate.in_vain && !is_used_up(candidate);
      });
  const auto is_spent = [&](const Candidate& candidate) {
    return is_used_up(candidate) || (candidate.is_cache && has_others);
  };
  if (std::all_of(candidates.begin(), candidates.end(), is_spent)) return std::nullopt;
  const auto is_avoided = [&](const Candidate& candidate) {
    return is_spent(candidate) || now < servers.value_at(candidate.server).avoided_until;
  };
  bool probes = false;
  if (std::all_of(candidates.begin(), candidates.end(),
                  [&](const Candidate& c) { return c.tried || is_avoided(c); })) {
    for (Candidate& candidate : candidates) candidate.tried = false;
    probes = std::all_of(candidates.begin(), candidates.end(), is_avoided);
  }
  // Of those that may be asked; the others are slower than any.
  const auto rtt = [&](const Candidate& candidate) {
    const bool usable =
        !candidate.tried && !is_spent(candidate) && (probes || !is_avoided(candidate));
    return usable ? servers.value_at(candidate.server).smoothed_rtt : Duration::max();
  };
  Duration fastest = Duration::max();
  for (const Candidate& candidate : candidates) fastest = std::min(fastest, rtt(candidate));
  const Duration slowest = fastest + (settings.prefers_fastest ? Duration() : settings.rtt_band);
  const auto is_near = [&](const Candidate& candidate) { return rtt(candidate) <= slowest; };
  const auto near =
      static_cast<std::uint64_t>(std::count_if(candidates.begin(), candidates.end(), is_near));
  std::uint64_t skipped = near == 1 ? 0 : rng.below(near);
  std::size_t chosen = 0;
  while (!is_near(candidates[chosen]) || skipped-- > 0) chosen += 1;
  candidates[chosen].tried = true;
  candidates[chosen].sends += 1;
  return chosen;
}

// RFC 6298 2.3: a deviation of nothing leaves the clock's granularity. Unbound counts in whole
// milliseconds, of which a quarter is taken: three of them stay.
constexpr Duration margin_min = Duration::milliseconds(4 * 3);

void record_response(ServerEntry& server, const UpstreamSettings& settings, Duration measured) {
  const Duration rtt = std::min(measured, Duration::hours(1));  // a host may let centuries pass
  if (settings.timeout_min > Duration()) {
    const Duration before = server.measured ? server.deviation : settings.timeout_initial / 4;
    const Duration error =
        rtt < server.smoothed_rtt ? server.smoothed_rtt - rtt : rtt - server.smoothed_rtt;
    server.deviation = (before * 3 + error) / 4;
  }
  // The weights of RFC 6298 2.3.
  server.smoothed_rtt = server.measured ? (server.smoothed_rtt * 7 + rtt) / 8 : rtt;
  server.measured = true;
  server.timeouts_in_a_row = 0;
  server.avoided_until = SimTime::min();
}

void record_timeout(ServerEntry& server, const UpstreamSettings& settings, SimTime now) {
  server.timeouts_in_a_row += 1;
  if (server.timeouts_in_a_row >= settings.timeouts_before_backoff) {
    server.avoided_until = now + settings.backoff;
  }
}

Duration response_timeout(const ServerEntry& server, const UpstreamSettings& settings,
                          Transport transport) {
  Duration timeout = settings.timeout_initial;
  if (server.measured && settings.timeout_min > Duration()) {
    const Duration margin = std::max(server.deviation * 4, margin_min);
    timeout = std::max(server.smoothed_rtt + margin, settings.timeout_min);
  } else if (server.measured) {
    timeout = std::max(server.smoothed_rtt * 4, timeout);
  }
  const std::uint32_t doublings =
      std::min<std::uint32_t>(server.timeouts_in_a_row / settings.timeouts_per_doubling, 12);
  timeout = std::min(timeout * (std::int64_t{1} << doublings), settings.timeout_max);
  if (transport == Transport::udp) return timeout;
  return std::max(timeout * 2, settings.timeout_initial);  // a connection comes first
}

}  // namespace zonefall::resolver
