// Goal: a FlatTable holds what a std::map would after the same insertions, changes and sweeps, at
// sizes around those of its blocks and index, and so do its copies.
#include <map>

#include <catch2/catch.hpp>

#include "resolver/flat_table.h"
#include "zonefall/core/hash.h"
#include "zonefall/core/rng.h"

using namespace zonefall;
using namespace zonefall::resolver;

namespace {

// Few different hashes, so that probes meet others.
struct NumberView {
  std::uint64_t number;
  bool operator==(const NumberView& other) const = default;
  [[nodiscard]] std::uint64_t hash() const { return mix64(number % 97) << 3; }
};
struct NumberKey {
  using View = NumberView;
  explicit NumberKey(const View& view) : number(view.number) {}
  [[nodiscard]] View view() const { return {number}; }
  std::uint64_t number;
};
using Table = FlatTable<NumberKey, std::uint64_t>;
using Model = std::map<std::uint64_t, std::uint64_t>;

void check_same(const Table& table, const Model& model, std::uint64_t numbers) {
  REQUIRE(table.size() == model.size());
  for (std::uint64_t n = 0; n < numbers; ++n) {
    const std::uint64_t* value = table.find({n});
    const auto expected = model.find(n);
    REQUIRE((value != nullptr) == (expected != model.end()));
    if (value != nullptr) REQUIRE(*value == expected->second);
  }
  Model visited;
  table.for_each([&](const NumberKey& key, std::uint64_t value) {
    REQUIRE(visited.emplace(key.number, value).second);
  });
  REQUIRE(visited == model);
}

}  // namespace

TEST_CASE("a table holds what a map would, through growth, sweeps and copies") {
  const std::uint64_t numbers = GENERATE(1U, 63U, 64U, 65U, 700U);
  Rng rng({1, numbers, purpose("test: flat table")});
  Table table;
  Model model;
  check_same(table, model, numbers);
  for (std::uint64_t round = 0; round < 6; ++round) {
    for (std::uint64_t i = 0; i < numbers; ++i) {
      const std::uint64_t n = rng.below(numbers);
      table.at_or_new({n}) += round + 1;
      model[n] += round + 1;
    }
    check_same(table, model, numbers);
    const Table copy = table;
    const Model before = model;
    // Some, all but one, all.
    const std::uint64_t kept_of = round % 3 == 2 ? 0 : round % 3 == 1 ? 1 : 5;
    const auto goes = [&](std::uint64_t n) {
      return kept_of == 0 || (kept_of == 1 ? n != numbers / 2 : n % kept_of == 0);
    };
    table.erase_if([&](const NumberKey& key, std::uint64_t) { return goes(key.number); });
    std::erase_if(model, [&](const auto& entry) { return goes(entry.first); });
    check_same(table, model, numbers);
    check_same(copy, before, numbers);
  }
}

TEST_CASE("places name entries until the next erasure") {
  Table table;
  std::map<std::uint64_t, Table::Place> places;
  for (std::uint64_t n = 0; n < 300; ++n) {
    places[n] = table.place_of({n});
    table.value_at(places[n]) = 10 * n;
  }
  for (const auto& [n, place] : places) {
    CHECK(table.place_of({n}) == place);
    CHECK(table.key_at(place).number == n);
    CHECK(table.value_at(place) == 10 * n);
  }
}
