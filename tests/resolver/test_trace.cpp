// Goal: what a resolver tells a tracer of a resolution is all that belongs to it, in order, and
// telling it changes nothing.
#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "scripted_host.h"
#include "zonefall/resolver/trace.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::RRType;

namespace {

struct Recorder final : Tracer {
  void step(const TraceStep& step) override { steps.push_back(step); }
  [[nodiscard]] std::size_t count(TraceKind kind) const {
    return static_cast<std::size_t>(std::count_if(
        steps.begin(), steps.end(), [&](const TraceStep& step) { return step.kind == kind; }));
  }
  [[nodiscard]] bool has(TraceKind kind, std::string_view detail) const {
    return std::any_of(steps.begin(), steps.end(), [&](const TraceStep& step) {
      return step.kind == kind && step.detail.find(detail) != std::string::npos;
    });
  }
  std::vector<TraceStep> steps;
};

ResolverProfile referral_profile() {
  ResolverProfile profile;
  profile.no_ds_proof = NoDsProof::referral;
  return profile;
}

}  // namespace

TEST_CASE("a trace leads from a client's query through every task to its reply") {
  Recorder trace;
  ScriptedHost host(referral_profile());
  host.resolver().set_tracer(&trace);
  const std::uint64_t token = host.submit({.name = "www.signed.tld."});
  host.run_for(Duration::seconds(5));
  REQUIRE(host.reply(token) != nullptr);

  CHECK(trace.steps.front().kind == TraceKind::client_query);
  CHECK(trace.steps.front().client == token);
  CHECK(trace.steps.back().kind == TraceKind::client_reply);
  CHECK(trace.steps.back().client == token);
  CHECK(trace.count(TraceKind::send) == host.sent().size());
  CHECK(trace.count(TraceKind::response) == host.sent().size());
  CHECK(trace.has(TraceKind::validation, "DS of the referral: secure"));
  CHECK(trace.has(TraceKind::policy, "validated: secure"));
  // Whoever does something was waited for, by the client in the end.
  std::set<std::uint64_t> awaited;
  for (const TraceStep& step : trace.steps) {
    if (step.kind == TraceKind::wait) awaited.insert(step.awaited);
    if (step.task != 0) CHECK(awaited.contains(step.task));
  }
}

TEST_CASE("a trace names timeouts, denials, and what came from the cache") {
  Recorder trace;
  ScriptedHost host(referral_profile());
  host.resolver().set_tracer(&trace);
  host.script("192.0.2.41").loses = 1;
  CHECK(host.ask("www.plain.tld.").served == Served::insecure);
  CHECK(trace.count(TraceKind::timeout) == 1);
  CHECK(trace.has(TraceKind::validation, "no DS, from the referral: insecure"));
  CHECK(trace.count(TraceKind::cache_hit) == 0);
  host.ask("www.plain.tld.");
  CHECK(trace.count(TraceKind::cache_hit) == 1);
  for (const TraceStep& step : trace.steps) CHECK_FALSE(to_text(step.kind).empty());
}

TEST_CASE("a traced resolver does what one does that nobody looks at") {
  Recorder trace;
  ScriptedHost traced{ResolverProfile()};
  ScriptedHost quiet{ResolverProfile()};
  traced.resolver().set_tracer(&trace);
  for (ScriptedHost* host : {&traced, &quiet}) {
    host->script("192.0.2.31").loses = 2;
    host->ask({.name = "www.signed.tld.", .type = RRType::a, .checking_disabled = true});
    host->ask("absent.signed.tld.");
    host->ask("www.plain.tld.");
  }
  CHECK(traced.log() == quiet.log());
  CHECK(traced.resolver().state_hash() == quiet.resolver().state_hash());
  CHECK(trace.has(TraceKind::client_query, "+cd"));
}

TEST_CASE("a memo of verdicts changes neither answers nor counts") {
  VerdictMemo memo{1024};
  ScriptedHost alone{ResolverProfile()};
  for (int round = 0; round < 2; ++round) {
    ScriptedHost sharing(ResolverProfile(), {}, {}, &memo);
    for (ScriptedHost* host : {&alone, &sharing}) {
      for (const char* name : {"www.signed.tld.", "absent.signed.tld.", "www.plain.tld."}) {
        host->ask(name);
      }
    }
    if (round == 0) {
      CHECK(sharing.log() == alone.log());
    }
    CHECK(sharing.resolver().counters().signature_validations ==
          alone.resolver().counters().signature_validations);
  }
  CHECK(memo.hits() > 0);
}
