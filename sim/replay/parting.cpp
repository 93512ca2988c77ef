// Two worlds at once: exchanges that end differently, and the group that lives on in the other one.
#include <utility>

#include "replay/group.h"

namespace zonefall::replay {

namespace {

void count(const std::optional<SiteLoad>& load, outcome::Tally& tally) {
  if (!load) return;
  tally.count_load(load->site, load->at, FixedCount::from_count(1),
                   FixedCount::from_count(static_cast<std::int64_t>(load->octets)));
}

}  // namespace

void Group::send(std::uint32_t node, const resolver::SendQuery& query) {
  const Network::Sender sender{nodes_[node].entity, node, cohort_.latency};
  Ending ending = network_.exchange(sender, query, now_);
  const auto& load = ending.load;
  if (twin_ && !(load && load->at < twin_->alike_until[load->site])) {
    Ending there = twin_network_->exchange(sender, query, now_);
    if (!are_alike(ending, there)) {
      count(ending.load, twin_->here);
      count(there.load, twin_->there);
      end_differently(node, query.exchange, {std::move(ending), std::move(there)});
      return;
    }
  }
  count(ending.load, *tally_);
  auto [key, event] = end_of(node, query.exchange, std::move(ending));
  queue_.push(key, std::move(event));
}

engine::EventQueue<Group::Event>::Event Group::end_of(std::uint32_t node, std::uint64_t exchange,
                                                      Ending ending) {
  const bool answered = ending.message != nullptr;
  return scheduled(
      node, ending.at, answered ? engine::Phase::delivery : engine::Phase::timer,
      {answered ? What::response : What::timeout, node, exchange, std::move(ending.message)});
}

// In the queue it stands where the earlier of both ends is.
void Group::end_differently(std::uint32_t node, std::uint64_t exchange,
                            std::array<Ending, 2> endings) {
  Parting parting{{end_of(node, exchange, std::move(endings[0])),
                   end_of(node, exchange, std::move(endings[1]))}};
  // One event in each world, so one number.
  nodes_[node].sequence -= 1;
  parting.sides[1].key.origin_sequence = parting.sides[0].key.origin_sequence;
  const engine::EventKey key = std::min(parting.sides[0].key, parting.sides[1].key);
  queue_.push(key, {What::parting, node, partings_.size()});
  partings_.push_back(std::move(parting));
}

void Group::part(const engine::EventKey& key, std::uint64_t parting) {
  if (twin_) {
    leave_twin();
    twin_group_->take_side(key, parting);
  }
  take_side(key, parting);
}

void Group::take_side(const engine::EventKey& key, std::uint64_t parting) {
  auto [own_key, own_event] = std::move(partings_[parting].sides[side_]);
  if (own_key == key) {
    take(own_event);
  } else {
    queue_.push(own_key, std::move(own_event));
  }
}

// The milestones so far belong to both worlds; all other counts of the past are in the shared
// tally.
void Group::leave_twin() {
  twin_group_.reset(new Group(*this, InTwin()));
  for (const Node& node : nodes_) {
    outcome::Milestones& shared = tally_->milestones(node.number);
    twin_->here.milestones(node.number) = shared;
    twin_->there.milestones(node.number) = shared;
    shared = {};
  }
  tally_ = &twin_->here;
  twin_.reset();
  twin_network_.reset();
}

// Samples are of the first world alone.
Group::Group(const Group& group, InTwin /*tag*/)
    : index_(group.index_),
      world_(group.world_),
      place_(group.place_),
      cohort_(group.cohort_),
      tally_(&group.twin_->there),
      verdicts_(group.verdicts_),
      network_(*group.twin_network_),
      judge_(group.world_),
      hits_(group.hits_),
      nodes_(group.nodes_),
      queue_(group.queue_),
      now_(group.now_),
      fingerprint_(group.fingerprint_),
      events_(group.events_),
      partings_(group.partings_),
      side_(1),
      lookups_(group.lookups_),
      free_lookups_(group.free_lookups_),
      open_lookups_(group.open_lookups_),
      next_serial_(group.next_serial_),
      next_hit_serial_(group.next_hit_serial_),
      broken_promises_(group.broken_promises_),
      logs_(group.logs_.size()) {
  for (Node& node : nodes_) node.resolver.set_tracer(nullptr);
  for (Lookup& lookup : lookups_) lookup.is_sample = false;
}

}  // namespace zonefall::replay
