// Goal: what a response is taken for (RFC 1034 5.3.3 4): an answer, a referral, or of no use, and
// what is done then; and the answers that are no plain RRset: ANY, RRSIG, a name too long.
#include <catch2/catch.hpp>

#include "resolver/reply_kind.h"
#include "resolver/scrub.h"
#include "resolver/sections.h"
#include "scripted_host.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::Name;
using dns::Rcode;
using dns::RRType;

namespace {

dns::SignedRRset rrset(const char* owner, RRType type, dns::Octets rdata,
                       std::uint32_t ttl_s = 60) {
  return {dns::RRset::make({.owner = Name::literal(owner), .type = type, .ttl_s = ttl_s},
                           {std::move(rdata)}),
          {}};
}
dns::SignedRRset named(const char* owner, RRType type, const char* target) {
  return rrset(owner, type, dns::encode_name(Name::literal(target)));
}
dns::SignedRRset ns(const char* owner) {
  return named(owner, RRType::ns, "ns.example.");
}
dns::SignedRRset address(const char* owner) {
  return rrset(owner, RRType::a, {192, 0, 2, 80});
}
dns::SignedRRset soa(const char* owner) {
  dns::Octets rdata = dns::encode_name(Name::literal("a."));
  rdata.insert(rdata.end(), rdata.begin(), rdata.end());
  rdata.resize(rdata.size() + 20);
  return rrset(owner, RRType::soa, rdata);
}

// To www.child.zone. A at the servers of zone.
struct Reply {
  Rcode rcode = Rcode::noerror;
  bool aa = false;
  bool ra = false;
  std::vector<dns::SignedRRset> answer = {};
  std::vector<dns::SignedRRset> authority = {};
  bool rd = false;
  const char* name = "www.child.zone.";
  RRType type = RRType::a;
  bool is_hidden_label = false;
  bool is_forwarder = false;
};

ReplyKind kind_of(const Reply& reply) {
  dns::Message message;
  message.flags.qr = true;
  message.flags.aa = reply.aa;
  message.flags.ra = reply.ra;
  message.rcode = reply.rcode;
  message.question = question_of(reply.name, reply.type);
  message.answer = reply.answer;
  message.authority = reply.authority;
  const Name zone = Name::literal("zone.");
  return read_reply(message,
                    {*message.question, zone, reply.rd, reply.is_forwarder, reply.is_hidden_label})
      .kind;
}

ResolverProfile plain_profile() {
  ResolverProfile profile;
  profile.validates = false;
  profile.qname_minimisation = QnameMinimisation::off;
  return profile;
}

// The signed RRset as its zone has it.
dns::SignedRRset fetched(const SmallInternet& net, const std::string& name, RRType type) {
  const ClientReply reply = ScriptedHost(ResolverProfile(), net).ask({.name = name, .type = type});
  REQUIRE(reply.data);
  REQUIRE(reply.data->answer().size() == 1);
  return reply.data->answer().front();
}

void tamper_signed(ScriptedHost& host, const Tamper& tamper) {
  for (const char* server : {"192.0.2.31", "192.0.2.32"}) host.script(server).tamper = tamper;
}

}  // namespace

TEST_CASE("a response is an answer, a referral, or of no use") {
  using K = ReplyKind;
  const auto www = address("www.child.zone.");
  CHECK(kind_of({.rcode = Rcode::refused}) == K::broken);
  CHECK(kind_of({.rcode = Rcode::servfail, .aa = true, .answer = {www}}) == K::broken);
  CHECK(kind_of({.aa = true, .answer = {www}}) == K::answer);
  CHECK(kind_of({.answer = {www}}) == K::answer);
  CHECK(kind_of({.rcode = Rcode::nxdomain}) == K::answer);
  CHECK(kind_of({.rcode = Rcode::yxdomain}) == K::broken);
  CHECK(kind_of({.authority = {soa("zone.")}}) == K::answer);
  CHECK(kind_of({.authority = {ns("child.zone.")}}) == K::referral);
  CHECK(kind_of({.aa = true, .authority = {ns("child.zone.")}}) == K::referral);
  CHECK(kind_of({.authority = {soa("zone."), ns("child.zone.")}}) == K::answer);
  CHECK(kind_of({.authority = {soa("else.zone."), ns("child.zone.")}}) == K::referral);
  // Up, aside, to the same zone.
  CHECK(kind_of({.authority = {ns(".")}}) == K::lame);
  CHECK(kind_of({.authority = {ns("zone.")}}) == K::lame);
  CHECK(kind_of({.authority = {ns("else.zone.")}}) == K::lame);
  CHECK(kind_of({.aa = true, .authority = {ns("zone.")}}) == K::answer);
  CHECK(kind_of({}) == K::empty);
  CHECK(kind_of({.answer = {address("else.zone.")}}) == K::empty);
}

TEST_CASE("beside a delegation data without AA are none (RFC 2181 5.4.1)") {
  using K = ReplyKind;
  const auto www = address("www.child.zone.");
  CHECK(kind_of({.answer = {www}, .authority = {ns("child.zone.")}}) == K::referral);
  CHECK(kind_of({.aa = true, .answer = {www}, .authority = {ns("child.zone.")}}) == K::answer);
  CHECK(kind_of({.answer = {www}, .authority = {ns("zone.")}}) == K::answer);
  CHECK(kind_of({.answer = {www}, .authority = {ns(".")}}) == K::lame);
  const auto alias = named("www.child.zone.", RRType::cname, "elsewhere.");
  CHECK(kind_of({.answer = {alias}, .authority = {ns("child.zone.")}}) == K::answer);
  // The NS RRset that was asked for is one when its owner is below.
  Reply servers{.answer = {ns("child.zone.")}, .name = "child.zone.", .type = RRType::ns};
  CHECK(kind_of(servers) == K::referral);
  servers.is_hidden_label = true;
  CHECK(kind_of(servers) == K::answer);
  servers.is_hidden_label = false;
  servers.aa = true;
  CHECK(kind_of(servers) == K::answer);
}

TEST_CASE("who was asked to resolve has, who was not and does answers from a cache") {
  using K = ReplyKind;
  const auto www = address("www.child.zone.");
  for (const bool rd : {false, true}) {
    const K said = rd ? K::answer : K::cached;
    CHECK(kind_of({.ra = true, .answer = {www}, .rd = rd}) == said);
    CHECK(kind_of({.rcode = Rcode::nxdomain, .ra = true, .rd = rd}) == said);
    CHECK(kind_of({.ra = true, .authority = {soa("zone.")}, .rd = rd}) == said);
    CHECK(kind_of({.ra = true, .answer = {www}, .authority = {ns("zone.")}, .rd = rd}) == said);
    CHECK(kind_of({.ra = true, .authority = {ns("child.zone.")}, .rd = rd, .is_forwarder = rd}) ==
          (rd ? K::answer : K::referral));
    CHECK(kind_of({.aa = true, .ra = true, .answer = {www}, .rd = rd}) == K::answer);
  }
  CHECK(kind_of({.ra = true}) == K::cached);
  CHECK(kind_of({.answer = {www}, .authority = {ns(".")}, .rd = true}) == K::answer);
  CHECK(kind_of({.authority = {ns(".")}, .rd = true}) == K::lame);
}

TEST_CASE("a response loses what its servers have no say in, but for name servers") {
  dns::Message message;
  message.authority = {soa("zone."), soa("other."), ns("."), ns("zone.")};
  const auto shared = std::make_shared<const dns::Message>(message);
  CHECK(without_strays(shared, Name::literal("zone."))->authority.size() == 3);
  CHECK(without_strays(shared, Name()) == shared);
}

TEST_CASE("an NSEC that leads out of the zone is not passed on (RFC 4034 4.1.1)") {
  dns::Message message;
  dns::Octets next = dns::encode_name(Name::literal("else.other."));
  next.insert(next.end(), {0, 1, 0x40});
  message.authority = {soa("zone."), rrset("a.zone.", RRType::nsec, next)};
  const Name zone = Name::literal("zone.");
  CHECK_FALSE(is_plain_denial(message, zone));
  CHECK(is_plain_denial(message, Name()));
  CHECK(proofs_of(message, zone).empty());
  const auto question = question_of("b.zone.");
  CHECK(more_sections(message, question, zone, true, {}).authority.size() == 1);
}

// RFC 4035 3.1.4: a referral has the DS RRset or the proof that there is none.
TEST_CASE("a referral answers a question for the DS RRset that comes with it") {
  ResolverProfile profile;
  profile.qname_minimisation = QnameMinimisation::off;
  ScriptedHost host(profile);
  const Tamper refer = [](const dns::Question& asked, dns::Message& message) {
    if (asked.qtype != RRType::ds || message.flags.aa == false) return;
    message.flags.aa = false;
    message.authority.insert(message.authority.begin(), message.answer.begin(),
                             message.answer.end());
    message.answer.clear();
    std::erase_if(message.authority, [](const auto& e) { return e.rrset->type() == RRType::soa; });
    message.authority.push_back(ns(asked.qname.to_text().c_str()));
  };
  for (const char* server : {"192.0.2.11", "192.0.2.12"}) host.script(server).tamper = refer;
  const ClientReply ds = host.ask({.name = "signed.tld.", .type = RRType::ds});
  CHECK(ds.served == Served::secure);
  REQUIRE(ds.data);
  CHECK(ds.data->answer().size() == 1);
  CHECK(host.asked("signed.tld.", RRType::ds) == 2);  // the root refers to tld.
  CHECK(host.ask({.name = "plain.tld.", .type = RRType::ds}).rcode == Rcode::noerror);
  CHECK(host.asked("plain.tld.", RRType::ds) == 1);
}

// One that serves the zone above and the zone below, and not the one in between.
TEST_CASE("where the child answers for its DS, the zone that delegates it is looked for") {
  SmallInternet net;
  net.add({"mid.tld.", "@ 600 IN SOA ns host 1 1 1 1 60\n", {"192.0.2.91"}, Signing::nsec},
          {"tld.", "mid 600 IN NS ns.mid\nns.mid 600 IN A 192.0.2.91\n"});
  net.add({"sub.mid.tld.",
           "@ 600 IN SOA ns host 1 1 1 1 60\nwww 60 IN A 198.51.100.8\n",
           {"192.0.2.11", "192.0.2.12"},
           Signing::nsec},
          {"mid.tld.", "sub 600 IN NS ns.sub\nns.sub 600 IN A 192.0.2.11\n"});
  ResolverProfile profile;
  profile.qname_minimisation = QnameMinimisation::off;
  ScriptedHost host(profile, net);
  const dns::SignedRRset child_soa = soa("sub.mid.tld.");
  for (const char* server : {"192.0.2.11", "192.0.2.12"}) {
    host.script(server).tamper = [&](const dns::Question& asked, dns::Message& message) {
      const bool is_it = asked.qtype == RRType::ds && asked.qname == child_soa.rrset->owner();
      if (!is_it) return;
      message.flags.aa = true;
      message.answer.clear();
      message.additional.clear();
      message.authority = {child_soa};
    };
  }
  CHECK(host.ask("www.sub.mid.tld.").served == Served::secure);
  CHECK(host.asked("mid.tld.", RRType::ns) > 0);
}

TEST_CASE("of an answer to ANY every RRset is given, and has to be secure (RFC 6840 4.2)") {
  SmallInternet net;
  net.zone("signed.tld.").text += "www 50 IN TXT \"a\"\n";
  const auto a = fetched(net, "www.signed.tld.", RRType::a);
  auto txt = fetched(net, "www.signed.tld.", RRType::txt);
  const bool is_broken = GENERATE(false, true);
  if (is_broken) txt.rrsigs = a.rrsigs;
  ScriptedHost host(ResolverProfile(), net);
  tamper_signed(host, [&](const dns::Question& asked, dns::Message& message) {
    if (asked.qtype == RRType::any) message.answer = {a, txt};
  });
  const ClientReply reply = host.ask({.name = "www.signed.tld.", .type = RRType::any});
  CHECK(reply.served == (is_broken ? Served::failed_bogus : Served::secure));
  if (is_broken) return;
  REQUIRE(reply.data);
  CHECK(reply.data->answer().size() == 2);
  CHECK(reply.ttl_s == 50);
  // All types are asked for, those of DNSSEC too.
  ClientQuery query;
  query.question = question_of("www.signed.tld.", RRType::any);
  CHECK(to_message(reply, query).answer.front().rrsigs.size() == 1);
}

TEST_CASE("an alias is the answer to ANY (RFC 1034 3.6.2)") {
  ScriptedHost host(plain_profile());
  for (int round = 0; round < 2; ++round) {
    const ClientReply reply = host.ask({.name = "alias.signed.tld.", .type = RRType::any});
    REQUIRE(reply.data);
    CHECK(reply.data->answer().size() == 1);
    host.ask({.name = "alias.signed.tld.", .type = RRType::cname});  // in the cache from now on
    host.run_for(Duration::seconds(31));
    host.ask({.name = "alias.signed.tld.", .type = RRType::cname});
  }
}

TEST_CASE("signatures are given to who asks for them, and not validated (RFC 4035 2.2)") {
  const SmallInternet net;
  const auto a = fetched(net, "www.signed.tld.", RRType::a);
  ScriptedHost host(ResolverProfile(), net);
  tamper_signed(host, [&](const dns::Question& asked, dns::Message& message) {
    if (asked.qtype != RRType::rrsig) return;
    message.answer.clear();
    message.authority.clear();
    message.bare_rrsigs = {
        {dns::Section::answer, asked.qname, dns::RRClass::in, 60, a.rrsigs.at(0)}};
  });
  const Ask ask{.name = "www.signed.tld.", .type = RRType::rrsig, .dnssec_ok = false};
  const ClientReply reply = host.ask(ask);
  CHECK(reply.served == Served::unvalidated);
  CHECK_FALSE(reply.authentic_data);
  REQUIRE(reply.data);
  CHECK(reply.data->answer().empty());
  CHECK(reply.data->signatures().size() == 1);
  ClientQuery query;
  query.question = question_of(ask.name, ask.type);
  const dns::Message message = to_message(reply, query);
  REQUIRE(message.bare_rrsigs.size() == 1);
  CHECK(message.bare_rrsigs.front().ttl_s == 60);
  // Whoever asks next gets the same, until it has expired.
  host.run_for(Duration::seconds(30));
  const ClientReply next = host.ask(ask);
  CHECK(next.from_cache);
  CHECK(next.served == Served::unvalidated);
  CHECK_FALSE(next.authentic_data);
  CHECK(to_message(next, query).bare_rrsigs.size() == 1);
  host.run_for(Duration::seconds(30));
  CHECK_FALSE(host.ask(ask).from_cache);
}

TEST_CASE("of questions of type RRSIG that CD let pass only signatures are kept for others") {
  const SmallInternet net;
  ScriptedHost host(ResolverProfile(), net);
  const bool is_alias = GENERATE(false, true);  // else a denial, unsigned as that is
  dns::SignedRRset soa = fetched(net, "signed.tld.", RRType::soa);
  soa.rrsigs.clear();
  tamper_signed(host, [&](const dns::Question& asked, dns::Message& message) {
    if (asked.qtype != RRType::rrsig) return;
    message.authority = {soa};
    message.answer.clear();
    message.bare_rrsigs.clear();
    if (!is_alias) return;
    const auto target = dns::encode_name(dns::Name::literal("www.plain.tld."));
    message.answer = {
        {dns::RRset::make({.owner = asked.qname, .type = RRType::cname, .ttl_s = 60}, {target}),
         {}}};
  });
  Ask ask{.name = "www.signed.tld.", .type = RRType::rrsig, .checking_disabled = true};
  CHECK(host.ask(ask).served == Served::unvalidated);
  ask.checking_disabled = false;
  const ClientReply reply = host.ask(ask);
  CHECK_FALSE(reply.from_cache);
  CHECK(reply.rcode == Rcode::servfail);
}

TEST_CASE("signatures at an alias are asked for there, whatever the cache has (RFC 4035 2.5)") {
  ScriptedHost host{ResolverProfile()};
  host.ask("alias.signed.tld.");
  for (const char* name : {"www.signed.tld.", "alias.signed.tld."}) {
    const Ask ask{.name = name, .type = RRType::rrsig};
    for (const bool from_cache : {false, true}) {
      const ClientReply reply = host.ask(ask);
      CHECK(reply.from_cache == from_cache);
      REQUIRE(reply.data);
      CHECK(reply.data->answer().empty());
      CHECK_FALSE(reply.data->signatures().empty());
    }
  }
}

TEST_CASE("a DNAME leads to signatures that are in the cache to where they were found") {
  SmallInternet net;
  net.zone("signed.tld.").text += "old 60 IN DNAME signed.tld.\n";
  ScriptedHost host(ResolverProfile(), net);
  host.ask("other.old.signed.tld.");
  for (const char* name : {"www.signed.tld.", "www.old.signed.tld."}) {
    const ClientReply reply = host.ask(Ask{.name = name, .type = RRType::rrsig});
    REQUIRE(reply.data);
    CHECK_FALSE(reply.data->signatures().empty());
  }
}

// RFC 6672 2.2: the name that a DNAME makes may be too long, and YXDOMAIN says so.
TEST_CASE("a DNAME that makes the name too long ends the search, securely") {
  const std::string label(63, 'l');
  const std::string longer = label + "." + label + "." + label + ".";
  SmallInternet net;
  net.zone("signed.tld.").text += "old 60 IN DNAME " + longer + "\n";
  const auto dname = fetched(net, "old.signed.tld.", RRType::dname);
  const Rcode rcode = GENERATE(Rcode::noerror, Rcode::yxdomain);
  ScriptedHost host(ResolverProfile(), net);
  const std::string name = label + ".old.signed.tld.";
  tamper_signed(host, [&](const dns::Question& asked, dns::Message& message) {
    if (!asked.qname.is_below(dname.rrset->owner())) return;
    message.rcode = rcode;
    message.answer = {dname};
    message.authority.clear();
  });
  for (int round = 0; round < 2; ++round) {
    const ClientReply reply = host.ask(name);
    CHECK(reply.rcode == Rcode::yxdomain);
    CHECK(reply.served == Served::secure);
    REQUIRE(reply.data);
    CHECK(reply.data->answer().size() == 1);
  }
}

TEST_CASE("what is passed on with a secure answer is secure too, or left out, or all is bogus") {
  ResolverProfile profile;
  profile.answers.more = MoreInAnswers::always;
  profile.answers.drops_ns_in_positive = false;
  const auto stray_ns = named("signed.tld.", RRType::ns, "ns1.signed.tld.");
  const SmallInternet net;
  const auto host_address = fetched(net, "www.signed.tld.", RRType::a);
  const auto ask = [&](const dns::SignedRRset& beside) {
    ScriptedHost host(profile, net);
    tamper_signed(host, [&](const dns::Question& asked, dns::Message& message) {
      if (asked.qname != Name::literal("long.signed.tld.")) return;
      message.authority = {beside};
      message.additional = {host_address};
      message.additional.front().rrset = message.additional.front().rrset;
    });
    return host.ask("long.signed.tld.");
  };
  // Name servers without a signature are left out, and what came with them.
  const ClientReply without = ask(stray_ns);
  CHECK(without.served == Served::secure);
  REQUIRE(without.data);
  CHECK(without.data->authority().empty());
  CHECK(without.data->additional().empty());
  CHECK(ask(rrset("signed.tld.", RRType::txt, {1, 'a'})).served == Served::failed_bogus);
  profile.answers.more = MoreInAnswers::never;
  CHECK(ask(rrset("signed.tld.", RRType::txt, {1, 'a'})).served == Served::secure);
}

TEST_CASE("keys that no server gives are bogus, or missing, by the profile") {
  ResolverProfile profile;
  profile.failure_caching.delegation_ttl = Duration::seconds(60);
  profile.missing_keys_are_bogus = GENERATE(true, false);
  ScriptedHost host(profile);
  tamper_signed(host, [&](const dns::Question& asked, dns::Message& message) {
    if (asked.qtype == RRType::dnskey) message.rcode = Rcode::refused;
  });
  const ClientReply reply = host.ask("www.signed.tld.");
  CHECK(reply.rcode == Rcode::servfail);
  const bool is_bogus = profile.missing_keys_are_bogus;
  CHECK(reply.served == (is_bogus ? Served::failed_bogus : Served::failed_unreachable));
  CHECK((reply.ede == dns::EdeCode::dnskey_missing) == is_bogus);
  host.run_for(Duration::seconds(10));
  host.forget_sent();
  host.ask("long.signed.tld.");
  CHECK((host.asked("signed.tld.", RRType::dnskey) == 0) == is_bogus);
}

TEST_CASE("an empty response is believed at once, or the second one is") {
  ResolverProfile profile = plain_profile();
  profile.upstream.doubts_empty = GENERATE(false, true);
  ScriptedHost host(profile);
  host.script("192.0.2.41").tamper = [](const dns::Question&, dns::Message& message) {
    message.answer.clear();
    message.authority.clear();
    message.additional.clear();
  };
  CHECK(host.ask("www.plain.tld.").rcode == Rcode::noerror);
  CHECK(host.sent_to("192.0.2.41") == (profile.upstream.doubts_empty ? 2 : 1));
}

TEST_CASE("who answers from a cache is asked last, and remembered") {
  ResolverProfile profile = plain_profile();
  profile.upstream.asks_caches_last = GENERATE(false, true);
  ScriptedHost host(profile);
  const Tamper from_cache = [](const dns::Question&, dns::Message& message) {
    message.flags.aa = false;
    message.flags.ra = true;
    message.authority.clear();
  };
  host.script("192.0.2.31").tamper = from_cache;
  for (int i = 0; i < 8; ++i) {
    host.ask("n" + std::to_string(i) + ".signed.tld.");
  }
  const std::size_t asked = host.sent_to("192.0.2.31");
  if (profile.upstream.asks_caches_last) {
    CHECK(asked <= 1);
  } else {
    CHECK(asked > 1);
  }
  // With nobody else they are asked to resolve.
  host.script("192.0.2.32").manner = Manner::refused;
  host.script("192.0.2.32").tamper = nullptr;
  profile.upstream.sends_per_server_max = 3;
  ScriptedHost alone(profile);
  alone.script("192.0.2.41").tamper = from_cache;
  CHECK(alone.ask("www.plain.tld.").rcode == Rcode::noerror);
  CHECK(alone.sent_to("192.0.2.41") == (profile.upstream.asks_caches_last ? 2 : 1));
}

TEST_CASE("silence at hidden labels makes it ask for the whole name") {
  ResolverProfile profile = plain_profile();
  profile.qname_minimisation = QnameMinimisation::ask_a;
  profile.minimised_timeouts_max = GENERATE(0U, 1U, 2U);
  ScriptedHost host(profile);
  host.ask("www.signed.tld.");
  host.forget_sent();
  host.script_all({"192.0.2.31", "192.0.2.32"}, Manner::silent);
  host.submit({.name = "a.b.c.signed.tld."});
  host.run_for(Duration::seconds(8));
  if (profile.minimised_timeouts_max == 0) {
    CHECK(host.asked("a.b.c.signed.tld.", RRType::a) == 0);
  } else {
    CHECK(host.asked("c.signed.tld.", RRType::a) == profile.minimised_timeouts_max);
    CHECK(host.asked("a.b.c.signed.tld.", RRType::a) > 0);
  }
}
