// What lies between a resolver and a server: catchment, latency, loss. One call per exchange says
// how it ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "replay/forger.h"
#include "replay/world_index.h"
#include "zonefall/authority/server.h"
#include "zonefall/resolver/actions.h"

namespace zonefall::replay {

/// What an exchange costs the site that it reaches.
struct SiteLoad {
  std::uint32_t site = 0;  // in the tally
  SimTime at;
  std::size_t octets = 0;  // of the reply; 0: it is silent
  bool operator==(const SiteLoad&) const = default;
};

/// How an exchange ends for the resolver that began it.
struct Ending {
  SimTime at;
  dns::MessagePtr message;       // null: it timed out
  std::optional<SiteLoad> load;  // nullopt: it reached nobody
};

/// Whether a resolver cannot tell them apart, nor the site: equal but for what is not compared when
/// signatures are (dns::SignatureIdentity).
bool are_alike(const Ending& a, const Ending& b);

class Network {
 public:
  Network(const WorldIndex& index, authority::AnswerMemo& memo);

  struct Sender {
    std::uint64_t entity = 0;
    std::size_t place = 0;  // 0, 1, 2 and so on: names the sender among all that use this network
    const Latency& latency;
  };
  /// Asks the site whose catchment the sender is in. What it says may come second.
  Ending exchange(const Sender& sender, const resolver::SendQuery& query, SimTime now);

 private:
  struct Route {
    std::uint32_t site = 0;
    Duration rtt;
  };
  /// Without an attacker.
  Ending genuine_exchange(const Sender& sender, const resolver::SendQuery& query, SimTime now);
  [[nodiscard]] Route make_route(const Sender& sender, std::size_t server) const;
  const Route& route(const Sender& sender, std::size_t server);

  const WorldIndex& index_;
  const authority::ServerDirectory& directory_;
  authority::AnswerMemo& memo_;
  Forger forger_;
  std::uint64_t catchment_key_;
  std::uint64_t rtt_key_;
  std::uint64_t loss_key_;
  std::vector<std::optional<Route>> routes_;  // by sender, then by server: they never change
};

}  // namespace zonefall::replay
