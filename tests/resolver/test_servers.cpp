// Goal: servers that do not do what RFCs have them do, at the level of messages.
#include <catch2/catch.hpp>

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

dns::Message error(const dns::Question& asked, Rcode rcode) {
  dns::Message message;
  message.flags.qr = true;
  message.rcode = rcode;
  message.question = asked;
  return message;
}

}  // namespace

// RFC 6891 7: FORMERR without OPT comes from who does not know EDNS, and is asked without it.
TEST_CASE("a server that knows no EDNS is asked without, and remembered") {
  ResolverProfile profile = plain_profile();
  profile.upstream.errors_are_for_edns = GENERATE(false, true);
  const Rcode rcode = GENERATE(Rcode::formerr, Rcode::notimp);
  const bool has_opt = GENERATE(false, true);
  CAPTURE(profile.upstream.errors_are_for_edns, dns::to_text(rcode), has_opt);
  ScriptedHost host(profile);
  host.script("192.0.2.41").tamper = [&](const dns::Question& asked, dns::Message& message) {
    if (!message.edns) return;
    message = error(asked, rcode);
    if (has_opt) message.edns = dns::Edns();
  };
  const bool is_taken_for_edns =
      profile.upstream.errors_are_for_edns || (rcode == Rcode::formerr && !has_opt);
  CHECK((host.ask("www.plain.tld.").rcode == Rcode::noerror) == is_taken_for_edns);
  if (!is_taken_for_edns) return;
  CHECK(host.sent_to("192.0.2.41") == 2);
  host.forget_sent();
  CHECK(host.ask("absent.plain.tld.").rcode == Rcode::nxdomain);
  CHECK(host.sent_to("192.0.2.41") == 1);
  host.run_for(Duration::minutes(15));  // it may have learnt EDNS
  host.forget_sent();
  CHECK(host.ask("absent2.plain.tld.").rcode == Rcode::nxdomain);
  CHECK(host.sent_to("192.0.2.41") == 2);
}

// A server with EDNS that errs about a query does so without EDNS as well.
TEST_CASE("an error that EDNS is not the reason of says nothing about EDNS") {
  ScriptedHost host(plain_profile());
  bool fails = true;
  host.script("192.0.2.41").tamper = [&](const dns::Question& asked, dns::Message& message) {
    if (fails) message = error(asked, Rcode::formerr);
  };
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::servfail);
  fails = false;
  host.run_for(Duration::minutes(5));
  host.forget_sent();
  bool has_seen_edns = false;
  host.script("192.0.2.41").tamper = [&](const dns::Question&, dns::Message& message) {
    has_seen_edns = message.edns.has_value();
  };
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::noerror);
  CHECK(has_seen_edns);
}

// RFC 2181 9: a truncated response is ignored, and what comes over TCP is not to be truncated.
TEST_CASE("a response that is truncated over TCP as well is of no use") {
  ScriptedHost host(plain_profile());
  host.script("192.0.2.41").tamper = [](const dns::Question&, dns::Message& message) {
    message.flags.tc = true;
  };
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::servfail);
}

// RFC 2181 5.4.1: what a zone says of its own names goes before glue.
TEST_CASE("where no address of the glue helps, the name servers' own zone is asked for others") {
  SmallInternet net;
  net.add({"host.tld.",
           "@ 600 IN SOA ns host 1 1 1 1 60\nns.far 600 IN A 192.0.2.51\n",
           {"192.0.2.61"}},
          {"tld.", "host 600 IN NS ns.host\nns.host 600 IN A 192.0.2.61\n"});
  net.add(
      {"far.tld.", "@ 600 IN SOA ns host 1 1 1 1 60\nwww 60 IN A 198.51.100.8\n", {"192.0.2.51"}},
      {"tld.", "far 600 IN NS ns.far.host\nns.far.host 600 IN A 192.0.2.41\n"});
  ScriptedHost host(plain_profile(), net);
  CHECK(host.ask("www.far.tld.").rcode == Rcode::noerror);
  CHECK(host.sent_to("192.0.2.41") == 1);  // REFUSED
}

// RFC 4035 5.4: NXDOMAIN is as good as its proof, and there can be none beside the data.
TEST_CASE("a secure answer that comes with NXDOMAIN is bogus") {
  ScriptedHost host(ResolverProfile{});
  for (const char* server : {"192.0.2.31", "192.0.2.32"}) {
    host.script(server).tamper = [](const dns::Question& asked, dns::Message& message) {
      if (asked.qtype == RRType::a && !message.answer.empty()) message.rcode = Rcode::nxdomain;
    };
  }
  const ClientReply reply = host.ask("www.signed.tld.");
  CHECK(reply.rcode == Rcode::servfail);
  CHECK(reply.served == Served::failed_bogus);
}

// RFC 1034 3.6.2 allows no data beside a CNAME; where both are, real resolvers take the first.
TEST_CASE("of an alias and data at one name the first one counts") {
  const bool alias_is_first = GENERATE(false, true);
  ScriptedHost host(plain_profile());
  host.script("192.0.2.41").tamper = [&](const dns::Question& asked, dns::Message& message) {
    const dns::RRset::Header header{.owner = asked.qname, .type = RRType::cname, .ttl_s = 60};
    message.answer.insert(
        alias_is_first ? message.answer.begin() : message.answer.end(),
        dns::SignedRRset{
            dns::RRset::make(header, {dns::encode_name(dns::Name::literal("www.other."))}), {}});
  };
  const ClientReply reply = host.ask("www.plain.tld.");
  CHECK(reply.rcode == Rcode::noerror);
  CHECK((host.asked("www.other.", RRType::a) > 0) == alias_is_first);
}

// RFC 2181 10.1: there is one canonical name.
TEST_CASE("a response with two aliases of one name is of no use") {
  ScriptedHost host(plain_profile());
  host.script("192.0.2.41").tamper = [](const dns::Question& asked, dns::Message& message) {
    const dns::RRset::Header header{.owner = asked.qname, .type = RRType::cname, .ttl_s = 60};
    message.answer = {{dns::RRset::make(header, {dns::encode_name(dns::Name::literal("www.other.")),
                                                 dns::encode_name(dns::Name::literal("x.other."))}),
                       {}}};
  };
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::servfail);
}

// RFC 1035 4.1.1: RA beside a referral makes nobody a resolver. What is asked there later, with RD,
// may be a referral again.
TEST_CASE("a server that was taken for a cache still refers to the zones below") {
  SmallInternet net;
  net.add({"sub.plain.tld.",
           "@ 600 IN SOA ns host 1 1 1 1 60\nwww 60 IN A 198.51.100.8\n",
           {"192.0.2.51"}},
          {"plain.tld.", "sub 600 IN NS ns.sub\nns.sub 600 IN A 192.0.2.51\n"});
  ResolverProfile profile = plain_profile();
  profile.upstream.asks_caches_last = true;
  ScriptedHost host(profile, net);
  host.script("192.0.2.41").tamper = [](const dns::Question&, dns::Message& message) {
    message.flags.aa = false;
    message.flags.ra = true;
  };
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::noerror);
  const ClientReply reply = host.ask("www.sub.plain.tld.");
  REQUIRE(reply.data);
  CHECK(reply.data->answer().size() == 1);
}

// RFC 4035 2.2: glue is not signed, and nobody needs a proof of where a server is to prove what it
// says.
TEST_CASE("addresses of name servers serve although they are bogus") {
  SmallInternet net;
  net.zone("signed.tld.").text += "ns.far 60 IN A 192.0.2.51\n";
  net.add(
      {"far.other.", "@ 600 IN SOA ns host 1 1 1 1 60\nwww 1 IN A 198.51.100.8\n", {"192.0.2.51"}},
      {"other.", "far 600 IN NS ns.far.signed.tld.\n"});
  ScriptedHost host(ResolverProfile{}, net);
  for (const char* server : {"192.0.2.31", "192.0.2.32"}) {
    host.script(server).tamper = [](const dns::Question&, dns::Message& message) {
      for (dns::SignedRRset& entry : message.answer) entry.rrsigs.clear();
    };
  }
  CHECK(host.ask("www.far.other.").rcode == Rcode::noerror);
  CHECK(host.ask("ns.far.signed.tld.").rcode == Rcode::servfail);
  host.run_for(Duration::seconds(2));
  CHECK(host.ask("www.far.other.").rcode == Rcode::noerror);
}
