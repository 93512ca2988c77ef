#include "replay/network.h"

#include <algorithm>

#include "zonefall/core/hash.h"
#include "zonefall/core/rng.h"
#include "zonefall/core/words.h"

namespace zonefall::replay {

namespace {

constexpr std::uint64_t ppm_all = 1'000'000;

// By weight; equal weights give the same as none at all.
std::uint32_t pick_site(const std::vector<authority::Site>& sites, std::uint64_t word) {
  std::uint64_t sum = 0;
  for (const authority::Site& site : sites) sum += site.catchment_weight;
  if (sum == 0) return static_cast<std::uint32_t>(scale(word, sites.size()));
  std::uint64_t at = scale(word, sum);
  std::uint32_t index = 0;
  while (at >= sites[index].catchment_weight) {
    at -= sites[index].catchment_weight;
    index += 1;
  }
  return index;
}

authority::ServerQuery to_server_query(const resolver::SendQuery& query) {
  authority::ServerQuery out;
  out.question = query.question;
  if (query.has_edns) {
    out.edns.emplace();
    out.edns->udp_payload_octets = query.udp_payload_octets;
    out.edns->dnssec_ok = query.dnssec_ok;
  }
  switch (query.transport) {
    case resolver::Transport::udp: out.transport = authority::Transport::udp; break;
    case resolver::Transport::tcp: out.transport = authority::Transport::tcp; break;
  }
  return out;
}

bool are_alike(const dns::Rrsig& a, const dns::Rrsig& b) {
  if (!(a.fields() == b.fields())) return false;
  const auto identity = a.identity();
  if (identity || b.identity()) return identity == b.identity();
  return std::ranges::equal(a.signature(), b.signature());
}

bool are_alike(const std::vector<dns::SignedRRset>& a, const std::vector<dns::SignedRRset>& b) {
  return std::ranges::equal(a, b, [](const dns::SignedRRset& x, const dns::SignedRRset& y) {
    return x.rrset->content_id() == y.rrset->content_id() &&
           std::ranges::equal(x.rrsigs, y.rrsigs, [](const auto& s, const auto& t) {
             return s == t || are_alike(*s, *t);
           });
  });
}

bool are_alike(const std::vector<dns::BareRrsig>& a, const std::vector<dns::BareRrsig>& b) {
  return std::ranges::equal(a, b, [](const dns::BareRrsig& x, const dns::BareRrsig& y) {
    return x.section == y.section && x.owner == y.owner && x.rclass == y.rclass &&
           x.ttl_s == y.ttl_s && are_alike(*x.rrsig, *y.rrsig);
  });
}

// Of answers to one question.
bool are_alike(const dns::Message& a, const dns::Message& b) {
  return a.flags == b.flags && a.opcode == b.opcode && a.rcode == b.rcode && a.edns == b.edns &&
         are_alike(a.answer, b.answer) && are_alike(a.authority, b.authority) &&
         are_alike(a.additional, b.additional) && are_alike(a.bare_rrsigs, b.bare_rrsigs);
}

}  // namespace

bool are_alike(const Ending& a, const Ending& b) {
  if (a.at != b.at || a.load != b.load || !a.message != !b.message) return false;
  return a.message == b.message || are_alike(*a.message, *b.message);
}

Network::Network(const WorldIndex& index, authority::AnswerMemo& memo)
    : index_(index),
      directory_(*index.world().servers),
      memo_(memo),
      forger_(index.world()),
      catchment_key_(hash_combine(index.world().seed, purpose("replay: catchment"))),
      rtt_key_(hash_combine(index.world().seed, purpose("replay: round-trip time"))),
      loss_key_(hash_combine(index.world().seed, purpose("replay: loss"))) {}

Network::Route Network::make_route(const Sender& sender, std::size_t server) const {
  const std::uint64_t pair = hash_combine(sender.entity, index_.servers()[server].entity);
  Route route;
  route.site = pick_site(directory_.servers()[server].sites, hash_combine(catchment_key_, pair));
  const Duration range = sender.latency.rtt_max - sender.latency.rtt_min;
  const auto steps = static_cast<std::uint64_t>(range.to_nanoseconds()) + 1;
  const std::uint64_t word = hash_combine(hash_combine(rtt_key_, pair), route.site);
  route.rtt =
      sender.latency.rtt_min + Duration::nanoseconds(static_cast<std::int64_t>(scale(word, steps)));
  return route;
}

const Network::Route& Network::route(const Sender& sender, std::size_t server) {
  const std::size_t servers = directory_.servers().size();
  const std::size_t place = sender.place * servers + server;
  if (place >= routes_.size()) routes_.resize((sender.place + 1) * servers);
  std::optional<Route>& known = routes_[place];
  if (!known) known = make_route(sender, server);
  return *known;
}

// A forged response comes half a round trip before the genuine one would, lost or not; the server
// works all the same.
Ending Network::exchange(const Sender& sender, const resolver::SendQuery& query, SimTime now) {
  Ending genuine = genuine_exchange(sender, query, now);
  dns::MessagePtr forged = forger_.response_to(sender.entity, query, now);
  if (forged == nullptr) return genuine;
  const auto server = directory_.find(query.server);
  if (!server) return genuine;
  const Duration rtt = route(sender, *server).rtt;
  const Duration setup = query.transport == resolver::Transport::tcp ? rtt : Duration();
  const SimTime comes_at = now + setup + rtt / 2;
  if (comes_at > now + query.timeout) return genuine;
  return {comes_at, std::move(forged), genuine.load};
}

Ending Network::genuine_exchange(const Sender& sender, const resolver::SendQuery& query,
                                 SimTime now) {
  Ending timeout{now + query.timeout, nullptr, std::nullopt};
  const auto server_index = directory_.find(query.server);
  if (!server_index) return timeout;
  const std::uint64_t fate = hash_combine(hash_combine(loss_key_, sender.entity), query.exchange);
  const bool is_lost = scale(fate, ppm_all) < sender.latency.loss_ppm;
  const bool query_is_lost = is_lost && (fate & 1U) != 0;
  if (query_is_lost) return timeout;

  const Route& way = route(sender, *server_index);
  // A TCP connection is opened first.
  const Duration setup = query.transport == resolver::Transport::tcp ? way.rtt : Duration();
  const SimTime arrives_at = now + setup + way.rtt / 2;
  const authority::NameServer& server = directory_.servers()[*server_index];
  const auto answer =
      authority::reply(server, server.sites[way.site], to_server_query(query), arrives_at, memo_);
  timeout.load = {index_.servers()[*server_index].first_site + way.site, arrives_at,
                  answer ? answer->wire_octets : 0};
  const SimTime returns_at = now + setup + way.rtt;
  // What comes after the resolver has stopped waiting is a timeout to it.
  if (!answer || is_lost || returns_at > timeout.at) return timeout;
  return {returns_at, answer->message, timeout.load};
}

}  // namespace zonefall::replay
