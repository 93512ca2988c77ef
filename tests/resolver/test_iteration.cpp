// Goal: the iterator finds answers by RFC 1034 5.3.3 wherever they are, goes round servers that do
// not help, and ends in SERVFAIL after bounded work where there is nothing to find.
#include <set>

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

// far.tld. has its only name server in help.other., which has glue.
SmallInternet internet_with_glueless_zone(std::uint32_t address_ttl_s = 600) {
  SmallInternet net;
  net.add(
      {"help.other.",
       fmt::format("@ 600 IN SOA ns host 1 1 1 1 60\nns.far {} IN A 192.0.2.51\n", address_ttl_s),
       {"192.0.2.61"}},
      {"other.", "help 600 IN NS ns.help\nns.help 600 IN A 192.0.2.61\n"});
  net.add(
      {"far.tld.", "@ 600 IN SOA ns host 1 1 1 1 60\nwww 60 IN A 198.51.100.8\n", {"192.0.2.51"}},
      {"tld.", "far 600 IN NS ns.far.help.other.\n"});
  return net;
}

}  // namespace

TEST_CASE("a cold cache asks root, TLD and child, once each (RFC 1034 5.3.3)") {
  ScriptedHost host(plain_profile());
  const ClientReply reply = host.ask("www.plain.tld.");
  CHECK(reply.rcode == Rcode::noerror);
  CHECK(reply.served == Served::unvalidated);
  REQUIRE(reply.data);
  CHECK(reply.data->answer().size() == 1);
  CHECK(host.sent_to("192.0.2.1") + host.sent_to("192.0.2.2") + host.sent_to("192.0.2.4") == 3);
  CHECK(host.sent().size() == 3);

  // A sibling needs the child only, and the same question nothing at all.
  host.forget_sent();
  CHECK(host.ask("nothing.plain.tld.").rcode == Rcode::nxdomain);
  CHECK(host.log() == "192.0.2.41 nothing.plain.tld. A\n");
  CHECK(host.ask("www.plain.tld.").from_cache);
  CHECK(host.sent().size() == 1);
}

TEST_CASE("addresses of name servers without glue are fetched") {
  const std::uint32_t address_ttl_s = GENERATE(600U, 0U);  // RFC 1035 3.2.1: 0 for this once
  ScriptedHost host(plain_profile(), internet_with_glueless_zone(address_ttl_s));
  const ClientReply reply = host.ask("www.far.tld.");
  CHECK(reply.rcode == Rcode::noerror);
  CHECK(host.asked("ns.far.help.other.", RRType::a) > 0);
  CHECK(host.sent_to("192.0.2.51") == 1);
  CHECK(host.sent().size() < 12);
}

TEST_CASE("glue outside the referring server's zone is not believed (RFC 2181 5.4.1)") {
  ScriptedHost host(plain_profile(), internet_with_glueless_zone());
  const Tamper forge = [](const dns::Question&, dns::Message& message) {
    message.additional.push_back(
        {dns::RRset::make({.owner = dns::Name::literal("ns.far.help.other."), .ttl_s = 600},
                          {dns::encode_a({203, 0, 113, 1})}),
         {}});
  };
  host.script("192.0.2.11").tamper = forge;
  host.script("192.0.2.12").tamper = forge;
  CHECK(host.ask("www.far.tld.").rcode == Rcode::noerror);
  CHECK(host.sent_to("203.0.113.") == 0);
}

TEST_CASE("NS names that need each other end in SERVFAIL after bounded work") {
  SmallInternet net;
  net.add({"one.tld.", "@ 600 IN SOA ns host 1 1 1 1 60\n", {"192.0.2.71"}},
          {"tld.", "one 600 IN NS ns.two.other.\n"});
  net.add({"two.other.", "@ 600 IN SOA ns host 1 1 1 1 60\n", {"192.0.2.72"}},
          {"other.", "two 600 IN NS ns.one.tld.\n"});
  ScriptedHost host(plain_profile(), net);
  const ClientReply reply = host.ask("www.one.tld.");
  CHECK(reply.rcode == Rcode::servfail);
  CHECK(reply.served == Served::failed_unreachable);
  CHECK(host.sent().size() < 40);  // addresses of both kinds
}

TEST_CASE("an NS name inside its own zone without glue is a dead end") {
  SmallInternet net;
  net.zone("tld.").text += "self 600 IN NS ns.self\n";  // RFC 1912 2.3: glue is missing
  ScriptedHost host(plain_profile(), net);
  CHECK(host.ask("www.self.tld.").rcode == Rcode::servfail);
  CHECK(host.sent().size() < 15);  // addresses of both kinds
}

// RFC 2181 5.4.1 ranks what a zone says of its servers above what its parent says; but who cannot
// be found cannot be asked.
TEST_CASE("where the name servers that a zone names are not to be found, its parent's are asked") {
  ResolverProfile profile = plain_profile();
  profile.answers.drops_ns_in_positive = false;
  ScriptedHost host(profile);
  host.script("192.0.2.41").tamper = [](const dns::Question& asked, dns::Message& message) {
    message.authority = {
        {dns::RRset::make({.owner = asked.qname.suffix(2), .type = RRType::ns, .ttl_s = 600},
                          {dns::encode_name(dns::Name::literal("ns.absent.other."))}),
         {}}};
  };
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::noerror);
  host.run_for(Duration::seconds(61));
  host.forget_sent();
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::noerror);
  CHECK(host.asked("ns.absent.other.", RRType::a) > 0);
  CHECK(host.sent_to("192.0.2.41") == 1);
}

TEST_CASE("delegations beyond number are taken, and those in use are kept") {
  ScriptedHost host(plain_profile());
  // Every name of other. is a zone of its own, with a server of its own at one address.
  host.script("192.0.2.21").tamper = [](const dns::Question& asked, dns::Message& message) {
    const dns::Name cut = asked.qname.suffix(2);
    const dns::Name ns = cut.prepend("ns").value();
    message = {};
    message.flags.qr = true;
    message.question = asked;
    message.authority = {
        {dns::RRset::make({.owner = cut, .type = RRType::ns, .ttl_s = 600}, {dns::encode_name(ns)}),
         {}}};
    message.additional = {
        {dns::RRset::make({.owner = ns, .ttl_s = 600}, {dns::encode_a({192, 0, 2, 41})}), {}}};
  };
  host.script("192.0.2.41").tamper = [](const dns::Question& asked, dns::Message& message) {
    message = {};
    message.flags.qr = true;
    message.flags.aa = true;
    message.question = asked;
    message.answer = {
        {dns::RRset::make({.owner = asked.qname, .ttl_s = 5}, {dns::encode_a({192, 0, 2, 9})}),
         {}}};
  };
  for (int i = 0; i < 300; ++i) {
    CHECK(host.ask(fmt::format("www.z{}.other.", i)).rcode == Rcode::noerror);
  }
  host.run_for(Duration::seconds(6));
  host.forget_sent();
  for (int i = 0; i < 300; ++i) {
    CHECK(host.ask(fmt::format("www.z{}.other.", i)).rcode == Rcode::noerror);
  }
  CHECK(host.sent_to("192.0.2.41") == 300);
  CHECK(host.sent().size() == 300);
}

TEST_CASE("lame servers are passed over (RFC 1034 5.3.3 4d)") {
  const Manner manner =
      GENERATE(Manner::refused, Manner::servfail, Manner::wrong_question, Manner::upward_referral);
  for (const char* lame : {"192.0.2.31", "192.0.2.32"}) {
    ScriptedHost host(plain_profile());
    host.script(lame).manner = manner;
    const ClientReply reply = host.ask("www.signed.tld.");
    INFO(lame << " " << static_cast<int>(manner) << "\n" << host.log());
    CHECK(reply.rcode == Rcode::noerror);
    REQUIRE(reply.data);
    CHECK(reply.data->answer().size() == 1);
  }
}

TEST_CASE("a zone whose servers are all lame is SERVFAIL after bounded work") {
  const Manner manner =
      GENERATE(Manner::refused, Manner::servfail, Manner::wrong_question, Manner::upward_referral);
  ScriptedHost host(plain_profile());
  host.script_all({"192.0.2.31", "192.0.2.32"}, manner);
  const ClientReply reply = host.ask("www.signed.tld.");
  CHECK(reply.rcode == Rcode::servfail);
  CHECK(reply.served == Served::failed_unreachable);
  CHECK(host.sent().size() <= plain_profile().upstream.sends_per_query_max);
}

TEST_CASE("a truncated answer is asked again over TCP, at the same server (RFC 7766 5)") {
  ScriptedHost host(plain_profile());
  host.script_all({"192.0.2.31", "192.0.2.32"}, Manner::truncates);
  CHECK(host.ask("www.signed.tld.").rcode == Rcode::noerror);
  const auto& sent = host.sent();
  REQUIRE(sent.size() == 4);
  CHECK(sent[2].transport == Transport::udp);
  CHECK(sent[3].transport == Transport::tcp);
  CHECK(sent[2].server == sent[3].server);
  CHECK(sent[2].question == sent[3].question);
}

TEST_CASE("timeouts double, up to the bound, and end at the query's deadline") {
  ResolverProfile profile = plain_profile();
  profile.upstream.timeout_initial = Duration::milliseconds(200);
  profile.upstream.timeout_max = Duration::milliseconds(1500);
  profile.upstream.query_deadline = Duration::seconds(6);
  profile.upstream.timeouts_before_backoff = 100;
  ScriptedHost host(profile);
  host.ask("www.plain.tld.");  // so that one server is left to ask
  host.run_for(Duration::minutes(2));
  host.forget_sent();
  host.script("192.0.2.41").manner = Manner::silent;
  const SimTime asked_at = host.now();
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::servfail);
  CHECK(host.now() == asked_at + Duration::seconds(6));
  std::vector<std::int64_t> timeouts_ms;
  for (const Sent& sent : host.sent()) timeouts_ms.push_back(sent.timeout.to_milliseconds());
  REQUIRE(timeouts_ms.size() >= 5);
  timeouts_ms.resize(5);
  CHECK(timeouts_ms == std::vector<std::int64_t>{200, 400, 800, 1500, 1500});  // RFC 1123 6.1.3.3
}

TEST_CASE("a server that keeps silent is left alone for the back-off, then tried again") {
  ResolverProfile profile = plain_profile();
  profile.upstream.timeouts_before_backoff = 2;
  profile.upstream.backoff = Duration::seconds(30);
  ScriptedHost host(profile);
  host.script("192.0.2.31").manner = Manner::silent;
  for (int i = 0; i < 12; ++i) host.ask(fmt::format("n{}.signed.tld.", i));
  const std::size_t before = host.sent_to("192.0.2.31");
  CHECK(before == 2);
  host.script("192.0.2.31").manner = Manner::answers;
  host.run_for(Duration::seconds(31));
  for (int i = 0; i < 12; ++i) host.ask(fmt::format("m{}.signed.tld.", i));
  CHECK(host.sent_to("192.0.2.31") > before);
}

TEST_CASE("a lost query is repeated elsewhere and costs the client one timeout") {
  ScriptedHost host(plain_profile());
  host.script("192.0.2.31").loses = 1;
  host.script("192.0.2.32").loses = 1;
  CHECK(host.ask("www.signed.tld.").rcode == Rcode::noerror);
}

TEST_CASE("the fastest server is preferred, or one of those within the band") {
  for (const bool prefers : {true, false}) {
    ResolverProfile profile = plain_profile();
    profile.upstream.prefers_fastest = prefers;
    profile.upstream.rtt_band = Duration::milliseconds(50);
    ScriptedHost host(profile);
    host.script("192.0.2.31").latency = Duration::milliseconds(20);
    host.script("192.0.2.32").latency = Duration::milliseconds(prefers ? 60 : 90);
    for (int i = 0; i < 4; ++i) host.ask(fmt::format("warm{}.signed.tld.", i));
    host.forget_sent();
    for (int i = 0; i < 20; ++i) host.ask(fmt::format("n{}.signed.tld.", i));
    CHECK(host.sent_to("192.0.2.31") == 20);
    CHECK(host.sent_to("192.0.2.32") == 0);
  }
  ResolverProfile profile = plain_profile();
  profile.upstream.rtt_band = Duration::milliseconds(100);
  ScriptedHost host(profile);
  host.script("192.0.2.32").latency = Duration::milliseconds(60);
  for (int i = 0; i < 40; ++i) host.ask(fmt::format("n{}.signed.tld.", i));
  CHECK(host.sent_to("192.0.2.31") >= 10);
  CHECK(host.sent_to("192.0.2.32") >= 10);
}

TEST_CASE("delegations and addresses with TTL 0 serve the query in hand (RFC 1035 3.2.1)") {
  SmallInternet net;
  net.add(
      {"zero.tld.", "@ 600 IN SOA ns host 1 1 1 1 60\nwww 60 IN A 198.51.100.9\n", {"192.0.2.81"}},
      {"tld.", "zero 0 IN NS ns.zero\nns.zero 0 IN A 192.0.2.81\n"});
  ScriptedHost host(plain_profile(), net);
  CHECK(host.ask("www.zero.tld.").rcode == Rcode::noerror);
  CHECK(host.sent().size() <= 4);
}

TEST_CASE("clients with the same question wait for one fetch") {
  ScriptedHost host(plain_profile());
  const std::uint64_t first = host.submit({.name = "www.plain.tld."});
  const std::uint64_t second = host.submit({.name = "www.plain.tld."});
  host.run_for(Duration::seconds(1));
  REQUIRE(host.reply(first));
  REQUIRE(host.reply(second));
  CHECK(host.sent().size() == 3);
}
