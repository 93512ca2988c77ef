// Goal: nodes of a listed zone are classified as RFC 1034 and RFC 4592 say, bad zones are errors.
#include <catch2/catch.hpp>

#include "zone_testing.h"

namespace zonefall::authority {

using namespace testing;  // NOLINT: test helpers
using dns::Name;
using dns::RRType;

namespace {

constexpr std::string_view zone_text = R"(
@             IN NS    ns
ns            IN A     192.0.2.1
a.deep        IN A     192.0.2.2
child         IN NS    ns.child
child         IN A     192.0.2.3
ns.child      IN A     192.0.2.3
x.y.child     IN TXT   "hidden"
moved         IN DNAME elsewhere.test.
b.*.star      IN A     192.0.2.4
)";

NodeKind kind_of(const ZoneContent& content, std::string_view owner) {
  return content.node(Name::literal(owner)).kind;
}

std::string error_of(std::string_view text) {
  ListedZone zone = zone_of(text, "t.");
  zone.denial = nsec3();
  const auto content = make_listed_content(std::move(zone));
  return content.ok() ? "" : content.error().to_text();
}

}  // namespace

TEST_CASE("nodes have the kind that their place gives them") {
  const auto content = make_listed_content(zone_of(zone_text, "t.")).value();
  CHECK(kind_of(*content, "t.") == NodeKind::authoritative);
  CHECK(kind_of(*content, "NS.T.") == NodeKind::authoritative);
  CHECK(kind_of(*content, "deep.t.") == NodeKind::empty_non_terminal);
  CHECK(kind_of(*content, "*.star.t.") == NodeKind::empty_non_terminal);
  CHECK(kind_of(*content, "child.t.") == NodeKind::delegation);
  CHECK(kind_of(*content, "ns.child.t.") == NodeKind::occluded);
  CHECK(kind_of(*content, "y.child.t.") == NodeKind::occluded);
  CHECK(kind_of(*content, "nothing.child.t.") == NodeKind::occluded);
  CHECK(kind_of(*content, "moved.t.") == NodeKind::authoritative);
  CHECK(kind_of(*content, "x.moved.t.") == NodeKind::occluded);
  CHECK(kind_of(*content, "nothing.t.") == NodeKind::absent);
  CHECK(kind_of(*content, "b.deep.t.") == NodeKind::absent);
  CHECK(content->denial() == nullptr);
  CHECK(content->node(Name::literal("child.t.")).find(RRType::a) != nullptr);
  CHECK(content->node(Name::literal("child.t.")).find(RRType::ds) == nullptr);
}

TEST_CASE("nodes are visited apex first, without empty ones") {
  const auto content = make_listed_content(zone_of(zone_text, "t.")).value();
  std::vector<std::string> owners;
  content->for_each_node(
      [&](const Name& owner, const Node&) { owners.push_back(owner.to_text()); });
  CHECK(owners == std::vector<std::string>{"t.", "child.t.", "ns.child.t.", "x.y.child.t.",
                                           "a.deep.t.", "moved.t.", "ns.t.", "b.*.star.t."});
}

TEST_CASE("a signed zone has NSEC3PARAM at its apex, and only where its chain is NSEC3") {
  ListedZone zone = zone_of(zone_text, "t.");
  zone.denial = nsec3();
  zone.denial->params = {5, {0xab}};
  const auto content = make_listed_content(zone).value();
  const auto param = content->node(zone.apex).find(RRType::nsec3param);
  REQUIRE(param != nullptr);
  CHECK(dns::rdata_to_text(RRType::nsec3param, param->rdatas().front()) == "1 0 5 ab");
  zone.denial = nsec();
  const auto with_nsec = make_listed_content(zone).value();
  CHECK(with_nsec->node(zone.apex).find(RRType::nsec3param) == nullptr);
}

TEST_CASE("opt-out leaves out what leads to insecure delegations only") {
  ListedZone zone = zone_of(R"(
@        IN NS  ns.else.
in.ent   IN NS  ns.else.
sec.two  IN NS  ns.else.
sec.two  IN DS  1 13 2 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
in.two   IN NS  ns.else.
)",
                            "t.");
  zone.denial = nsec3_opt_out();
  const auto opted_out = make_listed_content(zone).value();
  CHECK(opted_out->denial()->size() == 3);  // the apex, two, sec.two
  CHECK(opted_out->denial()->matching(Name::literal("ent.t.")) == nullptr);
  CHECK(opted_out->denial()->covering(Name::literal("ent.t.")) != nullptr);
  CHECK(opted_out->denial()->matching(Name::literal("two.t.")) != nullptr);
  zone.denial = nsec3();
  CHECK(make_listed_content(zone).value()->denial()->size() == 6);
  // Beside a wildcard the empty non-terminal is needed: it hides the wildcard from names below it.
  zone.denial = nsec3_opt_out();
  zone.rrsets.push_back(rrsets_of("*.t. 300 IN A 192.0.2.1\n", "t.").front());
  const auto beside = make_listed_content(zone).value();
  CHECK(beside->denial()->matching(Name::literal("ent.t.")) != nullptr);
}

TEST_CASE("bad zones are errors that name the owner") {
  const std::string apex = "@ IN NS ns.else.\n";
  CHECK(error_of(apex).empty());
  CHECK(error_of("a IN A 192.0.2.1\n") == "t.: no NS at the apex");
  CHECK(error_of(apex + "u. IN A 192.0.2.1\n") == "u.: outside the zone t.");
  CHECK(error_of(apex + "d IN DNAME e.\nx.d IN A 192.0.2.1\n") ==
        "x.d.t.: data below the DNAME at d.t. (RFC 6672 2.4)");
  CHECK(error_of(apex + "* IN NS ns.else.\n").find("*.t.: NS or DNAME at a wildcard") == 0);
  CHECK(error_of(apex + "* IN DNAME e.\n").find("*.t.: NS or DNAME at a wildcard") == 0);
  CHECK(error_of(apex + "d IN DS 1 13 2 aa\n").find("d.t.: DS where there is no") == 0);
  CHECK(error_of(apex + "@ IN DS 1 13 2 aa\n").find("t.: DS where there is no") == 0);
  CHECK(error_of(apex + "d IN NS n.\nd IN DNAME e.\n").find("d.t.: DNAME at a delegation") == 0);
  CHECK(error_of(apex + "a IN NSEC b.t. A\n").find("a.t.: NSEC is made by signing") == 0);
  CHECK(error_of(apex + "@ IN NSEC3PARAM 1 0 0 -\n").find("t.: NSEC3PARAM is made") == 0);
}

TEST_CASE("errors that no master file can hold") {
  ListedZone zone = zone_of("@ IN NS ns.else.\na IN A 192.0.2.1\n", "t.");
  zone.rrsets.push_back(rrsets_of("a IN CNAME b.t.\n", "t.").front());
  CHECK(make_listed_content(zone).error().message.find("a.t.: CNAME beside other data") == 0);
  zone.rrsets.back() = rrsets_of("a IN A 192.0.2.2\n", "t.").front();
  CHECK(make_listed_content(zone).error().message == "a.t.: two RRsets of type A");
  zone.rrsets.pop_back();
  zone.denial = nsec3();
  zone.denial->params.iterations = 2501;
  CHECK(make_listed_content(zone).error().message.find("2501 NSEC3 iterations") == 0);
  zone.denial = nsec();
  zone.denial->opt_out = true;
  CHECK(make_listed_content(zone).error().message == "opt-out needs NSEC3");
}

}  // namespace zonefall::authority
