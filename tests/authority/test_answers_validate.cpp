// Goal: whatever is asked of a signed zone, the answer validates; signed with another key of the
// same tag it is bogus.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "random_zone.h"
#include "zone_testing.h"
#include "zonefall/core/rng.h"
#include "zonefall/dnssec/validate.h"

namespace zonefall::authority {

using namespace testing;  // NOLINT: test helpers
using dns::RRType;
using dnssec::Security;

namespace {

dns::SignedRRset signed_dnskeys(const ZoneVersion& zone) {
  return {zone.dnskeys(), zone.signatures(zone.dnskeys()).rrsigs};
}

dnssec::Chain chain_to(const ZoneVersion& zone, const Keys& keys, const dns::Question& question,
                       const dns::Message& response) {
  dnssec::Chain chain;
  const auto ds = dnssec::make_ds(zone.apex(), keys.ksk->dnskey(), dnssec::DigestType::sha256);
  chain.trust_anchor =
      dns::RRset::make({zone.apex(), RRType::ds, dns::RRClass::in, 3600}, {encode(ds)});
  chain.anchor_keys = signed_dnskeys(zone);
  chain.question = question;
  chain.response = response;
  return chain;
}

/// The cut, if the authority section is that of a referral.
const dns::RRset* referral_of(const dns::Message& message, const dns::Name& apex) {
  if (message.authority.empty()) return nullptr;
  const dns::RRset& first = *message.authority.front().rrset;
  return first.type() == RRType::ns && first.owner() != apex ? &first : nullptr;
}

/// The answer ends with an alias, and nothing after it could be denied: aliases that lead back to
/// one of the answer, or one that leads to the apex, whose DS the zone itself cannot deny (RFC 4035
/// 5.2).
bool ends_with_alias(const dns::Message& message, RRType qtype, const dns::Name& apex) {
  if (message.answer.empty()) return false;
  const dns::SignedRRset& last = message.answer.back();
  if (last.rrset->type() != RRType::cname || qtype == RRType::cname || qtype == RRType::any) {
    return false;
  }
  const dns::Name target = dns::decode_name(last.rrset->rdatas().front()).value();
  if (qtype == RRType::ds && target == apex) return true;
  return message.authority.empty() &&
         std::any_of(message.answer.begin(), message.answer.end(), [&](const auto& entry) {
           return target.is_at_or_below(entry.rrset->owner());
         });
}

struct Judged {
  Security security = Security::indeterminate;
  std::string why;
};

Judged judge(const dnssec::Validator& validator, const dnssec::Chain& chain) {
  const dns::Message& message = chain.response;
  const dns::Name& apex = chain.trust_anchor->owner();
  const SimTime now = test_time();
  const dnssec::ZoneKeys keys = dnssec::zone_keys(*chain.anchor_keys.rrset);
  const dns::RRset* cut = referral_of(message, apex);
  if (cut == nullptr && !ends_with_alias(message, chain.question.qtype, apex)) {
    const dnssec::Verdict verdict = dnssec::validate(validator, chain, now).verdict;
    return {verdict.security, verdict.to_text()};
  }
  for (const dns::SignedRRset& entry : message.answer) {
    const bool synthesised = entry.rrset->type() == RRType::cname && entry.rrsigs.empty();
    if (synthesised) continue;
    const auto result = dnssec::validate_rrset(validator, entry, keys, now);
    if (result.verdict.security != Security::secure) {
      return {result.verdict.security, result.verdict.to_text()};
    }
  }
  if (cut == nullptr) return {Security::secure, "every alias verifies"};
  for (const dns::SignedRRset& entry : message.authority) {
    if (entry.rrset->type() != RRType::ds) continue;
    const auto result = dnssec::validate_rrset(validator, entry, keys, now);
    return {result.verdict.security, result.verdict.to_text()};
  }
  const auto result =
      dnssec::validate_denial(validator, {dnssec::Denial::no_ds_referral, cut->owner(), RRType::ds},
                              message.authority, keys, now);
  return {result.verdict.security, result.verdict.to_text()};
}

/// Insecure is right for a referral without DS and for what an opt-out span covers.
bool may_be_insecure(const dns::Message& message, const dns::Name& apex, bool opt_out) {
  const dns::RRset* cut = referral_of(message, apex);
  if (cut != nullptr) return true;
  return opt_out && !message.authority.empty();
}

struct Tally {
  int secure = 0;
  int insecure = 0;
  int bogus_with_wrong_key = 0;
};

void check_zone(const ZoneVersion& good, const ZoneVersion& bad, const Keys& keys, bool opt_out,
                Tally& tally) {
  static const std::vector<dns::Question> questions = all_questions();
  const dnssec::IdentityVerifier identity;
  const dnssec::Validator validator{identity};
  for (const dns::Question& question : questions) {
    // The child's own denial of its DS is no proof: it belongs to the parent (RFC 4035 5.2).
    if (question.qtype == RRType::ds && question.qname == good.apex()) continue;
    const Answer right = answer(good, question, {});
    const Judged judged = judge(validator, chain_to(good, keys, question, *right.message));
    const bool fine = judged.security == Security::secure ||
                      (judged.security == Security::insecure &&
                       may_be_insecure(*right.message, good.apex(), opt_out));
    if (!fine) {
      std::string zone;
      good.write_master_text([&](std::string_view text) { zone += text; });
      UNSCOPED_INFO(zone << dns::to_text(*right.message) << judged.why);
      REQUIRE(fine);
    }
    ++(judged.security == Security::secure ? tally.secure : tally.insecure);

    const Answer wrong = answer(bad, question, {});
    const Judged failed = judge(validator, chain_to(bad, keys, question, *wrong.message));
    INFO(dns::to_text(*wrong.message) << failed.why);
    REQUIRE(failed.security == Security::bogus);
    ++tally.bogus_with_wrong_key;
  }
}

void check_zones(const DenialSettings& denial, std::uint64_t entity) {
  const Keys keys = make_keys(1);
  const Keys others = make_keys_like(keys, 2);
  REQUIRE(others.zsk->tag() == keys.zsk->tag());
  Rng rng({7, entity, purpose("random zones")});
  Tally tally;
  for (int i = 0; i < 12; ++i) {
    const ZoneContentPtr content = make_listed_content(random_zone(rng, denial)).value();
    const ZoneVersionPtr good = sign_version(content, {keys, keys.zsk});
    const ZoneVersionPtr bad = sign_version(content, {keys, others.zsk});
    check_zone(*good, *bad, keys, denial.opt_out, tally);
  }
  // An opt-out span leaves most name errors insecure.
  CHECK(tally.secure > (denial.opt_out ? 2000 : 5000));
  CHECK(tally.insecure > 100);
  CHECK(tally.bogus_with_wrong_key > 8000);
}

}  // namespace

TEST_CASE("answers of random NSEC zones validate") {
  check_zones(nsec(), 1);
}
TEST_CASE("answers of random NSEC3 zones validate") {
  check_zones(nsec3(), 2);
}
TEST_CASE("answers of random NSEC3 opt-out zones validate") {
  check_zones(nsec3_opt_out(), 3);
}

TEST_CASE("answers of a populated zone validate as octets, and not with another key") {
  const bool opt_out = GENERATE(true, false);
  const DenialSettings denial = opt_out ? nsec3_opt_out() : nsec();
  ListedZone zone = tld_zone("de.");
  zone.denial = denial;
  const PopulationPtr population =
      make_procedural_population(population_settings("de.", 3000, 40'000)).value();
  const ZoneContentPtr content = make_populated_content(std::move(zone), population).value();
  const Keys keys = make_keys(1);
  const ZoneVersionPtr good = sign_version(content, {keys, keys.zsk});
  const ZoneVersionPtr bad = sign_version(content, {keys, make_keys_like(keys, 2).zsk});
  const dnssec::ByteVerifier bytes;
  Rng rng({8, 1, purpose("questions")});
  for (int i = 0; i < 120; ++i) {
    const std::string label = fmt::format("n{}", rng.below(3300));  // a tenth does not exist
    const bool ask_ds = rng.chance(1, 4);
    const dns::Question question =
        question_of(ask_ds ? label + ".de." : "www." + label + ".de.", ask_ds ? "DS" : "A");
    const Answer right = answer(*good, question, {});
    const Judged judged = judge({bytes}, chain_to(*good, keys, question, *right.message));
    INFO(dns::to_text(*right.message) << judged.why);
    CHECK((judged.security == Security::secure ||
           (judged.security == Security::insecure &&
            may_be_insecure(*right.message, good->apex(), opt_out))));
    const Answer wrong = answer(*bad, question, {});
    const Judged failed = judge({bytes}, chain_to(*bad, keys, question, *wrong.message));
    CHECK(failed.security == Security::bogus);
  }
}

}  // namespace zonefall::authority
