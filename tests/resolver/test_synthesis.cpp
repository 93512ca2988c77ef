// Goal: denials from NSEC RRsets in the cache, and only those that they prove (RFC 8198 5.1, RFC
// 4035 5.4, RFC 6840 4.1).
#include <algorithm>

#include <catch2/catch.hpp>

#include "resolver/known_denials.h"
#include "scripted_host.h"
#include "zonefall/dns/master_file.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::Rcode;
using dns::RRType;

namespace {

ResolverProfile synthesising() {
  ResolverProfile profile;
  profile.qname_minimisation = QnameMinimisation::off;
  profile.synthesises_denials = true;
  return profile;
}

// Whether the reply is a secure denial with SOA and NSEC, and nobody was asked for it.
bool is_synthesised(ScriptedHost& host, const Ask& ask, Rcode rcode) {
  host.forget_sent();
  const ClientReply reply = host.ask(ask);
  CHECK(reply.rcode == rcode);
  if (!host.sent().empty() || reply.data == nullptr) return false;
  CHECK(reply.authentic_data);
  CHECK(reply.data->answer().empty());
  CHECK(reply.data->authority().size() >= 2);
  for (const dns::SignedRRset& entry : reply.data->authority()) CHECK(!entry.rrsigs.empty());
  return true;
}

bool is_synthesised(ScriptedHost& host, const std::string& name, Rcode rcode) {
  return is_synthesised(host, Ask{.name = name}, rcode);
}

}  // namespace

TEST_CASE("names between two that NSEC RRsets in the cache name do not exist") {
  ScriptedHost host(synthesising());
  CHECK(!is_synthesised(host, "absent.signed.tld.", Rcode::nxdomain));  // apex to alias
  CHECK(is_synthesised(host, "ABC.signed.tld.", Rcode::nxdomain));
  CHECK(is_synthesised(host, "x.y.absent.signed.tld.", Rcode::nxdomain));
  CHECK(!is_synthesised(host, "zero.signed.tld.", Rcode::nxdomain));  // www to the apex
  CHECK(is_synthesised(host, "zz.signed.tld.", Rcode::nxdomain));
  CHECK(!is_synthesised(host, "m.signed.tld.", Rcode::nxdomain));
  CHECK(host.asked("m.signed.tld.", RRType::a) == 1);
}

TEST_CASE("types that the NSEC RRset at a name does not list are not there") {
  ScriptedHost host(synthesising());
  CHECK(!is_synthesised(host, {.name = "www.signed.tld.", .type = RRType::mx}, Rcode::noerror));
  CHECK(is_synthesised(host, {.name = "www.signed.tld.", .type = RRType::txt}, Rcode::noerror));
  host.forget_sent();
  CHECK(host.ask("www.signed.tld.").data->answer().size() == 1);
  CHECK(host.asked("www.signed.tld.", RRType::a) == 1);
  // Of an alias NSEC says nothing: the question goes where it leads.
  host.forget_sent();
  CHECK(host.ask(Ask{.name = "alias.signed.tld.", .type = RRType::txt}).data->answer().size() == 1);
  CHECK(host.asked("alias.signed.tld.", RRType::txt) == 1);
  // Both the alias and what denies the MX RRset where it leads are in the cache now.
  host.forget_sent();
  CHECK(host.ask(Ask{.name = "alias.signed.tld.", .type = RRType::mx}).data->answer().size() == 1);
  CHECK(host.sent().empty());
}

TEST_CASE("empty non-terminals exist (RFC 4592 2.2.2)") {
  ScriptedHost host(synthesising());
  host.ask("absent.signed.tld.");                                   // for the wildcard
  CHECK(!is_synthesised(host, "b0.signed.tld.", Rcode::nxdomain));  // alias to a.b.c
  CHECK(is_synthesised(host, "c.signed.tld.", Rcode::noerror));
  CHECK(is_synthesised(host, "b.c.signed.tld.", Rcode::noerror));
  CHECK(is_synthesised(host, "a.c.signed.tld.", Rcode::nxdomain));   // *.c is covered, too
  CHECK(!is_synthesised(host, "x.c.signed.tld.", Rcode::nxdomain));  // behind a.b.c
}

TEST_CASE("what a wildcard answers is not denied (RFC 4035 5.4)") {
  ScriptedHost host(synthesising());
  host.ask("absent.signed.tld.");  // for the SOA RRset
  CHECK(host.ask("one.wild.signed.tld.").data->answer().size() == 1);
  host.forget_sent();
  CHECK(host.ask("two.wild.signed.tld.").data->answer().size() == 1);
  CHECK(host.asked("two.wild.signed.tld.", RRType::a) == 1);
  // Its other types are.
  CHECK(
      is_synthesised(host, {.name = "three.wild.signed.tld.", .type = RRType::mx}, Rcode::noerror));
}

TEST_CASE("the parent denies nothing below a delegation but its DS (RFC 6840 4.1)") {
  SmallInternet net;
  net.zone("other.").text += "sub 3600 IN NS ns.sub\nns.sub 3600 IN A 192.0.2.99\n";
  ScriptedHost host(synthesising(), net);
  CHECK(!is_synthesised(host, {.name = "sub.other.", .type = RRType::ds}, Rcode::noerror));
  host.script_all({"192.0.2.99"}, Manner::silent);
  host.forget_sent();
  const ClientReply below = host.ask("www.sub.other.");
  CHECK(below.rcode == Rcode::servfail);  // nobody denied it
  CHECK(host.sent_to("192.0.2.99") > 0);
}

TEST_CASE("a synthesised denial lasts as long as what it is made of (RFC 9077)") {
  ScriptedHost host(synthesising());
  host.ask("absent.signed.tld.");
  host.run_for(Duration::seconds(100));
  host.forget_sent();
  const ClientReply reply = host.ask("abc.signed.tld.");
  CHECK(host.sent().empty());
  CHECK(reply.ttl_s <= 20);  // the zone's negative answers last 120 s
  host.run_for(Duration::seconds(30));
  CHECK(!is_synthesised(host, "abd.signed.tld.", Rcode::nxdomain));
}

TEST_CASE("nothing is synthesised for +cd queries, under an NTA, after a flush, or if not wanted") {
  ResolverProfile profile = synthesising();
  const int way = GENERATE(0, 1, 2, 3);
  if (way == 3) profile.synthesises_denials = false;
  ScriptedHost host(profile);
  host.ask("absent.signed.tld.");
  if (way == 1) host.operate(InstallNta{dns::Name::literal("signed.tld.")});
  if (way == 2) host.operate(Flush{Flush::What::subtree, dns::Name::literal("abc.signed.tld.")});
  host.forget_sent();
  CHECK(host.ask(Ask{.name = "abc.signed.tld.", .checking_disabled = way == 0}).rcode ==
        Rcode::nxdomain);
  CHECK(host.asked("abc.signed.tld.", RRType::a) == 1);
}

TEST_CASE("bogus denials are not kept") {
  SmallInternet net;
  net.zone("signed.tld.").signing_zsk = make_key("another", Role::zsk);
  ScriptedHost host(synthesising(), net);
  CHECK(host.ask("absent.signed.tld.").rcode == Rcode::servfail);
  host.forget_sent();
  CHECK(host.ask("abc.signed.tld.").rcode == Rcode::servfail);
  CHECK(host.asked("abc.signed.tld.", RRType::a) > 0);
}

TEST_CASE("an NSEC or NSEC3 RRset beside another answer proves that a delegation has no DS") {
  // A server of parent and child denies for the child, which is not signed, with no proof of that:
  // it came beside the alias that led there (RFC 4035 5.2, RFC 5155 8.9).
  const Signing signing = GENERATE(Signing::nsec, Signing::nsec3);
  const bool is_kept = GENERATE(true, false);
  CAPTURE(static_cast<int>(signing), is_kept);
  SmallInternet net;
  ZonePlan& parent = net.zone("signed.tld.");
  parent.signing = signing;
  parent.text += "away 3600 IN CNAME under\nunder 3600 IN NS ns1\n";
  ScriptedHost denied(synthesising(), net);
  const auto denial = denied.ask(Ask{.name = "under.signed.tld.", .type = RRType::ds}).data;
  const auto proofs = denial->authority();
  ResolverProfile profile = synthesising();
  profile.synthesises_no_ds = is_kept;
  ScriptedHost host(profile, net);
  for (const char* server : {"192.0.2.31", "192.0.2.32"}) {
    host.script(server).tamper = [&](const dns::Question& asked, dns::Message& message) {
      if (asked.qname == dns::Name::literal("away.signed.tld.")) {
        std::erase_if(message.answer,
                      [](const auto& entry) { return entry.rrset->type() != RRType::cname; });
        message.authority.clear();
        for (const dns::SignedRRset& entry : proofs) {
          if (entry.rrset->type() != RRType::soa) message.authority.push_back(entry);
        }
      } else if (asked == question_of("under.signed.tld.")) {
        message.flags.aa = true;
        message.authority.clear();
        message.additional.clear();
        for (const dns::SignedRRset& entry : proofs) {
          if (entry.rrset->type() == RRType::soa) message.authority.push_back(entry);
        }
      }
    };
  }
  const ClientReply reply = host.ask("away.signed.tld.");
  CHECK(reply.rcode == Rcode::noerror);
  CHECK(!reply.authentic_data);
  CHECK(host.asked("under.signed.tld.", RRType::a) == 1);
  CHECK(host.asked("under.signed.tld.", RRType::ds) == (is_kept ? 0 : 1));
  const bool has_soa =
      std::any_of(reply.data->authority().begin(), reply.data->authority().end(),
                  [](const dns::SignedRRset& entry) { return entry.rrset->type() == RRType::soa; });
  CHECK(has_soa);
}

TEST_CASE("the NSEC RRset of a name that is not delegated makes unsigned data there no better") {
  ResolverProfile profile = synthesising();
  profile.synthesises_no_ds = true;
  ScriptedHost host(profile);  // RFC 6840 4.4: without the NS bit it denies no DS of a child
  CHECK(!is_synthesised(host, {.name = "www.signed.tld.", .type = RRType::mx}, Rcode::noerror));
  for (const char* server : {"192.0.2.31", "192.0.2.32"}) {
    host.script(server).tamper = [](const dns::Question& asked, dns::Message& message) {
      if (!(asked == question_of("www.signed.tld."))) return;
      message.answer = {{dns::RRset::make({asked.qname, RRType::a, dns::RRClass::in, 60},
                                          {dns::encode_a({203, 0, 113, 66})}),
                         {}}};
    };
  }
  CHECK(host.ask("www.signed.tld.").served == Served::failed_bogus);
}

TEST_CASE("only NSEC3 RRsets of delegations without a DS are kept") {
  const dns::Name zone = dns::Name::literal("tld.");
  const std::string owner =
      dnssec::nsec3_owner(dnssec::nsec3_hash(dns::Name::literal("child.tld."), {}), zone).to_text();
  const auto is_kept = [&](const std::string& numbers, const std::string& types) {
    const auto parsed = dns::parse_master_file(
        owner + " 60 IN NSEC3 " + numbers + " - 00000000000000000000000000000000 " + types, {});
    REQUIRE(parsed.ok());
    return is_of_insecure_delegation(*parsed.value().front().rrset, zone, 150);
  };
  CHECK(is_kept("1 0 0", "NS"));
  CHECK(is_kept("1 1 150", "NS"));
  CHECK(!is_kept("1 0 0", "NS DS RRSIG"));
  CHECK(!is_kept("1 0 0", "NS SOA RRSIG DNSKEY NSEC3PARAM"));
  CHECK(!is_kept("1 0 0", "A RRSIG"));
  CHECK(!is_kept("1 0 151", "NS"));  // RFC 9276 3.2
}
