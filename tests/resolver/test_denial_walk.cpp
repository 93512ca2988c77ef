// Goal: the search for zone cuts at the owner names of a bogus denial (PowerDNS) asks what the real
// one asks, and ends.
#include <algorithm>

#include <catch2/catch.hpp>

#include "scripted_host.h"
#include "zonefall/authority/answer.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::Name;
using dns::RRType;

namespace {

// Two zones signed by another key than the published one. All of one.tld. is covered by the only
// NSEC3 RRset it has, that of its apex.
SmallInternet forging_internet() {
  SmallInternet net;
  net.add(
      {.apex = "one.tld.",
       .text = "@ 600 IN SOA ns host 1 1 1 1 60\n",
       .addresses = {"192.0.2.71"},
       .signing = Signing::nsec3_opt_out},
      {"tld.", "one 600 IN NS ns-one\nns-one 600 IN A 192.0.2.71\nns-two 600 IN A 192.0.2.73\n"});
  net.add({.apex = "unsigned.one.tld.",
           .text = "@ 600 IN SOA ns host 1 1 1 1 60\nwww 60 IN A 198.51.100.9\n",
           .addresses = {"192.0.2.73"}},
          {"one.tld.", "unsigned 60 IN NS ns-two.tld.\n"});
  for (const char* apex : {"signed.tld.", "one.tld."}) {
    ZonePlan& zone = net.zone(apex);
    if (zone.signing == Signing::nsec) zone.signing = Signing::nsec3;
    zone.signing_zsk = make_key_like(zone.zsk, "another");
  }
  return net;
}

ResolverProfile walking_profile() {
  ResolverProfile profile;
  profile.qname_minimisation = QnameMinimisation::off;
  profile.bogus_retry.walks_denial_owners = true;
  profile.bogus_retry.denial_walk_depth_max = 1000;
  profile.signature_validations_max = 30;
  return profile;
}

std::vector<Name> walked(const ScriptedHost& host, const char* zone) {
  std::vector<Name> names;
  for (const Sent& sent : host.sent()) {
    const Name& qname = sent.question.qname;
    const bool is_owner = qname.is_below(Name::literal(zone)) && qname.label(0).size() == 32;
    if (is_owner && sent.question.qtype == RRType::ds) names.push_back(qname);
  }
  return names;
}

}  // namespace

TEST_CASE("a walk ends at the bound on recursion") {
  ResolverProfile profile = walking_profile();
  profile.signature_validations_max = 1000;
  profile.bogus_retry.denial_walk_depth_max = GENERATE(3U, 7U);
  ScriptedHost host(profile, forging_internet());
  CHECK(host.ask("absent.signed.tld.").served == Served::failed_limit);
  CHECK(walked(host, "signed.tld.").size() == profile.bogus_retry.denial_walk_depth_max);
}

TEST_CASE("signatures out of their time take no checks on a walk") {
  ResolverProfile profile = walking_profile();
  profile.signature_validations_max = 10;
  profile.bogus_retry.denial_walk_depth_max = 16;
  SmallInternet net = forging_internet();
  net.zone("signed.tld.").signing_zsk = nullptr;
  ScriptedHost host(profile, net);
  CHECK(host.ask("www.signed.tld.").rcode == dns::Rcode::noerror);  // the keys are known
  host.internet().zone("signed.tld.").valid_for = Duration::minutes(59);
  host.publish("signed.tld.");
  CHECK(host.ask("absent.signed.tld.").served == Served::failed_limit);
  CHECK(walked(host, "signed.tld.").size() == 16);
}

TEST_CASE("a walk ends at the bound on signature checks, two for each denial") {
  ResolverProfile profile = walking_profile();
  profile.signature_validations_max = GENERATE(10U, 30U);
  ScriptedHost host(profile, forging_internet());
  CHECK(host.ask("absent.signed.tld.").served == Served::failed_limit);
  // The SOA and the first NSEC3 RRset of each; and before that the chain of trust: DS and DNSKEY
  // RRsets of tld. and signed.tld. and the root's keys.
  const std::size_t asked = walked(host, "signed.tld.").size();
  CHECK(2 * asked + 2 + 5 > profile.signature_validations_max);
  CHECK(2 * (asked - 1) + 2 <= profile.signature_validations_max);
}

TEST_CASE("a walk goes first where the owner name comes first, read from its end") {
  ScriptedHost host(walking_profile(), forging_internet());
  host.ask("absent.signed.tld.");
  const std::vector<Name> names = walked(host, "signed.tld.");
  REQUIRE(names.size() > 1);
  std::vector<std::string> owners;
  const authority::ZoneVersionPtr zone = forging_internet().version("signed.tld.");
  const authority::Answer denial =
      authority::answer(*zone, {Name::literal("absent.signed.tld."), RRType::a}, {});
  for (const dns::SignedRRset& entry : denial.message->authority) {
    if (entry.rrset->type() != RRType::nsec3) continue;
    std::string text = entry.rrset->owner().to_text();
    std::reverse(text.begin(), text.end());
    owners.push_back(text);
  }
  REQUIRE(owners.size() > 1);
  std::string first = *std::min_element(owners.begin(), owners.end());
  std::reverse(first.begin(), first.end());
  CHECK(names.front() == Name::parse(first).value());
}

TEST_CASE("a walk that does not ask for the name it is at comes to an end") {
  ResolverProfile profile = walking_profile();
  profile.bogus_retry.walk_skips_own_name = GENERATE(true, false);
  const bool ends = profile.bogus_retry.walk_skips_own_name;
  ScriptedHost host(profile, forging_internet());
  const char* const qname = GENERATE("absent.one.tld.", "www.unsigned.one.tld.");
  const ClientReply reply = host.ask(qname);
  CHECK(reply.rcode == dns::Rcode::servfail);
  CHECK(reply.served == (ends ? Served::failed_bogus : Served::failed_limit));
  const std::vector<Name> names = walked(host, "one.tld.");
  CHECK((names.size() == 1) == ends);
  CHECK(std::all_of(names.begin(), names.end(),
                    [&](const Name& name) { return name == names.front(); }));
}

TEST_CASE("what a walk has been through is not asked for again") {
  ResolverProfile profile = walking_profile();
  profile.bogus_retry.walk_skips_own_name = true;
  profile.failure_caching.bogus_record_ttl_max = Duration::hours(1);
  ScriptedHost host(profile, forging_internet());
  host.ask("absent.one.tld.");
  REQUIRE(walked(host, "one.tld.").size() == 1);
  CHECK(host.ask("other.one.tld.").served == Served::failed_bogus);
  CHECK(walked(host, "one.tld.").size() == 1);
}
