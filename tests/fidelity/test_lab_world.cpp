// Goal: the rebuilt zones are the measured lab's in what a resolver can tell apart: the NSEC3 spans
// (whose owner names the lab's resolvers asked for), the TTLs, and a fault that bites everything
// but the DNSKEY RRset.
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "lab_world.h"
#include "zonefall/dnssec/validate.h"

namespace zonefall::fidelity {
namespace {

const SimTime start = SimTime::from_unix_s(1'787'000'000);
const LabTimes times{start, start + Duration::seconds(100), start + Duration::seconds(200)};

class Lab {
 public:
  explicit Lab(const LabTld& tld) : zones_(tld, start), servers_(zones_.servers(times)) {}

  dns::Message ask(const std::string& server, const std::string& qname, dns::RRType qtype,
                   int second) {
    const auto index = servers_.find(dns::Address::parse(server).value());
    REQUIRE(index);
    const auto& found = servers_.servers()[*index];
    dns::Edns edns;
    edns.dnssec_ok = true;
    const authority::ServerQuery query{{dns::Name::literal(qname), qtype}, edns};
    const auto reply = authority::reply(found, found.sites.front(), query,
                                        start + Duration::seconds(second), memo_);
    REQUIRE(reply);
    return *reply->message;
  }

 private:
  LabZones zones_;
  authority::ServerDirectory servers_;
  authority::AnswerMemo memo_;
};

std::set<std::string> nsec3_owners(const dns::Message& message) {
  std::set<std::string> owners;
  for (const dns::SignedRRset& entry : message.authority) {
    if (entry.rrset->type() != dns::RRType::nsec3) continue;
    owners.insert(entry.rrset->owner().to_text());
    CHECK(entry.rrset->ttl_s() == 7200);
  }
  return owners;
}

TEST_CASE("the chain of de has the spans that the lab's resolvers met") {
  Lab lab({"de", TtlFamily::as_de, LabFault::other_private_key, 1});
  const std::string span = "mlqm4tn6hfarmj0djcj4omhtma4295b7.de.";
  const auto denial = lab.ask("198.18.1.4", "nx1.de.", dns::RRType::a, 0);
  CHECK(denial.rcode == dns::Rcode::nxdomain);
  CHECK(nsec3_owners(denial).contains(span));
  const auto referral = lab.ask("198.18.1.1", "w.n1.de.", dns::RRType::a, 0);
  CHECK(referral.rcode == dns::Rcode::noerror);
  CHECK(nsec3_owners(referral).contains(span));
  CHECK(referral.additional.size() == 2);  // glue
}

TEST_CASE("from the fault to the repair nothing of the TLD verifies but its DNSKEY RRset") {
  Lab lab({"qa", TtlFamily::thirty_seconds, LabFault::other_private_key, 11});
  const dnssec::ByteVerifier bytes;
  const dnssec::IdentityVerifier identity;
  for (const int second : {0, 150, 250}) {
    const auto keys_message = lab.ask("198.18.11.1", "qa.", dns::RRType::dnskey, second);
    REQUIRE(keys_message.answer.size() == 1);
    const auto& dnskeys = keys_message.answer.front();
    CHECK(dnskeys.rrset->ttl_s() == 30);
    const auto keys = dnssec::zone_keys(*dnskeys.rrset);
    const auto soa_message = lab.ask("198.18.11.6", "qa.", dns::RRType::soa, second);
    REQUIRE(soa_message.answer.size() == 1);
    const SimTime now = start + Duration::seconds(second);
    for (const dnssec::SignatureVerifier* verifier :
         {static_cast<const dnssec::SignatureVerifier*>(&bytes),
          static_cast<const dnssec::SignatureVerifier*>(&identity)}) {
      const dnssec::Validator validator{*verifier};
      CHECK(dnssec::validate_rrset(validator, dnskeys, keys, now).verdict.reason ==
            dnssec::Reason::validated);
      CHECK(
          dnssec::validate_rrset(validator, soa_message.answer.front(), keys, now).verdict.reason ==
          (second == 150 ? dnssec::Reason::signature_crypto_failed : dnssec::Reason::validated));
    }
  }
}

}  // namespace
}  // namespace zonefall::fidelity
