// Goal: a SpanList finds what a std::map would, at sizes around those of its blocks, whatever the
// order in which the spans came.
#include <map>

#include <catch2/catch.hpp>

#include "resolver/span_list.h"
#include "zonefall/core/rng.h"

using namespace zonefall;
using namespace zonefall::resolver;
using dnssec::Nsec3Hash;

namespace {

constexpr std::uint64_t block = SpanList::block_spans_max;
using Model = std::map<Nsec3Hash, SimTime>;

// In the order of the numbers.
Nsec3Hash hash_of(std::uint64_t number) {
  Nsec3Hash hash{};
  hash[0] = static_cast<std::uint8_t>(number >> 8);
  hash[1] = static_cast<std::uint8_t>(number);
  return hash;
}

SimTime time_of(std::uint64_t number) {
  return SimTime() + Duration::seconds(static_cast<std::int64_t>(number));
}

void check_span(const Span* span, const Model& model, Model::const_iterator expected) {
  REQUIRE((span != nullptr) == (expected != model.end()));
  if (span == nullptr) return;
  REQUIRE(span->from == expected->first);
  REQUIRE(span->expires_at == expected->second);
}

void check_same(const SpanList& spans, const Model& model, std::uint64_t numbers) {
  REQUIRE(spans.empty() == model.empty());
  for (std::uint64_t n = 0; n <= numbers; ++n) {
    const Nsec3Hash hash = hash_of(n);
    check_span(spans.find(hash), model, model.find(hash));
    const auto at = model.lower_bound(hash);
    check_span(spans.last_before(hash), model, at == model.begin() ? model.end() : std::prev(at));
  }
  auto next = model.begin();
  spans.for_each([&](const Span& span) {
    REQUIRE(next != model.end());
    check_span(&span, model, next);
    ++next;
  });
  REQUIRE(next == model.end());
}

}  // namespace

TEST_CASE("spans are found as in a map, whatever the order they came in") {
  const std::uint64_t numbers = GENERATE(1U, block - 1, block, block + 1, 2 * block, 1'000U);
  const int order = GENERATE(0, 1, 2);
  CAPTURE(numbers, order);
  Rng rng({1, numbers, purpose("test: span list")});
  SpanList spans;
  Model model;
  check_same(spans, model, numbers);
  for (std::uint64_t i = 0; i < numbers; ++i) {
    const std::uint64_t n = order == 0 ? i : order == 1 ? numbers - 1 - i : rng.below(numbers);
    Span& span = spans.at_or_new(hash_of(n));
    REQUIRE(span.from == hash_of(n));
    REQUIRE(span.expires_at == (model.contains(hash_of(n)) ? model[hash_of(n)] : SimTime::min()));
    span.expires_at = time_of(i);
    model[hash_of(n)] = time_of(i);
  }
  check_same(spans, model, numbers);
  const SpanList copy = spans;
  spans.at_or_new(hash_of(numbers)).expires_at = time_of(0);
  check_same(copy, model, numbers);
}
