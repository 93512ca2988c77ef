#include "lab_host.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "zonefall/core/assert.h"

namespace zonefall::fidelity {
namespace {

constexpr Duration exchange_latency = Duration::microseconds(100);
constexpr Duration client_timeout = Duration::seconds(12);

}  // namespace

LabHost::LabHost(resolver::ResolverConfig config, const LabZones& zones, const LabTimes& times)
    : tld_(zones.tld()),
      servers_(zones.servers(times)),
      resolver_(std::move(config)),
      now_(times.start) {}

void LabHost::push(SimTime at, engine::Phase phase, Payload payload) {
  queue_.push({.at = at, .phase = phase, .origin = 0, .origin_sequence = sequence_++},
              std::move(payload));
}

void LabHost::send(const resolver::SendQuery& query) {
  sent_.push_back({now_, query.server, query.question});
  dns::Edns edns;
  edns.udp_payload_octets = query.udp_payload_octets;
  edns.dnssec_ok = query.dnssec_ok;
  const authority::ServerQuery server_query{.question = query.question,
                                            .edns = edns,
                                            .transport = query.transport == resolver::Transport::udp
                                                             ? authority::Transport::udp
                                                             : authority::Transport::tcp};
  std::optional<authority::Answer> answer;
  if (const auto index = servers_.find(query.server)) {
    const authority::NameServer& server = servers_.servers()[*index];
    answer = authority::reply(server, server.sites.front(), server_query, now_, memo_);
    if (answer) answer->message = with_name_servers(server, server_query, answer->message);
  }
  if (answer) {
    push(now_ + exchange_latency, engine::Phase::delivery,
         Response{query.exchange, answer->message});
  } else {
    push(now_ + query.timeout, engine::Phase::timer, Response{query.exchange, nullptr});
  }
}

// Our servers' answers are minimal; the lab's had the zone's name servers beside positive ones.
dns::MessagePtr LabHost::with_name_servers(const authority::NameServer& server,
                                           const authority::ServerQuery& query,
                                           const dns::MessagePtr& message) {
  const dns::Question& question = query.question;
  if (message->answer.empty() || !message->flags.aa || question.qtype == dns::RRType::ns) {
    return message;
  }
  dns::Name apex;
  for (const authority::SiteZone& zone : server.sites.front().zones) {
    const dns::Name& candidate = zone.history->apex();
    if (question.qname.is_at_or_below(candidate) && candidate.is_at_or_below(apex)) {
      apex = candidate;
    }
  }
  authority::ServerQuery ns_query = query;
  ns_query.question.qname = apex;
  ns_query.question.qtype = dns::RRType::ns;
  const auto ns = authority::reply(server, server.sites.front(), ns_query, now_, memo_);
  if (!ns) return message;
  dns::Message full = *message;
  const auto append = [](const auto& from, auto& to) {
    to.insert(to.end(), from.begin(), from.end());
  };
  append(ns->message->answer, full.authority);
  append(ns->message->additional, full.additional);
  return std::make_shared<const dns::Message>(std::move(full));
}

void LabHost::carry_out() {
  const resolver::Actions actions = std::exchange(actions_, {});
  for (const resolver::SendQuery& query : actions.sends) send(query);
  for (const resolver::ClientReply& reply : actions.replies) {
    if (reply.token == token_) reply_ = reply;
  }
  wake_generation_ += 1;  // an earlier wish is void
  if (actions.wake_at) {
    push(std::max(*actions.wake_at, now_), engine::Phase::timer, Wake{wake_generation_});
  }
}

void LabHost::step() {
  auto event = queue_.pop();
  now_ = event.key.at;
  if (const auto* mark = std::get_if<Mark>(&event.payload)) {
    last_mark_ = std::max(last_mark_, mark->number);
    return;
  }
  if (const auto* wake = std::get_if<Wake>(&event.payload)) {
    if (wake->generation != wake_generation_) return;
    resolver_.on_wake(now_, actions_);
  } else {
    const auto& response = std::get<Response>(event.payload);
    if (response.message != nullptr) {
      resolver_.on_response(response.exchange, response.message, now_, actions_);
    } else {
      resolver_.on_timeout(response.exchange, now_, actions_);
    }
  }
  carry_out();
}

// Looking at the queue's next time would forbid sooner events, so the client's waiting is an event.
std::uint64_t LabHost::push_mark(SimTime at) {
  marks_ += 1;
  push(at, engine::Phase::arrival, Mark{marks_});
  return marks_;
}

void LabHost::run(std::uint64_t mark, Until until) {
  while (last_mark_ < mark && (until == Until::mark || !reply_)) step();
}

void LabHost::run_until(SimTime at) {
  ZF_ASSERT(at >= now_);
  run(push_mark(at), Until::mark);
}

std::optional<dns::Message> LabHost::ask(const Query& asked) {
  run_until(now_);
  token_ += 1;
  reply_.reset();
  const resolver::ClientQuery query{.token = token_,
                                    .question = asked.question,
                                    .dnssec_ok = !asked.plain,
                                    .authentic_data = !asked.plain,
                                    .checking_disabled = asked.checking_disabled};
  resolver_.on_client_query(query, now_, actions_);
  carry_out();
  run(push_mark(now_ + client_timeout), Until::reply_or_mark);
  if (!reply_) return std::nullopt;
  return resolver::to_message(*reply_, query);
}

void LabHost::operate(const resolver::OperatorAction& action) {
  run_until(now_);
  resolver_.on_operator(action, now_, actions_);
  carry_out();
}

UpstreamCounts LabHost::upstream(SimTime from, SimTime to) const {
  UpstreamCounts counts;
  std::vector<std::pair<std::string, int>> details;
  for (const Sent& sent : sent_) {
    if (sent.at < from || sent.at > to) continue;
    if (!sent.question.qname.is_at_or_below(tld_.name())) continue;
    char where = '?';
    switch (group_of(sent.server, tld_)) {
      case ServerGroup::root: counts.root += 1, where = 'R'; break;
      case ServerGroup::tld: counts.tld += 1, where = 'T'; break;
      case ServerGroup::child: counts.child += 1, where = 'C'; break;
      case ServerGroup::net:
      case ServerGroup::unknown: continue;
    }
    const std::string what = fmt::format("{}:{}/{}", where, sent.question.qname.to_text(),
                                         dns::to_text(sent.question.qtype));
    const auto found = std::find_if(details.begin(), details.end(),
                                    [&what](const auto& detail) { return detail.first == what; });
    if (found != details.end()) {
      found->second += 1;
    } else {
      details.emplace_back(what, 1);
    }
  }
  for (const auto& [what, times] : details) {
    counts.detail += fmt::format("{}{} x{}", counts.detail.empty() ? "" : " ", what, times);
  }
  return counts;
}

}  // namespace zonefall::fidelity
