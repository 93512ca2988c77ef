// Goal: a failing query explains itself down to the signature, and inquiries see the run's own
// past.
#include <algorithm>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "replay/trace_log.h"
#include "small_world.h"

namespace zonefall::replay {

using namespace testing;  // NOLINT: test helpers
using outcome::Outcome;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string unsigned_member() {
  const auto population = authority::make_procedural_population(faulty_tld().population).value();
  std::uint64_t id = 4'000;
  while (population->is_signed(id)) ++id;
  return population->label(id);
}

Inquiry inquiry_at(std::int64_t at, const std::string& qname) {
  Inquiry inquiry;
  inquiry.resolver = 1;
  inquiry.question = {dns::Name::literal(qname), dns::RRType::a};
  inquiry.at = minute(at);
  return inquiry;
}

}  // namespace

TEST_CASE("A failing query names the apex NSEC3, the key tag and the policy's reason") {
  const World world = make_world(faulty_tld(), {cohort("unbound", unbound_like())});
  const auto result = inquire(world, inquiry_at(95, unsigned_member() + ".de."));
  REQUIRE(result);
  const InquiryResult& asked = result.value();
  CHECK(asked.reply.rcode == dns::Rcode::servfail);
  CHECK(outcome::is_failure(outcome::outcome_of(asked.reply)));
  const std::string text = explain(asked.steps);
  INFO(text);
  const std::string owner = faulty_tld().apex_nsec3.to_text();
  CHECK(has(text, owner.substr(0, 32)));
  CHECK(has(text, "key tag 33834"));
  CHECK(has(text, "NSEC3"));
  CHECK(has(text, "client gets " + unsigned_member() + ".de. A: SERVFAIL"));
  const auto policy = std::find_if(asked.steps.begin(), asked.steps.end(), [](const auto& step) {
    return step.kind == resolver::TraceKind::policy;
  });
  REQUIRE(policy != asked.steps.end());
  CHECK(has(text, policy->detail));
  CHECK(asked.latency > Duration());
}

TEST_CASE("The same query before the fault and after the repair succeeds") {
  const World world = make_world(faulty_tld(), {cohort("bind", bind_like())});
  for (const std::int64_t at : {40, 130}) {
    const auto result = inquire(world, inquiry_at(at, unsigned_member() + ".de."));
    REQUIRE(result);
    CHECK(outcome::outcome_of(result.value().reply) == Outcome::insecure);
  }
}

TEST_CASE("With checking disabled the answer comes through") {
  const World world = make_world(faulty_tld(), {cohort("bind", bind_like())});
  Inquiry inquiry = inquiry_at(95, unsigned_member() + ".de.");
  inquiry.checking_disabled = true;
  const auto result = inquire(world, inquiry);
  REQUIRE(result);
  CHECK(result.value().reply.rcode == dns::Rcode::noerror);
}

TEST_CASE("Samples explain the lookups that the run counts") {
  const World world = make_world(faulty_tld(), {cohort("unbound", unbound_like())});
  ReplayOptions options;
  options.sample_ppm = 200'000;
  const ReplayResult result = run(world, options);
  REQUIRE(result.samples.size() > 500);
  REQUIRE(result.samples.size() <= 1'000);
  const std::int64_t failed = failed_lookups(result.tally, 0);
  std::int64_t failed_samples = 0;
  for (const outcome::SampleRow& row : result.samples) {
    INFO(row.question << "\n" << row.explanation);
    CHECK(has(row.explanation, "client asks " + row.question));
    CHECK(has(row.explanation, "client gets " + row.question));
    const bool is_failure = outcome::is_failure(row.outcome);
    CHECK(has(row.explanation, "SERVFAIL: ") == is_failure);
    failed_samples += is_failure;
    // Of one lookup: nobody else's question is in it.
    const std::string asks = "client asks ";
    CHECK(row.explanation.find(asks) == row.explanation.rfind(asks));
  }
  // About a fifth of them, as far as the first thousand samples reach.
  CHECK(failed_samples * 4 > failed * static_cast<std::int64_t>(result.samples.size()) / 5'000);
}

TEST_CASE("Inquiries outside the run, the cohorts or their resolvers are errors") {
  const World world = make_world(healthy_tld(), {cohort("bind", bind_like())});
  CHECK(!inquire(world, inquiry_at(-1, "n1.de.")));
  CHECK(!inquire(world, inquiry_at(counted_until, "n1.de.")));
  Inquiry inquiry = inquiry_at(40, "n1.de.");
  inquiry.cohort = 1;
  CHECK(!inquire(world, inquiry));
  inquiry.cohort = 0;
  inquiry.resolver = 4;
  CHECK(!inquire(world, inquiry));
}

TEST_CASE("Steps of a pursuit belong to all that wait for it, from when they joined") {
  TraceLog log;
  const auto step = [](std::uint64_t client, std::uint64_t task, std::uint64_t awaited) {
    resolver::TraceStep out;
    out.client = client;
    out.task = task;
    out.awaited = awaited;
    out.kind = awaited != 0 ? resolver::TraceKind::wait : resolver::TraceKind::send;
    return out;
  };
  log.step(step(1, 0, 7));
  log.step(step(0, 7, 8));
  log.step(step(0, 8, 0));
  log.step(step(2, 0, 8));
  log.step(step(0, 8, 0));
  log.step(step(0, 7, 0));
  log.step(step(1, 0, 0));
  log.step(step(2, 0, 0));
  const std::array<std::uint64_t, 1> first = {1};
  const std::array<std::uint64_t, 1> second = {2};
  CHECK(log.steps_for(first).size() == 6);
  CHECK(log.steps_for(second).size() == 3);
}

}  // namespace zonefall::replay
