// The public face of the resolver: forwards to its state, and hashes it.
#include "zonefall/resolver/resolver.h"

#include <fmt/format.h>

#include "resolver/state.h"

namespace zonefall::resolver {

namespace {

std::uint64_t word(SimTime t) {
  return static_cast<std::uint64_t>(t.to_nanoseconds());
}

std::uint64_t hash_of(const VerdictPtr& verdict) {
  if (!verdict) return 0;
  return hash_combine(static_cast<std::uint64_t>(verdict->reason), verdict->owner.hash());
}

std::uint64_t hash_of(std::span<const dns::SignedRRset> section) {
  std::uint64_t hash = section.size();
  for (const dns::SignedRRset& entry : section) {
    hash = hash_combine(hash, entry.rrset->content_id().low);
  }
  return hash;
}

std::uint64_t hash_of(const AnswerEntry& entry) {
  Fingerprint f;
  f.mix(static_cast<std::uint64_t>(entry.result));
  f.mix(hash_of(entry.verdict));
  f.mix(entry.failure * 8U + entry.negative * 4U + entry.chain_failed * 2U +
        (entry.failed_negative ? 1U : 0U));
  f.mix(word(entry.expires_at));
  f.mix(word(entry.usable_until));
  f.mix(word(entry.no_refresh_until));
  f.mix(word(entry.refresh_from));
  f.mix(entry.proof);
  if (entry.data) {
    f.mix(static_cast<std::uint64_t>(entry.data->rcode()));
    f.mix(hash_of(entry.data->answer()));
    f.mix(hash_of(entry.data->authority()));
    if (!entry.data->additional().empty()) f.mix(hash_of(entry.data->additional()));
    if (entry.data->answer().size() > 1) f.mix(entry.ttl_s);
    for (const dns::BareRrsig& bare : entry.data->signatures()) {
      f.mix(hash_bytes(bare.rrsig->signature()));
    }
  }
  return f.value();
}

// Of the name `owner`; its servers are in `servers`.
std::uint64_t hash_of(const dns::Name& owner, const ZoneEntry& zone, const ServerTable& servers) {
  Fingerprint f;
  f.mix(zone.parent_of(owner).hash());
  for (const Delegation* servers_of : {zone.ns.get(), zone.parent_ns.get()}) {
    if (servers_of == nullptr) continue;
    if (servers_of == zone.parent_ns.get()) f.mix(servers_of->size());
    for (const NsTarget& ns : *servers_of) {
      f.mix(ns.name.hash());
      for (const auto* glue : {&ns.glue, &ns.unverified}) {
        for (const ServerId id : *glue) f.mix(hash_bytes(servers.key_at(id).address.octets));
      }
    }
  }
  f.mix(word(zone.ns_expires_at));
  f.mix(static_cast<std::uint64_t>(zone.ds_state));
  f.mix(zone.ds.rrset ? zone.ds.rrset->content_id().low : 0);
  f.mix(zone.referral ? hash_of(zone.denial()) : 0);
  f.mix(word(zone.ds_expires_at));
  f.mix(zone.keys ? zone.keys->keys.size() : 0);
  f.mix(word(zone.keys_expire_at));
  if (zone.keys_are_of_recheck) f.mix(1);
  f.mix(hash_of(zone.failure));
  if (zone.is_claimed) f.mix(1);
  if (zone.failed_piece != FailedPiece::no_ds) f.mix(2U + static_cast<unsigned>(zone.failed_piece));
  f.mix(word(zone.failed_until));
  return f.value();
}

std::uint64_t hash_of(const ZoneSpans& zone) {
  Fingerprint f;
  f.mix(zone.params.iterations);
  zone.spans.for_each([&](const Span& span) {
    f.mix(hash_bytes(span.from));
    f.mix(hash_bytes(span.to));
    f.mix((span.opt_out ? 1U : 0U) + (span.bogus ? 2U : 0U));
    f.mix(word(span.expires_at));
  });
  return f.value();
}

std::uint64_t hash_of(const KnownRRset& known) {
  return hash_combine(hash_of({&known.entry, known.entry.rrset ? 1U : 0U}), word(known.expires_at));
}

std::uint64_t hash_of(const ZoneDenials& zone) {
  Fingerprint f;
  f.mix(hash_of(zone.soa));
  for (const auto& [owner, known] : zone.nsecs) f.mix(hash_of(known));
  for (const auto& [hash, known] : zone.insecure_nsec3s) f.mix(hash_of(known));
  return f.value();
}

std::uint64_t hash_of(const ServerEntry& server) {
  Fingerprint f;
  f.mix(static_cast<std::uint64_t>(server.smoothed_rtt.to_nanoseconds()));
  f.mix(server.measured ? 1U : 0U);
  if (server.deviation > Duration()) {
    f.mix(static_cast<std::uint64_t>(server.deviation.to_nanoseconds()));
  }
  f.mix(server.timeouts_in_a_row);
  f.mix(word(server.avoided_until));
  if (server.without_edns_until > SimTime::min()) f.mix(word(server.without_edns_until));
  return f.value();
}

std::uint64_t hash_of(const LameServers& lame) {
  std::uint64_t hash = word(lame.until);
  for (const ServerId server : lame.servers) hash = hash_combine(hash, server);
  return hash;
}

std::uint64_t hash_of(const ProofEntry& proof) {
  return hash_combine(hash_combine(proof.identity, word(proof.kept_until)), word(proof.stored_at));
}

std::uint64_t hash_of(const Task& task) {
  Fingerprint f;
  f.mix(task.id);
  f.mix(task.question.qname.hash());
  f.mix(static_cast<std::uint64_t>(task.question.qtype));
  f.mix(static_cast<std::uint64_t>(task.phase));
  f.mix(task.target.hash());
  f.mix(task.zone.hash());
  f.mix(task.exchange);
  f.mix(task.sends);
  f.mix(task.bogus_queries);
  f.mix(task.waiting_for);
  f.mix(task.clients.size());
  f.mix(word(task.deadline));
  f.mix(word(task.client_timer_at));
  if (task.zone_labels_max != Task::no_labels_max) f.mix(task.zone_labels_max);
  if (task.cuts_good_until != SimTime::min()) f.mix(word(task.cuts_good_until));
  if (!task.steps.empty()) f.mix(task.steps.size());
  if (task.saw_empty || task.sought_parent) {
    f.mix((task.saw_empty ? 1U : 0U) + (task.sought_parent ? 2U : 0U));
  }
  if (task.lame_tries > 0) f.mix(hash_combine(1, task.lame_tries));
  if (task.fruitless_sends > 0) f.mix(hash_combine(2, task.fruitless_sends));
  if (task.skips_first_tries || task.has_primed) {
    f.mix(3U + (task.skips_first_tries ? 1U : 0U) + (task.has_primed ? 2U : 0U));
  }
  if (task.has_begun_anew) f.mix(7);
  if (task.bogus_verdict) f.mix(hash_combine(10, hash_of(task.bogus_verdict)));
  if (task.first_zone_labels != Task::no_labels_max)
    f.mix(hash_combine(11, task.first_zone_labels));
  if (task.crypto_failures > 0) f.mix(hash_combine(8, task.crypto_failures));
  if (task.is_unvalidated) f.mix(9);
  if (task.saw_uncacheable) f.mix(12);
  return f.value();
}

// A sum, because tables have no order.
template <typename Table, typename HashOf>
std::uint64_t hash_of_table(const Table& table, HashOf&& hash_of_entry) {
  std::uint64_t sum = 0;
  table.for_each([&](const auto& key, const auto& value) {
    sum += hash_combine(key.view().hash(), hash_of_entry(key, value));
  });
  return sum;
}

template <typename Table>
std::uint64_t hash_of_table(const Table& table) {
  return hash_of_table(table, [](const auto&, const auto& value) { return hash_of(value); });
}

// Servers that were named and never asked are no part of the state.
std::uint64_t hash_of_servers(const ServerTable& servers) {
  std::uint64_t sum = 0;
  servers.for_each([&](const AddressKey& key, const ServerEntry& server) {
    if (!(server == ServerEntry())) sum += hash_combine(key.hash(), hash_of(server));
  });
  return sum;
}

}  // namespace

Resolver::State::State(ResolverConfig config)
    : config_(std::move(config)),
      anchors_(config_.trust_anchors),
      rng_({config_.seed, config_.entity, purpose("resolver: server choice")}) {
  ZF_ASSERT(config_.profile && config_.verifier);
  const ValidationSettings& validation = profile().validation;
  limits_.nsec3_iterations_max = static_cast<std::uint16_t>(validation.nsec3_iterations_max);
  limits_.nsec3_iterations_by_key_size = config_.nsec3_iterations_by_key_size;
  // So that who lets zones have more iterations can look for as many names as before.
  for (const dnssec::Nsec3IterationBound& bound : limits_.nsec3_iterations_by_key_size) {
    const dnssec::ValidationLimits usual;
    const std::uint32_t names = usual.nsec3_hash_rounds_max / (usual.nsec3_iterations_max + 1U);
    limits_.nsec3_hash_rounds_max =
        std::max(limits_.nsec3_hash_rounds_max, names * (bound.iterations_max + 1U));
  }
  limits_.needs_all_ds_algorithms = validation.needs_all_ds_algorithms;
  limits_.skew_min_s = validation.skew_min.to_seconds();
  limits_.skew_max_s = validation.skew_max.to_seconds();
}

std::uint64_t Resolver::State::hash() const {
  Fingerprint f;
  f.mix(hash_of_table(answers_));
  if (has_steps_) f.mix(1);
  if (denied_names_.size() > 0) f.mix(hash_of_table(denied_names_));
  f.mix(hash_of_table(zones_, [&](const NameKey& key, const ZoneEntry& zone) {
    return hash_of(key.name, zone, servers_);
  }));
  f.mix(hash_of_table(spans_));
  if (denials_.size() > 0) f.mix(hash_of_table(denials_));
  if (lame_.size() > 0) f.mix(hash_of_table(lame_));
  if (caches_.size() > 0) f.mix(hash_combine(1, hash_of_table(caches_)));
  f.mix(hash_of_servers(servers_));
  f.mix(hash_of_table(proofs_));
  for (const Nta& nta : anchors_.ntas()) {
    f.mix(nta.name.hash());
    f.mix(word(nta.until));
    f.mix(word(nta.recheck_at));
    if (nta.recheck != profile().nta.recheck) {
      f.mix(static_cast<std::uint64_t>(nta.recheck.to_nanoseconds()));
    }
  }
  for (const WatchedName& watched : watched_) watched.mix_into(f);
  f.mix(rng_.position());
  std::uint64_t open = 0;
  for (const Task& task : tasks_.slots()) {
    if (task.id != 0) open += hash_of(task);
  }
  f.mix(open);
  for (const Exchange& exchange : exchanges_) f.mix(exchange.id);
  return f.value();
}

Resolver::Resolver(ResolverConfig config) : state_(std::make_unique<State>(std::move(config))) {}
Resolver::Resolver(const Resolver& other) : state_(std::make_unique<State>(*other.state_)) {}
Resolver::Resolver(Resolver&& other) noexcept = default;
Resolver& Resolver::operator=(const Resolver& other) {
  if (this != &other) state_ = std::make_unique<State>(*other.state_);
  return *this;
}
Resolver& Resolver::operator=(Resolver&& other) noexcept = default;
Resolver::~Resolver() = default;

void Resolver::on_client_query(const ClientQuery& query, SimTime now, Actions& actions) {
  state_->client_query(query, now, actions);
}
void Resolver::on_response(std::uint64_t exchange, const dns::MessagePtr& message, SimTime now,
                           Actions& actions) {
  state_->response(exchange, message, now, actions);
}
void Resolver::on_timeout(std::uint64_t exchange, SimTime now, Actions& actions) {
  state_->timeout(exchange, now, actions);
}
void Resolver::on_wake(SimTime now, Actions& actions) {
  state_->wake(now, actions);
}
void Resolver::on_operator(const OperatorAction& action, SimTime now, Actions& actions) {
  state_->operate(action, now, actions);
}
bool Resolver::has_nta() const {
  return state_->has_nta();
}
std::uint64_t Resolver::state_hash() const {
  return state_->hash();
}
const ResolverCounters& Resolver::counters() const {
  return state_->counters;
}
void Resolver::set_tracer(Tracer* tracer) {
  state_->tracer = tracer;
}

void Resolver::State::wake(SimTime now, Actions& actions) {
  begin_call(now, actions);
  end_call();
}

void Resolver::State::trace(TraceKind kind, const Task& task, const dns::Question& question,
                            std::string detail) {
  if (tracer == nullptr) return;
  tracer->step({now_, kind, task.depth, question, std::move(detail), 0, task.id, 0});
}

void Resolver::State::trace(TraceKind kind, const ClientQuery& query, std::string detail) {
  if (tracer == nullptr) return;
  tracer->step({now_, kind, 0, query.question, std::move(detail), query.token, 0, 0});
}

void Resolver::State::trace_wait(const Task& task, const Task& awaited) {
  if (tracer == nullptr) return;
  tracer->step({now_, TraceKind::wait, task.depth, awaited.question, {}, 0, task.id, awaited.id});
}

void Resolver::State::trace_wait(const ClientQuery& query, const Task& awaited) {
  if (tracer == nullptr) return;
  tracer->step({now_, TraceKind::wait, 0, awaited.question, {}, query.token, 0, awaited.id});
}

void TextTracer::step(const TraceStep& step) {
  lines_.push_back(fmt::format("{:{}}{} {}: {} {}", "", 2 * step.depth,
                               step.question.qname.to_text(), dns::to_text(step.question.qtype),
                               to_text(step.kind), step.detail));
}

std::string_view to_text(TraceKind kind) {
  switch (kind) {
    case TraceKind::client_query: return "client asks";
    case TraceKind::cache_hit: return "cache has";
    case TraceKind::wait: return "fetch";
    case TraceKind::send: return "ask";
    case TraceKind::response: return "response";
    case TraceKind::timeout: return "timeout";
    case TraceKind::validation: return "validate";
    case TraceKind::policy: return "policy";
    case TraceKind::client_reply: return "client gets";
  }
  return "";
}

}  // namespace zonefall::resolver
