// Goal: ldns and BIND accept the zones we sign, and reject them if another key of the same tag
// signed.
#include <ctime>
#include <string>

#include <catch2/catch.hpp>

#include "judges.h"
#include "random_zone.h"
#include "zone_testing.h"

namespace zonefall::authority {

using namespace testing;  // NOLINT: test helpers

namespace {

using judges::Run;

/// A zone in a file, for judges.
class ZoneFile {
 public:
  explicit ZoneFile(const ZoneVersion& zone) : text_(judges::master_text(zone)) {
    folder_.write("zone", text_);
  }
  [[nodiscard]] Run ask(const std::string& command) const { return folder_.run(command + " zone"); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  judges::TemporaryFolder folder_;
};

Run ldns(const ZoneFile& file) {
  return file.ask("/usr/bin/ldns-verify-zone");
}
Run bind_verify(const ZoneFile& file, const std::string& apex) {
  return file.ask("/usr/bin/dnssec-verify -o " + apex);
}
Run bind_check(const ZoneFile& file, const std::string& apex) {
  return file.ask("/usr/bin/named-checkzone -i local " + apex);
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
    CHECK(accepted.good);
  }
  CHECK(!ldns(bad).good);
  CHECK(!bind_verify(bad, apex).good);
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
      INFO(accepted.output << file.text().substr(0, 6000));
      CHECK(accepted.good);
    }
  }
}

}  // namespace zonefall::authority
