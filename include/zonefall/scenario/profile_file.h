// Resolver profiles as YAML files: scenarios/profiles/<name>.yaml.
//
// A profile file names a profile, may start from another one (`base:`), and sets knobs of
// resolver::ResolverProfile, each with the source of its value and how sure it is. Errors carry
// "file:line:column" and the nearest valid key, unit or word.
#pragma once

#include <string>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/resolver/profile.h"

namespace zonefall::scenario {

enum class Confidence : std::uint8_t { measured, reported, derived, assumed };
std::string_view to_text(Confidence confidence);

/// Where one knob's value comes from.
struct KnobSource {
  std::string knob;  // "serve_stale.max_stale"
  std::string source;
  Confidence confidence = Confidence::assumed;
};

struct ProfileFile {
  resolver::ResolverProfile profile;
  std::string description;
  std::vector<KnobSource> sources;  // in order of knob; a base's where not overridden
};

/// `path` is the YAML file; bases are looked up in its folder.
Result<ProfileFile> load_profile(const std::string& path);

}  // namespace zonefall::scenario
