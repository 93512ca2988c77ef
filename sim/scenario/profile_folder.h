// Where profiles are looked up: a folder of YAML files, each named after its profile.
#pragma once

#include <filesystem>
#include <string>

#include "zonefall/core/result.h"

namespace zonefall::scenario {

/// The file of the profile `name`. Errors: there is none; the nearest name is given.
Result<std::string> profile_path(const std::filesystem::path& folder, const std::string& name);

}  // namespace zonefall::scenario
