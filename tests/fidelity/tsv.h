// Tab-separated data files: a header line that must be the expected one, then lines of as many
// fields. Errors name file and line.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zonefall/core/result.h"

namespace zonefall::fidelity {

struct TsvLine {
  std::string where;  // "cells/ub-def.tsv:12"
  std::vector<std::string> fields;
};

struct Tsv {
  std::vector<std::pair<std::string, std::string>> head;  // "# key: value" before the header
  std::vector<TsvLine> lines;
};
Result<Tsv> read_tsv(const std::string& path, std::string_view header);

/// "a,b" is two parts, "" is none.
std::vector<std::string> split(std::string_view text, char separator);

}  // namespace zonefall::fidelity
