// Goal: profile files become the profiles they describe, each knob with its source; every mistake
// is named with its place; what is written reads back the same; table, header and README agree.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "scenario/field_lister.h"
#include "scenario/profile_knobs.h"
#include "zonefall/scenario/profile_file.h"

using namespace zonefall;
using namespace zonefall::scenario;

namespace {

const std::string folder = "scenarios/profiles";

std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

ProfileFile loaded(const Result<ProfileFile>& file) {
  INFO((file.ok() ? "" : file.error().to_text()));
  REQUIRE(file.ok());
  return file.value();
}

// The last part of `name.yaml` in the folder of profiles.
ProfileFile parsed(std::string_view yaml) {
  return loaded(parse_profile(yaml, folder + "/test.yaml"));
}

std::string message_for(std::string_view yaml) {
  const auto file = parse_profile(yaml, "p.yaml");
  return file.ok() ? "no error" : file.error().to_text();
}

std::vector<std::string> profile_paths() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

const std::string claim = "source: a note\nconfidence: assumed\n";

}  // namespace

TEST_CASE("the profile of Unbound 1.17 loads") {
  const ProfileFile file = loaded(load_profile(folder + "/unbound-1.17.yaml"));
  const resolver::ResolverProfile& profile = file.profile;
  CHECK(profile.name == "unbound-1.17");
  CHECK(profile.failure_caching.answer_ttl == Duration::seconds(60));
  CHECK(profile.serve_stale.client_timeout == Duration::seconds(0));
  CHECK(profile.nta.cached_keys_win);
  CHECK(profile.ede_style == resolver::EdeStyle::chain_9_then_6);
  const ValueSource* source = find_source(file.sources, "failure_caching.answer_ttl");
  REQUIRE(source != nullptr);
  CHECK(source->confidence == Confidence::measured);
  CHECK(source->source ==
        "lab, unbound 1.17.1 against a TLD with six servers, one fault at a time");
}

TEST_CASE("every profile of the folder loads, and reads back as written") {
  const auto paths = profile_paths();
  REQUIRE(!paths.empty());
  for (const std::string& path : paths) {
    INFO(path);
    const ProfileFile file = loaded(load_profile(path));
    CHECK_FALSE(file.description.empty());
    const std::string yaml = write_profile(file);
    INFO(yaml);
    const ProfileFile again = loaded(parse_profile(yaml, path));
    CHECK(again.profile == file.profile);
    CHECK(again.description == file.description);
    CHECK(again.sources == file.sources);
    CHECK(write_profile(again) == yaml);
  }
}

TEST_CASE("every member of ResolverProfile is in the table of knobs") {
  const std::string header = slurp("include/zonefall/resolver/profile.h");
  // A member: type, name, default, semicolon.
  const std::regex member(R"(\n  (?:std::)?[A-Za-z][\w:]* (\w+)(?: = [^;]+)?;)");
  FieldLister lister;
  resolver::ResolverProfile profile;
  describe(lister, profile);
  std::vector<std::string> known = {"name"};
  for (const FieldRow& row : lister.rows()) {
    const std::size_t dot = row.path.find('.');
    known.push_back(row.path.substr(0, dot));
    if (dot != std::string::npos) known.push_back(row.path.substr(dot + 1));
  }
  std::size_t members = 0;
  for (auto found = std::sregex_iterator(header.begin(), header.end(), member);
       found != std::sregex_iterator(); ++found) {
    // Files say shares as such.
    const std::string name = std::regex_replace((*found)[1].str(), std::regex("_ppm$"), "_share");
    INFO(name);
    CHECK(std::find(known.begin(), known.end(), name) != known.end());
    members += 1;
  }
  CHECK(members >= lister.rows().size());
}

TEST_CASE("the README of profiles has the reference of all knobs") {
  INFO("put this into scenarios/profiles/README.md:\n" << profile_reference());
  CHECK(slurp(folder + "/README.md").find(profile_reference()) != std::string::npos);
}

TEST_CASE("knobs that a file leaves out have the default, and say so") {
  const ProfileFile file = parsed("validates: {value: false, source: a note, confidence: derived}");
  resolver::ResolverProfile expected;
  expected.name = "test";
  expected.validates = false;
  CHECK(file.profile == expected);
  CHECK(*find_source(file.sources, "validates") ==
        ValueSource{"validates", "a note", Confidence::derived});
  CHECK(*find_source(file.sources, "nta.lifetime") ==
        ValueSource{"nta.lifetime", std::string(default_source), Confidence::assumed});
}

TEST_CASE("the nearest source counts, and either half may be given alone") {
  const ProfileFile file = parsed(R"(
sources: {rfc: "https://www.rfc-editor.org/rfc/rfc8767", doc: the manual}
source: rfc
confidence: reported
ede_on_unreachable: true
nta:
  confidence: derived
  lifetime: 2 h
  recheck: {value: never, source: doc}
cache:
  source: seen once
  ttl_max: {value: 1.5 d, confidence: measured}
)");
  const auto source_of = [&](std::string_view path) { return *find_source(file.sources, path); };
  const std::string rfc = "https://www.rfc-editor.org/rfc/rfc8767";
  CHECK(source_of("ede_on_unreachable") ==
        ValueSource{"ede_on_unreachable", rfc, Confidence::reported});
  CHECK(source_of("nta.lifetime") == ValueSource{"nta.lifetime", rfc, Confidence::derived});
  CHECK(source_of("nta.recheck") == ValueSource{"nta.recheck", "the manual", Confidence::derived});
  CHECK(source_of("cache.ttl_max") ==
        ValueSource{"cache.ttl_max", "seen once", Confidence::measured});
  CHECK(file.profile.nta.lifetime == Duration::hours(2));
  CHECK(file.profile.cache.ttl_max == Duration::hours(36));
}

TEST_CASE("a profile starts from its base and takes its sources along") {
  const ProfileFile base = loaded(load_profile(folder + "/unbound-1.17.yaml"));
  const ProfileFile file = parsed(
      "base: unbound-1.17\n"
      "serve_stale: {enabled: {value: true, source: my own choice, confidence: assumed}}\n");
  resolver::ResolverProfile expected = base.profile;
  expected.name = "test";
  expected.serve_stale.enabled = true;
  CHECK(file.profile == expected);
  CHECK(file.description == base.description);
  CHECK(find_source(file.sources, "serve_stale.enabled")->source == "my own choice");
  CHECK(*find_source(file.sources, "nta.lifetime") == *find_source(base.sources, "nta.lifetime"));
}

TEST_CASE("bases that do not exist or go round in a circle are named") {
  const auto scratch = std::filesystem::temp_directory_path() / "zonefall_test_profile_bases";
  std::filesystem::remove_all(scratch);
  std::filesystem::create_directories(scratch);
  const auto write = [&](const std::string& name, const std::string& yaml) {
    std::ofstream(scratch / (name + ".yaml")) << yaml;
    return (scratch / (name + ".yaml")).string();
  };
  const auto error_of = [](const std::string& path) {
    const auto file = load_profile(path);
    return file.ok() ? "no error" : file.error().to_text();
  };
  const std::string a = write("a", "base: b\n");
  const std::string b = write("b", "base: a\n");
  CHECK(error_of(a) == b + ":1:7: base goes round in a circle: a -> b -> a");
  const std::string self = write("self", "base: self\n");
  CHECK(error_of(self) == self + ":1:7: base goes round in a circle: self -> self");
  const std::string lost = write("lost", "base: selv\n");
  CHECK(error_of(lost) == lost + ":1:7: unknown profile \"selv\"; did you mean \"self\"?");
  const std::string outside = write("outside", "base: ../a\n");
  CHECK(error_of(outside).find("unknown profile \"../a\"") != std::string::npos);
  const std::string bad = write("bad", "validates: 7\n" + claim);
  const std::string child = write("child", "base: bad\nvalidates: maybe\n" + claim);
  CHECK(error_of(child) == child + ":2:12: validates: expected true or false, not \"maybe\"\n" +
                               bad + ":1:12: validates: expected true or false, not \"7\"");
  CHECK(error_of((scratch / "none.yaml").string()).find("No such file") != std::string::npos);
  CHECK(error_of(scratch.string()).find("is a folder, not a file") != std::string::npos);
  std::filesystem::remove_all(scratch);
}

TEST_CASE("mistakes in profiles are named with place and remedy") {
  struct Case {
    std::string yaml;
    std::string message;
  };
  const std::vector<Case> cases = {
      {claim + "valdates: true\n",
       "p.yaml:3:1: unknown key \"valdates\"; did you mean \"validates\"?"},
      {claim + "serve_stale:\n  max-stale: 1 d\n",
       "p.yaml:4:3: unknown key \"max-stale\"; did you mean \"max_stale\"?"},
      {claim + "cache: {ttl_max: 1 day}\n",
       "p.yaml:3:18: ttl_max: duration \"1 day\" has the unknown unit \"day\"; did you mean "
       "\"d\"?"},
      {claim + "cache: {ttl_max: 86400}\n",
       "p.yaml:3:18: ttl_max: duration \"86400\" has no unit; add one of d, h, min, s, ms, us, ns"},
      {claim + "cache: {ttl_max: 5000 d}\n",
       "p.yaml:3:18: ttl_max: 5000 d is not from 0 s to 3650 d"},
      {claim + "cache: {ttl_max: -1 s}\n", "p.yaml:3:18: ttl_max: -1 s is not from 0 s to 3650 d"},
      {claim + "cache: {ttl_max: 1 min, ttl_min: 2 min}\n",
       "p.yaml:3:34: cache: ttl_min 2 min is over ttl_max 1 min"},
      {claim + "upstream: {udp_payload_octets: 65536}\n",
       "p.yaml:3:32: udp_payload_octets: 65536 is not from 512 to 65535 octets"},
      {claim + "upstream: {sends_per_query_max: many}\n",
       "p.yaml:3:33: sends_per_query_max: expected a whole number from 1 to 100000 queries, not "
       "\"many\""},
      {claim + "upstream: {sends_per_query_max: 99999999999999999999}\n",
       "p.yaml:3:33: sends_per_query_max: 99999999999999999999 is not from 1 to 100000 queries"},
      {claim + "ede_style: by_raeson\n",
       "p.yaml:3:12: unknown ede_style \"by_raeson\"; did you mean \"by_reason\"?"},
      {claim + "no_ds_proof: x\n",
       "p.yaml:3:14: unknown no_ds_proof \"x\"; valid: referral, query"},
      {claim + "nta: {recheck: nevr}\n",
       "p.yaml:3:16: recheck: expected a duration like 90 min or one of never, not \"nevr\"; did "
       "you "
       "mean \"never\"?"},
      {claim + "validates: yes\n",
       "p.yaml:3:12: validates: expected true or false; write true for yes"},
      {claim + "nta: 5\n", "p.yaml:3:6: nta: expected keys with values, not \"5\""},
      {claim + "validates: [true]\n", "p.yaml:3:12: validates: expected true or false, not a list"},
      {claim + "validates:\n", "p.yaml:3:1: validates has no value"},
      {claim + "validates: {vlue: true}\n",
       "p.yaml:3:12: validates: value is missing\n"
       "p.yaml:3:13: unknown key \"vlue\"; did you mean \"value\"?"},
      {"validates: true\n",
       "p.yaml:1:12: validates needs a source and a confidence: write {value: ..., source: ..., "
       "confidence: ...}, or give them for the block around it"},
      {"confidence: assumed\nvalidates: true\n",
       "p.yaml:2:12: validates needs a source: write {value: ..., source: ..., confidence: ...}, "
       "or "
       "give them for the block around it"},
      {"source: a note\nconfidence: sure\n",
       "p.yaml:2:13: unknown confidence \"sure\"; valid: measured, reported, derived, assumed"},
      {"source: lab\nconfidence: assumed\n",
       "p.yaml:1:9: unknown source \"lab\"; add it to sources:, or write several words"},
      {"sources: {labs: a text}\nsource: lab\nconfidence: assumed\n",
       "p.yaml:1:11: source \"labs\" is never used\n"
       "p.yaml:2:9: unknown source \"lab\"; did you mean \"labs\"?"},
      {"sources: {two words: [1]}\n",
       "p.yaml:1:11: the short name \"two words\" must be one word, without \"://\"\n"
       "p.yaml:1:11: source \"two words\" is never used\n"
       "p.yaml:1:22: source \"two words\": expected a URL or a text of several words, not a list"},
      {"sources: 7\n", "p.yaml:1:10: sources: expected short names with texts, not \"7\""},
  };
  for (const Case& c : cases) {
    INFO(c.yaml);
    CHECK(message_for(c.yaml) == c.message);
  }
}

TEST_CASE("a lower bound may be as high as the upper one and no higher") {
  CHECK(message_for(claim + "cache:\n  ttl_max: 1 min\n  ttl_min: 2 min\n") ==
        "p.yaml:5:12: cache: ttl_min 2 min is over ttl_max 1 min");
  CHECK(message_for(claim + "cache:\n  negative_ttl_min: 2 h\n") ==
        "p.yaml:4:21: cache: negative_ttl_min 2 h is over negative_ttl_max 1 h");
  CHECK(message_for(claim + "upstream: {timeout_max: 100 ms}\n") ==
        "p.yaml:3:11: upstream: timeout_initial 376 ms is over timeout_max 100 ms");
  CHECK(message_for(claim + "upstream:\n  timeout_max: 1 s\n  timeout_min: 2 s\n") ==
        "p.yaml:5:16: upstream: timeout_min 2 s is over timeout_max 1 s");
  CHECK(message_for(claim + "validation: {skew_min: 2 h, skew_max: 1 h}\n") ==
        "p.yaml:3:24: validation: skew_min 2 h is over skew_max 1 h");
  CHECK(message_for(claim + "cache: {ttl_min: 1 d, ttl_max: 1 d}\n") == "no error");
  CHECK(message_for(claim + "cache: {negative_ttl_min: 1 h, negative_ttl_max: 1 h}\n") ==
        "no error");
  CHECK(message_for(claim + "cache: {negative_ttl_min: ttl_min, negative_ttl_max: 0 s}\n") ==
        "no error");
  CHECK(message_for(claim + "upstream: {timeout_min: 12 s, timeout_max: 12 s}\n") == "no error");
  CHECK(message_for(claim + "validation: {skew_min: 1 h, skew_max: 1 h}\n") == "no error");
}

TEST_CASE("all mistakes of a file are reported together, in order, up to a bound") {
  const std::string many = claim + "validates: 3\nvaldates: true\nnta: {recheck: 1 x, foo: 1}\n";
  const std::string message = message_for(many);
  CHECK(std::count(message.begin(), message.end(), '\n') == 3);
  const std::size_t first = message.find("p.yaml:3:12: ");
  const std::size_t second = message.find("\np.yaml:4:1: ");
  const std::size_t third = message.find("\np.yaml:5:16: ");
  const std::size_t fourth = message.find("\np.yaml:5:21: ");
  CHECK(first == 0);
  CHECK((first < second && second < third && third < fourth));
  CHECK(fourth != std::string::npos);

  std::string flood = claim;
  for (int i = 0; i < 60; ++i) flood += "unknown" + std::to_string(i) + ": 1\n";
  const std::string bounded = message_for(flood);
  CHECK(std::count(bounded.begin(), bounded.end(), '\n') == 50);
  CHECK(bounded.ends_with("\np.yaml: 10 more like these"));
}

TEST_CASE("a profile is named by its file") {
  const auto file = parse_profile(claim, "My Profile.yaml");
  REQUIRE_FALSE(file.ok());
  CHECK(
      file.error().to_text() ==
      "My Profile.yaml:1:1: the file's name must be made of a-z, 0-9, \"-\", \".\" and \"_\", not "
      "\"My Profile\"");
}
