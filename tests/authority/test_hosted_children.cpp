// Goal: children found by name agree with their delegations, answer at their site, and validate.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "zone_testing.h"
#include "zonefall/authority/server.h"
#include "zonefall/authority/zone_finder.h"
#include "zonefall/core/rng.h"
#include "zonefall/dnssec/validate.h"

namespace zonefall::authority {

using namespace testing;  // NOLINT: test helpers
using dns::Name;
using dns::RRType;

namespace {

HostedChildrenSettings children_settings() {
  HostedChildrenSettings settings;
  settings.population = population_settings("de.", 1000, 300'000);
  settings.address_ttls = {{300, 2}, {3600, 1}};
  settings.window = window_at(test_time());
  return settings;
}

struct Hosting {
  HostedChildrenSettings settings = children_settings();
  PopulationPtr population = make_procedural_population(settings.population).value();
  std::shared_ptr<const ZoneFinder> finder = make_hosted_children(settings).value();

  [[nodiscard]] Name member(std::uint64_t id) const {
    return settings.population.zone.prepend(population->label(id)).value();
  }
};

/// The chain of trust from the DS of the delegation to `response`.
dnssec::Verdict judge(const Hosting& hosting, std::uint64_t id, const dns::Question& question,
                      const dns::Message& response) {
  const ZoneVersionPtr zone = hosting.finder->find(question.qname);
  dnssec::Chain chain;
  chain.trust_anchor = hosting.population->delegation(id).ds;
  chain.anchor_keys = {zone->dnskeys(), zone->signatures(zone->dnskeys()).rrsigs};
  chain.question = question;
  chain.response = response;
  const dnssec::IdentityVerifier identity;
  const dnssec::ByteVerifier bytes;
  const dnssec::Verdict verdict = dnssec::validate({identity}, chain, test_time()).verdict;
  if (id < 20) {
    CHECK(dnssec::validate({bytes}, chain, test_time()).verdict.reason == verdict.reason);
  }
  return verdict;
}

NameServer server_with(Site site) {
  NameServer server;
  server.name = Name::literal("ns1.hosting-one.test.");
  server.sites = {std::move(site)};
  return server;
}

Answer ask(const NameServer& server, const dns::Question& question, AnswerMemo& memo) {
  const ServerQuery query{question, dns::Edns{1232, 0, true, {}, {}}, Transport::udp};
  return reply(server, server.sites.front(), query, test_time(), memo).value();
}

}  // namespace

TEST_CASE("A child's NS RRset is the delegation's, and its answers validate under the DS") {
  const Hosting hosting;
  int signed_children = 0;
  for (std::uint64_t id = 0; id < hosting.population->size(); ++id) {
    const ZoneVersionPtr zone = hosting.finder->find(hosting.member(id));
    const Delegation delegation = hosting.population->delegation(id);
    REQUIRE(zone->apex() == hosting.member(id));
    CHECK(zone->node(zone->apex()).find(RRType::ns)->rdata_id() == delegation.ns->rdata_id());
    REQUIRE(zone->is_signed() == (delegation.ds != nullptr));
    if (!zone->is_signed()) continue;
    signed_children += 1;
    for (const auto* owner : {"", "www.", "mail.", "a.www."}) {
      for (const RRType type : {RRType::a, RRType::aaaa, RRType::txt, RRType::dnskey}) {
        const dns::Question question{Name::literal(owner + zone->apex().to_text()), type};
        const Answer answered = answer(*zone, question, {});
        const dnssec::Verdict verdict = judge(hosting, id, question, *answered.message);
        INFO(question.qname.to_text() << " " << verdict.to_text());
        CHECK(verdict.security == dnssec::Security::secure);
      }
    }
  }
  CHECK(signed_children > 200);
}

TEST_CASE("Shares of AAAA records and of TTLs are those of the settings") {
  const Hosting hosting;
  int with_ipv6 = 0;
  int short_lived = 0;
  for (std::uint64_t id = 0; id < hosting.population->size(); ++id) {
    const Name name = hosting.member(id).prepend("www").value();
    const ZoneVersionPtr zone = hosting.finder->find(name);
    const Node node = zone->node(name);
    with_ipv6 += node.find(RRType::aaaa) != nullptr;
    short_lived += node.find(RRType::a)->ttl_s() == 300;
  }
  CHECK(with_ipv6 > 250);
  CHECK(with_ipv6 < 350);
  CHECK(short_lived > 620);
  CHECK(short_lived < 710);
}

TEST_CASE("A site gives listed zones as deep as a child precedence, and finds children elsewhere") {
  const Hosting hosting;
  AnswerMemo memo;
  Site site;
  site.zones = {
      {make_constant_history(unsigned_version(
           make_listed_content(zone_of("@ 60 NS ns1\nwww 60 A 192.0.2.1\n", "n5.de.")).value())),
       {}}};
  site.finder = hosting.finder;
  const NameServer server = server_with(site);
  CHECK(ask(server, question_of("www.n5.de.", "A"), memo).message->answer.front().rrset->ttl_s() ==
        60);
  CHECK(ask(server, question_of("www.n6.de.", "A"), memo).message->answer.front().rrset->ttl_s() >=
        300);
  CHECK(ask(server, question_of("www.n1000.de.", "A"), memo).message->rcode == dns::Rcode::refused);
  CHECK(ask(server, question_of("de.", "NS"), memo).message->rcode == dns::Rcode::refused);
}

TEST_CASE("A DS question goes to the parent's zone if the site has it, else to the child") {
  const Hosting hosting;
  AnswerMemo memo;
  Site site;
  site.finder = hosting.finder;
  const dns::Question question = question_of("n7.de.", "DS");
  const Answer alone = ask(server_with(site), question, memo);
  CHECK(alone.message->authority.front().rrset->owner() == Name::literal("n7.de."));

  ListedZone de = tld_zone("de.");
  site.zones = {{make_constant_history(
                     unsigned_version(make_populated_content(de, hosting.population).value())),
                 {}}};
  AnswerMemo other;
  const Answer both = ask(server_with(site), question, other);
  const bool has_ds = hosting.population->is_signed(7);
  const dns::Message& message = *both.message;
  CHECK((has_ds ? message.answer : message.authority).front().rrset->owner() ==
        Name::literal(has_ds ? "n7.de." : "de."));
  CHECK(ask(server_with(site), question_of("www.n7.de.", "A"), other).message->flags.aa);
}

TEST_CASE("A memo gives what children answer, whichever question comes first") {
  const Hosting hosting;
  AnswerMemo memo;
  const AnswerOptions options;
  Rng rng({4, 0, purpose("children")});
  for (int i = 0; i < 2000; ++i) {
    const std::string name =
        fmt::format("{}n{}.de.", rng.chance(1, 2) ? "www." : "", rng.below(40));
    const dns::Question question = question_of(name, rng.chance(1, 2) ? "A" : "AAAA");
    const Answer want =
        answer(*hosting.finder->find(question.qname, test_time()), question, options);
    const Answer got = memo.get(hosting.finder, test_time(), {question, options});
    REQUIRE(dns::to_text(*got.message) == dns::to_text(*want.message));
    REQUIRE(got.wire_octets == want.wire_octets);
  }
}

TEST_CASE("Answers of children are remembered by their question") {
  const Hosting hosting;
  AnswerMemo memo;
  Site site;
  site.finder = hosting.finder;
  const NameServer server = server_with(site);
  ask(server, question_of("www.n8.de.", "A"), memo);  // an answer is kept from the second time on
  const Answer first = ask(server, question_of("www.n8.de.", "A"), memo);
  const Answer again = ask(server, question_of("WWW.N8.DE.", "A"), memo);
  CHECK(first.message == again.message);
  CHECK(memo.hits() == 1);
  CHECK(ask(server, question_of("www.n9.de.", "A"), memo).message != first.message);
}

TEST_CASE("A share of the children move, each once, and answer with other addresses from then on") {
  Hosting hosting;
  const SimTime from = test_time();
  const SimTime until = from + Duration::hours(4);
  hosting.settings.moves = {200'000, from, until};
  const auto finder = make_hosted_children(hosting.settings).value();
  int moved = 0;
  int early = 0;
  for (std::uint64_t id = 0; id < hosting.population->size(); ++id) {
    const Name name = hosting.member(id);
    const SimTime at = finder->changes_at(name);
    CHECK(hosting.finder->changes_at(name) == SimTime::max());
    const ZoneVersionPtr before = finder->find(name);
    const ZoneVersionPtr after = finder->find(name, until);
    for (const RRType type : {RRType::a, RRType::aaaa}) {
      const dns::RRsetPtr old = hosting.finder->find(name)->node(name).find(type);
      const dns::RRsetPtr kept = before->node(name).find(type);
      const dns::RRsetPtr now = after->node(name).find(type);
      REQUIRE((old == nullptr) == (now == nullptr));
      if (old == nullptr) continue;
      CHECK(kept->content_id() == old->content_id());
      CHECK((now->rdata_id() == old->rdata_id()) == (at == SimTime::max()));
      CHECK(now->ttl_s() == old->ttl_s());
    }
    if (at == SimTime::max()) continue;
    moved += 1;
    early += at < from + Duration::hours(2);
    CHECK(at >= from);
    CHECK(at <= until);
    CHECK(after->serial() > before->serial());
    CHECK(finder->find(name, at - Duration::nanoseconds(1))->serial() == before->serial());
    CHECK(finder->find(name, at)->serial() == after->serial());
  }
  CHECK(moved > 160);
  CHECK(moved < 240);
  CHECK(early > moved * 2 / 5);
  CHECK(early < moved * 3 / 5);
}

TEST_CASE("A remembered answer of a child is that of its time") {
  Hosting hosting;
  const SimTime at = test_time() + Duration::hours(1);
  hosting.settings.moves = {1'000'000, at, at};
  Site site;
  site.finder = make_hosted_children(hosting.settings).value();
  const NameServer server = server_with(site);
  AnswerMemo memo;
  const dns::Question question = question_of("www.n8.de.", "A");
  const auto address_at = [&](SimTime when) {
    const ServerQuery query{question, dns::Edns{1232, 0, true, {}, {}}, Transport::udp};
    const Answer got = reply(server, server.sites.front(), query, when, memo).value();
    return got.message->answer.front().rrset->rdata_id();
  };
  const auto before = address_at(test_time());
  const auto after = address_at(at);
  CHECK(before != after);
  for (int again = 0; again < 3; ++again) {
    CHECK(address_at(test_time()) == before);
    CHECK(address_at(at + Duration::hours(1)) == after);
  }
  CHECK(memo.hits() > 0);
}

TEST_CASE("Settings that make no sense are errors") {
  HostedChildrenSettings settings = children_settings();
  settings.address_ttls = {{300, 0}};
  CHECK(!make_hosted_children(settings));
  settings = children_settings();
  settings.ipv6_ppm = 1'000'001;
  CHECK(!make_hosted_children(settings));
  settings = children_settings();
  settings.moves = {1'000'001, test_time(), test_time()};
  CHECK(!make_hosted_children(settings));
  settings.moves = {1, test_time(), test_time() - Duration::seconds(1)};
  CHECK(!make_hosted_children(settings));
  settings = children_settings();
  settings.population.providers.clear();
  CHECK(!make_hosted_children(settings));
}

}  // namespace zonefall::authority
