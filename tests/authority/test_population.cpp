// Goal: members of a procedural population are a pure function of their id, and back.
#include <algorithm>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "zone_testing.h"

namespace zonefall::authority {

using namespace testing;  // NOLINT: test helpers

namespace {

std::optional<std::uint64_t> id_of(const Population& population, const std::string& label) {
  return population.id_of({reinterpret_cast<const std::uint8_t*>(label.data()), label.size()});
}

std::string error_of(const ProceduralPopulationSettings& settings) {
  const auto made = make_procedural_population(settings);
  return made.ok() ? "" : made.error().message;
}

}  // namespace

TEST_CASE("labels and ids are inverse, and nothing else is a member") {
  const auto population =
      make_procedural_population(population_settings("de.", 100'000, 40'000)).value();
  for (std::uint64_t id = 0; id < population->size(); id += 37) {
    CHECK(id_of(*population, population->label(id)) == id);
  }
  CHECK(population->label(0) == "n0");
  CHECK(id_of(*population, "N99999") == 99'999);
  for (const char* label : {"n100000", "n", "n00", "n01", "n-1", "n1x", "m1", "", "1", "nn1", "n+1",
                            "n99999999999999999999", "n18446744073709551617"}) {
    INFO(label);
    CHECK(id_of(*population, label) == std::nullopt);
  }
}

TEST_CASE("shares of members follow the settings") {
  const std::uint64_t size = 200'000;
  const auto settings = population_settings("de.", size, 40'000);
  const auto population = make_procedural_population(settings).value();
  std::uint64_t signed_members = 0;
  std::uint64_t at_second_provider = 0;
  const auto second = dns::encode_name(settings.providers[1].ns_names[0]);
  for (std::uint64_t id = 0; id < size; id += 1) {
    signed_members += population->is_signed(id) ? 1 : 0;
    if (id % 20 != 0) continue;
    const Delegation delegation = population->delegation(id);
    at_second_provider += std::ranges::equal(delegation.ns->rdatas().front(), second) ? 1 : 0;
    CHECK((delegation.ds != nullptr) == population->is_signed(id));
  }
  // Binomial: within five standard deviations of 8000 (88) and of 2500 (43).
  CHECK(signed_members > 8000 - 440);
  CHECK(signed_members < 8000 + 440);
  CHECK(at_second_provider > 2500 - 215);
  CHECK(at_second_provider < 2500 + 215);
  const auto none = make_procedural_population(population_settings("de.", 1000, 0)).value();
  const auto all = make_procedural_population(population_settings("de.", 1000, 1'000'000)).value();
  for (std::uint64_t id = 0; id < 1000; ++id) {
    CHECK(!none->is_signed(id));
    CHECK(all->is_signed(id));
  }
}

TEST_CASE("the DS of a signed member is that of its key") {
  const auto settings = population_settings("de.", 1000, 500'000);
  const auto population = make_procedural_population(settings).value();
  const auto again = make_procedural_population(settings).value();
  int seen = 0;
  for (std::uint64_t id = 0; id < 60; ++id) {
    const Delegation delegation = population->delegation(id);
    CHECK(delegation.ns->content_id() == again->delegation(id).ns->content_id());
    if (delegation.ds == nullptr) continue;
    const auto ds = dns::decode_ds(delegation.ds->rdatas().front()).value();
    const auto key = member_key(settings, id);
    CHECK(dnssec::ds_matches(ds, delegation.ds->owner(), key->dnskey()));
    CHECK(key->dnskey().flags == 257);
    ++seen;
  }
  CHECK(seen > 15);
}

TEST_CASE("settings that make no sense are errors") {
  const auto good = population_settings("de.", 1000, 40'000);
  CHECK(error_of(good).empty());
  auto bad = good;
  bad.size = 0;
  CHECK(error_of(bad).find("population of 0 members") == 0);
  bad = good;
  bad.signed_ppm = 1'000'001;
  CHECK(error_of(bad).find("signed share of 1000001 ppm") == 0);
  bad = good;
  bad.label_prefix = "N.";
  CHECK(error_of(bad).find("label prefix may hold") == 0);
  bad.label_prefix = std::string(50, 'n');
  CHECK(error_of(bad).find("label prefix is too long") == 0);
  bad = good;
  bad.providers.clear();
  CHECK(error_of(bad) == "no hosting provider with a weight above 0");
  bad = good;
  bad.providers[0].ns_names.clear();
  CHECK(error_of(bad) == "hosting provider without name servers");
}

}  // namespace zonefall::authority
