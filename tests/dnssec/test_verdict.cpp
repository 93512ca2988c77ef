// Goal: every reason says what it is: security, text, RFC, and the code of RFC 8914 section 4.
#include <optional>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "zonefall/dnssec/verdict.h"

namespace zonefall::dnssec {
namespace {

std::optional<int> ede_of(Reason reason) {
  const auto code = info(reason).ede;
  return code ? std::optional(static_cast<int>(*code)) : std::nullopt;
}

TEST_CASE("every reason has a full row") {
  for (int i = 0; i <= static_cast<int>(Reason::validation_limit); ++i) {
    const ReasonInfo& row = info(static_cast<Reason>(i));
    INFO(row.name);
    CHECK_FALSE(row.name.empty());
    CHECK_FALSE(row.text.empty());
    CHECK(row.rfc.substr(0, 4) == "RFC ");
    const bool fails = row.security == Security::bogus || row.security == Security::indeterminate;
    if (fails) CHECK(row.ede.has_value());
    for (int j = 0; j < i; ++j) CHECK(info(static_cast<Reason>(j)).name != row.name);
  }
}

TEST_CASE("extended DNS error codes of RFC 8914") {
  const std::vector<std::pair<Reason, std::optional<int>>> expected{
      {Reason::validated, std::nullopt},
      {Reason::no_ds_proved, std::nullopt},
      {Reason::opt_out_span, std::nullopt},
      {Reason::unsupported_algorithm, 1},
      {Reason::unsupported_digest, 2},
      {Reason::nsec3_iterations_too_high, 27},
      {Reason::negative_trust_anchor, 33},
      {Reason::no_trust_anchor, 5},
      {Reason::chain_unavailable, 5},
      {Reason::signature_crypto_failed, 6},
      {Reason::signature_expired, 7},
      {Reason::signature_not_yet_valid, 8},
      {Reason::signature_expired_before_inception, 25},
      {Reason::signature_missing, 10},
      {Reason::signer_mismatch, 6},
      {Reason::labels_invalid, 6},
      {Reason::dnskey_missing, 9},
      {Reason::dnskey_not_zone_key, 11},
      {Reason::no_key_matches_ds, 9},
      {Reason::dnskey_rrset_missing, 9},
      {Reason::denial_missing, 12},
      {Reason::denial_incomplete, 12},
      {Reason::denial_contradicts, 6},
      {Reason::wildcard_unproved, 12},
      {Reason::rrset_malformed, 0},
      {Reason::validation_limit, 6},
  };
  CHECK(expected.size() == static_cast<std::size_t>(Reason::validation_limit) + 1);
  for (const auto& [reason, code] : expected) {
    INFO(info(reason).name);
    CHECK(ede_of(reason) == code);
  }
}

TEST_CASE("verdicts in words") {
  Verdict verdict =
      Verdict::of(Reason::signature_crypto_failed,
                  dns::Name::literal("a0d5d1p51kijsevll74k523htmq406bk.de"), dns::RRType::nsec3);
  CHECK(verdict.security == Security::bogus);
  verdict.key_tag = 33834;
  CHECK(verdict.to_text() ==
        "bogus: signature does not verify: a0d5d1p51kijsevll74k523htmq406bk.de. NSEC3, "
        "key tag 33834 (RFC 4035 5.3.3, EDE 6)");
  CHECK(Verdict::of(Reason::validated, dns::Name::literal("de"), dns::RRType::soa).to_text() ==
        "secure: validated: de. SOA (RFC 4035 5.3)");
  CHECK(to_text(Security::indeterminate) == "indeterminate");
  CHECK(Verdict{}.security == info(Verdict{}.reason).security);
}

}  // namespace
}  // namespace zonefall::dnssec
