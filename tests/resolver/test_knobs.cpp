// Goal: settings in which implementations differ, one by one: each changes what it says.
#include <catch2/catch.hpp>

#include "scripted_host.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::Name;
using dns::Rcode;
using dns::RRType;

namespace {

ResolverProfile plain_profile() {
  ResolverProfile profile;
  profile.validates = false;
  profile.qname_minimisation = QnameMinimisation::off;
  return profile;
}

dns::SignedRRset unsigned_rrset(const char* owner, RRType type, dns::Octets rdata) {
  return {dns::RRset::make({.owner = Name::literal(owner), .type = type, .ttl_s = 600},
                           {std::move(rdata)}),
          {}};
}

void tamper_signed(ScriptedHost& host, const Tamper& tamper) {
  for (const char* server : {"192.0.2.31", "192.0.2.32"}) host.script(server).tamper = tamper;
}

ScriptedHost host_with(const ResolverProfile& profile, const SmallInternet& net,
                       const FixedServers& fixed) {
  return ScriptedHost(profile, net, {}, nullptr,
                      [&](ResolverConfig& config) { config.fixed_servers = {fixed}; });
}

dns::Address address(const char* text) {
  return dns::Address::parse(text).value();
}

}  // namespace

TEST_CASE("glue of any name is believed, or that of the server's own zone (RFC 2181 5.4.1)") {
  SmallInternet net;
  net.zone("tld.").text += "far 600 IN NS ns.far.other.\n";
  net.zone("other.").text += "ns.far 600 IN A 192.0.2.51\n";
  ResolverProfile profile = plain_profile();
  profile.upstream.believes_any_glue = GENERATE(true, false);
  ScriptedHost host(profile, net);
  for (const char* server : {"192.0.2.11", "192.0.2.12"}) {
    host.script(server).tamper = [](const dns::Question&, dns::Message& message) {
      message.additional.push_back(unsigned_rrset("ns.far.other.", RRType::a, {203, 0, 113, 1}));
    };
  }
  host.submit({.name = "www.far.tld."});
  host.run_for(Duration::milliseconds(300));  // silent ones are not given up yet
  CHECK((host.sent_to("203.0.113.1") > 0) == profile.upstream.believes_any_glue);
  CHECK((host.sent_to("192.0.2.51") > 0) != profile.upstream.believes_any_glue);
}

TEST_CASE("glue outside the delegated zone is used at once, or where nothing else is known") {
  const bool is_absent = GENERATE(true, false);
  SmallInternet net;
  net.zone("tld.").text += "far 600 IN NS ns.far.other.\n";
  if (!is_absent) net.zone("other.").text += "ns.far 600 IN A 192.0.2.51\n";
  ResolverProfile profile = plain_profile();
  profile.upstream.believes_any_glue = true;
  profile.upstream.verifies_glue = GENERATE(true, false);
  ScriptedHost host(profile, net);
  for (const char* server : {"192.0.2.11", "192.0.2.12"}) {
    host.script(server).tamper = [](const dns::Question&, dns::Message& message) {
      message.additional.push_back(unsigned_rrset("ns.far.other.", RRType::a, {203, 0, 113, 1}));
    };
  }
  host.submit({.name = "www.far.tld."});
  host.run_for(Duration::milliseconds(300));
  const bool is_verified = profile.upstream.verifies_glue;
  CHECK((host.asked("ns.far.other.", RRType::a) > 0) == is_verified);
  CHECK((host.sent_to("203.0.113.1") > 0) == (is_absent || !is_verified));
  CHECK((host.sent_to("192.0.2.51") > 0) == (is_verified && !is_absent));
}

TEST_CASE("glue within the delegated zone needs no other word for it") {
  ResolverProfile profile = plain_profile();
  profile.upstream.verifies_glue = true;
  ScriptedHost host(profile);
  CHECK(host.ask("www.signed.tld.").rcode == Rcode::noerror);
  CHECK(host.sent().size() == 3);
}

TEST_CASE("additional data that do not validate stay in the answer, or not") {
  ResolverProfile profile;
  profile.answers.more = MoreInAnswers::always;
  profile.answers.keeps_unproved_additional = GENERATE(true, false);
  ScriptedHost host(profile);
  tamper_signed(host, [](const dns::Question&, dns::Message& message) {
    message.additional = {unsigned_rrset("signed.tld.", RRType::txt, {1, 'a'})};
  });
  const ClientReply reply = host.ask("www.signed.tld.");
  CHECK(reply.served == Served::secure);
  REQUIRE(reply.data);
  CHECK(reply.data->additional().size() == (profile.answers.keeps_unproved_additional ? 1 : 0));
}

TEST_CASE("records of types that have no place beside an answer are passed on, or not") {
  ResolverProfile profile = plain_profile();
  profile.answers.more = MoreInAnswers::always;
  profile.answers.drops_unknown = GENERATE(true, false);
  ScriptedHost host(profile);
  tamper_signed(host, [](const dns::Question&, dns::Message& message) {
    message.authority = {unsigned_rrset("b.signed.tld.", RRType::txt, {1, 'b'})};
    message.additional = {unsigned_rrset("signed.tld.", RRType::txt, {1, 'a'})};
  });
  const ClientReply reply = host.ask("www.signed.tld.");
  REQUIRE(reply.data);
  const std::size_t passed_on = profile.answers.drops_unknown ? 0 : 1;
  CHECK(reply.data->authority().size() == passed_on);
  CHECK(reply.data->additional().size() == passed_on);
}

TEST_CASE("an error or a denial at a hidden label is final, or the whole name is asked for") {
  ResolverProfile profile = plain_profile();
  profile.qname_minimisation = QnameMinimisation::ask_a;
  profile.upstream.sends_per_server_max = 3;
  profile.minimisation_is_strict = GENERATE(true, false);
  const Rcode rcode = GENERATE(Rcode::refused, Rcode::nxdomain);
  ScriptedHost host(profile);
  tamper_signed(host, [&](const dns::Question& asked, dns::Message& message) {
    if (asked.qname == Name::literal("c.signed.tld.")) message.rcode = rcode;
  });
  const Rcode strict = rcode == Rcode::refused ? Rcode::servfail : rcode;
  const Rcode got = host.ask("a.b.c.signed.tld.").rcode;
  CHECK(got == (profile.minimisation_is_strict ? strict : Rcode::noerror));
}

TEST_CASE("a stub zone's servers are asked, or first who serves it") {
  FixedServers stub{Name::literal("plain.tld."), {address("192.0.2.41")}};
  stub.is_primed = GENERATE(true, false);
  ScriptedHost host = host_with(plain_profile(), {}, stub);
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::noerror);
  CHECK(host.ask("absent.plain.tld.").rcode == Rcode::nxdomain);
  CHECK(host.asked("plain.tld.", RRType::ns) == (stub.is_primed ? 1 : 0));
  CHECK(host.sent_to("192.0.2.41") == host.sent().size());  // nobody has delegated it
}

TEST_CASE("servers that the operator names by name are looked up") {
  SmallInternet net;
  net.zone("other.").text += "stub 600 IN A 192.0.2.41\n";
  FixedServers stub{Name::literal("plain.tld."), {}};
  stub.names = {Name::literal("stub.other.")};
  ScriptedHost host = host_with(plain_profile(), net, stub);
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::noerror);
  CHECK(host.asked("stub.other.", RRType::a) > 0);
  CHECK(host.sent_to("192.0.2.41") == 1);
  CHECK(host.sent_to("192.0.2.11") + host.sent_to("192.0.2.12") == 0);
}

TEST_CASE("the chain of a stub zone starts at the anchor above it, wherever that is") {
  const SmallInternet net;
  FixedServers stub{Name::literal("signed.tld."), {address("192.0.2.31")}};
  ScriptedHost host(ResolverProfile(), net, {}, nullptr, [&](ResolverConfig& config) {
    config.fixed_servers = {stub};
    config.trust_anchors = {net.anchor("tld.")};
  });
  CHECK(host.ask("www.signed.tld.").served == Served::secure);
  CHECK(host.ask("www.other.").served != Served::secure);
}

// Its servers play the forwarder: they answer for signed.tld. and sub.signed.tld.
TEST_CASE("what a forwarder says is validated from the anchor above the name") {
  SmallInternet net;
  net.add({"sub.signed.tld.",
           "@ 600 IN SOA ns host 1 1 1 1 60\nwww 60 IN A 198.51.100.8\n",
           {"192.0.2.31"},
           Signing::nsec},
          {"signed.tld.", "sub 600 IN NS ns.sub\nns.sub 600 IN A 192.0.2.31\n"});
  const FixedServers forwarder{Name(), {address("192.0.2.31")}, true};
  const auto host_of = [&](const Tamper& tamper) {
    ScriptedHost host(ResolverProfile(), net, {}, nullptr, [&](ResolverConfig& config) {
      config.fixed_servers = {forwarder};
      config.trust_anchors = {net.anchor("signed.tld.")};
    });
    host.script("192.0.2.31").tamper = tamper;
    return host;
  };
  ScriptedHost right = host_of(nullptr);
  CHECK(right.ask("www.sub.signed.tld.").served == Served::secure);
  CHECK(right.ask("www.signed.tld.").served == Served::secure);
  CHECK(right.ask({.name = "sub.signed.tld.", .type = RRType::ds}).served == Served::secure);
  ScriptedHost stripped = host_of([](const dns::Question& asked, dns::Message& message) {
    if (asked.qtype != RRType::a) return;
    for (dns::SignedRRset& entry : message.answer) entry.rrsigs.clear();
  });
  CHECK(stripped.ask("www.signed.tld.").served == Served::failed_bogus);
  CHECK(stripped.ask("www.sub.signed.tld.").served == Served::failed_bogus);
}

// sub.signed.tld. is served by its parent's servers, and names another.
TEST_CASE("who answers for a child zone may name its servers, or its parent's are asked") {
  SmallInternet net;
  net.add({"sub.signed.tld.",
           "@ 600 IN SOA ns host 1 1 1 1 60\nwww 60 IN A 198.51.100.8\n",
           {"192.0.2.31", "192.0.2.32", "192.0.2.99"}},
          {"signed.tld.", "sub 600 IN NS ns.sub\nns.sub 600 IN A 192.0.2.99\n"});
  ResolverProfile profile = plain_profile();
  profile.qname_minimisation = QnameMinimisation::ask_ns;
  profile.learns_cuts = GENERATE(true, false);
  ScriptedHost host(profile, net);
  CHECK(host.ask("www.sub.signed.tld.").rcode == Rcode::noerror);
  CHECK((host.sent_to("192.0.2.99") > 0) == profile.learns_cuts);
}
