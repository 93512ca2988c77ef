// Goal: a memo always gives what answer() gives for that version, and asks it seldom: an answer is
// kept when its question is asked for the second time.
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "zone_testing.h"
#include "zonefall/authority/server.h"
#include "zonefall/core/rng.h"

namespace zonefall::authority {

using namespace testing;  // NOLINT: test helpers

namespace {

constexpr std::int64_t resign_minutes = 14;
constexpr std::uint32_t version_count = 24;
constexpr std::uint32_t second_key_from = 15;  // version that publishes and uses other keys

SimTime minutes(std::int64_t count) {
  return test_time() + Duration::minutes(count);
}

/// Signs each RRset every `resign_minutes`, at a phase of its own; SOA and DNSKEY in each version.
class ScheduledSource final : public SignatureSource {
 public:
  ScheduledSource(Keys keys, SimTime signed_at, SimTime keys_until)
      : keys_(std::move(keys)), signed_at_(signed_at), keys_until_(keys_until) {}

  [[nodiscard]] Signatures signatures(const dns::RRsetPtr& rrset) const override {
    const dns::Name apex = dns::Name::literal("de.");
    const bool own = rrset->type() == dns::RRType::soa || rrset->type() == dns::RRType::dnskey;
    const auto phase = static_cast<std::int64_t>(rrset->content_id().low % resign_minutes);
    const auto age = (signed_at_ - minutes(-phase)).to_seconds() / 60 % resign_minutes;
    const SimTime event = own ? signed_at_ : signed_at_ - Duration::minutes(age);
    const auto& key = rrset->type() == dns::RRType::dnskey ? keys_.ksk : keys_.zsk;
    const SimTime until = own ? signed_at_ : event + Duration::minutes(resign_minutes);
    return {{dnssec::sign(rrset, key, apex, window_at(event))}, std::min(until, keys_until_)};
  }

 private:
  Keys keys_;
  SimTime signed_at_;
  SimTime keys_until_;
};

ZoneHistoryPtr make_history() {
  ListedZone zone = tld_zone("de.");
  zone.denial = nsec3_opt_out();
  const auto population =
      make_procedural_population(population_settings("de.", 500, 200'000)).value();
  const ZoneContentPtr content = make_populated_content(std::move(zone), population).value();
  const Keys first = make_keys(1);
  const Keys second = make_keys(2);
  std::vector<ZoneHistory::Entry> entries;
  for (std::uint32_t i = 0; i < version_count; ++i) {
    const bool early = i < second_key_from;
    const Keys& keys = early ? first : second;
    const SimTime at = minutes(std::int64_t{2} * i);
    const SimTime keys_until = early ? minutes(std::int64_t{2} * second_key_from) : SimTime::max();
    ZoneVersionParts parts{content, make_soa(content->apex(), 100 + i),
                           make_dnskeys(content->apex(), keys),
                           std::make_shared<const ScheduledSource>(keys, at, keys_until), at};
    entries.push_back({at, std::make_shared<const ZoneVersion>(std::move(parts))});
  }
  return std::make_shared<const ZoneHistory>(std::move(entries));
}

std::vector<dns::Question> some_questions() {
  std::vector<dns::Question> questions = {
      question_of("de.", "SOA"),          question_of("de.", "DNSKEY"),
      question_of("de.", "NS"),           question_of("missing.de.", "A"),
      question_of("www.nic.de.", "AAAA"), question_of("whois.de.", "A"),
      question_of("whois.de.", "MX"),     question_of("x.wild.text.de.", "TXT"),
      question_of("whois.de.", "RRSIG")};
  for (int id = 0; id < 12; ++id) questions.push_back(question_of(fmt::format("n{}.de.", id), "A"));
  for (int id = 0; id < 6; ++id) {
    const std::string name = fmt::format("n{}.de.", id);
    for (const char* type : {"DS", "AAAA", "NS"}) questions.push_back(question_of(name, type));
    questions.push_back(question_of("WWW." + name, "AAAA"));
    questions.push_back(question_of("www." + name, "A"));
  }
  return questions;
}

std::string text_of(const Answer& answer) {
  return fmt::format("{}\n{}", dns::to_text(*answer.message), answer.wire_octets);
}

}  // namespace

TEST_CASE("a memo gives what each version answers, in any order of versions") {
  const ZoneHistoryPtr history = make_history();
  const std::vector<dns::Question> questions = some_questions();
  const std::size_t answers_max = GENERATE(std::size_t{100'000}, std::size_t{40});
  AnswerMemo memo(answers_max);
  Rng rng({9, answers_max, purpose("memo")});
  for (int i = 0; i < 3000; ++i) {
    const std::size_t version = rng.below(version_count);
    const dns::Question& question = questions[rng.below(questions.size())];
    const AnswerOptions options{true, rng.chance(2, 3), 1232};
    const Answer& got = memo.get(history, version, {question, options});
    const Answer want = answer(*history->entries()[version].version, question, options);
    INFO("version " << version);
    REQUIRE(text_of(got) == text_of(want));
  }
  CHECK(memo.hits() + memo.misses() == 3000);
  CHECK(memo.hits() > (answers_max > 1000 ? 1000U : 50U));
}

TEST_CASE("a memo asks once per span in which nothing changes, and once more to begin with") {
  const ZoneHistoryPtr history = make_history();
  const AnswerOptions options;
  const auto misses_of = [&](const dns::Question& question) {
    AnswerMemo memo;
    memo.get(history, 0, {question, options});
    for (int round = 0; round < 2; ++round) {
      for (std::size_t i = 0; i < version_count; ++i) memo.get(history, i, {question, options});
    }
    return memo.misses() - 1;
  };
  CHECK(misses_of(question_of("de.", "SOA")) == version_count);
  CHECK(misses_of(question_of("de.", "DNSKEY")) == version_count);
  CHECK(misses_of(question_of("x.missing.de.", "A")) == version_count);
  // One RRset: signed every 14 minutes over 48 minutes, and at the change of keys.
  const auto of_one = misses_of(question_of("whois.de.", "A"));
  CHECK(of_one >= 4);
  CHECK(of_one <= 6);
}

TEST_CASE("who is referred for one type is referred alike for another, but not for the DS") {
  const ZoneHistoryPtr history = make_history();
  const AnswerOptions options;
  AnswerMemo memo;
  const auto misses_of = [&](std::size_t version, const dns::Question& question,
                             const AnswerOptions& how) {
    const std::uint64_t before = memo.misses();
    const Answer want = answer(*history->entries()[version].version, question, how);
    CHECK(text_of(memo.get(history, version, {question, how})) == text_of(want));
    return memo.misses() - before;
  };
  CHECK(misses_of(2, question_of("www.n7.de.", "A"), options) == 1);
  CHECK(misses_of(2, question_of("www.n7.de.", "AAAA"), options) == 0);
  CHECK(misses_of(2, question_of("WWW.n7.de.", "TXT"), options) == 0);
  CHECK(misses_of(2, question_of("www.n7.de.", "AAAA"), {true, false, 1232}) == 1);
  CHECK(misses_of(second_key_from, question_of("www.n7.de.", "MX"), options) == 1);
  CHECK(misses_of(2, question_of("n7.de.", "A"), options) == 1);
  CHECK(misses_of(2, question_of("n7.de.", "DS"), options) == 1);
  CHECK(misses_of(2, question_of("n7.de.", "AAAA"), options) == 0);
  // Not a referral.
  CHECK(misses_of(2, question_of("whois.de.", "A"), options) == 1);
  CHECK(misses_of(2, question_of("whois.de.", "AAAA"), options) == 1);
}

TEST_CASE("names asked once do not push out those asked again and again") {
  const ZoneHistoryPtr history = make_history();
  const AnswerOptions options;
  constexpr std::size_t answers_max = 64;
  AnswerMemo memo(answers_max);
  const std::vector<dns::Question> questions = some_questions();
  const auto ask_head = [&] {
    const std::uint64_t misses = memo.misses();
    for (std::size_t i = 0; i < 8; ++i) memo.get(history, 0, {questions[i], options});
    return memo.misses() - misses;
  };
  CHECK(ask_head() == 8);
  CHECK(ask_head() == 7);  // the one referral among them was the last one
  CHECK(ask_head() == 0);
  for (std::size_t i = 0; i < 10 * answers_max; ++i) {
    memo.get(history, 0, {question_of(fmt::format("once{}.de.", i), "A"), options});
  }
  CHECK(ask_head() == 0);
}

TEST_CASE("a memo stays within its bound when a few names have answers in many versions") {
  const ZoneHistoryPtr history = make_history();
  const AnswerOptions options;
  AnswerMemo memo(16);
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < version_count; ++i) {
      for (const char* type : {"SOA", "DNSKEY"}) {
        const dns::Question question = question_of("de.", type);
        const Answer want = answer(*history->entries()[i].version, question, options);
        REQUIRE(text_of(memo.get(history, i, {question, options})) == text_of(want));
      }
    }
  }
  // Each version has two answers of its own, and fewer than half of them have room.
  CHECK(memo.misses() > 2 * version_count * 3 / 2);
}

TEST_CASE("histories, options and limits are kept apart") {
  const ZoneHistoryPtr history = make_history();
  const ZoneHistoryPtr other = make_constant_history(history->entries()[3].version);
  AnswerMemo memo;
  const dns::Question soa = question_of("de.", "SOA");
  const AnswerOptions with_dnssec;
  const AnswerOptions without{true, false, 1232};
  CHECK(memo.get(history, 0, {soa, with_dnssec}).message->answer[0].rrset->content_id() !=
        memo.get(other, 0, {soa, with_dnssec}).message->answer[0].rrset->content_id());
  CHECK(memo.get(history, 0, {soa, with_dnssec}).message->answer[0].rrsigs.size() == 1);
  CHECK(memo.get(history, 0, {soa, without}).message->answer[0].rrsigs.empty());
  const dns::Question dnskey = question_of("de.", "DNSKEY");
  CHECK(!memo.get(history, 0, {dnskey, with_dnssec}).message->flags.tc);
  CHECK(memo.get(history, 0, {dnskey, with_dnssec, 200}).message->flags.tc);
  CHECK(memo.get(history, 1, {dnskey, with_dnssec, 200}).message->flags.tc);
  CHECK(!memo.get(history, 0, {dnskey, with_dnssec}).message->flags.tc);
  const std::uint64_t misses = memo.misses();
  const auto tc = memo.get(history, 0, {dnskey, with_dnssec, 200}).message;
  CHECK(memo.get(history, 0, {dnskey, with_dnssec, 200}).message == tc);
  CHECK(memo.get(history, 0, {question_of("DE.", "dnskey"), with_dnssec, 200}).message == tc);
  CHECK(memo.misses() == misses);
}

}  // namespace zonefall::authority
