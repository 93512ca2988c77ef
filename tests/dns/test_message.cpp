// Goal: messages as values: queries, sizes, truncation, and the text people read.
#include <cstddef>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "message_json.h"
#include "message_samples.h"
#include "zonefall/core/rng.h"
#include "zonefall/dns/message.h"

using namespace zonefall;
using namespace zonefall::dns;
using namespace zonefall::dns::testing;

namespace {

/// A signature that must not be made.
class UnmadeRrsig : public Rrsig {
 public:
  UnmadeRrsig(RrsigFields fields, std::size_t size) : Rrsig(std::move(fields)), size_(size) {}
  std::span<const std::uint8_t> signature() const override {
    FAIL("the signature was made");
    return {};
  }
  std::size_t signature_size() const override { return size_; }
  std::optional<SignatureIdentity> identity() const override { return std::nullopt; }

 private:
  std::size_t size_;
};

Message decoded(const Encoded& encoded) {
  auto message = decode(encoded.octets);
  REQUIRE(message.ok());
  return std::move(message).value();
}

std::vector<Octets> addresses(std::size_t count) {
  std::vector<Octets> rdatas;
  for (std::size_t i = 0; i < count; ++i) {
    rdatas.push_back(
        encode_a({10, 0, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i & 0xff)}));
  }
  return rdatas;
}

Message response(std::string_view qname) {
  Message message;
  message.flags.qr = true;
  message.question = Question{Name::literal(qname)};
  return message;
}

bool contains(const std::vector<SignedRRset>& section, const SignedRRset& entry) {
  for (const SignedRRset& other : section) {
    if (other.rrset->content_id() == entry.rrset->content_id() &&
        other.rrsigs.size() == entry.rrsigs.size()) {
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("a query has a question, EDNS and no QR") {
  const Message query = make_query({Name::literal("example.de."), RRType::aaaa, RRClass::in},
                                   Edns{.dnssec_ok = true}, {.qr = true, .rd = true});
  CHECK_FALSE(query.flags.qr);
  CHECK(query.flags.rd);
  CHECK(query.question->qtype == RRType::aaaa);
  CHECK(query.edns->dnssec_ok);
  CHECK(query.edns->udp_payload_octets == 1232);
}

TEST_CASE("wire_size is the size of the encoding, and decoding gives the message back") {
  Rng rng({7, 0, purpose("message property")});
  std::size_t records = 0;
  for (int i = 0; i < 1500; ++i) {
    const bool large = i % 100 == 99;
    const Message message = random_message(rng, {.rrsets_max = large ? 80U : 6U});
    const Encoded encoded = encode(message);
    REQUIRE(wire_size(message) == encoded.octets.size());
    REQUIRE_FALSE(encoded.truncated);
    const Message again = decoded(encoded);
    REQUIRE(message_json(again) == message_json(message));
    REQUIRE(encode(again).octets == encoded.octets);
    records += message.answer.size();
  }
  CHECK(records > 3000);
}

TEST_CASE("a limited encoding keeps whole RRsets and says what it must") {
  Rng rng({8, 0, purpose("message property")});
  int truncations = 0;
  int silent_losses = 0;
  for (int i = 0; i < 1500; ++i) {
    const Message message = random_message(rng, {.rrsets_max = 8});
    const std::size_t octets_max = 512 + rng.below(1200);
    const Encoded encoded = encode(message, octets_max);
    REQUIRE(encoded.octets.size() <= octets_max);
    const Message kept = decoded(encoded);
    REQUIRE(kept.flags.tc == (encoded.truncated || message.flags.tc));
    REQUIRE(kept.edns.has_value() == message.edns.has_value());
    REQUIRE(kept.question == message.question);
    for (const SignedRRset& entry : kept.answer) REQUIRE(contains(message.answer, entry));
    for (const SignedRRset& entry : kept.authority) REQUIRE(contains(message.authority, entry));
    for (const SignedRRset& entry : kept.additional) REQUIRE(contains(message.additional, entry));
    const bool lost_needed = kept.answer.size() < message.answer.size() ||
                             kept.authority.size() < message.authority.size();
    if (lost_needed) REQUIRE(encoded.truncated);
    truncations += encoded.truncated ? 1 : 0;
    silent_losses +=
        !encoded.truncated && kept.additional.size() < message.additional.size() ? 1 : 0;
    if (wire_size(message) <= octets_max) {
      REQUIRE_FALSE(encoded.truncated);
      REQUIRE(encoded.octets == encode(message).octets);
    }
  }
  CHECK(truncations > 100);
  CHECK(silent_losses > 20);
}

TEST_CASE("wire_size makes no signature") {
  Message message = response("de.");
  const RRsetPtr rrset = make_rrset("de.", RRType::a, addresses(1));
  RrsigFields fields;
  fields.signer = Name::literal("de.");
  message.answer.push_back({rrset, {std::make_shared<UnmadeRrsig>(fields, 256)}});
  // Header, question, A record, RRSIG: 12 + 8 + 16 + (12 + 18 + 4 + 256).
  CHECK(wire_size(message) == 326);
}

TEST_CASE("an answer over 512 octets loses the RRset and its RRSIGs together and sets TC") {
  Message message = response("big.example.");
  const RRsetPtr small = make_rrset("big.example.", RRType::txt, {{1, 'x'}});
  const RRsetPtr big = make_rrset("big.example.", RRType::a, addresses(28));
  message.answer = {{small, {make_rrsig(*small, "example.")}},
                    {big, {make_rrsig(*big, "example.")}}};
  message.additional = {{make_rrset("other.example.", RRType::a, addresses(1)), {}}};
  message.edns = Edns{};

  // 12 + 17 + (14 + 12 + 18 + 9 + 64) + 28 * 16 = 594 octets before the second signature.
  const Encoded encoded = encode(message, 594);
  CHECK(encoded.truncated);
  const Message kept = decoded(encoded);
  CHECK(kept.flags.tc);
  REQUIRE(kept.answer.size() == 1);
  CHECK(kept.answer[0].rrset->type() == RRType::txt);
  CHECK(kept.answer[0].rrsigs.size() == 1);
  CHECK(kept.additional.empty());
  CHECK(kept.edns);
  CHECK(encode(message, 512).truncated);
}

TEST_CASE("a message that fits to the octet is not truncated") {
  Message message = response("big.example.");
  message.answer = {{make_rrset("big.example.", RRType::a, addresses(60)), {}}};
  message.edns = Edns{};
  const std::size_t octets = wire_size(message);
  REQUIRE(octets == 12 + 17 + 60 * 16 + 11);
  CHECK_FALSE(encode(message, octets).truncated);
  CHECK(encode(message, octets - 1).truncated);
}

TEST_CASE("additional data is left out silently, and smaller data may still follow") {
  Message message = response("example.");
  message.flags.aa = true;
  message.answer = {{make_rrset("example.", RRType::mx, {Octets{0, 1, 1, 'm', 0}}), {}}};
  message.additional = {{make_rrset("m.", RRType::a, addresses(40)), {}},
                        {make_rrset("m.", RRType::aaaa, {Octets(16, 1)}), {}}};
  const Encoded encoded = encode(message, 512);
  CHECK_FALSE(encoded.truncated);
  const Message kept = decoded(encoded);
  CHECK_FALSE(kept.flags.tc);
  CHECK(kept.answer.size() == 1);
  REQUIRE(kept.additional.size() == 1);
  CHECK(kept.additional[0].rrset->type() == RRType::aaaa);
}

TEST_CASE("glue below the delegation goes first, and its loss sets TC (RFC 9471 3.1)") {
  Message message = nsec3_referral("example.de.", 3);
  // Sibling data in front, too large to fit beside the glue.
  message.additional.insert(message.additional.begin(),
                            {make_rrset("ns.other.de.", RRType::a, addresses(20)), {}});
  const std::size_t without_sibling = wire_size(nsec3_referral("example.de.", 3));
  REQUIRE(without_sibling > 512);

  const Encoded fits = encode(message, without_sibling);
  CHECK_FALSE(fits.truncated);
  CHECK(decoded(fits).additional.size() == 3);
  CHECK(fits.octets.size() == without_sibling);

  const Encoded lacks_one = encode(message, without_sibling - 1);
  CHECK(lacks_one.truncated);
  CHECK(decoded(lacks_one).flags.tc);
  CHECK(decoded(lacks_one).additional.size() == 2);

  SECTION("an authoritative answer has no such duty") {
    message.flags.aa = true;
    CHECK_FALSE(encode(message, without_sibling - 1).truncated);
  }
  SECTION("addresses that no NS names are no glue") {
    Message other = nsec3_referral("example.de.", 1);
    other.authority[0].rrset =
        make_rrset("example.de.", RRType::ns, {encode_name(Name::literal("ns.example.net."))});
    other.additional = {{make_rrset("www.example.de.", RRType::a, addresses(2)), {}}};
    const Encoded encoded = encode(other, wire_size(other) - 1);
    CHECK_FALSE(encoded.truncated);
    CHECK(decoded(encoded).additional.empty());
  }
}

TEST_CASE("an NSEC3 referral without room for its proof is truncated") {
  const Message message = nsec3_referral("example.de.", 2);
  const Encoded encoded = encode(message, 512);
  CHECK(encoded.truncated);
  const Message kept = decoded(encoded);
  // One NSEC3 with its 256-octet signature fits beside the NS RRset, two do not.
  REQUIRE(kept.authority.size() == 2);
  CHECK(kept.authority[1].rrsigs.size() == 1);
  CHECK(kept.additional.empty());
  CHECK_FALSE(encode(message, 1232).truncated);
}

TEST_CASE("OPT fits in 512 octets beside the longest question") {
  Message message = response("de.");
  message.question->qname = longest_name(Name::literal("de."));
  message.edns = Edns{};
  message.edns->extended_errors = {{EdeCode::dnssec_bogus, std::string(400, 'x')},
                                   {EdeCode::stale_answer, ""}};
  message.edns->other_options = {{65001, Octets(100, 7)}};

  const Message kept = decoded(encode(message, 512));
  REQUIRE(kept.edns);
  REQUIRE(kept.edns->extended_errors.size() == 2);
  CHECK(kept.edns->extended_errors[0] == ExtendedError{EdeCode::dnssec_bogus, ""});
  CHECK(kept.edns->other_options == message.edns->other_options);
  CHECK_FALSE(kept.flags.tc);

  message.edns->other_options.push_back({65002, Octets(400, 7)});
  const Message less = decoded(encode(message, 512));
  CHECK(less.edns->other_options.size() == 1);
  CHECK(less.edns->extended_errors.size() == 2);
}

TEST_CASE("a message beyond 65535 octets is cut, and wire_size agrees") {
  Message message = response("de.");
  for (int i = 0; i < 3; ++i) {
    const auto type = static_cast<RRType>(65280 + i);
    message.answer.push_back({make_rrset("de.", type, {Octets(30000, 1)}), {}});
  }
  const Encoded encoded = encode(message);
  CHECK(encoded.truncated);
  CHECK(encoded.octets.size() == 20 + 2 * 30012);
  CHECK(wire_size(message) == encoded.octets.size());
}

TEST_CASE("text is laid out as dig does") {
  Message message = response("www.example.de.");
  message.id = 4711;
  message.rcode = Rcode::servfail;
  message.flags.rd = message.flags.ra = true;
  message.edns = Edns{.dnssec_ok = true};
  message.edns->extended_errors = {{EdeCode::dnssec_bogus, "bad\nnews"},
                                   {EdeCode::negative_trust_anchor, ""}};
  message.edns->other_options = {{65001, {0xab, 0x01}}};
  const RRsetPtr rrset = make_rrset("www.example.de.", RRType::a, {encode_a({192, 0, 2, 1})}, 300);
  message.answer = {{rrset, {}}};
  message.bare_rrsigs = {
      {Section::authority, Name::literal("de."), RRClass::in, 60, make_rrsig(*rrset, "de.", 3)}};

  const std::string expected =
      ";; ->>HEADER<<- opcode: QUERY, status: SERVFAIL, id: 4711\n"
      ";; flags: qr rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 1, ADDITIONAL: 1\n"
      "\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags: do; udp: 1232\n"
      "; EDE: 6 (DNSSEC Bogus): (bad\\010news)\n"
      "; EDE: 33 (" +
      to_text(EdeCode::negative_trust_anchor) +
      ")\n"
      "; OPT=65001: ab 01\n"
      "\n;; QUESTION SECTION:\n;www.example.de.\tIN\tA\n"
      "\n;; ANSWER SECTION:\nwww.example.de.\t300\tIN\tA\t192.0.2.1\n"
      "\n;; AUTHORITY SECTION:\n"
      "de.\t60\tIN\tRRSIG\tA 8 3 300 20260512190000 20260428181320 33834 de. Wlpa\n";
  CHECK(to_text(message) == expected);
}
