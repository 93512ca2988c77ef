#include "rpl/session.h"

#include <fmt/format.h>

namespace zonefall::rpl {
namespace {

constexpr std::size_t edns_octets_testbound = 1232;
constexpr std::size_t edns_octets_deckard = 4096;

// A name that does not parse: the header alone comes back (RFC 1035 4.1.1).
Packet format_error(bool recursion_desired) {
  Packet packet;
  packet.flags.qr = true;
  packet.flags.rd = recursion_desired;
  packet.rcode = dns::Rcode::formerr;
  return packet;
}

}  // namespace

Packet OpenQuery::packet() const {
  Packet packet;
  packet.question = send.question;
  packet.flags.rd = send.recursion_desired;
  packet.flags.cd = send.checking_disabled;
  packet.edns =
      dns::Edns{.udp_payload_octets = send.udp_payload_octets, .dnssec_ok = send.dnssec_ok};
  packet.is_tcp = send.transport == resolver::Transport::tcp;
  return packet;
}

std::string OpenQuery::to_text() const {
  return fmt::format("{} {} to {}", send.question.qname.to_text(),
                     dns::to_text(send.question.qtype), send.server.to_text());
}

Session::Session(const Settings& settings, Dialect dialect, bool traces)
    : dialect_(dialect), shape_(settings.shape), resolver_(settings.config), now_(settings.start) {
  if (traces) resolver_.set_tracer(&tracer_);
  for (const resolver::OperatorAction& action : settings.at_start) operate(action);
}

void Session::query(const Entry& entry, const std::optional<dns::Address>& client) {
  if (entry.raw) return answer_raw_query(*entry.raw, client);
  if (!entry.question) {
    answers_.push_back({client, format_error(entry.flags.rd)});
    return;
  }
  Asked asked;
  asked.client = client;
  asked.query.token = next_token_++;
  asked.query.question = *entry.question;
  asked.query.recursion_desired = entry.flags.rd;
  asked.query.dnssec_ok = entry.dnssec_ok;
  asked.query.authentic_data = entry.flags.ad;
  asked.query.checking_disabled = entry.flags.cd && !shape_.ignores_cd;
  asked.has_edns = dialect_ == Dialect::deckard || entry.dnssec_ok || entry.edns_data.has_value();
  asked.is_tcp = entry.match.has(MatchWord::tcp);
  asked.at = now_;
  if (!entry.flags.rd && shape_.refuses_without_rd) {
    Packet refused;
    refused.flags.qr = refused.flags.ra = true;
    refused.flags.cd = entry.flags.cd;
    refused.rcode = dns::Rcode::refused;
    refused.question = entry.question;
    answers_.push_back({client, std::move(refused)});
    return;
  }
  asked_.emplace(asked.query.token, asked);
  resolver_.on_client_query(asked.query, now_, actions_);
  collect();
}

void Session::answer_raw_query(const dns::Octets& octets,
                               const std::optional<dns::Address>& client) {
  const auto message = dns::decode(octets);
  const bool desires_recursion = octets.size() > 2 && (octets[2] & 1U) != 0;
  if (!message || !message.value().question) {
    answers_.push_back({client, format_error(desires_recursion)});
    return;
  }
  Entry entry;
  entry.flags = message.value().flags;
  entry.question = message.value().question;
  entry.dnssec_ok = message.value().edns && message.value().edns->dnssec_ok;
  query(entry, client);
}

void Session::respond(std::size_t index, const dns::Octets& octets) {
  const OpenQuery query = open_[index];
  auto message = dns::decode(octets, dns::MalformedAddresses::left_out);
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(index));
  if (message) {
    resolver_.on_response(query.send.exchange,
                          std::make_shared<const dns::Message>(std::move(message).value()), now_,
                          actions_);
  } else {
    resolver_.on_timeout(query.send.exchange, now_, actions_);  // as if it had not come
  }
  collect();
}

void Session::fail(std::size_t index) {
  const OpenQuery query = open_[index];
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(index));
  resolver_.on_timeout(query.send.exchange, now_, actions_);
  collect();
}

void Session::wake() {
  resolver_.on_wake(now_, actions_);
  collect();
}

void Session::operate(const resolver::OperatorAction& action) {
  resolver_.on_operator(action, now_, actions_);
  collect();
}

void Session::collect() {
  for (const resolver::SendQuery& send : actions_.sends) open_.push_back({send, now_});
  for (const resolver::ClientReply& reply : actions_.replies) answer(reply);
  wake_at_ = actions_.wake_at;
  actions_.clear();
}

void Session::answer(const resolver::ClientReply& reply) {
  const auto found = asked_.find(reply.token);
  ZF_ASSERT(found != asked_.end());  // each query is answered once
  const Asked asked = std::move(found->second);
  asked_.erase(found);
  const bool is_late = now_ - asked.at > shape_.discard_timeout;
  if (is_late && !asked.is_tcp) return;
  answers_.push_back({asked.client, shaped(reply, asked)});
}

Packet Session::shaped(const resolver::ClientReply& reply, const Asked& asked) const {
  dns::Message message = resolver::to_message(reply, asked.query);
  if (!asked.has_edns) {
    message.edns.reset();
  } else {
    const bool is_stale = reply.served == resolver::Served::stale;
    const bool has_ede = shape_.has_ede && (!is_stale || shape_.has_stale_ede);
    if (!has_ede) message.edns->extended_errors.clear();
  }
  const std::size_t edns_octets =
      dialect_ == Dialect::testbound ? edns_octets_testbound : edns_octets_deckard;
  const std::size_t octets_max = asked.is_tcp ? 65535 : asked.has_edns ? edns_octets : 512;
  const auto encoded = dns::encode(message, octets_max);
  auto decoded = dns::decode(encoded.octets);
  ZF_ASSERT(decoded.ok());  // it is our own
  return packet_of(decoded.value());
}

}  // namespace zonefall::rpl
