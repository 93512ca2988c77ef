// Goal: a site replies with the right zone, version and size, refuses, or keeps silent.
#include <catch2/catch.hpp>

#include "zone_testing.h"
#include "zonefall/authority/server.h"

namespace zonefall::authority {

using namespace testing;  // NOLINT: test helpers
using dns::Name;
using dns::Rcode;

namespace {

SimTime minutes(std::int64_t count) {
  return test_time() + Duration::minutes(count);
}

ZoneHistoryPtr constant_zone(std::string_view text, std::string_view apex) {
  const auto content = make_listed_content(zone_of(text, apex)).value();
  return make_constant_history(unsigned_version(content));
}

ZoneHistoryPtr signed_history(std::uint32_t versions) {
  ListedZone zone = tld_zone("de.");
  zone.denial = nsec3_opt_out();
  const auto content = make_listed_content(std::move(zone)).value();
  const Keys keys = make_rsa_keys(1);
  std::vector<ZoneHistory::Entry> entries;
  for (std::uint32_t i = 0; i < versions; ++i) {
    const SimTime at = minutes(std::int64_t{2} * i);
    entries.push_back({at, sign_version(content, {keys, keys.zsk, at, 100 + i})});
  }
  return std::make_shared<const ZoneHistory>(std::move(entries));
}

Site parent_and_child() {
  Site site;
  site.name = "fra";
  site.zones = {
      {constant_zone("@ IN NS ns.else.\nde IN NS ns.else.\nde IN DS 1 13 2 aa\n", "."), {}},
      {constant_zone("@ IN NS ns.else.\nchild IN NS ns.else.\nchild IN DS 2 13 2 bb\n"
                     "zz IN A 192.0.2.1\n",
                     "de."),
       {}},
      {constant_zone("@ IN NS ns.else.\nwww IN A 192.0.2.2\n", "child.de."), {}}};
  return site;
}

NameServer server_of(Site site) {
  NameServer server;
  server.name = Name::literal("ns.else.");
  server.sites = {std::move(site)};
  return server;
}

ServerQuery query_of(std::string_view qname, std::string_view qtype) {
  return {question_of(qname, qtype), dns::Edns{1232, 0, true, {}, {}}, Transport::udp};
}

struct Ask {
  NameServer server;
  AnswerMemo memo = AnswerMemo();

  std::optional<Answer> operator()(const ServerQuery& query, SimTime at = test_time()) {
    return reply(server, server.sites.front(), query, at, memo);
  }
  dns::Message message(std::string_view qname, std::string_view qtype) {
    return *(*this)(query_of(qname, qtype)).value().message;
  }
};

std::uint32_t serial_in(const Answer& answer) {
  return dns::decode_soa(answer.message->answer.at(0).rrset->rdatas().front()).value().serial;
}

}  // namespace

TEST_CASE("the deepest zone answers, DS comes from the parent") {
  Ask ask{server_of(parent_and_child())};
  CHECK(names_in(ask.message("www.child.de.", "A").answer) ==
        std::vector<std::string>{"www.child.de. A"});
  CHECK(ask.message("missing.child.de.", "A").authority.at(0).rrset->owner() ==
        Name::literal("child.de."));
  CHECK(names_in(ask.message("zz.de.", "A").answer) == std::vector<std::string>{"zz.de. A"});
  CHECK(ask.message("de.", "DS").answer.size() == 1);
  CHECK(ask.message("child.de.", "DS").answer.size() == 1);
  CHECK(ask.message("org.", "A").rcode == Rcode::nxdomain);
  CHECK(ask.message(".", "DS").answer.empty());
  ask.server.sites[0].zones.erase(ask.server.sites[0].zones.begin() + 1);
  // The root server that also serves the child, but not the zone between: a referral.
  CHECK(names_in(ask.message("child.de.", "DS").authority) == std::vector<std::string>{"de. NS"});
  ask.server.sites[0].zones.erase(ask.server.sites[0].zones.begin());
  const dns::Message own = ask.message("child.de.", "DS");
  CHECK(own.flags.aa);
  CHECK(names_in(own.authority) == std::vector<std::string>{"child.de. SOA"});
  const dns::Message refused = ask.message("de.", "NS");
  CHECK(refused.rcode == Rcode::refused);
  CHECK(!refused.flags.aa);
}

TEST_CASE("what no zone can answer is refused") {
  Ask ask{server_of(parent_and_child())};
  CHECK(ask.message("de.", "TYPE252").rcode == Rcode::refused);
  CHECK(ask.message("de.", "TYPE250").rcode == Rcode::notimp);
  CHECK(ask.message("de.", "OPT").rcode == Rcode::formerr);
  ServerQuery query = query_of("de.", "A");
  query.question.qclass = dns::RRClass::ch;
  CHECK(ask(query)->message->rcode == Rcode::refused);
  query = query_of("de.", "A");
  query.edns->version = 1;
  CHECK(ask(query)->message->rcode == Rcode::badvers);
}

TEST_CASE("a site serves the version it has loaded, and nothing while silent") {
  Site site;
  site.zones = {
      {signed_history(5), {minutes(10), minutes(20), minutes(20), minutes(20), minutes(30)}}};
  site.silences = {{minutes(12), minutes(15)}, {minutes(40), minutes(41)}};
  Ask ask{server_of(site)};
  const ServerQuery query = query_of("de.", "SOA");
  CHECK(ask(query, minutes(9))->message->rcode == Rcode::servfail);
  CHECK(version_at(site, 0, minutes(9)) == nullptr);
  CHECK(serial_in(*ask(query, minutes(10))) == 100);
  CHECK(!ask(query, minutes(12)).has_value());
  CHECK(!ask(query, minutes(14)).has_value());
  CHECK(serial_in(*ask(query, minutes(15))) == 100);
  CHECK(serial_in(*ask(query, minutes(20))) == 103);
  CHECK(serial_in(*ask(query, minutes(30))) == 104);
  CHECK(!ask(query, minutes(40)).has_value());
  CHECK(serial_in(*ask(query, minutes(41))) == 104);
  CHECK(version_at(site, 0, minutes(25))->serial() == 103);
  site.zones[0].loaded_at.clear();
  CHECK(version_at(site, 0, minutes(5))->serial() == 102);
  CHECK(version_at(site, 0, minutes(-1)) == nullptr);
}

TEST_CASE("UDP replies keep to the smaller payload size, TCP ones are whole") {
  Site site;
  site.zones = {{signed_history(1), {}}};
  Ask ask{server_of(site)};
  ServerQuery query = query_of("de.", "DNSKEY");
  const Answer whole = ask(query).value();
  CHECK(whole.wire_octets > 600);
  CHECK(!whole.message->flags.tc);
  CHECK(whole.message->edns->udp_payload_octets == 1232);
  query.edns->udp_payload_octets = 600;
  CHECK(ask(query)->message->flags.tc);
  query.edns->udp_payload_octets = 0;
  CHECK(ask(query)->wire_octets <= 512);
  query.transport = Transport::tcp;
  CHECK(ask(query)->wire_octets == whole.wire_octets);
  CHECK(!ask(query)->message->flags.tc);
  query.transport = Transport::udp;
  query.edns->udp_payload_octets = 4096;
  ask.server.udp_payload_octets = 700;
  CHECK(ask(query)->message->flags.tc);
  query.edns.reset();
  CHECK(ask(query)->wire_octets <= 512);
  CHECK(!ask(query)->message->edns.has_value());
}

TEST_CASE("servers are found by address") {
  NameServer one = server_of(parent_and_child());
  one.addresses = {dns::Address::parse("192.0.2.1").value(),
                   dns::Address::parse("2001:db8::1").value()};
  NameServer two = one;
  two.addresses = {dns::Address::parse("192.0.2.2").value()};
  const ServerDirectory directory({one, two});
  CHECK(directory.find(dns::Address::parse("2001:db8:0::1").value()) == 0U);
  CHECK(directory.find(dns::Address::v4({192, 0, 2, 2})) == 1U);
  CHECK(directory.find(dns::Address::v4({192, 0, 2, 3})) == std::nullopt);
}

}  // namespace zonefall::authority
