// Resolver profiles as YAML files: scenarios/profiles/<name>.yaml.
//
// A profile file sets knobs of resolver::ResolverProfile, may start from another profile of its
// folder (`base:`), and gives for each knob the source of its value and how sure it is;
// scenarios/profiles/README.md describes the form. The profile's name is the file's. One table
// (sim/scenario/profile_knobs.cpp) yields reader, writer and reference. All errors of a file are
// reported together, one a line, as "file:line:column: message" with the nearest valid key, unit or
// word.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zonefall/core/result.h"
#include "zonefall/resolver/profile.h"
#include "zonefall/scenario/source.h"

namespace zonefall::scenario {

struct ProfileFile {
  resolver::ResolverProfile profile;
  std::string description;
  /// One for each knob, in the table's order; a base's where the file does not set the knob.
  std::vector<ValueSource> sources;
};

/// `path` is the YAML file; bases are looked up in its folder.
Result<ProfileFile> load_profile(const std::string& path);

/// As load_profile(), from text; `path` is for messages, the profile's name and the bases' folder.
Result<ProfileFile> parse_profile(std::string_view yaml, const std::string& path);

/// YAML without `base:`, with every knob; parse_profile() under the same name gives an equal one.
std::string write_profile(const ProfileFile& file);

/// A Markdown table of all knobs: key, form, default, meaning.
std::string profile_reference();

/// A JSON Schema (draft 2020-12) of profile files, as scenario_schema() is of scenarios.
std::string profile_schema();

}  // namespace zonefall::scenario
