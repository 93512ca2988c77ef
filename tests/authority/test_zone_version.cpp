// Goal: versions add their own SOA and DNSKEY to shared content; histories find versions by time.
#include <catch2/catch.hpp>

#include "zone_testing.h"
#include "zonefall/dns/master_file.h"

namespace zonefall::authority {

using namespace testing;  // NOLINT: test helpers
using dns::RRType;

namespace {

ZoneContentPtr small_content() {
  ListedZone zone = tld_zone("de.");
  zone.denial = nsec3_opt_out();
  return make_listed_content(std::move(zone)).value();
}

SimTime minutes(std::int64_t count) {
  return test_time() + Duration::minutes(count);
}

}  // namespace

TEST_CASE("a version puts its SOA and DNSKEY at the apex, in order of type") {
  const Keys keys = make_keys(1);
  const auto version = sign_version(small_content(), {keys, keys.zsk, test_time(), 77});
  CHECK(version->serial() == 77);
  std::vector<RRType> types;
  for (const auto& rrset : version->node(version->apex()).rrsets) types.push_back(rrset->type());
  CHECK(types == std::vector<RRType>{RRType::ns, RRType::soa, RRType::dnskey, RRType::nsec3param});
  CHECK(version->node(dns::Name::literal("whois.de.")).rrsets.size() == 1);
  const auto dnskey = version->signatures(version->dnskeys()).rrsigs;
  REQUIRE(dnskey.size() == 1);
  CHECK(dnskey[0]->fields().key_tag == keys.ksk->tag());
  CHECK(version->signatures(version->soa()).rrsigs.at(0)->fields().key_tag == keys.zsk->tag());
}

TEST_CASE("master text reads back as the zone, signatures included") {
  const Keys keys = make_keys(1);
  const auto version = sign_version(small_content(), {keys, keys.zsk});
  std::string text;
  version->write_master_text([&](std::string_view piece) { text += piece; });
  const auto parsed = dns::parse_master_file(text, {}).value();
  std::size_t chain = 0;
  for (const dns::SignedRRset& entry : parsed) {
    const RRType type = entry.rrset->type();
    const Node node = version->node(entry.rrset->owner());
    if (type == RRType::nsec3) {
      chain += 1;
      CHECK(entry.rrsigs.size() == 1);
      continue;
    }
    CHECK(node.find(type)->content_id() == entry.rrset->content_id());
    const bool own = node.kind == NodeKind::authoritative || type == RRType::ds;
    CHECK(entry.rrsigs.size() == (own ? 1 : 0));
  }
  CHECK(chain == version->content().denial()->size());
  CHECK(parsed.size() > 15);
}

TEST_CASE("a history finds the version of a time, and how far an answer carries") {
  const Keys keys = make_keys(1);
  const ZoneContentPtr first = small_content();
  const ZoneContentPtr second = small_content();
  std::vector<ZoneHistory::Entry> entries;
  for (std::uint32_t i = 0; i < 6; ++i) {
    const auto& content = i < 4 ? first : second;
    const SimTime signed_at = minutes(std::int64_t{2} * i);
    entries.push_back({signed_at + Duration::minutes(1),
                       sign_version(content, {keys, keys.zsk, signed_at, 100 + i})});
  }
  const ZoneHistory history(std::move(entries));
  CHECK(history.index_at(SimTime::min()) == 0);
  CHECK(history.index_at(minutes(1)) == 0);
  CHECK(history.index_at(minutes(2)) == 0);
  CHECK(history.index_at(minutes(3)) == 1);
  CHECK(history.index_at(minutes(1000)) == 5);
  CHECK(history.last_unchanged(0, minutes(0)) == 0);
  CHECK(history.last_unchanged(1, minutes(2)) == 1);
  CHECK(history.last_unchanged(0, minutes(4)) == 1);
  CHECK(history.last_unchanged(0, minutes(5)) == 2);
  CHECK(history.last_unchanged(0, SimTime::max()) == 3);
  CHECK(history.last_unchanged(4, SimTime::max()) == 5);
  CHECK(make_constant_history(history.entries()[2].version)->index_at(minutes(5)) == 0);
}

}  // namespace zonefall::authority
