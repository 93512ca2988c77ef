// Measures a TLD and hosted children: bench_authority [members].
//
// Prints one line of JSON. For each kind of answer: what it costs to make it and to have it again
// from the memo, in nanoseconds and calls of operator new. `hash` is that of the answers and must
// not change with the machine.
#include <chrono>
#include <cstdlib>
#include <sys/resource.h>

#include <fmt/format.h>

#include "allocations.h"
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

/// What one answer costs.
struct Cost {
  double ns = 0;
  double allocations = 0;
};

template <typename Ask>
Cost cost_of(std::size_t count, const Ask& ask) {
  const std::uint64_t allocations_before = zonefall::testing::allocations();
  const auto start = Clock::now();
  for (std::size_t i = 0; i < count; ++i) ask(i);
  const double s = seconds_since(start);
  return {s * 1e9 / static_cast<double>(count),
          static_cast<double>(zonefall::testing::allocations() - allocations_before) /
              static_cast<double>(count)};
}

/// Questions of one kind to the one zone or the one finder of a site.
struct Kind {
  std::string_view name;
  const NameServer& server;
  std::vector<dns::Question> questions;
};

Answer make_answer(const Site& site, const dns::Question& question) {
  const AnswerOptions options;
  if (site.finder != nullptr) return answer(*site.finder->find(question.qname), question, options);
  return answer(*site.zones.front().history->entries().front().version, question, options);
}

/// Makes each answer once, then asks a warm memo for them in turn.
std::string measure(const Kind& kind, Fingerprint& fingerprint) {
  const Site& site = kind.server.sites.front();
  std::vector<ServerQuery> queries;
  for (const dns::Question& question : kind.questions) {
    queries.push_back({question, dns::Edns{1232, 0, true, {}, {}}, Transport::udp});
    fingerprint.mix(make_answer(site, question).wire_octets);
  }
  const std::size_t count = queries.size();
  const Cost made = cost_of(20'000, [&](std::size_t i) {
    const Answer answer = make_answer(site, kind.questions[i % count]);
    if (answer.message == nullptr) std::abort();
  });
  AnswerMemo memo(100'000);
  const auto ask = [&](std::size_t i) {
    const auto answer = reply(kind.server, site, queries[i % count], test_time(), memo);
    if (!answer) std::abort();
  };
  for (std::size_t i = 0; i < 3 * count; ++i) ask(i);
  const std::uint64_t misses = memo.misses();
  const Cost hit = cost_of(200'000, ask);
  const double missed = static_cast<double>(memo.misses() - misses) / 200'000;
  return fmt::format(
      "\"{}\": {{\"made_ns\": {:.0f}, \"made_allocations\": {:.1f}, \"hit_ns\": {:.0f}, "
      "\"hit_allocations\": {:.2f}, \"missed\": {:.3f}}}",
      kind.name, made.ns, made.allocations, hit.ns, hit.allocations, missed);
}

/// Members of the population that are signed or not, each with `front` before its name.
std::vector<dns::Question> questions_for(const Population& population, bool is_signed,
                                         std::string_view front, std::string_view qtype) {
  constexpr std::size_t count = 2'000;
  Rng rng({1, 1, purpose("bench")});
  std::vector<dns::Question> questions;
  while (questions.size() < count) {
    const std::uint64_t id = rng.below(population.size());
    if (population.is_signed(id) != is_signed) continue;
    questions.push_back(question_of(fmt::format("{}{}.de.", front, population.label(id)), qtype));
  }
  return questions;
}

std::vector<dns::Question> missing_names() {
  std::vector<dns::Question> questions;
  questions.reserve(2'000);
  for (int i = 0; i < 2'000; ++i) {
    questions.push_back(question_of(fmt::format("www.missing{}.de.", i), "A"));
  }
  return questions;
}

NameServer hosting_server(std::uint64_t members) {
  HostedChildrenSettings settings;
  settings.population = population_settings("de.", members, 40'000);
  settings.address_ttls = {{300, 1}, {3600, 2}};
  settings.window = window_at(test_time());
  NameServer server;
  server.name = dns::Name::literal("ns1.hosting-one.test.");
  server.sites = {{"one", {}, {}, make_hosted_children(settings).value()}};
  return server;
}

/// Resident octets of each of the answers that a memo remembers.
double octets_per_answer(const NameServer& server, std::uint64_t members) {
  AnswerMemo memo(1'000'000);
  std::vector<ServerQuery> queries;
  Rng rng({1, 2, purpose("bench")});
  for (std::size_t i = 0; i < 20'000; ++i) {
    const auto name = fmt::format("www.n{}.de.", rng.below(members));
    queries.push_back({question_of(name, "A"), dns::Edns{1232, 0, true, {}, {}}, Transport::udp});
  }
  const long before_kb = resident_kilobytes();
  for (int round = 0; round < 2; ++round) {
    for (const ServerQuery& query : queries) {
      if (!reply(server, server.sites.front(), query, test_time(), memo)) std::abort();
    }
  }
  return static_cast<double>(resident_kilobytes() - before_kb) * 1024 /
         static_cast<double>(queries.size());
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
  NameServer tld;
  tld.name = dns::Name::literal("a.nic.de.");
  tld.sites = {{"one", {{make_constant_history(sign_version(content, {keys, keys.zsk})), {}}}, {}}};
  const NameServer hosting = hosting_server(members);
  const double answer_octets = octets_per_answer(tld, members);
  Fingerprint fingerprint;
  std::string kinds;
  const std::vector<Kind> all = {
      {"unsigned_referral", tld, questions_for(*population, false, "www.", "A")},
      {"signed_referral", tld, questions_for(*population, true, "www.", "A")},
      {"missing_name", tld, missing_names()},
      {"dnskey", tld, {question_of("de.", "DNSKEY")}},
      {"unsigned_child_a", hosting, questions_for(*population, false, "www.", "A")},
      {"unsigned_child_aaaa", hosting, questions_for(*population, false, "www.", "AAAA")},
      {"signed_child_a", hosting, questions_for(*population, true, "www.", "A")},
      {"signed_child_aaaa", hosting, questions_for(*population, true, "www.", "AAAA")},
      {"signed_child_dnskey", hosting, questions_for(*population, true, "", "DNSKEY")}};
  for (const Kind& kind : all) kinds += measure(kind, fingerprint) + ", ";
  fmt::print(
      "{{\"members\": {}, \"chain\": {}, \"build_s\": {:.2f}, \"content_mb\": {:.1f}, "
      "\"peak_mb\": {:.1f}, \"octets_per_answer\": {:.0f}, {}\"hash\": \"{:016x}\"}}\n",
      members, content->denial()->size(), build_s, static_cast<double>(content_kb) / 1024,
      static_cast<double>(peak_kilobytes()) / 1024, answer_octets, kinds, fingerprint.value());
  return fingerprint.value() != 0 ? 0 : 1;
}

}  // namespace

}  // namespace zonefall::authority

int main(int argc, char** argv) {
  const std::uint64_t members = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 17'900'000;
  return zonefall::authority::run(members);
}
