// RRsets: canonical order, duplicates, identities that ignore what is no content, and sharing.
#include <algorithm>

#include <catch2/catch.hpp>

#include "random_data.h"
#include "zonefall/dns/rrset.h"

namespace zonefall::dns {
namespace {

RRset::Header header(const char* owner, RRType type, std::uint32_t ttl_s = 3600) {
  return {Name::literal(owner), type, RRClass::in, ttl_s};
}

Octets ns(const char* target) {
  return encode_name(Name::literal(target));
}

TEST_CASE("RDATA is sorted as unsigned octets, a prefix first, and duplicates go") {
  // RFC 4034 6.3: the absence of an octet sorts before a zero octet.
  const std::vector<Octets> given = {{2, 0x80}, {2, 0x7f}, {1}, {1, 0}, {2, 0x80}, {}, {1}};
  const auto rrset = RRset::make(header("example.", RRType{65280}), given);
  CHECK(rrset->rdatas() == std::vector<Octets>{{}, {1}, {1, 0}, {2, 0x7f}, {2, 0x80}});
}

TEST_CASE("names in RDATA are sorted and compared in lower case, and keep the case given") {
  const auto rrset = RRset::make(header("example.", RRType::ns),
                                 {ns("b."), ns("C."), ns("A."), ns("c."), ns("a.")});
  CHECK(rrset->rdatas() == std::vector<Octets>{ns("A."), ns("b."), ns("C.")});
}

TEST_CASE("identities do not depend on the order or the case given") {
  RandomData random(7);
  for (const RRType type : zone_types()) {
    std::vector<Octets> rdatas;
    for (int i = 0; i < 6; ++i) rdatas.push_back(random.rdata(type));
    rdatas.push_back(rdatas.front());
    const auto first = RRset::make(header("a.example.", type), rdatas);
    std::reverse(rdatas.begin(), rdatas.end());
    const auto second = RRset::make(header("A.Example.", type), rdatas);
    CHECK(first->rdatas() == second->rdatas());
    CHECK(first->rdata_id() == second->rdata_id());
    CHECK(first->content_id() == second->content_id());
  }
  const auto lower = RRset::make(header("example.", RRType::ns), {ns("ns.example.")});
  const auto mixed = RRset::make(header("example.", RRType::ns), {ns("NS.example.")});
  CHECK(lower->content_id() == mixed->content_id());
}

TEST_CASE("each part of an RRset is in the identity it belongs to") {
  const RRset::Header base = header("example.", RRType{65280});
  const auto rrset = RRset::make(base, {{1, 2}, {3}});

  RRset::Header other = base;
  other.ttl_s += 1;
  CHECK(RRset::make(other, {{1, 2}, {3}})->rdata_id() == rrset->rdata_id());
  CHECK(RRset::make(other, {{1, 2}, {3}})->content_id() != rrset->content_id());
  other = base;
  other.owner = Name::literal("example.org.");
  CHECK(RRset::make(other, {{1, 2}, {3}})->rdata_id() == rrset->rdata_id());
  CHECK(RRset::make(other, {{1, 2}, {3}})->content_id() != rrset->content_id());
  other = base;
  other.type = RRType{65281};
  CHECK(RRset::make(other, {{1, 2}, {3}})->rdata_id() != rrset->rdata_id());
  other = base;
  other.rclass = RRClass::ch;
  CHECK(RRset::make(other, {{1, 2}, {3}})->rdata_id() != rrset->rdata_id());

  // The same octets, split in another way.
  for (const std::vector<Octets>& rdatas :
       std::vector<std::vector<Octets>>{{{1}, {2, 3}}, {{1, 2, 3}}, {{1}, {2}, {3}}, {{1, 2}}}) {
    CHECK(RRset::make(base, rdatas)->rdata_id() != rrset->rdata_id());
    CHECK(RRset::make(base, rdatas)->content_id() != rrset->content_id());
  }
}

TEST_CASE("RDATA stay as they were given, one or many, short or long") {
  RandomData random(8);
  for (const std::size_t size : {0U, 1U, 38U, 39U, 40U, 41U, 300U}) {
    const Octets octets = random.octets(size);
    const RdataList one{std::span<const std::uint8_t>(octets)};
    const RdataList same{std::vector<Octets>{octets}};
    const RdataList three{std::vector<Octets>{octets, {1}, octets}};
    for (const RdataList& list : {one, same}) {  // copies
      CHECK(list == std::vector<Octets>{octets});
      CHECK(list == one);
      CHECK_FALSE(list == three);
    }
    CHECK(three.to_vector() == std::vector<Octets>{octets, {1}, octets});
    CHECK(three.at(1).size() == 1);
    RdataList assigned = three;
    assigned = one;
    CHECK(assigned == same);
    CHECK_FALSE(assigned == RdataList());
  }
  CHECK(RdataList().empty());
}

TEST_CASE("a copy under another owner or TTL equals one made from scratch") {
  const auto wildcard = RRset::make(header("*.example.", RRType::a), {{192, 0, 2, 1}});
  const auto expanded = wildcard->with_owner(Name::literal("x.example."));
  const auto scratch = RRset::make(header("x.example.", RRType::a), {{192, 0, 2, 1}});
  CHECK(expanded->owner() == Name::literal("x.example."));
  CHECK(expanded->content_id() == scratch->content_id());
  CHECK(expanded->rdata_id() == wildcard->rdata_id());
  const auto aged = wildcard->with_ttl(17);
  CHECK(aged->ttl_s() == 17);
  CHECK(aged->content_id() ==
        RRset::make(header("*.example.", RRType::a, 17), {{192, 0, 2, 1}})->content_id());
  CHECK(wildcard->ttl_s() == 3600);
}

TEST_CASE("identities are digests of octets that are the same on every platform") {
  const auto rrset = RRset::make(header("Ex.", RRType::ns, 0x01020304), {ns("b."), ns("A.")});
  const Octets covered = {0, 2, 0, 1,             // type NS, class IN
                          0, 0, 0, 3, 1, 'a', 0,  // length and RDATA, lower case
                          0, 0, 0, 3, 1, 'b', 0};
  const Octets named = {4, 3, 2, 1, 2, 'e', 'x', 0};  // TTL and owner
  const Digest128 rdata_id = digest_bytes(covered, 0x7264617461);
  CHECK((rrset->rdata_id() == rdata_id));
  CHECK((rrset->content_id() == digest_combine(rdata_id, digest_bytes(named, 0x6f776e6572))));
}

TEST_CASE("a list of signatures keeps its own, and copies keep theirs") {
  std::vector<RrsigPtr> made;
  for (std::uint16_t tag = 0; tag < 4; ++tag) {
    RrsigFields fields;
    fields.key_tag = tag;
    made.push_back(make_octet_rrsig(fields, {1}));
  }
  RrsigList list;
  std::vector<RrsigList> copies = {list};
  for (const RrsigPtr& rrsig : made) {
    list.push_back(rrsig);
    copies.push_back(list);
  }
  for (std::size_t count = 0; count < copies.size(); ++count) {
    CHECK(std::equal(copies[count].begin(), copies[count].end(), made.begin(),
                     made.begin() + static_cast<std::ptrdiff_t>(count)));
    CHECK(copies[count].empty() == (count == 0));
  }
  RrsigList taken = std::move(copies[4]);
  CHECK(copies[4].empty());  // NOLINT: moved from
  copies[4].push_back(made[2]);
  CHECK(copies[4].front() == made[2]);
  CHECK(taken.size() == 4);
  taken.clear();
  CHECK(taken.empty());
  CHECK(list.size() == 4);
}

TEST_CASE("a signature from outside knows its octets and no identity") {
  const RrsigFields fields{RRType::a, 13, 1, 3600, 20, 10, 4711, Name::literal("example.")};
  const RrsigPtr rrsig = make_octet_rrsig(fields, {1, 2, 3});
  CHECK(rrsig->fields() == fields);
  CHECK(rrsig->signature_size() == 3);
  CHECK(Octets(rrsig->signature().begin(), rrsig->signature().end()) == Octets{1, 2, 3});
  CHECK_FALSE(rrsig->identity().has_value());
}

}  // namespace
}  // namespace zonefall::dns
