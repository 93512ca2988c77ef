// Measures the resolver alone, with warm verdicts: bench_resolver [lookups [rounds]].
//
// A resolver of each kind looks up names of the small world; what its host tells it is recorded.
// Then the recorded calls are made once more to a fresh resolver: its state is a value, so it does
// the same, and nothing but the resolver runs. Prints one line of JSON for each kind: the best
// round counts; `octets_held` is what the caches alone keep in memory at the end; `state` must not
// change with the machine.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <limits>
#include <malloc.h>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "allocations.h"
#include "small_world.h"
#include "zonefall/authority/server.h"
#include "zonefall/core/assert.h"
#include "zonefall/core/rng.h"
#include "zonefall/engine/event_queue.h"
#include "zonefall/resolver/resolver.h"

namespace zonefall::replay {

using namespace testing;  // NOLINT: test helpers
using resolver::Actions;
using resolver::Resolver;

namespace {

struct Call {
  enum class What : std::uint8_t { query, response, wake };
  What what = What::wake;
  SimTime at;
  std::uint64_t exchange = 0;
  dns::MessagePtr message = nullptr;
  resolver::ClientQuery query = {};
};

void make(const Call& call, Resolver& resolver, Actions& actions) {
  switch (call.what) {
    case Call::What::query: resolver.on_client_query(call.query, call.at, actions); return;
    case Call::What::response:
      resolver.on_response(call.exchange, call.message, call.at, actions);
      return;
    case Call::What::wake: resolver.on_wake(call.at, actions); return;
  }
}

// A host with a constant round-trip time, which writes down what it tells the resolver.
class Recorder {
 public:
  Recorder(const World& world, const resolver::ResolverConfig& config)
      : world_(world), resolver_(config), now_(world.from) {}

  void look_up(const dns::Name& name, SimTime at) {
    while (!responses_.empty() && responses_.front().at <= at) {
      const Call response = std::move(responses_.front());
      responses_.pop_front();
      tell(response);
    }
    for (const dns::RRType type : {dns::RRType::a, dns::RRType::aaaa}) {
      Call call{.what = Call::What::query, .at = at};
      call.query.token = ++token_;
      call.query.question = {name, type};
      tell(call);
    }
  }

  [[nodiscard]] const std::vector<Call>& calls() const { return calls_; }
  [[nodiscard]] std::vector<Call> take_calls() { return std::move(calls_); }
  [[nodiscard]] const Resolver& resolver() const { return resolver_; }

 private:
  void tell(const Call& call) {
    ZF_ASSERT(call.at >= now_);
    now_ = call.at;
    calls_.push_back(call);
    make(call, resolver_, actions_);
    for (const resolver::SendQuery& query : actions_.sends) send(query);
    actions_.clear();
  }

  void send(const resolver::SendQuery& query) {
    const auto index = world_.servers->find(query.server);
    ZF_ASSERT(index.has_value());
    const authority::NameServer& server = world_.servers->servers()[*index];
    authority::ServerQuery asked;
    asked.question = query.question;
    asked.edns.emplace();
    asked.edns->udp_payload_octets = query.udp_payload_octets;
    asked.edns->dnssec_ok = query.dnssec_ok;
    asked.transport = query.transport == resolver::Transport::tcp ? authority::Transport::tcp
                                                                  : authority::Transport::udp;
    const SimTime at = now_ + Duration::milliseconds(20);
    const auto answer = authority::reply(server, server.sites.front(), asked, now_, answers_);
    ZF_ASSERT(answer.has_value());
    responses_.push_back({.what = Call::What::response,
                          .at = at,
                          .exchange = query.exchange,
                          .message = answer->message});
  }

  const World& world_;
  Resolver resolver_;
  authority::AnswerMemo answers_;
  Actions actions_;
  SimTime now_;
  std::uint64_t token_ = 0;
  std::deque<Call> responses_;
  std::vector<Call> calls_;
};

struct Round {
  double seconds = 0;
  std::uint64_t allocations = 0;
};

// Its own function for callgrind: --toggle-collect.
[[gnu::noinline]] Round measure(const std::vector<Call>& calls, Resolver& resolver) {
  Round round;
  Actions actions;
  const std::uint64_t allocations_before = zonefall::testing::allocations();
  const auto start = std::chrono::steady_clock::now();
  for (const Call& call : calls) {
    make(call, resolver, actions);
    actions.clear();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  round.seconds = took.count();
  round.allocations = zonefall::testing::allocations() - allocations_before;
  return round;
}

std::size_t octets_in_use() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;  // small blocks and large ones
}

// What goes back to the heap with a resolver that was told all this, and that nobody else holds.
std::size_t octets_held(std::vector<Call> calls, const resolver::ResolverConfig& config) {
  auto resolver = std::make_unique<Resolver>(config);
  measure(calls, *resolver);
  calls = {};
  const std::size_t with_it = octets_in_use();
  resolver.reset();
  return with_it - octets_in_use();
}

int run_bench(const Cohort& cohort, std::uint64_t lookups, int rounds) {
  const World world = make_world(healthy_tld(), {cohort});
  std::optional<resolver::VerdictMemo> verdicts(std::in_place);
  resolver::ResolverConfig config;
  config.profile = cohort.profile;
  config.root_hints = world.root_hints;
  config.trust_anchors = world.trust_anchors;
  config.verifier = world.verifier;
  config.seed = world.seed;
  config.verdicts = &*verdicts;

  std::optional<Recorder> recorder(std::in_place, world, config);
  Rng names({world.seed, 1, purpose("bench: names")});
  for (std::uint64_t i = 0; i < lookups; ++i) {
    recorder->look_up(world.names->name(names.below(members + missing_names)),
                      world.from + Duration::milliseconds(100) * static_cast<std::int64_t>(i));
  }
  const std::uint64_t state = recorder->resolver().state_hash();
  const resolver::ResolverCounters counters = recorder->resolver().counters();
  std::vector<Call> calls = recorder->take_calls();
  recorder.reset();
  const auto calls_made = static_cast<double>(calls.size());
  Round best;
  best.seconds = std::numeric_limits<double>::max();
  for (int i = 0; i < rounds; ++i) {
    Resolver resolver(config);
    const Round round = measure(calls, resolver);
    if (resolver.state_hash() != state) return 1;
    if (round.seconds < best.seconds) best = round;
  }
  verdicts.reset();
  config.verdicts = nullptr;
  const auto held = static_cast<double>(octets_held(std::move(calls), config));
  const auto resolutions = static_cast<double>(counters.resolutions);
  fmt::print(
      "{{\"profile\": \"{}\", \"resolutions\": {}, \"resolutions_per_s\": {:.0f}, "
      "\"ns_per_resolution\": {:.0f}, \"allocations_per_resolution\": {:.2f}, "
      "\"octets_held_per_resolution\": {:.0f}, \"exchanges_per_resolution\": {:.2f}, "
      "\"calls_per_resolution\": {:.2f}, \"state\": \"{:016x}\"}}\n",
      cohort.name, counters.resolutions, resolutions / best.seconds,
      best.seconds * 1e9 / resolutions, static_cast<double>(best.allocations) / resolutions,
      held / resolutions, static_cast<double>(counters.exchanges) / resolutions,
      calls_made / resolutions, state);
  return counters.resolutions > 0 ? 0 : 1;
}

}  // namespace

}  // namespace zonefall::replay

int main(int argc, char** argv) {
  using namespace zonefall::replay::testing;  // NOLINT: test helpers
  const long lookups = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 4000;
  const int rounds = argc > 2 ? static_cast<int>(std::strtol(argv[2], nullptr, 10)) : 20;
  for (const auto& kind : {cohort("unbound", unbound_like()), cohort("bind", bind_like()),
                           cohort("knot", knot_like())}) {
    const int failed =
        zonefall::replay::run_bench(kind, static_cast<std::uint64_t>(lookups), rounds);
    if (failed != 0) return failed;
  }
  return 0;
}
