// Server selection by round-trip time, and what timeouts do to it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "resolver/tables.h"
#include "zonefall/core/rng.h"
#include "zonefall/resolver/profile.h"

namespace zonefall::resolver {

/// A server of the zone in hand; `tried`: already asked in this round.
struct Candidate {
  dns::Address address;
  bool tried = false;
};

/// The addresses of an A or AAAA RRset.
void append_addresses(const dns::SignedRRset& entry, std::vector<dns::Address>& addresses);

/// What is known about a candidate when a server is chosen.
struct Prospect {
  std::size_t index = 0;
  Duration expected_rtt;  // a server nobody has measured is tried before slow ones: instant
  bool tried = false;
  bool avoided = false;
};

/// Picks among the untried candidates that are not being avoided: the fastest, or one at random
/// within the profile's band of the fastest. If all usable ones are tried, the round starts again
/// with all of them; if all are avoided, one of them is probed. nullopt only without candidates.
/// `scratch` is overwritten.
std::optional<std::size_t> choose_server(const ServerTable& servers,
                                         const UpstreamSettings& settings,
                                         std::span<Candidate> candidates, SimTime now, Rng& rng,
                                         std::vector<Prospect>& scratch);

void record_response(ServerTable& servers, const dns::Address& address, Duration rtt);
void record_timeout(ServerTable& servers, const UpstreamSettings& settings,
                    const dns::Address& address, SimTime now);

/// How long to wait for this server's response: a multiple of its RTT, doubled by each timeout in
/// a row, within the profile's bounds (RFC 1123 6.1.3.3).
Duration response_timeout(const ServerTable& servers, const UpstreamSettings& settings,
                          const dns::Address& address);

}  // namespace zonefall::resolver
