#include "own_resolver.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "zonefall/scenario/profile_file.h"

namespace zonefall::differential {
namespace {

constexpr Duration exchange_latency = Duration::microseconds(100);
constexpr Duration client_timeout = Duration::seconds(12);

// As it would have come from the network. Messages with another ID belong to no query (RFC 5452
// 9.1): no host gives them to a resolver.
dns::MessagePtr over_the_wire(const dns::Message& message) {
  if (message.id != 0) return nullptr;
  auto decoded = dns::decode(dns::encode(message).octets);
  if (!decoded) return nullptr;
  return std::make_shared<const dns::Message>(std::move(decoded).value());
}

}  // namespace

resolver::ResolverConfig own_config(const Internet& internet, const std::string& profile) {
  const auto file = scenario::load_profile("scenarios/profiles/" + profile + ".yaml");
  if (!file) fmt::print(stderr, "{}\n", file.error().to_text());
  resolver::ResolverConfig config;
  resolver::ResolverProfile own = file.value().profile;
  own.synthesises_denials = false;  // as in the others: answers depend on no question before
  config.profile = std::make_shared<const resolver::ResolverProfile>(std::move(own));
  config.root_hints = {{dns::Name::literal("ns1."), {dns::Address::v4({127, 0, 1, 1})}},
                       {dns::Name::literal("ns2."), {dns::Address::v4({127, 0, 1, 2})}}};
  config.trust_anchors = {internet.trust_anchor()};
  config.verifier = std::make_shared<const dnssec::ByteVerifier>();
  config.uses_ipv6 = false;
  return config;
}

OwnResolver::OwnResolver(const Internet& internet, resolver::ResolverConfig config, SimTime now)
    : internet_(internet), resolver_(std::move(config)), now_(now) {
  resolver_.set_tracer(&tracer_);
}

void OwnResolver::send(const resolver::SendQuery& query) {
  std::optional<dns::Edns> edns;
  if (query.has_edns) {
    edns = {.udp_payload_octets = query.udp_payload_octets, .dnssec_ok = query.dnssec_ok};
  }
  const bool is_tcp = query.transport == resolver::Transport::tcp;
  const dns::MessagePtr answer = internet_.answer(query.server, {query.question, edns, is_tcp});
  dns::MessagePtr received = answer ? over_the_wire(*answer) : nullptr;
  const SimTime at = now_ + (received ? exchange_latency : query.timeout);
  endings_.emplace(at, Ending{query.exchange, std::move(received)});
}

void OwnResolver::carry_out() {
  const resolver::Actions actions = std::exchange(actions_, {});
  for (const resolver::SendQuery& query : actions.sends) send(query);
  for (const resolver::ClientReply& reply : actions.replies) {
    if (reply.token == token_) reply_ = reply;
  }
  wake_at_ = actions.wake_at;
}

bool OwnResolver::step(SimTime until) {
  const SimTime ending_at = endings_.empty() ? SimTime::max() : endings_.begin()->first;
  const SimTime wake_at = std::max(wake_at_.value_or(SimTime::max()), now_);
  if (std::min(ending_at, wake_at) > until) return false;
  if (ending_at <= wake_at) {
    const auto first = endings_.extract(endings_.begin());
    now_ = first.key();
    const Ending& ending = first.mapped();
    if (ending.message) {
      resolver_.on_response(ending.exchange, ending.message, now_, actions_);
    } else {
      resolver_.on_timeout(ending.exchange, now_, actions_);
    }
  } else {
    now_ = wake_at;
    resolver_.on_wake(now_, actions_);
  }
  carry_out();
  return true;
}

std::string OwnResolver::verdict() const {
  return reply_ ? reply_->verdict->to_text() : "no reply";
}

std::optional<dns::Message> OwnResolver::ask(const dns::Question& question) {
  token_ += 1;
  reply_.reset();
  const resolver::ClientQuery query{
      .token = token_, .question = question, .dnssec_ok = true, .authentic_data = true};
  resolver_.on_client_query(query, now_, actions_);
  carry_out();
  const SimTime until = now_ + client_timeout;
  while (!reply_ && step(until)) {
  }
  if (!reply_) return std::nullopt;
  return resolver::to_message(*reply_, query);
}

}  // namespace zonefall::differential
