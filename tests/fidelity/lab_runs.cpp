#include "lab_runs.h"

#include <map>

#include "zonefall/dnssec/signature.h"
#include "zonefall/scenario/profile_file.h"

namespace zonefall::fidelity {

SimTime at_s(double seconds) {
  return SimTime::from_unix_s(1'787'000'000) +
         Duration::milliseconds(static_cast<std::int64_t>(seconds * 1000 + 0.5));
}

Result<LabTimes> times_of(const std::string& run) {
  if (run == "run2-old") return LabTimes{at_s(0), at_s(46.5), at_s(210.1)};
  if (run == "run6-new") return LabTimes{at_s(0), at_s(20.5), at_s(187.0)};
  return Error{"no run of the lab is called " + run};
}

Result<std::string> profile_of(const std::string& instance) {
  static const std::map<std::string, std::string> profiles{
      {"ub-def", "unbound-1.17"},
      {"ub-stale", "unbound-1.17-stale"},
      {"ub-stale18", "unbound-1.17-stale-1800"},
      {"un-def", "unbound-1.26"},
      {"un-stale", "unbound-1.26-stale"},
      {"un-stale0", "unbound-1.26-stale-0"},
      {"un-stale18", "unbound-1.26-stale-1800-reset"},
      {"bi-def", "bind-9.18"},
      {"bi-stale", "bind-9.18-stale"},
      {"bi-stale0", "bind-9.18-stale-0"},
      {"bn-def", "bind-9.20"},
      {"bn-stale", "bind-9.20-stale"},
      {"bn-stale0", "bind-9.20-stale-0"},
      {"kr-def", "knot-5.6"},
      {"pd-def", "pdns-4.8"},
  };
  const auto found = profiles.find(instance);
  if (found == profiles.end()) return Error{"no profile stands for instance " + instance};
  return found->second;
}

Result<resolver::ResolverConfig> resolver_config(const LabZones& zones,
                                                 const ResolverChoice& choice) {
  const auto file = scenario::load_profile("scenarios/profiles/" + choice.profile + ".yaml");
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
