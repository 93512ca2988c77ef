#include "known_differences.h"

#include <fnmatch.h>
#include <fstream>
#include <utility>

#include <fmt/format.h>

namespace zonefall::differential {
namespace {

constexpr std::size_t columns = 7;

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields = {""};
  for (const char c : line) {
    if (c == '\t') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

bool matches(const std::string& pattern, const std::string& text) {
  return fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

bool matches(const std::string& pattern, const Outcome& theirs, const Outcome& ours) {
  return pattern == "=" ? theirs == ours : matches(pattern, theirs.label());
}

}  // namespace

bool KnownDifference::fits(const Case& asked) const {
  return matches(fault, asked.fault) && matches(qtype, dns::to_text(asked.question.qtype)) &&
         matches(ours, asked.ours.label()) && matches(unbound, asked.unbound, asked.ours) &&
         matches(bind, asked.bind, asked.ours);
}

Result<std::vector<KnownDifference>> read_known_differences(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Error{"cannot read the list of known differences", path};
  std::vector<KnownDifference> known;
  std::string line;
  std::getline(file, line);  // the columns' names
  for (std::size_t number = 2; std::getline(file, line); ++number) {
    std::vector<std::string> f = split(line);
    if (f.size() != columns) return Error{"not seven columns", fmt::format("{}:{}", path, number)};
    known.push_back({f[0], f[1], f[2], f[3], f[4], f[5], f[6]});
  }
  return known;
}

const KnownDifference* find_known(const std::vector<KnownDifference>& known, const Case& asked) {
  for (const KnownDifference& difference : known) {
    if (difference.fits(asked)) return &difference;
  }
  return nullptr;
}

}  // namespace zonefall::differential
