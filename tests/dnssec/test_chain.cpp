// Goal: whole chains, from a trust anchor at the root to an answer. Every sound kind of response
// validates; every fault ends the walk at the right step with the right reason.
#include <string>

#include <catch2/catch.hpp>

#include "signed_zone.h"

namespace zonefall::dnssec {
namespace {

using namespace testing;
using dns::RRType;
using dns::SignedRRset;

constexpr std::string_view soa_and_ns = "@ SOA ns host 1 7200 3600 1209600 300\n@ NS ns\n";

std::string delegation(std::string_view label, const SignedZone& child) {
  const std::string ds = dns::rdata_to_text(RRType::ds, child.ds()->rdatas().front());
  return std::string(label) + " NS ns\n" + std::string(label) + " DS " + ds + "\n";
}

/// The root (NSEC), de (NSEC3 with opt-out) and example.de (NSEC3).
struct World {
  SignedZone child{"example.de.", std::string(soa_and_ns) + R"(
www      A     192.0.2.1
alias    CNAME www
hop      CNAME alias
out      CNAME www.elsewhere.
loop     CNAME loop
wildcname CNAME some.wild
gone     CNAME nx
old      DNAME new
back     DNAME @
www.new  A     192.0.2.2
*.wild   A     192.0.2.3
)",
                   ChainKind::nsec3};
  SignedZone de{"de.",
                std::string(soa_and_ns) + delegation("example", child) +
                    "unsigned NS ns\nns A 192.0.2.53\n*.w CNAME ns\n",
                ChainKind::nsec3_opt_out};
  SignedZone root{".", std::string(soa_and_ns) + delegation("de", de), ChainKind::nsec};

  [[nodiscard]] Chain chain_to(std::string_view qname, RRType qtype) const {
    Chain chain;
    chain.trust_anchor = root.ds();
    chain.anchor_keys = root.dnskeys();
    chain.links.push_back({name("de."), root.at("de.", RRType::ds), {}, de.dnskeys()});
    chain.links.push_back(
        {name("example.de."), de.at("example.de.", RRType::ds), {}, child.dnskeys()});
    chain.question = {name(qname), qtype};
    chain.response.flags.qr = true;
    chain.response.question = chain.question;
    return chain;
  }

  [[nodiscard]] Chain answered(std::string_view qname, RRType qtype,
                               std::vector<SignedRRset> answer,
                               std::vector<SignedRRset> authority = {}) const {
    Chain chain = chain_to(qname, qtype);
    chain.response.answer = std::move(answer);
    chain.response.authority = std::move(authority);
    return chain;
  }

  [[nodiscard]] SignedRRset soa() const { return child.at("example.de.", RRType::soa); }

  [[nodiscard]] std::vector<SignedRRset> name_error_proof(std::string_view next_closer) const {
    return {soa(), child.matching("example.de."), child.covering(next_closer),
            child.covering("*.example.de.")};
  }
};

const World& world() {
  static const World made;
  return made;
}

ChainVerdict check(const Chain& chain) {
  const ByteVerifier bytes;
  const IdentityVerifier identities;
  const ChainVerdict by_bytes = validate({bytes}, chain, now);
  const ChainVerdict by_identity = validate({identities}, chain, now);
  REQUIRE(by_bytes.verdict.to_text() == by_identity.verdict.to_text());
  REQUIRE(by_bytes.steps.size() == by_identity.steps.size());
  for (std::size_t i = 0; i < by_bytes.steps.size(); ++i) {
    REQUIRE(by_bytes.steps[i].what == by_identity.steps[i].what);
    REQUIRE(by_bytes.steps[i].verdict.to_text() == by_identity.steps[i].verdict.to_text());
  }
  return by_bytes;
}

std::string steps_of(const ChainVerdict& result) {
  std::string text;
  for (const ChainStep& step : result.steps) {
    text += (text.empty() ? "" : ", ") + step.zone.to_text() + " " + std::string(step.what);
  }
  return text;
}

SignedRRset broken(const SignedRRset& entry) {
  return damages(world().child).front().apply(entry);
}

TEST_CASE("a positive answer takes every step from the anchor") {
  const auto& w = world();
  const ChainVerdict result =
      check(w.answered("www.example.de.", RRType::a, {w.child.at("www.example.de.", RRType::a)}));
  CHECK(result.verdict.reason == Reason::validated);
  CHECK(result.verdict.owner == name("www.example.de."));
  CHECK(result.verdict.key_tag == w.child.zsk()->tag());
  CHECK(steps_of(result) ==
        ". trust anchor, . DNSKEY, de. DS, de. DNSKEY, example.de. DS, example.de. DNSKEY, "
        "example.de. answer");
}

TEST_CASE("aliases are followed inside the zone") {
  const auto& w = world();
  const auto cname = [&w](std::string_view owner) { return w.child.at(owner, RRType::cname); };
  const SignedRRset www = w.child.at("www.example.de.", RRType::a);

  SECTION("a chain of CNAMEs, in any order") {
    const std::vector<SignedRRset> answer{www, cname("alias.example.de."),
                                          cname("hop.example.de.")};
    const Chain chain = w.answered("hop.example.de.", RRType::a, answer);
    CHECK(check(chain).verdict.reason == Reason::validated);
    CHECK(check(chain).steps.size() == 9);
    for (std::size_t i = 0; i < answer.size(); ++i) {
      Chain damaged = chain;
      damaged.response.answer[i] = broken(answer[i]);
      const ChainVerdict result = check(damaged);
      CHECK(result.verdict.reason == Reason::signature_crypto_failed);
      CHECK(result.verdict.owner == answer[i].rrset->owner());
    }
  }
  SECTION("out of the zone: validated as far as it goes") {
    CHECK(
        check(w.answered("out.example.de.", RRType::a, {cname("out.example.de.")})).verdict.owner ==
        name("out.example.de."));
  }
  SECTION("a CNAME asked for itself") {
    CHECK(check(w.answered("out.example.de.", RRType::cname, {cname("out.example.de.")}))
              .verdict.reason == Reason::validated);
  }
  SECTION("a loop ends") {
    const auto result =
        check(w.answered("loop.example.de.", RRType::a, {cname("loop.example.de.")}));
    CHECK(result.verdict.reason == Reason::denial_missing);
  }
  SECTION("to a name that does not exist") {
    Chain chain = w.answered("gone.example.de.", RRType::a, {cname("gone.example.de.")},
                             w.name_error_proof("nx.example.de."));
    chain.response.rcode = dns::Rcode::nxdomain;
    CHECK(check(chain).verdict.reason == Reason::validated);
    chain.response.authority.clear();
    CHECK(check(chain).verdict.reason == Reason::denial_missing);
  }
}

TEST_CASE("a DNAME vouches for the CNAME made from it, and for no other") {
  const auto& w = world();
  const SignedRRset dname = w.child.at("old.example.de.", RRType::dname);
  const SignedRRset target = w.child.at("www.new.example.de.", RRType::a);
  const auto synthesised = [](std::string_view to) {
    return SignedRRset{
        make_rrset(name("www.old.example.de."), RRType::cname, {dns::encode_name(name(to))}), {}};
  };
  const auto reason = [&w](std::vector<SignedRRset> answer) {
    return check(w.answered("www.old.example.de.", RRType::a, std::move(answer))).verdict.reason;
  };
  CHECK(reason({dname, synthesised("www.new.example.de."), target}) == Reason::validated);
  CHECK(reason({dname, target}) == Reason::validated);
  CHECK(reason({dname, synthesised("www.evil.example.de."), target}) == Reason::signature_missing);
  CHECK(reason({broken(dname), synthesised("www.new.example.de."), target}) ==
        Reason::signature_crypto_failed);
  CHECK(reason({synthesised("www.new.example.de."), target}) == Reason::signature_missing);
}

TEST_CASE("one DNAME may apply twice, and its CNAME may be what was asked for") {
  const auto& w = world();
  const SignedRRset dname = w.child.at("back.example.de.", RRType::dname);
  const SignedRRset target = w.child.at("www.example.de.", RRType::a);
  const auto synthesised = [](std::string_view owner, std::string_view to) {
    return SignedRRset{make_rrset(name(owner), RRType::cname, {dns::encode_name(name(to))}), {}};
  };
  const std::string_view once = "www.back.example.de.";
  const std::string_view twice = "www.back.back.example.de.";
  const auto reason = [&w](std::string_view qname, RRType qtype, std::vector<SignedRRset> answer) {
    return check(w.answered(qname, qtype, std::move(answer))).verdict.reason;
  };
  const std::vector<SignedRRset> all = {dname, synthesised(twice, once),
                                        synthesised(once, "www.example.de."), target};
  CHECK(reason(twice, RRType::a, all) == Reason::validated);
  const std::vector<SignedRRset> alone = {dname, synthesised(once, "www.example.de.")};
  CHECK(reason(once, RRType::cname, alone) == Reason::validated);
  CHECK(reason(once, RRType::any, alone) == Reason::validated);
  CHECK(reason(once, RRType::cname, {dname, synthesised(once, "evil.example.de.")}) ==
        Reason::signature_missing);
  CHECK(reason(once, RRType::cname, {broken(dname), alone[1]}) == Reason::signature_crypto_failed);
  CHECK(reason(once, RRType::cname, {alone[1]}) == Reason::signature_missing);
  // Other data below a DNAME vouches for itself.
  const SignedRRset forged{make_rrset(name(once), RRType::a, {{192, 0, 2, 66}}), {}};
  CHECK(reason(once, RRType::any, {dname, alone[1], forged}) == Reason::signature_missing);
}

TEST_CASE("an empty non-terminal has nothing to answer ANY with") {
  const auto& w = world();
  const auto reason = [&w](std::string_view qname) {
    return check(w.answered(qname, RRType::any, {}, {w.soa(), w.child.matching(qname)}))
        .verdict.reason;
  };
  CHECK(reason("wild.example.de.") == Reason::validated);
  CHECK(reason("www.example.de.") == Reason::denial_contradicts);
}

TEST_CASE("a wildcard answer needs its denial") {
  const auto& w = world();
  const SignedRRset expanded =
      w.child.expanded("*.wild.example.de.", RRType::a, "some.wild.example.de.");
  const SignedRRset cover = w.child.covering("some.wild.example.de.");
  Chain chain = w.answered("some.wild.example.de.", RRType::a, {expanded}, {cover});
  CHECK(check(chain).verdict.reason == Reason::validated);
  CHECK(check(chain).steps.back().what == "denial");

  SECTION("also behind an alias") {
    chain = w.answered("wildcname.example.de.", RRType::a,
                       {w.child.at("wildcname.example.de.", RRType::cname), expanded}, {cover});
    CHECK(check(chain).verdict.reason == Reason::validated);
  }
  chain.response.authority.clear();
  CHECK(check(chain).verdict.reason == Reason::wildcard_unproved);
  chain.response.authority = {broken(cover)};
  CHECK(check(chain).verdict.reason == Reason::signature_crypto_failed);
}

TEST_CASE("negative answers") {
  const auto& w = world();
  Chain nx = w.answered("nx.example.de.", RRType::a, {}, w.name_error_proof("nx.example.de."));
  nx.response.rcode = dns::Rcode::nxdomain;
  Chain no_data = w.answered("www.example.de.", RRType::txt, {},
                             {w.soa(), w.child.matching("www.example.de.")});
  CHECK(check(nx).verdict.reason == Reason::validated);
  CHECK(check(no_data).verdict.reason == Reason::validated);

  SECTION("NXDOMAIN sent as NODATA and the other way round") {
    nx.response.rcode = dns::Rcode::noerror;
    CHECK(check(nx).verdict.reason == Reason::denial_incomplete);
    no_data.response.rcode = dns::Rcode::nxdomain;
    CHECK(check(no_data).verdict.reason == Reason::denial_contradicts);
  }
  SECTION("the SOA must verify too") {
    no_data.response.authority[0] = broken(w.soa());
    const ChainVerdict result = check(no_data);
    CHECK(result.verdict.reason == Reason::signature_crypto_failed);
    CHECK(result.verdict.type == RRType::soa);
  }
  SECTION("each record of the proof must verify") {
    for (std::size_t i = 0; i < nx.response.authority.size(); ++i) {
      Chain damaged = nx;
      damaged.response.authority[i] = broken(damaged.response.authority[i]);
      const ChainVerdict result = check(damaged);
      CHECK(result.verdict.reason == Reason::signature_crypto_failed);
      CHECK(result.verdict.owner == nx.response.authority[i].rrset->owner());
    }
  }
}

TEST_CASE("an answer to ANY validates every RRset") {
  const auto& w = world();
  const SignedRRset soa = w.soa();
  const SignedRRset ns = w.child.at("example.de.", RRType::ns);
  CHECK(check(w.answered("example.de.", RRType::any, {soa, ns})).verdict.reason ==
        Reason::validated);
  CHECK(check(w.answered("example.de.", RRType::any, {soa, broken(ns)})).verdict.type ==
        RRType::ns);
}

TEST_CASE("an opt-out span under an NXDOMAIN makes the answer insecure") {
  const auto& w = world();
  Chain chain = w.chain_to("nx.de.", RRType::a);
  chain.links.pop_back();
  chain.response.rcode = dns::Rcode::nxdomain;
  chain.response.authority = {w.de.at("de.", RRType::soa), w.de.matching("de."),
                              w.de.covering("nx.de."), w.de.covering("*.de.")};
  CHECK(check(chain).verdict.reason == Reason::opt_out_span);
  // The SOA behind it still counts.
  chain.response.authority[0].rrsigs.clear();
  CHECK(check(chain).verdict.reason == Reason::signature_missing);
}

TEST_CASE("an opt-out span under one step makes the whole answer insecure") {
  const auto& w = world();
  Chain chain = w.chain_to("x.w.de.", RRType::a);
  chain.links.pop_back();
  chain.response.answer = {w.de.expanded("*.w.de.", RRType::cname, "x.w.de."),
                           w.de.at("ns.de.", RRType::a)};
  chain.response.authority = {w.de.covering("x.w.de.")};
  const ChainVerdict result = check(chain);
  CHECK(result.verdict.reason == Reason::opt_out_span);
  CHECK(result.steps.back().verdict.reason == Reason::validated);
  chain.response.answer[1].rrsigs.clear();
  CHECK(check(chain).verdict.reason == Reason::signature_missing);
}

TEST_CASE("below an insecure delegation nothing is verified") {
  const auto& w = world();
  Chain chain = w.chain_to("www.unsigned.de.", RRType::a);
  chain.links[1] = {
      name("unsigned.de."), {}, {w.de.matching("de."), w.de.covering("unsigned.de.")}, {}};
  chain.response.answer = {{make_rrset(name("www.unsigned.de."), RRType::a, {{192, 0, 2, 9}}), {}}};
  const ChainVerdict result = check(chain);
  CHECK(result.verdict.security == Security::insecure);
  CHECK(result.verdict.reason == Reason::opt_out_span);
  CHECK(steps_of(result) == ". trust anchor, . DNSKEY, de. DS, de. DNSKEY, unsigned.de. no DS");

  SECTION("the proof is verified") {
    chain.links[1].no_ds_proof[0] = damages(w.de).front().apply(chain.links[1].no_ds_proof[0]);
    const ChainVerdict failed = check(chain);
    CHECK(failed.verdict.reason == Reason::signature_crypto_failed);
    CHECK(failed.verdict.owner == name("a0d5d1p51kijsevll74k523htmq406bk.de."));
  }
  SECTION("a DS with unsupported algorithms only") {
    dns::DsRdata ds = dns::decode_ds(w.child.ds()->rdatas().front()).value();
    ds.algorithm = 200;
    chain = w.chain_to("www.example.de.", RRType::a);
    chain.links[1].ds = w.de.sign(make_rrset(name("example.de."), RRType::ds, {dns::encode(ds)}));
    CHECK(check(chain).verdict.reason == Reason::unsupported_algorithm);
  }
}

struct Fault {
  std::string_view what;
  Reason reason;
  std::string_view step;  // zone and step that decide
  void (*apply)(Chain&);
};

std::vector<Fault> faults_above_the_zone() {
  return {
      {"no anchor", Reason::no_trust_anchor, "www.example.de. trust anchor",
       [](Chain& c) { c.trust_anchor = nullptr; }},
      {"an anchor for another key", Reason::no_key_matches_ds, ". DNSKEY",
       [](Chain& c) { c.trust_anchor = ds_rrset(name("."), world().de.ksk()->dnskey()); }},
      {"no keys at the anchor", Reason::dnskey_rrset_missing, ". DNSKEY",
       [](Chain& c) { c.anchor_keys = {}; }},
      {"keys of another zone at the anchor", Reason::chain_unavailable, ". DNSKEY",
       [](Chain& c) { c.anchor_keys = world().de.dnskeys(); }},
      {"a link that leads away", Reason::signer_mismatch, "org. DS",
       [](Chain& c) { c.links[1].zone = name("org."); }},
      {"an unsigned DS", Reason::signature_missing, "de. DS",
       [](Chain& c) { c.links[0].ds.rrsigs.clear(); }},
      {"the DS of a sibling", Reason::chain_unavailable, "example.de. DS",
       [](Chain& c) { c.links[1].ds = world().root.at("de.", RRType::ds); }},
      {"a DS from a wildcard", Reason::labels_invalid, "example.de. DS",
       [](Chain& c) {
         SignedRRset ds = world().de.sign(
             make_rrset(name("*.de."), RRType::ds, world().child.ds()->rdatas().to_vector()));
         ds.rrset = ds.rrset->with_owner(name("example.de."));
         c.links[1].ds = ds;
       }},
      {"a DS signed by the child", Reason::signer_mismatch, "example.de. DS",
       [](Chain& c) { c.links[1].ds = world().child.sign(world().child.ds()); }},
      {"neither a DS nor a proof", Reason::denial_missing, "example.de. no DS",
       [](Chain& c) { c.links[1].ds = {}; }},
      {"a proof against a DS that is there", Reason::denial_contradicts, "example.de. no DS",
       [](Chain& c) {
         c.links[1].ds = {};
         c.links[1].no_ds_proof = {world().de.matching("example.de.")};
       }},
  };
}

std::vector<Fault> faults_of_the_zone() {
  return {
      {"no DNSKEY RRset", Reason::dnskey_rrset_missing, "example.de. DNSKEY",
       [](Chain& c) { c.links[1].dnskeys = {}; }},
      {"a DNSKEY RRset without signatures", Reason::signature_missing, "example.de. DNSKEY",
       [](Chain& c) { c.links[1].dnskeys.rrsigs.clear(); }},
      {"another KSK than the parent knows", Reason::no_key_matches_ds, "de. DNSKEY",
       [](Chain& c) {
         const KeyPairPtr other = make_key("rolled too early");
         c.links[0].dnskeys =
             signed_by(dnskey_rrset(name("de."), {other->dnskey()}), other, name("de."));
       }},
      {"an unsigned answer", Reason::signature_missing, "example.de. answer",
       [](Chain& c) { c.response.answer[0].rrsigs.clear(); }},
      {"an answer signed by the parent", Reason::signer_mismatch, "example.de. answer",
       [](Chain& c) { c.response.answer[0] = world().de.sign(c.response.answer[0].rrset); }},
      {"an answer to something else", Reason::chain_unavailable, "example.de. answer",
       [](Chain& c) { c.response.question->qtype = RRType::aaaa; }},
      {"no answer from the servers", Reason::chain_unavailable, "example.de. answer",
       [](Chain& c) { c.response.rcode = dns::Rcode::servfail; }},
      {"a question outside the last zone", Reason::chain_unavailable, "example.de. answer",
       [](Chain& c) {
         c.question.qname = name("www.other.de.");
         c.response.question = c.question;
       }},
      {"an empty response", Reason::denial_missing, "example.de. denial",
       [](Chain& c) { c.response.answer.clear(); }},
  };
}

TEST_CASE("each fault ends the walk at its step") {
  const auto& w = world();
  const Chain good =
      w.answered("www.example.de.", RRType::a, {w.child.at("www.example.de.", RRType::a)});
  std::vector<Fault> faults = faults_above_the_zone();
  for (const Fault& fault : faults_of_the_zone()) faults.push_back(fault);
  for (const Fault& fault : faults) {
    Chain chain = good;
    fault.apply(chain);
    const ChainVerdict result = check(chain);
    INFO(fault.what << ": " << result.verdict.to_text());
    CHECK(result.verdict.reason == fault.reason);
    REQUIRE_FALSE(result.steps.empty());
    const ChainStep& last = result.steps.back();
    CHECK(last.zone.to_text() + " " + std::string(last.what) == fault.step);
    CHECK(last.verdict.to_text() == result.verdict.to_text());
  }
}

}  // namespace
}  // namespace zonefall::dnssec
