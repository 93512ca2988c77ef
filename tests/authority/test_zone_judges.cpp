// Goal: ldns and BIND accept the zones we sign, and reject them if another key of the same tag
// signed.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "random_zone.h"
#include "zone_testing.h"

namespace zonefall::authority {

using namespace testing;  // NOLINT: test helpers

namespace {

namespace fs = std::filesystem;

/// A file that vanishes with this object.
class ZoneFile {
 public:
  explicit ZoneFile(const ZoneVersion& zone) {
    std::string pattern = (fs::temp_directory_path() / "zonefall-zone-XXXXXX").string();
    const int descriptor = mkstemp(pattern.data());
    REQUIRE(descriptor >= 0);
    close(descriptor);
    path_ = pattern;
    std::ofstream out(path_);
    zone.write_master_text([&](std::string_view text) { out << text; });
  }
  ~ZoneFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  ZoneFile(const ZoneFile&) = delete;
  ZoneFile& operator=(const ZoneFile&) = delete;
  ZoneFile(ZoneFile&&) = delete;
  ZoneFile& operator=(ZoneFile&&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

struct Run {
  bool accepted = false;
  std::string output;
};

Run run(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  Run run;
  std::array<char, 4096> buffer{};
  while (fgets(buffer.data(), buffer.size(), pipe) != nullptr) run.output += buffer.data();
  run.accepted = pclose(pipe) == 0;
  return run;
}

Run ldns(const ZoneFile& file) {
  return run(fmt::format("/usr/bin/ldns-verify-zone {}", file.path()));
}
Run bind_verify(const ZoneFile& file, const std::string& apex) {
  return run(fmt::format("/usr/bin/dnssec-verify -o {} {}", apex, file.path()));
}
Run bind_check(const ZoneFile& file, const std::string& apex) {
  return run(fmt::format("/usr/bin/named-checkzone -i local {} {}", apex, file.path()));
}

/// Signed now, because dnssec-verify has no option for the time.
Signing signing_now(const Keys& published, const dnssec::KeyPairPtr& zsk) {
  return {published, zsk, SimTime::from_unix_s(std::time(nullptr)), 1};
}

void judge(const ZoneContentPtr& content, const std::string& apex) {
  const Keys keys = make_keys(1);
  const Keys others = make_keys_like(keys, 2);
  const ZoneFile good(*sign_version(content, signing_now(keys, keys.zsk)));
  const ZoneFile bad(*sign_version(content, signing_now(keys, others.zsk)));
  for (const Run& accepted : {ldns(good), bind_verify(good, apex), bind_check(good, apex)}) {
    INFO(accepted.output.substr(0, 4000));
    CHECK(accepted.accepted);
  }
  CHECK(!ldns(bad).accepted);
  CHECK(!bind_verify(bad, apex).accepted);
}

}  // namespace

TEST_CASE("judges: a listed zone") {
  ListedZone zone = tld_zone("de.");
  zone.denial = GENERATE(nsec(), nsec3(), nsec3_opt_out());
  judge(make_listed_content(std::move(zone)).value(), "de.");
}

TEST_CASE("judges: a populated zone of 3000 members") {
  ListedZone zone = tld_zone("de.");
  zone.denial = GENERATE(nsec(), nsec3(), nsec3_opt_out());
  const auto population =
      make_procedural_population(population_settings("de.", 3000, 40'000)).value();
  judge(make_populated_content(std::move(zone), population).value(), "de.");
}

TEST_CASE("judges: random zones") {
  const DenialSettings denial = GENERATE(nsec(), nsec3(), nsec3_opt_out());
  const Keys keys = make_keys(1);
  Rng rng({11, denial.opt_out ? 2U : 1U, purpose("judged zones")});
  for (int i = 0; i < 8; ++i) {
    const auto content = make_listed_content(random_zone(rng, denial)).value();
    const ZoneFile file(*sign_version(content, signing_now(keys, keys.zsk)));
    for (const Run& accepted : {ldns(file), bind_verify(file, "t.")}) {
      std::ifstream in(file.path());
      INFO(accepted.output << std::string(std::istreambuf_iterator<char>(in), {}).substr(0, 6000));
      CHECK(accepted.accepted);
    }
  }
}

}  // namespace zonefall::authority
