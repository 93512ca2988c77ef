#include "judges.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

namespace zonefall::judges {

namespace fs = std::filesystem;

Run run(const std::string& command) {
  std::FILE* pipe = popen(("{ " + command + " ; } 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  Run run;
  std::array<char, 4096> buffer{};
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    run.output.append(buffer.data(), size);
  }
  run.good = pclose(pipe) == 0;
  return run;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "zonefall-judged-XXXXXX").string();
  REQUIRE(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& text) const {
  std::ofstream file(path_ / name, std::ios::binary);
  file << text;
  REQUIRE(file.flush());
  return (path_ / name).string();
}

Run TemporaryFolder::run(const std::string& command) const {
  return judges::run("cd '" + path_.string() + "' && " + command);
}

std::vector<std::string> named_rrsets(const std::string& output, const std::string& mark) {
  std::vector<std::string> named;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find(mark);
    if (at == std::string::npos) continue;
    std::string owner;
    std::string type;
    std::istringstream(line.substr(at + mark.size())) >> owner >> type;
    std::transform(owner.begin(), owner.end(), owner.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (owner.ends_with('.')) owner.pop_back();
    named.push_back(owner.append(" ").append(type));
  }
  std::sort(named.begin(), named.end());
  return named;
}

}  // namespace zonefall::judges
