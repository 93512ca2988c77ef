// Goal: names on the way down and aliases: QNAME minimisation (RFC 9156), CNAME (RFC 1034 3.6.2)
// and DNAME (RFC 6672), within zones and across them.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "scripted_host.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::Rcode;
using dns::RRType;

namespace {

ResolverProfile profile_with(QnameMinimisation how) {
  ResolverProfile profile;
  profile.validates = false;
  profile.qname_minimisation = how;
  return profile;
}

std::vector<std::string> owners(const ClientReply& reply) {
  std::vector<std::string> names;
  for (const auto& entry : reply.data->answer()) {
    names.push_back(entry.rrset->owner().to_text() + " " + dns::to_text(entry.rrset->type()));
  }
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("minimised queries show each server one label more (RFC 9156 2.3)") {
  const auto how = GENERATE(QnameMinimisation::ask_a, QnameMinimisation::ask_ns);
  const RRType type = how == QnameMinimisation::ask_a ? RRType::a : RRType::ns;
  ScriptedHost host(profile_with(how));
  const ClientReply reply = host.ask({.name = "a.b.c.signed.tld.", .type = RRType::aaaa});
  CHECK(reply.rcode == Rcode::noerror);  // NODATA
  CHECK(reply.data->answer().empty());
  std::vector<dns::Question> questions;
  for (const Sent& sent : host.sent()) questions.push_back(sent.question);
  // b.c and c are empty non-terminals: NOERROR, so the walk goes on.
  CHECK(questions == std::vector<dns::Question>{
                         question_of("tld.", type), question_of("signed.tld.", type),
                         question_of("c.signed.tld.", type), question_of("b.c.signed.tld.", type),
                         question_of("a.b.c.signed.tld.", RRType::aaaa)});
}

TEST_CASE("without minimisation every server sees the full question") {
  ScriptedHost host(profile_with(QnameMinimisation::off));
  host.ask("a.b.c.signed.tld.");
  CHECK(host.asked("a.b.c.signed.tld.", RRType::a) == host.sent().size());
}

TEST_CASE("after ten steps the full name is asked (RFC 9156 2.3)") {
  SmallInternet net;
  net.zone("signed.tld.").text +=
      "l15.l14.l13.l12.l11.l10.l9.l8.l7.l6.l5.l4.l3.l2.l1 60 IN A "
      "198.51.100.20\n";
  ScriptedHost host(profile_with(QnameMinimisation::ask_a), net);
  const std::string name = "l15.l14.l13.l12.l11.l10.l9.l8.l7.l6.l5.l4.l3.l2.l1.signed.tld.";
  CHECK(host.ask(name).data->answer().size() == 1);
  CHECK(host.sent_to("192.0.2.3") == 11);
}

TEST_CASE("a signed zone's NXDOMAIN for an ancestor is NXDOMAIN for the name (RFC 8020)") {
  ResolverProfile profile = profile_with(QnameMinimisation::ask_a);
  profile.validates = true;
  ScriptedHost host(profile);
  CHECK(host.ask("x.y.absent.signed.tld.").rcode == Rcode::nxdomain);
  CHECK(host.asked("absent.signed.tld.", RRType::a) == 1);
  CHECK(host.asked("x.y.absent.signed.tld.", RRType::a) == 0);
}

TEST_CASE("a secure NXDOMAIN in the cache denies what is below, until it is flushed (RFC 8020)") {
  ResolverProfile profile = profile_with(QnameMinimisation::off);
  profile.validates = true;
  profile.nxdomain_covers_below = GENERATE(true, false);
  ScriptedHost host(profile);
  CHECK(host.ask("absent.signed.tld.").rcode == Rcode::nxdomain);
  const ClientReply below = host.ask(Ask{.name = "x.absent.signed.tld.", .type = RRType::aaaa});
  CHECK(below.rcode == Rcode::nxdomain);
  CHECK(below.authentic_data);
  const bool is_covered = profile.nxdomain_covers_below;
  CHECK(host.asked("x.absent.signed.tld.", RRType::aaaa) == (is_covered ? 0 : 1));
  Actions actions;
  host.resolver().on_operator(Flush{Flush::What::name, dns::Name::literal("y.absent.signed.tld.")},
                              host.now(), actions);
  CHECK(host.ask("y.absent.signed.tld.").rcode == Rcode::nxdomain);
  CHECK(host.asked("y.absent.signed.tld.", RRType::a) == 1);
}

TEST_CASE("others may deny an empty non-terminal: the whole name is asked for (RFC 9156 2.3)") {
  ScriptedHost host(profile_with(QnameMinimisation::ask_a));
  CHECK(host.ask("x.y.absent.signed.tld.").rcode == Rcode::nxdomain);
  CHECK(host.asked("absent.signed.tld.", RRType::a) == 1);
  CHECK(host.asked("y.absent.signed.tld.", RRType::a) == 0);
  CHECK(host.asked("x.y.absent.signed.tld.", RRType::a) == 1);
}

TEST_CASE("an alias on the way down is no answer for what lies below it") {
  SmallInternet net;
  net.zone("signed.tld.").text += "up 60 IN CNAME nowhere\nunder.up 60 IN A 198.51.100.21\n";
  const auto how = GENERATE(QnameMinimisation::off, QnameMinimisation::ask_a);
  ScriptedHost host(profile_with(how), net);
  const ClientReply reply = host.ask("under.up.signed.tld.");
  CHECK(reply.rcode == Rcode::noerror);
  CHECK(owners(reply) == Names{"under.up.signed.tld. A"});
}

TEST_CASE("CNAME chains are followed in the zone and across zones, with all their RRsets") {
  SmallInternet net;
  net.zone("signed.tld.").text +=
      "one 30 IN CNAME two\ntwo 30 IN CNAME three\nthree 30 IN A 198.51.100.22\n"
      "across 30 IN CNAME www.other.\nbroken 30 IN CNAME nowhere.other.\n";
  ScriptedHost host(profile_with(QnameMinimisation::off), net);
  CHECK(owners(host.ask("one.signed.tld.")) ==
        Names{"one.signed.tld. CNAME", "two.signed.tld. CNAME", "three.signed.tld. A"});
  const ClientReply across = host.ask("across.signed.tld.");
  CHECK(owners(across) == Names{"across.signed.tld. CNAME", "www.other. A"});
  CHECK(across.ttl_s == 30);  // the smallest of the chain
  const ClientReply broken = host.ask("broken.signed.tld.");
  CHECK(broken.rcode == Rcode::nxdomain);  // RFC 6604 3: the RCODE is the last name's
  CHECK(owners(broken) == Names{"broken.signed.tld. CNAME"});
  // The alias itself may be asked for (RFC 1034 3.6.2).
  CHECK(owners(host.ask({.name = "across.signed.tld.", .type = RRType::cname})) ==
        Names{"across.signed.tld. CNAME"});
}

TEST_CASE("CNAME loops and endless chains end in SERVFAIL") {
  SmallInternet net;
  std::string text = "self 60 IN CNAME self\nping 60 IN CNAME pong\npong 60 IN CNAME ping\n";
  for (int i = 0; i < 40; ++i) text += fmt::format("c{} 60 IN CNAME c{}\n", i, i + 1);
  net.zone("signed.tld.").text += text;
  ScriptedHost host(profile_with(QnameMinimisation::off), net);
  for (const char* name : {"self.signed.tld.", "ping.signed.tld.", "c0.signed.tld."}) {
    host.forget_sent();
    CHECK(host.ask(name).rcode == Rcode::servfail);
    CHECK(host.sent().size() <= 20);
  }
  CHECK(host.ask("c35.signed.tld.").rcode == Rcode::nxdomain);  // five steps to c40
}

TEST_CASE("DNAME redirects what lies below it (RFC 6672 3.2)") {
  SmallInternet net;
  net.zone("signed.tld.").text += "moved 60 IN DNAME other.\nmoved 60 IN A 198.51.100.23\n";
  const auto how = GENERATE(QnameMinimisation::off, QnameMinimisation::ask_a);
  ResolverProfile profile = profile_with(how);
  profile.validates = GENERATE(false, true);
  ScriptedHost host(profile, net);
  const ClientReply reply = host.ask("www.moved.signed.tld.");
  CHECK(reply.rcode == Rcode::noerror);
  CHECK(reply.served == (profile.validates ? Served::secure : Served::unvalidated));
  const Names names = owners(reply);
  CHECK(names.front() == "moved.signed.tld. DNAME");
  CHECK(names.back() == "www.other. A");
  // RFC 6672 3.1: the CNAME is synthesised for clients, which need not understand DNAME.
  CHECK(names == Names{"moved.signed.tld. DNAME", "www.moved.signed.tld. CNAME", "www.other. A"});
  CHECK(owners(host.ask("moved.signed.tld.")) == Names{"moved.signed.tld. A"});
}

TEST_CASE("a DNAME that makes the name too long is a failure, not an answer (RFC 6672 2.2)") {
  SmallInternet net;
  const std::string label(60, 'x');
  net.zone("signed.tld.").text +=
      fmt::format("m 60 IN DNAME {}.{}.{}.other.\n", label, label, label);
  ScriptedHost host(profile_with(QnameMinimisation::off), net);
  CHECK(host.ask(fmt::format("{}.m.signed.tld.", label)).rcode != Rcode::noerror);
}
