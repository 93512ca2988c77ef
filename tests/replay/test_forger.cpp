// Goal: an attacker ends the exchanges that he can reach, as often as he is said to, and no others;
// what follows is the resolver's doing.
#include <cmath>
#include <set>

#include <catch2/catch.hpp>

#include "replay/network.h"
#include "small_world.h"

namespace zonefall::replay {

using namespace testing;  // NOLINT: test helpers
using dns::RRType;
using outcome::Harm;
using outcome::Outcome;

namespace {

using Position = Attacker::Position;
constexpr std::int64_t attacked_from = 40;
constexpr std::int64_t attacked_until = 140;

dns::Name www(std::uint64_t member) {
  return dns::Name::literal("www.n" + std::to_string(member) + ".de.");
}

Attacker attacker_of(std::vector<dns::Name> names, std::uint32_t success_ppm) {
  std::sort(names.begin(), names.end());
  return {Position::off_path,     std::move(names), minute(attacked_from),
          minute(attacked_until), success_ppm,      86'400};
}

World attacked_world(Position position, std::uint32_t success_ppm) {
  World world = make_world(healthy_tld(), {cohort("plain", unbound_like())});
  world.attacker = attacker_of({www(1), www(2)}, success_ppm);
  world.attacker->position = position;
  return world;
}

/// Exchanges of one resolver with a server that children are asked at.
class Exchanges {
 public:
  explicit Exchanges(const World& world)
      : index_(world), network_(index_, memo_), latency_(world.cohorts[0].latency) {}

  Ending ask(const dns::Name& name, RRType type, std::int64_t at,
             resolver::Transport transport = resolver::Transport::udp, std::uint64_t number = 1) {
    resolver::SendQuery query;
    query.exchange = number;
    query.server = dns::Address::v4({203, 0, 113, 1});
    query.question = {name, type};
    query.transport = transport;
    query.timeout = Duration::seconds(2);
    return network_.exchange({7, 0, latency_}, query, minute(at));
  }

 private:
  authority::AnswerMemo memo_;
  WorldIndex index_;
  Network network_;
  Latency latency_;
};

bool is_forged(const World& world, const Ending& ending) {
  const Forger forger(world);
  return ending.message != nullptr && !ending.message->answer.empty() &&
         forger.is_forged(*ending.message->answer.front().rrset);
}

/// The names that are asked for most.
std::vector<dns::Name> popular(const Cohort& of, const World& world, std::uint32_t count) {
  std::set<dns::Name> names;
  for (std::uint32_t rank = 0; rank < count; ++rank) {
    names.insert(world.names->name(of.popularity->head_id(rank)));
  }
  return {names.begin(), names.end()};
}

// Under the fault some give stale, bogus or unvalidated answers, each of which may be spoofed.
World busy_world(const Tld& tld) {
  const dns::Name de = dns::Name::literal("de.");
  Cohort helped = cohort("helped", bind_like());
  helped.actions = {{minute(70), Duration::minutes(10), resolver::InstallNta{de, {}}}};
  std::vector<Cohort> cohorts = {cohort("strict", unbound_like()), cohort("stale", stale_like()),
                                 cohort("permissive", permissive_like()), std::move(helped)};
  for (Cohort& each : cohorts) each.rates.mean_per_day = 150'000;
  World world = make_world(tld, std::move(cohorts));
  world.past = Duration::days(1);
  world.attacker = attacker_of(popular(world.cohorts[0], world, 150), 100'000);
  world.attacker->ttl_s = 600;
  return world;
}

}  // namespace

TEST_CASE("An attacker forges answers to address questions for his names, while he is there") {
  const World world = attacked_world(Position::off_path, 1'000'000);
  Exchanges exchanges(world);
  const auto forged = [&](const Ending& ending) { return is_forged(world, ending); };
  for (const RRType type : {RRType::a, RRType::aaaa}) {
    const Ending ending = exchanges.ask(www(1), type, attacked_from);
    REQUIRE(forged(ending));
    const dns::SignedRRset& said = ending.message->answer.front();
    CHECK(said.rrset->type() == type);
    CHECK(said.rrset->owner() == www(1));
    CHECK(said.rrset->ttl_s() == 86'400);
    CHECK(said.rrsigs.empty());
    CHECK(ending.message->flags.aa);
    REQUIRE(ending.load);  // the server answered too
    CHECK(ending.load->octets > 0);
  }
  CHECK(forged(exchanges.ask(dns::Name::literal("WWW.N2.DE."), RRType::a, attacked_from)));
  CHECK_FALSE(forged(exchanges.ask(www(3), RRType::a, attacked_from)));
  CHECK_FALSE(forged(exchanges.ask(www(1), RRType::ns, attacked_from)));
  CHECK_FALSE(forged(exchanges.ask(www(1), RRType::a, attacked_from - 1)));
  CHECK_FALSE(forged(exchanges.ask(www(1), RRType::a, attacked_until)));
}

TEST_CASE("Only who sits on the path reaches into TCP") {
  const auto tcp = resolver::Transport::tcp;
  const World off = attacked_world(Position::off_path, 1'000'000);
  CHECK_FALSE(is_forged(off, Exchanges(off).ask(www(1), RRType::a, attacked_from, tcp)));
  const World on = attacked_world(Position::on_path, 1'000'000);
  CHECK(is_forged(on, Exchanges(on).ask(www(1), RRType::a, attacked_from, tcp)));
}

TEST_CASE("He comes first in his share of exchanges, the same ones each time") {
  constexpr std::uint32_t exchanged = 20'000;
  const World world = attacked_world(Position::off_path, 250'000);
  const World without = make_world(healthy_tld(), {cohort("plain", unbound_like())});
  Exchanges exchanges(world);
  Exchanges again(world);
  Exchanges alone(without);
  std::uint32_t forged = 0;
  const auto udp = resolver::Transport::udp;
  for (std::uint64_t number = 1; number <= exchanged; ++number) {
    const Ending ending = exchanges.ask(www(1), RRType::a, attacked_from, udp, number);
    const bool is_his = is_forged(world, ending);
    forged += is_his;
    const Ending same = again.ask(www(1), RRType::a, attacked_from, udp, number);
    const Ending genuine = alone.ask(www(1), RRType::a, attacked_from, udp, number);
    REQUIRE(are_alike(same, ending));
    REQUIRE(are_alike(genuine, ending) != is_his);
    REQUIRE(genuine.load == ending.load);
    if (is_his) REQUIRE(ending.at < genuine.at);
  }
  const double sd = std::sqrt(exchanged * 0.25 * 0.75);
  CHECK(std::abs(forged - exchanged * 0.25) < 5 * sd);
}

TEST_CASE("Spoofed answers are counted as they are drawn, standing ones too") {
  const World world = busy_world(faulty_tld());
  ReplayOptions options;
  const ReplayResult fast = run(world, options);
  options.hits = Hits::events;
  const ReplayResult every = run(world, options);
  CHECK(fast.fingerprint == every.fingerprint);
  CHECK(every.broken_promises == 0);
  for (std::uint32_t c = 0; c < world.cohorts.size(); ++c) {
    CHECK(harmed_lookups(fast.tally, c, Harm::spoofed, {counted_from, attacked_from}) == 0);
    for (std::int64_t at = attacked_from; at < counted_until; at += 30) {
      const auto counted = harmed_lookups(fast.tally, c, Harm::spoofed, {at, at + 30});
      const auto drawn = harmed_lookups(every.tally, c, Harm::spoofed, {at, at + 30});
      CAPTURE(c, at, counted, drawn);
      CHECK(counted > 500);
      const auto most = static_cast<double>(std::max(counted, drawn));
      CHECK(std::abs(static_cast<double>(counted - drawn)) <= 5 * std::sqrt(most) + 1);
      CHECK(counted < all_lookups(fast.tally, c, {at, at + 30}));
    }
  }
}

TEST_CASE("A pair under attack gives what each of its runs gives alone") {
  const World faulty = busy_world(faulty_tld());
  const World healthy = busy_world(healthy_tld());
  ReplayOptions options;
  options.threads = 2;
  const auto pair = replay_pair(faulty, healthy.servers, options);
  REQUIRE(pair.ok());
  const ReplayResult bad = run(faulty, options);
  const ReplayResult good = run(healthy, options);
  CHECK(pair.value().first.tally == bad.tally);
  CHECK(pair.value().second.tally == good.tally);
  CHECK(pair.value().first.fingerprint == bad.fingerprint);
  CHECK(pair.value().second.fingerprint == good.fingerprint);
  CHECK_FALSE(bad.tally == good.tally);
}

TEST_CASE("An attacker of whom nobody can make sense is refused") {
  World world = attacked_world(Position::off_path, 1'000'000);
  CHECK(check(world).ok());
  world.attacker->success_ppm += 1;
  CHECK_FALSE(check(world).ok());
  world.attacker->success_ppm = 0;
  world.attacker->names = {www(2), www(1)};
  CHECK_FALSE(check(world).ok());
  world.attacker->names = {};
  CHECK_FALSE(check(world).ok());
  world.attacker->names = {www(1)};
  world.attacker->until = world.attacker->from - Duration::seconds(1);
  CHECK_FALSE(check(world).ok());
}

}  // namespace zonefall::replay
