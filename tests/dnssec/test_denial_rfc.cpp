// Goal: the denials of RFC 4035 appendix B and RFC 5155 appendix B prove what these say.
#include <catch2/catch.hpp>

#include "rfc_examples.h"
#include "signed_zone.h"

namespace zonefall::dnssec {
namespace {

using namespace testing;
using dns::RRType;
using dns::SignedRRset;

DenialQuestion ask(Denial denial, std::string_view qname, RRType qtype = RRType::a,
                   std::uint8_t wildcard_labels = 0) {
  return {denial, name(qname), qtype, wildcard_labels};
}

struct Published {
  std::string_view section;
  DenialQuestion question;
  std::vector<std::string_view> owners;  // of the NSEC or NSEC3 records in the response
  Reason reason;
};

void check_published(std::string_view zone_text_of_rfc, RRType type, SimTime at,
                     const std::vector<Published>& responses) {
  const Records records(zone_text_of_rfc);
  const ZoneKeys keys = zone_keys(*records.at("example.", RRType::dnskey).rrset);
  for (const Published& response : responses) {
    std::vector<SignedRRset> proof{records.at("example.", RRType::soa)};
    for (const std::string_view owner : response.owners) {
      proof.push_back(records.at(std::string(owner) + ".", type));
    }
    const RRsetVerdict result = check_denial(response.question, proof, keys, at);
    INFO(response.section << ": " << result.verdict.to_text());
    CHECK(result.verdict.reason == response.reason);
    CHECK(result.ttl_s_max == (result.verdict.security == Security::bogus ? 0U : 3600U));
  }
}

TEST_CASE("responses of RFC 4035 appendix B") {
  check_published(
      rfc4035_zone, RRType::nsec, SimTime::parse("2004-05-01T00:00:00Z").value(),
      {{"B.2", ask(Denial::name_error, "ml.example."), {"b.example", "example"}, Reason::validated},
       {"B.3",
        ask(Denial::no_data, "ns1.example.", RRType::mx),
        {"ns1.example"},
        Reason::validated},
       {"B.5", ask(Denial::no_ds_referral, "b.example."), {"b.example"}, Reason::no_ds_proved},
       {"B.6",
        ask(Denial::wildcard_expansion, "a.z.w.example.", RRType::mx, 2),
        {"x.y.w.example"},
        Reason::validated},
       {"B.7",
        ask(Denial::no_data, "a.z.w.example.", RRType::aaaa),
        {"x.y.w.example", "*.w.example"},
        Reason::validated},
       {"B.8, asked of the child",
        ask(Denial::no_data, "example.", RRType::ds),
        {"example"},
        Reason::denial_contradicts}});
}

TEST_CASE("responses of RFC 5155 appendix B") {
  constexpr std::string_view apex = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example";
  constexpr std::string_view a = "35mthgpgcu1qg68fab165klnsnk3dpvl.example";
  constexpr std::string_view ns1 = "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example";
  constexpr std::string_view ns2 = "q04jkcevqvmu85r014c7dkba38o0ji5r.example";
  constexpr std::string_view w = "k8udemvp1j2f7eg6jebps17vp3n8i58h.example";
  constexpr std::string_view wildcard = "r53bq7cc2uvmubfu5ocmm6pers9tk9en.example";
  constexpr std::string_view x_w = "b4um86eghhds6nea196smvmlo4ors995.example";
  constexpr std::string_view y_w = "ji6neoaepv8b5o6k4ev33abha8ht9fgc.example";
  // Every record of the zone has the opt-out flag, so that what rests on a covered next closer name
  // is not authenticated (9.2).
  check_published(
      rfc5155_zone, RRType::nsec3, SimTime::parse("2010-01-01T00:00:00Z").value(),
      {{"B.1", ask(Denial::name_error, "a.c.x.w.example."), {apex, x_w, a}, Reason::opt_out_span},
       {"B.2", ask(Denial::no_data, "ns1.example.", RRType::mx), {ns1}, Reason::validated},
       {"B.2.1", ask(Denial::no_data, "y.w.example."), {y_w}, Reason::validated},
       {"B.3", ask(Denial::no_ds_referral, "c.example."), {a, apex}, Reason::opt_out_span},
       {"B.4",
        ask(Denial::wildcard_expansion, "a.z.w.example.", RRType::mx, 2),
        {ns2},
        Reason::opt_out_span},
       {"B.5",
        ask(Denial::no_data, "a.z.w.example.", RRType::aaaa),
        {w, ns2, wildcard},
        Reason::opt_out_span},
       {"B.6, asked of the child",
        ask(Denial::no_data, "example.", RRType::ds),
        {apex},
        Reason::denial_contradicts},
       {"B.1 without the wildcard's",
        ask(Denial::name_error, "a.c.x.w.example."),
        {apex, x_w},
        Reason::denial_incomplete}});
}

}  // namespace
}  // namespace zonefall::dnssec
