// Goal: whatever arrives, in whatever order, the resolver ends in replies: exactly one for each
// client query, at its deadline at the latest, after bounded work: queries sent and signatures
// checked for one client query keep to what ResolverProfile says. A byte string drives the profile,
// queries, responses (right, mutated, made up by an attacker who owns zones, or decoded octets),
// timeouts, leaps of time, wake-ups, operators.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fuzz_input.h"
#include "hostile_server.h"
#include "small_internet.h"
#include "zonefall/authority/server.h"
#include "zonefall/core/assert.h"
#include "zonefall/resolver/resolver.h"

namespace {

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::RRType;

/// One server that serves all zones of the small Internet, made once.
struct Servers {
  SmallInternet internet;
  std::map<dns::Address, authority::NameServer> by_address;
  authority::AnswerMemo memo;

  Servers() {
    ZonePlan& tld = internet.zone("tld.");
    tld.text +=
        "loop 60 IN CNAME loop2\nloop2 60 IN CNAME loop\nself 0 IN NS ns.self\n"
        "moved 60 IN DNAME signed.tld.\n";
    ZonePlan& other = internet.zone("other.");
    other.signing_zsk = make_key_like(other.zsk, "again");
    for (const auto& [apex, plan] : internet.zones()) {
      const auto history = authority::make_constant_history(internet.version(apex));
      for (const std::string& text : plan.addresses) {
        const dns::Address address = dns::Address::parse(text).value();
        authority::NameServer& server = by_address[address];
        server.name = dns::Name::literal("s.");
        server.sites.resize(1);
        server.sites.front().zones.push_back({history, {}});
      }
    }
  }
};

Servers& servers() {
  static Servers made;
  return made;
}

Duration seconds_below(Input& in, std::size_t bound) {
  return Duration::seconds(static_cast<std::int64_t>(in.below(bound)));
}

ResolverProfile profile_of(Input& in) {
  ResolverProfile p;
  p.validates = in.below(8) != 0;
  p.qname_minimisation = static_cast<QnameMinimisation>(in.below(3));
  p.no_ds_proof = static_cast<NoDsProof>(in.below(2));
  p.chain_timing = static_cast<ChainTiming>(in.below(3));
  p.synthesises_no_ds = in.flag();
  p.validates_cd_queries = in.flag();
  p.answers_cd_from_cache = in.flag();
  p.failures_apart_by_cd = in.flag();
  p.bogus_retry.walks_denial_owners = in.flag();
  p.bogus_retry.answer_queries_max = static_cast<std::uint32_t>(in.below(4));
  p.failure_caching.delegation_ttl = Duration::seconds(in.next());
  p.failure_caching.bogus_record_ttl_max = Duration::seconds(in.next());
  p.failure_caching.unreachable_ttl = seconds_below(in, 4);
  p.serve_stale.enabled = in.flag();
  p.serve_stale.on_bogus = static_cast<StaleRule>(in.below(3));
  p.serve_stale.on_unreachable = static_cast<StaleRule>(in.below(3));
  const Duration timers[] = {Duration(), Duration::milliseconds(1800), Duration::max()};
  p.serve_stale.client_timeout = timers[in.below(3)];
  p.serve_stale.recheck_on_bogus = seconds_below(in, 8);
  p.serve_stale.negative_needs_unchanged_proof = in.flag();
  p.nta.recheck = Duration::seconds(in.next());
  p.nta.flushes_on_install = in.flag();
  p.nta.cached_keys_win = in.flag();
  p.nta.keeps_failed_negatives = in.flag();
  p.nta.delegations_stay_insecure = p.nta.keeps_failed_negatives;
  p.signature_validations_max = static_cast<std::uint32_t>(1 + in.next() * 4);
  return p;
}

void draw_rarer_knobs(Input& in, ResolverProfile& p) {
  p.asks_ds_before_keys = in.flag();
  p.learns_cuts = in.flag();
  p.primes_root = in.flag();
  p.synthesises_denials = in.flag();
  p.minimisation_is_strict = in.flag();
  p.minimised_timeouts_max = static_cast<std::uint32_t>(in.below(3));
  p.missing_keys_are_bogus = in.flag();
  p.validates_on_request = in.flag();
  p.validation.drops_failed_anchors = in.flag();
  p.validation.needs_all_ds_algorithms = in.flag();
  p.bogus_retry.unknown_key_asks_ds = in.flag();
  p.bogus_retry.crypto_failures_max = static_cast<std::uint32_t>(in.below(4));
  p.bogus_retry.retries_unproved_denials = in.flag();
  p.serve_stale.serves_after_limits = in.flag();
  p.serve_stale.failed_fetch_begins_anew = in.flag();
  p.upstream.asks_caches_last = in.flag();
  p.upstream.believes_any_glue = in.flag();
  p.upstream.dnssec_lame_tries = static_cast<std::uint32_t>(in.below(4));
  p.upstream.doubts_empty = in.flag();
  p.upstream.rounds_max = static_cast<std::uint32_t>(in.below(3));
  p.upstream.sends_per_server_max = static_cast<std::uint32_t>(1 + in.below(8));
  p.upstream.signatures_per_rrset_max = static_cast<std::uint32_t>(1 + in.below(8));
  p.upstream.sends_per_tree_max = static_cast<std::uint32_t>(in.below(64));
  p.answers.drops_unknown = in.flag();
  p.upstream.verifies_glue = in.flag();
  p.upstream.errors_are_for_edns = in.flag();
}

// What one RRset or denial may cost once it was begun: four RRsets of a proof at most, each with
// the signatures and keys of dnssec::ValidationLimits.
constexpr std::uint64_t checks_past_bound_max = 4ULL * 8 * 4;

/// For explanations, which must not change anything.
struct CountingTracer final : Tracer {
  void step(const TraceStep& step) override { octets += step.detail.size(); }
  std::size_t octets = 0;
};

class Run {
 public:
  explicit Run(std::span<const std::uint8_t> octets) : in_(octets), resolver_(config()) {
    if (is_traced_) resolver_.set_tracer(&tracer_);
  }

  void go() {
    for (int steps = 0; !in_.is_over() && steps < 400; ++steps) step();
    // Nothing more arrives: timeouts and wake-ups alone must end it.
    for (int rounds = 0; !waiting_.empty(); ++rounds) {
      ZF_ASSERT(rounds < 10'000);
      advance();
    }
    Resolver copy = resolver_;
    ZF_ASSERT(copy.state_hash() == resolver_.state_hash());
  }

 private:
  struct Open {
    SendQuery query;
    SimTime timeout_at;
  };

  ResolverConfig config() {
    ResolverProfile profile = profile_of(in_);
    const std::uint8_t bits = in_.next();
    is_traced_ = (bits & 1) != 0;
    is_lone_ = (bits & 6) == 0;
    if (is_lone_) profile.serve_stale.enabled = false;  // no work for a query outlives it
    profile.answers.more = static_cast<MoreInAnswers>((bits >> 3) % 3);
    profile.answers.drops_ns_in_positive = (bits & 32) != 0;
    profile.nxdomain_covers_below = (bits & 64) != 0;
    ResolverConfig config;
    config.root_hints = SmallInternet::root_hints();
    config.trust_anchors = {servers().internet.anchor(".")};
    config.verifier = std::make_shared<const dnssec::IdentityVerifier>();
    if ((bits & 128) != 0) config.verdicts = &verdicts_;
    const std::uint8_t where = in_.next();
    if (where % 4 == 3) {
      draw_rarer_knobs(in_, profile);
      if (in_.flag()) config.nsec3_iterations_by_key_size = {{256, 3}, {1024, 40}};
    }
    profile_ = std::make_shared<const ResolverProfile>(profile);
    config.profile = profile_;
    if (where >= 192) {
      config.fixed_servers = {{draw_name(in_), {dns::Address::v4({192, 0, 2, 21})}, where >= 224}};
      resolver::FixedServers& fixed = config.fixed_servers.front();
      fixed.is_primed = where % 8 == 1;
      fixed.is_first_try = where % 8 == 3;
      fixed.is_uncached = where % 8 == 5;
      if (where % 16 >= 8) fixed.names = {draw_name(in_)};
      config.uses_ipv6 = where % 2 == 0;
    }
    return config;
  }

  void step() {
    switch (in_.below(8)) {
      case 0:
      case 1: query(); break;
      case 2:
      case 3:
      case 4: respond(); break;
      case 5: advance(); break;
      case 6: leap(in_.next()); break;
      case 7: operate(); break;
    }
  }

  // Seconds, or hours where nobody waits: then all timers are late.
  void leap(std::int64_t octet) {
    const bool is_long = octet >= 224 && waiting_.empty();
    const SimTime later =
        now_ + (is_long ? Duration::hours(octet - 223) : Duration::milliseconds(octet * 16));
    if (is_long) now_ = later;
    while (next_timer() <= later) advance();
    now_ = later;
  }

  void query() {
    if (is_lone_ && !waiting_.empty()) return;
    ClientQuery query;
    query.token = next_token_++;
    query.question = {draw_name(in_), draw_type(in_), dns::RRClass::in};
    const std::uint8_t bits = in_.next();
    query.dnssec_ok = (bits & 1) != 0;
    query.checking_disabled = (bits & 2) != 0;
    query.recursion_desired = (bits & 28) != 28;
    waiting_[query.token] = now_ + profile_->upstream.query_deadline;
    if (is_lone_) before_ = resolver_.counters();
    resolver_.on_client_query(query, now_, actions_);
    carry_out();
  }

  void respond() {
    if (open_.empty()) return;
    const std::size_t at = in_.below(open_.size());
    const SendQuery query = open_[at].query;
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at));
    const auto message = response(query);
    if (message) {
      resolver_.on_response(query.exchange, message, now_, actions_);
      // Said twice, and of an exchange that nobody began.
      const std::size_t actions_before = actions_.sends.size() + actions_.replies.size();
      resolver_.on_response(query.exchange, message, now_, actions_);
      resolver_.on_response(~query.exchange, message, now_, actions_);
      ZF_ASSERT(actions_.sends.size() + actions_.replies.size() == actions_before);
    } else {
      resolver_.on_timeout(query.exchange, now_, actions_);
    }
    carry_out();
  }

  dns::MessagePtr response(const SendQuery& query) {
    const std::uint8_t how = in_.next();
    if (how < 16) {
      auto decoded = dns::decode(in_.take(how * 4U));
      if (!decoded) return nullptr;
      return std::make_shared<const dns::Message>(std::move(decoded).value());
    }
    const auto server = servers().by_address.find(query.server);
    if (server == servers().by_address.end()) {
      return how < 96 ? nullptr : made_up(query.question, {});
    }
    std::optional<dns::Edns> edns;
    if (query.has_edns) edns = dns::Edns{.dnssec_ok = query.dnssec_ok};
    const auto answer =
        authority::reply(server->second, server->second.sites.front(),
                         {query.question, edns, authority::Transport::tcp}, now_, servers().memo);
    if (!answer) return nullptr;
    if (how < 96) return answer->message;
    if (how < 192) return made_up(query.question, *answer->message);
    return mutate(*answer->message, how);
  }

  dns::MessagePtr made_up(const dns::Question& asked, dns::Message message) {
    HostileServer(servers().internet, in_, now_).spoil(asked, message);
    return std::make_shared<const dns::Message>(std::move(message));
  }

  dns::MessagePtr mutate(dns::Message message, std::uint8_t how) {
    if (how >= 224) {  // through octets, some of them changed
      dns::Octets octets = dns::encode(message).octets;
      for (std::size_t n = in_.below(4); n > 0; --n) {
        octets[(in_.next() * 256U + in_.next()) % octets.size()] = in_.next();
      }
      auto decoded = dns::decode(octets);
      if (!decoded) return nullptr;
      return std::make_shared<const dns::Message>(std::move(decoded).value());
    }
    switch (in_.below(8)) {
      case 0: message.rcode = static_cast<dns::Rcode>(in_.below(16)); break;
      case 1: message.answer.clear(); break;
      case 2: message.authority.clear(); break;
      case 3: message.additional.clear(); break;
      case 4: message.flags.tc = true; break;
      case 5: std::swap(message.answer, message.authority); break;
      case 6:
        for (auto& entry : message.answer) entry.rrset = entry.rrset->with_owner(draw_name(in_));
        break;
      case 7:
        for (auto& entry : message.authority) entry.rrset = entry.rrset->with_owner(draw_name(in_));
        break;
    }
    return std::make_shared<const dns::Message>(std::move(message));
  }

  void operate() {
    if (is_lone_) return;
    const dns::Name name = draw_name(in_);
    const std::uint8_t what = in_.next();
    if (what < 96) {
      resolver_.on_operator(InstallNta{name}, now_, actions_);
    } else if (what < 160) {
      resolver_.on_operator(RemoveNta{name}, now_, actions_);
    } else {
      resolver_.on_operator(Flush{static_cast<Flush::What>(what % 4), name}, now_, actions_);
    }
    carry_out();
  }

  [[nodiscard]] SimTime next_timer() const {
    SimTime next = wake_at_.value_or(SimTime::max());
    for (const Open& open : open_) next = std::min(next, open.timeout_at);
    return next;
  }

  // To the next timer, and runs it.
  void advance() {
    const SimTime next = next_timer();
    if (next == SimTime::max()) return;
    now_ = std::max(now_, next);
    const auto due = std::find_if(open_.begin(), open_.end(),
                                  [&](const Open& open) { return open.timeout_at <= now_; });
    if (due != open_.end()) {
      const std::uint64_t exchange = due->query.exchange;
      open_.erase(due);
      resolver_.on_timeout(exchange, now_, actions_);
    } else {
      resolver_.on_wake(now_, actions_);
    }
    carry_out();
  }

  void carry_out() {
    const Actions actions = std::exchange(actions_, {});
    sends_ += actions.sends.size();
    for (const SendQuery& query : actions.sends) open_.push_back({query, now_ + query.timeout});
    for (const ClientReply& reply : actions.replies) {
      const auto waiting = waiting_.find(reply.token);
      ZF_ASSERT(waiting != waiting_.end());  // once
      ZF_ASSERT(now_ <= waiting->second);    // in time
      waiting_.erase(waiting);
      ZF_ASSERT(reply.rcode == dns::Rcode::servfail || reply.data != nullptr);
      ZF_ASSERT(!reply.standing_until || *reply.standing_until >= now_);
    }
    wake_at_ = actions.wake_at;
    ZF_ASSERT(waiting_.empty() || wake_at_);
    // A query may refresh an answer besides.
    ZF_ASSERT(sends_ <= sends_max() * (2 * next_token_ + rechecks()));
    if (is_lone_) check_cost();
  }

  [[nodiscard]] std::uint64_t sends_max() const { return profile_->upstream.tree_sends_max(); }

  // Of the only query there is.
  void check_cost() {
    const ResolverCounters& after = resolver_.counters();
    ZF_ASSERT(after.exchanges - before_.exchanges <= sends_max());
    ZF_ASSERT(after.signature_validations - before_.signature_validations <=
              profile_->signature_validations_max + checks_past_bound_max);
    if (!waiting_.empty()) return;
    // What is still open is nobody's any more.
    for (const Open& open : std::exchange(open_, {})) {
      resolver_.on_timeout(open.query.exchange, now_, actions_);
    }
    ZF_ASSERT(actions_.sends.empty() && actions_.replies.empty());
    if (actions_.wake_at) wake_at_ = actions_.wake_at;
    actions_.clear();
  }

  // Each NTA may make the resolver look again by itself, every now and then.
  [[nodiscard]] std::uint64_t rechecks() const {
    return static_cast<std::uint64_t>((now_ - start_time).to_seconds()) + 1;
  }

  Input in_;
  bool is_traced_ = false;
  bool is_lone_ = false;  // one client query at a time, and no operator
  CountingTracer tracer_;
  VerdictMemo verdicts_{64};
  std::shared_ptr<const ResolverProfile> profile_;
  Resolver resolver_;
  Actions actions_;
  SimTime now_ = start_time;
  std::vector<Open> open_;
  std::optional<SimTime> wake_at_;
  std::map<std::uint64_t, SimTime> waiting_;  // token -> deadline
  std::uint64_t next_token_ = 1;
  std::uint64_t sends_ = 0;
  ResolverCounters before_;  // the query in hand, if it is alone
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Run({data, size}).go();
  return 0;
}
