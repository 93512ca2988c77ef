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
#include <unordered_map>  // lookup only
#include <utility>
#include <vector>

#include "zonefall/authority/answer.h"
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

/// Remembers answers by (history or finder, question, EDNS, DO) for all versions that give the
/// same. A hit costs one hash of the question and allocates nothing. QNAMEs that differ in case are
/// one question: the echoed one has the case that was asked first. Not thread-safe: one for each
/// thread. Bounded: forgets everything at `answers_max`.
class AnswerMemo {
 public:
  /// An answer takes about 1.5 kB. Tail names, asked once, only push others out of the processor's
  /// caches: more is not better.
  explicit AnswerMemo(std::size_t answers_max = 20'000);

  struct Query {
    const dns::Question& question;
    const AnswerOptions& options;
    std::size_t octets_max = 65535;  // the answer is fit_answer()ed to this
  };
  /// What version `version` (an index into `history`) answers; good until the next call.
  const Answer& get(const ZoneHistoryPtr& history, std::size_t version, const Query& query);
  /// What the zone that `finder` finds for the question's name answers; there must be one.
  const Answer& get(const std::shared_ptr<const ZoneFinder>& finder, const Query& query);
  [[nodiscard]] std::uint64_t hits() const { return hits_; }
  [[nodiscard]] std::uint64_t misses() const { return misses_; }

 private:
  struct Key {
    std::shared_ptr<const void> source;  // a history or a finder
    std::uint64_t source_hash;           // tells the parent's answer from the child's
    dns::Question question;
    AnswerOptions options;
    std::size_t octets_max;  // 65535 unless a whole answer did not fit this
  };
  /// A key that is looked for: borrowed parts.
  struct Probe {
    const void* source;
    std::uint64_t source_hash;
    const dns::Question* question;
    const AnswerOptions* options;
    std::size_t octets_max;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Probe& probe) const;
    std::size_t operator()(const Key& key) const;
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Probe& a, const Key& b) const;
    bool operator()(const Key& a, const Key& b) const;
  };
  /// Versions first to last give this answer.
  struct Span {
    std::size_t first = 0;
    std::size_t last = 0;
    Answer answer;
  };
  using Spans = std::vector<Span>;  // disjoint, rising

  static Probe probe_of(const Key& key);
  const Answer* find(const Probe& probe, std::size_t version) const;
  /// Zones from a history or a finder: `make(version)` answers, `last(version, answer)` is the last
  /// version that answers so.
  template <typename Zones>
  const Answer& get_from(const Zones& zones, std::size_t version, const Query& query);
  const Answer& remember(std::shared_ptr<const void> source, const Probe& probe, Span span);

  std::size_t answers_max_;
  std::size_t answers_ = 0;
  std::uint64_t hits_ = 0;
  std::uint64_t misses_ = 0;
  std::unordered_map<Key, Spans, Hash, Equal> spans_;  // lookup only
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
