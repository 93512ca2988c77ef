// Goal: the example zones of RFC 4035 appendix A and RFC 5155 appendix A give the denial records
// and the responses that appendix B of the same RFCs prints.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "zone_testing.h"
#include "zonefall/core/encoding.h"
#include "zonefall/dnssec/nsec3.h"

namespace zonefall::authority {

using namespace testing;  // NOLINT: test helpers

namespace {

constexpr std::string_view both_zones = R"(
example.       3600 IN NS    ns1.example.
example.       3600 IN NS    ns2.example.
example.       3600 IN MX    1 xx.example.
a.example.     3600 IN NS    ns1.a.example.
a.example.     3600 IN NS    ns2.a.example.
a.example.     3600 IN DS    58470 5 1 3079f1593ebad6dc121e202a8b766a6a4837206c
ns1.a.example. 3600 IN A     192.0.2.5
ns2.a.example. 3600 IN A     192.0.2.6
ai.example.    3600 IN A     192.0.2.9
ai.example.    3600 IN HINFO "KLH-10" "ITS"
ai.example.    3600 IN AAAA  2001:db8::f00:baa9
ns1.example.   3600 IN A     192.0.2.1
ns2.example.   3600 IN A     192.0.2.2
*.w.example.   3600 IN MX    1 ai.example.
x.w.example.   3600 IN MX    1 xx.example.
x.y.w.example. 3600 IN MX    1 xx.example.
xx.example.    3600 IN A     192.0.2.10
xx.example.    3600 IN HINFO "KLH-10" "TOPS-20"
xx.example.    3600 IN AAAA  2001:db8::f00:baaa
)";
constexpr std::string_view insecure_b = R"(
b.example.     3600 IN NS    ns1.b.example.
b.example.     3600 IN NS    ns2.b.example.
ns1.b.example. 3600 IN A     192.0.2.7
ns2.b.example. 3600 IN A     192.0.2.8
)";
constexpr std::string_view insecure_c = R"(
2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. 3600 IN A 192.0.2.127
c.example.     3600 IN NS    ns1.c.example.
c.example.     3600 IN NS    ns2.c.example.
ns1.c.example. 3600 IN A     192.0.2.7
ns2.c.example. 3600 IN A     192.0.2.8
)";

ZoneVersionPtr rfc4035_zone() {
  ListedZone zone = zone_of(std::string(both_zones) + std::string(insecure_b), "example.");
  zone.denial = nsec();
  const Keys keys = make_keys(1);
  return sign_version(make_listed_content(std::move(zone)).value(), {keys, keys.zsk});
}

ZoneVersionPtr rfc5155_zone() {
  ListedZone zone = zone_of(std::string(both_zones) + std::string(insecure_c), "example.");
  zone.denial = nsec3_opt_out();
  zone.denial->params.iterations = 12;
  zone.denial->params.salt = from_hex("aabbccdd").value();
  const Keys keys = make_keys(1);
  return sign_version(make_listed_content(std::move(zone)).value(), {keys, keys.zsk});
}

struct Expected {
  const char* qname;
  const char* qtype;
  dns::Rcode rcode;
  std::vector<std::string> answer;
  std::vector<std::string> authority;
};

void check(const ZoneVersionPtr& zone, const Expected& expected) {
  INFO(expected.qname << " " << expected.qtype);
  const Answer got = answer(*zone, question_of(expected.qname, expected.qtype), {});
  CHECK(got.message->rcode == expected.rcode);
  CHECK(names_in(got.message->answer) == expected.answer);
  std::vector<std::string> authority = names_in(got.message->authority);
  for (std::string& name : authority) {
    if (name.ends_with(" NSEC3")) name = name.substr(0, 8) + " NSEC3";
  }
  std::sort(authority.begin(), authority.end());
  std::vector<std::string> sorted = expected.authority;
  std::sort(sorted.begin(), sorted.end());
  CHECK(authority == sorted);
}

std::string chain_text(const ZoneVersion& zone) {
  std::string text;
  zone.content().denial()->for_each([&](const dns::RRsetPtr& rrset) {
    text += fmt::format("{} {}\n", rrset->owner().to_text(),
                        dns::rdata_to_text(rrset->type(), rrset->rdatas().front()));
  });
  return text;
}

constexpr auto ok = dns::Rcode::noerror;
constexpr auto nx = dns::Rcode::nxdomain;

}  // namespace

TEST_CASE("RFC 4035 appendix A: the NSEC chain") {
  CHECK(chain_text(*rfc4035_zone()) ==
        "example. a.example. NS SOA MX RRSIG NSEC DNSKEY\n"
        "a.example. ai.example. NS DS RRSIG NSEC\n"
        "ai.example. b.example. A HINFO AAAA RRSIG NSEC\n"
        "b.example. ns1.example. NS RRSIG NSEC\n"
        "ns1.example. ns2.example. A RRSIG NSEC\n"
        "ns2.example. *.w.example. A RRSIG NSEC\n"
        "*.w.example. x.w.example. MX RRSIG NSEC\n"
        "x.w.example. x.y.w.example. MX RRSIG NSEC\n"
        "x.y.w.example. xx.example. MX RRSIG NSEC\n"
        "xx.example. example. A HINFO AAAA RRSIG NSEC\n");
}

TEST_CASE("RFC 4035 appendix B: responses of the NSEC zone") {
  const ZoneVersionPtr zone = rfc4035_zone();
  const std::vector<Expected> all = {
      {"x.w.example.", "MX", ok, {"x.w.example. MX"}, {}},
      {"ml.example.", "A", nx, {}, {"example. SOA", "b.example. NSEC", "example. NSEC"}},
      {"ns1.example.", "MX", ok, {}, {"example. SOA", "ns1.example. NSEC"}},
      {"mc.a.example.", "MX", ok, {}, {"a.example. NS", "a.example. DS"}},
      {"mc.b.example.", "MX", ok, {}, {"b.example. NS", "b.example. NSEC"}},
      {"a.z.w.example.", "MX", ok, {"a.z.w.example. MX"}, {"x.y.w.example. NSEC"}},
      {"a.z.w.example.",
       "AAAA",
       ok,
       {},
       {"example. SOA", "x.y.w.example. NSEC", "*.w.example. NSEC"}},
      {"example.", "DS", ok, {}, {"example. SOA", "example. NSEC"}},
  };
  for (const Expected& expected : all) check(zone, expected);
}

TEST_CASE("RFC 5155 appendix A: the NSEC3 chain") {
  CHECK(chain_text(*rfc5155_zone()) ==
        "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. 1 1 12 aabbccdd "
        "2t7b4g4vsa5smi47k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY NSEC3PARAM\n"
        "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. 1 1 12 aabbccdd "
        "2vptu5timamqttgl4luu9kg21e0aor3s A RRSIG\n"
        "2vptu5timamqttgl4luu9kg21e0aor3s.example. 1 1 12 aabbccdd "
        "35mthgpgcu1qg68fab165klnsnk3dpvl MX RRSIG\n"
        "35mthgpgcu1qg68fab165klnsnk3dpvl.example. 1 1 12 aabbccdd "
        "b4um86eghhds6nea196smvmlo4ors995 NS DS RRSIG\n"
        "b4um86eghhds6nea196smvmlo4ors995.example. 1 1 12 aabbccdd "
        "gjeqe526plbf1g8mklp59enfd789njgi MX RRSIG\n"
        "gjeqe526plbf1g8mklp59enfd789njgi.example. 1 1 12 aabbccdd "
        "ji6neoaepv8b5o6k4ev33abha8ht9fgc A HINFO AAAA RRSIG\n"
        "ji6neoaepv8b5o6k4ev33abha8ht9fgc.example. 1 1 12 aabbccdd "
        "k8udemvp1j2f7eg6jebps17vp3n8i58h\n"
        "k8udemvp1j2f7eg6jebps17vp3n8i58h.example. 1 1 12 aabbccdd "
        "kohar7mbb8dc2ce8a9qvl8hon4k53uhi\n"
        "kohar7mbb8dc2ce8a9qvl8hon4k53uhi.example. 1 1 12 aabbccdd "
        "q04jkcevqvmu85r014c7dkba38o0ji5r A RRSIG\n"
        "q04jkcevqvmu85r014c7dkba38o0ji5r.example. 1 1 12 aabbccdd "
        "r53bq7cc2uvmubfu5ocmm6pers9tk9en A RRSIG\n"
        "r53bq7cc2uvmubfu5ocmm6pers9tk9en.example. 1 1 12 aabbccdd "
        "t644ebqk9bibcna874givr6joj62mlhv MX RRSIG\n"
        "t644ebqk9bibcna874givr6joj62mlhv.example. 1 1 12 aabbccdd "
        "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom A HINFO AAAA RRSIG\n");
}

TEST_CASE("RFC 5155 appendix B: responses of the NSEC3 opt-out zone") {
  const ZoneVersionPtr zone = rfc5155_zone();
  const std::vector<Expected> all = {
      {"a.c.x.w.example.",
       "A",
       nx,
       {},
       {"example. SOA", "0p9mhave NSEC3", "b4um86eg NSEC3", "35mthgpg NSEC3"}},
      {"ns1.example.", "MX", ok, {}, {"example. SOA", "2t7b4g4v NSEC3"}},
      {"y.w.example.", "A", ok, {}, {"example. SOA", "ji6neoae NSEC3"}},
      {"mc.c.example.", "MX", ok, {}, {"c.example. NS", "35mthgpg NSEC3", "0p9mhave NSEC3"}},
      {"a.z.w.example.", "MX", ok, {"a.z.w.example. MX"}, {"q04jkcev NSEC3"}},
      {"a.z.w.example.",
       "AAAA",
       ok,
       {},
       {"example. SOA", "k8udemvp NSEC3", "q04jkcev NSEC3", "r53bq7cc NSEC3"}},
      {"example.", "DS", ok, {}, {"example. SOA", "0p9mhave NSEC3"}},
      // RFC 5155 7.2.4: no DS at an opt-out delegation, asked at the parent.
      {"c.example.", "DS", ok, {}, {"example. SOA", "35mthgpg NSEC3", "0p9mhave NSEC3"}},
  };
  for (const Expected& expected : all) check(zone, expected);
  // RFC 5155 7.2.8: owner names of NSEC3 records do not exist.
  const auto owner = question_of("b4um86eghhds6nea196smvmlo4ors995.example.", "NSEC3");
  CHECK(answer(*zone, owner, {}).message->rcode == nx);
}

}  // namespace zonefall::authority
