// Goal: denial of existence by NSEC, NSEC3 and NSEC3 with opt-out. Each proof an honest server
// gives holds; each way to damage one of its records, and each record left out, turns it into
// exactly the expected failure; and no record can be used to deny what it does not deny.
#include <algorithm>

#include <catch2/catch.hpp>

#include "key_testing.h"
#include "signed_zone.h"

namespace zonefall::dnssec {
namespace {

using namespace testing;
using dns::RRType;
using dns::SignedRRset;

constexpr std::string_view zone_text = R"(
@         SOA   ns1 host 1 7200 3600 1209600 300
@         NS    ns1
a         A     192.0.2.1
alias     CNAME a
*.cw      CNAME a
dn        DNAME a
below.ent A     192.0.2.2
insecure  NS    ns.insecure
ns.insecure A   192.0.2.3
ns1       A     192.0.2.4
secure    NS    ns1
secure    DS    12345 13 2 ( 000102030405060708090a0b0c0d0e0f
                             101112131415161718191a1b1c1d1e1f )
cut.under NS    ns1
*.wild    TXT   "wild"
kept.wild A     192.0.2.5
)";

const SignedZone& zone(ChainKind kind) {
  static const SignedZone nsec("example.", zone_text, ChainKind::nsec);
  static const SignedZone nsec3("example.", zone_text, ChainKind::nsec3, {1, {0xab}});
  static const SignedZone opt_out("example.", zone_text, ChainKind::nsec3_opt_out);
  switch (kind) {
    case ChainKind::nsec: return nsec;
    case ChainKind::nsec3: return nsec3;
    case ChainKind::nsec3_opt_out: return opt_out;
  }
  return nsec;
}

/// Records of a proof: "=x" is the one at x, ">x" the one over x.
using Sketch = std::vector<std::string_view>;

std::vector<SignedRRset> proof_of(const SignedZone& in, const Sketch& sketch) {
  std::vector<SignedRRset> proof;
  for (const std::string_view item : sketch) {
    const std::string_view owner = item.substr(1);
    const SignedRRset entry = item[0] == '=' ? in.matching(owner) : in.covering(owner);
    const bool known = std::any_of(proof.begin(), proof.end(), [&](const SignedRRset& other) {
      return other.rrset->owner() == entry.rrset->owner();
    });
    if (!known) proof.push_back(entry);
  }
  return proof;
}

struct Row {
  std::string_view what;
  DenialQuestion question;
  struct Expected {
    Sketch sketch;
    Reason reason;
  };
  Expected nsec;
  Expected nsec3;
  Expected opt_out;

  [[nodiscard]] const Expected& expected(ChainKind kind) const {
    switch (kind) {
      case ChainKind::nsec: return nsec;
      case ChainKind::nsec3: return nsec3;
      case ChainKind::nsec3_opt_out: break;
    }
    return opt_out;
  }
};

constexpr ChainKind kinds[] = {ChainKind::nsec, ChainKind::nsec3, ChainKind::nsec3_opt_out};

DenialQuestion ask(Denial denial, std::string_view qname, RRType qtype = RRType::a,
                   std::uint8_t wildcard_labels = 0) {
  return {denial, name(qname), qtype, wildcard_labels};
}

std::vector<Row> honest_rows() {
  constexpr Reason ok = Reason::validated;
  constexpr Reason span = Reason::opt_out_span;
  const Sketch nx{"=example.", ">nx.example.", ">*.example."};
  const Sketch wild{"=wild.example.", ">x.wild.example.", "=*.wild.example."};
  const Sketch cut{"=example.", ">insecure.example."};
  const Sketch deep{"=a.example.", ">b.a.example.", ">*.a.example."};
  return {
      {"a name that does not exist",
       ask(Denial::name_error, "nx.example."),
       {{">nx.example.", ">*.example."}, ok},
       {nx, ok},
       {nx, span}},
      {"several labels below the closest encloser",
       ask(Denial::name_error, "d.c.b.a.example."),
       {{">d.c.b.a.example."}, ok},
       {deep, ok},
       {deep, span}},
      {"a type that does not exist",
       ask(Denial::no_data, "a.example.", RRType::txt),
       {{"=a.example."}, ok},
       {{"=a.example."}, ok},
       {{"=a.example."}, ok}},
      {"an empty non-terminal",
       ask(Denial::no_data, "ent.example."),
       {{">ent.example."}, ok},
       {{"=ent.example."}, ok},
       {{"=ent.example."}, ok}},
      {"an empty non-terminal above an unsigned delegation",
       ask(Denial::no_data, "under.example."),
       {{">under.example."}, ok},
       {{"=under.example."}, ok},
       {{"=example.", ">under.example."}, span}},
      {"a type that a wildcard lacks",
       ask(Denial::no_data, "x.wild.example."),
       {{">x.wild.example.", "=*.wild.example."}, ok},
       {wild, ok},
       {wild, span}},
      {"the DS of an unsigned delegation",
       ask(Denial::no_data, "insecure.example.", RRType::ds),
       {{"=insecure.example."}, ok},
       {{"=insecure.example."}, ok},
       {cut, span}},
      {"the DS of a name that is no delegation",
       ask(Denial::no_data, "a.example.", RRType::ds),
       {{"=a.example."}, ok},
       {{"=a.example."}, ok},
       {{"=a.example."}, ok}},
      {"a referral to an unsigned zone",
       ask(Denial::no_ds_referral, "insecure.example."),
       {{"=insecure.example."}, Reason::no_ds_proved},
       {{"=insecure.example."}, Reason::no_ds_proved},
       {cut, span}},
      {"an answer from a wildcard",
       ask(Denial::wildcard_expansion, "x.wild.example.", RRType::txt, 2),
       {{">x.wild.example."}, ok},
       {{">x.wild.example."}, ok},
       {{">x.wild.example."}, span}},
  };
}

TEST_CASE("honest proofs hold") {
  for (const Row& row : honest_rows()) {
    for (const ChainKind kind : kinds) {
      const SignedZone& in = zone(kind);
      const auto& expected = row.expected(kind);
      const auto proof = proof_of(in, expected.sketch);
      const RRsetVerdict result = check_denial(row.question, proof, in.keys());
      INFO(row.what << ", chain " << static_cast<int>(kind) << ": " << result.verdict.to_text());
      CHECK(result.verdict.reason == expected.reason);
      CHECK(result.verdict.key_tag == in.zsk()->tag());
      CHECK(result.ttl_s_max == 3600);
      CHECK(result.holds == Period{window_around_now.inception, window_around_now.expiration});
    }
  }
}

TEST_CASE("each damage to each record of a proof is found, and named") {
  for (const Row& row : honest_rows()) {
    for (const ChainKind kind : kinds) {
      const SignedZone& in = zone(kind);
      const auto proof = proof_of(in, row.expected(kind).sketch);
      for (std::size_t i = 0; i < proof.size(); ++i) {
        for (const Damage& damage : damages(in)) {
          auto damaged = proof;
          damaged[i] = damage.apply(proof[i]);
          const RRsetVerdict result = check_denial(row.question, damaged, in.keys());
          INFO(row.what << ", chain " << static_cast<int>(kind) << ", record " << i << ", "
                        << damage.what << ": " << result.verdict.to_text());
          CHECK(result.verdict.reason == damage.reason);
          CHECK(result.verdict.owner == proof[i].rrset->owner());
          CHECK(result.ttl_s_max == 0);
        }
      }
    }
  }
}

TEST_CASE("each record of a proof is needed") {
  for (const Row& row : honest_rows()) {
    for (const ChainKind kind : kinds) {
      const SignedZone& in = zone(kind);
      const auto proof = proof_of(in, row.expected(kind).sketch);
      for (std::size_t i = 0; i < proof.size(); ++i) {
        auto shorter = proof;
        shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
        const RRsetVerdict result = check_denial(row.question, shorter, in.keys());
        INFO(row.what << ", chain " << static_cast<int>(kind) << ", without record " << i << ": "
                      << result.verdict.to_text());
        // Under opt-out the wildcard's absence cannot be told from an unsigned delegation.
        const bool spare =
            kind == ChainKind::nsec3_opt_out && i == 2 && row.question.denial == Denial::no_data;
        Reason expected = Reason::denial_incomplete;
        if (shorter.empty()) expected = Reason::denial_missing;
        if (row.question.denial == Denial::wildcard_expansion) {
          expected = Reason::wildcard_unproved;
        }
        CHECK(result.verdict.reason == (spare ? Reason::opt_out_span : expected));
      }
    }
  }
}

TEST_CASE("records that a proof does not use are not looked at") {
  for (const Row& row : honest_rows()) {
    for (const ChainKind kind : kinds) {
      const SignedZone& in = zone(kind);
      auto proof = proof_of(in, row.expected(kind).sketch);
      const std::size_t used = proof.size();
      for (const SignedRRset& link : in.chain()) {
        const bool needed =
            std::any_of(proof.begin(), proof.begin() + static_cast<std::ptrdiff_t>(used),
                        [&](const SignedRRset& other) { return other.rrset == link.rrset; });
        if (!needed) proof.push_back({link.rrset, {}});
      }
      REQUIRE(proof.size() > used);
      INFO(row.what << ", chain " << static_cast<int>(kind));
      CHECK(check_denial(row.question, proof, in.keys()).verdict.reason ==
            row.expected(kind).reason);
    }
  }
}

struct Lie {
  std::string_view what;
  DenialQuestion question;
  Sketch nsec;
  Sketch nsec3;
  std::string_view liar_nsec;  // owner of the record that contradicts, as in a Sketch
  std::string_view liar_nsec3;
};

/// About the name itself, its types and the wildcards beside it.
std::vector<Lie> lies_about_names() {
  const Sketch wild{"=wild.example.", ">x.wild.example.", "=*.wild.example."};
  return {
      {"the type exists",
       ask(Denial::no_data, "a.example."),
       {"=a.example."},
       {"=a.example."},
       "=a.example.",
       "=a.example."},
      {"there is an alias",
       ask(Denial::no_data, "alias.example.", RRType::txt),
       {"=alias.example."},
       {"=alias.example."},
       "=alias.example.",
       "=alias.example."},
      {"any type will do",
       ask(Denial::no_data, "a.example.", RRType::any),
       {"=a.example."},
       {"=a.example."},
       "=a.example.",
       "=a.example."},
      {"the name exists",
       ask(Denial::name_error, "a.example."),
       {"=a.example."},
       {"=a.example."},
       "=a.example.",
       "=a.example."},
      {"the name is an empty non-terminal",
       ask(Denial::name_error, "ent.example."),
       {">ent.example."},
       {"=ent.example."},
       ">ent.example.",
       "=ent.example."},
      {"a wildcard applies",
       ask(Denial::name_error, "x.wild.example."),
       {">x.wild.example.", "=*.wild.example."},
       wild,
       "=*.wild.example.",
       "=*.wild.example."},
      {"a wildcard has the type",
       ask(Denial::no_data, "x.wild.example.", RRType::txt),
       {">x.wild.example.", "=*.wild.example."},
       wild,
       "=*.wild.example.",
       "=*.wild.example."},
      {"a wildcard alias applies",
       ask(Denial::no_data, "x.cw.example."),
       {">x.cw.example.", "=*.cw.example."},
       {"=cw.example.", ">x.cw.example.", "=*.cw.example."},
       "=*.cw.example.",
       "=*.cw.example."},
  };
}

/// About delegations and the limits of wildcards.
std::vector<Lie> lies_about_cuts() {
  return {
      {"below a delegation",
       ask(Denial::name_error, "www.secure.example."),
       {">www.secure.example.", ">*.secure.example."},
       {"=secure.example.", ">www.secure.example.", ">*.secure.example."},
       "=secure.example.",
       "=secure.example."},
      {"below a DNAME",
       ask(Denial::name_error, "www.dn.example."),
       {">www.dn.example.", ">*.dn.example."},
       {"=dn.example.", ">www.dn.example.", ">*.dn.example."},
       "=dn.example.",
       "=dn.example."},
      {"types below a delegation",
       ask(Denial::no_data, "secure.example.", RRType::txt),
       {"=secure.example."},
       {"=secure.example."},
       "=secure.example.",
       "=secure.example."},
      {"the child denies its own DS",
       ask(Denial::no_data, "example.", RRType::ds),
       {"=example."},
       {"=example."},
       "=example.",
       "=example."},
      {"the delegation has a DS",
       ask(Denial::no_ds_referral, "secure.example."),
       {"=secure.example."},
       {"=secure.example."},
       "=secure.example.",
       "=secure.example."},
      {"no delegation at all",
       ask(Denial::no_ds_referral, "a.example."),
       {"=a.example."},
       {"=a.example."},
       "=a.example.",
       "=a.example."},
      {"an apex is no delegation",
       ask(Denial::no_ds_referral, "example."),
       {"=example."},
       {"=example."},
       "=example.",
       "=example."},
      {"the name exists beside the wildcard",
       ask(Denial::wildcard_expansion, "kept.wild.example.", RRType::txt, 2),
       {"=kept.wild.example."},
       {"=kept.wild.example."},
       "=kept.wild.example.",
       "=kept.wild.example."},
      {"a closer encloser than the wildcard's",
       ask(Denial::wildcard_expansion, "x.wild.example.", RRType::txt, 1),
       {">x.wild.example."},
       {"=wild.example."},
       ">x.wild.example.",
       "=wild.example."},
  };
}

TEST_CASE("no record denies what it does not deny") {
  std::vector<Lie> lies = lies_about_names();
  for (const Lie& lie : lies_about_cuts()) lies.push_back(lie);
  for (const Lie& lie : lies) {
    for (const ChainKind kind : kinds) {
      const SignedZone& in = zone(kind);
      const bool nsec = kind == ChainKind::nsec;
      const auto proof = proof_of(in, nsec ? lie.nsec : lie.nsec3);
      const auto liar = proof_of(in, {nsec ? lie.liar_nsec : lie.liar_nsec3});
      const RRsetVerdict result = check_denial(lie.question, proof, in.keys());
      INFO(lie.what << ", chain " << static_cast<int>(kind) << ": " << result.verdict.to_text());
      CHECK(result.verdict.reason == Reason::denial_contradicts);
      CHECK(result.verdict.owner == liar.front().rrset->owner());
      CHECK(result.verdict.key_tag == in.zsk()->tag());
    }
  }
}

TEST_CASE("a delegation that the chain skips needs opt-out") {
  const auto question = ask(Denial::no_ds_referral, "nx.example.");
  const auto nsec = proof_of(zone(ChainKind::nsec), {">nx.example."});
  CHECK(check_denial(question, nsec, zone(ChainKind::nsec).keys()).verdict.reason ==
        Reason::denial_contradicts);
  const auto nsec3 = proof_of(zone(ChainKind::nsec3), {"=example.", ">nx.example."});
  CHECK(check_denial(question, nsec3, zone(ChainKind::nsec3).keys()).verdict.reason ==
        Reason::denial_contradicts);
}

TEST_CASE("a name that does not exist is NXDOMAIN, not NODATA") {
  const auto question = ask(Denial::no_data, "nx.example.");
  const auto nsec = proof_of(zone(ChainKind::nsec), {">nx.example.", ">*.example."});
  CHECK(check_denial(question, nsec, zone(ChainKind::nsec).keys()).verdict.reason ==
        Reason::denial_contradicts);
  const auto nsec3 = proof_of(zone(ChainKind::nsec3), {"=example.", ">nx.example.", ">*.example."});
  CHECK(check_denial(question, nsec3, zone(ChainKind::nsec3).keys()).verdict.reason ==
        Reason::denial_incomplete);
}

// RFC 4592 2.2.2: such a wildcard exists and is the source of synthesis, of no type at all.
TEST_CASE("a wildcard that is an empty non-terminal answers NODATA, not NXDOMAIN") {
  constexpr std::string_view text = R"(
@            SOA ns1 host 1 7200 3600 1209600 300
@            NS  ns1
below.*.star A   192.0.2.1
kept.star    A   192.0.2.2
)";
  for (const ChainKind kind : {ChainKind::nsec, ChainKind::nsec3}) {
    const SignedZone in("example.", text, kind);
    const bool is_nsec = kind == ChainKind::nsec;
    const auto proof =
        proof_of(in, is_nsec ? Sketch{">x.star.example.", ">*.star.example."}
                             : Sketch{"=star.example.", ">x.star.example.", "=*.star.example."});
    const auto reason = [&](Denial denial) {
      return check_denial(ask(denial, "x.star.example."), proof, in.keys()).verdict.reason;
    };
    CHECK(reason(Denial::no_data) == Reason::validated);
    CHECK(reason(Denial::name_error) == Reason::denial_contradicts);
  }
}

// RFC 4035 5.2: the NSEC at the delegation itself has to show that there is no DS.
TEST_CASE("an NSEC elsewhere in the zone proves no delegation insecure") {
  const SignedZone& in = zone(ChainKind::nsec);
  const auto proof = proof_of(in, {"=a.example."});
  CHECK(check_denial(ask(Denial::no_ds_referral, "insecure.example."), proof, in.keys())
            .verdict.reason == Reason::denial_incomplete);
}

TEST_CASE("an NSEC expanded from a wildcard is refused") {
  const SignedZone& in = zone(ChainKind::nsec);
  SignedRRset expanded = in.matching("*.wild.example.");
  expanded.rrset = expanded.rrset->with_owner(name("m.wild.example."));
  const RRsetVerdict result =
      check_denial(ask(Denial::no_data, "m.wild.example."), {expanded}, in.keys());
  CHECK(result.verdict.reason == Reason::labels_invalid);
  CHECK(result.verdict.owner == name("m.wild.example."));
}

TEST_CASE("an NSEC that points back to anything but the apex covers nothing") {
  const SignedZone& in = zone(ChainKind::nsec);
  const auto question = ask(Denial::name_error, "zz.example.");
  auto proof = proof_of(in, {">zz.example.", ">*.example."});
  CHECK(check_denial(question, proof, in.keys()).verdict.reason == Reason::validated);
  auto rdata = dns::decode_nsec(proof[0].rrset->rdatas().front()).value();
  REQUIRE(rdata.next == in.apex());
  rdata.next = name("a.example.");
  proof[0] = in.sign(make_rrset(proof[0].rrset->owner(), RRType::nsec, {dns::encode(rdata)}));
  CHECK(check_denial(question, proof, in.keys()).verdict.reason == Reason::denial_incomplete);
}

TEST_CASE("questions outside the zone and proofs without records") {
  for (const ChainKind kind : kinds) {
    const SignedZone& in = zone(kind);
    CHECK(
        check_denial(ask(Denial::name_error, "www.other."), in.chain(), in.keys()).verdict.reason ==
        Reason::denial_missing);
    CHECK(check_denial(ask(Denial::name_error, "nx.example."), {in.at("example.", RRType::soa)},
                       in.keys())
              .verdict.reason == Reason::denial_missing);
  }
}

// RFC 5155 10.4: while a zone changes from one to the other, its servers may send both.
TEST_CASE("of an NSEC and an NSEC3 proof one is enough") {
  const SignedZone& by_nsec = zone(ChainKind::nsec);
  const SignedZone& by_nsec3 = zone(ChainKind::nsec3);
  REQUIRE(by_nsec.keys().tags == by_nsec3.keys().tags);
  const DenialQuestion question = ask(Denial::name_error, "nx.example.");
  const auto nsecs = proof_of(by_nsec, {">nx.example.", ">*.example."});
  const auto nsec3s = proof_of(by_nsec3, {"=example.", ">nx.example.", ">*.example."});
  const auto reason = [&](std::vector<SignedRRset> proof, const std::vector<SignedRRset>& more) {
    proof.insert(proof.end(), more.begin(), more.end());
    return check_denial(question, proof, by_nsec.keys()).verdict.reason;
  };
  CHECK(reason(nsecs, nsec3s) == Reason::validated);
  CHECK(reason(nsecs, {nsec3s.front()}) == Reason::validated);
  CHECK(reason(nsec3s, {by_nsec.matching("a.example.")}) == Reason::validated);
  CHECK(reason({nsec3s.front()}, {by_nsec.matching("a.example.")}) == Reason::denial_incomplete);
}

TEST_CASE("TTL and period of a denial are the smallest of the records used") {
  const SignedZone& in = zone(ChainKind::nsec);
  auto proof = proof_of(in, {">nx.example.", ">*.example."});
  constexpr auto t = static_cast<std::uint32_t>(now_s);
  proof[0] = signed_by(proof[0].rrset, in.zsk(), in.apex(), {t - 50, t + 5000});
  proof[1] = signed_by(proof[1].rrset, in.zsk(), in.apex(), {t - 500, t + 200});
  const RRsetVerdict result =
      check_denial(ask(Denial::name_error, "nx.example."), proof, in.keys());
  CHECK(result.verdict.reason == Reason::validated);
  CHECK(result.ttl_s_max == 200);
  CHECK(result.holds == Period{now_s - 50, now_s + 200});
  const auto later = SimTime::from_unix_s(now_s + 201);
  CHECK(check_denial(ask(Denial::name_error, "nx.example."), proof, in.keys(), later)
            .verdict.reason == Reason::signature_expired);
}

TEST_CASE("a failing apex NSEC3 of a TLD is named with its key tag") {
  const SignedZone de("de.",
                      "@ SOA f hostmaster 1 7200 3600 1209600 300\n@ NS f\n"
                      "f A 192.0.2.1\nsigned NS f\n"
                      "signed DS 1 13 2 ( 000102030405060708090a0b0c0d0e0f\n"
                      "  101112131415161718191a1b1c1d1e1f )\n",
                      ChainKind::nsec3_opt_out);
  std::vector<SignedRRset> proof{de.covering("unsigned.de."), de.matching("de.")};
  const auto question = ask(Denial::no_ds_referral, "unsigned.de.");
  CHECK(check_denial(question, proof, de.keys()).verdict.reason == Reason::opt_out_span);
  proof[1] = damages(de).front().apply(proof[1]);
  const RRsetVerdict result = check_denial(question, proof, de.keys());
  CHECK(result.verdict.to_text() ==
        "bogus: signature does not verify: a0d5d1p51kijsevll74k523htmq406bk.de. NSEC3, key tag " +
            std::to_string(de.zsk()->tag()) + " (RFC 4035 5.3.3, EDE 6)");
  // Both fail: the closest encloser is still looked at first, wherever it stands.
  proof[0] = {proof[0].rrset, {}};
  CHECK(check_denial(question, proof, de.keys()).verdict.to_text() == result.verdict.to_text());
}

TEST_CASE("NSEC3 iterations above the limit are insecure, if they are signed") {
  const SignedZone in("example.", zone_text, ChainKind::nsec3, {151, {}});
  auto proof = proof_of(in, {"=a.example."});
  const auto question = ask(Denial::no_data, "a.example.", RRType::txt);
  CHECK(check_denial(question, proof, in.keys()).verdict.reason ==
        Reason::nsec3_iterations_too_high);
  ValidationLimits limits;
  limits.nsec3_iterations_max = 151;
  CHECK(check_denial(question, proof, in.keys(), now, limits).verdict.reason == Reason::validated);
  for (const Damage& damage : damages(in)) {
    INFO(damage.what);
    CHECK(check_denial(question, {damage.apply(proof[0])}, in.keys()).verdict.reason ==
          damage.reason);
  }
}

TEST_CASE("the bound on NSEC3 iterations may go by the zone's smallest key (RFC 5155 10.3)") {
  const SignedZone in("example.", zone_text, ChainKind::nsec3, {151, {}});
  const auto proof = proof_of(in, {"=a.example."});
  ZoneKeys keys = in.keys();  // of 256 bits
  const auto is_borne = [&](std::vector<Nsec3IterationBound> bounds) {
    ValidationLimits limits;
    limits.nsec3_iterations_by_key_size = std::move(bounds);
    const auto question = ask(Denial::no_data, "a.example.", RRType::txt);
    const Reason reason = check_denial(question, proof, keys, now, limits).verdict.reason;
    CHECK((reason == Reason::validated || reason == Reason::nsec3_iterations_too_high));
    return reason == Reason::validated;
  };
  CHECK(is_borne({{255, 0}, {256, 151}, {1024, 0}}));
  CHECK_FALSE(is_borne({{255, 500}, {256, 150}, {1024, 500}}));
  CHECK(is_borne({{128, 0}, {192, 151}}));  // the largest size is for all above
  CHECK_FALSE(is_borne({{128, 500}, {192, 150}}));
  // A smaller key beside the one that signs lowers the bound.
  keys.keys.push_back({256, 3, 8, hex("0103" + std::string(32, 'f'))});
  keys.tags.push_back(key_tag(keys.keys.back()));
  CHECK_FALSE(is_borne({{128, 150}, {256, 500}}));
  CHECK(is_borne({{128, 151}, {256, 0}}));
}

TEST_CASE("a proof that may need too many hashes is not begun") {
  const SignedZone in("example.", zone_text, ChainKind::nsec3, {150, {}});
  std::string deep = "example.";
  for (int i = 0; i < 60; ++i) deep.insert(0, "x.");
  const auto question = ask(Denial::name_error, deep);
  const auto proof = proof_of(in, {"=example.", ">x.example.", ">*.example."});
  CHECK(check_denial(question, proof, in.keys()).verdict.reason == Reason::validation_limit);
  ValidationLimits limits;
  limits.nsec3_hash_rounds_max = 62 * 151;
  CHECK(check_denial(question, proof, in.keys(), now, limits).verdict.reason == Reason::validated);
}

TEST_CASE("NSEC3 records of another chain or an unknown kind prove nothing") {
  const SignedZone& in = zone(ChainKind::nsec3);
  const SignedZone other("example.", zone_text, ChainKind::nsec3, {2, {}});
  const auto question = ask(Denial::name_error, "nx.example.");
  const Sketch sketch{"=example.", ">nx.example.", ">*.example."};
  // The whole ring of the other chain covers every hash, whatever the parameters it was made with.
  std::vector<SignedRRset> mixed{in.matching("example.")};
  for (const SignedRRset& link : other.chain()) mixed.push_back(link);
  CHECK(check_denial(question, mixed, in.keys()).verdict.reason == Reason::denial_incomplete);

  auto unknown = proof_of(in, sketch);
  for (SignedRRset& entry : unknown) {
    auto rdata = dns::decode_nsec3(entry.rrset->rdatas().front()).value();
    rdata.hash_algorithm = 2;
    entry = in.sign(make_rrset(entry.rrset->owner(), RRType::nsec3, {dns::encode(rdata)}));
  }
  CHECK(check_denial(question, unknown, in.keys()).verdict.reason == Reason::denial_incomplete);
}

}  // namespace
}  // namespace zonefall::dnssec
