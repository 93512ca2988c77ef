#include "rpl/session.h"

#include <algorithm>

#include <fmt/format.h>

namespace zonefall::rpl {
namespace {

constexpr std::uint16_t nsid_option = 3;  // RFC 5001

bool asks_for_nsid(const dns::Edns& edns) {
  return std::any_of(edns.other_options.begin(), edns.other_options.end(),
                     [](const dns::EdnsOption& option) { return option.code == nsid_option; });
}

}  // namespace

Packet OpenQuery::packet() const {
  Packet packet;
  packet.question = send.question;
  packet.flags.rd = send.recursion_desired;
  packet.flags.cd = send.checking_disabled;
  if (send.has_edns) {
    packet.edns = dns::Edns{.udp_payload_octets = send.udp_payload_octets,
                            .dnssec_ok = has_do || send.dnssec_ok};
  }
  packet.is_tcp = is_tcp || send.transport == resolver::Transport::tcp;
  return packet;
}

std::string OpenQuery::to_text() const {
  return fmt::format("{} {} to {}", send.question.qname.to_text(),
                     dns::to_text(send.question.qtype), send.server.to_text());
}

Session::Session(const Settings& settings, Dialect dialect, bool traces)
    : dialect_(dialect),
      shape_(settings.shape),
      front_(settings.front),
      dns64_(settings.dns64),
      nat64_(settings.nat64),
      asks_over_tcp_(settings.asks_over_tcp),
      always_sets_do_(settings.always_sets_do),
      resolver_(settings.config),
      now_(settings.start) {
  if (traces) resolver_.set_tracer(&tracer_);
  for (const resolver::OperatorAction& action : settings.at_start) operate(action);
}

std::uint64_t Session::query(const Entry& entry, const std::optional<dns::Address>& client) {
  const dns::Octets octets = query_octets(entry, dialect_);
  Asked asked;
  asked.client = client.value_or(dns::Address::v4({127, 0, 0, 1}));
  asked.is_tcp = entry.match.has(MatchWord::tcp);
  asked.at = now_;
  asked.query.token = next_token_++;
  // Of queries that cannot be read there are no options.
  if (const auto message = dns::decode(octets)) asked.edns = message.value().edns;
  FrontAnswer front = handle_query(front_, {octets, asked.client, asked.is_tcp, now_.to_unix_s()});
  switch (front.kind) {
    case FrontAnswer::Kind::dropped: break;
    case FrontAnswer::Kind::answered: give(asked, std::move(front.message)); break;
    case FrontAnswer::Kind::resolved: resolve(front, std::move(asked)); break;
  }
  return next_token_ - 1;
}

void Session::resolve(const FrontAnswer& front, Asked asked) {
  const dns::Message& message = front.message;
  asked.alias = front.alias;
  asked.query.question = *message.question;
  asked.qclass = message.question->qclass;
  // There is one class with servers to start from, so that is all of them.
  if (asked.qclass == dns::RRClass::any) asked.query.question.qclass = dns::RRClass::in;
  asked.query.recursion_desired = message.flags.rd;
  asked.query.dnssec_ok = message.edns && message.edns->dnssec_ok;
  asked.query.authentic_data = message.flags.ad;
  asked.query.checking_disabled = message.flags.cd && !shape_.ignores_cd;
  if (dns64_ && asked.query.question.qtype == dns::RRType::ptr) {
    if (auto pointer = ipv4_pointer(*dns64_, asked.query.question.qname)) {
      asked.reverse_name = asked.query.question.qname;
      asked.query.question.qname = std::move(*pointer);
    }
  }
  ask_resolver(std::move(asked));
  collect();
}

void Session::ask_resolver(Asked asked) {
  const resolver::ClientQuery query = asked.query;
  asked_.emplace(query.token, std::move(asked));
  resolver_.on_client_query(query, now_, actions_);
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

// An answer may lead to another query, and that to answers.
void Session::collect() {
  do {
    asks_again_ = false;
    for (const resolver::SendQuery& send : actions_.sends) {
      open_.push_back({++sent_, send, now_, asks_over_tcp_, always_sets_do_});
      dns::Address& server = open_.back().send.server;
      if (nat64_ && server.is_v4()) server = embedded(*nat64_, server);
    }
    wake_at_ = actions_.wake_at;
    const std::vector<resolver::ClientReply> replies = std::move(actions_.replies);
    actions_.clear();
    for (const resolver::ClientReply& reply : replies) answer(reply);
  } while (asks_again_);
}

void Session::answer(const resolver::ClientReply& reply) {
  const auto found = asked_.find(reply.token);
  ZF_ASSERT(found != asked_.end());  // each query is answered once
  Asked asked = std::move(found->second);
  asked_.erase(found);
  const bool is_late = now_ - asked.at > shape_.discard_timeout;
  if (is_late && !asked.is_tcp) return;
  dns::Message message = shaped(reply, asked);
  if (!dns64_) return give(asked, std::move(message));
  if (asked.reverse_name) return give(asked, with_pointer(std::move(message), asked));
  if (asked.ipv6_answer) {
    auto made = synthesised(*dns64_, std::move(message));
    return give(asked, made ? std::move(*made) : std::move(*asked.ipv6_answer));
  }
  // RFC 6147 5.5: who checks for himself is not lied to.
  const bool is_theirs = asked.query.question.qtype == dns::RRType::aaaa &&
                         asked.query.question.qclass == dns::RRClass::in &&
                         !asked.query.checking_disabled;
  if (!is_theirs || !wants_ipv4(*dns64_, message)) return give(asked, std::move(message));
  asked.ipv6_answer = std::move(message);
  asked.query.question.qtype = dns::RRType::a;
  asks_again_ = true;
  ask_resolver(std::move(asked));
}

// The client asked for the name in ip6.arpa.
dns::Message Session::with_pointer(dns::Message message, const Asked& asked) {
  for (dns::SignedRRset& one : message.answer) {
    if (one.rrset->owner() != message.question->qname) continue;
    one = {one.rrset->with_owner(*asked.reverse_name), {}};
  }
  message.question->qname = *asked.reverse_name;
  message.flags.ad = false;
  return message;
}

dns::Message Session::shaped(const resolver::ClientReply& reply, const Asked& asked) const {
  dns::Message message = resolver::to_message(reply, asked.query);
  message.question->qclass = asked.qclass;
  if (asked.alias) {
    message.question->qname = asked.alias->rrset->owner();
    message.answer.insert(message.answer.begin(), *asked.alias);
  }
  if (!asked.edns) {
    message.edns.reset();
    return message;
  }
  const bool is_stale = reply.served == resolver::Served::stale;
  const bool has_ede = shape_.has_ede && (!is_stale || shape_.has_stale_ede);
  if (!has_ede) message.edns->extended_errors.clear();
  if (shape_.nsid && asks_for_nsid(*asked.edns)) {
    message.edns->other_options.push_back({nsid_option, *shape_.nsid});
  }
  return message;
}

void Session::finish_edns(dns::Edns& edns, const Asked& asked) const {
  edns.udp_payload_octets = shape_.edns_octets;
  const dns::EdnsOption* cookie = cookie_in(asked.edns);
  const bool has_one = cookie_in(edns) != nullptr;
  if (!front_.cookie_secret || cookie == nullptr || has_one || !has_cookie_size(*cookie)) return;
  edns.other_options.push_back(
      server_cookie(*cookie, *front_.cookie_secret, {asked.client, now_.to_unix_s()}));
}

// As octets and back, within what the client takes.
void Session::give(const Asked& asked, dns::Message message) {
  if (message.edns) finish_edns(*message.edns, asked);
  const std::size_t octets_max = asked.is_tcp ? 65535 : asked.edns ? shape_.udp_octets_max : 512;
  const auto encoded = dns::encode(message, octets_max);
  auto decoded = dns::decode(encoded.octets);
  ZF_ASSERT(decoded.ok());  // it is our own
  Packet packet = packet_of(decoded.value());
  packet.is_tcp = asked.is_tcp;
  answers_.push_back({asked.query.token, asked.client, std::move(packet)});
}

}  // namespace zonefall::rpl
