#include "scripted_host.h"

#include <algorithm>
#include <utility>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "zonefall/core/assert.h"

namespace zonefall::resolver::testing {

namespace {

ResolverConfig config_of(const ResolverProfile& profile, const SmallInternet& internet,
                         const std::vector<std::string>& more_anchors, VerdictMemo* verdicts,
                         const Adjust& adjust) {
  ResolverConfig config;
  config.verdicts = verdicts;
  config.profile = std::make_shared<const ResolverProfile>(profile);
  config.root_hints = SmallInternet::root_hints();
  config.trust_anchors = {internet.anchor(".")};
  for (const std::string& apex : more_anchors) {
    config.trust_anchors.push_back(internet.anchor(apex));
  }
  config.verifier = std::make_shared<const dnssec::IdentityVerifier>();
  config.seed = 7;
  if (adjust) adjust(config);
  return config;
}

dns::Message bare(const dns::Question& question, dns::Rcode rcode) {
  dns::Message message;
  message.flags.qr = true;
  message.rcode = rcode;
  message.question = question;
  return message;
}

dns::MessagePtr share(dns::Message message) {
  return std::make_shared<const dns::Message>(std::move(message));
}

}  // namespace

dns::Question question_of(std::string_view name, dns::RRType type) {
  return {dns::Name::literal(name), type, dns::RRClass::in};
}

ScriptedHost::ScriptedHost(const ResolverProfile& profile, SmallInternet internet,
                           const std::vector<std::string>& more_anchors, VerdictMemo* verdicts,
                           const Adjust& adjust)
    : internet_(std::move(internet)),
      resolver_(config_of(profile, internet_, more_anchors, verdicts, adjust)) {
  for (const auto& [apex, plan] : internet_.zones()) {
    for (const std::string& address : plan.addresses) {
      const dns::Address key = dns::Address::parse(address).value();
      authority::NameServer& server = servers_[key];
      server.name = dns::Name::literal("server." + address + ".");
      server.addresses = {key};
      server.sites.resize(1);
    }
    publish(apex);
  }
}

void ScriptedHost::publish(const std::string& apex) {
  const auto history = authority::make_constant_history(internet_.version(apex));
  for (const std::string& address : internet_.zone(apex).addresses) {
    auto& zones = servers_.at(dns::Address::parse(address).value()).sites.front().zones;
    std::erase_if(zones, [&](const auto& zone) { return zone.history->apex() == history->apex(); });
    zones.push_back({history, {}});
    std::sort(zones.begin(), zones.end(),
              [](const auto& a, const auto& b) { return a.history->apex() < b.history->apex(); });
  }
}

void ScriptedHost::script_all(const std::vector<std::string>& addresses, Manner manner) {
  for (const std::string& address : addresses) scripts_[address].manner = manner;
}

dns::MessagePtr ScriptedHost::answer(const SendQuery& query, const Script& script) {
  const auto server = servers_.find(query.server);
  if (server == servers_.end()) return nullptr;
  std::optional<dns::Edns> edns;
  if (query.has_edns) {
    edns = {.udp_payload_octets = query.udp_payload_octets, .dnssec_ok = query.dnssec_ok};
  }
  const bool udp = query.transport == Transport::udp;
  const authority::ServerQuery asked{query.question, edns,
                                     udp ? authority::Transport::udp : authority::Transport::tcp};
  const auto right =
      authority::reply(server->second, server->second.sites.front(), asked, now_, *memo_);
  if (!right) return nullptr;
  dns::Message message = *right->message;
  switch (script.manner) {
    case Manner::answers: break;
    case Manner::silent: return nullptr;
    case Manner::refused: return share(bare(query.question, dns::Rcode::refused));
    case Manner::servfail: return share(bare(query.question, dns::Rcode::servfail));
    case Manner::wrong_question: message.question = question_of("wrong.example."); break;
    case Manner::upward_referral:
      message = bare(query.question, dns::Rcode::noerror);
      message.authority.push_back(
          {dns::RRset::make({.owner = {}, .type = dns::RRType::ns, .ttl_s = 3600},
                            {dns::encode_name(dns::Name::literal("a.root."))}),
           {}});
      break;
    case Manner::truncates:
      if (!udp) break;
      message = bare(query.question, message.rcode);
      message.flags.tc = true;
      break;
  }
  if (script.tamper) script.tamper(query.question, message);
  return share(std::move(message));
}

void ScriptedHost::send(const SendQuery& query) {
  const std::string address = query.server.to_text();
  sent_.push_back({now_, address, query.question, query.transport, query.timeout});
  REQUIRE(sent_.size() < 20'000);
  Script& script = scripts_[address];
  const bool lost = script.loses > 0;
  if (lost) script.loses -= 1;
  const dns::MessagePtr message = lost ? nullptr : answer(query, script);
  if (message != nullptr && script.latency < query.timeout) {
    events_.emplace(now_ + script.latency, Response{query.exchange, message});
  } else {
    events_.emplace(now_ + query.timeout, Response{query.exchange, nullptr});
  }
}

void ScriptedHost::carry_out() {
  const Actions actions = std::exchange(actions_, {});
  for (const SendQuery& query : actions.sends) send(query);
  for (const ClientReply& reply : actions.replies) {
    const bool first = replies_.emplace(reply.token, reply).second;
    REQUIRE(first);
  }
  wake_at_ = actions.wake_at;
}

// The next event; a wake-up comes after what arrives at the same instant.
void ScriptedHost::step() {
  if (!events_.empty() && (!wake_at_ || events_.begin()->first <= *wake_at_)) {
    const auto event = events_.begin();
    now_ = event->first;
    const Response response = event->second;
    events_.erase(event);
    if (response.message) {
      resolver_.on_response(response.exchange, response.message, now_, actions_);
    } else {
      resolver_.on_timeout(response.exchange, now_, actions_);
    }
  } else {
    ZF_ASSERT(wake_at_);
    now_ = std::max(now_, *wake_at_);
    resolver_.on_wake(now_, actions_);
  }
  carry_out();
}

std::uint64_t ScriptedHost::submit(const Ask& ask) {
  ClientQuery query;
  query.token = next_token_++;
  query.question = question_of(ask.name, ask.type);
  query.dnssec_ok = ask.dnssec_ok;
  query.authentic_data = ask.authentic_data;
  query.checking_disabled = ask.checking_disabled;
  resolver_.on_client_query(query, now_, actions_);
  carry_out();
  return query.token;
}

const ClientReply* ScriptedHost::reply(std::uint64_t token) const {
  const auto found = replies_.find(token);
  return found == replies_.end() ? nullptr : &found->second;
}

ClientReply ScriptedHost::ask(const Ask& ask) {
  const std::uint64_t token = submit(ask);
  const SimTime limit = now_ + Duration::minutes(1);
  while (reply(token) == nullptr) {
    step();
    REQUIRE(now_ < limit);
  }
  return *reply(token);
}

void ScriptedHost::operate(const OperatorAction& action) {
  resolver_.on_operator(action, now_, actions_);
  carry_out();
}

void ScriptedHost::run_until(SimTime at) {
  const auto due = [&] {
    return (!events_.empty() && events_.begin()->first <= at) || (wake_at_ && *wake_at_ <= at);
  };
  while (due()) step();
  now_ = at;
}

std::size_t ScriptedHost::sent_to(std::string_view prefix) const {
  return static_cast<std::size_t>(std::count_if(
      sent_.begin(), sent_.end(), [&](const Sent& s) { return s.server.starts_with(prefix); }));
}

std::size_t ScriptedHost::asked(std::string_view name, dns::RRType type) const {
  return static_cast<std::size_t>(std::count_if(sent_.begin(), sent_.end(), [&](const Sent& s) {
    return s.question == question_of(name, type);
  }));
}

std::string ScriptedHost::log() const {
  std::string text;
  for (const Sent& s : sent_) {
    text += fmt::format("{} {} {}\n", s.server, s.question.qname.to_text(),
                        dns::to_text(s.question.qtype));
  }
  return text;
}

}  // namespace zonefall::resolver::testing
