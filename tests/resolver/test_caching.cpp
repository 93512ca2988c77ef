// Goal: how long answers, positive and negative, are kept: TTLs that count down (RFC 1035 3.2.1),
// RFC 2308 for negative ones, RFC 9520 for failures, and the caps of CacheLimits.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "scripted_host.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::Rcode;
using dns::RRType;

namespace {

ResolverProfile plain_profile() {
  ResolverProfile profile;
  profile.validates = false;
  profile.qname_minimisation = QnameMinimisation::off;
  return profile;
}

}  // namespace

TEST_CASE("a cached answer's TTL counts down, and it ends when it is over") {
  ScriptedHost host(plain_profile());
  const ClientReply first = host.ask("www.plain.tld.");
  CHECK(first.ttl_s == 60);
  CHECK_FALSE(first.from_cache);
  host.run_for(Duration::seconds(40));
  const ClientReply later = host.ask("www.plain.tld.");
  CHECK(later.from_cache);
  CHECK(later.ttl_s >= 19);
  CHECK(later.ttl_s <= 20);
  host.run_for(Duration::seconds(20));
  CHECK_FALSE(host.ask("www.plain.tld.").from_cache);
}

TEST_CASE("negative answers live for the smaller of the SOA's TTL and minimum (RFC 2308 5)") {
  ScriptedHost host(plain_profile());
  const RRType type = GENERATE(RRType::a, RRType::txt);  // NXDOMAIN, NODATA
  const std::string name = type == RRType::a ? "absent.plain.tld." : "www.plain.tld.";
  const Ask ask{.name = name, .type = type};
  const ClientReply reply = host.ask(ask);
  CHECK(reply.rcode == (type == RRType::a ? Rcode::nxdomain : Rcode::noerror));
  CHECK(reply.ttl_s == 120);
  CHECK(reply.data->authority().size() == 1);  // the SOA goes to the client as well
  host.run_for(Duration::seconds(118));
  CHECK(host.ask(ask).from_cache);
  host.run_for(Duration::seconds(3));
  CHECK_FALSE(host.ask(ask).from_cache);
}

TEST_CASE("a negative answer without an SOA is not cached (RFC 2308 5)") {
  ScriptedHost host(plain_profile());
  host.script("192.0.2.41").tamper = [](const dns::Question&, dns::Message& message) {
    message.authority.clear();
  };
  CHECK(host.ask("absent.plain.tld.").rcode == Rcode::nxdomain);
  CHECK_FALSE(host.ask("absent.plain.tld.").from_cache);
}

TEST_CASE("CacheLimits cap lifetimes, of answers and of negative answers") {
  ResolverProfile profile = plain_profile();
  profile.cache.ttl_max = Duration::seconds(1000);
  profile.cache.negative_ttl_max = Duration::seconds(30);
  profile.cache.ttl_min = Duration::seconds(100);
  ScriptedHost host(profile);
  CHECK(host.ask("long.signed.tld.").ttl_s == 1000);
  CHECK(host.ask("www.signed.tld.").ttl_s == 100);
  CHECK(host.ask("absent.signed.tld.").ttl_s == 30);  // a cap on negative ones beats ttl_min
}

TEST_CASE("TTL 0 is handed out and not kept (RFC 1035 3.2.1)") {
  SmallInternet net;
  net.zone("plain.tld.").text += "zero 0 IN A 198.51.100.30\n";
  ScriptedHost host(plain_profile(), net);
  const ClientReply reply = host.ask("zero.plain.tld.");
  CHECK(reply.rcode == Rcode::noerror);
  CHECK(reply.ttl_s == 0);
  CHECK_FALSE(reply.standing_until);
  CHECK_FALSE(host.ask("zero.plain.tld.").from_cache);
}

TEST_CASE("failures to reach servers are remembered for unreachable_ttl (RFC 9520 3.1)") {
  ResolverProfile profile = plain_profile();
  profile.failure_caching.unreachable_ttl = Duration::seconds(20);
  ScriptedHost host(profile);
  host.script("192.0.2.41").manner = Manner::refused;
  CHECK(host.ask("www.plain.tld.").served == Served::failed_unreachable);
  host.script("192.0.2.41").manner = Manner::answers;
  host.forget_sent();
  CHECK(host.ask("www.plain.tld.").served == Served::failed_cached);
  CHECK(host.sent().empty());
  host.run_for(Duration::seconds(20));
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::noerror);
}

TEST_CASE("flushes forget a name, a subtree, or everything") {
  using What = Flush::What;
  const auto cached = [](ScriptedHost& host, const char* name) {
    ScriptedHost probe = host;
    return probe.ask(name).from_cache;
  };
  for (const What what : {What::name, What::subtree, What::everything, What::bogus}) {
    ScriptedHost host(plain_profile());
    for (const char* name : {"www.plain.tld.", "absent.plain.tld.", "www.other."}) host.ask(name);
    host.operate(
        Flush{what, dns::Name::literal(what == What::subtree ? "plain.tld." : "www.plain.tld.")});
    CHECK(cached(host, "www.plain.tld.") == (what == What::bogus));
    CHECK(cached(host, "absent.plain.tld.") == (what == What::name || what == What::bogus));
    CHECK(cached(host, "www.other.") == (what != What::everything));
    host.forget_sent();
    host.ask("www.plain.tld.");
    const bool starts_over = host.sent_to("192.0.2.1") + host.sent_to("192.0.2.2") > 0;
    CHECK(starts_over == (what == What::everything || what == What::subtree));
  }
}

// Tables are swept whenever they have doubled since; 1,024 entries are where that begins.
TEST_CASE("what has expired makes room for what has not, and that stays") {
  ResolverProfile profile;
  profile.nxdomain_covers_below = true;
  profile.serve_stale.negative_needs_unchanged_proof = true;
  ScriptedHost host(profile);
  CHECK(host.ask("long.signed.tld.").served == Served::secure);  // for two hours
  CHECK(host.ask("absent.signed.tld.").rcode == Rcode::nxdomain);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 500; ++i) {
      CHECK(host.ask(fmt::format("r{}x{}.wild.signed.tld.", round, i)).served == Served::secure);
    }
    host.run_for(Duration::minutes(10));
  }
  host.forget_sent();
  CHECK(host.ask("long.signed.tld.").from_cache);
  CHECK(host.sent().empty());
  CHECK_FALSE(host.ask("absent.signed.tld.").from_cache);
  CHECK_FALSE(host.ask("r0x0.wild.signed.tld.").from_cache);
}

TEST_CASE("who asks for no recursion gets what the cache has, or a referral (RFC 1034 4.3.1)") {
  ScriptedHost host(plain_profile());
  const auto asked = [&](const char* name, RRType type) {
    ClientQuery query;
    query.token = 1000;
    query.question = question_of(name, type);
    query.recursion_desired = false;
    Actions actions;
    host.resolver().on_client_query(query, host.now(), actions);
    return actions;
  };
  const auto referred_to = [&](const char* name, RRType type, const char* zone) {
    const Actions actions = asked(name, type);
    CHECK(actions.sends.empty());
    REQUIRE(actions.replies.size() == 1);
    const ClientReply& reply = actions.replies.front();
    CHECK(reply.rcode == Rcode::noerror);
    CHECK(reply.ttl_s > 0);
    REQUIRE(reply.data);
    CHECK(reply.data->answer().empty());
    REQUIRE(reply.data->authority().size() == 1);
    CHECK(reply.data->authority().front().rrset->owner() == dns::Name::literal(zone));
    CHECK_FALSE(reply.data->additional().empty());
  };
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::noerror);
  const Actions known = asked("www.plain.tld.", RRType::a);
  CHECK(known.sends.empty());
  REQUIRE(known.replies.size() == 1);
  CHECK(known.replies.front().data->answer().size() == 1);
  referred_to("www.plain.tld.", RRType::txt, "plain.tld.");
  referred_to("plain.tld.", RRType::ns, "plain.tld.");
  referred_to("plain.tld.", RRType::ds, "tld.");
  // Who knows nobody has to ask.
  CHECK(asked("www.other.", RRType::a).sends.size() == 1);
}
