#include "loopback_server.h"

#include <array>
#include <cstring>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace zonefall::differential {
namespace {

constexpr std::uint16_t dns_port = 53;
constexpr int look_at_stop_ms = 100;
constexpr std::size_t datagram_octets_max = 65535;

bool has_input(const Socket& socket) {
  pollfd waiting{socket.fd(), POLLIN, 0};
  return poll(&waiting, 1, look_at_stop_ms) > 0;
}

/// A datagram, its sender, and the address it was sent to: answers must come from there.
class Datagram {
 public:
  explicit Datagram(std::size_t octets_max) : octets_(octets_max) {}

  bool receive(const Socket& socket) {
    msghdr header = make_header({octets_.data(), octets_.size()});
    header.msg_controllen = control_.size();
    const ssize_t size = recvmsg(socket.fd(), &header, MSG_DONTWAIT);
    if (size < 0) return false;
    octets_.resize(static_cast<std::size_t>(size));
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part; part = CMSG_NXTHDR(&header, part)) {
      if (part->cmsg_level != IPPROTO_IP || part->cmsg_type != IP_PKTINFO) continue;
      std::memcpy(&info_, CMSG_DATA(part), sizeof info_);
    }
    return true;
  }

  void reply(const Socket& socket, dns::Octets octets) {
    octets_ = std::move(octets);
    msghdr header = make_header({octets_.data(), octets_.size()});
    header.msg_controllen = CMSG_SPACE(sizeof info_);
    cmsghdr* part = CMSG_FIRSTHDR(&header);
    part->cmsg_level = IPPROTO_IP;
    part->cmsg_type = IP_PKTINFO;
    part->cmsg_len = CMSG_LEN(sizeof info_);
    info_.ipi_ifindex = 0;
    info_.ipi_spec_dst = info_.ipi_addr;
    std::memcpy(CMSG_DATA(part), &info_, sizeof info_);
    sendmsg(socket.fd(), &header, 0);
  }

  [[nodiscard]] const dns::Octets& octets() const { return octets_; }
  [[nodiscard]] dns::Address sent_to() const {
    std::array<std::uint8_t, 4> octets{};
    std::memcpy(octets.data(), &info_.ipi_addr, octets.size());
    return dns::Address::v4(octets);
  }

 private:
  msghdr make_header(iovec octets) {
    part_ = octets;
    msghdr header{};
    header.msg_name = &peer_;
    header.msg_namelen = sizeof peer_;
    header.msg_iov = &part_;
    header.msg_iovlen = 1;
    header.msg_control = control_.data();
    return header;
  }

  dns::Octets octets_;
  sockaddr_in peer_{};
  in_pktinfo info_{};
  iovec part_{};
  alignas(cmsghdr) std::array<char, 256> control_{};
};

}  // namespace

LoopbackServer::LoopbackServer(const Internet& internet)
    : internet_(internet), udp_(listen_udp(dns_port)), tcp_(listen_tcp(dns_port)) {
  if (!is_serving()) return;
  threads_.emplace_back([this] { serve_udp(); });
  threads_.emplace_back([this] { serve_udp(); });
  threads_.emplace_back([this] { serve_tcp(); });
}

LoopbackServer::~LoopbackServer() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
}

std::optional<dns::Octets> LoopbackServer::answer(const dns::Address& server,
                                                  std::span<const std::uint8_t> query,
                                                  bool is_tcp) const {
  const auto asked = dns::decode(query);
  if (!asked || !asked.value().question || asked.value().flags.qr) return std::nullopt;
  const dns::MessagePtr message =
      internet_.answer(server, {*asked.value().question, asked.value().edns, is_tcp});
  if (!message) return std::nullopt;
  dns::Message reply = *message;
  reply.id ^= asked.value().id;
  const dns::Question& question = *asked.value().question;
  if (reply.question == question) reply.question = question;  // in its letter case
  reply.flags.rd = asked.value().flags.rd;
  reply.flags.cd = asked.value().flags.cd;
  return dns::encode(reply).octets;
}

void LoopbackServer::serve_udp() {
  while (!stopping_) {
    if (!has_input(udp_)) continue;
    Datagram datagram(datagram_octets_max);
    if (!datagram.receive(udp_)) continue;
    auto octets = answer(datagram.sent_to(), datagram.octets(), false);
    if (octets) datagram.reply(udp_, std::move(*octets));
  }
}

// Resolvers keep some connections open for later.
void LoopbackServer::serve_tcp() {
  std::vector<Socket> connections;
  while (!stopping_) {
    std::vector<pollfd> waiting = {{tcp_.fd(), POLLIN, 0}};
    for (const Socket& connection : connections) waiting.push_back({connection.fd(), POLLIN, 0});
    if (poll(waiting.data(), waiting.size(), look_at_stop_ms) <= 0) continue;
    for (std::size_t i = connections.size(); i-- > 0;) {
      if (waiting[i + 1].revents == 0 || answer_tcp(connections[i])) continue;
      connections.erase(connections.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (waiting.front().revents == 0) continue;
    Socket connection(accept4(tcp_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection.is_open()) connections.push_back(std::move(connection));
  }
}

bool LoopbackServer::answer_tcp(const Socket& connection) const {
  const auto query = read_message(connection);
  if (!query) return false;
  const auto octets = answer(local_address(connection), *query, true);
  return octets && write_message(connection, *octets);
}

}  // namespace zonefall::differential
