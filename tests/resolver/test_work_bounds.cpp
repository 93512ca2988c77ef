// Goal: what one client query may cost is bounded, whatever zones contain: queries sent upstream
// (RFC 1034 5.3.3, RFC 9520 3.1; CVE-2020-8616), signatures checked (CVE-2023-50387), and time.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "scripted_host.h"
#include "zonefall/dnssec/signature.h"

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

// A referral to the zone above the name asked for, without glue.
dns::Message referral(const dns::Question& asked, const std::vector<std::string>& name_servers) {
  dns::Message message;
  message.flags.qr = true;
  message.question = asked;
  std::vector<dns::Octets> names;
  names.reserve(name_servers.size());
  for (const std::string& name : name_servers) {
    names.push_back(dns::encode_name(Name::literal(name)));
  }
  message.authority.push_back(
      {dns::RRset::make({.owner = asked.qname.suffix(2), .type = RRType::ns, .ttl_s = 60}, names),
       {}});
  return message;
}

dns::RrsigPtr signature(const dns::RRsetPtr& rrset, const dnssec::KeyPairPtr& key) {
  const auto now_s = static_cast<std::uint32_t>(start_time.to_unix_s());
  return dnssec::sign(rrset, key, Name::literal("signed.tld."), {now_s - 3600, now_s + 3600});
}

// That many signatures that do not verify, though the key has the right tag, before the right ones.
Tamper bad_signatures_first(int count) {
  const dnssec::KeyPairPtr wrong = make_key_like(make_key("signed.tld. ZSK", Role::zsk), "again");
  return [count, wrong](const dns::Question& asked, dns::Message& message) {
    if (asked.qtype != RRType::a) return;
    for (dns::SignedRRset& entry : message.answer) {
      dns::RrsigList rrsigs;
      for (int i = 0; i < count; ++i) rrsigs.push_back(signature(entry.rrset, wrong));
      for (const dns::RrsigPtr& right : entry.rrsigs) rrsigs.push_back(right);
      entry.rrsigs = rrsigs;
    }
  };
}

}  // namespace

TEST_CASE("referrals that multiply are bounded (RFC 1035 7.1, RFC 9520 3.1)") {
  // Each referral names three servers in zones of their own that are delegated in the same way.
  ScriptedHost host(plain_profile());
  std::uint32_t n = 0;
  host.script("192.0.2.21").tamper = [&n](const dns::Question& asked, dns::Message& message) {
    std::vector<std::string> names;
    for (int i = 0; i < 3; ++i) names.push_back(fmt::format("ns.z{}.other.", n++));
    message = referral(asked, names);
  };
  const ClientReply reply = host.ask("www.victim.other.");
  CHECK(reply.rcode == Rcode::servfail);
  CHECK(host.sent().size() < 300);
}

// The NXNSAttack: one referral names as many servers as fit, none of which has an address.
TEST_CASE("one client query begins a bounded number of fetches (CVE-2020-8616)") {
  ScriptedHost host(plain_profile());
  host.script("192.0.2.21").tamper = [](const dns::Question& asked, dns::Message& message) {
    if (!(asked.qname == Name::literal("www.victim.other."))) return;
    std::vector<std::string> names;
    for (int i = 0; i < 1000; ++i) names.push_back(fmt::format("x{}.tld.", i));
    message = referral(asked, names);
  };
  host.ask("word.tld.");
  host.forget_sent();
  CHECK(host.ask("www.victim.other.").rcode == Rcode::servfail);
  CHECK(host.sent_to("192.0.2.11") + host.sent_to("192.0.2.12") <= 100);
}

// As many paths as 3^20 lead from the last of these tasks up to the first.
TEST_CASE("name servers that all need the same others are found wanting in no time") {
  ScriptedHost host(plain_profile());
  host.script("192.0.2.21").tamper = [](const dns::Question& asked, dns::Message& message) {
    const std::string zone = asked.qname.suffix(2).to_text();  // "l<layer>x<which>.other."
    const int layer = zone.starts_with("l") ? std::stoi(zone.substr(1)) : 0;
    std::vector<std::string> names;
    for (int i = 0; i < 3; ++i) names.push_back(fmt::format("ns.l{}x{}.other.", layer + 1, i));
    message = referral(asked, names);
  };
  const ClientReply reply = host.ask("www.victim.other.");
  CHECK(reply.rcode == Rcode::servfail);
  CHECK(host.sent().size() < 300);
}

TEST_CASE("a query that needs more signature checks than allowed fails without a code") {
  ResolverProfile profile;
  profile.signature_validations_max = 20;
  ScriptedHost host{profile};
  const Tamper tamper = bad_signatures_first(8);
  for (const char* server : {"192.0.2.31", "192.0.2.32"}) host.script(server).tamper = tamper;
  const ClientReply reply = host.ask("www.signed.tld.");
  CHECK(reply.rcode == Rcode::servfail);
  CHECK(reply.served == Served::failed_limit);
  CHECK(reply.verdict->reason == dnssec::Reason::validation_limit);
  CHECK_FALSE(reply.ede.has_value());
  CHECK(host.resolver().counters().signature_validations < 20 + 8);
}

TEST_CASE("what stands beside an answer is not judged beyond the bound, and dropped") {
  ResolverProfile profile;
  profile.signature_validations_max = 20;
  profile.answers.more = MoreInAnswers::always;
  ScriptedHost host{profile};
  const dnssec::KeyPairPtr wrong = make_key_like(host.internet().zone("signed.tld.").zsk, "again");
  const Tamper tamper = [&](const dns::Question& asked, dns::Message& message) {
    if (asked.qtype != RRType::a || message.answer.empty()) return;
    for (int i = 0; i < 60; ++i) {
      const auto rrset =
          dns::RRset::make({.owner = Name::literal(fmt::format("t{}.signed.tld.", i)),
                            .type = RRType::txt,
                            .ttl_s = 60},
                           {{1, 'x'}});
      message.additional.push_back({rrset, {signature(rrset, wrong)}});
    }
  };
  for (const char* server : {"192.0.2.31", "192.0.2.32"}) host.script(server).tamper = tamper;
  const ClientReply reply = host.ask("www.signed.tld.");
  CHECK(reply.authentic_data);
  CHECK(reply.data->additional().empty());
  CHECK(host.resolver().counters().signature_validations == 20);
}

// Else whoever owns a zone could make others' zones fail, by an alias into them.
TEST_CASE("the bound on checks of one query is no failure of the zone where it was reached") {
  // 13 checks lead to the alias; then comes the DS RRset of a referral, or its denial, or the keys.
  const auto checks_max = GENERATE(13U, 14U);
  const std::string target =
      checks_max == 13U ? GENERATE(as<std::string>{}, "other.", "plain.tld.") : "other.";
  SmallInternet net;
  net.zone("signed.tld.").text += "costly 60 IN CNAME www." + target + "\n";
  ResolverProfile profile;
  profile.signature_validations_max = checks_max;
  profile.no_ds_proof = NoDsProof::referral;
  profile.failure_caching.delegation_ttl = Duration::minutes(10);
  profile.failure_caching.bogus_record_ttl_max = Duration::minutes(10);
  ScriptedHost host(profile, net);
  for (const char* server : {"192.0.2.31", "192.0.2.32"}) {
    host.script(server).tamper = bad_signatures_first(7);
  }
  CHECK(host.ask("costly.signed.tld.").served == Served::failed_limit);
  CHECK(host.asked("www." + target, RRType::a) > 0);
  CHECK((host.asked(target, RRType::dnskey) > 0) == (checks_max == 14U));
  const Served served = target == "other." ? Served::secure : Served::insecure;
  CHECK(host.ask("www." + target).served == served);
}
