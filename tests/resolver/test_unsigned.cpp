// Goal: what is done about a signed zone that comes without signatures, and about servers that say
// nothing: who is asked again, how often, and what is remembered.
#include <algorithm>

#include <catch2/catch.hpp>

#include "resolver/servers.h"
#include "scripted_host.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::RRType;

namespace {

void strip(const dns::Question&, dns::Message& message) {
  for (auto* section : {&message.answer, &message.authority}) {
    std::erase_if(*section, [](const dns::SignedRRset& entry) {
      const RRType type = entry.rrset->type();
      return type == RRType::nsec || type == RRType::nsec3 || type == RRType::dnskey;
    });
    for (dns::SignedRRset& entry : *section) entry.rrsigs.clear();
  }
}

// The servers of signed.tld. leave DNSSEC out.
ScriptedHost host_of_stripped(const ResolverProfile& profile) {
  ScriptedHost host(profile);
  for (const auto* server : {"192.0.2.31", "192.0.2.32"}) host.script(server).tamper = strip;
  return host;
}

std::size_t asked(const ScriptedHost& host, const std::string& name, RRType type) {
  const auto question = question_of(name, type);
  return static_cast<std::size_t>(
      std::count_if(host.sent().begin(), host.sent().end(),
                    [&](const Sent& sent) { return sent.question == question; }));
}

ResolverProfile plain() {
  ResolverProfile profile;
  profile.qname_minimisation = QnameMinimisation::off;
  profile.bogus_retry.answer_queries_max = 1;
  profile.bogus_retry.dnskey_queries_max = 1;
  return profile;
}

}  // namespace

TEST_CASE("unsigned data of a signed zone are bogus, with a look at its keys or without") {
  ResolverProfile profile = plain();
  profile.asks_ds_before_keys = GENERATE(false, true);
  ScriptedHost host = host_of_stripped(profile);
  CHECK(host.ask("www.signed.tld.").served == Served::failed_bogus);
  CHECK(asked(host, "signed.tld.", RRType::dnskey) == (profile.asks_ds_before_keys ? 0 : 1));
  // What is unsigned for good is not affected.
  CHECK(host.ask("www.plain.tld.").served == Served::insecure);
}

TEST_CASE("responses without DNSSEC of a signed zone are thrown away, so many and no more") {
  ResolverProfile profile = plain();
  ScriptedHost none = host_of_stripped(profile);
  CHECK(none.ask("www.signed.tld.").served == Served::failed_bogus);
  profile.upstream.dnssec_lame_tries = GENERATE(1U, 2U);
  ScriptedHost some = host_of_stripped(profile);
  CHECK(some.ask("www.signed.tld.").served == Served::failed_bogus);
  CHECK(asked(some, "www.signed.tld.", RRType::a) ==
        asked(none, "www.signed.tld.", RRType::a) + profile.upstream.dnssec_lame_tries);
}

TEST_CASE("one server that leaves DNSSEC out costs one query more, then it is asked last") {
  ResolverProfile profile = plain();
  profile.upstream.dnssec_lame_tries = 3;
  for (const auto* lame : {"192.0.2.31", "192.0.2.32"}) {
    ScriptedHost host(profile);
    host.script(lame).tamper = [](const dns::Question& asked, dns::Message& message) {
      strip(asked, message);  // and says that it speaks for the zone
      const auto ns = dns::encode_name(dns::Name::literal("ns1.signed.tld."));
      const dns::Name zone = dns::Name::literal("signed.tld.");
      message.authority.push_back(
          {dns::RRset::make({.owner = zone, .type = RRType::ns, .ttl_s = 600}, {ns}), {}});
    };
    CHECK(host.ask("www.signed.tld.").served == Served::secure);
    // While it is known as lame, the other one is chosen each time, not one of the two at random.
    const std::size_t before = host.sent_to(lame);
    CHECK(before <= 2);
    for (int i = 0; i < 7; ++i) {
      host.run_for(Duration::seconds(61));
      CHECK(host.ask("www.signed.tld.").served == Served::secure);
    }
    INFO(lame << host.log());
    CHECK(host.sent_to(lame) - before <= 1);  // if it had not been met until then
  }
}

TEST_CASE("a denial without proof is asked for elsewhere, or not") {
  ResolverProfile profile = plain();
  profile.bogus_retry.answer_queries_max = 2;
  profile.bogus_retry.retries_unproved_denials = GENERATE(true, false);
  ScriptedHost host(profile);
  host.ask("www.signed.tld.");  // its keys are known
  for (const auto* server : {"192.0.2.31", "192.0.2.32"}) host.script(server).tamper = strip;
  host.forget_sent();
  CHECK(host.ask({.name = "signed.tld.", .type = RRType::txt}).served == Served::failed_bogus);
  const std::size_t queries = asked(host, "signed.tld.", RRType::txt);
  CHECK(queries == (profile.bogus_retry.retries_unproved_denials ? 2 : 1));
}

TEST_CASE("a round through silent servers ends the query, or its deadline does") {
  ResolverProfile profile = plain();
  profile.upstream.rounds_max = GENERATE(1U, 2U);
  profile.upstream.timeout_initial = Duration::milliseconds(100);
  profile.upstream.query_deadline = Duration::minutes(1);
  ScriptedHost host(profile);
  host.script_all({"192.0.2.31", "192.0.2.32"}, Manner::silent);
  CHECK(host.ask("www.signed.tld.").served == Served::failed_unreachable);
  CHECK(asked(host, "www.signed.tld.", RRType::a) >= 2U * profile.upstream.rounds_max);
  CHECK(asked(host, "www.signed.tld.", RRType::a) <= 2U + 2U * profile.upstream.rounds_max);
}

TEST_CASE("after a deadline stale answers are served or not, after a full round always") {
  ResolverProfile profile = plain();
  profile.serve_stale.enabled = true;
  profile.serve_stale.on_unreachable = StaleRule::until_max_stale;
  profile.serve_stale.client_timeout = Duration::max();
  profile.serve_stale.serves_after_limits = GENERATE(false, true);
  profile.upstream.query_deadline = Duration::seconds(3);
  profile.upstream.rounds_max = GENERATE(0U, 1U);
  ScriptedHost host(profile);
  host.ask("www.signed.tld.");
  host.run_for(Duration::hours(2));
  host.ask("long.signed.tld.");  // the delegation is fresh
  host.script_all({"192.0.2.31", "192.0.2.32"}, Manner::silent);
  const bool is_stale = host.ask("www.signed.tld.").served == Served::stale;
  CHECK(is_stale == (profile.serve_stale.serves_after_limits || profile.upstream.rounds_max == 1));
}

TEST_CASE("timeouts start near the round trip, and double after so many") {
  ResolverProfile profile = plain();
  profile.upstream.timeout_min = Duration::milliseconds(50);
  profile.upstream.timeouts_per_doubling = 2;
  profile.upstream.timeouts_before_backoff = 1000;
  ScriptedHost host(profile);
  for (int i = 0; i < 30; ++i) host.ask("nobody" + std::to_string(i) + ".signed.tld.");
  host.script_all({"192.0.2.31", "192.0.2.32"}, Manner::silent);
  host.forget_sent();
  host.ask("www.signed.tld.");
  std::map<std::string, std::vector<Duration>> timeouts;
  for (const Sent& sent : host.sent()) timeouts[sent.server].push_back(sent.timeout);
  for (const auto* server : {"192.0.2.31", "192.0.2.32"}) {
    const std::vector<Duration>& of = timeouts[server];
    REQUIRE(of.size() >= 4);
    CHECK(of[0] < Duration::milliseconds(100));
    CHECK(of[1] == of[0]);
    CHECK(of[2] == of[0] * 2);
    CHECK(of[3] == of[2]);
  }
}

TEST_CASE("over TCP a server has time for two round trips, for a connection comes first") {
  UpstreamSettings settings;
  settings.timeout_min = Duration::milliseconds(50);
  const Duration initial = GENERATE(Duration::milliseconds(60), Duration::seconds(3));
  settings.timeout_initial = initial;
  ServerEntry server;
  for (int i = 0; i < 20; ++i) record_response(server, settings, Duration::milliseconds(100));
  const Duration udp = response_timeout(server, settings, Transport::udp);
  CHECK(udp >= Duration::milliseconds(100));
  CHECK(udp < Duration::milliseconds(120));
  CHECK(response_timeout(server, settings, Transport::tcp) == std::max(udp * 2, initial));
}
