// Running other people's tools as judges of ours: ldns, BIND.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace zonefall::judges {

struct Run {
  bool good = false;   // exit code 0
  std::string output;  // stdout and stderr
};

/// Runs a shell command.
Run run(const std::string& command);

/// A folder that vanishes with this object, and what is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  TemporaryFolder(TemporaryFolder&&) = delete;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;

  /// Makes a file, and gives its path.
  std::string write(const std::string& name, const std::string& text) const;
  /// Runs a shell command in the folder.
  [[nodiscard]] Run run(const std::string& command) const;

 private:
  std::filesystem::path path_;
};

/// "owner type" for each line of `output` that has these two words after `mark`: in lower case
/// without the final dot, sorted.
std::vector<std::string> named_rrsets(const std::string& output, const std::string& mark);

/// Anything with write_master_text(), as text.
template <typename Version>
std::string master_text(const Version& version) {
  std::string text;
  version.write_master_text([&](std::string_view piece) { text += piece; });
  return text;
}

}  // namespace zonefall::judges
