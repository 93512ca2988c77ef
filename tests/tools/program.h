// Runs programs and takes what they print, as a user of a shell sees it.
#pragma once

#include <string>
#include <vector>

namespace zonefall {

struct Ended {
  int exit_code = -1;  // -1: killed, or not started
  std::string out;
  std::string err;
};

/// Of a shell command. `zonefall` in it is the program under test.
Ended run_shell(const std::string& command);

std::string read_text(const std::string& path);
std::vector<std::string> lines_of(const std::string& text);

}  // namespace zonefall
