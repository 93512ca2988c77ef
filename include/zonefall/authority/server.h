// Authoritative servers: names, addresses, anycast sites, and what each site serves when.
//
// A NameServer has one or more addresses and one or more sites; a site loads each zone version at
// its own time. `reply()` is a pure function of (site, question, transport, time): this is the
// shared timeline that resolvers meet through. Answers are memoised per AnswerMemo, one a thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>  // lookup only
#include <vector>

#include "zonefall/authority/answer.h"
#include "zonefall/authority/zone_version.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/message.h"
#include "zonefall/dns/name.h"

namespace zonefall::authority {

/// An IPv4 or IPv6 address in network order; IPv4 as ::ffff:a.b.c.d.
struct Address {
  std::array<std::uint8_t, 16> octets{};
  auto operator<=>(const Address&) const = default;
  static Address v4(std::array<std::uint8_t, 4> octets);
  /// Dotted quad or RFC 4291 text.
  static Result<Address> parse(std::string_view text);
  [[nodiscard]] bool is_v4() const;
  [[nodiscard]] std::string to_text() const;
};

/// When a site starts to serve each version of a zone. Index = index into the history.
struct SiteZone {
  ZoneHistoryPtr history;
  /// Loading times, rising; versions that a site skips have the time of the next one it loads.
  /// Empty: at the moment of publication.
  std::vector<SimTime> loaded_at;
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
};

struct NameServer {
  dns::Name name;
  std::vector<Address> addresses;
  std::vector<Site> sites;  // at least one
  std::uint16_t udp_payload_octets = 1232;
};

enum class Transport : std::uint8_t { udp, tcp };

struct ServerQuery {
  dns::Question question;
  std::optional<dns::Edns> edns;
  Transport transport = Transport::udp;
};

/// Remembers answers by (zone, question, EDNS, DO) while the zone gives the same: an entry serves
/// another version of the same content if that version was signed before `unchanged_until`. Not
/// thread-safe: one for each thread. Bounded: forgets everything at `entries_max`.
class AnswerMemo {
 public:
  explicit AnswerMemo(std::size_t entries_max = 1'000'000);
  const Answer& get(const ZoneVersionPtr& version, const dns::Question& question,
                    const AnswerOptions& options);
  [[nodiscard]] std::uint64_t hits() const { return hits_; }
  [[nodiscard]] std::uint64_t misses() const { return misses_; }

 private:
  struct Key {
    dns::Name apex;
    dns::Question question;
    bool edns;
    bool dnssec_ok;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  struct Entry {
    ZoneVersionPtr version;  // that made the answer
    Answer answer;
  };
  std::size_t entries_max_;
  std::uint64_t hits_ = 0;
  std::uint64_t misses_ = 0;
  std::unordered_map<Key, Entry, KeyHash> entries_;  // lookup only
};

/// All servers of a world, found by address. Immutable after construction.
class ServerDirectory {
 public:
  explicit ServerDirectory(std::vector<NameServer> servers);
  [[nodiscard]] const std::vector<NameServer>& servers() const { return servers_; }
  /// Index into servers(), or nullopt: nobody there (a query times out).
  [[nodiscard]] std::optional<std::size_t> find(const Address& address) const;

 private:
  std::vector<NameServer> servers_;
  std::vector<std::pair<Address, std::size_t>> by_address_;  // sorted
};

/// The version of the zone at `zone_index` that `site` serves at `at`; null before the first load.
ZoneVersionPtr version_at(const Site& site, std::size_t zone_index, SimTime at);

/// What `site` of `server` replies to `query` at `at`; nullopt: silence. The zone is the deepest
/// one at or above QNAME, for DS questions the parent's if the site serves it (RFC 4035 3.1.4.1);
/// REFUSED if there is none. UDP replies over the smaller of the client's and server's payload
/// size are truncated (RFC 6891 6.2.5).
std::optional<Answer> reply(const NameServer& server, const Site& site, const ServerQuery& query,
                            SimTime at, AnswerMemo& memo);

}  // namespace zonefall::authority
