// What the tests of authority share: zones from master-file text, keys, signed versions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zonefall/authority/answer.h"
#include "zonefall/authority/population.h"
#include "zonefall/authority/zone_version.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::authority::testing {

/// The RRsets of `text`; aborts on an error.
std::vector<dns::RRsetPtr> rrsets_of(std::string_view text, std::string_view origin);
/// Without denial: unsigned.
ListedZone zone_of(std::string_view text, std::string_view origin);

DenialSettings nsec();
DenialSettings nsec3();
DenialSettings nsec3_opt_out();

struct Keys {
  dnssec::KeyPairPtr ksk;
  dnssec::KeyPairPtr zsk;
};
/// ECDSA P-256 from the seed; another seed gives other keys with the tags of `like`.
Keys make_keys(std::uint64_t seed);
Keys make_keys_like(const Keys& like, std::uint64_t seed);
/// RSA as in `.de`: KSK of 2048 bits, ZSK of 1024.
Keys make_rsa_keys(std::uint64_t seed);

dns::RRsetPtr make_soa(const dns::Name& apex, std::uint32_t serial, std::uint32_t ttl_s = 86400);
dns::RRsetPtr make_dnskeys(const dns::Name& apex, const Keys& keys);

/// 2026-05-05T19:00:00Z, and the window of a signature made then as `.de` makes it.
SimTime test_time();
dnssec::SignatureWindow window_at(SimTime signed_at);

struct Signing {
  Keys published;
  dnssec::KeyPairPtr signing_zsk;  // the published one, or another
  SimTime at = test_time();
  std::uint32_t serial = 1;
};
ZoneVersionPtr sign_version(const ZoneContentPtr& content, const Signing& signing);
ZoneVersionPtr unsigned_version(const ZoneContentPtr& content, std::uint32_t serial = 1);

dns::Question question_of(std::string_view qname, std::string_view qtype);

/// "owner TYPE" of each RRset of a section, in message order.
std::vector<std::string> names_in(const std::vector<dns::SignedRRset>& section);

/// Settings of a population of two hosting providers under `zone`.
ProceduralPopulationSettings population_settings(std::string_view zone, std::uint64_t size,
                                                 std::uint32_t signed_ppm);
/// Apex data and a few listed names of a TLD, with the names of those providers.
ListedZone tld_zone(std::string_view zone);

}  // namespace zonefall::authority::testing
