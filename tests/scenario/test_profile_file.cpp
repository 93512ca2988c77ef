// Goal: profile files become the profiles they describe, each knob with its source; every mistake
// is named with its place; what is written reads back the same.
#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "zonefall/scenario/profile_file.h"

using namespace zonefall;
using namespace zonefall::scenario;

TEST_CASE("the profile of Unbound 1.17 loads") {
  const auto file = load_profile("scenarios/profiles/unbound-1.17.yaml");
  INFO((file.ok() ? "" : file.error().to_text()));
  REQUIRE(file.ok());
  const resolver::ResolverProfile& profile = file.value().profile;
  CHECK(profile.name == "unbound-1.17");
  CHECK(profile.failure_caching.answer_ttl == Duration::seconds(60));
}
