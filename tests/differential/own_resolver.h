// Our resolver in virtual time: it asks the same servers, and its answers come as octets.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "internet.h"
#include "zonefall/core/time.h"
#include "zonefall/resolver/resolver.h"

namespace zonefall::differential {

/// With the root hints and the trust anchor of `internet`. The profile is that of
/// scenarios/profiles/.
resolver::ResolverConfig own_config(const Internet& internet, const std::string& profile);

class OwnResolver {
 public:
  OwnResolver(const Internet& internet, resolver::ResolverConfig config, SimTime now);

  /// Asks with DO and AD; nullopt after 12 s without a reply.
  std::optional<dns::Message> ask(const dns::Question& question);
  /// Why it answered the last question as it did, with the RRset that decided.
  [[nodiscard]] std::string verdict() const;
  /// What it did since the last call, a line a step.
  std::vector<std::string> take_trace() { return tracer_.take(); }

 private:
  struct Ending {
    std::uint64_t exchange = 0;
    dns::MessagePtr message;  // null: timeout
  };

  void carry_out();
  void send(const resolver::SendQuery& query);
  /// Runs what is due next, at `until` at the latest; false if nothing is.
  bool step(SimTime until);

  const Internet& internet_;
  resolver::Resolver resolver_;
  resolver::Actions actions_;
  resolver::TextTracer tracer_;
  SimTime now_;
  std::optional<SimTime> wake_at_;
  std::multimap<SimTime, Ending> endings_;
  std::uint64_t token_ = 0;
  std::optional<resolver::ClientReply> reply_;  // to token_
};

}  // namespace zonefall::differential
