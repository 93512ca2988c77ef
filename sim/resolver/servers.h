// Server selection by round-trip time, and what timeouts do to it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "resolver/tables.h"
#include "zonefall/core/rng.h"
#include "zonefall/resolver/profile.h"

namespace zonefall::resolver {

/// A server of the zone in hand. `tried`: already asked in this round; `in_vain`: asked, and
/// nothing came of it; `is_cache`: UpstreamSettings::asks_caches_last.
struct Candidate {
  ServerId server = 0;
  bool tried = false;
  bool in_vain = false;
  bool is_cache = false;
  std::uint32_t sends = 0;  // for the question in hand
};

/// What the RDATA of an A or AAAA record says.
std::optional<dns::Address> address_of(dns::RRType type, std::span<const std::uint8_t> rdata);

/// Whether an answer that failed validation (null: there was none) is one RRset, of that name. If
/// so, its addresses serve: glue is not signed either (RFC 4035 2.2), and what a server says is
/// validated, not where it is.
bool tells_address(const AnswerData* failed, const dns::Name& server);

/// Those at the addresses of an A or AAAA RRset; unknown ones become known.
void append_servers(const dns::SignedRRset& entry, ServerTable& servers,
                    std::vector<ServerId>& found);

/// Picks among the untried candidates that are not being avoided: the fastest, or one at random
/// within the profile's band of the fastest; a server nobody has measured counts as instant. If all
/// usable ones are tried, the round starts again with all of them; if all are avoided, one of them
/// is probed. nullopt if nobody may be asked any more (UpstreamSettings::sends_per_server_max).
std::optional<std::size_t> choose_server(const ServerTable& servers,
                                         const UpstreamSettings& settings,
                                         std::span<Candidate> candidates, SimTime now, Rng& rng);

void record_response(ServerEntry& server, const UpstreamSettings& settings, Duration rtt);
void record_timeout(ServerEntry& server, const UpstreamSettings& settings, SimTime now);

/// How long to wait for this server's response: a multiple of its RTT, doubled by each timeout in
/// a row, within the profile's bounds (RFC 1123 6.1.3.3).
Duration response_timeout(const ServerEntry& server, const UpstreamSettings& settings,
                          Transport transport);

}  // namespace zonefall::resolver
