// Iteration (RFC 1034 5.3.3): the zone cut to ask at, its servers, and what responses mean.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "resolver/reply_kind.h"
#include "resolver/scrub.h"
#include "resolver/state.h"

namespace zonefall::resolver {

using dns::RRType;

namespace {

// RFC 9156 2.3: beyond this many minimised steps the full name is asked.
constexpr std::size_t minimised_steps_max = 10;
constexpr std::size_t ns_names_fetched_max = 3;

bool are_all_in_vain(const std::vector<Candidate>& candidates) {
  return std::all_of(candidates.begin(), candidates.end(),
                     [](const Candidate& one) { return one.in_vain; });
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
  const bool walks = task.walk.is_on();
  const dns::Name& name = walks ? task.walk.asked : task.target;
  const bool parent_side = (walks || task.question.qtype == RRType::ds) && !name.is_root();
  const std::size_t labels_max =
      std::min<std::size_t>(name.label_count() - (parent_side ? 1 : 0), task.zone_labels_max);
  for (std::size_t labels = labels_max; labels > 0; --labels) {
    dns::Name cut = name.suffix(labels);
    const ZoneEntry* zone = zones_.find({cut});
    const SimTime good_until = std::max(now_, task.cuts_good_until);
    if (zone != nullptr && good_until < zone->ns_expires_at) return cut;
  }
  return {};
}

void Resolver::State::locate(Task& task) {
  if (has_steps_ && !task.has_candidates && use_cached_step(task)) return;
  if (denials_.size() > 0 && !task.has_candidates && use_cached_denial(task)) return;
  dns::Name cut = deepest_cut(task);
  const FixedServers* fixed = config_.fixed_servers.empty() ? nullptr : fixed_servers(task, cut);
  if (fixed != nullptr) cut = fixed->zone;
  if (task.first_zone_labels == Task::no_labels_max) {
    task.first_zone_labels = static_cast<std::uint32_t>(cut.label_count());
  }
  task.is_forwarded = fixed != nullptr && fixed->is_forwarder;
  task.is_first_try = fixed != nullptr && fixed->is_first_try;
  if (!(cut == task.zone)) {
    task.asked_ns.clear();
    task.fetched_servers.clear();
    task.has_candidates = false;
    task.lame_tries = 0;
  }
  if (!task.has_candidates) {
    task.zone = cut;
    task.minimised_labels = 0;
  }
  if (!task.has_candidates && prime(task, cut, fixed)) return;
  if (!task.walk.is_on() && chain_comes_first(task, cut)) {
    const ChainStatus chain = chain_of(task, cut);
    switch (chain.kind) {
      case ChainStatus::Kind::need:
        if (!wait_for(task, *chain.need, chain.need_counted_queries)) {
          conclude(task, FetchResult::unreachable, nullptr, true);
        }
        return;
      case ChainStatus::Kind::failed:
        if (chain.walks || task.checking_disabled) break;  // CD wants the data all the same
        if (profile().permissive && chain.failure == FetchResult::bogus) break;
        task.chain_failure_remembered = chain.remembered;
        conclude(task, chain.failure, chain.verdict, true);
        return;
      case ChainStatus::Kind::secure:
      case ChainStatus::Kind::insecure:
      case ChainStatus::Kind::under_nta: break;
    }
  }
  if (task.has_candidates && fixed == nullptr && widen_candidates(task)) return;
  const bool is_above_dead_end = task.zone_labels_max != Task::no_labels_max;
  if (task.has_candidates && is_above_dead_end && are_all_in_vain(task.candidates)) {
    conclude(task, FetchResult::unreachable, nullptr, false);  // nobody above knows more either
    return;
  }
  if (task.has_candidates || find_candidates(task, fixed)) send(task, Transport::udp, std::nullopt);
}

bool Resolver::State::find_candidates(Task& task, const FixedServers* fixed) {
  task.candidates.clear();
  ZoneEntry* zone = zones_.find({task.zone});
  const bool is_known = zone != nullptr && now_ < zone->ns_expires_at;
  if (fixed != nullptr && !(fixed->is_primed && is_known)) {
    add_fixed(task, *fixed);
    if (task.candidates.empty() && task.waiting_for > 0) return false;
  } else if (!is_known) {
    for (const RootHint& hint : config_.root_hints) add_addresses(task, hint.addresses);
  } else {
    collect_servers(task, *zone);
    if (task.candidates.empty() && task.waiting_for > 0) return false;
    if (task.candidates.empty() && zone->parent_ns != nullptr) {
      // Those that the zone names cannot be asked: back to what its parent says.
      zone->ns = std::move(zone->parent_ns);
      zone->parent_ns = nullptr;
      make_ready(task.id);
      return false;
    }
    if (task.candidates.empty() && fixed == nullptr && !task.zone.is_root()) {
      // Nobody can be asked there, for want of glue: whoever delegates it may know more.
      task.zone_labels_max = static_cast<std::uint32_t>(task.zone.label_count() - 1);
      make_ready(task.id);
      return false;
    }
    if (task.candidates.empty() && fixed != nullptr) {  // they came without addresses
      add_fixed(task, *fixed);
      if (task.candidates.empty() && task.waiting_for > 0) return false;
    } else if (task.candidates.empty()) {  // and so did the root's
      for (const RootHint& hint : config_.root_hints) add_addresses(task, hint.addresses);
    }
  }
  if (task.candidates.empty()) {
    give_up(task);
    return false;
  }
  task.has_candidates = true;
  task.fruitless_sends = 0;
  put_lame_last(task);
  return true;
}

// Servers from glue, from the cache and from what was just fetched, which need not be in the cache;
// if there are none, fetches some names' addresses.
void Resolver::State::collect_servers(Task& task, const ZoneEntry& zone) {
  const std::shared_ptr<const Delegation> delegation = zone.ns;
  std::vector<ServerId>& found = found_servers_;
  found.clear();
  const bool asks_all = config_.uses_ipv4 && config_.uses_ipv6 && config_.avoided_addresses.empty();
  const auto is_usable = [&](ServerId server) {
    return asks_all || may_ask(servers_.key_at(server).address);
  };
  for (const NsTarget& ns : *delegation) {
    const std::size_t found_before = found.size();
    std::copy_if(ns.glue.begin(), ns.glue.end(), std::back_inserter(found), is_usable);
    if (found.size() > found_before) continue;
    if (profile().upstream.uses_others_glue && append_glue_of(ns.name, found)) continue;
    for (const RRType type : {RRType::a, RRType::aaaa}) {
      const AnswerEntry* known = cached_addresses(ns.name, type);
      if (known == nullptr) continue;
      for (const dns::SignedRRset& entry : known->data->answer()) {
        append_servers(entry, servers_, found);
      }
    }
  }
  if (found.empty()) found = task.fetched_servers;
  for (const ServerId server : found) {
    if (is_usable(server)) task.candidates.push_back({server});
  }
  // The addresses of the root's servers nobody but they could tell.
  if (task.candidates.empty() && !task.zone.is_root()) fetch_servers(task, *delegation);
  if (task.candidates.empty() && task.waiting_for == 0) add_unverified(task, *delegation);
}

// What the parent said of name servers elsewhere, where nobody there has said anything.
void Resolver::State::add_unverified(Task& task, const Delegation& delegation) {
  for (const NsTarget& ns : delegation) add_candidates(task, ns.unverified);
}

const AnswerEntry* Resolver::State::cached_addresses(const dns::Name& ns_name, RRType type) const {
  const AnswerEntry* known = answers_.find({ns_name, type, false});
  if (known == nullptr || !is_fresh(*known)) return nullptr;
  return !known->failure || tells_address(known->data.get(), ns_name) ? known : nullptr;
}

// The addresses that came as glue with the delegation of a zone above the name server's own name.
bool Resolver::State::append_glue_of(const dns::Name& ns_name, std::vector<ServerId>& found) const {
  const std::size_t found_before = found.size();
  for (std::size_t labels = ns_name.label_count(); labels > 0; --labels) {
    const ZoneEntry* zone = zones_.find({ns_name.suffix(labels)});
    if (zone == nullptr || zone->ns == nullptr || now_ >= zone->ns_expires_at) continue;
    for (const NsTarget& ns : *zone->ns) {
      if (!(ns.name == ns_name)) continue;
      std::copy_if(ns.glue.begin(), ns.glue.end(), std::back_inserter(found),
                   [&](ServerId server) { return may_ask(servers_.key_at(server).address); });
    }
    if (found.size() > found_before) return true;
  }
  return false;
}

// Of name servers whose addresses were neither glue nor in the cache; IPv6 ones only where there is
// no IPv4 one, which most servers have.
void Resolver::State::fetch_servers(Task& task, const Delegation& delegation) {
  if (config_.uses_ipv4) fetch_servers(task, delegation, RRType::a);
  const bool needs_ipv6 = task.waiting_for == 0 && are_all_in_vain(task.candidates);
  if (config_.uses_ipv6 && needs_ipv6) fetch_servers(task, delegation, RRType::aaaa);
}

// Glue is not the last word (RFC 2181 5.4.1) where it leads to servers that answer, and know
// nothing of the zone. Who is silent may still be the right one.
bool Resolver::State::doubts_glue(const Task& task) const {
  const bool is_above_dead_end = task.zone_labels_max != Task::no_labels_max;
  return !is_above_dead_end && task.fruitless_sends >= task.candidates.size() &&
         std::none_of(task.candidates.begin(), task.candidates.end(), [&](const Candidate& one) {
           return servers_.value_at(one.server).timeouts_in_a_row > 0;
         });
}

// A few names at a time; what the cache has is taken. What has glue is left, and what is in the
// zone itself can be found by nothing else.
void Resolver::State::fetch_servers(Task& task, const Delegation& delegation, RRType type) {
  const bool glue_is_doubtful = doubts_glue(task);
  for (const NsTarget& ns : delegation) {
    if (task.waiting_for >= ns_names_fetched_max) break;
    const bool has_glue = std::any_of(ns.glue.begin(), ns.glue.end(), [&](ServerId server) {
      return may_ask(servers_.key_at(server).address);
    });
    if (has_glue && (!glue_is_doubtful || ns.name.is_at_or_below(task.zone))) continue;
    if (const AnswerEntry* known = cached_addresses(ns.name, type)) {
      found_servers_.clear();
      for (const dns::SignedRRset& entry : known->data->answer()) {
        append_servers(entry, servers_, found_servers_);
      }
      add_candidates(task, found_servers_);
      continue;
    }
    const dns::Question question{ns.name, type, dns::RRClass::in};
    const auto& asked = task.asked_ns;
    if (std::find(asked.begin(), asked.end(), question) != asked.end()) continue;
    task.asked_ns.push_back(question);
    wait_for(task, question, 0);
  }
}

// Once all servers of known address were asked in vain, the others come into play: those whose
// addresses have come meanwhile, and those that have to be asked for. True while the task waits.
bool Resolver::State::widen_candidates(Task& task) {
  add_candidates(task, task.fetched_servers);
  const ZoneEntry* zone = are_all_in_vain(task.candidates) ? zones_.find({task.zone}) : nullptr;
  if (zone == nullptr || now_ >= zone->ns_expires_at) return false;
  const std::shared_ptr<const Delegation> own = zone->ns;
  const std::shared_ptr<const Delegation> parents = zone->parent_ns;
  fetch_servers(task, *own);
  if (task.waiting_for > 0) return true;
  if (parents != nullptr) {
    for (const NsTarget& ns : *parents) add_candidates(task, ns.glue);
    fetch_servers(task, *parents);
    if (task.waiting_for > 0) return true;
    add_unverified(task, *parents);
  }
  add_unverified(task, *own);
  return false;
}

void Resolver::State::add_candidates(Task& task, std::span<const ServerId> servers) {
  for (const ServerId server : servers) {
    const bool is_known = std::any_of(task.candidates.begin(), task.candidates.end(),
                                      [&](const Candidate& one) { return one.server == server; });
    if (!is_known && may_ask(servers_.key_at(server).address)) task.candidates.push_back({server});
  }
}

void Resolver::State::set_next_question(Task& task) const {
  dns::Question& asked = task.asked;
  asked.qclass = task.question.qclass;
  if (task.walk.is_on()) {
    asked.qname = task.walk.asked;
    asked.qtype = RRType::ds;
    return;
  }
  const std::size_t known = std::max(task.zone.label_count(), task.minimised_labels);
  const QnameMinimisation how = profile().qname_minimisation;
  if (how == QnameMinimisation::off || task.is_forwarded ||
      known + 1 >= task.target.label_count() ||
      known >= task.zone.label_count() + minimised_steps_max) {
    asked.qname = task.target;
    asked.qtype = task.question.qtype;
    return;
  }
  asked.qname = task.target.suffix(known + 1);
  asked.qtype = how == QnameMinimisation::ask_a ? RRType::a : RRType::ns;
}

void Resolver::State::send(Task& task, Transport transport, std::optional<ServerId> server,
                           WithEdns with_edns) {
  Task* root = root_of(task);
  if (root != nullptr && root->tree_sends >= profile().upstream.tree_sends_max()) {
    // What has been found bogus stays so.
    conclude(task, task.bogus_verdict ? FetchResult::bogus : FetchResult::limit_reached,
             task.bogus_verdict, false);
    return;
  }
  if (task.sends >= profile().upstream.sends_per_query_max || root == nullptr) {
    give_up(task);
    return;
  }
  if (!server && has_gone_round(task)) {
    give_up(task);
    return;
  }
  if (!server) {
    const auto chosen = choose_server(servers_, profile().upstream, task.candidates, now_, rng_);
    if (!chosen) {
      give_up(task);
      return;
    }
    task.candidates[*chosen].in_vain = true;  // unless it does what it is asked
    server = task.candidates[*chosen].server;
  }
  root->tree_sends += 1;
  task.sends += 1;
  set_next_question(task);
  task.exchange = next_exchange_++;
  task.phase = TaskPhase::ask;
  const ServerEntry& known = servers_.value_at(*server);
  const bool has_edns = with_edns == WithEdns::if_known && now_ >= known.without_edns_until;
  exchanges_.push_back({task.exchange, task.id, *server, now_, transport, has_edns});
  counters.exchanges += 1;
  SendQuery& out = actions_->sends.emplace_back();
  out.exchange = task.exchange;
  out.server = servers_.key_at(*server).address;
  out.question = task.asked;
  out.has_edns = has_edns;
  out.dnssec_ok = has_edns && profile().validates;
  out.checking_disabled = profile().validates;
  out.recursion_desired = task.is_forwarded || is_asked_to_resolve(task, *server);
  out.udp_payload_octets = profile().upstream.udp_payload_octets;
  out.transport = transport;
  out.timeout = response_timeout(known, profile().upstream, transport);
  if (tracer != nullptr) {
    trace(TraceKind::send, task, task.asked,
          fmt::format("to {} (zone {})", out.server.to_text(), task.zone.to_text()));
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
    const Duration waited = now_ - exchange->sent_at;
    record_response(servers_.value_at(exchange->server), profile().upstream,
                    exchange->transport == Transport::tcp ? waited / 2 : waited);
    Task* task = tasks_.find(exchange->task);
    if (task != nullptr && task->exchange == id) {
      task->exchange = 0;
      const ScrubRules rules = scrub_rules(config_);
      dns::MessagePtr own = without_strays(message, task->zone);
      const bool wants_them = task->asked.qtype == RRType::rrsig;
      if (!own->bare_rrsigs.empty() && !wants_them) own = with_signatures_gathered(*own);
      take_response(*task, *exchange, rules.change_anything() ? scrubbed(own, rules) : own);
    }
  }
  end_call();
}

void Resolver::State::timeout(std::uint64_t id, SimTime now, Actions& actions) {
  begin_call(now, actions);
  if (const auto exchange = end_exchange(id)) {
    record_timeout(servers_.value_at(exchange->server), profile().upstream, now_);
    Task* task = tasks_.find(exchange->task);
    if (task != nullptr && task->exchange == id) {
      task->exchange = 0;
      task->fruitless_sends += 1;
      task->phase = TaskPhase::locate;
      const std::uint32_t timeouts_max = profile().minimised_timeouts_max;
      const bool is_hidden = !(task->asked.qname == task->target);
      if (timeouts_max > 0 && is_hidden && task->fruitless_sends >= timeouts_max) {
        task->minimised_labels = task->target.label_count();
      }
      trace(TraceKind::timeout, *task, task->asked, "no response");
      make_ready(task->id);
    }
  }
  end_call();
}

// Servers of unsigned zones may say NXDOMAIN of empty non-terminals; those of signed ones know
// better, and theirs is about all that is below (RFC 8020 2).
bool Resolver::State::denies_all_below(const Task& task, const dns::Message& response) const {
  const bool is_believed =
      profile().minimisation_is_strict || (has_signed_proof(response) && validates(task));
  return response.rcode == dns::Rcode::nxdomain && is_believed &&
         !answers_question(response, {task.asked, task.zone});
}

void Resolver::State::take_response(Task& task, const Exchange& exchange,
                                    const dns::MessagePtr& message) {
  make_ready(task.id);
  task.phase = TaskPhase::locate;  // unless the response turns out to be of use
  const dns::Message& m = *message;
  if (tracer != nullptr) {
    trace(TraceKind::response, task, task.asked,
          fmt::format("{} from {}{}", dns::to_text(m.rcode),
                      servers_.key_at(exchange.server).address.to_text(),
                      m.flags.tc ? ", truncated" : ""));
  }
  note_edns(exchange, m);
  if (refuses_edns(exchange, m)) {
    send(task, exchange.transport, exchange.server, WithEdns::no);
    return;
  }
  // RFC 2181 9: ignored, and asked for over TCP; if that did not help, of another server.
  const bool is_cut = m.flags.tc;
  if (is_cut && exchange.transport == Transport::udp && profile().upstream.has_tcp) {
    send(task, Transport::tcp, exchange.server);
    return;
  }
  const bool full = task.asked.qname == task.target && task.asked.qtype == task.question.qtype;
  const bool recursion_desired = task.is_forwarded || is_asked_to_resolve(task, exchange.server);
  const ReplyReading reading =
      read_reply(m, {task.asked, task.zone, recursion_desired, task.is_forwarded, !full});
  if (is_cut || reading.kind == ReplyKind::broken) {  // ask another server
    // RFC 9156 2.3: some servers only bear the question itself.
    const bool asks_whole = !full && m.flags.qr && !profile().minimisation_is_strict;
    if (asks_whole) task.minimised_labels = task.target.label_count();
    if (!asks_whole) task.fruitless_sends += 1;
    return;
  }
  if (task.walk.is_on()) {
    task.response = message;
    task.phase = TaskPhase::validate;
    return;
  }
  if (reading.kind == ReplyKind::cached && profile().upstream.asks_caches_last) {
    note_cache(task, exchange.server);
    return;
  }
  if (throws_away(task, exchange.server, m)) {
    task.minimised_labels = task.target.label_count();
    return;
  }
  if (reading.kind == ReplyKind::referral) {
    take_referral(task, message, *reading.ns);
    return;
  }
  const bool leads_somewhere = task.asked.qname.label_count() <= task.zone_labels_max;
  if (!full && leads_somewhere && learns_cut(task, m, task.asked.qname)) {
    task.has_candidates = false;
    return;
  }
  if (!full && !denies_all_below(task, m)) {
    take_hidden_label(task, exchange.server, m);
    return;
  }
  if (reading.kind == ReplyKind::lame) return;
  if (reading.kind == ReplyKind::empty && profile().upstream.doubts_empty && !task.saw_empty) {
    task.saw_empty = true;  // the next one is believed
    return;
  }
  if (is_from_below_cut(m, task.asked) && seeks_parent(task)) return;
  take_primed(task, m);
  task.data_zone = task.zone;
  task.response = message;
  task.phase = TaskPhase::validate;
}

// What a server said of a name that is not yet the whole (RFC 9156).
void Resolver::State::take_hidden_label(Task& task, ServerId server, const dns::Message& message) {
  // With an alias NXDOMAIN is about its target (RFC 6604 2); the name asked for exists. If it does
  // not, the whole name is asked for (RFC 9156 2.3).
  const bool exists =
      message.rcode == dns::Rcode::noerror || answers_question(message, {task.asked, task.zone});
  task.minimised_labels = exists ? task.asked.qname.label_count() : task.target.label_count();
  for (Candidate& candidate : task.candidates) {  // it has done what was asked
    if (candidate.server == server) candidate.in_vain = false;
    candidate.sends = 0;  // what comes next is another question
  }
}

// The servers in hand have the child, and not the zone that delegates it: that one is looked for
// between the zone in hand and the child. True while the task waits.
bool Resolver::State::seeks_parent(Task& task) {
  const dns::Name parent = task.asked.qname.parent();
  if (task.sought_parent || !parent.is_below(task.zone)) return false;
  task.sought_parent = true;
  task.has_candidates = false;
  return wait_for(task, {parent, RRType::ns, task.asked.qclass}, 0);
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
    const std::uint32_t ttl_s = bounded_ttl_s(entry.rrset->ttl_s());
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
