#include "scenario/profile_folder.h"

#include <algorithm>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "zonefall/core/spelling.h"

namespace zonefall::scenario {

namespace fs = std::filesystem;

Result<std::string> profile_path(const fs::path& folder, const std::string& name) {
  const fs::path listed = folder.empty() ? "." : folder;
  std::vector<std::string> names;
  std::error_code error;  // unreadable: there are none
  for (auto entry = fs::directory_iterator(listed, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() == ".yaml") names.push_back(entry->path().stem().string());
  }
  if (names.empty()) return Error{fmt::format("there are no profiles in {}", listed.string())};
  if (std::find(names.begin(), names.end(), name) != names.end()) {
    return (folder / (name + ".yaml")).string();
  }
  std::sort(names.begin(), names.end());
  const std::vector<std::string_view> views(names.begin(), names.end());
  return Error{unknown_word("profile", name, views)};
}

}  // namespace zonefall::scenario
