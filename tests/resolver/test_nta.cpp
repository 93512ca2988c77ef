// Goal: negative trust anchors (RFC 7646): what they cover, how they end, and what they do to
// caches.
#include <catch2/catch.hpp>

#include "scripted_host.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::EdeCode;
using dns::Name;
using dns::Rcode;

namespace {

ScriptedHost broken_tld(const ResolverProfile& profile, std::vector<std::string> anchors = {}) {
  SmallInternet net;
  ZonePlan& tld = net.zone("tld.");
  tld.signing_zsk = make_key_like(tld.zsk, "tld. again");
  return ScriptedHost(profile, net, std::move(anchors));
}

void repair(ScriptedHost& host) {
  host.internet().zone("tld.").signing_zsk = nullptr;
  host.publish("tld.");
}

const InstallNta nta_tld{Name::literal("tld."), std::nullopt};

bool has_code_33(const ClientReply& reply) {
  return reply.ede == EdeCode::negative_trust_anchor;
}

}  // namespace

TEST_CASE("an NTA makes its subtree insecure, and nothing else (RFC 7646 2)") {
  ResolverProfile profile;
  profile.failure_caching.answer_ttl = Duration::seconds(1);
  ScriptedHost host = broken_tld(profile);
  CHECK(host.ask("www.signed.tld.").rcode == Rcode::servfail);
  host.operate(nta_tld);
  CHECK(host.resolver().has_nta());
  host.run_for(Duration::seconds(2));
  for (const char* name : {"www.signed.tld.", "word.tld.", "www.plain.tld."}) {
    const ClientReply reply = host.ask(name);
    INFO(name);
    CHECK(reply.rcode == Rcode::noerror);
    CHECK(reply.served == Served::under_nta);
    CHECK_FALSE(reply.authentic_data);
  }
  CHECK(host.ask("www.other.").served == Served::secure);
}

TEST_CASE("an NTA ends with its lifetime, the profile's or its own, or when it is removed") {
  ResolverProfile profile;
  profile.nta.lifetime = Duration::seconds(100);
  profile.failure_caching.answer_ttl = Duration::seconds(1);
  for (int way = 0; way < 3; ++way) {
    INFO(way);
    ScriptedHost host = broken_tld(profile);
    host.operate(
        InstallNta{nta_tld.name, way == 1 ? std::optional(Duration::seconds(30)) : std::nullopt});
    CHECK(host.ask("www.signed.tld.").served == Served::under_nta);
    if (way == 2) host.operate(RemoveNta{nta_tld.name});
    host.run_for(Duration::seconds(29));
    CHECK(host.resolver().has_nta() == (way != 2));
    host.run_for(Duration::seconds(2));
    CHECK(host.resolver().has_nta() == (way == 0));
    host.run_for(Duration::seconds(70));
    CHECK_FALSE(host.resolver().has_nta());
    CHECK(host.ask("www.signed.tld.").rcode == Rcode::servfail);
  }
}

TEST_CASE("rechecks lift an NTA once the zone validates again, and not before (RFC 7646 2.1)") {
  ResolverProfile profile;
  profile.nta.lifetime = Duration::hours(1);
  profile.nta.recheck = Duration::seconds(60);
  ScriptedHost host = broken_tld(profile);
  host.operate(nta_tld);
  host.run_for(Duration::seconds(200));
  CHECK(host.resolver().has_nta());
  CHECK(host.sent().size() > 0);
  repair(host);
  host.run_for(Duration::seconds(61));
  CHECK_FALSE(host.resolver().has_nta());
  CHECK(host.ask("www.signed.tld.").served == Served::secure);
}

TEST_CASE("answers cached under an NTA outlive its removal only where the profile says so") {
  const bool outlive = GENERATE(false, true);
  const bool flushes = GENERATE(false, true);
  ResolverProfile profile;
  profile.nta.answers_outlive_removal = outlive;
  profile.nta.flushes_on_install = flushes;
  ScriptedHost host = broken_tld(profile);
  host.operate(nta_tld);
  CHECK(host.ask("www.signed.tld.").served == Served::under_nta);
  host.operate(RemoveNta{nta_tld.name});
  CHECK((host.ask("www.signed.tld.").rcode == Rcode::noerror) == (outlive && !flushes));
}

TEST_CASE("delegations seen under an NTA may outlive it, insecure, where the keys were not good") {
  const bool stay = GENERATE(false, true);
  const bool has_good_keys = GENERATE(false, true);
  ResolverProfile profile;
  profile.nta.delegations_stay_insecure = stay;
  ScriptedHost host = broken_tld(profile);
  if (has_good_keys) {
    repair(host);
    CHECK(host.ask("tld.").rcode == Rcode::noerror);
  }
  host.operate(nta_tld);
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::noerror);
  if (has_good_keys) {
    host.internet().zone("tld.") = broken_tld(profile).internet().zone("tld.");
    host.publish("tld.");
  }
  host.operate(RemoveNta{nta_tld.name});
  const bool is_insecure = host.ask("mail.plain.tld.").rcode != Rcode::servfail;
  CHECK(is_insecure == (stay && !has_good_keys));
  CHECK(host.ask("absent.tld.").rcode == Rcode::servfail);
}

TEST_CASE("an installation that flushes ends remembered failures of its subtree") {
  const bool flushes = GENERATE(false, true);
  ResolverProfile profile;
  profile.nta.flushes_on_install = flushes;
  profile.failure_caching.answer_ttl = Duration::seconds(300);
  ScriptedHost host = broken_tld(profile);
  CHECK(host.ask("www.signed.tld.").rcode == Rcode::servfail);
  host.operate(nta_tld);
  CHECK((host.ask("www.signed.tld.").rcode == Rcode::noerror) == flushes);
  CHECK(host.ask("long.signed.tld.").served == Served::under_nta);
}

TEST_CASE("a positive trust anchor below an NTA wins (RFC 7646 2)") {
  ScriptedHost host = broken_tld(ResolverProfile(), {"signed.tld."});
  host.operate(nta_tld);
  CHECK(host.ask("www.signed.tld.").served == Served::secure);
  CHECK(host.ask("word.tld.").served == Served::under_nta);
  host.operate(InstallNta{Name::literal("signed.tld."), std::nullopt});
  CHECK(host.ask("long.signed.tld.").served == Served::under_nta);
}

TEST_CASE("EDE 33 tells of an NTA where the profile sends it, fresh and from the cache") {
  const bool fresh = GENERATE(false, true);
  const bool cached = GENERATE(false, true);
  ResolverProfile profile;
  profile.nta.sends_ede = fresh;
  profile.nta.sends_ede_from_cache = cached;
  ScriptedHost host = broken_tld(profile);
  host.operate(nta_tld);
  CHECK(has_code_33(host.ask("www.signed.tld.")) == fresh);
  const ClientReply again = host.ask("www.signed.tld.");
  CHECK(again.from_cache);
  CHECK(has_code_33(again) == cached);
}

TEST_CASE("an alias that leads under an NTA is cached like any other answer") {
  SmallInternet net;
  net.zone("other.").text += "alias 60 IN CNAME word.tld.\n";
  ScriptedHost host(ResolverProfile(), net);
  host.operate(nta_tld);
  const ClientReply first = host.ask("alias.other.");
  CHECK(first.served == Served::under_nta);  // the weakest of its parts
  CHECK_FALSE(first.authentic_data);
  CHECK(host.ask("alias.other.").from_cache);
  host.operate(RemoveNta{nta_tld.name});
  CHECK(host.ask("alias.other.").served == Served::secure);
}
