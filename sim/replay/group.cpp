#include "replay/group.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "zonefall/core/words.h"

namespace zonefall::replay {

namespace {

using engine::Phase;
using outcome::Outcome;

constexpr std::uint64_t ppm_all = 1'000'000;

// Names looked up at least this often have arrivals of their own. Where the lifetime of answers is
// shorter there are few hits to save, and each such name costs an event in the queue.
constexpr Duration own_gap_max = Duration::minutes(10);

// A token is a serial number over a slot and a half; no lookup has serial 0.
constexpr unsigned slot_bits = 20;
constexpr std::uint64_t slot_mask = (std::uint64_t{1} << slot_bits) - 1;
// Serials of hits, apart from all others: those must not depend on whether hits are events.
constexpr std::uint64_t hit_serial = std::uint64_t{1} << 42U;
constexpr std::uint64_t inquiry_token = 1;

struct TokenParts {
  std::uint64_t serial;
  std::size_t slot;
  std::size_t half;
};

std::uint64_t to_token(const TokenParts& parts) {
  return parts.serial << (slot_bits + 1) | parts.slot << 1 | parts.half;
}

TokenParts parts_of(std::uint64_t token) {
  return {token >> (slot_bits + 1), static_cast<std::size_t>(token >> 1 & slot_mask),
          static_cast<std::size_t>(token & 1)};
}

const FixedCount one = FixedCount::from_count(1);

// Uniform, both ends included.
Duration within(Duration spread, std::uint64_t word) {
  const auto steps = static_cast<std::uint64_t>(spread.to_nanoseconds()) + 1;
  return Duration::nanoseconds(static_cast<std::int64_t>(scale(word, steps)));
}

}  // namespace

// Each asker draws from a stream of its own: whether hits are events moves nothing else.
Group::Node::Node(resolver::ResolverConfig config, Duration gap, const StreamName& name)
    : resolver(std::move(config)),
      gap_of_all(gap),
      choices{Rng(name), Rng({name.seed, name.entity, purpose("replay: own lookups")}),
              Rng({name.seed, name.entity, purpose("replay: hits")}),
              Rng({name.seed, name.entity, purpose("replay: past lookups")})} {}

Group::Group(const Parts& parts)
    : index_(parts.index),
      world_(parts.index.world()),
      place_(parts.place),
      cohort_(world_.cohorts[parts.place.cohort]),
      tally_(&parts.tally),
      verdicts_(parts.verdicts),
      network_(parts.index, parts.answers),
      judge_(world_),
      sampling_(parts.sampling),
      hits_(parts.hits),
      now_(parts.index.start()),
      twin_(parts.twin),
      logs_(parts.place.resolvers) {
  if (twin_) twin_network_.emplace(twin_->index, parts.answers);
  nodes_.reserve(place_.resolvers);
  for (std::uint32_t i = 0; i < place_.resolvers; ++i) add_node(place_.first + i);
}

void Group::add_node(std::uint32_t index) {
  const std::uint64_t entity = index_.entity(place_.cohort, index);
  resolver::ResolverConfig config;
  config.profile = cohort_.profile;
  config.root_hints = world_.root_hints;
  config.trust_anchors = world_.trust_anchors;
  config.verifier = world_.verifier;
  config.seed = world_.seed;
  config.entity = entity;
  config.verdicts = &verdicts_;
  const std::uint64_t rate = clients::pareto_rate(cohort_.rates, index, cohort_.resolvers);
  nodes_.emplace_back(std::move(config), Duration::days(1) / static_cast<std::int64_t>(rate),
                      StreamName{world_.seed, entity, purpose("replay: lookups")});
  Node& node = nodes_.back();
  node.entity = entity;
  node.number = index_.resolver_number(place_.cohort, index);
  node.sample_key = hash_combine(hash_combine(world_.seed, purpose("replay: samples")), entity);
  const auto place = static_cast<std::uint32_t>(nodes_.size() - 1);
  schedule_past(place);
  schedule_actions(place, index);
  add_streams(place);
}

void Group::add_streams(std::uint32_t place) {
  Node& node = nodes_[place];
  const clients::Popularity& popularity = *cohort_.popularity;
  const std::uint32_t own = popularity.ranks_within(own_gap_max, node.gap_of_all);
  const SimTime start = index_.start();
  for (std::uint32_t rank = 0; rank < own; ++rank) {
    const Duration gap = popularity.gap_of(rank, node.gap_of_all);
    const std::uint64_t source = hash_combine(node.entity, rank);
    node.own.emplace_back(StreamName{world_.seed, source, purpose("replay: own arrivals")}, gap);
    schedule_own(place, rank, start);
    if (hits_ != Hits::events) continue;
    node.hits.emplace_back(StreamName{world_.seed, source, purpose("replay: hit arrivals")}, gap);
    node.standing_until.push_back(start);
  }
  const Duration rest = popularity.gap_of_rest(own, node.gap_of_all);
  if (rest == Duration::max()) return;
  node.rest.emplace(StreamName{world_.seed, node.entity, purpose("replay: arrivals")}, rest);
  schedule_arrival(place, start);
}

void Group::schedule_past(std::uint32_t place) {
  if (world_.past == Duration()) return;
  Node& node = nodes_[place];
  node.past = thinned_past({*cohort_.popularity, index_.lifetimes(place_.cohort), cohort_.curve,
                            *cohort_.profile, node.gap_of_all, world_.seed, node.entity,
                            index_.start(), world_.past});
  for (std::size_t i = 0; i < node.past.size(); ++i) {
    push(place, node.past[i].at, Phase::arrival, {What::past_lookup, place, i});
  }
}

void Group::push(std::uint32_t node, SimTime at, Phase phase, Event event) {
  auto [key, payload] = scheduled(node, at, phase, std::move(event));
  queue_.push(key, std::move(payload));
}

engine::EventQueue<Group::Event>::Event Group::scheduled(std::uint32_t node, SimTime at,
                                                         Phase phase, Event event) {
  event.node = node;
  return {{at, phase, node, nodes_[node].sequence++}, std::move(event)};
}

void Group::schedule_arrival(std::uint32_t node, SimTime after) {
  const SimTime at = nodes_[node].rest->next(cohort_.curve, after);
  if (at < world_.until) push(node, at, Phase::arrival, {What::arrival});
}

void Group::schedule_own(std::uint32_t node, std::uint64_t rank, SimTime after) {
  const SimTime at = nodes_[node].own[rank].next(cohort_.curve, after);
  if (at < world_.until) push(node, at, Phase::arrival, {What::own_arrival, node, rank});
}

void Group::schedule_actions(std::uint32_t node, std::uint32_t index) {
  const Rng delays({world_.seed, index_.entity(place_.cohort, index), purpose("replay: operator")});
  std::optional<SimTime> previous;
  for (std::size_t i = 0; i < cohort_.actions.size(); ++i) {
    const ScheduledAction& action = cohort_.actions[i];
    if (action.goes_with_previous) {
      if (previous) push(node, *previous, Phase::operator_action, {What::operate, node, i});
      continue;
    }
    previous.reset();
    if (scale(delays.word_at(2 * i), ppm_all) >= action.share_ppm) continue;
    const SimTime at = action.at + within(action.spread, delays.word_at(2 * i + 1));
    previous = at;
    nodes_[node].actions_at.push_back(at);
    push(node, at, Phase::operator_action, {What::operate, node, i});
  }
}

void Group::run() {
  while (step()) {
  }
  std::uint64_t resolutions = 0;
  std::uint64_t exchanges = 0;
  for (const Node& node : nodes_) {
    resolutions += node.resolver.counters().resolutions;
    exchanges += node.resolver.counters().exchanges;
  }
  for (const Node& node : nodes_) fingerprint_.mix(node.resolver.state_hash());
  tally_->count_work(resolutions, exchanges, events_);
}

bool Group::step() {
  if (queue_.empty()) return false;
  auto event = queue_.pop();
  if (event.key.at >= world_.until && open_lookups_ == 0) return false;
  now_ = event.key.at;
  if (event.payload.what == What::parting) {
    part(event.key, event.payload.id);
  } else {
    take(event.payload);
  }
  return true;
}

void Group::take(const Event& event) {
  events_ += 1;
  if (event.what != What::hit) {
    fingerprint_.mix(static_cast<std::uint64_t>(now_.to_nanoseconds()));
    fingerprint_.mix(event.id ^ static_cast<std::uint64_t>(event.what) << 56 ^
                     std::uint64_t{event.node} << 32);
  }
  handle(event);
}

void Group::handle(const Event& event) {
  resolver::Resolver& resolver = nodes_[event.node].resolver;
  switch (event.what) {
    case What::operate: operate(event.node, event.id); return;
    case What::response:
      resolver.on_response(event.id, event.message, now_, actions_);
      carry_out(event.node);
      return;
    case What::timeout:
      resolver.on_timeout(event.id, now_, actions_);
      carry_out(event.node);
      return;
    case What::wake: wake(event.node); return;
    case What::arrival: arrive(event.node); return;
    case What::own_arrival: arrive_own(event.node, event.id); return;
    case What::hit: hit(event.node, event.id); return;
    case What::past_lookup: {
      const PastLookup& past = nodes_[event.node].past[event.id];
      look_up(event.node, {past.id, Asker::past, past.asks});
      return;
    }
    case What::retry: {
      const TokenParts parts = parts_of(event.id);
      try_half({parts.slot, parts.half}, event.node);
      return;
    }
    case What::give_up: give_up(event.id); return;
    case What::parting: ZF_ASSERT(false); return;  // step() sees to those
    case What::inquiry:
      if (inquiry_->from_empty_cache) {
        resolver.on_operator(resolver::Flush{resolver::Flush::What::everything, {}}, now_,
                             actions_);
        carry_out(event.node);
      }
      set_tracing(true);
      resolver.on_client_query({.token = inquiry_token,
                                .question = inquiry_->question,
                                .dnssec_ok = true,
                                .authentic_data = true,
                                .checking_disabled = inquiry_->checking_disabled},
                               now_, actions_);
      carry_out(event.node);
      return;
  }
}

void Group::operate(std::uint32_t node, std::size_t action) {
  resolver::OperatorAction what = cohort_.actions[action].action;
  if (auto* watch = std::get_if<resolver::NtaWatch>(&what)) {
    const Rng reactions({world_.seed, nodes_[node].entity, purpose("replay: reaction")});
    const Duration spread = cohort_.actions[action].reaction_spread;
    watch->reaction += within(spread, reactions.word_at(action));
    nodes_[node].is_watched = true;
  }
  nodes_[node].resolver.on_operator(what, now_, actions_);
  if (std::holds_alternative<resolver::InstallNta>(what)) {
    nodes_[node].nta_stands = true;
    tally_->milestones(nodes_[node].number).record_nta_installed(now_);
  }
  carry_out(node);
}

// Sends what the resolver wants sent and hands out its replies. Nothing here calls a resolver.
void Group::carry_out(std::uint32_t node_place) {
  Node& node = nodes_[node_place];
  for (const resolver::SendQuery& query : actions_.sends) send(node_place, query);
  for (const resolver::ClientReply& reply : actions_.replies) take_reply(reply);
  node.wake_wanted = actions_.wake_at.value_or(SimTime::max());
  actions_.clear();
  if (node.wake_wanted < node.wake_pending) {
    node.wake_pending = std::max(node.wake_wanted, now_);
    push(node_place, node.wake_pending, Phase::timer, {What::wake});
  }
  note_nta(node);
}

// An NTA may also end by itself: it runs out, or a recheck finds the zone repaired. And an operator
// who watches installs it from within the resolver.
void Group::note_nta(Node& node) {
  const bool stands = node.resolver.has_nta();
  if (node.nta_stands == stands) return;
  node.nta_stands = stands;
  outcome::Milestones& milestones = tally_->milestones(node.number);
  stands ? milestones.record_nta_installed(now_) : milestones.record_nta_removed(now_);
}

// Wake events are not taken back when the wish changes: a stale one only looks for the next.
void Group::wake(std::uint32_t node_place) {
  Node& node = nodes_[node_place];
  if (now_ < node.wake_pending) return;  // a later wish was followed by a sooner one
  node.wake_pending = SimTime::max();
  if (node.wake_wanted <= now_) {
    node.resolver.on_wake(now_, actions_);
    carry_out(node_place);
  } else if (node.wake_wanted != SimTime::max()) {
    node.wake_pending = node.wake_wanted;
    push(node_place, node.wake_pending, Phase::timer, {What::wake});
  }
}

void Group::arrive(std::uint32_t place) {
  Node& node = nodes_[place];
  schedule_arrival(place, now_);
  Rng& choices = node.choices[static_cast<std::size_t>(Asker::rest)];
  const auto own = static_cast<std::uint32_t>(node.own.size());
  look_up(place, {cohort_.popularity->draw(choices, own)});
}

std::size_t Group::look_up(std::uint32_t node, const Wish& wish) {
  const std::size_t slot = open_lookup(node, wish);
  for (std::size_t half = 0; half < wish.asks.size(); ++half) {
    if (wish.asks[half]) try_half({slot, half}, node);
  }
  return slot;
}

outcome::NameClass Group::class_of(std::uint64_t id) const {
  const bool is_popular = cohort_.popularity->is_in_head(id);
  return outcome::name_class_of(is_popular ? outcome::Demanded::often : outcome::Demanded::rarely,
                                world_.names->delegated(id));
}

std::size_t Group::open_lookup(std::uint32_t node_place, const Wish& wish) {
  Node& node = nodes_[node_place];
  std::size_t slot = lookups_.size();
  if (free_lookups_.empty()) {
    ZF_ASSERT(slot <= slot_mask);
    lookups_.emplace_back();
  } else {
    slot = free_lookups_.back();
    free_lookups_.pop_back();
  }
  Lookup& lookup = lookups_[slot];
  Rng& choices = node.choices[static_cast<std::size_t>(wish.asker)];
  lookup.name = world_.names->name(wish.id);
  lookup.name_class = class_of(wish.id);
  lookup.asker = wish.asker;
  lookup.dnssec_ok = choices.chance(cohort_.dnssec_ok_ppm, ppm_all);
  lookup.stub = draw_stub(choices);
  lookup.home = node_place;
  lookup.started_at = now_;
  lookup.open_halves = static_cast<std::uint32_t>(wish.asks[0]) + wish.asks[1];
  lookup.halves = {};
  lookup.is_sample = false;
  open_lookups_ += 1;
  if (wish.asker == Asker::hit) return slot;
  lookup.is_sample = draws_sample(node);
  node.lookups += 1;
  if (lookup.is_sample) {
    node.samples += 1;
    begin_sample(slot);
  }
  return slot;
}

std::uint32_t Group::draw_stub(Rng& choices) const {
  std::uint64_t rest = choices.below(ppm_all);
  std::uint32_t stub = 0;
  while (rest >= cohort_.stubs[stub].share_ppm) rest -= cohort_.stubs[stub++].share_ppm;
  return stub;
}

const clients::StubRule& Group::rule_of(const Lookup& lookup) const {
  return cohort_.stubs[lookup.stub].rule;
}

bool Group::is_open(std::uint64_t token) const {
  const TokenParts parts = parts_of(token);
  return parts.slot < lookups_.size() &&
         lookups_[parts.slot].halves[parts.half].serial == parts.serial;
}

void Group::try_half(Place place, std::uint32_t node) {
  Lookup& lookup = lookups_[place.slot];
  Half& half = lookup.halves[place.half];
  half.serial = lookup.asker == Asker::hit ? hit_serial | next_hit_serial_++ : next_serial_++;
  half.tries += 1;
  half.server = node;
  half.sent_at = now_;
  const std::uint64_t token = to_token({half.serial, place.slot, place.half});
  if (lookup.is_sample) {
    for (OpenSample& sample : open_samples_) {
      if (sample.slot == place.slot) sample.tokens[place.half].push_back(token);
    }
  }
  const dns::Question question{lookup.name, type_of_half(place.half)};
  nodes_[node].resolver.on_client_query(
      {.token = token, .question = question, .dnssec_ok = lookup.dnssec_ok}, now_, actions_);
  carry_out(node);
  if (is_open(token)) {
    push(node, now_ + rule_of(lookup).timeout, Phase::timer, {What::give_up, node, token});
  }
}

void Group::take_reply(const resolver::ClientReply& reply) {
  if (reply.token == inquiry_token) {
    inquiry_result_ = InquiryResult{reply, now_ - inquiry_->at, {}};
    return;
  }
  const Outcome outcome = outcome::outcome_of(reply);
  const TokenParts parts = parts_of(reply.token);
  if ((parts.serial & hit_serial) == 0) {
    fingerprint_.mix(reply.token << 4 | static_cast<std::uint64_t>(outcome));
  }
  if (!is_open(reply.token)) return;  // the stub has stopped waiting
  const Lookup& lookup = lookups_[parts.slot];
  Half& half = lookups_[parts.slot].halves[parts.half];
  record(half, reply);
  half.harm =
      judge_.harm_of({lookup.name, type_of_half(parts.half), outcome, reply.data.get()}, now_);
  tally_->count_queries(place_.cohort, half.sent_at, outcome, one);
  if (reply.ede) {
    tally_->count_ede(place_.cohort, half.sent_at, static_cast<std::uint16_t>(*reply.ede), one);
  }
  end_try({parts.slot, parts.half}, Silence::no);
}

void Group::give_up(std::uint64_t token) {
  if (!is_open(token)) return;
  const TokenParts parts = parts_of(token);
  Half& half = lookups_[parts.slot].halves[parts.half];
  half.outcome = Outcome::timeout;
  half.has_addresses = false;
  half.standing_until.reset();
  half.harm.reset();
  tally_->count_queries(place_.cohort, half.sent_at, Outcome::timeout, one);
  end_try({parts.slot, parts.half}, Silence::yes);
}

void Group::end_try(Place place, Silence silence) {
  Lookup& lookup = lookups_[place.slot];
  Half& half = lookup.halves[place.half];
  half.serial = 0;
  if (outcome::is_failure(half.outcome)) {
    const bool is_silent = silence == Silence::yes;
    if (const auto pause = clients::pause_before_retry(rule_of(lookup), half.tries, is_silent)) {
      // resolv.conf(5): the next server in turn, after the last the first.
      const bool moves_on = is_silent || rule_of(lookup).next_server_on_servfail;
      const std::uint32_t server = moves_on ? (half.server + 1) % place_.resolvers : half.server;
      push(server, now_ + *pause, Phase::arrival,
           {What::retry, server, to_token({0, place.slot, place.half})});
      return;
    }
  }
  lookup.open_halves -= 1;
  if (lookup.open_halves == 0) end_lookup(place.slot);
}

void Group::end_lookup(std::size_t slot) {
  const Lookup& lookup = lookups_[slot];
  const Half& deciding = lookup.halves[deciding_half(lookup)];
  const Outcome outcome = deciding.outcome;
  tally_->count_lookups(place_.cohort, lookup.started_at, outcome, one, lookup.name_class);
  if (deciding.harm) {
    tally_->count_harm(place_.cohort, lookup.started_at, *deciding.harm, one);
  }
  if (tally_->shape().bins.contains(lookup.started_at)) {
    outcome::Milestones& milestones = tally_->milestones(nodes_[lookup.home].number);
    outcome::is_failure(outcome) ? milestones.record_failure(now_)
                                 : milestones.record_success(now_);
  }
  if (lookup.is_sample) end_sample(slot);
  free_lookups_.push_back(slot);
  open_lookups_ -= 1;
}

// Drawn by the lookup's number, so that sampling never moves another stream.
bool Group::draws_sample(const Node& node) const {
  if (sampling_.ppm == 0 || node.samples >= sampling_.samples_max) return false;
  return now_ >= world_.from && now_ < world_.until &&
         scale(hash_combine(node.sample_key, node.lookups), ppm_all) < sampling_.ppm;
}

void Group::begin_sample(std::size_t slot) {
  if (open_samples_.empty()) set_tracing(true);
  const Lookup& lookup = lookups_[slot];
  outcome::SampleRow row;
  row.at = lookup.started_at;
  row.resolver = nodes_[lookup.home].number;
  open_samples_.push_back({slot, samples_.size(), {}});
  samples_.push_back(std::move(row));
}

void Group::end_sample(std::size_t slot) {
  const auto sample = std::find_if(open_samples_.begin(), open_samples_.end(),
                                   [slot](const OpenSample& open) { return open.slot == slot; });
  const Lookup& lookup = lookups_[slot];
  const std::size_t half = deciding_half(lookup);
  outcome::SampleRow& row = samples_[sample->row];
  row.question = fmt::format("{} {}", lookup.name.to_text(), dns::to_text(type_of_half(half)));
  row.outcome = lookup.halves[half].outcome;
  row.explanation = explain(steps_for(sample->tokens[half]));
  open_samples_.erase(sample);
  if (open_samples_.empty()) set_tracing(false);
}

std::vector<resolver::TraceStep> Group::steps_for(std::span<const std::uint64_t> tokens) {
  std::vector<resolver::TraceStep> steps;
  for (const TraceLog& log : logs_) {
    std::vector<resolver::TraceStep> own = log.steps_for(tokens);
    std::move(own.begin(), own.end(), std::back_inserter(steps));
  }
  std::stable_sort(steps.begin(), steps.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return steps;
}

void Group::set_tracing(bool on) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    logs_[i].clear();
    nodes_[i].resolver.set_tracer(on ? &logs_[i] : nullptr);
  }
}

InquiryResult Group::inquire(const Inquiry& inquiry, std::uint32_t node) {
  inquiry_ = inquiry;
  push(node, inquiry.at, Phase::arrival, {What::inquiry});
  open_lookups_ += 1;  // the inquiry itself
  while (!inquiry_result_ && step()) {
  }
  ZF_ASSERT(inquiry_result_.has_value());
  const std::array<std::uint64_t, 1> tokens = {inquiry_token};
  inquiry_result_->steps = steps_for(tokens);
  return std::move(*inquiry_result_);
}

}  // namespace zonefall::replay
