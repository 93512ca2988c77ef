// The authoritative servers of an Internet on port 53 of their loopback addresses, UDP and TCP.
#pragma once

#include <atomic>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "internet.h"
#include "sockets.h"

namespace zonefall::differential {

/// Serves from construction to destruction. Needs a network of its own (enter_private_network()).
class LoopbackServer {
 public:
  explicit LoopbackServer(const Internet& internet);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  LoopbackServer(LoopbackServer&&) = delete;
  LoopbackServer& operator=(LoopbackServer&&) = delete;

  /// False: it could not bind to port 53.
  [[nodiscard]] bool is_serving() const { return udp_.is_open() && tcp_.is_open(); }

 private:
  void serve_udp();
  void serve_tcp();
  /// False: the connection is at its end.
  [[nodiscard]] bool answer_tcp(const Socket& connection) const;
  /// nullopt: nothing that anybody would answer.
  [[nodiscard]] std::optional<dns::Octets> answer(const dns::Address& server,
                                                  std::span<const std::uint8_t> query,
                                                  bool is_tcp) const;

  const Internet& internet_;
  Socket udp_;
  Socket tcp_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace zonefall::differential
