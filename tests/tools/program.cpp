#include "program.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <sys/wait.h>

#include "outcome/store_testing.h"

namespace zonefall {

Ended run_shell(const std::string& command) {
  const TempFolder folder;
  std::ofstream(folder.file("script")) << "zonefall() { '" ZONEFALL_PROGRAM "' \"$@\"; }\n"
                                       << command << "\n";
  const int status = std::system(("bash " + folder.file("script") + " > " + folder.file("out") +
                                  " 2> " + folder.file("err") + " < /dev/null")
                                     .c_str());
  Ended ended;
  if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
  ended.out = read_text(folder.file("out"));
  ended.err = read_text(folder.file("err"));
  return ended;
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace zonefall
