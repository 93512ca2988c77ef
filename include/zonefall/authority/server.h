// Authoritative servers: names, addresses, anycast sites, and what each site serves when.
//
// A NameServer has one or more addresses and one or more sites; a site loads each zone version at
// its own time. `reply()` is a pure function of (site, question, transport, time): this is the
// shared timeline that resolvers meet through. Answers are memoised per AnswerMemo, one a thread.
// Never fails: what a server cannot answer it refuses, in the RCODE. Sources: RFC 1034 4.3.1, RFC
// 4035 3.1, RFC 6891.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "zonefall/authority/answer.h"
#include "zonefall/authority/answer_memo.h"
#include "zonefall/authority/zone_finder.h"
#include "zonefall/authority/zone_version.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/address.h"
#include "zonefall/dns/message.h"
#include "zonefall/dns/name.h"

namespace zonefall::authority {

/// When a site starts to serve each version of a zone. Index = index into the history.
struct SiteZone {
  ZoneHistoryPtr history;
  /// Loading times, rising; versions that a site skips have the time of the next one it loads.
  /// Empty: at the moment of publication.
  std::vector<SimTime> loaded_at;
  /// The index of the version that is loaded at `at`; nullopt before the first.
  [[nodiscard]] std::optional<std::size_t> index_at(SimTime at) const;
};

/// A span in which a site does not answer (crashed, unreachable, attacked).
struct SilentSpan {
  SimTime from;
  SimTime until;
};

struct Site {
  std::string name;
  std::vector<SiteZone> zones;       // sorted by apex, canonical order
  std::vector<SilentSpan> silences;  // disjoint, rising
  /// Asked where no listed zone is as deep; may be null.
  std::shared_ptr<const ZoneFinder> finder = nullptr;
  /// Its part of the resolvers; 0 at all sites of a server: equal parts.
  std::uint32_t catchment_weight = 0;
};

struct NameServer {
  dns::Name name;
  std::vector<dns::Address> addresses;
  std::vector<Site> sites;  // at least one
  std::uint16_t udp_payload_octets = 1232;
};

enum class Transport : std::uint8_t { udp, tcp };

struct ServerQuery {
  dns::Question question;
  std::optional<dns::Edns> edns;
  Transport transport = Transport::udp;
};

/// All servers of a world, found by address. Immutable after construction.
class ServerDirectory {
 public:
  explicit ServerDirectory(std::vector<NameServer> servers);
  [[nodiscard]] const std::vector<NameServer>& servers() const { return servers_; }
  /// Index into servers(), or nullopt: nobody there (a query times out).
  [[nodiscard]] std::optional<std::size_t> find(const dns::Address& address) const;

 private:
  std::vector<NameServer> servers_;
  std::vector<std::pair<dns::Address, std::size_t>> by_address_;  // sorted
};

/// The version of the zone at `zone_index` that `site` serves at `at`; null before the first load.
ZoneVersionPtr version_at(const Site& site, std::size_t zone_index, SimTime at);

/// What `site` of `server` replies to `query` at `at`; nullopt: silence. The zone is the deepest
/// one at or above QNAME, for DS questions the parent's if the site serves it (RFC 4035 3.1.4.1);
/// REFUSED if there is none, SERVFAIL if no version of it is loaded yet. UDP replies over the
/// smaller of the client's and server's payload size (RFC 6891 6.2.5) go through fit_answer().
/// REFUSED for classes other than IN and zone transfers, NOTIMP or FORMERR for other meta types,
/// BADVERS for EDNS versions other than 0.
std::optional<Answer> reply(const NameServer& server, const Site& site, const ServerQuery& query,
                            SimTime at, AnswerMemo& memo);

}  // namespace zonefall::authority
