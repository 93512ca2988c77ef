// Iteration (RFC 1034 5.3.3): the zone cut to ask at, its servers, and what responses mean.
#include <algorithm>

#include <fmt/format.h>

#include "resolver/state.h"

namespace zonefall::resolver {

using dns::RRType;

namespace {

// RFC 9156 2.3: beyond this many minimised steps the full name is asked.
constexpr std::size_t minimised_steps_max = 10;
constexpr std::size_t ns_names_fetched_max = 3;

std::uint32_t bounded_ttl_s(std::uint32_t ttl_s, const CacheLimits& limits) {
  return std::min(ttl_s, static_cast<std::uint32_t>(limits.ttl_max.to_seconds()));
}

bool answers_question(const dns::Message& message, const dns::Question& asked) {
  for (const dns::SignedRRset& entry : message.answer) {
    const RRType type = entry.rrset->type();
    const bool at_name = entry.rrset->owner() == asked.qname;
    if (at_name && (type == asked.qtype || type == RRType::cname || asked.qtype == RRType::any)) {
      return true;
    }
    if (type == RRType::dname && asked.qname.is_below(entry.rrset->owner())) return true;
  }
  return false;
}

// The cut that a referral from `zone` leads to; null if `message` is no referral towards `qname`.
const dns::RRset* referral_ns(const dns::Message& message, const dns::Name& zone,
                              const dns::Question& asked) {
  if (message.rcode != dns::Rcode::noerror || answers_question(message, asked)) return nullptr;
  const dns::RRset* ns = nullptr;
  for (const dns::SignedRRset& entry : message.authority) {
    if (entry.rrset->type() == RRType::soa) return nullptr;
    if (entry.rrset->type() == RRType::ns && entry.rrset->owner().is_below(zone) &&
        asked.qname.is_at_or_below(entry.rrset->owner())) {
      ns = entry.rrset.get();
    }
  }
  return ns;
}

bool is_usable(const dns::Message& message, const dns::Question& asked) {
  const bool rcode_is_good =
      message.rcode == dns::Rcode::noerror || message.rcode == dns::Rcode::nxdomain;
  return rcode_is_good && message.flags.qr && message.question && *message.question == asked;
}

// A referral that leads nowhere further: up, aside or to the same zone (RFC 1034 5.3.3, RFC 2308
// 2.2: NS records and no SOA make a referral).
bool is_useless_referral(const dns::Message& message, const dns::Question& asked) {
  if (message.rcode != dns::Rcode::noerror || answers_question(message, asked)) return false;
  const auto has = [&](RRType type) {
    return std::any_of(message.authority.begin(), message.authority.end(),
                       [&](const dns::SignedRRset& entry) { return entry.rrset->type() == type; });
  };
  return has(RRType::ns) && !has(RRType::soa);
}

std::uint64_t proof_hash(const dns::SignedRRset& entry) {
  std::uint64_t hash = entry.rrset->content_id().low;
  for (const dns::RrsigPtr& rrsig : entry.rrsigs) {
    const auto identity = rrsig->identity();
    hash = hash_combine(hash, identity ? identity->covered.low ^ identity->key_pair
                                       : hash_bytes(rrsig->signature()));
  }
  return hash;
}

}  // namespace

dns::Name Resolver::State::deepest_cut(const Task& task) const {
  const bool walks = !task.walk_owners.empty();
  const dns::Name& name = walks ? task.walk_owners.front() : task.target;
  const bool parent_side = (walks || task.question.qtype == RRType::ds) && !name.is_root();
  const dns::Name start = parent_side ? name.parent() : name;
  for (std::size_t labels = start.label_count(); labels > 0; --labels) {
    const dns::Name cut = start.suffix(labels);
    const ZoneEntry* zone = zones_.find({cut});
    if (zone != nullptr && now_ < zone->ns_expires_at) return cut;
  }
  return {};
}

void Resolver::State::locate(Task& task) {
  const dns::Name cut = deepest_cut(task);
  if (!(cut == task.zone)) {
    task.asked_ns_names.clear();
    task.fetched_addresses.clear();
    task.has_candidates = false;
  }
  if (!task.has_candidates) {
    task.zone = cut;
    task.minimised_labels = 0;
  }
  if (task.walk_owners.empty() && chain_comes_first(task, cut)) {
    const ChainStatus chain = chain_of(task, cut);
    switch (chain.kind) {
      case ChainStatus::Kind::need:
        if (!wait_for(task, *chain.need, chain.need_counted_queries)) {
          conclude(task, FetchResult::unreachable, nullptr, true);
        }
        return;
      case ChainStatus::Kind::failed:
        if (chain.walks || task.checking_disabled) break;  // CD wants the data all the same
        task.chain_failure_remembered = chain.remembered;
        conclude(task, chain.failure, chain.verdict, true);
        return;
      case ChainStatus::Kind::secure:
      case ChainStatus::Kind::insecure:
      case ChainStatus::Kind::under_nta: break;
    }
  }
  if (task.has_candidates || find_candidates(task)) send(task, Transport::udp, std::nullopt);
}

bool Resolver::State::find_candidates(Task& task) {
  task.candidates.clear();
  const ZoneEntry* zone = zones_.find({task.zone});
  if (zone == nullptr || now_ >= zone->ns_expires_at) {
    for (const RootHint& hint : config_.root_hints) {
      for (const dns::Address& address : hint.addresses) task.candidates.push_back({address});
    }
  } else {
    collect_addresses(task, *zone);
    if (task.candidates.empty() && task.waiting_for > 0) return false;
  }
  if (task.candidates.empty()) {
    conclude(task, FetchResult::unreachable, nullptr, false);
    return false;
  }
  task.has_candidates = true;
  return true;
}

// Addresses from glue, from the cache and from what was just fetched, which need not be in the
// cache; if there are none, fetches some names' addresses.
void Resolver::State::collect_addresses(Task& task, const ZoneEntry& zone) {
  std::vector<dns::Address>& addresses = addresses_;
  addresses.clear();
  for (const NsTarget& ns : zone.ns) {
    addresses.insert(addresses.end(), ns.glue.begin(), ns.glue.end());
    if (!ns.glue.empty()) continue;
    for (const RRType type : {RRType::a, RRType::aaaa}) {
      const AnswerEntry* known = answers_.find({ns.name, type, false});
      if (known == nullptr || known->failure || !is_fresh(*known)) continue;
      for (const dns::SignedRRset& entry : known->data->answer())
        append_addresses(entry, addresses);
    }
  }
  if (addresses.empty()) addresses = task.fetched_addresses;
  for (const dns::Address& address : addresses) task.candidates.push_back({address});
  if (!addresses.empty()) return;
  const std::vector<NsTarget> targets = zone.ns;  // `zone` may move while tasks start
  for (const NsTarget& ns : targets) {
    if (task.waiting_for >= ns_names_fetched_max) break;
    const auto& asked = task.asked_ns_names;
    if (std::find(asked.begin(), asked.end(), ns.name) != asked.end()) continue;
    task.asked_ns_names.push_back(ns.name);
    wait_for(task, {ns.name, RRType::a, dns::RRClass::in}, 0);
  }
}

void Resolver::State::set_next_question(Task& task) const {
  dns::Question& asked = task.asked;
  asked.qclass = task.question.qclass;
  if (!task.walk_owners.empty()) {
    asked.qname = task.walk_owners[task.walk_next % task.walk_owners.size()];
    asked.qtype = RRType::ds;
    return;
  }
  const std::size_t known = std::max(task.zone.label_count(), task.minimised_labels);
  const QnameMinimisation how = profile().qname_minimisation;
  if (how == QnameMinimisation::off || known + 1 >= task.target.label_count() ||
      known >= task.zone.label_count() + minimised_steps_max) {
    asked.qname = task.target;
    asked.qtype = task.question.qtype;
    return;
  }
  asked.qname = task.target.suffix(known + 1);
  asked.qtype = how == QnameMinimisation::ask_a ? RRType::a : RRType::ns;
}

void Resolver::State::send(Task& task, Transport transport, std::optional<dns::Address> server) {
  Task* root = root_of(task);
  const std::uint32_t sends_max = profile().upstream.sends_per_query_max;
  if (task.sends >= sends_max || root == nullptr || root->tree_sends >= 4 * sends_max) {
    conclude(task, FetchResult::unreachable, nullptr, false);
    return;
  }
  root->tree_sends += 1;
  if (!server) {
    const auto chosen =
        choose_server(servers_, profile().upstream, task.candidates, now_, rng_, prospects_);
    server = task.candidates[*chosen].address;
  }
  task.sends += 1;
  set_next_question(task);
  task.exchange = next_exchange_++;
  task.phase = TaskPhase::ask;
  exchanges_.push_back({task.exchange, task.id, *server, now_, transport});
  counters.exchanges += 1;
  SendQuery& out = actions_->sends.emplace_back();
  out.exchange = task.exchange;
  out.server = *server;
  out.question = task.asked;
  out.dnssec_ok = profile().validates;
  out.checking_disabled = profile().validates;
  out.udp_payload_octets = profile().upstream.udp_payload_octets;
  out.transport = transport;
  out.timeout = response_timeout(servers_, profile().upstream, *server);
  if (tracer != nullptr) {
    trace(TraceKind::send, task, task.asked,
          fmt::format("to {} (zone {})", server->to_text(), task.zone.to_text()));
  }
}

std::optional<Resolver::State::Exchange> Resolver::State::end_exchange(std::uint64_t id) {
  const auto open =
      std::lower_bound(exchanges_.begin(), exchanges_.end(), id,
                       [](const Exchange& exchange, std::uint64_t at) { return exchange.id < at; });
  if (open == exchanges_.end() || open->id != id) return std::nullopt;
  const Exchange exchange = *open;
  exchanges_.erase(open);
  return exchange;
}

void Resolver::State::response(std::uint64_t id, const dns::MessagePtr& message, SimTime now,
                               Actions& actions) {
  begin_call(now, actions);
  if (const auto exchange = end_exchange(id)) {
    record_response(servers_, exchange->server, now_ - exchange->sent_at);
    Task* task = tasks_.find(exchange->task);
    if (task != nullptr && task->exchange == id) {
      task->exchange = 0;
      take_response(*task, *exchange, message);
    }
  }
  end_call();
}

void Resolver::State::timeout(std::uint64_t id, SimTime now, Actions& actions) {
  begin_call(now, actions);
  if (const auto exchange = end_exchange(id)) {
    record_timeout(servers_, profile().upstream, exchange->server, now_);
    Task* task = tasks_.find(exchange->task);
    if (task != nullptr && task->exchange == id) {
      task->exchange = 0;
      task->phase = TaskPhase::locate;
      trace(TraceKind::timeout, *task, task->asked, "no response");
      make_ready(task->id);
    }
  }
  end_call();
}

void Resolver::State::take_response(Task& task, const Exchange& exchange,
                                    const dns::MessagePtr& message) {
  make_ready(task.id);
  task.phase = TaskPhase::locate;  // unless the response turns out to be of use
  const dns::Message& m = *message;
  if (tracer != nullptr) {
    trace(TraceKind::response, task, task.asked,
          fmt::format("{} from {}{}", dns::to_text(m.rcode), exchange.server.to_text(),
                      m.flags.tc ? ", truncated" : ""));
  }
  if (m.flags.tc && exchange.transport == Transport::udp) {
    send(task, Transport::tcp, exchange.server);
    return;
  }
  if (!is_usable(m, task.asked)) return;  // ask another server
  if (!task.walk_owners.empty()) {
    task.response = message;
    task.phase = TaskPhase::validate;
    return;
  }
  if (const dns::RRset* ns = referral_ns(m, task.zone, task.asked)) {
    take_referral(task, message, ns->owner());
    return;
  }
  if (is_useless_referral(m, task.asked)) return;  // lame: ask another
  const bool full = task.asked.qname == task.target && task.asked.qtype == task.question.qtype;
  if (!full && (m.rcode == dns::Rcode::noerror || answers_question(m, task.asked))) {
    // With an alias NXDOMAIN is about its target (RFC 6604 2); the name asked for exists.
    task.minimised_labels = task.asked.qname.label_count();
    return;
  }
  task.response = message;
  task.phase = TaskPhase::validate;
}

void Resolver::State::take_referral(Task& task, const dns::MessagePtr& response,
                                    const dns::Name& cut) {
  const dns::Message& message = *response;
  ZoneEntry& zone = zones_.at_or_new({cut});
  zone.parent = task.zone;
  zone.ns.clear();
  const bool ds_is_known =
      (zone.ds_state == DsState::secure || zone.ds_state == DsState::insecure) &&
      now_ < zone.ds_expires_at;
  if (!ds_is_known) {
    zone.ds_state = DsState::unknown;
    zone.referral = nullptr;
  }
  for (const dns::SignedRRset& entry : message.authority) {
    const dns::RRset& rrset = *entry.rrset;
    const SimTime expires_at =
        while_in_use(second() + Duration::seconds(bounded_ttl_s(rrset.ttl_s(), profile().cache)));
    if (rrset.type() == RRType::ns && rrset.owner() == cut) {
      zone.ns_expires_at = expires_at;
      zone.ns.reserve(rrset.rdatas().size());
      for (const dns::RdataList::Rdata rdata : rrset.rdatas()) {
        auto name = dns::decode_name(rdata);
        if (name) zone.ns.push_back({std::move(name).value(), {}});
      }
    } else if (!ds_is_known && rrset.type() == RRType::ds && rrset.owner() == cut) {
      zone.ds_state = DsState::pending_ds;
      zone.ds = entry;
      zone.ds_expires_at = expires_at;
    } else if (!ds_is_known && zone.ds_state != DsState::pending_ds &&
               is_proof_type(rrset.type())) {
      zone.ds_expires_at =
          zone.referral == nullptr ? expires_at : std::min(zone.ds_expires_at, expires_at);
      zone.ds_state = DsState::pending_denial;
      zone.referral = response;
    }
  }
  for (NsTarget& ns : zone.ns) {
    // Glue for names outside the parent's zone is somebody else's business (RFC 2181 5.4.1).
    if (!ns.name.is_at_or_below(task.zone)) continue;
    for (const dns::SignedRRset& entry : message.additional) {
      if (entry.rrset->owner() == ns.name) append_addresses(entry, ns.glue);
    }
  }
  task.has_candidates = false;
}

void Resolver::State::remember_negative_proof(std::span<const dns::SignedRRset> proof,
                                              dnssec::Security security) {
  if (!profile().serve_stale.negative_needs_unchanged_proof) return;
  for (const dns::SignedRRset& entry : proof) {
    if (!is_proof_type(entry.rrset->type())) continue;
    ProofEntry& known = proofs_.at_or_new({entry.rrset->owner(), entry.rrset->type(), false});
    const bool bogus = security == dnssec::Security::bogus;
    if (now_ < known.kept_until) continue;
    known.identity = proof_hash(entry);
    known.stored_at = now_;
    const std::uint32_t ttl_s = bounded_ttl_s(entry.rrset->ttl_s(), profile().cache);
    known.kept_until = bogus ? SimTime::min() : second() + Duration::seconds(ttl_s);
  }
}

std::uint64_t Resolver::State::proof_identity(const AnswerData& data) const {
  std::uint64_t identity = 0;
  if (!profile().serve_stale.negative_needs_unchanged_proof) return identity;
  for (const dns::SignedRRset& entry : data.authority()) {
    if (!is_proof_type(entry.rrset->type())) continue;
    const ProofEntry* known = proofs_.find({entry.rrset->owner(), entry.rrset->type(), false});
    identity = hash_combine(identity, known != nullptr ? known->identity : 0);
  }
  return identity;
}

bool Resolver::State::proof_is_unchanged(const AnswerEntry& entry) const {
  return !entry.negative || entry.data == nullptr || proof_identity(*entry.data) == entry.proof;
}

}  // namespace zonefall::resolver
