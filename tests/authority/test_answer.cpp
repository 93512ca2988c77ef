// Goal: sections, flags and sizes of answers that the RFCs' examples do not show.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "zone_testing.h"

namespace zonefall::authority {

using namespace testing;  // NOLINT: test helpers
using dns::Name;
using Names = std::vector<std::string>;

namespace {

constexpr std::string_view zone_text = R"(
@           IN NS    ns
@           IN NS    ns.sub
@           IN MX    10 mail
ns          IN A     192.0.2.1
ns          IN AAAA  2001:db8::1
mail        IN A     192.0.2.25
alias       IN CNAME ns
out         IN CNAME www.elsewhere.test.
nowhere     IN CNAME missing
circle      IN CNAME elcric
elcric      IN CNAME circle
to-sub      IN CNAME www.sub
*.w         IN CNAME mail
moved       IN DNAME w
sub         IN NS    ns.sub
sub         IN NS    ns.sib
ns.sub      IN A     192.0.2.53
sib         IN NS    ns.sib
ns.sib      IN A     192.0.2.54
own         IN NS    own
own         IN A     192.0.2.55
own         IN DS    1 13 2 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
ptr         IN NS    ns
)";

ZoneContentPtr content_with(const std::optional<DenialSettings>& denial) {
  const std::string label(60, 'l');
  const std::string long_target = fmt::format("{0}.{0}.{0}", label);
  ListedZone zone = zone_of(std::string(zone_text) + "long IN DNAME " + long_target + "\n", "t.");
  zone.denial = denial;
  return make_listed_content(std::move(zone)).value();
}

ZoneVersionPtr signed_zone() {
  const Keys keys = make_keys(1);
  return sign_version(content_with(nsec()), {keys, keys.zsk});
}

dns::Message ask(const ZoneVersionPtr& zone, std::string_view qname, std::string_view qtype,
                 const AnswerOptions& options = {}) {
  return *answer(*zone, question_of(qname, qtype), options).message;
}

}  // namespace

TEST_CASE("a referral carries the glue below its cut first, then that of siblings") {
  const auto zone = unsigned_version(content_with({}));
  const dns::Message message = ask(zone, "www.sub.t.", "A");
  CHECK(!message.flags.aa);
  CHECK(message.rcode == dns::Rcode::noerror);
  CHECK(message.answer.empty());
  CHECK(names_in(message.authority) == Names{"sub.t. NS"});
  CHECK(names_in(message.additional) == Names{"ns.sub.t. A", "ns.sib.t. A"});
  CHECK(names_in(ask(zone, "own.t.", "A").additional) == Names{"own.t. A"});
  CHECK(names_in(ask(zone, "ptr.t.", "A").additional) == Names{"ns.t. A", "ns.t. AAAA"});
}

TEST_CASE("glue is never signed, addresses of this zone are") {
  const auto zone = signed_zone();
  const dns::Message own = ask(zone, "x.own.t.", "A");
  REQUIRE(own.authority.size() == 2);
  CHECK(own.authority[0].rrsigs.empty());
  CHECK(own.authority[1].rrset->type() == dns::RRType::ds);
  CHECK(own.authority[1].rrsigs.size() == 1);
  CHECK(own.additional.at(0).rrsigs.empty());
  CHECK(ask(zone, "ptr.t.", "A").additional.at(0).rrsigs.size() == 1);
  const dns::Message priming = ask(zone, "t.", "NS");
  CHECK(names_in(priming.additional) == Names{"ns.t. A", "ns.t. AAAA", "ns.sub.t. A"});
  CHECK(priming.additional.at(0).rrsigs.size() == 1);
  CHECK(priming.additional.at(2).rrsigs.empty());
}

TEST_CASE("aliases are followed inside the zone") {
  const auto zone = signed_zone();
  CHECK(names_in(ask(zone, "alias.t.", "A").answer) == Names{"alias.t. CNAME", "ns.t. A"});
  CHECK(names_in(ask(zone, "alias.t.", "CNAME").answer) == Names{"alias.t. CNAME"});
  CHECK(names_in(ask(zone, "out.t.", "A").answer) == Names{"out.t. CNAME"});
  CHECK(ask(zone, "out.t.", "A").authority.empty());
  const dns::Message nowhere = ask(zone, "nowhere.t.", "A");
  CHECK(nowhere.rcode == dns::Rcode::nxdomain);
  CHECK(names_in(nowhere.authority).front() == "t. SOA");
  const dns::Message circle = ask(zone, "circle.t.", "A");
  CHECK(names_in(circle.answer) == Names{"circle.t. CNAME", "elcric.t. CNAME"});
  const dns::Message to_sub = ask(zone, "to-sub.t.", "A");
  CHECK(to_sub.flags.aa);
  CHECK(names_in(to_sub.answer) == Names{"to-sub.t. CNAME"});
  CHECK(names_in(to_sub.authority) == Names{"sub.t. NS", "sub.t. NSEC"});
  const dns::Message wild = ask(zone, "a.b.w.t.", "A");
  CHECK(names_in(wild.answer) == Names{"a.b.w.t. CNAME", "mail.t. A"});
  CHECK(names_in(wild.authority) == Names{"*.w.t. NSEC"});
}

TEST_CASE("a DNAME makes a CNAME for the names below it") {
  const auto zone = signed_zone();
  const dns::Message below = ask(zone, "x.moved.t.", "A");
  CHECK(names_in(below.answer) ==
        Names{"moved.t. DNAME", "x.moved.t. CNAME", "x.w.t. CNAME", "mail.t. A"});
  CHECK(below.answer[0].rrsigs.size() == 1);
  CHECK(below.answer[1].rrsigs.empty());
  CHECK(below.answer[1].rrset->ttl_s() == below.answer[0].rrset->ttl_s());
  CHECK(names_in(ask(zone, "moved.t.", "DNAME").answer) == Names{"moved.t. DNAME"});
  CHECK(names_in(ask(zone, "moved.t.", "A").authority) == Names{"t. SOA", "moved.t. NSEC"});
  const dns::Message too_long =
      ask(zone, std::string(60, 'x') + "." + std::string(30, 'y') + ".long.t.", "A");
  CHECK(too_long.rcode == dns::Rcode::yxdomain);
  CHECK(names_in(too_long.answer) == Names{"long.t. DNAME"});
}

TEST_CASE("ANY and RRSIG get one RRset or its signatures") {
  const auto zone = signed_zone();
  CHECK(names_in(ask(zone, "ns.t.", "ANY").answer) == Names{"ns.t. A"});
  const dns::Message rrsig = ask(zone, "ns.t.", "RRSIG");
  CHECK(rrsig.answer.empty());
  REQUIRE(rrsig.bare_rrsigs.size() == 1);
  CHECK(rrsig.bare_rrsigs[0].owner == Name::literal("ns.t."));
  CHECK(rrsig.bare_rrsigs[0].rrsig->fields().type_covered == dns::RRType::a);
  CHECK(names_in(ask(zone, "ns.t.", "NSEC").answer) == Names{"ns.t. NSEC"});
  CHECK(names_in(ask(zone, "w.t.", "NSEC").authority) == Names{"t. SOA", "to-sub.t. NSEC"});
}

TEST_CASE("DNSSEC records are sent to those who ask for them") {
  const auto zone = signed_zone();
  const AnswerOptions plain{true, false, 1232};
  const dns::Message missing = ask(zone, "missing.t.", "A", plain);
  CHECK(names_in(missing.authority) == Names{"t. SOA"});
  CHECK(missing.authority[0].rrsigs.empty());
  CHECK(missing.edns.has_value());
  CHECK(!missing.edns->dnssec_ok);
  CHECK(names_in(ask(zone, "own.t.", "A", plain).authority) == Names{"own.t. NS"});
  CHECK(names_in(ask(zone, "own.t.", "DS", plain).answer) == Names{"own.t. DS"});
  CHECK(!ask(zone, "ns.t.", "A", {false, false, 1232}).edns.has_value());
  // The negative TTL is the smaller of SOA TTL and minimum (RFC 2308 3); the signature's stays.
  CHECK(missing.authority[0].rrset->ttl_s() == 7200);
  const dns::Message with_signature = ask(zone, "missing.t.", "A");
  CHECK(with_signature.authority[0].rrsigs.at(0)->fields().original_ttl_s == 86400);
}

TEST_CASE("answers with SOA or DNSKEY are good for their version only") {
  const auto zone = signed_zone();
  const auto until = [&](const char* qname, const char* qtype) {
    return answer(*zone, question_of(qname, qtype), {}).unchanged_until;
  };
  CHECK(until("t.", "SOA") == zone->signed_at());
  CHECK(until("t.", "DNSKEY") == zone->signed_at());
  CHECK(until("missing.t.", "A") == zone->signed_at());
  CHECK(until("t.", "MX") == SimTime::max());
  CHECK(until("x.own.t.", "A") == SimTime::max());
  CHECK(until("x.sub.t.", "A") == SimTime::max());
}

TEST_CASE("an answer is cut down to what UDP can carry") {
  const auto zone = signed_zone();
  const Answer referral = answer(*zone, question_of("www.sub.t.", "A"), {});
  CHECK(referral.wire_octets == dns::encode(*referral.message).octets.size());
  CHECK(fit_answer(referral, referral.wire_octets).message == referral.message);
  const Answer fewer = fit_answer(referral, referral.wire_octets - 1);
  CHECK(!fewer.message->flags.tc);
  CHECK(names_in(fewer.message->additional) == Names{"ns.sub.t. A"});
  const Answer none = fit_answer(referral, fewer.wire_octets - 1);
  CHECK(none.message->flags.tc);
  CHECK(none.message->authority.empty());
  CHECK(none.message->edns.has_value());
  CHECK(none.wire_octets == 12 + 15 + 11);  // header, question www.sub.t. A IN, OPT
  CHECK(none.wire_octets == dns::encode(*none.message).octets.size());
}

TEST_CASE("referrals of a TLD have the sizes that were measured at .de") {
  // At .de: nic.de with NS, DS, RRSIG and glue 464 octets; a name without DS about 800.
  ListedZone zone = tld_zone("de.");
  zone.denial = nsec3_opt_out();
  zone.denial->ttl_s = 7200;
  for (auto& rrset : rrsets_of(R"(
denic          86400 IN NS   ns1.denic
denic          86400 IN NS   ns2.denic
denic          86400 IN NS   ns3.denic
denic          86400 IN NS   ns4.denic.net.
denic          86400 IN DS   26755 8 2 f341357809a5954311ccb82ade114c6c1d724a75c0395137aa397803 (
                              5425e78d )
ns1.denic      86400 IN A    192.0.2.1
ns1.denic      86400 IN AAAA 2001:db8::1
ns2.denic      86400 IN A    192.0.2.2
ns2.denic      86400 IN AAAA 2001:db8::2
ns3.denic      86400 IN A    192.0.2.3
ns3.denic      86400 IN AAAA 2001:db8::3
beispiel-firma 86400 IN NS   ns-1234.awsdns-26.org.
beispiel-firma 86400 IN NS   ns-1567.awsdns-03.co.uk.
beispiel-firma 86400 IN NS   ns-321.awsdns-40.com.
beispiel-firma 86400 IN NS   ns-987.awsdns-59.net.
)",
                               "de.")) {
    zone.rrsets.push_back(std::move(rrset));
  }
  const auto population =
      make_procedural_population(population_settings("de.", 3000, 40'000)).value();
  const auto content = make_populated_content(std::move(zone), population).value();
  const Keys keys = make_rsa_keys(1);
  const auto version = sign_version(content, {keys, keys.zsk});
  const auto size_of = [&](std::string_view qname) {
    return answer(*version, question_of(qname, "A"), {}).wire_octets;
  };
  std::uint64_t insecure = 1000;
  while (population->is_signed(insecure)) ++insecure;
  const std::string member = fmt::format("www.n{}.de.", insecure);
  CHECK(answer(*version, question_of(member, "A"), {}).message->authority.size() == 3);
  CHECK(size_of("denic.de.") == 460);
  CHECK(size_of(member) == 576);
  CHECK(size_of("www.beispiel-firma.de.") == 673);
}

}  // namespace zonefall::authority
