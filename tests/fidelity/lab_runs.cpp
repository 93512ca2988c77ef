#include "lab_runs.h"

#include <fstream>
#include <iterator>
#include <memory>

#include "zonefall/dnssec/signature.h"
#include "zonefall/scenario/profile_file.h"

namespace zonefall::fidelity {
namespace {

// A base is looked up in the folder of the path, so the lab's own profiles are read as if they
// stood beside those that they start from.
Result<scenario::ProfileFile> load(const std::string& profile) {
  const std::string path = "scenarios/profiles/" + profile + ".yaml";
  std::ifstream own("tests/fidelity/profiles/" + profile + ".yaml");
  if (!own) return scenario::load_profile(path);
  return scenario::parse_profile(std::string(std::istreambuf_iterator<char>(own), {}), path);
}

}  // namespace

SimTime at_s(double seconds) {
  return SimTime::from_unix_s(1'787'000'000) +
         Duration::milliseconds(static_cast<std::int64_t>(seconds * 1000 + 0.5));
}

Result<resolver::ResolverConfig> resolver_config(const LabZones& zones,
                                                 const ResolverChoice& choice) {
  const auto file = load(choice.profile);
  if (!file.ok()) return file.error();
  resolver::ResolverConfig config;
  config.profile = std::make_shared<const resolver::ResolverProfile>(file.value().profile);
  config.root_hints = LabZones::root_hints();
  config.trust_anchors = {zones.root_anchor()};
  config.verifier = std::make_shared<const dnssec::IdentityVerifier>();
  config.seed = choice.seed;
  return config;
}

}  // namespace zonefall::fidelity
