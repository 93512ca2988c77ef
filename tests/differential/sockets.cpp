#include "sockets.h"

#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <net/if.h>

namespace zonefall::differential {
namespace {

sockaddr_in any_address(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  return address;
}

void set_option(const Socket& socket, int level, int option) {
  const int on = 1;
  setsockopt(socket.fd(), level, option, &on, sizeof on);
}

bool bind_to(const Socket& socket, std::uint16_t port) {
  const sockaddr_in address = any_address(port);
  return bind(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool read_all(const Socket& connection, std::span<std::uint8_t> octets) {
  while (!octets.empty()) {
    const ssize_t count = recv(connection.fd(), octets.data(), octets.size(), 0);
    if (count <= 0) return false;
    octets = octets.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

bool write_file(const char* path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  return static_cast<bool>(file.flush());
}

}  // namespace

Socket::Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Socket::~Socket() {
  if (fd_ >= 0) close(fd_);
}

Socket listen_udp(std::uint16_t port) {
  Socket socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return socket;
  set_option(socket, IPPROTO_IP, IP_PKTINFO);
  return bind_to(socket, port) ? std::move(socket) : Socket();
}

Socket listen_tcp(std::uint16_t port) {
  constexpr int backlog = 256;
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return socket;
  set_option(socket, SOL_SOCKET, SO_REUSEADDR);
  const bool listens = bind_to(socket, port) && listen(socket.fd(), backlog) == 0;
  return listens ? std::move(socket) : Socket();
}

Socket connect_tcp(std::uint16_t port, int timeout_s) {
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = any_address(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  timeval timeout{};
  timeout.tv_sec = timeout_s;
  setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt(socket.fd(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  set_option(socket, IPPROTO_TCP, TCP_NODELAY);
  const int status =
      connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return status == 0 ? std::move(socket) : Socket();
}

dns::Address local_address(const Socket& connection) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(connection.fd(), reinterpret_cast<sockaddr*>(&address), &size);
  std::array<std::uint8_t, 4> octets{};
  std::memcpy(octets.data(), &address.sin_addr, octets.size());
  return dns::Address::v4(octets);
}

std::optional<dns::Octets> read_message(const Socket& connection) {
  std::array<std::uint8_t, 2> length{};
  if (!read_all(connection, length)) return std::nullopt;
  dns::Octets message(static_cast<std::size_t>(length[0]) << 8U | length[1]);
  if (!read_all(connection, message)) return std::nullopt;
  return message;
}

bool write_message(const Socket& connection, std::span<const std::uint8_t> message) {
  dns::Octets octets = {static_cast<std::uint8_t>(message.size() >> 8U),
                        static_cast<std::uint8_t>(message.size() & 0xffU)};
  octets.insert(octets.end(), message.begin(), message.end());
  std::size_t sent = 0;
  while (sent < octets.size()) {
    const ssize_t count =
        send(connection.fd(), octets.data() + sent, octets.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

bool enter_private_network() {
  const uid_t user = geteuid();
  const gid_t group = getegid();
  const int spaces = user == 0 ? CLONE_NEWNET : CLONE_NEWNET | CLONE_NEWUSER;
  if (unshare(spaces) != 0) return false;
  if (user != 0) {
    const bool mapped = write_file("/proc/self/setgroups", "deny") &&
                        write_file("/proc/self/uid_map", fmt::format("0 {} 1", user)) &&
                        write_file("/proc/self/gid_map", fmt::format("0 {} 1", group));
    if (!mapped) return false;
  }
  // The kernel gives `lo` 127.0.0.1/8 as it comes up.
  const Socket any(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  return ioctl(any.fd(), SIOCSIFFLAGS, &request) == 0;
}

}  // namespace zonefall::differential
