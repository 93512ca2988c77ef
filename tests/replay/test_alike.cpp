// Goal: servers of two worlds count as alike as long as they answer alike, whatever objects hold
// what they serve, and not an instant longer; two ends of an exchange count as alike only if
// neither the resolver nor the site could tell them apart.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "replay/alike.h"
#include "replay/network.h"
#include "small_world.h"
#include "zonefall/dns/rdata.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::replay {

using namespace testing;  // NOLINT: test helpers
using dns::Name;
using dns::RRType;

namespace {

const Name de = Name::literal("de.");
constexpr SimTime never = SimTime::max();

dnssec::KeyPairPtr make_key(const std::string& label, std::optional<std::uint16_t> tag = {}) {
  dnssec::KeySpec spec;
  spec.algorithm = dnssec::Algorithm::ecdsap256sha256;
  spec.requested_tag = tag;
  return dnssec::make_key_pair(spec, 1, label).value();
}
const dnssec::KeyPairPtr& zsk() {
  static const dnssec::KeyPairPtr key = make_key("zsk");
  return key;
}
/// What another HSM made under the same label and tag.
const dnssec::KeyPairPtr& zsk_of_other_hsm() {
  static const dnssec::KeyPairPtr key = make_key("other", zsk()->tag());
  return key;
}

dnssec::SignatureWindow window(std::int64_t shift_s = 0) {
  return {static_cast<std::uint32_t>(minute(-60).to_unix_s() + shift_s),
          static_cast<std::uint32_t>(minute(600).to_unix_s() + shift_s)};
}

dns::RRsetPtr address(std::string_view owner, std::uint8_t last, std::uint32_t ttl_s = 300) {
  return dns::RRset::make({.owner = Name::literal(owner), .type = RRType::a, .ttl_s = ttl_s},
                          {dns::encode_a({192, 0, 2, last})});
}

// ---- worlds

authority::ZoneContentPtr make_content(std::string_view apex, std::uint8_t www) {
  const Name zone = Name::literal(apex);
  authority::ListedZone listed;
  listed.apex = zone;
  listed.rrsets = {dns::RRset::make({.owner = zone, .type = RRType::ns, .ttl_s = 300},
                                    {dns::encode_name(Name::literal("ns.example."))}),
                   address("www." + std::string(apex), www)};
  listed.denial.emplace();
  return authority::make_listed_content(std::move(listed)).value();
}
/// The same object for everybody, as worlds share it that differ in signatures only.
const authority::ZoneContentPtr& shared_content() {
  static const authority::ZoneContentPtr content = make_content("de.", 1);
  return content;
}

dns::RRsetPtr make_soa(const Name& apex, std::uint32_t serial) {
  return dns::RRset::make({.owner = apex, .type = RRType::soa, .ttl_s = 300},
                          {encode(dns::SoaRdata{.mname = apex,
                                                .rname = apex,
                                                .serial = serial,
                                                .refresh_s = 7200,
                                                .retry_s = 7200,
                                                .expire_s = 7200,
                                                .minimum_s = 300})});
}

dns::RRsetPtr make_dnskeys(const Name& apex, const std::vector<dnssec::KeyPairPtr>& keys) {
  std::vector<dns::Octets> rdatas;
  for (const auto& key : keys) rdatas.push_back(encode(key->dnskey()));
  return dns::RRset::make({.owner = apex, .type = RRType::dnskey, .ttl_s = 300}, std::move(rdatas));
}

/// New objects at each call, but for the content.
authority::ZoneVersionParts version_of(const authority::ZoneContentPtr& content,
                                       std::uint32_t number) {
  const Name& apex = content->apex();
  authority::ZoneVersionParts parts;
  parts.content = content;
  parts.soa = make_soa(apex, 100 + number);
  parts.dnskeys = make_dnskeys(apex, {zsk()});
  parts.signatures = authority::make_signature_source({apex, {zsk()}, {zsk()}, window()});
  parts.signed_at = minute(2 * number);
  parts.signing_digest = 1000 + number;
  return parts;
}

/// A world before its objects are made: three sites serve three versions of one zone.
struct Sketch {
  std::vector<authority::ZoneVersionParts> versions = {version_of(shared_content(), 0),
                                                       version_of(shared_content(), 1),
                                                       version_of(shared_content(), 2)};
  std::vector<SimTime> published = {minute(0), minute(2), minute(4)};
  std::vector<std::vector<SimTime>> loaded = {  // by site; the last one loads what is published
      {minute(1), minute(3), minute(5)},
      {minute(2), minute(4), minute(6)},
      {}};
  std::vector<authority::NameServer> servers = {
      {Name::literal("a.example."),
       {dns::Address::v4({192, 0, 2, 1})},
       {{"one", {}, {{minute(7), minute(8)}}}, {"two", {}, {}}}},
      {Name::literal("b.example."), {dns::Address::v4({192, 0, 2, 2})}, {{"one", {}, {}}}}};
  authority::Site& site(std::size_t number) {
    return number < 2 ? servers[0].sites[number] : servers[1].sites[0];
  }
};

using Change = std::function<void(Sketch&)>;

authority::ServerDirectory make_servers(const Change& change = {}) {
  Sketch sketch;
  if (change) change(sketch);
  std::vector<authority::ZoneHistory::Entry> entries;
  for (std::size_t i = 0; i < sketch.versions.size(); ++i) {
    entries.push_back(
        {sketch.published[i], std::make_shared<const authority::ZoneVersion>(sketch.versions[i])});
  }
  const auto history = std::make_shared<const authority::ZoneHistory>(std::move(entries));
  for (std::size_t i = 0; i < sketch.loaded.size(); ++i) {
    auto& zones = sketch.site(i).zones;
    zones.insert(zones.begin(), {history, sketch.loaded[i]});
  }
  return authority::ServerDirectory(std::move(sketch.servers));
}

/// Either way round.
std::vector<SimTime> alike_both_ways(const authority::ServerDirectory& a,
                                     const authority::ServerDirectory& b) {
  const std::vector<SimTime> until = alike_until(a, b);
  CHECK(until == alike_until(b, a));
  return until;
}

/// Whether all questions that arrive at that site then get the same replies in both.
class Comparison {
 public:
  Comparison(authority::ServerDirectory a, authority::ServerDirectory b)
      : a_(std::move(a)), b_(std::move(b)) {}
  bool are_alike_at(std::uint32_t site, SimTime at) {
    for (const auto& [owner, type] : {std::pair("www.de.", RRType::a),
                                      {"de.", RRType::soa},
                                      {"de.", RRType::dnskey},
                                      {"gone.de.", RRType::a}}) {
      const dns::Question question{Name::literal(owner), type};
      const Ending here = ask(a_, a_memo_, site, question, at);
      if (!are_alike(here, ask(b_, b_memo_, site, question, at))) return false;
    }
    return true;
  }

 private:
  static Ending ask(const authority::ServerDirectory& servers, authority::AnswerMemo& memo,
                    std::uint32_t site, const dns::Question& question, SimTime at) {
    authority::ServerQuery query;
    query.question = question;
    query.edns.emplace();
    query.edns->dnssec_ok = true;
    const authority::NameServer& server = servers.servers()[site / 2];
    const auto answer = authority::reply(server, server.sites[site % 2], query, at, memo);
    if (!answer) return {at, nullptr, SiteLoad{site, at, 0}};
    return {at, answer->message, SiteLoad{site, at, answer->wire_octets}};
  }

  authority::ServerDirectory a_;
  authority::ServerDirectory b_;
  authority::AnswerMemo a_memo_;
  authority::AnswerMemo b_memo_;
};

struct Difference {
  std::string what;
  Change change;
  std::vector<SimTime> until;  // by site
};

// When each version begins to be served.
const std::vector<SimTime> second_version = {minute(3), minute(4), minute(2)};
const std::vector<SimTime> third_version = {minute(5), minute(6), minute(4)};

std::vector<Difference> differences_in_versions() {
  const auto sign_with = [](authority::ZoneVersionParts& parts, const dnssec::KeyPairPtr& key,
                            const dnssec::SignatureWindow& valid) {
    parts.signatures = authority::make_signature_source({de, {key}, {key}, valid});
    parts.signing_digest += 50;
  };
  return {
      {"content", [](Sketch& s) { s.versions[1].content = make_content("de.", 2); },
       second_version},
      {"SOA", [](Sketch& s) { s.versions[2].soa = make_soa(de, 200); }, third_version},
      {"DNSKEY",
       [](Sketch& s) {
         s.versions[1].dnskeys = make_dnskeys(de, {zsk(), make_key("k")});
       },
       second_version},
      {"no DNSKEY", [](Sketch& s) { s.versions[2].dnskeys = nullptr; }, third_version},
      {"signing key", [=](Sketch& s) { sign_with(s.versions[1], zsk_of_other_hsm(), window()); },
       second_version},
      {"signature lifetime", [=](Sketch& s) { sign_with(s.versions[2], zsk(), window(1)); },
       third_version},
      {"unsigned",
       [](Sketch& s) {
         s.versions[1].signatures = nullptr;
         s.versions[1].signing_digest = 0;
       },
       second_version},
      {"a version more",
       [](Sketch& s) {
         s.versions.push_back(version_of(shared_content(), 3));
         s.published.push_back(minute(6));
         s.loaded[0].push_back(minute(9));
         s.loaded[1].push_back(minute(8));
       },
       {minute(9), minute(8), minute(6)}}};
}

std::vector<Difference> differences_in_loading() {
  return {{"earlier at one site",
           [](Sketch& s) { s.loaded[1][1] = minute(3); },
           {never, minute(3), never}},
          {"later at one site",
           [](Sketch& s) { s.loaded[0][2] = minute(6); },
           {minute(5), never, never}},
          {"skipped at one site",
           [](Sketch& s) { s.loaded[1][1] = minute(6); },
           {never, minute(4), never}},
          {"begins later at one site",
           [](Sketch& s) { s.loaded[0][0] = minute(2); },
           {minute(1), never, never}},
          {"published earlier",
           [](Sketch& s) { s.published[1] = minute(1); },
           {never, never, minute(1)}}};
}

class NoZones final : public authority::ZoneFinder {
 public:
  [[nodiscard]] std::optional<std::size_t> apex_labels(const Name& /*qname*/) const override {
    return std::nullopt;
  }
  [[nodiscard]] SimTime changes_at(const Name& /*qname*/) const override { return SimTime::max(); }
  [[nodiscard]] authority::ZoneVersionPtr find(const Name& /*qname*/,
                                               SimTime /*at*/) const override {
    return nullptr;
  }
};

// ---- ends of exchanges

dns::SignedRRset signed_address(const dnssec::KeyPairPtr& key = zsk(), std::int64_t shift_s = 0) {
  const dns::RRsetPtr rrset = address("www.de.", 1);
  return {rrset, {dnssec::sign(rrset, key, de, window(shift_s))}};
}

dns::RrsigPtr octet_rrsig(std::uint8_t last, std::uint32_t lifetime_more_s = 0) {
  dns::RrsigFields fields = signed_address().rrsigs.front()->fields();
  fields.expiration += lifetime_more_s;
  return dns::make_octet_rrsig(fields, {1, 2, last});
}

struct EndingParts {
  Ending ending = {minute(1), nullptr, SiteLoad{2, minute(0), 512}};
  dns::Message message;
};
using EndingChange = std::function<void(EndingParts&)>;

/// New objects at each call.
Ending make_ending(const EndingChange& change = {}) {
  EndingParts parts;
  parts.message.flags.qr = true;
  parts.message.edns.emplace();
  parts.message.question = dns::Question{Name::literal("www.de."), RRType::a};
  parts.message.answer = {signed_address(), {address("b.de.", 2), {octet_rrsig(3)}}};
  parts.message.authority = {signed_address()};
  parts.message.additional = {{address("ns.de.", 3), {}}};
  parts.message.bare_rrsigs = {{.section = dns::Section::answer,
                                .owner = Name::literal("www.de."),
                                .ttl_s = 300,
                                .rrsig = signed_address().rrsigs.front()}};
  if (change) change(parts);
  parts.ending.message = std::make_shared<const dns::Message>(std::move(parts.message));
  return parts.ending;
}

}  // namespace

TEST_CASE("Servers of equal worlds answer alike for ever") {
  const authority::ServerDirectory servers = make_servers();
  const std::vector<SimTime> for_ever(3, never);
  CHECK(alike_both_ways(servers, servers) == for_ever);
  // All objects made anew, but for the content.
  CHECK(alike_both_ways(servers, make_servers()) == for_ever);
  // The same source of signatures that says nothing of itself.
  const auto source = version_of(shared_content(), 0).signatures;
  const Change same_source = [&](Sketch& s) {
    s.versions[1].signatures = source;
    s.versions[1].signing_digest = 0;
  };
  CHECK(alike_both_ways(make_servers(same_source), make_servers(same_source)) == for_ever);
  const Change unsigned_zone = [](Sketch& s) {
    for (auto& parts : s.versions) {
      parts.dnskeys = nullptr;
      parts.signatures = nullptr;
      parts.signing_digest = 0;
    }
  };
  CHECK(alike_both_ways(make_servers(unsigned_zone), make_servers(unsigned_zone)) == for_ever);
}

TEST_CASE("Sources of signatures that say nothing of themselves may differ") {
  const Change silent = [](Sketch& s) { s.versions[1].signing_digest = 0; };
  CHECK(alike_both_ways(make_servers(silent), make_servers(silent)) == second_version);
}

TEST_CASE("Servers answer alike until the first version that differs is loaded") {
  std::vector<Difference> differences = differences_in_versions();
  for (Difference& loading : differences_in_loading()) differences.push_back(std::move(loading));
  for (const Difference& difference : differences) {
    INFO(difference.what);
    const auto until = alike_both_ways(make_servers(), make_servers(difference.change));
    CHECK(until == difference.until);
    // What they reply says the same.
    Comparison comparison(make_servers(), make_servers(difference.change));
    for (std::uint32_t site = 0; site < 3; ++site) {
      INFO(site);
      for (int n = 0; n < 10 && minute(n) < until[site]; ++n) {
        CHECK(comparison.are_alike_at(site, minute(n)));
      }
      if (until[site] != never) CHECK_FALSE(comparison.are_alike_at(site, until[site]));
    }
  }
}

TEST_CASE("The first of a site's zones that differs counts") {
  const auto history_of = [](std::uint8_t www) {
    return authority::make_constant_history(
        std::make_shared<const authority::ZoneVersion>(version_of(make_content("net.", www), 0)));
  };
  const auto one = history_of(1);
  const auto with_net = [](const authority::ZoneHistoryPtr& history, std::size_t site) {
    return [=](Sketch& s) { s.site(site).zones = {{history, {minute(2)}}}; };
  };
  const authority::ServerDirectory net = make_servers(with_net(one, 1));
  CHECK(alike_both_ways(net, make_servers(with_net(one, 1))) == std::vector(3, never));
  CHECK(alike_both_ways(net, make_servers(with_net(history_of(2), 1))) ==
        std::vector{never, minute(2), never});
  const Change both = [&](Sketch& s) {
    with_net(history_of(2), 1)(s);
    s.versions[0].content = make_content("de.", 2);
    s.loaded[1][0] = minute(1);
  };
  const Change early = [&](Sketch& s) {
    with_net(one, 1)(s);
    s.loaded[1][0] = minute(1);
  };
  CHECK(alike_both_ways(make_servers(early), make_servers(both)) ==
        std::vector{minute(1), minute(1), minute(0)});
}

TEST_CASE("Sites that are silent at other times or serve other zones are never alike") {
  const SimTime at_once = SimTime::min();
  const authority::ServerDirectory plain = make_servers();
  const auto until = [&](const Change& change) {
    return alike_both_ways(plain, make_servers(change));
  };
  const std::vector first_only = {at_once, never, never};
  const std::vector last_only = {never, never, at_once};
  CHECK(until([](Sketch& s) { s.site(0).silences[0].from += Duration::seconds(1); }) == first_only);
  CHECK(until([](Sketch& s) { s.site(0).silences[0].until += Duration::seconds(1); }) ==
        first_only);
  CHECK(until([](Sketch& s) { s.site(0).silences.clear(); }) == first_only);
  CHECK(until([](Sketch& s) { s.site(2).silences = {{minute(7), minute(8)}}; }) == last_only);
  CHECK(until([](Sketch& s) { s.site(2).finder = std::make_shared<NoZones>(); }) == last_only);
  CHECK(until([](Sketch& s) {
          const auto net = std::make_shared<const authority::ZoneVersion>(
              version_of(make_content("net.", 1), 0));
          s.site(2).zones = {{authority::make_constant_history(net), {}}};
        }) == last_only);
  CHECK(until([](Sketch& s) {
          const authority::ZoneContentPtr se = make_content("se.", 1);
          s.versions = {version_of(se, 0), version_of(se, 1), version_of(se, 2)};
        }) == std::vector(3, at_once));
}

TEST_CASE("Servers that resolvers reach otherwise are never alike") {
  const std::vector<Change> changes = {
      [](Sketch& s) { s.servers[1].name = Name::literal("c.example."); },
      [](Sketch& s) {
        s.servers[1].addresses = {dns::Address::v4({192, 0, 2, 3})};
      },
      [](Sketch& s) {
        s.servers[1].addresses.push_back(dns::Address::v4({192, 0, 2, 3}));
      },
      [](Sketch& s) { s.servers[1].udp_payload_octets = 512; },
      [](Sketch& s) { s.site(1).catchment_weight = 1; }};
  const authority::ServerDirectory plain = make_servers();
  for (const Change& change : changes) {
    CHECK(alike_both_ways(plain, make_servers(change)) == std::vector(3, SimTime::min()));
  }
}

TEST_CASE("Ends of an exchange are alike whatever objects hold them") {
  CHECK(are_alike(make_ending(), make_ending()));
  const Ending ending = make_ending();
  CHECK(are_alike(ending, ending));
  const Ending timeout{minute(1), nullptr, SiteLoad{2, minute(0), 0}};
  CHECK(are_alike(timeout, timeout));
  CHECK(are_alike({minute(1), nullptr, std::nullopt}, {minute(1), nullptr, std::nullopt}));
  // The question is the resolver's own, and so is the ID.
  CHECK(are_alike(ending, make_ending([](EndingParts& p) { p.message.id = 7; })));
}

TEST_CASE("Ends of an exchange differ in their time, the load and whether there is a reply") {
  const Ending ending = make_ending();
  const auto differs = [&](const EndingChange& change) {
    const Ending other = make_ending(change);
    return !are_alike(ending, other) && !are_alike(other, ending);
  };
  CHECK(differs([](EndingParts& p) { p.ending.at += Duration::nanoseconds(1); }));
  CHECK(differs([](EndingParts& p) { p.ending.load.reset(); }));
  CHECK(differs([](EndingParts& p) { p.ending.load->site += 1; }));
  CHECK(differs([](EndingParts& p) { p.ending.load->at += Duration::nanoseconds(1); }));
  CHECK(differs([](EndingParts& p) { p.ending.load->octets += 1; }));
  Ending timeout = ending;
  timeout.message = nullptr;
  CHECK_FALSE(are_alike(ending, timeout));
  CHECK_FALSE(are_alike(timeout, ending));
  Ending later = timeout;
  later.at += Duration::seconds(1);
  CHECK_FALSE(are_alike(timeout, later));
}

TEST_CASE("Ends of an exchange differ in what the reply says and who signed it") {
  const std::vector<std::pair<std::string, std::function<void(dns::Message&)>>> changes = {
      {"flags", [](dns::Message& m) { m.flags.aa = true; }},
      {"opcode", [](dns::Message& m) { m.opcode = dns::Opcode::notify; }},
      {"RCODE", [](dns::Message& m) { m.rcode = dns::Rcode::refused; }},
      {"no EDNS", [](dns::Message& m) { m.edns.reset(); }},
      {"EDNS", [](dns::Message& m) { m.edns->udp_payload_octets += 1; }},
      {"TTL", [](dns::Message& m) { m.answer[0].rrset = address("www.de.", 1, 299); }},
      {"RDATA", [](dns::Message& m) { m.authority[0].rrset = address("www.de.", 2); }},
      {"owner", [](dns::Message& m) { m.additional[0].rrset = address("nt.de.", 3); }},
      {"an RRset less", [](dns::Message& m) { m.answer.pop_back(); }},
      {"an RRset more", [](dns::Message& m) { m.additional.push_back(m.additional[0]); }},
      {"order", [](dns::Message& m) { std::swap(m.answer[0], m.answer[1]); }},
      {"no RRSIG", [](dns::Message& m) { m.authority[0].rrsigs.clear(); }},
      {"key pair", [](dns::Message& m) { m.answer[0] = signed_address(zsk_of_other_hsm()); }},
      {"window", [](dns::Message& m) { m.answer[0] = signed_address(zsk(), 1); }},
      {"octets", [](dns::Message& m) { m.answer[1].rrsigs = {octet_rrsig(4)}; }},
      {"fields", [](dns::Message& m) { m.answer[1].rrsigs = {octet_rrsig(3, 1)}; }},
      {"bare RRSIG", [](dns::Message& m) { m.bare_rrsigs[0].rrsig = octet_rrsig(3); }},
      {"its section", [](dns::Message& m) { m.bare_rrsigs[0].section = dns::Section::authority; }},
      {"its owner", [](dns::Message& m) { m.bare_rrsigs[0].owner = de; }},
      {"its class", [](dns::Message& m) { m.bare_rrsigs[0].rclass = dns::RRClass::ch; }},
      {"its TTL", [](dns::Message& m) { m.bare_rrsigs[0].ttl_s += 1; }}};
  REQUIRE(signed_address(zsk_of_other_hsm()).rrsigs[0]->fields() ==
          signed_address().rrsigs[0]->fields());
  for (const auto& [what, change] : changes) {
    INFO(what);
    const Ending other = make_ending([&make = change](EndingParts& p) { make(p.message); });
    CHECK_FALSE(are_alike(make_ending(), other));
    CHECK_FALSE(are_alike(other, make_ending()));
  }
}

}  // namespace zonefall::replay
