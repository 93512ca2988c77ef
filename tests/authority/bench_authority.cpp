// Measures construction, hits and misses of a TLD: bench_authority [members].
//
// Prints one line of JSON; `hash` is that of the answers and must not change with the machine.
#include <chrono>
#include <cstdlib>
#include <sys/resource.h>

#include <fmt/format.h>

#include "zone_testing.h"
#include "zonefall/authority/server.h"
#include "zonefall/authority/zone_finder.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/rng.h"

namespace zonefall::authority {

using namespace testing;  // NOLINT: test helpers

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

long peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/// Resident now, from the kernel's count of pages.
long resident_kilobytes() {
  long pages = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return pages * 4;
}

struct Timed {
  double ns_each = 0;
  std::uint64_t hash = 0;
};

Timed ask_all(const NameServer& server, const std::vector<ServerQuery>& queries, int rounds,
              AnswerMemo& memo) {
  Fingerprint fingerprint;
  const SimTime now = test_time();
  const auto start = Clock::now();
  for (int round = 0; round < rounds; ++round) {
    for (const ServerQuery& query : queries) {
      const auto answer = reply(server, server.sites.front(), query, now, memo);
      fingerprint.mix(answer->wire_octets);
    }
  }
  const double count = static_cast<double>(queries.size()) * rounds;
  return {seconds_since(start) * 1e9 / count, fingerprint.value()};
}

std::vector<ServerQuery> make_queries(std::uint64_t members, std::size_t count,
                                      std::uint64_t entity) {
  Rng rng({1, entity, purpose("bench")});
  std::vector<ServerQuery> queries;
  for (std::size_t i = 0; i < count; ++i) {
    const auto name = fmt::format("www.n{}.de.", rng.below(members));
    queries.push_back({question_of(name, "A"), dns::Edns{1232, 0, true, {}, {}}, Transport::udp});
  }
  return queries;
}

/// Answers of hosted children that nobody has asked before, with one signature state.
Timed ask_children(std::uint64_t members, std::uint32_t signed_ppm) {
  HostedChildrenSettings settings;
  settings.population = population_settings("de.", members, signed_ppm);
  settings.address_ttls = {{300, 1}, {3600, 2}};
  settings.window = window_at(test_time());
  NameServer server;
  server.name = dns::Name::literal("ns1.hosting-one.test.");
  server.sites = {{"one", {}, {}, make_hosted_children(settings).value()}};
  AnswerMemo memo(1'000'000);
  return ask_all(server, make_queries(members, 20'000, 2), 1, memo);
}

int run(std::uint64_t members) {
  ListedZone zone = tld_zone("de.");
  zone.denial = nsec3_opt_out();
  const auto population =
      make_procedural_population(population_settings("de.", members, 40'000)).value();
  const long before_kb = resident_kilobytes();
  const auto start = Clock::now();
  const auto content = make_populated_content(std::move(zone), population).value();
  const double build_s = seconds_since(start);
  const long content_kb = resident_kilobytes() - before_kb;

  const Keys keys = make_rsa_keys(1);
  NameServer server;
  server.name = dns::Name::literal("a.nic.de.");
  server.sites = {
      {"one", {{make_constant_history(sign_version(content, {keys, keys.zsk})), {}}}, {}}};
  AnswerMemo memo(1'000'000);
  const auto tail = make_queries(members, 20'000, 1);
  const long before_memo_kb = resident_kilobytes();
  const Timed miss = ask_all(server, tail, 1, memo);
  const std::uint64_t misses = memo.misses();
  const double memo_octets_each = static_cast<double>(resident_kilobytes() - before_memo_kb) *
                                  1024 / static_cast<double>(misses);
  const Timed hit_far = ask_all(server, tail, 20, memo);
  const Timed hit_near = ask_all(server, make_queries(members, 500, 1), 800, memo);
  const Timed unsigned_child = ask_children(members, 0);
  const Timed signed_child = ask_children(members, 1'000'000);
  fmt::print(
      "{{\"members\": {}, \"chain\": {}, \"build_s\": {:.2f}, \"content_mb\": {:.1f}, "
      "\"peak_mb\": {:.1f}, \"ns_per_miss\": {:.0f}, \"ns_per_hit_of_20000\": {:.0f}, "
      "\"ns_per_hit_of_500\": {:.0f}, \"octets_per_answer\": {:.0f}, "
      "\"ns_per_unsigned_child\": {:.0f}, \"ns_per_signed_child\": {:.0f}, \"hash\": "
      "\"{:016x}\"}}\n",
      members, content->denial()->size(), build_s, static_cast<double>(content_kb) / 1024,
      static_cast<double>(peak_kilobytes()) / 1024, miss.ns_each, hit_far.ns_each, hit_near.ns_each,
      memo_octets_each, unsigned_child.ns_each, signed_child.ns_each, miss.hash);
  return miss.hash != 0 && memo.misses() == misses ? 0 : 1;
}

}  // namespace

}  // namespace zonefall::authority

int main(int argc, char** argv) {
  const std::uint64_t members = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 17'900'000;
  return zonefall::authority::run(members);
}
