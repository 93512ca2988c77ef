// Goal: permissive validation (unbound.conf(5), val-permissive-mode) does all the work of
// validation, gives what failed to clients without AD, and is no weaker for what is good.
#include <catch2/catch.hpp>

#include "scripted_host.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::EdeCode;
using dns::Name;
using dns::Rcode;
using dns::RRType;

namespace {

ResolverProfile permissive() {
  ResolverProfile profile;
  profile.permissive = true;
  profile.failure_caching.answer_ttl = Duration::seconds(60);
  profile.failure_caching.delegation_ttl = Duration::seconds(60);
  return profile;
}

void sign_wrongly(ScriptedHost& host, const std::string& apex) {
  ZonePlan& zone = host.internet().zone(apex);
  zone.signing_zsk = make_key_like(zone.zsk, apex + " again");
  host.publish(apex);
}

ScriptedHost host_with_bogus(const ResolverProfile& profile, const std::string& apex) {
  ScriptedHost host(profile);
  host.ask("word.tld.");  // the chain down to tld. is known
  sign_wrongly(host, apex);
  host.forget_sent();
  return host;
}

}  // namespace

TEST_CASE("bogus answers are given with their own RCODE and data, and never AD") {
  const auto timing = GENERATE(ChainTiming::before_child, ChainTiming::unsigned_before_child,
                               ChainTiming::after_answer);
  for (const char* broken : {"signed.tld.", "tld."}) {
    INFO(broken);
    ResolverProfile profile = permissive();
    profile.chain_timing = timing;
    ScriptedHost host = host_with_bogus(profile, broken);
    const ClientReply reply = host.ask("www.signed.tld.");
    CHECK(reply.rcode == Rcode::noerror);
    CHECK(reply.served == Served::bogus);
    CHECK(reply.verdict->security == dnssec::Security::bogus);
    CHECK_FALSE(reply.authentic_data);
    REQUIRE(reply.data);
    CHECK(reply.data->answer().size() == 1);
    const ClientReply absent = host.ask("absent.signed.tld.");
    CHECK(absent.rcode == Rcode::nxdomain);
    CHECK(absent.served == Served::bogus);
  }
}

TEST_CASE("an insecure delegation whose proof is bogus works as if it had none") {
  const auto timing = GENERATE(ChainTiming::before_child, ChainTiming::unsigned_before_child,
                               ChainTiming::after_answer);
  const auto proof = GENERATE(NoDsProof::referral, NoDsProof::query);
  ResolverProfile profile = permissive();
  profile.chain_timing = timing;
  profile.no_ds_proof = proof;
  ScriptedHost host = host_with_bogus(profile, "tld.");
  const ClientReply reply = host.ask("www.plain.tld.");
  CHECK(reply.rcode == Rcode::noerror);
  CHECK(reply.served == Served::bogus);
}

TEST_CASE("what validates is as secure as ever, and needs no fewer queries to fail") {
  ResolverProfile strict = permissive();
  strict.permissive = false;
  ScriptedHost host = host_with_bogus(permissive(), "signed.tld.");
  ScriptedHost other = host_with_bogus(strict, "signed.tld.");
  CHECK(host.ask("www.other.").served == Served::secure);
  CHECK(other.ask("www.other.").served == Served::secure);
  CHECK(host.ask("www.signed.tld.").served == Served::bogus);
  CHECK(other.ask("www.signed.tld.").served == Served::failed_bogus);
  CHECK(host.log() == other.log());
}

TEST_CASE("the failure is remembered, and its data answer until it has run out") {
  ScriptedHost host = host_with_bogus(permissive(), "signed.tld.");
  const ClientReply first = host.ask("www.signed.tld.");
  CHECK_FALSE(first.from_cache);
  host.internet().zone("signed.tld.").signing_zsk = nullptr;
  host.publish("signed.tld.");
  host.forget_sent();
  host.run_for(Duration::seconds(55));
  const ClientReply again = host.ask("www.signed.tld.");
  CHECK(again.from_cache);
  CHECK(again.served == Served::bogus);
  CHECK(again.data == first.data);
  CHECK(host.sent().empty());
  // A standing answer, so that hits on it need no events: to the second in which it ends.
  REQUIRE(again.standing_until);
  CHECK(*again.standing_until > host.now());
  CHECK(*again.standing_until < host.now() + Duration::seconds(6));
  host.run_for(Duration::seconds(10));
  CHECK(host.ask("www.signed.tld.").served == Served::secure);
}

TEST_CASE("without a memory of failures each query is validated anew") {
  ResolverProfile profile = permissive();
  profile.failure_caching = {.answer_ttl = Duration()};
  ScriptedHost host = host_with_bogus(profile, "signed.tld.");
  host.ask("www.signed.tld.");
  host.forget_sent();
  const ClientReply again = host.ask("www.signed.tld.");
  CHECK(again.served == Served::bogus);
  CHECK_FALSE(again.from_cache);
  CHECK(host.asked("www.signed.tld.", RRType::a) > 0);
}

TEST_CASE("an extended error tells of it only where the profile says so (RFC 8914 2)") {
  const bool sends = GENERATE(false, true);
  ResolverProfile profile = permissive();
  profile.ede_on_permissive_answers = sends;
  ScriptedHost host = host_with_bogus(profile, "signed.tld.");
  const auto code = sends ? std::optional(EdeCode::dnssec_bogus) : std::nullopt;
  CHECK(host.ask("www.signed.tld.").ede == code);
  const ClientReply again = host.ask("www.signed.tld.");
  CHECK(again.from_cache);
  CHECK(again.ede == code);
}

TEST_CASE("a client that sets CD gets what it asked for, permissive or not") {
  ScriptedHost host = host_with_bogus(permissive(), "signed.tld.");
  const Ask ask{.name = "www.signed.tld.", .checking_disabled = true};
  CHECK(host.ask(ask).served == Served::unvalidated);
  CHECK(host.ask("www.signed.tld.").served == Served::bogus);
  CHECK(host.ask(ask).served == Served::unvalidated);
}

TEST_CASE("bogus data take the place of expired data, and silence is no answer") {
  ResolverProfile profile = permissive();
  profile.serve_stale = {.enabled = true,
                         .on_bogus = StaleRule::until_max_stale,
                         .on_unreachable = StaleRule::until_max_stale,
                         .client_timeout = Duration::max()};
  ScriptedHost host(profile);
  host.ask("www.signed.tld.");   // TTL 60
  host.ask("long.signed.tld.");  // not asked again before its end
  sign_wrongly(host, "signed.tld.");
  host.run_for(Duration::seconds(61));
  CHECK(host.ask("www.signed.tld.").served == Served::bogus);
  host.script_all(host.internet().zone("signed.tld.").addresses, Manner::silent);
  host.run_for(Duration::seconds(70));
  CHECK(host.ask("www.signed.tld.").rcode == Rcode::servfail);
}

TEST_CASE("under an NTA nothing is bogus") {
  ScriptedHost host = host_with_bogus(permissive(), "tld.");
  host.operate(InstallNta{Name::literal("tld."), std::nullopt});
  CHECK(host.ask("www.signed.tld.").served == Served::under_nta);
}
