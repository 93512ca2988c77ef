#include "known_differences.h"

#include <algorithm>
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

const KnownDifference* first_fit(const std::vector<KnownDifference>& known, const Case& asked) {
  const auto found = std::find_if(known.begin(), known.end(),
                                  [&](const KnownDifference& one) { return one.fits(asked); });
  return found == known.end() ? nullptr : &*found;
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

std::vector<const KnownDifference*> find_known(const std::vector<KnownDifference>& known,
                                               const Case& asked) {
  if (const KnownDifference* one = first_fit(known, asked)) return {one};
  if (asked.unbound == asked.bind) return {};  // against the two together it takes one reason
  Case of_unbound = asked;
  of_unbound.bind = asked.ours;
  Case of_bind = asked;
  of_bind.unbound = asked.ours;
  const KnownDifference* first = first_fit(known, of_unbound);
  const KnownDifference* second = first_fit(known, of_bind);
  if (first == nullptr || second == nullptr) return {};
  return {first, second};
}

}  // namespace zonefall::differential
