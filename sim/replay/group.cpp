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

// A token is a serial number over a slot and a half; no lookup has serial 0.
constexpr unsigned slot_bits = 20;
constexpr std::uint64_t slot_mask = (std::uint64_t{1} << slot_bits) - 1;
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

std::uint64_t scale(std::uint64_t word, std::uint64_t bound) {
  return static_cast<std::uint64_t>(static_cast<uint128>(word) * bound >> 64);
}

const FixedCount one = FixedCount::from_count(1);

}  // namespace

Group::Node::Node(resolver::ResolverConfig config, clients::ArrivalStream stream,
                  const StreamName& choices_name)
    : resolver(std::move(config)), arrivals(stream), choices(choices_name) {}

Group::Group(const Parts& parts)
    : index_(parts.index),
      world_(parts.index.world()),
      place_(parts.place),
      cohort_(world_.cohorts[parts.place.cohort]),
      tally_(parts.tally),
      verdicts_(parts.verdicts),
      network_(parts.index, parts.answers, parts.tally),
      sampling_(parts.sampling),
      now_(parts.index.start()),
      logs_(parts.place.resolvers) {
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
  clients::ArrivalStream arrivals({world_.seed, entity, rate}, cohort_.curve, now_);
  nodes_.emplace_back(std::move(config), arrivals,
                      StreamName{world_.seed, entity, purpose("replay: lookups")});
  Node& node = nodes_.back();
  node.entity = entity;
  node.number = index_.resolver_number(place_.cohort, index);
  node.sample_key = hash_combine(hash_combine(world_.seed, purpose("replay: samples")), entity);
  const auto place = static_cast<std::uint32_t>(nodes_.size() - 1);
  schedule_actions(place, index);
  schedule_arrival(place);
}

void Group::push(std::uint32_t node, SimTime at, Phase phase, Event event) {
  event.node = node;
  queue_.push({at, phase, node, nodes_[node].sequence++}, std::move(event));
}

void Group::schedule_arrival(std::uint32_t node) {
  const SimTime at = nodes_[node].arrivals.next();
  if (at < world_.until) push(node, at, Phase::arrival, {What::arrival});
}

void Group::schedule_actions(std::uint32_t node, std::uint32_t index) {
  const Rng delays({world_.seed, index_.entity(place_.cohort, index), purpose("replay: operator")});
  for (std::size_t i = 0; i < cohort_.actions.size(); ++i) {
    const ScheduledAction& action = cohort_.actions[i];
    if (scale(delays.word_at(2 * i), ppm_all) >= action.share_ppm) continue;
    const auto steps = static_cast<std::uint64_t>(action.spread.to_nanoseconds()) + 1;
    const auto delay = static_cast<std::int64_t>(scale(delays.word_at(2 * i + 1), steps));
    push(node, action.at + Duration::nanoseconds(delay), Phase::operator_action,
         {What::operate, node, i});
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
  tally_.count_work(resolutions, exchanges, events_);
}

bool Group::step() {
  if (queue_.empty()) return false;
  auto event = queue_.pop();
  if (event.key.at >= world_.until && open_lookups_ == 0) return false;
  now_ = event.key.at;
  events_ += 1;
  const Event& payload = event.payload;
  fingerprint_.mix(static_cast<std::uint64_t>(now_.to_nanoseconds()));
  fingerprint_.mix(payload.id ^ static_cast<std::uint64_t>(payload.what) << 56 ^
                   std::uint64_t{payload.node} << 32);
  handle(payload);
  return true;
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
    case What::retry: {
      const TokenParts parts = parts_of(event.id);
      try_half({parts.slot, parts.half}, event.node);
      return;
    }
    case What::give_up: give_up(event.id); return;
    case What::inquiry:
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
  const resolver::OperatorAction& what = cohort_.actions[action].action;
  nodes_[node].resolver.on_operator(what, now_, actions_);
  if (std::holds_alternative<resolver::InstallNta>(what)) {
    nodes_[node].nta_stands = true;
    tally_.milestones(nodes_[node].number).record_nta_installed(now_);
  }
  carry_out(node);
}

// Sends what the resolver wants sent and hands out its replies. Nothing here calls a resolver.
void Group::carry_out(std::uint32_t node_place) {
  Node& node = nodes_[node_place];
  for (const resolver::SendQuery& query : actions_.sends) {
    Ending ending = network_.exchange({node.entity, cohort_.latency}, query, now_);
    const bool answered = ending.message != nullptr;
    push(node_place, ending.at, answered ? Phase::delivery : Phase::timer,
         {answered ? What::response : What::timeout, node_place, query.exchange,
          std::move(ending.message)});
  }
  for (const resolver::ClientReply& reply : actions_.replies) take_reply(reply);
  node.wake_wanted = actions_.wake_at.value_or(SimTime::max());
  actions_.clear();
  if (node.wake_wanted < node.wake_pending) {
    node.wake_pending = std::max(node.wake_wanted, now_);
    push(node_place, node.wake_pending, Phase::timer, {What::wake});
  }
  note_nta(node);
}

// An NTA may also end by itself: it runs out, or a recheck finds the zone repaired.
void Group::note_nta(Node& node) {
  if (!node.nta_stands || node.resolver.has_nta()) return;
  node.nta_stands = false;
  tally_.milestones(node.number).record_nta_removed(now_);
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

void Group::arrive(std::uint32_t node) {
  schedule_arrival(node);
  const std::size_t slot = open_lookup(node);
  for (std::size_t half = 0; half < lookups_[slot].halves.size(); ++half) {
    try_half({slot, half}, node);
  }
}

std::size_t Group::open_lookup(std::uint32_t node_place) {
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
  lookup.name = world_.names->name(cohort_.popularity->draw(node.choices));
  lookup.dnssec_ok = node.choices.chance(cohort_.dnssec_ok_ppm, ppm_all);
  lookup.stub = draw_stub(node);
  lookup.home = node_place;
  lookup.started_at = now_;
  lookup.open_halves = 2;
  lookup.halves = {};
  lookup.is_sample = draws_sample(node);
  node.lookups += 1;
  open_lookups_ += 1;
  if (lookup.is_sample) {
    node.samples += 1;
    begin_sample(slot);
  }
  return slot;
}

std::uint32_t Group::draw_stub(Node& node) const {
  std::uint64_t rest = node.choices.below(ppm_all);
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
  half.serial = next_serial_++;
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
  fingerprint_.mix(reply.token << 4 | static_cast<std::uint64_t>(outcome));
  if (!is_open(reply.token)) return;  // the stub has stopped waiting
  const TokenParts parts = parts_of(reply.token);
  Half& half = lookups_[parts.slot].halves[parts.half];
  record(half, reply);
  tally_.count_queries(place_.cohort, half.sent_at, outcome, one);
  for (const dns::ExtendedError& error : reply.extended_errors) {
    tally_.count_ede(place_.cohort, half.sent_at, static_cast<std::uint16_t>(error.code), one);
  }
  end_try({parts.slot, parts.half}, Silence::no);
}

void Group::give_up(std::uint64_t token) {
  if (!is_open(token)) return;
  const TokenParts parts = parts_of(token);
  Half& half = lookups_[parts.slot].halves[parts.half];
  half.outcome = Outcome::timeout;
  half.has_addresses = false;
  tally_.count_queries(place_.cohort, half.sent_at, Outcome::timeout, one);
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
  const Outcome outcome = lookup.halves[deciding_half(lookup)].outcome;
  tally_.count_lookups(place_.cohort, lookup.started_at, outcome, one);
  if (tally_.shape().bins.contains(lookup.started_at)) {
    outcome::Milestones& milestones = tally_.milestones(nodes_[lookup.home].number);
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
