// Goal: each way to be secure, insecure or bogus (RFC 4035 4.3 and 5), made by serving or signing a
// zone so, with what the client is told: RCODE, AD, EDE, data.
#include <catch2/catch.hpp>

#include "scripted_host.h"

using namespace zonefall;
using namespace zonefall::resolver;
using namespace zonefall::resolver::testing;
using dns::Rcode;
using dns::RRType;
using dnssec::Reason;
using dnssec::Security;

namespace {

struct Fault {
  const char* what;
  std::function<void(ZonePlan&)> plan;
  Tamper tamper;
  Reason reason;
};

Tamper drop(std::vector<RRType> types) {
  return [types](const dns::Question&, dns::Message& message) {
    std::erase_if(message.authority, [&](const auto& entry) {
      return std::find(types.begin(), types.end(), entry.rrset->type()) != types.end();
    });
  };
}

void strip_signatures(const dns::Question& asked, dns::Message& message) {
  if (asked.qtype == RRType::dnskey) return;
  for (auto* section : {&message.answer, &message.authority}) {
    for (auto& entry : *section) entry.rrsigs.clear();
  }
}

// Faults of signed.tld. seen by whoever asks for www.signed.tld. A.
std::vector<Fault> faults() {
  return {
      {"another private key with the published tag",
       [](ZonePlan& z) { z.signing_zsk = make_key_like(z.zsk, "again"); }, nullptr,
       Reason::signature_crypto_failed},
      {"an unpublished key", [](ZonePlan& z) { z.signing_zsk = make_key("hidden", Role::zsk); },
       nullptr, Reason::dnskey_missing},
      {"expired signatures",
       [](ZonePlan& z) {
         z.signed_before = Duration::days(40);
         z.valid_for = Duration::days(39);
       },
       nullptr, Reason::signature_expired},
      {"signatures of tomorrow", [](ZonePlan& z) { z.signed_before = -Duration::days(1); }, nullptr,
       Reason::signature_not_yet_valid},
      {"a DS of another key", [](ZonePlan& z) { z.ksk_of_parent = make_key("foreign", Role::ksk); },
       nullptr, Reason::no_key_matches_ds},
      {"no RRSIG", [](ZonePlan&) {}, strip_signatures, Reason::signature_missing},
  };
}

ClientReply ask_with(const Fault& fault, const ResolverProfile& profile, const Ask& ask) {
  SmallInternet net;
  fault.plan(net.zone("signed.tld."));
  ScriptedHost host(profile, net);
  host.script("192.0.2.31").tamper = fault.tamper;
  host.script("192.0.2.32").tamper = fault.tamper;
  return host.ask(ask);
}

ResolverProfile profile_with(NoDsProof no_ds, ChainTiming timing) {
  ResolverProfile profile;
  profile.no_ds_proof = no_ds;
  profile.chain_timing = timing;
  return profile;
}

}  // namespace

TEST_CASE("signed zones are secure, whenever the chain is built") {
  const auto no_ds = GENERATE(NoDsProof::referral, NoDsProof::query);
  const auto timing = GENERATE(ChainTiming::before_child, ChainTiming::unsigned_before_child,
                               ChainTiming::after_answer);
  ScriptedHost host(profile_with(no_ds, timing));
  const ClientReply positive = host.ask("www.signed.tld.");
  CHECK(positive.served == Served::secure);
  CHECK(positive.authentic_data);
  CHECK(host.ask("absent.signed.tld.").served == Served::secure);
  CHECK(host.ask({.name = "www.signed.tld.", .type = RRType::txt}).served == Served::secure);
  CHECK(host.ask("alias.signed.tld.").data->answer().size() == 2);
  CHECK(host.ask("alias.signed.tld.").served == Served::secure);
}

TEST_CASE("zones without a DS are insecure: by NSEC, NSEC3 and opt-out (RFC 4035 5.2)") {
  const auto signing = GENERATE(Signing::nsec, Signing::nsec3, Signing::nsec3_opt_out);
  const auto no_ds = GENERATE(NoDsProof::referral, NoDsProof::query);
  const auto timing = GENERATE(ChainTiming::before_child, ChainTiming::after_answer);
  SmallInternet net;
  net.zone("tld.").signing = signing;
  ScriptedHost host(profile_with(no_ds, timing), net);
  const ClientReply reply = host.ask("www.plain.tld.");
  CHECK(reply.rcode == Rcode::noerror);
  CHECK(reply.served == Served::insecure);
  CHECK_FALSE(reply.authentic_data);
  // RFC 5155 9.2: under opt-out not even a nonexistent name is secure.
  const ClientReply absent = host.ask("absent.tld.");
  CHECK(absent.rcode == Rcode::nxdomain);
  CHECK(absent.authentic_data == (signing != Signing::nsec3_opt_out));
}

TEST_CASE("AD goes to clients that set DO or AD, and not with CD (RFC 6840 5.7 and 5.8)") {
  for (const bool cached : {false, true}) {
    for (int bits = 0; bits < 8; ++bits) {
      const Ask ask{.name = "www.signed.tld.",
                    .type = RRType::a,
                    .dnssec_ok = (bits & 1) != 0,
                    .authentic_data = (bits & 2) != 0,
                    .checking_disabled = (bits & 4) != 0};
      ScriptedHost host{ResolverProfile()};
      if (cached) host.ask(ask);
      const bool wanted = !ask.checking_disabled && (ask.dnssec_ok || ask.authentic_data);
      CHECK(host.ask(ask).authentic_data == wanted);
    }
  }
}

TEST_CASE("each wrong action makes the zone's answers bogus, with its reason and code") {
  for (const Fault& fault : faults()) {
    INFO(fault.what);
    for (const auto timing : {ChainTiming::before_child, ChainTiming::after_answer}) {
      const ClientReply reply =
          ask_with(fault, profile_with(NoDsProof::query, timing), {.name = "www.signed.tld."});
      CHECK(reply.rcode == Rcode::servfail);
      CHECK(reply.served == Served::failed_bogus);
      CHECK_FALSE(reply.authentic_data);
      CHECK(reply.data == nullptr);
      CHECK(reply.verdict->reason == fault.reason);
      REQUIRE(reply.ede.has_value());
      CHECK(reply.ede == dnssec::info(fault.reason).ede);
    }
  }
}

TEST_CASE("one signature that verifies is enough, and the other may be bad (RFC 4035 5.3.3)") {
  const bool bad_first = GENERATE(true, false);
  const auto timing = GENERATE(ChainTiming::before_child, ChainTiming::after_answer);
  SmallInternet net;
  for (const char* apex : {"tld.", "signed.tld."}) {
    ZonePlan& plan = net.zone(apex);
    const dnssec::KeyPairPtr published = plan.zsk;
    const dnssec::KeyPairPtr bad = make_key_like(published, "again");  // same tag, other pair
    plan.signing_zsk = bad_first ? bad : published;
    plan.second_zsk = bad_first ? published : bad;
  }
  ScriptedHost host(profile_with(NoDsProof::referral, timing), net);
  CHECK(host.ask("www.signed.tld.").authentic_data);             // by way of a DS RRset
  CHECK(host.ask("absent.signed.tld.").authentic_data);          // a denial
  CHECK(host.ask("www.plain.tld.").served == Served::insecure);  // a proof of no DS

  net.zone("signed.tld.").second_zsk = net.zone("signed.tld.").signing_zsk =
      make_key_like(net.zone("signed.tld.").zsk, "again");
  ScriptedHost both_bad(profile_with(NoDsProof::referral, timing), net);
  CHECK(both_bad.ask("www.signed.tld.").served == Served::failed_bogus);
}

TEST_CASE("with CD the bogus data is handed over, without AD (RFC 4035 3.2.2)") {
  for (const Fault& fault : faults()) {
    INFO(fault.what);
    for (int knobs = 0; knobs < 8; ++knobs) {
      ResolverProfile profile;
      profile.validates_cd_queries = (knobs & 1) != 0;
      profile.answers_cd_from_cache = (knobs & 2) != 0;
      profile.failures_apart_by_cd = (knobs & 4) != 0;
      const ClientReply reply =
          ask_with(fault, profile, {.name = "www.signed.tld.", .checking_disabled = true});
      INFO(knobs);
      CHECK(reply.rcode == Rcode::noerror);
      CHECK(reply.served == Served::unvalidated);
      CHECK_FALSE(reply.authentic_data);
      REQUIRE(reply.data);
      CHECK(reply.data->answer().size() == 1);
    }
  }
}

TEST_CASE("a failure seen without CD does not keep the data from those who set it, nor back") {
  for (int knobs = 0; knobs < 8; ++knobs) {
    INFO(knobs);
    ResolverProfile profile;
    profile.validates_cd_queries = (knobs & 1) != 0;
    profile.answers_cd_from_cache = (knobs & 2) != 0;
    profile.failures_apart_by_cd = (knobs & 4) != 0;
    profile.failure_caching.answer_ttl = Duration::seconds(30);
    SmallInternet net;
    ZonePlan& zone = net.zone("signed.tld.");
    zone.signing_zsk = make_key_like(zone.zsk, "again");
    ScriptedHost host(profile, net);
    const Ask with_cd{.name = "www.signed.tld.", .checking_disabled = true};
    CHECK(host.ask("www.signed.tld.").rcode == Rcode::servfail);
    CHECK(host.ask(with_cd).rcode == Rcode::noerror);
    CHECK(host.ask("www.signed.tld.").rcode == Rcode::servfail);
    CHECK(host.ask(with_cd).rcode == Rcode::noerror);
  }
}

TEST_CASE("wildcard answers need a proof that the name itself does not exist (RFC 4035 5.3.4)") {
  const auto signing = GENERATE(Signing::nsec, Signing::nsec3);
  SmallInternet net;
  net.zone("signed.tld.").signing = signing;
  ScriptedHost good(ResolverProfile(), net);
  CHECK(good.ask("x.wild.signed.tld.").served == Served::secure);
  CHECK(good.ask({.name = "x.wild.signed.tld.", .type = RRType::txt}).served == Served::secure);
  ScriptedHost stripped(ResolverProfile(), net);
  for (const char* server : {"192.0.2.31", "192.0.2.32"}) {
    stripped.script(server).tamper = drop({RRType::nsec, RRType::nsec3});
  }
  CHECK(stripped.ask("x.wild.signed.tld.").served == Served::failed_bogus);
}

TEST_CASE("a stripped denial is bogus: of a name, of a type, of a DS") {
  const auto signing = GENERATE(Signing::nsec, Signing::nsec3_opt_out);
  const auto no_ds = GENERATE(NoDsProof::referral, NoDsProof::query);
  SmallInternet net;
  net.zone("tld.").signing = signing;
  ScriptedHost host(profile_with(no_ds, ChainTiming::after_answer), net);
  for (const char* server : {"192.0.2.11", "192.0.2.12"}) {
    host.script(server).tamper = drop({RRType::nsec, RRType::nsec3});
  }
  for (const Ask& ask : {Ask{.name = "absent.tld."}, Ask{.name = "word.tld.", .type = RRType::txt},
                         Ask{.name = "www.plain.tld."}}) {
    const ClientReply reply = host.ask(ask);
    INFO(ask.name << " " << reply.verdict->to_text());
    CHECK(reply.served == Served::failed_bogus);
  }
}

TEST_CASE("a DS RRset is denied by NSEC and NSEC3 alone, whatever the SOA (RFC 4035 5.2)") {
  const auto signing = GENERATE(Signing::nsec, Signing::nsec3, Signing::nsec3_opt_out);
  SmallInternet net;
  net.zone("tld.").signing = signing;
  ScriptedHost host(profile_with(NoDsProof::query, ChainTiming::after_answer), net);
  for (const char* server : {"192.0.2.11", "192.0.2.12"}) {
    host.script(server).tamper = [](const dns::Question&, dns::Message& message) {
      for (auto& entry : message.authority) {
        if (entry.rrset->type() == RRType::soa) entry.rrsigs.clear();
      }
    };
  }
  CHECK(host.ask("www.plain.tld.").served == Served::insecure);
  const ClientReply denied = host.ask({.name = "plain.tld.", .type = RRType::ds});
  CHECK(denied.rcode == Rcode::noerror);
  REQUIRE(denied.data);
  for (const auto& entry : denied.data->authority()) CHECK(entry.rrset->type() != RRType::soa);
  // Its TTL would be trusted, and so it counts elsewhere.
  CHECK(host.ask({.name = "word.tld.", .type = RRType::txt}).served == Served::failed_bogus);
}

TEST_CASE("an empty non-terminal that is denied against its proof does not hide what is below") {
  ScriptedHost host{ResolverProfile()};
  for (const char* server : {"192.0.2.31", "192.0.2.32"}) {
    host.script(server).tamper = [](const dns::Question& asked, dns::Message& message) {
      if (asked.qname == dns::Name::literal("c.signed.tld.")) message.rcode = Rcode::nxdomain;
    };
  }
  CHECK(host.ask("a.b.c.signed.tld.").served == Served::secure);
  CHECK(host.asked("c.signed.tld.", RRType::a) > 0);
  CHECK(host.ask("c.signed.tld.").served == Served::failed_bogus);  // RFC 4035 5.4
}

TEST_CASE("clients may ask for DS and DNSKEY, and the parent answers for DS (RFC 4035 3.1.4.1)") {
  ScriptedHost host{ResolverProfile()};
  const ClientReply ds = host.ask({.name = "signed.tld.", .type = RRType::ds});
  CHECK(ds.served == Served::secure);
  REQUIRE(ds.data->answer().size() == 1);
  CHECK(ds.data->answer()[0].rrsigs[0]->fields().signer == dns::Name::literal("tld."));
  CHECK(host.ask({.name = "signed.tld.", .type = RRType::dnskey}).served == Served::secure);
  CHECK(host.ask({.name = "tld.", .type = RRType::dnskey}).served == Served::secure);
  CHECK(host.ask({.name = ".", .type = RRType::dnskey}).served == Served::secure);
  const ClientReply none = host.ask({.name = "plain.tld.", .type = RRType::ds});
  CHECK(none.rcode == Rcode::noerror);
  CHECK(none.data->answer().empty());
  const ClientReply root = host.ask({.name = ".", .type = RRType::ds});
  CHECK(root.rcode == Rcode::noerror);
  CHECK(root.data->answer().empty());
}

TEST_CASE("a DS RRset of unsupported algorithms or digests only is insecure (RFC 4035 5.2)") {
  const std::string digest(64, '0');
  const auto ds_text = GENERATE(std::string("1 200 2 "), std::string("1 13 200 "));
  SmallInternet net;
  net.zone("signed.tld.").ds_text = ds_text + digest;
  ScriptedHost host{ResolverProfile(), net};
  const ClientReply reply = host.ask("www.signed.tld.");
  CHECK(reply.served == Served::insecure);
  CHECK_FALSE(reply.authentic_data);
  CHECK(host.asked("signed.tld.", RRType::dnskey) == 0);  // nobody could use them
}

TEST_CASE("DNSKEY and DS RRsets with TTL 0 complete the chain of the query in hand") {
  SmallInternet net;
  net.zone("signed.tld.").dnskey_ttl_s = 0;
  net.zone("signed.tld.").ds_ttl_s = 0;
  ScriptedHost host{ResolverProfile(), net};
  CHECK(host.ask("www.signed.tld.").served == Served::secure);
  CHECK(host.sent().size() < 15);
}

TEST_CASE("a child on its parent's servers has a chain of its own, though no referral shows it") {
  const auto signing = GENERATE(Signing::unsigned_zone, Signing::nsec, Signing::nsec3);
  const auto how =
      GENERATE(QnameMinimisation::off, QnameMinimisation::ask_a, QnameMinimisation::ask_ns);
  SmallInternet net;
  net.add({"nic.tld.",
           "@ 600 IN SOA ns host 1 1 1 1 60\nwww 60 IN A 198.51.100.40\n",
           {"192.0.2.11", "192.0.2.12"},
           signing},
          {"tld.", "nic 600 IN NS ns1.tld.\n"});
  ResolverProfile profile;
  profile.qname_minimisation = how;
  ScriptedHost host{profile, net};
  const Served served = signing == Signing::unsigned_zone ? Served::insecure : Served::secure;
  CHECK(host.ask("www.nic.tld.").served == served);
  CHECK(host.ask({.name = "www.nic.tld.", .type = RRType::txt}).served == served);
  CHECK(host.ask("absent.nic.tld.").served == served);
}

// What the parent's servers say of a name in the child, without signatures, anybody may have said.
TEST_CASE("a cut that a false signer's name claims leads no other name astray (RFC 4035 5.3.1)") {
  ScriptedHost host{ResolverProfile()};
  for (const char* server : {"192.0.2.31", "192.0.2.32"}) {
    host.script(server).tamper = [](const dns::Question&, dns::Message& message) {
      for (auto& entry : message.answer) {
        if (entry.rrset->owner() != dns::Name::literal("a.b.c.signed.tld.")) continue;
        dns::RrsigFields fields = entry.rrsigs.front()->fields();
        fields.signer = dns::Name::literal("c.signed.tld.");
        const auto octets = entry.rrsigs.front()->signature();
        entry.rrsigs = {dns::make_octet_rrsig(fields, {octets.begin(), octets.end()})};
      }
    };
  }
  CHECK(host.ask("a.b.c.signed.tld.").served == Served::failed_bogus);
  CHECK(host.ask({.name = "a.b.c.signed.tld.", .type = RRType::txt}).served == Served::secure);
  CHECK(host.ask("absent.c.signed.tld.").served == Served::secure);
}

TEST_CASE("an unsigned answer where a referral is due does not make its server the child's") {
  const std::string zone = GENERATE(as<std::string>{}, "signed.tld.", "plain.tld.");
  const bool is_signed = zone == "signed.tld.";
  const std::string name = "www." + zone;
  const auto forge = [&](const dns::Question& question, dns::Message& message) {
    if (question.qtype != RRType::a || !(question.qname == dns::Name::literal(name))) return;
    message.answer = {{dns::RRset::make({question.qname, RRType::a, dns::RRClass::in, 1},
                                        {dns::encode_a({203, 0, 113, 66})}),
                       {}}};
    message.authority.clear();
    message.additional.clear();
  };
  ResolverProfile profile;
  profile.qname_minimisation = QnameMinimisation::off;
  ScriptedHost host{profile, SmallInternet()};
  const std::vector<std::string> servers_of_tld = {"192.0.2.11", "192.0.2.12"};
  for (const std::string& server : servers_of_tld) host.script(server).tamper = forge;
  // The second try goes to the child's servers, which looking for its DS has shown.
  CHECK(host.ask(name).served == (is_signed ? Served::secure : Served::insecure));
  CHECK(host.asked(name, RRType::a) == (is_signed ? 3 : 2));  // the root's servers first

  for (const std::string& server : servers_of_tld) host.script(server).tamper = nullptr;
  host.run_for(Duration::minutes(2));
  host.forget_sent();
  CHECK(host.ask(name).served == (is_signed ? Served::secure : Served::insecure));
  CHECK(host.sent_to(is_signed ? "192.0.2.3" : "192.0.2.4") > 0);
}
