// One group of resolvers, its clients and its event queue: replayed from start to end in one go.
//
// A group may live in two worlds at once that differ in what servers answer (replay_pair() of
// replay.h). As long as every exchange ends alike in both, there is one life to live; where one
// ends differently, its event carries both endings, and when that is due the group parts: a copy
// lives on in the other world.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "replay/judge.h"
#include "replay/lookup.h"
#include "replay/network.h"
#include "replay/past.h"
#include "replay/trace_log.h"
#include "replay/world_index.h"
#include "zonefall/clients/demand.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/rng.h"
#include "zonefall/engine/event_queue.h"
#include "zonefall/outcome/store.h"
#include "zonefall/outcome/tally.h"
#include "zonefall/replay/replay.h"
#include "zonefall/resolver/resolver.h"

namespace zonefall::replay {

struct Sampling {
  std::uint32_t ppm = 0;
  std::uint32_t samples_max = 0;  // of each resolver
};

class Group {
 public:
  /// The other world, and what is counted once they have parted.
  struct Twin {
    const WorldIndex& index;                  // equal to the group's but for what servers answer
    const std::vector<SimTime>& alike_until;  // by site (alike.h)
    outcome::Tally& here;
    outcome::Tally& there;
  };
  struct Parts {
    const WorldIndex& index;
    GroupPlace place;
    authority::AnswerMemo& answers;
    resolver::VerdictMemo& verdicts;
    outcome::Tally& tally;  // with a twin: of what both share
    Sampling sampling;
    Hits hits = Hits::rate_times_time;
    std::optional<Twin> twin = std::nullopt;
  };
  explicit Group(const Parts& parts);
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  ~Group() = default;

  /// To the end of the run, and on until the last lookup has ended.
  void run();
  /// After run(): the group as it lives in the twin's world from the parting on, still to be run;
  /// null if the worlds never differed for it (or there is no twin).
  [[nodiscard]] std::unique_ptr<Group> take_twin() { return std::move(twin_group_); }
  /// Up to the inquiry and on until its reply. `node` is the resolver's place in the group.
  InquiryResult inquire(const Inquiry& inquiry, std::uint32_t node);

  /// Complete after run().
  [[nodiscard]] std::uint64_t fingerprint() const { return fingerprint_.value(); }
  [[nodiscard]] std::uint64_t broken_promises() const { return broken_promises_; }
  /// In order of their start; the first ones of each resolver.
  [[nodiscard]] std::vector<outcome::SampleRow>& samples() { return samples_; }

 private:
  enum class What : std::uint8_t {
    operate,
    response,
    timeout,
    wake,
    arrival,
    own_arrival,
    hit,
    past_lookup,
    retry,
    give_up,
    inquiry,
    parting
  };
  struct Event {
    What what = What::arrival;
    std::uint32_t node = 0;
    std::uint64_t id = 0;  // exchange, token, rank, or number of the action, past lookup, parting
    dns::MessagePtr message = nullptr;
  };
  struct Node {
    Node(resolver::ResolverConfig config, Duration gap_of_all, const StreamName& choices);
    resolver::Resolver resolver;
    Duration gap_of_all;                         // between lookups, at the curve's mean
    std::vector<clients::ArrivalStream> own;     // of popular names, by rank
    std::vector<clients::ArrivalStream> hits;    // the same for Hits::events, else empty
    std::vector<SimTime> standing_until;         // by rank, for the hits
    std::optional<clients::ArrivalStream> rest;  // none: nothing is left to ask
    std::vector<PastLookup> past;
    std::vector<SimTime> actions_at;
    std::array<Rng, askers> choices;  // names and flags of lookups
    std::uint64_t entity = 0;
    std::uint32_t number = 0;    // in the tally
    std::uint64_t sequence = 0;  // of events that it scheduled
    std::uint64_t lookups = 0;   // so far
    std::uint32_t samples = 0;   // so far
    std::uint64_t sample_key = 0;
    SimTime wake_wanted = SimTime::max();
    SimTime wake_pending = SimTime::max();  // the earliest wake event in the queue
    bool nta_stands = false;
    bool is_watched = false;  // by an operator (resolver::NtaWatch)
  };
  /// A try of one half of a lookup.
  struct Place {
    std::size_t slot = 0;
    std::size_t half = 0;
  };
  /// An event that is not the same in both worlds: here, and there.
  struct Parting {
    std::array<engine::EventQueue<Event>::Event, 2> sides;
  };
  struct OpenSample {
    std::size_t slot = 0;
    std::size_t row = 0;  // in samples_
    std::array<std::vector<std::uint64_t>, 2> tokens;
  };

  void add_node(std::uint32_t index);
  void add_streams(std::uint32_t node);
  void schedule_past(std::uint32_t node);
  void push(std::uint32_t node, SimTime at, engine::Phase phase, Event event);
  [[nodiscard]] engine::EventQueue<Event>::Event scheduled(std::uint32_t node, SimTime at,
                                                           engine::Phase phase, Event event);
  void schedule_arrival(std::uint32_t node, SimTime after);
  void schedule_own(std::uint32_t node, std::uint64_t rank, SimTime after);
  void schedule_actions(std::uint32_t node, std::uint32_t index);
  /// False once the run is over.
  bool step();
  void take(const Event& event);
  void handle(const Event& event);
  void arrive(std::uint32_t node);

  // standing.cpp
  void arrive_own(std::uint32_t node, std::uint64_t rank);
  /// Until when the answer that `slot`'s lookup was just given stands at this node.
  [[nodiscard]] std::optional<SimTime> stands_until(std::size_t slot, const Node& node) const;
  void count_hits(std::size_t slot, Duration mean_gap, SimTime until);
  void count_harm_of_hits(const Lookup& lookup, Duration mean_gap, SimTime until);
  void schedule_hit(std::uint32_t node, std::uint64_t rank);
  void hit(std::uint32_t node, std::uint64_t rank);

  // parting.cpp
  struct InTwin {};
  Group(const Group& group, InTwin);
  void send(std::uint32_t node, const resolver::SendQuery& query);
  void end_differently(std::uint32_t node, std::uint64_t exchange, std::array<Ending, 2> endings);
  [[nodiscard]] engine::EventQueue<Event>::Event end_of(std::uint32_t node, std::uint64_t exchange,
                                                        Ending ending);
  /// What has become due here, there or in both worlds.
  void part(const engine::EventKey& key, std::uint64_t parting);
  void take_side(const engine::EventKey& key, std::uint64_t parting);
  void leave_twin();

  void operate(std::uint32_t node, std::size_t action);
  void carry_out(std::uint32_t node);
  void note_nta(Node& node);
  void wake(std::uint32_t node);

  [[nodiscard]] std::uint32_t draw_stub(Rng& choices) const;
  [[nodiscard]] const clients::StubRule& rule_of(const Lookup& lookup) const;
  /// What is asked by whom.
  struct Wish {
    std::uint64_t id = 0;
    Asker asker = Asker::rest;
    std::array<bool, 2> asks = {true, true};
  };
  [[nodiscard]] outcome::NameClass class_of(std::uint64_t id) const;
  std::size_t open_lookup(std::uint32_t node, const Wish& wish);
  std::size_t look_up(std::uint32_t node, const Wish& wish);
  void try_half(Place place, std::uint32_t node);
  void take_reply(const resolver::ClientReply& reply);
  void give_up(std::uint64_t token);
  enum class Silence : std::uint8_t { no, yes };
  void end_try(Place place, Silence silence);
  void end_lookup(std::size_t slot);
  [[nodiscard]] bool is_open(std::uint64_t token) const;

  [[nodiscard]] bool draws_sample(const Node& node) const;
  void begin_sample(std::size_t slot);
  void end_sample(std::size_t slot);
  [[nodiscard]] std::vector<resolver::TraceStep> steps_for(std::span<const std::uint64_t> tokens);
  void set_tracing(bool on);

  const WorldIndex& index_;
  const World& world_;
  GroupPlace place_;
  const Cohort& cohort_;
  outcome::Tally* tally_;
  resolver::VerdictMemo& verdicts_;
  Network network_;
  Judge judge_;
  Sampling sampling_;
  Hits hits_;

  std::vector<Node> nodes_;
  engine::EventQueue<Event> queue_;
  resolver::Actions actions_;
  SimTime now_;
  Fingerprint fingerprint_;
  std::uint64_t events_ = 0;

  std::optional<Twin> twin_;  // until they part
  std::optional<Network> twin_network_;
  std::vector<Parting> partings_;
  std::size_t side_ = 0;  // of partings_
  std::unique_ptr<Group> twin_group_;

  std::vector<Lookup> lookups_;
  std::vector<std::size_t> free_lookups_;
  std::size_t open_lookups_ = 0;
  std::uint64_t next_serial_ = 1;
  std::uint64_t next_hit_serial_ = 1;
  std::uint64_t broken_promises_ = 0;

  std::vector<TraceLog> logs_;  // by node
  std::vector<OpenSample> open_samples_;
  std::vector<outcome::SampleRow> samples_;
  std::optional<Inquiry> inquiry_;
  std::optional<InquiryResult> inquiry_result_;
};

}  // namespace zonefall::replay
