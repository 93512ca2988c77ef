// Sockets as values, and DNS messages over TCP.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "zonefall/dns/address.h"
#include "zonefall/dns/rdata.h"

namespace zonefall::differential {

/// Owns a file descriptor; -1: none.
class Socket {
 public:
  explicit Socket(int fd = -1) : fd_(fd) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

/// Bound to port `port` of all addresses. Not open: it did not work.
Socket listen_udp(std::uint16_t port);
Socket listen_tcp(std::uint16_t port);
/// Connected to 127.0.0.1; reading and writing give up after `timeout_s`.
Socket connect_tcp(std::uint16_t port, int timeout_s);
/// The address that a peer connected to.
dns::Address local_address(const Socket& connection);

/// One message behind its length (RFC 1035 4.2.2). nullopt, false: the connection is of no use.
std::optional<dns::Octets> read_message(const Socket& connection);
bool write_message(const Socket& connection, std::span<const std::uint8_t> message);

/// Puts this process into a network of its own, in which nothing but loopback exists and all ports
/// are free; as root or with a user namespace. Must come before any thread. False: not allowed.
bool enter_private_network();

}  // namespace zonefall::differential
