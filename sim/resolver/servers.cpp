#include "resolver/servers.h"

#include <algorithm>

namespace zonefall::resolver {

namespace {

// A server nobody has measured is tried before slow ones: it counts as instant.
Duration expected_rtt(const ServerTable& servers, const dns::Address& address) {
  const ServerEntry* known = servers.find({address});
  return known != nullptr && known->measured ? known->smoothed_rtt : Duration();
}

bool is_avoided(const ServerTable& servers, const dns::Address& address, SimTime now) {
  const ServerEntry* known = servers.find({address});
  return known != nullptr && now < known->avoided_until;
}

}  // namespace

std::optional<std::size_t> choose_server(const ServerTable& servers,
                                         const UpstreamSettings& settings,
                                         std::span<Candidate> candidates, SimTime now, Rng& rng) {
  if (candidates.empty()) return std::nullopt;
  std::vector<std::size_t> usable;
  const auto collect = [&](bool with_tried, bool with_avoided) {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (!with_tried && candidates[i].tried) continue;
      if (!with_avoided && is_avoided(servers, candidates[i].address, now)) continue;
      usable.push_back(i);
    }
  };
  collect(false, false);
  if (usable.empty()) {
    for (Candidate& candidate : candidates) candidate.tried = false;
    collect(true, false);
  }
  if (usable.empty()) collect(true, true);

  Duration fastest = Duration::max();
  for (const std::size_t i : usable) {
    fastest = std::min(fastest, expected_rtt(servers, candidates[i].address));
  }
  const Duration band = settings.prefers_fastest ? Duration() : settings.rtt_band;
  std::erase_if(usable, [&](std::size_t i) {
    return expected_rtt(servers, candidates[i].address) > fastest + band;
  });
  const std::size_t chosen = usable.size() == 1 ? usable.front() : usable[rng.below(usable.size())];
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
