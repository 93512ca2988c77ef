// A small host in virtual time: one resolver, the lab's servers, one client, nothing else.
//
// Turns the resolver's actions into events: an exchange with a server takes a fixed small latency
// (the lab was on loopback), silence ends in the timeout that the resolver asked for. The client is
// sequential, so a plan reads from top to bottom: ask() runs the events until the reply is there,
// run_until() lets time pass. Counts upstream queries as the lab's sniffer did.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lab_world.h"
#include "zonefall/authority/server.h"
#include "zonefall/core/time.h"
#include "zonefall/dns/message.h"
#include "zonefall/engine/event_queue.h"
#include "zonefall/resolver/actions.h"
#include "zonefall/resolver/resolver.h"

namespace zonefall::fidelity {

/// Upstream queries for names at or below the TLD, by where they went.
struct UpstreamCounts {
  std::uint32_t root = 0;
  std::uint32_t tld = 0;
  std::uint32_t child = 0;
  std::string detail;  // "T:n1.de./A x1 C:w.n1.de./A x1", in order of first use
};

class LabHost {
 public:
  LabHost(resolver::ResolverConfig config, const LabZones& zones, const LabTimes& times);

  [[nodiscard]] SimTime now() const { return now_; }
  void run_until(SimTime at);
  struct Query {
    dns::Question question;
    bool checking_disabled = false;
    bool plain = false;  // without DO and AD
  };
  /// The reply as the client sees it; nullopt after the lab's client timeout of 12 s.
  std::optional<dns::Message> ask(const Query& asked);
  void operate(const resolver::OperatorAction& action);
  [[nodiscard]] bool has_nta() const { return resolver_.has_nta(); }
  [[nodiscard]] UpstreamCounts upstream(SimTime from, SimTime to) const;

 private:
  struct Response {
    std::uint64_t exchange = 0;
    dns::MessagePtr message;  // null: timeout
  };
  struct Wake {
    std::uint64_t generation = 0;
  };
  struct Mark {  // the client's own: it waited until now
    std::uint64_t number = 0;
  };
  using Payload = std::variant<Response, Wake, Mark>;
  struct Sent {
    SimTime at;
    dns::Address server;
    dns::Question question;
  };

  void carry_out();
  dns::MessagePtr with_name_servers(const authority::NameServer& server,
                                    const authority::ServerQuery& query,
                                    const dns::MessagePtr& message);
  void send(const resolver::SendQuery& query);
  void push(SimTime at, engine::Phase phase, Payload payload);
  /// Runs the next event.
  void step();
  /// Runs events until `mark` has come or, if that is sooner, the reply to token_.
  enum class Until : std::uint8_t { mark, reply_or_mark };
  void run(std::uint64_t mark, Until until);
  std::uint64_t push_mark(SimTime at);

  LabTld tld_;
  authority::ServerDirectory servers_;
  authority::AnswerMemo memo_;
  resolver::Resolver resolver_;
  resolver::Actions actions_;
  engine::EventQueue<Payload> queue_;
  SimTime now_;
  std::uint64_t sequence_ = 0;
  std::uint64_t wake_generation_ = 0;
  std::uint64_t marks_ = 0;
  std::uint64_t last_mark_ = 0;  // the latest that has come
  std::uint64_t token_ = 0;
  std::optional<resolver::ClientReply> reply_;  // to token_
  std::vector<Sent> sent_;
};

}  // namespace zonefall::fidelity
