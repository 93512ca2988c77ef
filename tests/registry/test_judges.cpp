// ldns and BIND judge the zone as published during the `.de` replay: good, bad, good; and where it
// is bad, they name exactly the RRsets that our validator calls bogus.

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "de_world.h"
#include "zonefall/dnssec/signature.h"

namespace zonefall::registry {
namespace {

class ZoneFile {
 public:
  explicit ZoneFile(const authority::ZoneVersion& version) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "zonefall-zone-XXXXXX").string();
    const int descriptor = mkstemp(pattern.data());
    REQUIRE(descriptor >= 0);
    std::FILE* file = fdopen(descriptor, "w");
    REQUIRE(file != nullptr);
    version.write_master_text([&](std::string_view text) {
      REQUIRE(std::fwrite(text.data(), 1, text.size(), file) == text.size());
    });
    REQUIRE(std::fclose(file) == 0);
    path_ = pattern;
  }
  ~ZoneFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  ZoneFile(const ZoneFile&) = delete;
  ZoneFile& operator=(const ZoneFile&) = delete;
  ZoneFile(ZoneFile&&) = delete;
  ZoneFile& operator=(ZoneFile&&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

struct Judgement {
  bool good = false;
  std::vector<std::string> failures;  // as registry::failures() writes them
  std::string output;
};

/// Runs a judge; what stands after `mark` in its output lines is "owner type".
Judgement judge(const std::string& command, const std::string& mark) {
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  Judgement judgement;
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
    judgement.output += buffer.data();
  }
  judgement.good = pclose(pipe) == 0;
  std::istringstream lines(judgement.output);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find(mark);
    if (at == std::string::npos) continue;
    std::string owner, type;
    std::istringstream(line.substr(at + mark.size())) >> owner >> type;
    std::transform(owner.begin(), owner.end(), owner.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (owner.ends_with('.')) owner.pop_back();
    judgement.failures.push_back(fmt::format("{} {}", owner, type));
  }
  std::sort(judgement.failures.begin(), judgement.failures.end());
  return judgement;
}

Judgement ask_ldns(const authority::ZoneVersion& version, SimTime now) {
  const ZoneFile file(version);
  return judge(fmt::format("/usr/bin/ldns-verify-zone -t {} {}", now.to_rrsig_text(), file.path()),
               "Bogus DNSSEC signature for ");
}

Judgement ask_bind(const authority::ZoneVersion& version) {
  const ZoneFile file(version);
  return judge(fmt::format("/usr/bin/dnssec-verify -o de {}", file.path()),
               "No correct RSASHA256 signature for ");
}

}  // namespace

TEST_CASE("ldns and BIND find the zone good, bad and good, in the same RRsets as we do") {
  const DeWorld world(KeyGeneration::once_per_hsm);
  const RegistryRun run = world.run();
  const auto judge_at = [&](const char* clock_time) {
    const SimTime now = utc(clock_time);
    const authority::ZoneVersionPtr version = served(run, 0, now);
    const dnssec::IdentityVerifier identities;
    const auto ours = failures(audit(identities, *version, *world.parent_ds, now));
    INFO("at " << clock_time);

    const Judgement ldns = ask_ldns(*version, now);
    INFO(ldns.output.substr(0, 2000));
    CHECK(ldns.good == ours.empty());
    CHECK(ldns.failures == ours);

    // dnssec-verify cannot be told the time, so the zone comes to its time.
    const Duration shift = SimTime::from_unix_s(std::time(nullptr)) - now;
    const Judgement bind = ask_bind(*redated(version, *run.signing_plan, shift));
    INFO(bind.output.substr(0, 2000));
    CHECK(bind.good == ours.empty());
    CHECK(bind.failures == ours);
    return ours.size();
  };
  CHECK(judge_at("19:00") == 0);
  CHECK(judge_at("20:00") > 500);
  CHECK(judge_at("23:30") == 0);
}

TEST_CASE("signatures are good for their window only, and a shift moves it") {
  const DeWorld world(KeyGeneration::once_for_all_hsms);
  const RegistryRun run = world.run();
  const authority::ZoneVersionPtr version = served(run, 0, utc("19:00"));
  const SimTime much_later = utc("19:00") + Duration::days(30);
  CHECK(ask_ldns(*version, utc("19:00")).good);
  CHECK_FALSE(ask_ldns(*version, much_later).good);
  CHECK(ask_ldns(*redated(version, *run.signing_plan, Duration::days(30)), much_later).good);
}

}  // namespace zonefall::registry
